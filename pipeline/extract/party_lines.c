/*
 * Cuts cells into lines of an address and tells towns, legal forms and labels apart by form alone.
 */
#include "pipeline/extract/party_lines.h"
#include "pipeline/extract/amount.h"

#include "base/arena.h"
#include "base/mem.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

/* Capitals are part of these; the others match in any case. */
static const char *const strict_forms[] = {
    "AS", "ASA", "AB",   "A/S",  "HB",   "KB",  "DA",   "BA",   "SA",   "AG",   "KG",   "SE",
    "BV", "NV",  "UG",   "eG",   "Co",   "ENK", "I/S",  "K/S",  "P/S",  "e.K.", "e.V.", "Bt",
    "Rt", "Oy",  "a.G.", "KGaA", "VVaG", "NUF", "S.A.", "N.V.", "B.V.", "S/B",  "SB"};
static const char *const loose_forms[] = {
    "aps",     "kft", "zrt",     "nyrt",  "gmbh", "mbh",          "ohg",        "ltd",
    "limited", "plc", "llp",     "llc",   "inc",  "incorporated", "corp",       "oyj",
    "sarl",    "srl", "kommune", "sdn",   "bhd",  "kkt",          "aktiebolag", "enterprise",
    "s.r.o",   "gbr", "partg",   "trust", "amba", "ivs",          "ans",        "trading"};

static size_t form_length(const char *text)
{
    size_t n = strlen(text);

    while (n > 1 && strchr(".,;", text[n - 1]))
        n--;
    return n;
}

bool is_legal_form(const char *token)
{
    size_t n = form_length(token);

    for (size_t i = 0; i < ARRAY_LENGTH(strict_forms); i++)
        if (form_length(strict_forms[i]) == n && strncmp(token, strict_forms[i], n) == 0)
            return true;
    for (size_t i = 0; i < ARRAY_LENGTH(loose_forms); i++)
        if (strlen(loose_forms[i]) == n && strncasecmp(token, loose_forms[i], n) == 0)
            return true;
    return false;
}

/* "0155", "111 22", "80333", "SE-111 22", "DK-2100": how many tokens a postcode takes, or 0. */
static int postcode_tokens(const struct sheet *s, int i, int end)
{
    const char *text = s->tokens[i].text;
    const char *dash = strchr(text, '-');
    size_t digits;

    if (dash && dash - text <= 2 && isupper((unsigned char)text[0]))
        text = dash + 1;
    digits = strspn(text, "0123456789");
    if (text[digits] != '\0')
        return 0;
    if (digits == 3 && i + 1 < end && strlen(s->tokens[i + 1].text) == 2 &&
        strspn(s->tokens[i + 1].text, "0123456789") == 2)
        return 2;
    return digits == 4 || digits == 5 ? 1 : 0;
}

static bool starts_town(const char *text)
{
    unsigned char c = (unsigned char)text[0];

    return strlen(text) >= 2 && (isupper(c) || c >= 0xc3);
}

/* "SW1A 1AA": outward and inward part. */
static bool is_british_postcode(const struct sheet *s, int i, int end)
{
    const char *out = s->tokens[i].text, *in = i + 1 < end ? s->tokens[i + 1].text : "";
    size_t n = strlen(out);

    return n >= 2 && n <= 4 && isupper((unsigned char)out[0]) && strpbrk(out, "0123456789") &&
           strlen(in) == 3 && isdigit((unsigned char)in[0]) && isupper((unsigned char)in[1]) &&
           isupper((unsigned char)in[2]);
}

static bool is_town_line(const struct sheet *s, const struct party_line *line)
{
    int end = line->first + line->count;

    for (int i = line->first; i < end; i++) {
        int n = postcode_tokens(s, i, end);

        if (n > 0 && i <= line->first + 1 && i + n < end && starts_town(s->tokens[i + n].text) &&
            line->count <= 6)
            return true;
        if (is_british_postcode(s, i, end))
            return true;
    }
    return false;
}

static bool is_label_line(const struct sheet *s, const struct party_line *line)
{
    const char *last = s->tokens[line->first + line->count - 1].text;
    int covered = 0, worded = 0;

    if (last[strlen(last) - 1] == ':')
        return true;
    for (int m = 0; m < s->n_mentions; m++)
        if (s->mentions[m].first >= line->first &&
            s->mentions[m].first + s->mentions[m].count <= line->first + line->count)
            covered += s->mentions[m].count;
    for (int i = line->first; i < line->first + line->count; i++)
        worded += s->tokens[i].key[0] != '\0';
    return covered >= worded && worded > 0;
}

static bool is_on_the_net(const char *text)
{
    return strchr(text, '@') || strstr(text, "www.");
}

static bool is_address_on_the_net(const struct sheet *s, const struct party_line *line)
{
    for (int i = line->first; i < line->first + line->count; i++)
        if (is_on_the_net(s->tokens[i].text))
            return true;
    return false;
}

static bool is_currency(const char *text)
{
    return currency_of_sign(text, (int)strlen(text)) != NULL;
}

static void describe(const struct sheet *s, struct party_line *line)
{
    int letters = 0, digits = 0;

    line->box = s->tokens[line->first].box;
    for (int i = line->first; i < line->first + line->count; i++) {
        bool is_form = is_legal_form(s->tokens[i].text);

        line->box = box_union(line->box, s->tokens[i].box);
        line->has_legal_form |= is_form && i > line->first;
        line->ends_in_form = is_form;
        for (const char *p = s->tokens[i].text; *p; p++) {
            letters += isalpha((unsigned char)*p) || (unsigned char)*p >= 0xc3;
            digits += isdigit((unsigned char)*p) != 0;
        }
    }
    line->has_digit = digits > 0;
    line->is_town = is_town_line(s, line);
    line->is_label = is_label_line(s, line);
    line->is_wordy = letters >= 3 && letters > 2 * digits && !is_address_on_the_net(s, line) &&
                     (line->count > 1 || !is_currency(s->tokens[line->first].text));
}

static bool is_sign(const char *text)
{
    static const char *const bullets[] = {"·", "•", "|", "∙", "/", "*", "■", "-", "–"};

    for (size_t i = 0; i < ARRAY_LENGTH(bullets); i++)
        if (strcmp(text, bullets[i]) == 0)
            return true;
    return false;
}

/* A scanner's colons and semicolons of their own are bullets where a cell holds more of either. */
static bool is_bullet(const struct sheet *s, const struct cell *cell, int i)
{
    int others = 0;

    if (is_sign(s->tokens[i].text))
        return true;
    if (!s->tokens[i].is_ocr || strspn(s->tokens[i].text, ":;.") != strlen(s->tokens[i].text))
        return false;
    for (int k = cell->first; k < cell->first + cell->count; k++)
        others += k != i && (is_sign(s->tokens[k].text) || s->tokens[k].key[0] == '\0');
    return others > 0;
}

static bool ends_with_comma(const char *text)
{
    size_t n = strlen(text);

    return n > 1 && text[n - 1] == ',';
}

/* "Nordlys AS Storgata 1 0155 Oslo" in one cell: the name ends at its legal form. */
static bool ends_name(const struct sheet *s, int i, int end)
{
    if (!is_legal_form(s->tokens[i].text) || i + 2 >= end || is_legal_form(s->tokens[i + 1].text) ||
        s->tokens[i + 1].text[0] == '&')
        return false;
    for (int k = i + 1; k < end; k++)
        if (strpbrk(s->tokens[k].text, "0123456789"))
            return true;
    return false;
}

/* "Nordlys AS INVOICE", "INVOICE Nordlys AS": where the title that came into the name's cell ends
 * or begins, a token within the cell; else -1. */
static int title_cut(const struct sheet *s, const struct cell *cell)
{
    int end = cell->first + cell->count;

    for (int m = 0; m < s->n_mentions; m++) {
        const struct mention *title = &s->mentions[m];
        int after = title->first + title->count;

        if (!(title->concepts & CONCEPT_TITLES) || title->first < cell->first || after > end)
            continue;
        if (after == end && title->first > cell->first + 1 &&
            is_legal_form(s->tokens[title->first - 1].text))
            return title->first;
        if (title->first == cell->first && after < end - 1 &&
            is_legal_form(s->tokens[end - 1].text))
            return after;
    }
    return -1;
}

static void cut_cell(struct party_lines *lines, const struct sheet *s, int index)
{
    const struct cell *cell = &s->cells[index];
    int start = cell->first, end = cell->first + cell->count, title = title_cut(s, cell);

    for (int i = cell->first; i <= end; i++) {
        bool is_cut = i == end || is_bullet(s, cell, i);
        int stop = i;

        if (!is_cut && (ends_with_comma(s->tokens[i].text) || (i > start && ends_name(s, i, end)) ||
                        i + 1 == title || (i + 1 < end && is_on_the_net(s->tokens[i + 1].text)))) {
            is_cut = true;
            stop = i + 1;
        }
        if (!is_cut)
            continue;
        if (stop > start) {
            struct party_line *line = &lines->items[lines->count++];

            *line = (struct party_line){.first = start,
                                        .count = stop - start,
                                        .cell = index,
                                        .row = cell->row,
                                        .page = s->tokens[start].page};
            describe(s, line);
        }
        start = i + 1;
    }
}

void party_lines_find(struct party_lines *lines, struct arena *a, const struct sheet *s)
{
    lines->items = arena_alloc_array(a, (size_t)s->n_tokens + 1, sizeof *lines->items);
    lines->count = 0;
    for (int i = 0; i < s->n_cells; i++)
        cut_cell(lines, s, i);
}

bool party_same_column(const struct box *a, const struct box *b, float height)
{
    return fabsf(a->x0 - b->x0) < 0.8f * height || fabsf(a->x1 - b->x1) < 0.8f * height ||
           fabsf(a->x0 + a->x1 - b->x0 - b->x1) < 1.6f * height;
}

int party_line_above(const struct party_lines *lines, int at)
{
    const struct party_line *line = &lines->items[at];
    float height = fmaxf(box_height(&line->box), 4);

    if (at > 0 && lines->items[at - 1].cell == line->cell)
        return at - 1;
    for (int i = at - 1; i >= 0; i--) {
        const struct party_line *other = &lines->items[i];
        float gap = line->box.y0 - other->box.y1;

        if (other->page != line->page || gap > 3 * height)
            return -1;
        if (other->row < line->row && gap < 1.6f * height &&
            party_same_column(&other->box, &line->box, height) &&
            (i == 0 || lines->items[i - 1].cell != other->cell))
            return i;
    }
    return -1;
}

size_t party_line_key(const struct sheet *s, const struct party_line *line, char *key, size_t used)
{
    for (int i = line->first; i < line->first + line->count; i++) {
        size_t n = strlen(s->tokens[i].key);

        if (used + n >= PHRASE_KEY_SIZE)
            break;
        memcpy(key + used, s->tokens[i].key, n + 1);
        used += n;
    }
    return used;
}
