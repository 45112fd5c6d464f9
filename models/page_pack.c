/*
 * Pages as bytes: what rests in the records store and travels between reader and worker. JSON was
 * tried first; printing and parsing 3,000 numbers cost more CPU than all else that a commit does
 * (measured, 400 words: 0.87 ms to print and 0.65 to parse, packed 0.04 and 0.03).
 *
 *   byte 2 (the form's version; 1 had no check boxes and is still read)
 *   number, width, height, quarter turns, skew, source, flags and four times the lost percent
 *   count, then words:     text, box, confidence, line, block
 *   count, then bar codes: text, box, symbology
 *   count, then rules:     is_vertical, box
 *   count, then boxes:     ink, box
 *
 * Every number is a varint (7 bits a byte, low first); those that may be negative are folded to
 * 0, -1, 1, -2 … first. Lengths are in tenths of a point; a box is the step from the corner of the
 * box before it, width and height. A text is its length and its bytes. Reading trusts nothing: the
 * bytes may come from the jail or from a damaged disk.
 */
#include "models/page.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/utf8.h"

#include <math.h>
#include <string.h>

#define FORM 2
#define FORM_WITHOUT_MARKS 1
#define FLAG_BLANK 1u
#define FLAG_STORED 2u
#define LOST_STEP 4u
#define LOST_MAX 100u
#define TENTHS 10.0F
#define SKEW_SCALE 100.0F
#define CONFIDENCE_SCALE 1000.0F
#define TEXT_BYTES_MAX (LIMIT_WORD_BYTES * 8)
#define ITEM_BYTES_MIN 5 /* a rule or check box; nothing that is counted is smaller */
#define SIDE_MAX ((int64_t)LIMIT_BOX_PT * 10)
#define STEP_MAX ((uint64_t)SIDE_MAX * 8) /* from one end to the other, twice over, folded */

/* The corner before, in tenths of a point. */
struct corner {
    int64_t x, y;
};

/* ---- writing ---- */

static void put(struct buf *b, uint64_t n)
{
    unsigned char bytes[10];
    size_t length = 0;

    for (; n >= 0x80; n >>= 7)
        bytes[length++] = (unsigned char)(n | 0x80);
    bytes[length++] = (unsigned char)n;
    buf_add(b, bytes, length);
}

static void put_signed(struct buf *b, int64_t n)
{
    put(b, ((uint64_t)n << 1) ^ (uint64_t)(n >> 63));
}

static int64_t scaled(float value, float scale)
{
    return isfinite(value) ? llroundf(value * scale) : 0;
}

static void put_text(struct buf *b, const char *text)
{
    AUTO_FREE char *clean = NULL;
    size_t length = strlen(text);

    if (!utf8_is_valid(text, length)) {
        clean = mem_alloc(length * 3 + 1);
        utf8_clean(text, length, clean);
        text = clean;
        length = strlen(clean);
    }
    put(b, length);
    buf_add(b, text, length);
}

static void put_box(struct buf *b, const struct box *box, struct corner *before)
{
    int64_t x0 = scaled(box->x0, TENTHS), y0 = scaled(box->y0, TENTHS);

    put_signed(b, x0 - before->x);
    put_signed(b, y0 - before->y);
    put_signed(b, scaled(box->x1, TENTHS) - x0);
    put_signed(b, scaled(box->y1, TENTHS) - y0);
    *before = (struct corner){x0, y0};
}

static void put_words(struct buf *b, const struct page *page, struct corner *corner)
{
    put(b, page->n_words);
    for (size_t i = 0; i < page->n_words; i++) {
        const struct word *w = &page->words[i];

        put_text(b, w->text);
        put_box(b, &w->box, corner);
        put(b, (uint64_t)scaled(w->confidence, CONFIDENCE_SCALE));
        put(b, w->line);
        put(b, w->block);
    }
}

void page_pack(const struct page *page, struct buf *b)
{
    struct corner corner = {0};

    buf_add_char(b, FORM);
    put(b, (uint64_t)page->number);
    put(b, (uint64_t)scaled(page->width_pt, TENTHS));
    put(b, (uint64_t)scaled(page->height_pt, TENTHS));
    put(b, (uint64_t)page->rotation / 90);
    put_signed(b, scaled(page->skew_deg, SKEW_SCALE));
    put(b, page->source);
    put(b, LOST_STEP * (uint64_t)page->lost_percent + (page->is_blank ? FLAG_BLANK : 0) +
               (page->is_stored ? FLAG_STORED : 0));
    put_words(b, page, &corner);
    put(b, page->n_barcodes);
    for (size_t i = 0; i < page->n_barcodes; i++) {
        put_text(b, page->barcodes[i].text);
        put_box(b, &page->barcodes[i].box, &corner);
        put_text(b, page->barcodes[i].symbology);
    }
    put(b, page->n_rules);
    for (size_t i = 0; i < page->n_rules; i++) {
        put(b, page->rules[i].is_vertical);
        put_box(b, &page->rules[i].box, &corner);
    }
    put(b, page->n_check_boxes);
    for (size_t i = 0; i < page->n_check_boxes; i++) {
        put(b, (uint64_t)scaled(page->check_boxes[i].ink, CONFIDENCE_SCALE));
        put_box(b, &page->check_boxes[i].box, &corner);
    }
}

/* ---- reading ---- */

/* `is_bad` stays true once something did not fit; everything read after it is 0. */
struct unpack {
    struct arena *a;
    const unsigned char *p, *end;
    struct corner corner;
    bool is_bad;
};

static uint64_t get(struct unpack *u, uint64_t max)
{
    uint64_t n = 0;
    unsigned shift = 0;

    do {
        if (u->p == u->end || shift > 56) {
            u->is_bad = true;
            return 0;
        }
        n |= (uint64_t)(*u->p & 0x7f) << shift;
        shift += 7;
    } while (*u->p++ & 0x80);
    if (n > max) {
        u->is_bad = true;
        return 0;
    }
    return n;
}

static int64_t get_signed(struct unpack *u)
{
    uint64_t n = get(u, STEP_MAX);

    return (int64_t)(n >> 1) ^ -(int64_t)(n & 1);
}

static bool get_bool(struct unpack *u)
{
    return get(u, 1) != 0;
}

/* A count of things that must fit into the bytes that are left. */
static size_t get_count(struct unpack *u, size_t max)
{
    size_t n = get(u, max);

    if (n > (size_t)(u->end - u->p) / ITEM_BYTES_MIN)
        u->is_bad = true;
    return u->is_bad ? 0 : n;
}

static const char *get_text(struct unpack *u)
{
    size_t length = get(u, TEXT_BYTES_MAX);
    const char *text = (const char *)u->p;

    if (length > (size_t)(u->end - u->p) || !utf8_is_valid(text, length)) {
        u->is_bad = true;
        return "";
    }
    u->p += length;
    return arena_strndup(u->a, text, length);
}

static float get_side(struct unpack *u, int64_t tenths)
{
    if (tenths >= SIDE_MAX || tenths <= -SIDE_MAX) {
        u->is_bad = true;
        return 0;
    }
    return (float)tenths / TENTHS;
}

static struct box get_box(struct unpack *u)
{
    int64_t x0 = u->corner.x + get_signed(u), y0 = u->corner.y + get_signed(u);
    int64_t width = get_signed(u), height = get_signed(u);
    struct box box = {get_side(u, x0), get_side(u, y0), get_side(u, x0 + width),
                      get_side(u, y0 + height)};

    u->corner = u->is_bad ? (struct corner){0} : (struct corner){x0, y0};
    return box;
}

static void get_words(struct unpack *u, struct page *page)
{
    size_t n = get_count(u, LIMIT_WORDS_A_PAGE);

    page->words = arena_alloc_array(u->a, n, sizeof *page->words);
    page->n_words = n;
    for (size_t i = 0; i < n && !u->is_bad; i++) {
        struct word *w = &page->words[i];

        w->text = get_text(u);
        w->box = get_box(u);
        w->confidence = (float)get(u, (uint64_t)CONFIDENCE_SCALE) / CONFIDENCE_SCALE;
        w->line = (uint16_t)get(u, UINT16_MAX);
        w->block = (uint16_t)get(u, UINT16_MAX);
    }
}

static void get_barcodes(struct unpack *u, struct page *page)
{
    size_t n = get_count(u, LIMIT_BARCODES_A_PAGE);

    page->barcodes = arena_alloc_array(u->a, n, sizeof *page->barcodes);
    page->n_barcodes = n;
    for (size_t i = 0; i < n && !u->is_bad; i++) {
        struct barcode *code = &page->barcodes[i];

        code->text = get_text(u);
        code->box = get_box(u);
        code->symbology = get_text(u);
    }
}

static void get_rules(struct unpack *u, struct page *page)
{
    size_t n = get_count(u, LIMIT_WORDS_A_PAGE);

    page->rules = arena_alloc_array(u->a, n, sizeof *page->rules);
    page->n_rules = n;
    for (size_t i = 0; i < n && !u->is_bad; i++) {
        page->rules[i].is_vertical = get_bool(u);
        page->rules[i].box = get_box(u);
    }
}

static void get_check_boxes(struct unpack *u, struct page *page)
{
    size_t n = get_count(u, LIMIT_WORDS_A_PAGE);

    page->check_boxes = arena_alloc_array(u->a, n, sizeof *page->check_boxes);
    page->n_check_boxes = n;
    for (size_t i = 0; i < n && !u->is_bad; i++) {
        page->check_boxes[i].ink = (float)get(u, (uint64_t)CONFIDENCE_SCALE) / CONFIDENCE_SCALE;
        page->check_boxes[i].box = get_box(u);
    }
}

static void get_head(struct unpack *u, struct page *page)
{
    uint64_t flags;

    page->number = (int)get(u, LIMIT_PAGE_NUMBER);
    page->width_pt = get_side(u, (int64_t)get(u, SIDE_MAX));
    page->height_pt = get_side(u, (int64_t)get(u, SIDE_MAX));
    page->rotation = (int)get(u, 3) * 90;
    page->skew_deg = (float)get_signed(u) / SKEW_SCALE;
    page->source = (enum page_source)get(u, PAGE_SOURCE_COUNT - 1);
    flags = get(u, LOST_STEP * LOST_MAX + FLAG_BLANK + FLAG_STORED);
    page->is_blank = flags & FLAG_BLANK;
    page->is_stored = flags & FLAG_STORED;
    page->lost_percent = (int)(flags / LOST_STEP);
    if (page->number < 1)
        u->is_bad = true;
}

int page_unpack(struct arena *a, const void *bytes, size_t length, struct page **ret_page,
                struct err *err)
{
    struct unpack u = {.a = a, .p = bytes, .end = (const unsigned char *)bytes + length};
    struct page *page = arena_alloc(a, sizeof *page);
    uint64_t form = get(&u, UINT8_MAX);

    if (form != FORM && form != FORM_WITHOUT_MARKS)
        return err_set(err, ERR_INVALID, "packed page: unknown form");
    get_head(&u, page);
    get_words(&u, page);
    get_barcodes(&u, page);
    get_rules(&u, page);
    if (form == FORM)
        get_check_boxes(&u, page);
    if (u.is_bad || u.p != u.end)
        return err_set(err, ERR_INVALID, "packed page %d is malformed", page->number);
    *ret_page = page;
    return 0;
}
