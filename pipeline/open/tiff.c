/*
 * TIFF, straight through libtiff from memory: Leptonica loses a whole page for one bad strip.
 *
 * The chain of directories is walked here first, by the bytes alone: that is where loops, cut files
 * and bombs of pages show, each with its own fault, before libtiff allocates anything. One- and
 * eight-bit pages without colour are then read row by row and keep every row that decodes; all
 * others (palette, tiles, YCbCr, CMYK …) go through libtiff's RGBA reader, which goes on after an
 * error as well. A page that libtiff complains about says how much of it is lost. A page that is
 * one JPEG strip goes to our own decoder. Thumbnails and masks are no pages.
 */
#include "pipeline/open/image.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/mem.h"
#include "models/fault.h"

#include <leptonica/allheaders.h>
#include <string.h>
#include <tiffio.h>

struct memory {
    const unsigned char *bytes;
    size_t length, position;
    int complaints; /* of libtiff, so far */
};

static void on_complaint(thandle_t handle, const char *module, const char *format, va_list args)
{
    (void)module;
    (void)format;
    (void)args;
    if (handle)
        ((struct memory *)handle)->complaints++;
}

void tiff_warm(void)
{
    TIFFSetErrorHandler(NULL);
    TIFFSetWarningHandler(NULL);
    TIFFSetErrorHandlerExt(on_complaint);
    TIFFSetWarningHandlerExt(on_complaint);
}

struct chain {
    const unsigned char *bytes;
    size_t length;
    bool is_big_endian, is_big_tiff;
};

static uint64_t number_at(const struct chain *c, size_t offset, size_t bytes)
{
    uint64_t value = 0;

    for (size_t i = 0; i < bytes; i++)
        value |= (uint64_t)c->bytes[offset + i] << 8 * (c->is_big_endian ? bytes - 1 - i : i);
    return value;
}

/* Where the directory at *offset says the next one is. False when the file ends before. */
static bool next_directory(const struct chain *c, uint64_t *offset)
{
    size_t count_bytes = c->is_big_tiff ? 8 : 2, entry_bytes = c->is_big_tiff ? 20 : 12;
    size_t link_bytes = c->is_big_tiff ? 8 : 4;
    uint64_t entries, link;

    if (*offset > c->length || c->length - *offset < count_bytes)
        return false;
    entries = number_at(c, *offset, count_bytes);
    if (entries > c->length / entry_bytes)
        return false;
    link = *offset + count_bytes + entries * entry_bytes;
    if (link > c->length || c->length - link < link_bytes)
        return false;
    *offset = number_at(c, link, link_bytes);
    return true;
}

/* Counts directories. Every one may be a page and a thumbnail of it, hence twice the limit. */
static int count_directories(const struct source *src, int *ret, struct err *err)
{
    struct chain c = {src->bytes, src->length, src->bytes[0] == 'M', false};
    int count = 0, max = 2 * src->limits->pages;
    AUTO_FREE uint64_t *seen = mem_alloc_array((size_t)max, sizeof *seen);
    uint64_t offset;

    c.is_big_tiff = number_at(&c, 2, 2) == 43;
    if (c.length < 16)
        return fault_set(err, FAULT_TRUNCATED, "tiff header");
    offset = c.is_big_tiff ? number_at(&c, 8, 8) : number_at(&c, 4, 4);
    while (offset) {
        for (int i = 0; i < count; i++)
            if (seen[i] == offset)
                return fault_set(err, FAULT_CYCLIC, "picture %d leads back to %d", count, i + 1);
        if (count == max)
            return fault_set(err, FAULT_TOO_MANY_PAGES, "%d of %d", count, src->limits->pages);
        seen[count] = offset;
        if (!next_directory(&c, &offset))
            return fault_set(err, FAULT_TRUNCATED, "picture %d", count + 1);
        count++;
    }
    if (count == 0)
        return fault_set(err, FAULT_NO_PAGES, "");
    *ret = count;
    return 0;
}

static tmsize_t memory_read(thandle_t handle, void *out, tmsize_t size)
{
    struct memory *m = handle;
    size_t left = m->position < m->length ? m->length - m->position : 0;
    size_t count = size < 0 ? 0 : (size_t)size < left ? (size_t)size : left;

    memcpy(out, m->bytes + (left ? m->position : 0), count);
    m->position += count;
    return (tmsize_t)count;
}

static tmsize_t memory_write(thandle_t handle, void *bytes, tmsize_t size)
{
    (void)handle;
    (void)bytes;
    (void)size;
    return -1;
}

static toff_t memory_seek(thandle_t handle, toff_t offset, int whence)
{
    struct memory *m = handle;

    m->position = whence == SEEK_SET   ? offset
                  : whence == SEEK_CUR ? m->position + offset
                                       : m->length + offset;
    return m->position;
}

static int memory_close(thandle_t handle)
{
    (void)handle;
    return 0;
}

static toff_t memory_size(thandle_t handle)
{
    return ((struct memory *)handle)->length;
}

static int memory_map(thandle_t handle, void **ret_base, toff_t *ret_size)
{
    struct memory *m = handle;

    *ret_base = (void *)m->bytes;
    *ret_size = m->length;
    return 1;
}

static void memory_unmap(thandle_t handle, void *base, toff_t size)
{
    (void)handle;
    (void)base;
    (void)size;
}

static void close_tiff(void *tiff)
{
    TIFFClose(tiff);
}

/* Open until the arena is cleared. */
static TIFF *open_tiff(const struct source *src)
{
    struct memory *m = arena_alloc(src->arena, sizeof *m);
    TIFF *tiff;

    *m = (struct memory){src->bytes, src->length, 0, 0};
    tiff = TIFFClientOpen("page", "r", m, memory_read, memory_write, memory_seek, memory_close,
                          memory_size, memory_map, memory_unmap);
    if (tiff)
        arena_defer(src->arena, close_tiff, tiff);
    return tiff;
}

static bool is_page(TIFF *tiff)
{
    uint32_t type = 0;

    TIFFGetField(tiff, TIFFTAG_SUBFILETYPE, &type);
    return !(type & (FILETYPE_REDUCEDIMAGE | FILETYPE_MASK));
}

static struct image_head head_of(TIFF *tiff)
{
    struct image_head head = {.orientation = 1};
    uint32_t width = 0, height = 0;
    uint16_t unit = RESUNIT_INCH, orientation = 1;
    float x = 0, y = 0, factor;

    TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &width);
    TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &height);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_RESOLUTIONUNIT, &unit);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_ORIENTATION, &orientation);
    TIFFGetField(tiff, TIFFTAG_XRESOLUTION, &x);
    TIFFGetField(tiff, TIFFTAG_YRESOLUTION, &y);
    factor = unit == RESUNIT_CENTIMETER ? 2.54f : unit == RESUNIT_INCH ? 1 : 0;
    head.width_px = width <= INT32_MAX ? (int)width : INT32_MAX;
    head.height_px = height <= INT32_MAX ? (int)height : INT32_MAX;
    head.dpi_x = x > 0 ? x * factor : 0;
    head.dpi_y = y > 0 ? y * factor : 0;
    head.orientation = orientation;
    return head;
}

int tiff_open(const struct source *src, struct opened *ret, struct err *err)
{
    int n_directories = 0, r = count_directories(src, &n_directories, err);
    TIFF *tiff;

    if (r < 0)
        return r;
    tiff = open_tiff(src);
    if (!tiff)
        return fault_set(err, FAULT_CORRUPT, "tiff directory");
    ret->pages = arena_alloc_array(src->arena, (size_t)n_directories, sizeof *ret->pages);
    do {
        struct image_head head = head_of(tiff);
        float width_pt, height_pt;

        if (!is_page(tiff))
            continue;
        r = image_head_check(&head, src->limits, err);
        if (r < 0)
            return err_wrap(err, r, "page %zu", ret->n_pages + 1);
        if (ret->n_pages == (size_t)src->limits->pages || ret->n_pages == (size_t)n_directories)
            return fault_set(err, FAULT_TOO_MANY_PAGES, "more than %d", src->limits->pages);
        image_page_size(&head, &width_pt, &height_pt);
        ret->pages[ret->n_pages] = (struct opened_page){
            .page = page_new(src->arena, (int)ret->n_pages + 1, width_pt, height_pt),
            .needs_reading = true,
            .why_read = "scan"};
        ret->n_pages++;
    } while (TIFFReadDirectory(tiff));
    if (ret->n_pages == 0)
        return fault_set(err, FAULT_NO_PAGES, "");
    return 0;
}

static bool is_plain(TIFF *tiff, uint16_t *ret_bits, uint16_t *ret_photometric)
{
    uint16_t samples = 1, compression = 0, format = SAMPLEFORMAT_UINT;

    TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, ret_bits);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &samples);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &format);
    TIFFGetField(tiff, TIFFTAG_COMPRESSION, &compression);
    return TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, ret_photometric) && samples == 1 &&
           (*ret_bits == 1 || *ret_bits == 8) && *ret_photometric <= PHOTOMETRIC_MINISBLACK &&
           format == SAMPLEFORMAT_UINT && !TIFFIsTiled(tiff) && compression != COMPRESSION_OJPEG;
}

/* Rows in place; those that do not decode stay white. Returns how many did; *ret_sound are those
 * before the first that libtiff complained about: of G4, what comes behind it is guesswork. */
static int read_plain_rows(TIFF *tiff, PIX *pix, bool is_inverted, int *ret_sound)
{
    const struct memory *m = TIFFClientdata(tiff);
    const int before = m->complaints;
    size_t row_bytes = (size_t)TIFFScanlineSize(tiff), pix_bytes = 4 * (size_t)pixGetWpl(pix);
    AUTO_FREE unsigned char *row = mem_alloc(row_bytes > pix_bytes ? row_bytes : pix_bytes);
    uint32_t *line = pixGetData(pix);
    int good = 0, sound = 0;

    for (int y = 0; y < pixGetHeight(pix); y++, line += pixGetWpl(pix)) {
        bool is_read = TIFFReadScanline(tiff, row, (uint32_t)y, 0) >= 0;

        sound += m->complaints == before;
        if (!is_read)
            continue;
        good++;
        for (size_t i = 0; is_inverted && i < pix_bytes; i++)
            row[i] = (unsigned char)~row[i];
        memcpy(line, row, pix_bytes);
    }
    pixEndianByteSwap(pix);
    pixSetPadBits(pix, 0);
    *ret_sound = sound;
    return good;
}

/* Rounded up: one damaged row is damage. */
static int lost_percent(int sound, int height)
{
    return (int)(((int64_t)(height - sound) * 100 + height - 1) / height);
}

/* A Pix counts 1 as black in one bit and 255 as white in eight. */
static PIX *read_plain(TIFF *tiff, const struct image_head *head, uint16_t bits,
                       uint16_t photometric, int *ret_lost_percent)
{
    PIX *pix = pixCreate(head->width_px, head->height_px, bits);
    bool is_inverted = (bits == 1) == (photometric == PHOTOMETRIC_MINISBLACK);
    int sound;

    if (!pix)
        return NULL;
    if (bits == 8)
        pixSetAll(pix);
    if (read_plain_rows(tiff, pix, is_inverted, &sound) == 0)
        pixDestroy(&pix);
    *ret_lost_percent = lost_percent(sound, head->height_px);
    return pix;
}

/* Where in the picture libtiff complained is not known: then nothing of it is sure. */
static PIX *read_rgba(TIFF *tiff, const struct image_head *head, int *ret_lost_percent)
{
    const struct memory *m = TIFFClientdata(tiff);
    const int before = m->complaints;
    size_t n_pixels = (size_t)head->width_px * (size_t)head->height_px;
    AUTO_FREE uint32_t *raster = mem_alloc_array(n_pixels, sizeof *raster);
    PIX *pix;
    uint32_t *out;

    if (!TIFFReadRGBAImageOriented(tiff, (uint32_t)head->width_px, (uint32_t)head->height_px,
                                   raster, ORIENTATION_TOPLEFT, 0))
        return NULL;
    pix = pixCreate(head->width_px, head->height_px, 32);
    if (!pix)
        return NULL;
    out = pixGetData(pix);
    for (size_t i = 0; i < n_pixels; i++)
        composeRGBPixel(TIFFGetR(raster[i]), TIFFGetG(raster[i]), TIFFGetB(raster[i]), &out[i]);
    *ret_lost_percent = m->complaints == before ? 0 : 100;
    return pix;
}

/* The one strip a page is made of, within the file. */
static bool find_only_strip(TIFF *tiff, const struct source *src, const unsigned char **ret,
                            size_t *ret_length)
{
    uint64_t *offsets = NULL, *lengths = NULL;
    uint16_t fill = FILLORDER_MSB2LSB;

    TIFFGetFieldDefaulted(tiff, TIFFTAG_FILLORDER, &fill);
    if (TIFFIsTiled(tiff) || TIFFNumberOfStrips(tiff) != 1 || fill != FILLORDER_MSB2LSB ||
        !TIFFGetField(tiff, TIFFTAG_STRIPOFFSETS, &offsets) ||
        !TIFFGetField(tiff, TIFFTAG_STRIPBYTECOUNTS, &lengths) || offsets[0] >= src->length ||
        lengths[0] > src->length - offsets[0])
        return false;
    *ret = src->bytes + offsets[0];
    *ret_length = lengths[0];
    return true;
}

/* A strip of JPEG keeps its tables apart, as a JPEG without a picture; both together are a whole
 * one. RGB without saying so in the stream is libtiff's to understand. */
static bool join_jpeg(TIFF *tiff, const struct source *src, struct source *ret)
{
    uint16_t compression = 0, photometric = 0, planes = PLANARCONFIG_CONTIG;
    const unsigned char *tables = NULL, *strip;
    uint32_t tables_length = 0;
    unsigned char *joined;
    size_t length;

    TIFFGetField(tiff, TIFFTAG_COMPRESSION, &compression);
    TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &photometric);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &planes);
    if (compression != COMPRESSION_JPEG || planes != PLANARCONFIG_CONTIG ||
        (photometric != PHOTOMETRIC_MINISBLACK && photometric != PHOTOMETRIC_YCBCR) ||
        !find_only_strip(tiff, src, &strip, &length) || length < 4)
        return false;
    if (!TIFFGetField(tiff, TIFFTAG_JPEGTABLES, &tables_length, &tables) || tables_length < 4)
        tables_length = 4; /* nothing between its two markers */
    joined = arena_alloc(src->arena, tables_length + length - 4);
    memcpy(joined, strip, 2);
    if (tables_length > 4)
        memcpy(joined + 2, tables + 2, tables_length - 4);
    memcpy(joined + tables_length - 2, strip + 2, length - 2);
    *ret = *src;
    ret->bytes = joined;
    ret->length = tables_length + length - 4;
    return true;
}

/* False when this is no such page, or its strip and its directory disagree. */
static bool read_jpeg(TIFF *tiff, const struct source *src, const struct image_head *head,
                      PIX **ret_pix, struct page_image *ret)
{
    struct jpeg_picture picture;
    struct source joined;

    if (!join_jpeg(tiff, src, &joined) || jpeg_decode(&joined, &picture, NULL) < 0)
        return false;
    if (picture.head.width_px != head->width_px || picture.head.height_px != head->height_px ||
        picture.n_colours == 4) {
        pixDestroy(&picture.pix);
        return false;
    }
    if (picture.is_keepable && head->orientation == 1)
        ret->stored = jpeg_stored(joined.bytes, joined.length, head, picture.n_colours);
    ret->lost_percent = picture.lost_percent;
    *ret_pix = picture.pix;
    return true;
}

/* A page of one strip of G4, which libtiff decodes without complaint. */
static void keep_fax(TIFF *tiff, const struct source *src, const struct image_head *head,
                     struct stored_image *ret)
{
    uint16_t compression = 0, photometric = 0, bits = 1, samples = 1;
    struct stored_image stored = {
        .form = STORED_FAX, .width_px = head->width_px, .height_px = head->height_px};

    TIFFGetField(tiff, TIFFTAG_COMPRESSION, &compression);
    TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &photometric);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &bits);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &samples);
    if (compression != COMPRESSION_CCITTFAX4 || bits != 1 || samples != 1 ||
        photometric > PHOTOMETRIC_MINISBLACK || head->orientation != 1 ||
        !find_only_strip(tiff, src, &stored.bytes, &stored.length))
        return;
    stored.is_inverted = photometric == PHOTOMETRIC_MINISBLACK;
    *ret = stored;
}

static PIX *read_pixels(TIFF *tiff, const struct source *src, const struct image_head *head,
                        struct page_image *ret)
{
    struct memory *m = TIFFClientdata(tiff);
    uint16_t bits = 0, photometric = 0;
    int before = m->complaints;
    PIX *pix = NULL;

    if (read_jpeg(tiff, src, head, &pix, ret))
        return pix;
    if (src->use != IMAGE_AS_STORED) {
        TIFFSetField(tiff, TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT); /* image_finish() turns it */
        pix = is_plain(tiff, &bits, &photometric)
                  ? read_plain(tiff, head, bits, photometric, &ret->lost_percent)
                  : read_rgba(tiff, head, &ret->lost_percent);
    }
    if (m->complaints == before)
        keep_fax(tiff, src, head, &ret->stored);
    return pix;
}

static bool seek_page(TIFF *tiff, int number)
{
    int at = 0;

    do {
        at += is_page(tiff);
        if (at == number)
            return true;
    } while (TIFFReadDirectory(tiff));
    return false;
}

int tiff_page_image(const struct source *src, int number, struct page_image *ret, struct err *err)
{
    int n_directories = 0, r = count_directories(src, &n_directories, err);
    struct image_head head;
    TIFF *tiff;
    PIX *pix;

    if (r < 0)
        return r;
    tiff = open_tiff(src);
    if (!tiff)
        return fault_set(err, FAULT_CORRUPT, "tiff directory");
    if (number < 1 || !seek_page(tiff, number))
        return err_set(err, ERR_NOT_FOUND, "page %d of %d", number, n_directories);
    head = head_of(tiff);
    r = image_head_check(&head, src->limits, err);
    if (r < 0)
        return r;
    pix = read_pixels(tiff, src, &head, ret);
    if (!pix && src->use != IMAGE_AS_STORED)
        return fault_set(err, FAULT_CORRUPT, "no row of page %d decodes", number);
    return image_finish(src, &head, pix, ret, err);
}
