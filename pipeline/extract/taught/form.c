/*
 * A scan is the blank form moved, turned a little and scaled. Every anchor found on the page is a
 * guess at where a point went (words repeat, so some guesses are wrong); the turn on which most
 * guesses agree is found from pairs, then fitted to all that agree, now with shear: paper is drawn
 * unevenly through a scanner.
 *
 * A check box is measured, not read: the reader tells the boxes of a page and how much ink each
 * holds.
 */
#include "pipeline/extract/taught/form.h"
#include "pipeline/extract/taught/comb.h"
#include "pipeline/extract/amount.h"
#include "pipeline/extract/date.h"

#include "base/arena.h"
#include "base/mem.h"
#include "models/civil_date.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

enum { GUESSES_MAX = 80, NEEDED = 3, NEEDED_FOR_SHEAR = 8 };

static const float FAR_PT = 60;     /* two anchors nearer than this tell little of the turn */
static const float CLOSE_PT = 7;    /* an anchor that agrees falls this near; a line is 12 high */
static const float TURN_MAX = 0.2f; /* of sine: 11 degrees */

/* Ink within the frame, as a share: paper and a stray speck, or a stroke. The crosses, ticks and
 * blots of the filled forms this was looked up on begin at 0.1; empty boxes end at 0.02. */
static const float EMPTY_INK = 0.04f, SELECTED_INK = 0.08f;

struct guess {
    float x, y;             /* on the form */
    float found_x, found_y; /* on the page */
    int anchor;
};

static int find_guesses(const struct type *type, const struct sheet *s, int number,
                        struct guess out[GUESSES_MAX])
{
    int n = 0;

    for (size_t i = 0; i < type->n_anchors; i++) {
        const struct type_anchor *anchor = &type->anchors[i];
        int count;

        if (anchor->page != number)
            continue;
        for (int at = 0;
             n < GUESSES_MAX && (at = sheet_find_phrase(s, anchor->text, at, &count)) >= 0; at++) {
            const struct box *box = &s->tokens[at].printed;

            if (s->tokens[at].page == number - 1)
                out[n++] = (struct guess){anchor->x, anchor->y, box->x0, (box->y0 + box->y1) / 2,
                                          (int)i};
        }
    }
    return n;
}

static bool agrees(const struct form_fit *fit, const struct guess *g)
{
    float x = fit->a * g->x + fit->b * g->y + fit->c, y = fit->d * g->x + fit->e * g->y + fit->f;

    return fabsf(x - g->found_x) < CLOSE_PT && fabsf(y - g->found_y) < CLOSE_PT;
}

/* The turn and scale that two guesses make; false for one no scanner does. */
static bool fit_pair(const struct guess *p, const struct guess *q, struct form_fit *ret)
{
    float x = q->x - p->x, y = q->y - p->y, far = x * x + y * y;
    float u = q->found_x - p->found_x, v = q->found_y - p->found_y;
    float cosine, sine;

    if (p->anchor == q->anchor || far < FAR_PT * FAR_PT)
        return false;
    cosine = (x * u + y * v) / far;
    sine = (x * v - y * u) / far;
    if (cosine < 0.3f || cosine > 3 || fabsf(sine) > TURN_MAX * cosine)
        return false;
    *ret = (struct form_fit){.a = cosine,
                             .b = -sine,
                             .c = p->found_x - cosine * p->x + sine * p->y,
                             .d = sine,
                             .e = cosine,
                             .f = p->found_y - sine * p->x - cosine * p->y};
    return true;
}

static int count_agreeing(const struct form_fit *fit, const struct guess *g, int n)
{
    int count = 0;

    for (int i = 0; i < n; i++)
        count += agrees(fit, &g[i]);
    return count;
}

/* Solves m (3 x 3, symmetric) by Cramer; false when the points lie on one line. */
static bool solve(double m[3][3], const double right[3], float *r0, float *r1, float *r2)
{
    double c00 = m[1][1] * m[2][2] - m[1][2] * m[2][1], c01 = m[1][2] * m[2][0] - m[1][0] * m[2][2],
           c02 = m[1][0] * m[2][1] - m[1][1] * m[2][0];
    double c11 = m[0][0] * m[2][2] - m[0][2] * m[2][0], c12 = m[0][1] * m[2][0] - m[0][0] * m[2][1],
           c22 = m[0][0] * m[1][1] - m[0][1] * m[1][0];
    double whole = m[0][0] * c00 + m[0][1] * c01 + m[0][2] * c02;

    if (fabs(whole) < 1e3)
        return false;
    *r0 = (float)((c00 * right[0] + c01 * right[1] + c02 * right[2]) / whole);
    *r1 = (float)((c01 * right[0] + c11 * right[1] + c12 * right[2]) / whole);
    *r2 = (float)((c02 * right[0] + c12 * right[1] + c22 * right[2]) / whole);
    return true;
}

/* Least squares over all that agree; the fit stays as it was when they are too few for shear. */
static void refine(struct form_fit *fit, const struct guess *g, int n)
{
    double m[3][3] = {{0}}, x[3] = {0}, y[3] = {0};
    struct form_fit finer = *fit;
    int used = 0;

    for (int i = 0; i < n; i++) {
        const double row[3] = {(double)g[i].x, (double)g[i].y, 1};

        if (!agrees(fit, &g[i]))
            continue;
        used++;
        for (int k = 0; k < 3; k++) {
            for (int l = 0; l < 3; l++)
                m[k][l] += row[k] * row[l];
            x[k] += row[k] * (double)g[i].found_x;
            y[k] += row[k] * (double)g[i].found_y;
        }
    }
    if (used >= NEEDED_FOR_SHEAR && solve(m, x, &finer.a, &finer.b, &finer.c) &&
        solve(m, y, &finer.d, &finer.e, &finer.f) && count_agreeing(&finer, g, n) >= used - 1)
        *fit = finer;
}

bool form_fit(const struct type *type, const struct sheet *s, int number, struct form_fit *ret)
{
    struct guess guesses[GUESSES_MAX];
    int n = number <= s->n_pages ? find_guesses(type, s, number, guesses) : 0;
    struct form_fit best = {.anchors = 0}, fit;

    for (int i = 0; i < n; i++)
        for (int k = i + 1; k < n; k++)
            if (fit_pair(&guesses[i], &guesses[k], &fit)) {
                fit.anchors = count_agreeing(&fit, guesses, n);
                if (fit.anchors > best.anchors)
                    best = fit;
            }
    if (best.anchors < NEEDED)
        return false;
    refine(&best, guesses, n);
    *ret = best;
    return true;
}

struct box form_place(const struct form_fit *t, const struct box *b)
{
    const float x[] = {b->x0, b->x1, b->x0, b->x1}, y[] = {b->y0, b->y0, b->y1, b->y1};
    struct box ret = {INFINITY, INFINITY, -INFINITY, -INFINITY};

    for (int i = 0; i < 4; i++) {
        float u = t->a * x[i] + t->b * y[i] + t->c, v = t->d * x[i] + t->e * y[i] + t->f;

        ret = box_union(ret, (struct box){u, v, u, v});
    }
    return ret;
}

struct form_fit form_back(const struct form_fit *t)
{
    float whole = t->a * t->e - t->b * t->d;
    struct form_fit ret = {
        .a = t->e / whole, .b = -t->b / whole, .d = -t->d / whole, .e = t->a / whole};

    ret.c = -(ret.a * t->c + ret.b * t->f);
    ret.f = -(ret.d * t->c + ret.e * t->f);
    return ret;
}

/* --- what stands in a box ----------------------------------------------------------------- */

static bool holds(const struct box *box, const struct box *inner)
{
    float x = (inner->x0 + inner->x1) / 2, y = (inner->y0 + inner->y1) / 2;

    return x > box->x0 && x < box->x1 && y > box->y0 && y < box->y1;
}

/* A number's own letters: combs leave bars between the digits. */
static char *without_bars(struct arena *a, const char *text)
{
    char *out = arena_strdup(a, text), *end = out;

    for (; *text; text++)
        if (!strchr(" |[]_", *text))
            *end++ = *text;
    *end = '\0';
    return out;
}

static const char *normalised(struct arena *a, const char *text, enum field_kind kind)
{
    struct date_reading date;
    struct amount amount;
    char day[CIVIL_DATE_TEXT_SIZE];

    switch (kind) {
    case FIELD_DATE:
        if (!date_parse(text, true, &date))
            return NULL;
        civil_date_format(date.date, day);
        return arena_strdup(a, day);
    case FIELD_AMOUNT:
        return amount_parse(text, false, &amount) ? amount_text(a, amount.value, 2) : NULL;
    case FIELD_IDENTIFIER:
    case FIELD_ACCOUNT:
        text = without_bars(a, text);
        return *text ? text : NULL;
    default:
        return text;
    }
}

static struct form_value read_words(const struct sheet *s, struct arena *a, int page,
                                    const struct box *box, enum field_kind kind)
{
    struct form_value ret = {.confidence = 1, .box = *box};
    const char *text = NULL;

    for (int i = 0; i < s->n_tokens; i++) {
        const struct token *token = &s->tokens[i];

        if (token->page != page || !holds(box, &token->printed))
            continue;
        ret.box = text ? box_union(ret.box, token->printed) : token->printed;
        ret.confidence = fminf(ret.confidence, token->confidence);
        text = text ? arena_printf(a, "%s %s", text, token->text) : token->text;
    }
    ret.value = text ? normalised(a, text, kind) : NULL;
    return ret;
}

static const struct check_box *nearest_box(const struct page *page, const struct box *box)
{
    float x = (box->x0 + box->x1) / 2, y = (box->y0 + box->y1) / 2;
    float least = fmaxf(box->x1 - box->x0, box->y1 - box->y0);
    const struct check_box *best = NULL;

    for (size_t i = 0; i < page->n_check_boxes; i++) {
        const struct box *b = &page->check_boxes[i].box;
        float off = fmaxf(fabsf((b->x0 + b->x1) / 2 - x), fabsf((b->y0 + b->y1) / 2 - y));

        if (off < least) {
            least = off;
            best = &page->check_boxes[i];
        }
    }
    return best;
}

const char *form_mark_state(float ink)
{
    return ink < EMPTY_INK ? "empty" : ink < SELECTED_INK ? "doubtful" : "selected";
}

/* Born-digital pages have no ink: there a cross or a tick is a word. */
static struct form_value read_mark(const struct sheet *s, struct arena *a, int page,
                                   const struct box *box)
{
    const struct check_box *mark = nearest_box(s->pages[page], box);
    struct form_value ret = read_words(s, a, page, box, FIELD_TEXT);
    const char *state;

    if (mark)
        state = form_mark_state(mark->ink);
    else if (ret.value)
        state = "selected";
    else
        state = s->pages[page]->source == PAGE_TEXT ? "empty" : "doubtful";
    ret.confidence = strcmp(state, "doubtful") == 0 ? 0.5f : 0.99f;
    ret.box = mark ? mark->box : *box;
    ret.value = state;
    return ret;
}

/* The characters in the box, in order; those of a word are taken to be equally wide. */
static int take_characters(const struct sheet *s, int page, const struct box *box,
                           struct comb_character out[COMB_CHARACTERS_MAX])
{
    int n = 0;

    for (int i = 0; i < s->n_tokens; i++) {
        const struct token *token = &s->tokens[i];
        size_t length = strlen(token->text);
        float wide = (token->printed.x1 - token->printed.x0) / (float)length;

        if (token->page != page || !holds(box, &token->printed))
            continue;
        for (size_t k = 0; k < length && n < COMB_CHARACTERS_MAX; k++)
            out[n++] = (struct comb_character){token->text[k],
                                               token->printed.x0 + wide * ((float)k + 0.5f)};
    }
    return n;
}

static struct form_value read_comb(const struct sheet *s, struct arena *a,
                                   const struct form_fit *fit, const struct type_field *f,
                                   const struct box *box)
{
    struct form_value ret = read_words(s, a, f->page - 1, box, FIELD_TEXT);
    struct comb_character read[COMB_CHARACTERS_MAX];
    int n = take_characters(s, f->page - 1, box, read);
    float *middles = arena_alloc_array(a, f->n_cells, sizeof *middles);
    char *cells = arena_alloc(a, f->n_cells + 1), *end = cells;

    for (size_t c = 0; c < f->n_cells; c++) {
        const struct box at = {f->cells[c], f->box.y0, f->cells[c], f->box.y1};
        const struct box middle = form_place(fit, &at);

        middles[c] = (middle.x0 + middle.x1) / 2;
    }
    comb_read(read, n, middles, (int)f->n_cells, cells);
    for (size_t c = 0; c < f->n_cells; c++)
        if (cells[c])
            *end++ = cells[c];
    *end = '\0';
    ret.value = end > cells ? cells : NULL;
    if (end < cells + f->n_cells)
        ret.confidence /= 2;
    return ret;
}

struct form_value form_read(const struct sheet *s, struct arena *a, const struct form_fit *fit,
                            const struct type_field *f)
{
    const struct box box = form_place(fit, &f->box);

    if (f->kind == FIELD_MARK)
        return read_mark(s, a, f->page - 1, &box);
    return f->n_cells ? read_comb(s, a, fit, f, &box)
                      : read_words(s, a, f->page - 1, &box, f->kind);
}
