/*
 * The key phrases on a sheet: labels, and titles, the largest of which names the paper. A phrase
 * stands in one cell; of those that begin at a word the longest counts, so that "invoice date" is
 * no mention of an invoice. What recognition misread is found by edit distance or by what follows.
 */
#include "pipeline/extract/sheet.h"

#include "base/arena.h"

#include <ctype.h>
#include <string.h>

enum { PHRASE_WORDS_MAX = 8 };

static const uint64_t TITLES = CONCEPT_TITLES | CONCEPT_BIT(title_letter);

/* Keys of tokens from `first` on are joined within their cell; the longest known phrase wins. */
static const struct phrase *longest_phrase(const struct sheet *s, int first, int *ret_count,
                                           bool *ret_is_near)
{
    const struct cell *cell = &s->cells[s->tokens[first].cell];
    const struct phrase *best = NULL;
    char joined[PHRASE_KEY_SIZE] = "";
    size_t used = 0;

    for (int i = first; i < cell->first + cell->count && i < first + PHRASE_WORDS_MAX; i++) {
        const struct token *token = &s->tokens[i];
        size_t length = strlen(token->key);
        const struct phrase *phrase;
        bool is_near = false;

        if (used + length >= sizeof joined)
            break;
        memcpy(joined + used, token->key, length + 1);
        used += length;
        if (length == 0)
            continue;
        phrase = phrase_find(joined);
        if (!phrase && !best && token->is_ocr) {
            phrase = phrase_find_near(joined);
            is_near = phrase != NULL;
        }
        if (phrase) {
            best = phrase;
            *ret_count = i - first + 1;
            *ret_is_near = is_near;
        }
    }
    return best;
}

/* "VAT 25 %": the rate is part of the label, its amount stands under both. */
static void take_rate(const struct sheet *s, struct mention *mention)
{
    const struct cell *cell = &s->cells[s->tokens[mention->first].cell];
    struct box box = mention->box;

    for (int i = mention->first + mention->count; i < cell->first + cell->count; i++) {
        const char *text = s->tokens[i].text;

        box = box_union(box, s->tokens[i].box);
        if (strchr(text, '%')) {
            mention->box = box;
            return;
        }
        if (text[strspn(text, "0123456789.,")] != '\0')
            return;
    }
}

static bool is_word(const struct token *token)
{
    int letters = 0;

    for (const char *p = token->text; *p; p++)
        letters += isalpha((unsigned char)*p) || (unsigned char)*p >= 0xc0;
    return letters >= 2;
}

void sheet_find_mentions(struct sheet *s, struct arena *a)
{
    int last_end = -1;

    s->mentions = arena_alloc_array(a, (size_t)s->n_tokens + 1, sizeof *s->mentions);
    for (int i = 0; i < s->n_tokens;) {
        int count = 0;
        bool is_near = false;
        const struct phrase *phrase = s->tokens[i].key[0] ? longest_phrase(s, i, &count, &is_near)
                                                          : NULL;
        struct mention *mention = &s->mentions[s->n_mentions];
        const struct cell *cell = &s->cells[s->tokens[i].cell];

        if (!phrase && s->tokens[i].is_ocr && (phrase = sheet_misread_label(s, i, &count)))
            is_near = true;
        if (!phrase) {
            i++;
            continue;
        }
        *mention = (struct mention){.concepts = phrase->concepts,
                                    .first = i,
                                    .count = count,
                                    .row = s->tokens[i].row,
                                    .page = s->tokens[i].page,
                                    .box = s->tokens[i].box,
                                    .is_near = is_near,
                                    .languages = phrase->languages};
        for (int k = i; k < i + count; k++)
            mention->box = box_union(mention->box, s->tokens[k].box);
        take_rate(s, mention);
        mention->is_inside = i > cell->first && i != last_end && is_word(&s->tokens[i - 1]);
        s->n_mentions++;
        i += count;
        last_end = i;
    }
}

/* A title: on page one, first or last in its cell (what a paper is stands last in "Monthly account
 * statement"), no label with a colon, with a few words beside it. */
static bool is_title(const struct sheet *s, const struct mention *m)
{
    const struct cell *cell = &s->cells[s->tokens[m->first].cell];
    const char *last = s->tokens[m->first + m->count - 1].text;

    return m->page == 0 && (m->concepts & TITLES) &&
           (m->first == cell->first || m->first + m->count == cell->first + cell->count) &&
           cell->count <= m->count + 5 && last[strlen(last) - 1] != ':' &&
           m->box.y0 < 0.6f * s->pages[0]->height_pt;
}

const struct mention *sheet_main_title(const struct sheet *s)
{
    const struct mention *best = NULL;

    for (int m = 0; m < s->n_mentions; m++) {
        const struct mention *mention = &s->mentions[m];

        if (is_title(s, mention) &&
            (!best || box_height(&mention->box) > 1.15f * box_height(&best->box)))
            best = mention;
    }
    return best;
}
