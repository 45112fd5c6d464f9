/*
 * JPEG, straight through libjpeg, because Leptonica gives up the whole picture for one bad row.
 *
 * The decoder writes rows into a white Pix; when libjpeg complains for good, what was decoded stays
 * and the rest stays white. A baseline file that ends early is stopped at its end, so that no grey
 * filler passes for paper; a progressive one is finished with what it has. Progressive files may
 * hold scans without end (a known bomb): more than SCANS_MAX are refused. Fails as "truncated" or
 * "corrupt" when not one row came out.
 */
#include "pipeline/open/image.h"

#include "base/err.h"
#include "models/fault.h"

#include <allheaders.h>
#include <jpeglib.h>
#include <setjmp.h>
#include <string.h>

#define SCANS_MAX 200 /* encoders write about ten */

struct decoder {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_source_mgr source;
    struct jpeg_progress_mgr progress;
    jmp_buf give_up;
    bool is_at_end; /* the bytes ran out */
    struct image_head head;
    PIX *pix;
    JSAMPLE *row;
    volatile JDIMENSION rows_done;
};

static void on_error(j_common_ptr jpeg)
{
    longjmp(((struct decoder *)jpeg->client_data)->give_up, 1);
}

static void on_message(j_common_ptr jpeg, int level)
{
    (void)jpeg;
    (void)level;
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

static void store_row(struct decoder *d, JDIMENSION y)
{
    uint32_t *line = pixGetData(d->pix) + (size_t)y * (size_t)pixGetWpl(d->pix);
    const JSAMPLE *p = d->row;

    for (JDIMENSION x = 0; x < d->jpeg.output_width; x++) {
        switch (d->jpeg.output_components) {
        case 1:
            SET_DATA_BYTE(line, x, p[x]);
            break;
        case 3:
            composeRGBPixel(p[3 * x], p[3 * x + 1], p[3 * x + 2], &line[x]);
            break;
        default: /* CMYK as Adobe stores it: inverted, so that 255 is no ink */
            composeRGBPixel(p[4 * x] * p[4 * x + 3] / 255, p[4 * x + 1] * p[4 * x + 3] / 255,
                            p[4 * x + 2] * p[4 * x + 3] / 255, &line[x]);
        }
    }
}

/* Decodes as far as it goes; jumps at the first error. */
static void read_rows(struct decoder *d)
{
    struct jpeg_decompress_struct *jpeg = &d->jpeg;

    if (jpeg->jpeg_color_space == JCS_YCCK)
        jpeg->out_color_space = JCS_CMYK;
    jpeg_start_decompress(jpeg);
    d->pix = pixCreate((l_int32)jpeg->output_width, (l_int32)jpeg->output_height,
                       jpeg->output_components == 1 ? 8 : 32);
    if (!d->pix)
        on_error((j_common_ptr)jpeg);
    pixSetAll(d->pix);
    d->row = (*jpeg->mem->alloc_large)((j_common_ptr)jpeg, JPOOL_IMAGE,
                                       (size_t)jpeg->output_width *
                                           (size_t)jpeg->output_components);
    while (jpeg->output_scanline < jpeg->output_height) {
        jpeg_read_scanlines(jpeg, &d->row, 1);
        store_row(d, d->rows_done);
        d->rows_done++;
    }
}

int jpeg_page_image(const struct source *src, struct page_image *ret, struct err *err)
{
    struct decoder d;
    PIX *pix;
    int r;

    decoder_init(&d, src);
    if (setjmp(d.give_up) == 0) {
        read_header(&d);
        read_rows(&d);
    }
    if (d.rows_done == 0) {
        r = refuse(&d, err);
        decoder_release(&d);
        return r;
    }
    if (d.rows_done == d.jpeg.output_height && !d.is_at_end && d.head.orientation == 1 &&
        d.jpeg.num_components != 4) {
        ret->jpeg = src->bytes;
        ret->jpeg_length = src->length;
    }
    pix = d.pix;
    d.pix = NULL;
    decoder_release(&d);
    return image_finish(src, &d.head, pix, ret, err);
}
