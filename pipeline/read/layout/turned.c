/*
 * The page is turned a quarter by exchanging the axes of the letters' boxes, and the leftover
 * letters are chained like any others. Stacked digits of a table's column chain too; they stand
 * farther apart than the letters of a word. Which way a line reads is told by its feet: letters
 * stand on one line, while their tops are of two heights. Digits and capitals do not tell and are
 * taken to read up, as most do.
 */
#include "pipeline/read/layout/turned.h"

#include "base/arena.h"
#include "base/compare.h"

#include <stdlib.h>

#define ALONE_MAX 2   /* letters of an upright strand that may be somebody else's */
#define HIGH_MIN 0.3f /* of the page's middle height */
#define LETTERS_MIN 5 /* of a line that reads up or down */
#define GAP_MAX 0.45f /* heights between its letters, the middle one */
#define WIDE_MAX 2.5f /* of its height, the middle letter: dashes are no letters */
#define SHARP_PX 1.0f /* feet this near to each other stand on one line */

enum { SAMPLE_MAX = 200 };

static struct layout_box turn_box(const struct layout_box *b, enum layout_turn turn, int width,
                                  int height)
{
    return turn == LAYOUT_READS_UP
               ? (struct layout_box){height - b->y1, b->x0, height - b->y0, b->x1}
               : (struct layout_box){b->y0, width - b->x1, b->y1, width - b->x0};
}

/* The box of the page that turn_box() would give `b` for. */
static struct layout_box turn_back(const struct layout_box *b, enum layout_turn turn, int width,
                                   int height)
{
    return turn == LAYOUT_READS_UP
               ? (struct layout_box){b->y0, height - b->x1, b->y1, height - b->x0}
               : (struct layout_box){width - b->y1, b->x0, width - b->y0, b->x1};
}

/* How many of the values lie within SHARP_PX of each other, at most. */
static int sharpness(int *values, int count)
{
    int best = 0;

    qsort(values, (size_t)count, sizeof *values, compare_ints);
    for (int from = 0, to = 0; from < count; from++) {
        while (to < count && (float)(values[to] - values[from]) <= 2 * SHARP_PX)
            to++;
        best = to - from > best ? to - from : best;
    }
    return best;
}

/* Is a strand of the turned page a line of text? Then, which way does it read? */
static bool judge(const struct strands *s, const struct strand *strand, enum layout_turn *ret)
{
    int feet[SAMPLE_MAX], tops[SAMPLE_MAX], gaps[SAMPLE_MAX], high[SAMPLE_MAX];
    int wide[SAMPLE_MAX], count = 0, end = 0;

    if (strand->count < LETTERS_MIN)
        return false;
    for (int i = strand->first; i >= 0 && count < SAMPLE_MAX; i = s->letters[i].next) {
        const struct layout_box *b = &s->letters[i].box;

        feet[count] = b->y1;
        tops[count] = b->y0;
        high[count] = b->y1 - b->y0;
        wide[count] = b->x1 - b->x0;
        gaps[count] = count ? b->x0 - end : 0;
        end = b->x1;
        count++;
    }
    qsort(gaps, (size_t)count, sizeof *gaps, compare_ints);
    qsort(high, (size_t)count, sizeof *high, compare_ints);
    qsort(wide, (size_t)count, sizeof *wide, compare_ints);
    if ((float)gaps[count / 2] > GAP_MAX * (float)high[count / 2] ||
        (float)wide[count / 2] > WIDE_MAX * (float)high[count / 2])
        return false;
    *ret = sharpness(tops, count) > sharpness(feet, count) ? LAYOUT_READS_DOWN : LAYOUT_READS_UP;
    return true;
}

/* The letters of `from` that `turn` is right for, in a frame where they are upright. */
static struct strands letters_of(struct arena *a, const struct strands *from,
                                 const enum layout_turn *turns, enum layout_turn turn, int width,
                                 int height)
{
    struct strands s = {.height = from->height};

    s.letters = arena_alloc_array(a, (size_t)from->letter_count + 1, sizeof *s.letters);
    for (int i = 0; i < from->letter_count; i++) {
        const struct letter *l = &from->letters[i];

        if (turns[i] != turn)
            continue;
        s.letters[s.letter_count++] = (struct letter){.box = turn_box(&l->box, turn, width, height),
                                                      .source = i};
    }
    return s;
}

/* Takes the letters of a turned strand out of their upright ones. */
static void leave(const struct strands *s, const struct strand *strand, struct strands *upright)
{
    for (int k = strand->first; k >= 0; k = s->letters[k].next) {
        int from = upright->letters[s->letters[k].source].strand;

        if (from >= 0)
            upright->at[from].count = 0;
    }
}

/* Gives each letter that is in a line up or down its direction. */
static void judge_letters(struct arena *a, struct strands *upright, enum layout_turn *turns,
                          int width, int height)
{
    struct strands s;

    for (int i = 0; i < upright->letter_count; i++) {
        const struct letter *l = &upright->letters[i];
        float high = (float)(l->box.x1 - l->box.x0); /* once turned */

        if (high >= HIGH_MIN * upright->height &&
            (l->strand < 0 || upright->at[l->strand].count <= ALONE_MAX))
            turns[i] = LAYOUT_READS_UP;
    }
    s = letters_of(a, upright, turns, LAYOUT_READS_UP, width, height);
    strands_chain(a, &s, NULL);
    for (int i = 0; i < s.count; i++) {
        enum layout_turn turn = LAYOUT_UPRIGHT;

        if (judge(&s, &s.at[i], &turn))
            leave(&s, &s.at[i], upright);
        for (int k = s.at[i].first; k >= 0; k = s.letters[k].next)
            turns[s.letters[k].source] = turn;
    }
}

static size_t add_lines(struct arena *a, const struct strands *upright,
                        const enum layout_turn *turns, enum layout_turn turn, int width, int height,
                        struct layout_line *lines)
{
    struct strands s = letters_of(a, upright, turns, turn, width, height);
    size_t count = 0;

    strands_chain(a, &s, NULL);
    strands_measure(a, &s);
    for (int i = 0; i < s.count; i++) {
        struct layout_line line;

        if (s.at[i].count < LETTERS_MIN)
            continue;
        line = line_of(&s.at[i], height, width);
        line.turn = turn;
        line.slope = 0;
        line.baseline = turn == LAYOUT_READS_UP ? line.baseline : (float)width - line.baseline;
        line.box = turn_back(&line.box, turn, width, height);
        lines[count++] = line;
    }
    return count;
}

size_t turned_find(struct arena *a, struct strands *upright, int width, int height,
                   struct layout_line *lines)
{
    enum layout_turn *turns = arena_alloc_array(a, (size_t)upright->letter_count + 1,
                                                sizeof *turns);
    size_t count;

    judge_letters(a, upright, turns, width, height);
    count = add_lines(a, upright, turns, LAYOUT_READS_UP, width, height, lines);
    return count + add_lines(a, upright, turns, LAYOUT_READS_DOWN, width, height, lines + count);
}
