/*
 * Strokes of a pen are short straight lines whose direction wanders: nobody can read them, and they
 * go through text as real ones do.
 */
#include "generator/marks.h"

#include <math.h>

static const struct colour inks[] = {{0.1, 0.15, 0.55}, {0.08, 0.08, 0.1}, {0.7, 0.1, 0.12}};

/* What a mailroom or an accountant leaves on paper: a rubber stamp with a date, a little askew. */
static void stamp(struct document *doc, struct page *page, struct rng *rng)
{
    struct font font = {
        .family = "Liberation Sans", .size = rng_range(rng, 13, 20), .is_bold = true};
    double x = rng_real(rng, 0.25, 0.55) * page->width;
    double y = rng_real(rng, 0.55, 0.8) * page->height;
    double turn = rng_real(rng, -0.25, 0.15);
    GDate date = doc->issue;
    g_autofree char *printed = NULL;

    g_date_add_days(&date, (guint)rng_range(rng, 1, 6));
    printed = locale_date(doc->seller->locale->dates[0], &date, doc->words);
    font.colour = inks[rng_chance(rng, 50) ? 0 : 2];
    page_stamp(page, x, y, turn, &font, words_pick(doc->words, "stamp", rng));
    font.size *= 0.8;
    page_stamp(page, x - font.size * sin(turn), y + font.size * 1.5, turn, &font, printed);
}

/* A line that wanders from x on, `length` points long, `height` points up and down. */
static void stroke(struct page *page, double x, double y, double length, double height,
                   struct colour ink, struct rng *rng)
{
    double at = rng_real(rng, 0, 6);
    double speed = rng_real(rng, 0.5, 0.9);
    double pen = rng_real(rng, 0.6, 1.5);

    for (double gone = 0; gone < length; gone += 1.6) {
        double next = at + speed * rng_real(rng, 0.5, 1.4);
        double x1 = x + 1.6 * (1 + 0.9 * cos(next * 0.7));

        page_line(page, x, y + height * sin(at), x1, y + height * sin(next), pen, ink);
        x = x1;
        at = next;
    }
}

static void initials(struct document *doc, struct page *page, struct rng *rng)
{
    struct colour ink = inks[rng_below(rng, 3)];
    double x = rng_real(rng, 0.1, 0.75) * page->width;
    double y = rng_real(rng, 0.1, 0.9) * page->height;

    (void)doc;
    stroke(page, x, y, rng_range(rng, 20, 70), rng_range(rng, 4, 14), ink, rng);
    if (rng_chance(rng, 50))
        stroke(page, x + 10, y + 4, rng_range(rng, 20, 50), rng_range(rng, 2, 6), ink, rng);
}

/* A word somewhere on the page, for marks that mean one; its box. */
static const struct word *some_word(const struct page *page, struct rng *rng)
{
    return page->words->len == 0
               ? NULL
               : &g_array_index(page->words, struct word, rng_below(rng, (int)page->words->len));
}

static void underline(struct document *doc, struct page *page, struct rng *rng)
{
    const struct word *word = some_word(page, rng);

    (void)doc;
    if (word != NULL)
        stroke(page, word->x0 - 3, word->y1 + 1, word->x1 - word->x0 + 6, 0.7,
               inks[rng_below(rng, 3)], rng);
}

static void tick(struct document *doc, struct page *page, struct rng *rng)
{
    const struct word *word = some_word(page, rng);
    struct colour ink = inks[rng_below(rng, 3)];

    (void)doc;
    if (word == NULL)
        return;
    page_line(page, word->x1 + 2, word->y1 - 4, word->x1 + 5, word->y1, 1.1, ink);
    page_line(page, word->x1 + 5, word->y1, word->x1 + 12, word->y0 - 4, 1.1, ink);
}

/* A ring around a word, as people mark an amount. */
static void ring(struct document *doc, struct page *page, struct rng *rng)
{
    const struct word *word = some_word(page, rng);
    struct colour ink = inks[rng_below(rng, 3)];
    double x;
    double y;

    (void)doc;
    if (word == NULL)
        return;
    x = (word->x0 + word->x1) / 2;
    y = (word->y0 + word->y1) / 2;
    for (double at = 0; at < 6.4; at += 0.2)
        page_line(page, x + ((word->x1 - word->x0) / 2 + 6) * cos(at), y + 9 * sin(at),
                  x + ((word->x1 - word->x0) / 2 + 6) * cos(at + 0.2), y + 9 * sin(at + 0.2), 0.9,
                  ink);
}

void marks_leave(struct document *doc, struct rng *rng)
{
    static const struct {
        void (*leave)(struct document *doc, struct page *page, struct rng *rng);
        int percent;
    } marks[] = {{stamp, 15}, {initials, 12}, {underline, 6}, {tick, 8}, {ring, 5}};

    for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
        if (rng_chance(rng, marks[i].percent))
            marks[i].leave(doc, document_page(doc, 0), rng);
    }
}
