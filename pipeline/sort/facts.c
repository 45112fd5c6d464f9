/*
 * Facts of a page. Separators are told by the scanner's patch codes, by the text in a bar code, or
 * by those same words printed large on an otherwise empty sheet. Page numbers are read in the forms
 * of six languages: "Side 2 av 3", "Page 2/3", "2. oldal", "Sida 2 (3)".
 */
#include "pipeline/sort/facts.h"

#include "pipeline/extract/candidate.h"

#include "base/arena.h"
#include "base/mem.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What separator sheets carry, in bar code or print. */
static bool is_separator_text(const char *text)
{
    while (*text == '*' || *text == ' ')
        text++;
    return strncasecmp(text, "PATCH", 5) == 0 || strncasecmp(text, "BILAG-SEPARATOR", 15) == 0 ||
           strncasecmp(text, "ASN-SEPARATOR", 13) == 0;
}

static bool is_separator(const struct page *page)
{
    for (size_t i = 0; i < page->n_barcodes; i++)
        if (strncasecmp(page->barcodes[i].symbology, "PATCH", 5) == 0 ||
            is_separator_text(page->barcodes[i].text))
            return true;
    for (size_t i = 0; i < page->n_words && page->n_words <= 30; i++)
        if (is_separator_text(page->words[i].text))
            return true;
    return false;
}

static bool is_of(const struct token *token)
{
    static const char *const words[] = {"of", "av", "af", "von", "/", "|", "(", "-", "osszesen"};

    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        if (strcasecmp(token->text, words[i]) == 0)
            return true;
    return false;
}

/* "2", "2/3", "2(3)", "(3)", "2.": up to `most` small numbers. */
static int read_numbers(const char *text, int *out, int most)
{
    int n = 0;

    while (*text && n < most) {
        char *end;
        long value;

        if (!isdigit((unsigned char)*text)) {
            if (isalpha((unsigned char)*text) || (unsigned char)*text >= 0x80)
                return n;
            text++;
            continue;
        }
        value = (strtol)(text, &end, 10);
        if (value < 1 || value > 99 || *end == ',')
            return n;
        out[n++] = (int)value;
        text = end;
    }
    return n;
}

/* "1 / 2 oldal": the figures before the word, however they are spaced. */
static const char *numbers_before(const struct sheet *s, const struct mention *m, struct arena *a)
{
    int first = m->first;

    while (first > s->rows[m->row].first && m->first - first < 4 && token_gap(s, first) < 1.5f &&
           s->tokens[first - 1].text[strspn(s->tokens[first - 1].text, "0123456789/.")] == '\0')
        first--;
    return first == m->first ? s->tokens[first - 1].text
                             : sheet_text(s, a, first, m->first - first);
}

/* The page's own number behind a "page" word, or before one in Hungarian. */
static void read_page_number(struct page_facts *f, struct arena *a, const struct sheet *s,
                             const struct mention *m)
{
    const struct row *row = &s->rows[m->row];
    int end = row->first + row->count, numbers[2] = {0, 0}, n = 0;

    for (int i = m->first + m->count; i < end && n < 2 && token_gap(s, i) < 1.5f; i++) {
        int found = is_of(&s->tokens[i]) ? 0 : read_numbers(s->tokens[i].text, numbers + n, 2 - n);

        if (found == 0 && !is_of(&s->tokens[i]))
            break;
        n += found;
    }
    if (m->first > row->first && token_gap(s, m->first) < 1.5f && (m->languages & 1 << 4)) {
        int before[2], found = read_numbers(numbers_before(s, m, a), before, 2);

        if (found == 2 || (found == 1 && n <= 1)) {
            numbers[1] = found == 2 ? before[1] : n == 1 ? numbers[0] : 0;
            numbers[0] = before[0];
            n = 2;
        }
    }
    if (n == 0 || (n == 2 && numbers[1] && numbers[0] > numbers[1]) ||
        (n == 1 && s->tokens[m->first + m->count].text[0] == '/')) /* "? oldal / 2" is one of two */
        return;
    f->number = numbers[0];
    f->total = n == 2 ? numbers[1] : 0;
}

static const uint64_t TITLES = CONCEPT_BIT(title_invoice) | CONCEPT_BIT(title_credit_note) |
                               CONCEPT_BIT(title_receipt) | CONCEPT_BIT(title_reminder) |
                               CONCEPT_BIT(title_order) | CONCEPT_BIT(title_delivery_note) |
                               CONCEPT_BIT(title_statement) | CONCEPT_BIT(title_form);

/* A title stands alone in its cell, perhaps with a number, in print larger than most. */
static bool is_title(const struct sheet *s, const struct mention *m, float body)
{
    const struct page *page = s->pages[m->page];
    const struct cell *cell = &s->cells[s->tokens[m->first].cell];

    return (m->concepts & TITLES) && m->box.y0 < 0.5f * page->height_pt &&
           m->first == cell->first && cell->count <= m->count + 2 &&
           box_height(&m->box) > fminf(1.3f * body, 13);
}

static void add_id(struct page_facts *f, const char *id)
{
    for (int i = 0; i < f->n_ids; i++)
        if (strcmp(f->ids[i], id) == 0)
            return;
    if (f->n_ids < SELLER_IDS_MAX)
        f->ids[f->n_ids++] = id;
}

static void read_candidates(struct page_facts *f, struct arena *a, const struct sheet *s)
{
    struct candidates c;
    float best = 0.65f;

    candidates_find(&c, a, s, false);
    for (int i = 0; i < c.count; i++) {
        const struct candidate *item = &c.items[i];
        const struct evidence *label = NULL;

        if (item->kind == CANDIDATE_IDENTIFIER)
            label = candidate_evidence(item, s, CONCEPT_BIT(invoice_number));
        if (label && label->strength > best && label->direction != HEAD) {
            best = label->strength;
            f->document_number = item->value;
        }
        if (item->is_checked && (item->kind == CANDIDATE_IBAN || item->kind == CANDIDATE_VAT_ID))
            add_id(f, item->value);
    }
}

void page_facts_find(struct page_facts *f, struct arena *a, struct page *page)
{
    struct sheet s;
    float body;

    *f = (struct page_facts){.is_unread = page == NULL};
    if (!page)
        return;
    f->is_separator = is_separator(page);
    f->is_blank = page->is_blank && !f->is_separator;
    if (f->is_separator || f->is_blank)
        return;
    sheet_init(&s, a, &page, 1);
    body = sheet_body_height(&s);
    for (int m = 0; m < s.n_mentions; m++) {
        const struct mention *mention = &s.mentions[m];

        if (mention->concepts & CONCEPT_BIT(page) && f->number == 0)
            read_page_number(f, a, &s, mention);
        f->has_title |= is_title(&s, mention, body);
        f->has_buyer_block |= (mention->concepts & CONCEPT_BIT(buyer)) && !mention->is_inside;
    }
    read_candidates(f, a, &s);
}
