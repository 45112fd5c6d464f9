/* The quick decoder of grey JPEG beside libjpeg: the same pixels, or a refusal. */
#include "base/mem.h"
#include "pipeline/open/image.h"
#include "tests/unit/unit.h"

#include <allheaders.h>
#include <jpeglib.h>

struct kind {
    const char *name;
    int width, height, colours;
    int across, down; /* how much finer the brightness is than the colours */
    int quality, grain;
    bool is_optimized, is_progressive;
    int restart_rows;
};

/* Paper with grain, a dark band, and a slope: flat blocks, small values and large ones. */
static JSAMPLE pixel(const struct kind *k, int x, int y, int colour)
{
    unsigned noise = (unsigned)(x * 7919 + y * 104729 + colour * 31) * 2654435761u >> 16;
    int base = y % 40 < 8 ? 20 : x > k->width / 2 ? x * 3 % 256 : 235;
    int value = base + (k->grain ? (int)(noise % (unsigned)k->grain) - k->grain / 2 : 0);

    return (JSAMPLE)(value < 0 ? 0 : value > 255 ? 255 : value);
}

static void encode(const struct kind *k, unsigned char **ret, unsigned long *ret_length)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    AUTO_FREE JSAMPLE *row = mem_alloc_array((size_t)k->width, (size_t)k->colours);

    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, ret, ret_length);
    jpeg.image_width = (JDIMENSION)k->width;
    jpeg.image_height = (JDIMENSION)k->height;
    jpeg.input_components = k->colours;
    jpeg.in_color_space = k->colours == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, k->quality, TRUE);
    jpeg.optimize_coding = k->is_optimized;
    jpeg.restart_in_rows = k->restart_rows;
    jpeg.comp_info[0].h_samp_factor = k->across;
    jpeg.comp_info[0].v_samp_factor = k->down;
    if (k->is_progressive)
        jpeg_simple_progression(&jpeg);
    jpeg_start_compress(&jpeg, TRUE);
    for (int y = 0; y < k->height; y++) {
        for (int i = 0; i < k->width * k->colours; i++)
            row[i] = pixel(k, i / k->colours, y, i % k->colours);
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
}

/* Decodes both ways. False when the quick one refused; else every pixel was compared. */
static bool is_read_alike(const unsigned char *bytes, unsigned long length, const char *name)
{
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    PIX *pix;
    bool is_read;

    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&jpeg);
    jpeg_mem_src(&jpeg, bytes, length);
    jpeg_read_header(&jpeg, TRUE);
    pix = pixCreate((l_int32)jpeg.image_width, (l_int32)jpeg.image_height, 8);
    is_read = jpeg_read_grey(&jpeg, pix);
    jpeg.out_color_space = JCS_GRAYSCALE;
    jpeg_start_decompress(&jpeg);
    for (int y = 0; is_read && y < pixGetHeight(pix); y++) {
        AUTO_FREE JSAMPLE *row = mem_alloc(jpeg.output_width);

        jpeg_read_scanlines(&jpeg, &row, 1);
        for (int x = 0; x < pixGetWidth(pix); x++) {
            l_uint32 value = 0;

            pixGetPixel(pix, x, y, &value);
            if (value != row[x])
                fail_msg("%s: pixel %d, %d is %u, not %u", name, x, y, value, row[x]);
        }
    }
    pixDestroy(&pix);
    jpeg_destroy_decompress(&jpeg);
    return is_read;
}

static void has_libjpegs_pixels(void **state)
{
    static const struct kind kinds[] = {
        {"grey", 333, 131, 1, 1, 1, 75, 24, false, false, 0},
        {"grey, one block", 5, 3, 1, 1, 1, 75, 24, false, false, 0},
        {"grey, whole blocks", 256, 64, 1, 1, 1, 75, 24, false, false, 0},
        {"grey, no grain", 333, 131, 1, 1, 1, 75, 0, false, false, 0},
        {"grey, codes of its own", 333, 131, 1, 1, 1, 60, 60, true, false, 0},
        {"grey, large values", 333, 131, 1, 1, 1, 100, 255, false, false, 0},
        {"grey, coarse", 333, 131, 1, 1, 1, 3, 255, true, false, 0},
        {"grey, said to be finer than what is not there", 333, 131, 1, 2, 2, 75, 24, false, false,
         0},
        {"colour", 333, 131, 3, 1, 1, 75, 24, false, false, 0},
        {"colour, half", 333, 131, 3, 2, 2, 75, 24, true, false, 0},
        {"colour, half across", 161, 131, 3, 2, 1, 90, 60, false, false, 0},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
        unsigned char *bytes = NULL;
        unsigned long length = 0;

        encode(&kinds[i], &bytes, &length);
        if (!is_read_alike(bytes, length, kinds[i].name))
            fail_msg("%s: refused", kinds[i].name);
        free(bytes);
    }
}

static void leaves_what_it_does_not_know(void **state)
{
    static const struct kind kinds[] = {
        {"progressive", 333, 131, 1, 1, 1, 75, 24, false, true, 0},
        {"restarted", 333, 131, 1, 1, 1, 75, 24, false, false, 1},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
        unsigned char *bytes = NULL;
        unsigned long length = 0;

        encode(&kinds[i], &bytes, &length);
        assert_false(is_read_alike(bytes, length, kinds[i].name));
        free(bytes);
    }
}

static void refuses_what_is_cut(void **state)
{
    static const struct kind kind = {"cut", 120, 90, 1, 1, 1, 75, 40, false, false, 0};
    unsigned char *bytes = NULL;
    unsigned long length = 0;

    (void)state;
    encode(&kind, &bytes, &length);
    assert_true(is_read_alike(bytes, length - 2, kind.name)); /* no marker of the end */
    for (unsigned long cut = length - 4; cut > length / 2; cut -= 7)
        assert_false(is_read_alike(bytes, cut, kind.name));
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_libjpegs_pixels),
        cmocka_unit_test(leaves_what_it_does_not_know),
        cmocka_unit_test(refuses_what_is_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
