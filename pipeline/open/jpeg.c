/*
 * JPEG, straight through libjpeg, because Leptonica gives up the whole picture for one bad row.
 *
 * The decoder writes rows into a white Pix; when libjpeg complains for good, what was decoded
 * stays, the rest stays white, and the picture tells how much it lacks. A baseline file that ends
 * early is stopped at its end, so that no grey filler passes for paper; a progressive one is
 * finished with what it has. Progressive files may hold scans without end (a known bomb): more than
 * SCANS_MAX are refused. Fails as "truncated" or "corrupt" when not one row came out.
 */
#include "pipeline/open/image.h"

#include "base/err.h"
#include "base/wide.h"
#include "models/fault.h"

#include <leptonica/allheaders.h>
#include <jpeglib.h>
#include <jerror.h>
#include <setjmp.h>
#include <string.h>

#define SCANS_MAX 200 /* encoders write about ten */

struct decoder {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_source_mgr source;
    struct jpeg_progress_mgr progress;
    jmp_buf give_up;
    bool is_at_end;    /* the bytes ran out */
    bool is_damaged;   /* they did, or make no sense */
    int whole_percent; /* of the rows, before the damage */
    struct image_head head;
    PIX *pix;
    JSAMPLE *row;
    volatile JDIMENSION rows_done;
};

/* Where the first damage is counts: what follows it is filler, or was read from the wrong bits. */
static void note_damage(struct decoder *d)
{
    JDIMENSION done = d->jpeg.input_iMCU_row, all = d->jpeg.total_iMCU_rows;

    if (d->is_damaged)
        return;
    d->is_damaged = true;
    d->whole_percent = all && done <= all ? (int)(100 * done / all) : 0;
}

static void on_error(j_common_ptr jpeg)
{
    struct decoder *d = jpeg->client_data;

    note_damage(d);
    longjmp(d->give_up, 1);
}

/* Of its warnings those that cost pixels. */
static void on_message(j_common_ptr jpeg, int level)
{
    int code = jpeg->err->msg_code;

    if (level < 0 && (code == JWRN_HIT_MARKER || code == JWRN_HUFF_BAD_CODE ||
                      code == JWRN_ARITH_BAD_CODE || code == JWRN_MUST_RESYNC))
        note_damage(jpeg->client_data);
}

static void on_scan(j_common_ptr common)
{
    j_decompress_ptr jpeg = (j_decompress_ptr)common;

    if (jpeg->input_scan_number > SCANS_MAX)
        on_error(common);
}

static void source_begin(j_decompress_ptr jpeg)
{
    (void)jpeg;
}

static boolean source_more(j_decompress_ptr jpeg)
{
    static const JOCTET end[] = {0xff, JPEG_EOI};
    struct decoder *d = jpeg->client_data;

    d->is_at_end = true;
    note_damage(d);
    if (!jpeg->progressive_mode)
        on_error((j_common_ptr)jpeg);
    jpeg->src->next_input_byte = end;
    jpeg->src->bytes_in_buffer = sizeof end;
    return TRUE;
}

static void source_skip(j_decompress_ptr jpeg, long count)
{
    if (count <= 0)
        return;
    if ((size_t)count > jpeg->src->bytes_in_buffer) {
        source_more(jpeg);
        return;
    }
    jpeg->src->next_input_byte += count;
    jpeg->src->bytes_in_buffer -= (size_t)count;
}

/* Leaves `d` in a state decoder_release() accepts, whatever happens later. */
static void decoder_init(struct decoder *d, const struct source *src)
{
    memset(d, 0, sizeof *d);
    d->jpeg.err = jpeg_std_error(&d->errors);
    d->errors.error_exit = on_error;
    d->errors.emit_message = on_message;
    d->jpeg.client_data = d;
    jpeg_create_decompress(&d->jpeg);
    d->source.init_source = source_begin;
    d->source.fill_input_buffer = source_more;
    d->source.skip_input_data = source_skip;
    d->source.resync_to_restart = jpeg_resync_to_restart;
    d->source.term_source = source_begin;
    d->source.next_input_byte = src->bytes;
    d->source.bytes_in_buffer = src->length;
    d->jpeg.src = &d->source;
    d->progress.progress_monitor = on_scan;
    d->jpeg.progress = &d->progress;
}

static void decoder_release(struct decoder *d)
{
    jpeg_destroy_decompress(&d->jpeg);
    pixDestroy(&d->pix);
}

static unsigned exif_number(const unsigned char *p, int bytes, bool is_big)
{
    unsigned value = 0;

    for (int i = 0; i < bytes; i++)
        value |= (unsigned)p[i] << 8 * (is_big ? bytes - 1 - i : i);
    return value;
}

/* Tag 0x0112 of the first directory of an EXIF marker; 1 when there is none. */
static int exif_orientation(const unsigned char *p, size_t length)
{
    unsigned offset, count;
    bool is_big;

    if (length < 14 || memcmp(p, "Exif\0", 6) != 0)
        return 1;
    p += 6;
    length -= 6;
    is_big = p[0] == 'M';
    offset = exif_number(p + 4, 4, is_big);
    if (offset > length - 2)
        return 1;
    count = exif_number(p + offset, 2, is_big);
    for (unsigned i = 0; i < count && offset + 2 + 12 * (i + 1) <= length; i++) {
        const unsigned char *entry = p + offset + 2 + 12 * i;

        if (exif_number(entry, 2, is_big) == 0x0112) {
            unsigned value = exif_number(entry + 8, 2, is_big);

            return value >= 1 && value <= 8 ? (int)value : 1;
        }
    }
    return 1;
}

/* Reads up to the first scan; may not return but jump. */
static void read_header(struct decoder *d)
{
    struct image_head *head = &d->head;

    jpeg_save_markers(&d->jpeg, JPEG_APP0 + 1, 0xffff);
    jpeg_read_header(&d->jpeg, TRUE);
    *head = (struct image_head){.width_px = (int)d->jpeg.image_width,
                                .height_px = (int)d->jpeg.image_height,
                                .orientation = 1};
    if (d->jpeg.density_unit == 1 || d->jpeg.density_unit == 2) {
        float factor = d->jpeg.density_unit == 2 ? 2.54f : 1;

        head->dpi_x = d->jpeg.X_density * factor;
        head->dpi_y = d->jpeg.Y_density * factor;
    }
    for (jpeg_saved_marker_ptr m = d->jpeg.marker_list; m; m = m->next)
        if (m->data_length > 6 && memcmp(m->data, "Exif", 5) == 0)
            head->orientation = exif_orientation(m->data, m->data_length);
}

static int refuse(const struct decoder *d, struct err *err)
{
    return fault_set(err, d->is_at_end ? FAULT_TRUNCATED : FAULT_CORRUPT, "jpeg");
}

int jpeg_head(const struct source *src, struct image_head *ret, struct err *err)
{
    struct decoder d;
    volatile int r = 0;

    decoder_init(&d, src);
    if (setjmp(d.give_up) == 0)
        read_header(&d);
    else
        r = refuse(&d, err);
    decoder_release(&d);
    if (r == 0)
        *ret = d.head;
    return r;
}

/* CMYK as Adobe stores it: inverted, so that 255 is no ink. */
static void store_cmyk(const JSAMPLE *p, uint32_t *line, JDIMENSION width)
{
    for (JDIMENSION x = 0; x < width; x++, p += 4)
        composeRGBPixel(p[0] * p[3] / 255, p[1] * p[3] / 255, p[2] * p[3] / 255, &line[x]);
}

/* What to decode into: a Pix keeps its words of colour with red in the highest bits. */
static void choose_colours(struct jpeg_decompress_struct *jpeg, bool is_grey_enough)
{
    bool has_ink = jpeg->num_components == 4;

    if (has_ink)
        jpeg->out_color_space = JCS_CMYK;
    else if (jpeg->num_components == 1 || is_grey_enough)
        jpeg->out_color_space = JCS_GRAYSCALE;
    else
        jpeg->out_color_space = JCS_EXT_XBGR;
}

/* A Pix has the leftmost pixel in the highest bits of a word. */
WIDE static void swap_bytes(uint32_t *line, int words)
{
    for (int i = 0; i < words; i++)
        line[i] = __builtin_bswap32(line[i]);
}

/* Decodes as far as it goes; jumps at the first error. */
static void read_rows(struct decoder *d, bool is_grey_enough)
{
    struct jpeg_decompress_struct *jpeg = &d->jpeg;
    bool has_ink;

    choose_colours(jpeg, is_grey_enough);
    jpeg_start_decompress(jpeg);
    has_ink = jpeg->out_color_space == JCS_CMYK;
    d->pix = pixCreateNoInit((l_int32)jpeg->output_width, (l_int32)jpeg->output_height,
                             jpeg->output_components == 1 ? 8 : 32);
    if (!d->pix)
        on_error((j_common_ptr)jpeg);
    if (has_ink)
        d->row = (*jpeg->mem->alloc_large)((j_common_ptr)jpeg, JPOOL_IMAGE,
                                           4 * (size_t)jpeg->output_width);
    while (jpeg->output_scanline < jpeg->output_height) {
        uint32_t *line = pixGetData(d->pix) + (size_t)d->rows_done * (size_t)pixGetWpl(d->pix);
        JSAMPLE *row = has_ink ? d->row : (JSAMPLE *)line;

        jpeg_read_scanlines(jpeg, &row, 1);
        if (has_ink)
            store_cmyk(row, line, jpeg->output_width);
        else if (jpeg->output_components == 1)
            swap_bytes(line, pixGetWpl(d->pix));
        d->rows_done++;
    }
}

/* Rows that were not decoded are paper, and so is what stands beside the picture in its last words:
 * whoever looks at words sees it. */
static void whiten_rest(struct decoder *d)
{
    size_t wpl = (size_t)pixGetWpl(d->pix), rows = (size_t)pixGetHeight(d->pix);

    pixSetPadBits(d->pix, 1);
    memset(pixGetData(d->pix) + d->rows_done * wpl, 0xff, (rows - d->rows_done) * wpl * 4);
}

/* Damage to the very last rows is damage. */
static int lost_percent(const struct decoder *d)
{
    return !d->is_damaged ? 0 : d->whole_percent < 100 ? 100 - d->whole_percent : 1;
}

int jpeg_decode(const struct source *src, struct jpeg_picture *ret, struct err *err)
{
    struct decoder d;
    volatile int r = 0;

    decoder_init(&d, src);
    if (setjmp(d.give_up) == 0) {
        read_header(&d);
        r = image_head_check(&d.head, src->limits, err);
        if (r == 0 && src->use != IMAGE_AS_STORED)
            read_rows(&d, src->use == IMAGE_TO_READ);
    } else if (d.rows_done == 0) {
        r = refuse(&d, err);
    }
    if (r < 0) {
        decoder_release(&d);
        return r;
    }
    if (d.pix)
        whiten_rest(&d);
    *ret = (struct jpeg_picture){.pix = d.pix,
                                 .head = d.head,
                                 .n_colours = d.jpeg.num_components,
                                 .lost_percent = lost_percent(&d),
                                 .is_keepable = !d.jpeg.arith_code && !d.is_damaged};
    d.pix = NULL;
    decoder_release(&d);
    return 0;
}

int jpeg_page_image(const struct source *src, struct page_image *ret, struct err *err)
{
    struct jpeg_picture picture;
    int r = jpeg_decode(src, &picture, err);

    if (r < 0)
        return r;
    ret->lost_percent = picture.lost_percent;
    if (picture.is_keepable && picture.head.orientation == 1 && picture.n_colours != 4)
        ret->stored = jpeg_stored(src->bytes, src->length, &picture.head, picture.n_colours);
    return image_finish(src, &picture.head, picture.pix, ret, err);
}

struct stored_image jpeg_stored(const unsigned char *bytes, size_t length,
                                const struct image_head *head, int n_colours)
{
    return (struct stored_image){.form = STORED_JPEG,
                                 .bytes = bytes,
                                 .length = length,
                                 .width_px = head->width_px,
                                 .height_px = head->height_px,
                                 .n_colours = n_colours};
}
