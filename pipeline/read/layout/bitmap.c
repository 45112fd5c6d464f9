/*
 * Connected components on run lengths: a row's runs are found by its changes of colour, sixty-four
 * pixels at a time, and linked with the row above by one walk along both; labels that meet are
 * united. A page takes about a millisecond, white words cost nothing. The number of runs is counted
 * first, so that everything is allocated once and a picture of noise is refused before it costs.
 */
#include "pipeline/read/layout/bitmap.h"

#include "base/arena.h"
#include "base/wide.h"

#include <string.h>

struct bitmap bitmap_new(struct arena *a, int width, int height)
{
    struct bitmap b = {.width = width, .height = height, .stride = (width + 63) / 64};

    b.words = arena_alloc_array(a, (size_t)b.stride * (size_t)height, sizeof *b.words);
    return b;
}

uint64_t bitmap_span(int i, int x0, int x1)
{
    uint64_t bits = ~(uint64_t)0;

    x0 -= 64 * i;
    x1 -= 64 * i;
    if (x1 <= 0 || x0 >= 64)
        return 0;
    if (x0 > 0)
        bits >>= x0;
    if (x1 < 64)
        bits &= ~(~(uint64_t)0 >> x1);
    return bits;
}

void bitmap_fill(struct bitmap *b, int y, int x0, int x1, bool is_dark)
{
    uint64_t *row = bitmap_row(b, y);

    for (int i = x0 >> 6; i <= (x1 - 1) >> 6; i++) {
        uint64_t bits = bitmap_span(i, x0, x1);

        row[i] = is_dark ? row[i] | bits : row[i] & ~bits;
    }
}

WIDE static void and_words(uint64_t *to, const uint64_t *from, int words)
{
    for (int i = 0; i < words; i++)
        to[i] &= from[i];
}

struct bitmap bitmap_common(struct arena *a, const struct bitmap *b, int rows)
{
    struct bitmap common = bitmap_new(a, b->width, b->height / rows);

    for (int y = 0; y < common.height; y++) {
        uint64_t *to = bitmap_row(&common, y);

        memcpy(to, bitmap_row(b, y * rows), (size_t)b->stride * sizeof *to);
        for (int k = 1; k < rows; k++)
            and_words(to, bitmap_row(b, y * rows + k), b->stride);
    }
    return common;
}

/* Two halves of a word, the left one first. */
WIDE static void load_row(const uint32_t *from, uint64_t *to, int words)
{
    for (int i = 0; i < words; i++)
        to[i] = (uint64_t)from[2 * i] << 32 | from[2 * i + 1];
}

struct bitmap bitmap_load(struct arena *a, const uint32_t *rows, int row_words, int width,
                          int height)
{
    struct bitmap b = bitmap_new(a, width, height);
    int words = (width + 31) / 32;

    for (int y = 0; y < height; y++) {
        const uint32_t *from = rows + (size_t)y * (size_t)row_words;
        uint64_t *to = bitmap_row(&b, y);

        load_row(from, to, words / 2);
        if (words % 2)
            to[words / 2] = (uint64_t)from[words - 1] << 32;
        to[b.stride - 1] &= bitmap_span(b.stride - 1, 0, width);
    }
    return b;
}

/* 1 wherever a pixel differs from the one left of it. */
static inline uint64_t changes(uint64_t word, uint64_t before)
{
    return word ^ (word >> 1 | before << 63);
}

/* Can a row hold a run of `length`? A long one fills an aligned half or quarter of a word. Most
 * rows have none, and need not be walked when only long runs are asked for. */
WIDE static bool may_hold(const uint64_t *row, int stride, int length)
{
    int lane = length >= 63 ? 32 : 16;
    uint64_t ones = lane == 32 ? 0x0000000100000001 : 0x0001000100010001, found = 0;

    if (length < 31)
        return true;
    for (int i = 0; i < stride; i++)
        found |= (~row[i] - ones) & row[i];
    return found & ones << (lane - 1);
}

/* How many runs begin in a row. */
WIDE static int count_row(const uint64_t *row, int stride)
{
    uint64_t before = 0;
    int count = 0;

    for (int i = 0; i < stride; i++) {
        count += __builtin_popcountll(row[i] & ~(row[i] >> 1 | before << 63));
        before = row[i];
    }
    return count;
}

/* How many runs there are, or more than RUNS_MAX: an upper bound for what row_runs() will give. */
static int count_runs(const struct bitmap *b, int length)
{
    int count = 0;

    for (int y = 0; y < b->height && count <= RUNS_MAX; y++)
        if (may_hold(bitmap_row(b, y), b->stride, length))
            count += count_row(bitmap_row(b, y), b->stride);
    return count;
}

static int row_runs(const struct bitmap *b, int y, int length, struct run *at)
{
    const uint64_t *row = bitmap_row(b, y);
    uint64_t before = 0;
    int count = 0, from = -1;

    if (!may_hold(row, b->stride, length))
        return 0;
    for (int i = 0; i < b->stride; i++) {
        uint64_t edges;

        if (!(row[i] | before)) /* white on white: most of a page */
            continue;
        edges = changes(row[i], before);
        before = row[i] & 1;
        while (edges) {
            int bit = __builtin_clzll(edges), x = 64 * i + bit;

            edges &= ~((uint64_t)1 << (63 - bit));
            if (from < 0) {
                from = x;
                continue;
            }
            if (x - from >= length)
                at[count++] = (struct run){from, x, 0, -1};
            from = -1;
        }
    }
    if (from >= 0 && b->width - from >= length)
        at[count++] = (struct run){from, b->width, 0, -1};
    return count;
}

static int root_of(int *parent, int label)
{
    while (parent[label] != label) {
        parent[label] = parent[parent[label]];
        label = parent[label];
    }
    return label;
}

static void unite(int *parent, int one, int other)
{
    one = root_of(parent, one);
    other = root_of(parent, other);
    if (one < other)
        parent[other] = one;
    else
        parent[one] = other;
}

/* Gives each run of a row the label of what it touches in the row above, or a new one. */
static int label_row(const struct run *above, int above_count, struct run *at, int count,
                     int *parent, int labels)
{
    int i = 0;

    for (int j = 0; j < count; j++) {
        at[j].mark = -1;
        while (i < above_count && above[i].x1 < at[j].x0)
            i++;
        for (int k = i; k < above_count && above[k].x0 <= at[j].x1; k++) {
            if (at[j].mark < 0)
                at[j].mark = above[k].mark;
            else
                unite(parent, at[j].mark, above[k].mark);
        }
        if (at[j].mark < 0) {
            parent[labels] = labels;
            at[j].mark = labels++;
        }
    }
    return labels;
}

/* Numbers the united labels from 0 in the order they were first seen; returns how many. A parent
 * comes before its children, so one walk suffices. */
static int number_marks(int *parent, int labels)
{
    int count = 0;

    for (int i = 0; i < labels; i++)
        parent[i] = parent[i] == i ? count++ : parent[parent[i]];
    return count;
}

/* From the last run to the first, each before those of its mark seen so far. */
static void measure(struct marks *m, const int *number, int height)
{
    for (int y = height - 1; y >= 0; y--)
        for (int i = m->row[y + 1] - 1; i >= m->row[y]; i--) {
            struct run *run = &m->runs[i];
            struct mark *mark = &m->marks[run->mark = number[run->mark]];

            if (mark->area == 0)
                *mark = (struct mark){run->x0, y, run->x1, y + 1, 0, -1};
            if (run->x0 < mark->x0)
                mark->x0 = run->x0;
            if (run->x1 > mark->x1)
                mark->x1 = run->x1;
            mark->y0 = y;
            mark->area += run->x1 - run->x0;
            run->next = mark->first;
            mark->first = i;
        }
}

bool marks_find(struct arena *a, const struct bitmap *b, int length, struct marks *ret)
{
    int run_count = count_runs(b, length), labels = 0;
    struct marks m = {.run_count = run_count};
    int *parent;

    if (run_count > RUNS_MAX)
        return false;
    m.runs = arena_alloc_array(a, (size_t)run_count + 1, sizeof *m.runs);
    m.row = arena_alloc_array(a, (size_t)b->height + 1, sizeof *m.row);
    parent = arena_alloc_array(a, (size_t)run_count + 1, sizeof *parent);
    for (int y = 0; y < b->height; y++) {
        struct run *at = m.runs + m.row[y];
        int above = y ? m.row[y] - m.row[y - 1] : 0, count = row_runs(b, y, length, at);

        labels = label_row(at - above, above, at, count, parent, labels);
        m.row[y + 1] = m.row[y] + count;
    }
    m.count = number_marks(parent, labels);
    m.marks = arena_alloc_array(a, (size_t)m.count + 1, sizeof *m.marks);
    measure(&m, parent, b->height);
    *ret = m;
    return true;
}

void mark_erase(const struct marks *m, int i, struct bitmap *ink)
{
    int y = m->marks[i].y0;

    for (int k = m->marks[i].first; k >= 0; k = m->runs[k].next) {
        while (k >= m->row[y + 1])
            y++;
        bitmap_fill(ink, y, m->runs[k].x0, m->runs[k].x1, false);
    }
}
