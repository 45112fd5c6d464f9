/* Pictures: sizes, resolutions, turns, and the good part of damaged files. */
#include "tests/unit/pipeline-open/made.h"

#include <leptonica/allheaders.h>
#include <math.h>

/* A page with a black band at its top and a grey one at its bottom. */
static PIX *banded(int width, int height, int depth)
{
    PIX *pix = pixCreate(width, height, 8), *other;

    pixSetAllArbitrary(pix, 255);
    pixRasterop(pix, 0, 0, width, height / 10, PIX_CLR, NULL, 0, 0);
    for (int y = height * 9 / 10; y < height; y++)
        memset(pixGetData(pix) + y * pixGetWpl(pix), 100, (size_t)width);
    if (depth == 8)
        return pix;
    other = depth == 1 ? pixThresholdToBinary(pix, 128) : pixConvertTo32(pix);
    pixDestroy(&pix);
    return other;
}

static void make(struct made *m, int width, int height, int depth, int dpi, int format)
{
    PIX *pix = banded(width, height, depth);
    l_uint8 *bytes = NULL;
    size_t length = 0;

    made_init(m);
    pixSetResolution(pix, dpi, dpi);
    assert_int_equal(pixWriteMem(&bytes, &length, pix, format), 0);
    buf_add(&m->file, bytes, length);
    lept_free(bytes);
    pixDestroy(&pix);
}

static unsigned luma_at(PIX *pix, int x, int y)
{
    l_uint32 value;

    pixGetPixel(pix, x, y, &value);
    return pixGetDepth(pix) == 1 ? value ? 0 : 255 : pixGetDepth(pix) == 32 ? value >> 24 : value;
}

static void check_bands(PIX *pix)
{
    int x = pixGetWidth(pix) / 2, height = pixGetHeight(pix);

    assert_in_range(luma_at(pix, x, height / 20), 0, 12);
    assert_in_range(luma_at(pix, x, height / 2), 243, 255);
    assert_in_range(luma_at(pix, x, height * 19 / 20), 0, 112);
}

static void every_format_gives_its_page(void **state)
{
    static const struct {
        int depth, format;
        enum file_kind kind;
    } formats[] = {{1, IFF_TIFF_G4, FILE_TIFF},    {1, IFF_TIFF_G3, FILE_TIFF},
                   {1, IFF_TIFF_RLE, FILE_TIFF},   {1, IFF_TIFF_PACKBITS, FILE_TIFF},
                   {8, IFF_TIFF_LZW, FILE_TIFF},   {8, IFF_TIFF_ZIP, FILE_TIFF},
                   {32, IFF_TIFF, FILE_TIFF},      {8, IFF_TIFF_JPEG, FILE_TIFF},
                   {1, IFF_PNG, FILE_PNG},         {8, IFF_PNG, FILE_PNG},
                   {32, IFF_PNG, FILE_PNG},        {8, IFF_JFIF_JPEG, FILE_JPEG},
                   {32, IFF_JFIF_JPEG, FILE_JPEG}, {32, IFF_WEBP, FILE_WEBP},
                   {8, IFF_JP2, FILE_JP2},         {32, IFF_JP2, FILE_JP2}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(formats); i++) {
        struct made m;
        struct page_image image = {0};

        make(&m, 200, 300, formats[i].depth, 200, formats[i].format);
        made_open(&m);
        assert_int_equal(m.opened.kind, formats[i].kind);
        assert_int_equal(m.opened.n_pages, 1);
        assert_true(m.opened.pages[0].needs_reading);
        assert_int_equal(made_image(&m, 1, &image), 0);
        assert_int_equal(pixGetWidth(image.pix), 200);
        assert_int_equal(pixGetHeight(image.pix), 300);
        check_bands(image.pix);
        assert_int_equal(image.lost_percent, 0);
        made_release(&m);
    }
}

static void expect_size(int width, int height, int dpi, int width_pt, int height_pt)
{
    struct made m;
    const struct page *page;

    make(&m, width, height, 1, dpi, IFF_PNG);
    made_open(&m);
    page = m.opened.pages[0].page;
    assert_int_equal((int)roundf(page->width_pt), width_pt);
    assert_int_equal((int)roundf(page->height_pt), height_pt);
    made_release(&m);
}

static void sizes_follow_the_resolution_or_the_paper(void **state)
{
    (void)state;
    expect_size(827, 1169, 100, 595, 842); /* A4 at 100 dpi */
    expect_size(595, 842, 72, 595, 842);   /* 72 dpi where that is a page */
    expect_size(1653, 2339, 72, 595, 842); /* 72 dpi where it cannot be: A4 by proportion */
    expect_size(1653, 2339, 0, 595, 842);
    expect_size(2339, 1653, 0, 842, 595);
    expect_size(1275, 1650, 0, 612, 792); /* letter */
    expect_size(500, 2000, 0, 227, 907);  /* a till roll */
}

static void tiffs_hold_many_pages(void **state)
{
    struct made m;
    struct page_image image = {0};
    PIXA *pages = pixaCreate(3);

    made_init(&m);
    for (int i = 0; i < 3; i++)
        pixaAddPix(pages, banded(200 + i, 300, 1), L_INSERT);
    assert_int_equal(pixaWriteMultipageTiff(in_folder(state, "three.tif"), pages), 0);
    pixaDestroy(&pages);
    {
        FILE *file = fopen(in_folder(state, "three.tif"), "rb");

        m.file.length = fread(buf_reserve(&m.file, 100000), 1, 100000, file);
        fclose(file);
    }
    made_open(&m);
    assert_int_equal(m.opened.n_pages, 3);
    assert_int_equal(made_image(&m, 3, &image), 0);
    assert_int_equal(pixGetWidth(image.pix), 202);
    assert_int_equal(made_image(&m, 4, &image), ERR_NOT_FOUND);
    made_release(&m);
}

static void tag(struct buf *b, uint16_t number, uint16_t type, uint32_t value)
{
    buf_add(b, &number, 2);
    buf_add(b, &type, 2);
    buf_add(b, &(uint32_t){1}, 4);
    buf_add(b, &value, 4);
}

/* One bit a pixel, 64 x 8, all of it zero bits. */
static unsigned luma_of_zero(uint32_t photometric)
{
    struct made m;
    struct page_image image = {0};
    unsigned luma;

    made_init(&m);
    buf_add(&m.file, "II*\0\x48\0\0\0", 8);
    buf_add(&m.file, (char[64]){0}, 64);
    buf_add(&m.file, "\x09\0", 2);
    tag(&m.file, 256, 4, 64);
    tag(&m.file, 257, 4, 8);
    tag(&m.file, 258, 3, 1);
    tag(&m.file, 259, 3, 1);
    tag(&m.file, 262, 3, photometric);
    tag(&m.file, 273, 4, 8);
    tag(&m.file, 277, 3, 1);
    tag(&m.file, 278, 4, 8);
    tag(&m.file, 279, 4, 64);
    buf_add(&m.file, "\0\0\0\0", 4);
    assert_int_equal(made_image(&m, 1, &image), 0);
    luma = luma_at(image.pix, 32, 4);
    made_release(&m);
    return luma;
}

static void tiffs_say_which_bit_is_black(void **state)
{
    (void)state;
    assert_int_equal(luma_of_zero(0), 255); /* "min is white" */
    assert_int_equal(luma_of_zero(1), 0);
}

/* Where the first directory of a little-endian TIFF keeps the way to the next one. */
static size_t link_of(const struct made *m)
{
    const unsigned char *b = (const unsigned char *)m->file.data;
    size_t offset = b[4] | (size_t)b[5] << 8 | (size_t)b[6] << 16;

    return offset + 2 + 12 * (size_t)(b[offset] | b[offset + 1] << 8);
}

static void tiffs_that_lead_back_are_cyclic(void **state)
{
    struct made m;

    (void)state;
    make(&m, 100, 100, 1, 200, IFF_TIFF_G4);
    memcpy(m.file.data + link_of(&m), m.file.data + 4, 4);
    made_refused(&m, "cyclic");
    made_release(&m);
}

static void cut_tiffs_are_truncated(void **state)
{
    struct made m;

    (void)state;
    make(&m, 100, 100, 1, 200, IFF_TIFF_G4);
    m.file.length /= 2;
    made_refused(&m, "truncated");
    made_release(&m);
}

static void giants_are_refused_by_their_headers(void **state)
{
    static const char png[90] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x80\0\0\0\x80\0\x01\0\0\0\0";
    struct made m;

    (void)state;
    made_init(&m);
    buf_add(&m.file, png, sizeof png);
    made_refused(&m, "too_many_pixels");
    made_release(&m);
}

static void a_damaged_jpeg_keeps_its_good_part(void **state)
{
    struct made m;
    struct page_image image = {0};

    (void)state;
    make(&m, 400, 600, 8, 200, IFF_JFIF_JPEG);
    m.file.length -= m.file.length / 6;
    made_open(&m);
    assert_int_equal(made_image(&m, 1, &image), 0);
    assert_in_range(luma_at(image.pix, 200, 20), 0, 12);
    assert_int_equal(luma_at(image.pix, 200, 599), 255); /* white, where nothing came */
    assert_int_equal(image.stored.form, STORED_NOTHING);
    assert_in_range(image.lost_percent, 1, 99);
    made_release(&m);
}

/* Whoever mended the end has not mended the picture. */
static void a_cut_jpeg_with_an_end_put_on_is_still_cut(void **state)
{
    struct made m;
    struct page_image image = {0};

    (void)state;
    make(&m, 400, 600, 8, 200, IFF_JFIF_JPEG);
    m.file.length /= 2;
    buf_add(&m.file, "\xff\xd9", 2);
    made_open(&m);
    assert_int_equal(made_image(&m, 1, &image), 0);
    assert_in_range(image.lost_percent, 1, 99);
    assert_int_equal(image.stored.form, STORED_NOTHING);
    made_release(&m);
}

static void a_whole_jpeg_is_passed_on_as_it_is(void **state)
{
    struct made m;
    struct page_image image = {0};

    (void)state;
    make(&m, 400, 600, 8, 200, IFF_JFIF_JPEG);
    assert_int_equal(made_image(&m, 1, &image), 0);
    assert_int_equal(image.lost_percent, 0);
    assert_int_equal(image.stored.form, STORED_JPEG);
    assert_ptr_equal(image.stored.bytes, m.file.data);
    assert_int_equal(image.stored.length, m.file.length);
    assert_true(fabsf(image.dpi_x - 200) < 1);
    made_release(&m);
}

/* Who looks at words of pixels sees what stands beside the picture in a row's last word. */
static void beside_a_jpeg_there_is_paper(void **state)
{
    struct made m;
    struct page_image image = {0};

    (void)state;
    make(&m, 401, 600, 8, 200, IFF_JFIF_JPEG);
    assert_int_equal(made_image(&m, 1, &image), 0);
    for (int y = 0; y < 600; y++)
        assert_int_equal(pixGetData(image.pix)[y * pixGetWpl(image.pix) + 100] & 0xffffff,
                         0xffffff);
    made_release(&m);
}

/* What a record would hold, decoded by itself. */
static PIX *decode_stored(const struct stored_image *stored)
{
    struct made m;
    PIX *pix;

    if (stored->form == STORED_JPEG)
        return pixReadMem(stored->bytes, stored->length);
    /* any G4 strip can stand in the place of another of the same size */
    make(&m, stored->width_px, stored->height_px, 1, 200, IFF_TIFF_G4);
    assert_true(memmem(m.file.data, m.file.length, stored->bytes, stored->length) != NULL);
    pix = pixReadMem((l_uint8 *)m.file.data, m.file.length);
    made_release(&m);
    return pix;
}

static void expect_stored(int depth, int format, enum stored_form form)
{
    struct made m;
    struct page_image image = {0}, stored = {0};
    l_int32 is_same = 0;
    PIX *pix;

    make(&m, 400, 600, depth, 200, format);
    assert_int_equal(made_image(&m, 1, &image), 0);
    assert_int_equal(image.stored.form, form);
    assert_int_equal(open_page_stored(&m.arena, (unsigned char *)m.file.data, m.file.length, 1,
                                      &made_limits, &stored, &m.err),
                     form == STORED_NOTHING ? ERR_NOT_FOUND : 0);
    if (form != STORED_NOTHING) {
        assert_null(stored.pix);
        assert_int_equal(stored.stored.length, image.stored.length);
        assert_memory_equal(stored.stored.bytes, image.stored.bytes, image.stored.length);
        pix = decode_stored(&stored.stored);
        pixEqual(pix, image.pix, &is_same);
        assert_true(is_same);
        pixDestroy(&pix);
    }
    made_release(&m);
}

static void what_a_record_may_hold_untouched(void **state)
{
    (void)state;
    expect_stored(1, IFF_TIFF_G4, STORED_FAX);
    expect_stored(8, IFF_TIFF_JPEG, STORED_JPEG);
    expect_stored(8, IFF_JFIF_JPEG, STORED_JPEG);
    expect_stored(32, IFF_JFIF_JPEG, STORED_JPEG);
    expect_stored(1, IFF_TIFF_G3, STORED_NOTHING);
    expect_stored(8, IFF_TIFF_ZIP, STORED_NOTHING);
    expect_stored(8, IFF_PNG, STORED_NOTHING);
}

/* Four bytes overwritten a third into the file: libtiff goes on, but the record gets pixels, not
 * the damage, and the page says how much of it is guesswork. */
static void expect_lost(int depth, int format, int percent_min, int percent_max)
{
    struct made m;
    struct page_image image = {0};

    make(&m, 400, 600, depth, 200, format);
    memset(m.file.data + link_of(&m) / 3, 0x55, 4);
    assert_int_equal(made_image(&m, 1, &image), 0);
    assert_int_equal(image.stored.form, STORED_NOTHING);
    assert_in_range(image.lost_percent, percent_min, percent_max);
    made_release(&m);
}

static void a_damaged_tiff_keeps_its_good_part(void **state)
{
    (void)state;
    expect_lost(1, IFF_TIFF_G4, 1, 99);
    expect_lost(8, IFF_TIFF_LZW, 1, 99);
    expect_lost(8, IFF_TIFF_ZIP, 1, 99);
    expect_lost(32, IFF_TIFF_ZIP, 100, 100);
}

static void grey_is_enough_to_read(void **state)
{
    struct made m;
    struct page_image image = {0};

    (void)state;
    make(&m, 400, 600, 32, 200, IFF_JFIF_JPEG);
    assert_int_equal(open_page_grey(&m.arena, (unsigned char *)m.file.data, m.file.length, 1,
                                    &made_limits, &image, &m.err),
                     0);
    assert_int_equal(pixGetDepth(image.pix), 8);
    check_bands(image.pix);
    made_release(&m);
}

static void cameras_tell_how_they_were_held(void **state)
{
    static const char exif[] = "\xff\xe1\0\x22"
                               "Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0"
                               "\x06\0\0\0\0\0\0\0";
    struct made m, held;
    struct page_image image = {0};

    (void)state;
    make(&m, 400, 600, 8, 200, IFF_JFIF_JPEG);
    made_init(&held);
    buf_add(&held.file, m.file.data, 2);
    buf_add(&held.file, exif, sizeof exif - 1);
    buf_add(&held.file, m.file.data + 2, m.file.length - 2);
    made_open(&held);
    assert_true(held.opened.pages[0].page->width_pt > held.opened.pages[0].page->height_pt);
    assert_int_equal(made_image(&held, 1, &image), 0);
    assert_int_equal(pixGetWidth(image.pix),
                     600); /* a quarter turn clockwise: the top goes right */
    assert_in_range(luma_at(image.pix, 580, 200), 0, 12);
    assert_int_equal(image.stored.form, STORED_NOTHING);
    made_release(&held);
    made_release(&m);
}

/* Never a crash; a page or a fault with its reason. */
static void cut_pictures_end_in_a_page_or_a_reason(void **state)
{
    static const int formats[] = {IFF_PNG, IFF_JFIF_JPEG, IFF_TIFF_LZW, IFF_WEBP, IFF_JP2};

    (void)state;
    for (size_t f = 0; f < ARRAY_LENGTH(formats); f++) {
        struct made whole;

        make(&whole, 200, 300, 8, 200, formats[f]);
        for (size_t percent = 5; percent < 100; percent += 5) {
            struct made m;
            struct page_image image = {0};

            made_init(&m);
            buf_add(&m.file, whole.file.data, whole.file.length * percent / 100);
            made_open_limited(&m, &made_limits);
            if (m.result == 0)
                m.result = made_image(&m, 1, &image);
            if (m.result < 0)
                assert_non_null(m.err.reason);
            else
                assert_non_null(image.pix);
            made_release(&m);
        }
        made_release(&whole);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_format_gives_its_page),
        cmocka_unit_test(sizes_follow_the_resolution_or_the_paper),
        cmocka_unit_test_setup_teardown(tiffs_hold_many_pages, folder_setup, folder_teardown),
        cmocka_unit_test(tiffs_say_which_bit_is_black),
        cmocka_unit_test(tiffs_that_lead_back_are_cyclic),
        cmocka_unit_test(cut_tiffs_are_truncated),
        cmocka_unit_test(giants_are_refused_by_their_headers),
        cmocka_unit_test(a_damaged_jpeg_keeps_its_good_part),
        cmocka_unit_test(a_cut_jpeg_with_an_end_put_on_is_still_cut),
        cmocka_unit_test(a_whole_jpeg_is_passed_on_as_it_is),
        cmocka_unit_test(beside_a_jpeg_there_is_paper),
        cmocka_unit_test(what_a_record_may_hold_untouched),
        cmocka_unit_test(a_damaged_tiff_keeps_its_good_part),
        cmocka_unit_test(grey_is_enough_to_read),
        cmocka_unit_test(cameras_tell_how_they_were_held),
        cmocka_unit_test(cut_pictures_end_in_a_page_or_a_reason),
    };

    open_warm();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
