/*
 * Leptonica's pixScale for one factor both ways, without Leptonica and byte for byte.
 *
 * Below 0.7 a pixel is the mean of the area it covers, then lightly sharpened; from 0.7 it is
 * interpolated between four neighbours, then sharpened up to 1.4. Both are weighted sums in
 * sixteenths of a pixel, so one engine serves: an axis says for each scaled row or column which
 * source pixels it takes and with what weight; the weighted sum is divided by the weights'
 * product. Only rounding differs, and at the far edges of an area Leptonica takes the nearest
 * pixel.
 *
 * Rows are combined along the row and columns along the column: a strip of sums is turned in
 * between, so that the inner loop of every step walks consecutive memory. Nothing fails.
 */
#include "recogniser/line_input.h"

#include "base/arena.h"

#include <string.h>

enum { PARTS = 16, STRIP = 64, WIDTH_MIN = 3 };

/* head/16 of pixel `first`, the pixels between, tail/16 of pixel `last` (which may be the first) */
struct tap {
    int first, last;
    uint32_t head, tail;
    double share; /* 1 / the sum of the weights */
};

/* `inner` is the number of scaled pixels before those that take the nearest source pixel. */
struct axis {
    struct tap *taps;
    int count, inner;
};

/* Columns of a line: column x is `rows` bytes from pixels[x * rows]. */
struct columns {
    unsigned char *pixels;
    int count, rows;
};

static struct axis axis_of(struct arena *a, int count)
{
    return (struct axis){arena_alloc_array(a, (size_t)count, sizeof(struct tap)), count, count};
}

static void axis_set(struct axis *axis, int i, struct tap tap)
{
    int between = tap.last - tap.first - 1;

    tap.share = 1.0 / (tap.head + tap.tail + PARTS * (between > 0 ? between : 0));
    axis->taps[i] = tap;
}

static float axis_step(int source, int scaled)
{
    return (float)(16. * (double)(float)source / (double)(float)scaled);
}

static struct axis axis_interpolate(struct arena *a, int source, int scaled)
{
    struct axis axis = axis_of(a, scaled);
    float step = axis_step(source, scaled);

    for (int i = 0; i < scaled; i++) {
        int at = (int)(step * (float)i), first = at / PARTS, part = at % PARTS;

        first = first < source ? first : source - 1;
        axis_set(&axis, i,
                 (struct tap){first, first + 1 < source ? first + 1 : first,
                              (uint32_t)(PARTS - part), (uint32_t)part, 0});
    }
    return axis;
}

/* The end of one pixel is not quite the start of the next: one product is rounded to float, the
 * other is a double. */
static struct axis axis_cover(struct arena *a, int source, int scaled)
{
    struct axis axis = axis_of(a, scaled);
    float step = axis_step(source, scaled);

    for (int i = scaled - 1; i >= 0; i--) {
        int from = (int)(step * (float)i), to = (int)((double)step * (i + 1.0));

        if (to / PARTS > source - 2)
            axis.inner = i;
        axis_set(&axis, i,
                 (struct tap){from / PARTS, to / PARTS, (uint32_t)(PARTS - from % PARTS),
                              (uint32_t)(to % PARTS), 0});
    }
    return axis;
}

static struct axis axis_halve(struct arena *a, int source)
{
    struct axis axis = axis_of(a, source / 2);

    for (int i = 0; i < axis.count; i++)
        axis_set(&axis, i, (struct tap){2 * i, 2 * i + 1, PARTS, PARTS, 0});
    return axis;
}

/* sums[i * width + x], for the source columns from `left` */
static void sum_rows(const struct line_image *line, const struct axis *y, int left, int width,
                     uint32_t *sums)
{
    for (int i = 0; i < y->inner; i++, sums += width) {
        const struct tap *tap = &y->taps[i];
        const unsigned char *row = line->pixels + (size_t)tap->first * (size_t)line->stride + left;
        const unsigned char *last = line->pixels + (size_t)tap->last * (size_t)line->stride + left;

        for (int x = 0; x < width; x++)
            sums[x] = tap->head * row[x] + tap->tail * last[x];
        for (row += line->stride; row < last; row += line->stride)
            for (int x = 0; x < width; x++)
                sums[x] += PARTS * (uint32_t)row[x];
    }
}

static void turn(const uint32_t *sums, int rows, int width, uint32_t *turned)
{
    for (int i = 0; i < rows; i++)
        for (int x = 0; x < width; x++)
            turned[x * rows + i] = sums[i * width + x];
}

/* One scaled column from the turned sums, `rows` of them a source column. */
static void sum_columns(const uint32_t *turned, int rows, int left, const struct tap *tap,
                        const struct axis *y, uint32_t rounding, uint32_t *sums,
                        unsigned char *pixels)
{
    const uint32_t *column = turned + (tap->first - left) * rows;
    const uint32_t *last = turned + (tap->last - left) * rows;

    for (int i = 0; i < rows; i++)
        sums[i] = tap->head * column[i] + tap->tail * last[i] + rounding;
    for (column += rows; column < last; column += rows)
        for (int i = 0; i < rows; i++)
            sums[i] += PARTS * column[i];
    /* Half a unit more than the integer: the quotient never falls on the wrong side. */
    for (int i = 0; i < rows; i++)
        pixels[i] = (unsigned char)(int)(((int)sums[i] + 0.5) * (tap->share * y->taps[i].share));
}

static void fill_nearest(const struct line_image *line, const struct axis *x, const struct axis *y,
                         struct columns *out)
{
    for (int j = 0; j < x->count; j++)
        for (int i = j < x->inner ? y->inner : 0; i < y->count; i++)
            out->pixels[j * out->rows + i] =
                line->pixels[(size_t)y->taps[i].first * (size_t)line->stride + x->taps[j].first];
}

static struct columns resample(struct arena *a, const struct line_image *line, const struct axis *x,
                               const struct axis *y, uint32_t rounding)
{
    int rows = y->inner, widest = 0;
    struct columns out = {NULL, x->count, y->count};
    uint32_t *sums, *turned, *column;

    for (int j = 0; j < x->inner; j += STRIP) {
        int end = j + STRIP < x->inner ? j + STRIP : x->inner;
        int width = x->taps[end - 1].last + 1 - x->taps[j].first;

        widest = width > widest ? width : widest;
    }
    out.pixels = arena_alloc_array(a, (size_t)out.count, (size_t)out.rows);
    sums = arena_alloc_array(a, (size_t)widest, (size_t)rows * sizeof *sums);
    turned = arena_alloc_array(a, (size_t)widest, (size_t)rows * sizeof *turned);
    column = arena_alloc_array(a, (size_t)rows, sizeof *column);
    for (int j = 0; j < x->inner; j += STRIP) {
        int end = j + STRIP < x->inner ? j + STRIP : x->inner;
        int left = x->taps[j].first, width = x->taps[end - 1].last + 1 - left;

        sum_rows(line, y, left, width, sums);
        turn(sums, rows, width, turned);
        for (int k = j; k < end; k++)
            sum_columns(turned, rows, left, &x->taps[k], y, rounding, column,
                        out.pixels + k * out.rows);
    }
    fill_nearest(line, x, y, &out);
    return out;
}

/*
 * Unsharp masking: s + f (s - mean of the square around it), rounded. Leptonica's floats stay far
 * from a tie (f is 1/5 or 2/5, so ties would need an even numerator where it is odd), hence the
 * integers: s + 2/5 (s - S/25) + 1/2 = (175 s - 2 S + 62.5) / 125, and (54 s - S + 22.5) / 45.
 * The border, as wide as the square reaches, stays as it is.
 */
struct sharpening {
    int reach;
    unsigned own, around, half, divisor;
};
static const struct sharpening light = {1, 54, 1, 22, 45}, strong = {2, 175, 2, 62, 125};

static void sharpen_column(const struct columns *in, int x, const struct sharpening *s,
                           uint16_t *sums, unsigned char *out)
{
    const unsigned char *column = in->pixels + x * in->rows;

    memset(sums, 0, (size_t)in->rows * sizeof *sums);
    for (int d = -s->reach; d <= s->reach; d++)
        for (int i = 0; i < in->rows; i++)
            sums[i] = (uint16_t)(sums[i] + column[d * in->rows + i]);
    for (int i = s->reach; i < in->rows - s->reach; i++) {
        unsigned around = 0, own = s->own * column[i] + s->half, value;

        for (int d = -s->reach; d <= s->reach; d++)
            around += sums[i + d];
        around *= s->around;
        value = own > around ? (own - around) / s->divisor : 0;
        out[i] = (unsigned char)(value < 255 ? value : 255);
    }
}

static struct columns sharpen(struct arena *a, const struct columns *in, const struct sharpening *s)
{
    size_t size = (size_t)in->count * (size_t)in->rows;
    struct columns out = {arena_alloc(a, size), in->count, in->rows};
    uint16_t *sums = arena_alloc_array(a, (size_t)in->rows, sizeof *sums);

    memcpy(out.pixels, in->pixels, size);
    for (int x = s->reach; x < in->count - s->reach; x++)
        sharpen_column(in, x, s, sums, out.pixels + x * in->rows);
    return out;
}

static struct line_image rows_of(struct arena *a, const struct columns *in)
{
    unsigned char *pixels = arena_alloc_array(a, (size_t)in->count, (size_t)in->rows);

    for (int x = 0; x < in->count; x++)
        for (int y = 0; y < in->rows; y++)
            pixels[y * in->count + x] = in->pixels[x * in->rows + y];
    return (struct line_image){pixels, in->count, in->rows, in->count};
}

/* Leptonica halves again and again where that makes the factor, cutting each mean off. */
static int halvings(float scale)
{
    for (int n = 1; n <= 4; n++)
        if (scale == 1.0f / (float)(1 << n))
            return n;
    return 0;
}

static struct columns halve(struct arena *a, const struct line_image *line, int times)
{
    struct axis x = axis_halve(a, line->width), y = axis_halve(a, line->height);
    struct columns half = resample(a, line, &x, &y, 0);
    struct line_image turned;

    if (times == 1)
        return half;
    turned = rows_of(a, &half);
    return halve(a, &turned, times - 1);
}

static struct columns cover(struct arena *a, const struct line_image *line, int width, int height)
{
    struct axis x = axis_cover(a, line->width, width), y = axis_cover(a, line->height, height);

    return resample(a, line, &x, &y, 128);
}

/* Twice and four times are done without rounding. */
static struct columns interpolate(struct arena *a, const struct line_image *line, int width,
                                  int height)
{
    struct axis x = axis_interpolate(a, line->width, width);
    struct axis y = axis_interpolate(a, line->height, height);
    bool is_cut_off = height == 2 * line->height || height == 4 * line->height;

    return resample(a, line, &x, &y, is_cut_off ? 0 : 128);
}

static struct columns scale_columns(struct arena *a, const struct line_image *line, float scale,
                                    int width, int height)
{
    int times = halvings(scale);
    struct columns c;

    if (scale >= 0.7) {
        c = interpolate(a, line, width, height);
        return scale < 1.4 ? sharpen(a, &c, &strong) : c;
    }
    c = times ? halve(a, line, times) : cover(a, line, width, height);
    return scale > 0.2 ? sharpen(a, &c, &light) : c;
}

struct line_image line_scale(struct arena *a, const struct line_image *line, int height)
{
    float scale = (float)height / (float)line->height;
    int width = (int)(scale * (float)line->width + 0.5);
    struct columns c;

    if (width < WIDTH_MIN)
        return (struct line_image){NULL, 0, height, 0};
    if (line->height == height)
        return *line;
    c = scale_columns(a, line, scale, width, height);
    if (c.count < WIDTH_MIN) /* halving rounds widths down */
        return (struct line_image){NULL, 0, height, 0};
    return rows_of(a, &c);
}
