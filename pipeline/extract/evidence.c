/*
 * What stands around a candidate. A label speaks for the value behind it in the row, for the value
 * under it, or as a column's head for everything down to where the column ends; the farther away
 * and the more stands between, the less.
 */
#include "pipeline/extract/candidate.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_WORDS = 6 }; /* as many without a gap are a line of text, not labels and values */

/* Words and numbers between the label and the value that are neither marks nor labels. */
static void count_between(const struct sheet *s, int from, int to, int *ret_words, int *ret_numbers)
{
    *ret_words = *ret_numbers = 0;
    for (int i = from; i < to; i++) {
        const char *text = s->tokens[i].text;

        if (s->tokens[i].key[0] == '\0' || strchr(text, '%') || text[0] == '(' ||
            currency_of_sign(text, (int)strlen(text)))
            continue;
        if (text_is_number(text))
            ++*ret_numbers;
        else
            ++*ret_words;
    }
}

static void add(struct candidate *c, int mention, enum direction direction, float strength)
{
    int at = c->n_evidence;

    if (at == EVIDENCE_MAX) { /* the weakest gives way */
        at = 0;
        for (int i = 1; i < EVIDENCE_MAX; i++)
            if (c->evidence[i].strength < c->evidence[at].strength)
                at = i;
        if (c->evidence[at].strength >= strength)
            return;
    } else {
        c->n_evidence++;
    }
    c->evidence[at] = (struct evidence){mention, direction, strength};
}

static float certainty(const struct mention *m)
{
    return (m->is_near ? 0.85f : 1) * (m->is_inside ? 0.7f : 1);
}

/* "Invoice (380) No. 10482": behind a bare "No." the title before it says what is numbered. */
static void look_behind_number_word(struct candidate *c, const struct sheet *s, int index)
{
    const struct mention *word = &s->mentions[index];

    for (int k = index - 1; k >= 0 && s->mentions[k].row == word->row; k--)
        if (word->box.x0 - s->mentions[k].box.x1 < 18 * s->rows[word->row].height) {
            add(c, k, LEFT, 1.5f);
            return;
        }
}

static void look_left(struct candidate *c, const struct sheet *s, int index)
{
    const struct mention *m = &s->mentions[index];
    float height = s->rows[c->row].height, gap = (c->box.x0 - m->box.x1) / height;
    int words, numbers;
    float strength;

    if (m->first + m->count > c->first || gap > 45)
        return;
    count_between(s, m->first + m->count, c->first, &words, &numbers);
    strength = powf(0.75f, (float)words) * powf(0.7f, (float)numbers) * (gap > 20 ? 0.85f : 1);
    for (int k = index + 1; k < s->n_mentions && s->mentions[k].first < c->first; k++)
        strength *= 0.8f; /* a nearer label stands between */
    add(c, index, gap < 1.2f ? BESIDE : LEFT, strength * certainty(m));
    if (gap < 1.2f && m->concepts & CONCEPT_BIT(col_position))
        look_behind_number_word(c, s, index);
}

/* Whether the column between label and value holds nothing, numbers only, or words. */
static int blocked(const struct sheet *s, const struct candidate *c, const struct mention *m)
{
    int worst = 0;

    for (int i = m->first + m->count; i < c->first; i++) {
        const struct token *token = &s->tokens[i];

        if (token->row <= m->row || token->row >= c->row || token->key[0] == '\0' ||
            box_overlap_x(&token->box, &c->box) < 0.3f)
            continue;
        if (!text_is_number(token->text))
            return 2;
        worst = 1;
    }
    return worst;
}

static bool is_under(const struct candidate *c, const struct mention *m, float height)
{
    return box_overlap_x(&c->box, &m->box) > 0.3f || fabsf(c->box.x0 - m->box.x0) < 0.8f * height ||
           fabsf(c->box.x1 - m->box.x1) < 0.8f * height;
}

/* In a grid of boxes the label stands left and the value right: the value belongs to the label
 * whose stretch, up to the next label of the row, holds its middle. */
static bool is_in_stretch(const struct sheet *s, const struct candidate *c, int index, float height)
{
    const struct mention *m = &s->mentions[index];
    float middle = (c->box.x0 + c->box.x1) / 2;
    float reach = c->kind == CANDIDATE_AMOUNT ? 30 : 14; /* totals stand right in wide boxes */

    if (middle < m->box.x0 || c->box.x0 - m->box.x1 > reach * height)
        return false;
    for (int i = m->first + m->count; i < s->n_tokens && s->tokens[i].row == m->row; i++)
        if (s->tokens[i].box.x0 >= m->box.x1 && box_overlap_x(&s->tokens[i].box, &c->box) > 0)
            return false; /* the label has its own value beside it */
    for (int k = index + 1; k < s->n_mentions && s->mentions[k].row == m->row; k++)
        if (middle >= s->mentions[k].box.x0 || box_overlap_x(&c->box, &s->mentions[k].box) > 0)
            return false;
    return true;
}

static void look_above(struct candidate *c, const struct sheet *s, int index)
{
    const struct mention *m = &s->mentions[index];
    float height = s->rows[c->row].height, gap = (c->box.y0 - m->box.y1) / height;
    int state;

    if (gap < -0.5f || gap > 60)
        return;
    if (!is_under(c, m, height)) {
        if (gap < 2.2f && is_in_stretch(s, c, index, height) && blocked(s, c, m) == 0)
            add(c, index, ABOVE, 0.8f * certainty(m));
        return;
    }
    state = blocked(s, c, m);
    if (state == 0 && gap < 2.2f)
        add(c, index, ABOVE, 0.9f * certainty(m) * (gap > 1.2f ? 0.9f : 1));
    else if (state == 0 && gap < 5)
        add(c, index, ABOVE, 0.55f * certainty(m));
    else if (state < 2)
        add(c, index, HEAD, 0.5f * certainty(m));
}

/* A label a little higher or lower than its value, so that they came into rows of their own. */
static void look_askew(struct candidate *c, const struct sheet *s, int index)
{
    const struct mention *m = &s->mentions[index];
    float low = fminf(box_height(&m->box), box_height(&c->box));
    float shared = fminf(m->box.y1, c->box.y1) - fmaxf(m->box.y0, c->box.y0);
    float gap = (c->box.x0 - m->box.x1) / s->rows[c->row].height;

    if (shared > 0.4f * low && gap > 0 && gap < 45)
        add(c, index, LEFT, 0.8f * certainty(m));
}

static void look_below(struct candidate *c, const struct sheet *s, int index)
{
    const struct mention *m = &s->mentions[index];
    float height = s->rows[c->row].height;

    if (m->box.y0 - c->box.y1 < 1.2f * height && is_under(c, m, height))
        add(c, index, BELOW, 0.25f * certainty(m));
}

/* "… to 8601 11 17947 with KID" at the end of a line, the number at the beginning of the next. */
static void look_wrapped(struct candidate *c, const struct sheet *s, int index)
{
    const struct mention *m = &s->mentions[index];
    const struct row *upper = &s->rows[m->row], *lower = &s->rows[c->row];
    const struct cell *text = &s->cells[s->tokens[upper->first].cell];

    for (int i = m->first + m->count; i < upper->first + upper->count; i++)
        if (s->tokens[i].key[0] != '\0')
            return;
    if (text->count == upper->count && text->count >= TEXT_WORDS && c->first == lower->first &&
        c->box.x1 < m->box.x0 && fabsf(upper->box.x0 - c->box.x0) < 1.5f * lower->height &&
        c->box.y0 - m->box.y1 < 1.5f * lower->height)
        add(c, index, LEFT, 0.8f * certainty(m));
}

void candidate_look_around(struct candidate *c, const struct sheet *s)
{
    for (int i = 0; i < s->n_mentions; i++) {
        const struct mention *m = &s->mentions[i];

        if (m->page != c->page)
            continue;
        if (abs(m->row - c->row) == 1)
            look_askew(c, s, i);
        if (m->row == c->row - 1)
            look_wrapped(c, s, i);
        if (m->row == c->row)
            look_left(c, s, i);
        else if (m->row < c->row)
            look_above(c, s, i);
        else if (m->row == c->row + 1)
            look_below(c, s, i);
    }
}

const struct evidence *candidate_evidence(const struct candidate *c, const struct sheet *s,
                                          uint64_t concepts)
{
    const struct evidence *best = NULL;

    for (int i = 0; i < c->n_evidence; i++)
        if ((s->mentions[c->evidence[i].mention].concepts & concepts) &&
            (!best || c->evidence[i].strength > best->strength))
            best = &c->evidence[i];
    return best;
}
