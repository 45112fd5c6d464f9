/*
 * The grey of an intact baseline JPEG, a third quicker than libjpeg: a page of grainy paper is a
 * megabyte of Huffman codes, and libjpeg looks up the code, then takes its value apart. Here one
 * look at the next eleven bits mostly gives both, and the run of zeros before.
 *
 * libjpeg has read the header; from there the codes are read, the brightness alone transformed
 * (of a colour picture the other blocks are only stepped over), and stored where it belongs. The
 * transform is libjpeg's exact one, so the pixels are the same. Whatever is not quite in order is
 * refused, and libjpeg decodes it from the start.
 */
#include "pipeline/open/image.h"

#include "base/mem.h"

#include <allheaders.h>
#include <endian.h>
#include <jpeglib.h>
#include <string.h>

/* The dynamic linker chooses the clone before a sanitizer has set up its memory. */
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__clang__)
#define WIDE __attribute__((target_clones("avx2", "default")))
#else
#define WIDE
#endif
#define INLINE static inline __attribute__((always_inline))

enum {
    LOOK = 11,     /* bits looked at at once */
    CODE_MAX = 16, /* bits of a code */
    NEED = 32,     /* bits of the longest code and its value */
    END = 128,     /* steps: the block's rest is zero */
    COMPONENTS = 3
};

/* What LOOK bits begin with: so many bits that go so many coefficients on, to this value. */
struct step {
    int16_t value;
    uint8_t bits; /* 0: more than LOOK bits */
    uint8_t steps;
};

struct codes {
    struct step looks[1 << LOOK];
    uint32_t end[CODE_MAX + 1]; /* the first CODE_MAX bits that are no code this short */
    int first[CODE_MAX + 1];    /* symbol of the first code of a length, less that code */
    const uint8_t *symbols;
    bool is_dc;
};

/* Bits not yet taken, the next one highest. */
struct bits {
    uint64_t held;
    int count, missing; /* `missing` of the count are made up, beyond the end */
    const uint8_t *at, *end;
};

struct component {
    const struct codes *dc, *ac;
    int across, down; /* blocks of it in a unit */
    int16_t last_dc;
};

typedef int32_t lanes __attribute__((vector_size(32)));

union block {
    int32_t at[DCTSIZE2];
    lanes rows[DCTSIZE];
};

struct grey {
    struct codes codes[2 * NUM_HUFF_TBLS]; /* DC before AC */
    struct component components[COMPONENTS];
    int count;
    int32_t factors[DCTSIZE2]; /* in rows */
    struct bits bits;
    PIX *pix;
};

/* Zigzag order to rows. */
static const uint8_t places[DCTSIZE2] = {
    0,  1,  8,  16, 9,  2,  3,  10, 17, 24, 32, 25, 18, 11, 4,  5,  12, 19, 26, 33, 40, 48,
    41, 34, 27, 20, 13, 6,  7,  14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23,
    30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63};

/* --- codes --------------------------------------------------------------------------------- */

/* The value that `size` bits mean: the lower half is negative. */
INLINE int value_of(unsigned raw, int size)
{
    return size && raw < 1u << (size - 1) ? (int)raw - (1 << size) + 1 : (int)raw;
}

/* What a symbol says: how many bits of value follow, and how far on they belong. */
INLINE int size_of(const struct codes *c, int symbol)
{
    return c->is_dc ? symbol : symbol & 15;
}

INLINE int steps_of(const struct codes *c, int symbol)
{
    if (c->is_dc)
        return 0;
    if (size_of(c, symbol) == 0)
        return symbol == 0xf0 ? 16 : END;
    return (symbol >> 4) + 1;
}

/* Fills the looks that begin with a code of `length` bits, `code` in the lowest ones. */
static void fill_looks(struct codes *c, unsigned code, int length, int symbol)
{
    int size = size_of(c, symbol), rest = LOOK - length - size;

    for (unsigned raw = 0; rest >= 0 && raw < 1u << size; raw++) {
        struct step step = {(int16_t)value_of(raw, size), (uint8_t)(length + size),
                            (uint8_t)steps_of(c, symbol)};
        unsigned first = (code << size | raw) << rest;

        for (unsigned i = 0; i < 1u << rest; i++)
            c->looks[first + i] = step;
    }
}

static bool make_codes(struct codes *c, const JHUFF_TBL *table, bool is_dc)
{
    unsigned code = 0;
    int next = 0;

    if (!table)
        return false;
    *c = (struct codes){.symbols = table->huffval, .is_dc = is_dc};
    for (int length = 1; length <= CODE_MAX; length++, code <<= 1) {
        c->first[length] = next - (int)code;
        for (int i = 0; i < table->bits[length]; i++, code++, next++) {
            if (code >> length || next > 255 || (is_dc && table->huffval[next] > 15))
                return false;
            if (length <= LOOK)
                fill_looks(c, code, length, table->huffval[next]);
        }
        c->end[length] = code << (CODE_MAX - length);
    }
    return true;
}

/* --- bits ---------------------------------------------------------------------------------- */

static void fill_slowly(struct bits *b)
{
    while (b->count <= 56) {
        bool is_stuffed = b->end - b->at >= 2 && b->at[0] == 0xff && b->at[1] == 0;

        if (b->at == b->end || (b->at[0] == 0xff && !is_stuffed)) {
            b->missing += 8; /* a marker, or nothing more */
            b->count += 8;
            continue;
        }
        b->held |= (uint64_t)*b->at << (56 - b->count);
        b->at += 1 + is_stuffed;
        b->count += 8;
    }
}

/* At least NEED bits. */
INLINE void fill(struct bits *b)
{
    uint64_t next = UINT64_MAX;

    if (b->count >= NEED)
        return;
    if (b->end - b->at >= 8)
        memcpy(&next, b->at, sizeof next);
    if (next & (~next - 0x0101010101010101) & 0x8080808080808080) { /* may hold 0xff */
        struct bits copy = *b; /* so that the original stays in registers */

        fill_slowly(&copy);
        *b = copy;
        return;
    }
    b->held |= be64toh(next) >> b->count;
    b->at += (63 - b->count) >> 3;
    b->count |= 56;
}

INLINE unsigned take(struct bits *b, int count)
{
    unsigned taken = count ? (unsigned)(b->held >> (64 - count)) : 0;

    b->held <<= count;
    b->count -= count;
    return taken;
}

/* The step of a code, or a code and value, too long for the table. Steps of 0 of AC: no code. */
static struct step take_slowly(const struct codes *c, struct bits *b)
{
    unsigned next = (unsigned)(b->held >> (64 - CODE_MAX));
    int length = 1, symbol, size;

    while (length <= CODE_MAX && next >= c->end[length])
        length++;
    if (length > CODE_MAX)
        return (struct step){0, 0, 0};
    symbol = c->symbols[(c->first[length] + (int)take(b, length)) & 255];
    size = size_of(c, symbol);
    return (struct step){(int16_t)value_of(take(b, size), size), 1, (uint8_t)steps_of(c, symbol)};
}

INLINE struct step next_step(const struct codes *c, struct bits *b)
{
    struct step step;

    fill(b);
    step = c->looks[b->held >> (64 - LOOK)];
    if (step.bits == 0) {
        struct bits copy = *b;

        step = take_slowly(c, &copy);
        *b = copy;
        return step;
    }
    b->held <<= step.bits;
    b->count -= step.bits;
    return step;
}

/* The coefficients of a block in rows, zeroed before; the place of the last, negative when the
 * codes are in disorder. */
INLINE int read_block(struct component *c, struct bits *b, int32_t *to)
{
    struct step step = next_step(c->dc, b);
    int last = 0;

    if (step.bits == 0)
        return -1;
    to[0] = c->last_dc = (int16_t)(c->last_dc + step.value);
    for (int k = 0; k < DCTSIZE2 - 1;) {
        step = next_step(c->ac, b);
        k += step.steps;
        if (k >= DCTSIZE2 || step.bits == 0)
            return step.steps == END ? last : -1;
        to[places[k]] = step.value;
        last = k;
    }
    return last;
}

/* --- the transform: jidctint.c of libjpeg, eight columns or rows at a time ------------------ */

#define FIX(x) ((int32_t)((x)*8192 + 0.5))

INLINE void transform(lanes v[8], int shift)
{
    lanes half = (lanes){} + (1 << (shift - 1));
    lanes z = (v[2] + v[6]) * FIX(0.541196100);
    lanes two = z - v[6] * FIX(1.847759065), three = z + v[2] * FIX(0.765366865);
    lanes sum = ((v[0] + v[4]) << 13) + half, difference = ((v[0] - v[4]) << 13) + half;
    lanes even[4] = {sum + three, difference + two, difference - two, sum - three};
    lanes z1 = v[7] + v[1], z2 = v[5] + v[3], z3 = v[7] + v[3], z4 = v[5] + v[1];
    lanes z5 = (z3 + z4) * FIX(1.175875602), odd[4];

    z1 *= -FIX(0.899976223);
    z2 *= -FIX(2.562915447);
    z3 = z5 - z3 * FIX(1.961570560);
    z4 = z5 - z4 * FIX(0.390180644);
    odd[3] = v[7] * FIX(0.298631336) + z1 + z3;
    odd[2] = v[5] * FIX(2.053119869) + z2 + z4;
    odd[1] = v[3] * FIX(3.072711026) + z2 + z3;
    odd[0] = v[1] * FIX(1.501321110) + z1 + z4;
    for (int i = 0; i < 4; i++) {
        v[i] = (even[i] + odd[i]) >> shift;
        v[7 - i] = (even[i] - odd[i]) >> shift;
    }
}

/* Rows become columns: of two rows, then of four, then of eight. */
INLINE void turn(lanes v[8])
{
    lanes a[8], b[8];

    for (int i = 0; i < 8; i += 2) {
        a[i] = __builtin_shufflevector(v[i], v[i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
        a[i + 1] = __builtin_shufflevector(v[i], v[i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
    }
    for (int i = 0; i < 4; i++) {
        int from = i / 2 * 4 + i % 2;

        b[from + i % 2] = __builtin_shufflevector(a[from], a[from + 2], 0, 1, 8, 9, 4, 5, 12, 13);
        b[from + i % 2 + 1] = __builtin_shufflevector(a[from], a[from + 2], 2, 3, 10, 11, 6, 7, 14,
                                                      15);
    }
    for (int i = 0; i < 4; i++) {
        v[i] = __builtin_shufflevector(b[i], b[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
        v[i + 4] = __builtin_shufflevector(b[i], b[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    }
}

INLINE void clamp(lanes *v)
{
    lanes low = *v & ~(*v >> 31), is_over = low > 255;

    *v = (low & ~is_over) | (is_over & 255);
}

/* Where a block's pixels go: two words a row, as a Pix has them, less at the edges. */
struct place {
    uint32_t *at;
    int wpl, words, rows;
};

INLINE void store_block(const union block *block, const union block *factors,
                        const struct place *to)
{
    lanes v[8], left, right;

    for (int y = 0; y < 8; y++)
        v[y] = block->rows[y] * factors->rows[y];
    transform(v, 11);
    turn(v);
    transform(v, 18);
    for (int i = 0; i < 8; i++) {
        v[i] += 128;
        clamp(&v[i]);
    }
    left = v[0] << 24 | v[1] << 16 | v[2] << 8 | v[3];
    right = v[4] << 24 | v[5] << 16 | v[6] << 8 | v[7];
    for (int y = 0; y < to->rows; y++) {
        to->at[y * to->wpl] = (uint32_t)left[y];
        if (to->words > 1)
            to->at[y * to->wpl + 1] = (uint32_t)right[y];
    }
}

/* The same for a block of one brightness. */
INLINE void store_flat(int brightness, const struct place *to)
{
    int value = ((brightness * 4 + 16) >> 5) + 128;
    uint32_t four = (uint32_t)(value < 0 ? 0 : value > 255 ? 255 : value) * 0x01010101u;

    for (int y = 0; y < to->rows; y++)
        for (int x = 0; x < to->words; x++)
            to->at[y * to->wpl + x] = four;
}

/* --- the picture --------------------------------------------------------------------------- */

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* The block of the grey component whose corner is (x, y), both in blocks; it may lie outside. */
INLINE bool read_grey_block(struct grey *g, struct bits *b, const union block *factors, int x,
                            int y)
{
    int wpl = pixGetWpl(g->pix);
    struct place to = {pixGetData(g->pix) + (ptrdiff_t)DCTSIZE * y * wpl + 2 * x, wpl,
                       least(2, wpl - 2 * x), least(DCTSIZE, pixGetHeight(g->pix) - DCTSIZE * y)};
    union block block = {{0}};
    int last = read_block(&g->components[0], b, block.at);

    if (to.words <= 0 || to.rows <= 0)
        return last >= 0;
    if (last > 0)
        store_block(&block, factors, &to);
    else
        store_flat(block.at[0] * factors->at[0], &to);
    return last >= 0;
}

/* A row of units: the blocks that cover the same pixels of all components. */
WIDE static bool read_units(struct grey *g, int units, int row)
{
    struct bits b = g->bits;
    int32_t unseen[DCTSIZE2];
    union block factors;

    memcpy(factors.at, g->factors, sizeof factors);
    for (int unit = 0; unit < units; unit++)
        for (int i = 0; i < g->count; i++) {
            struct component *c = &g->components[i];

            for (int k = 0; k < c->across * c->down; k++)
                if (i > 0 ? read_block(c, &b, unseen) < 0
                          : !read_grey_block(g, &b, &factors, unit * c->across + k % c->across,
                                             row * c->down + k / c->across))
                    return false;
        }
    g->bits = b;
    return b.count >= b.missing;
}

static bool take_component(struct grey *g, const struct jpeg_decompress_struct *jpeg, int i)
{
    const jpeg_component_info *info = jpeg->cur_comp_info[i];
    bool is_alone = jpeg->comps_in_scan == 1;

    if (info->component_index != i || (unsigned)info->dc_tbl_no >= NUM_HUFF_TBLS ||
        (unsigned)info->ac_tbl_no >= NUM_HUFF_TBLS)
        return false;
    g->components[i] = (struct component){.dc = &g->codes[info->dc_tbl_no],
                                          .ac = &g->codes[NUM_HUFF_TBLS + info->ac_tbl_no],
                                          .across = is_alone ? 1 : info->h_samp_factor,
                                          .down = is_alone ? 1 : info->v_samp_factor};
    return make_codes(&g->codes[info->dc_tbl_no], jpeg->dc_huff_tbl_ptrs[info->dc_tbl_no], true) &&
           make_codes(&g->codes[NUM_HUFF_TBLS + info->ac_tbl_no],
                      jpeg->ac_huff_tbl_ptrs[info->ac_tbl_no], false);
}

/* False when it is no picture for this decoder. */
static bool prepare(struct grey *g, const struct jpeg_decompress_struct *jpeg)
{
    const jpeg_component_info *brightness = jpeg->cur_comp_info[0];
    const JQUANT_TBL *table;

    g->count = jpeg->comps_in_scan;
    if (jpeg->progressive_mode || jpeg->arith_code || jpeg->data_precision != 8 ||
        jpeg->restart_interval || g->count != jpeg->num_components || g->count > COMPONENTS ||
        (jpeg->jpeg_color_space != JCS_GRAYSCALE && jpeg->jpeg_color_space != JCS_YCbCr) ||
        brightness->h_samp_factor != jpeg->max_h_samp_factor ||
        brightness->v_samp_factor != jpeg->max_v_samp_factor)
        return false;
    table = jpeg->quant_tbl_ptrs[brightness->quant_tbl_no & (NUM_QUANT_TBLS - 1)];
    for (int i = 0; table && i < DCTSIZE2; i++) {
        if (table->quantval[i] > 255) /* nothing may overflow */
            return false;
        g->factors[i] = table->quantval[i];
    }
    for (int i = 0; i < g->count; i++)
        if (!take_component(g, jpeg, i))
            return false;
    return table != NULL;
}

bool jpeg_read_grey(const struct jpeg_decompress_struct *jpeg, PIX *pix)
{
    AUTO_FREE struct grey *g = mem_alloc(sizeof *g);
    const uint8_t *bytes = jpeg->src->next_input_byte;
    int wide, high, rows;

    if (!prepare(g, jpeg))
        return false;
    g->pix = pix;
    g->bits = (struct bits){.at = bytes, .end = bytes + jpeg->src->bytes_in_buffer};
    wide = DCTSIZE * g->components[0].across;
    high = DCTSIZE * g->components[0].down;
    rows = (pixGetHeight(pix) + high - 1) / high;
    for (int row = 0; row < rows; row++)
        if (!read_units(g, (pixGetWidth(pix) + wide - 1) / wide, row))
            return false;
    return true;
}
