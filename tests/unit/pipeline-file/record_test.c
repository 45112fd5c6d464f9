/*
 * Records: the words come back in order in six languages, pictures keep their bytes, the same input
 * gives the same file, and PDFBox's Preflight calls it valid PDF/A-1b (where java is installed).
 */
#include "pipeline/file/file_record.h"
#include "tests/unit/unit.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "pipeline/open/open.h"

#include <cairo.h>
#include <leptonica/allheaders.h>

#define WIDTH_PT 595.0f
#define HEIGHT_PT 842.0f
#define DPI 75
#define ICC "/usr/share/color/icc/sRGB.icc"
#define FONT "/usr/share/tesseract-ocr/5/tessdata/pdf.ttf"
#define JARS                                                                                       \
    "/usr/share/java/preflight.jar:/usr/share/java/pdfbox2.jar:/usr/share/java/fontbox2.jar:"      \
    "/usr/share/java/xmpbox.jar:/usr/share/java/commons-logging.jar:/usr/share/java/"              \
    "commons-io.jar:"                                                                              \
    "/usr/share/java/javax.activation.jar:/usr/share/java/jaxb-api.jar"

static const char *const languages[] = {
    "Kjøpers ærlige forfallsdato på Ås",        "Købers ærlige forfaldsdag på Århus",
    "Köparens ärliga förfallodag på Åland",     "Großer Käufer zahlt fällige Möbel",
    "Őszinte vevő fizetési határideje űrlapon", "Honest buyer pays 1 250.00 before due date",
};

static const struct record_options options = {
    .part = 1,
    .title = "Invoice 10482, Nordlys & Åkesson <AS>",
    .language = "nb",
    .created_ms = 1773500000123,
    .icc_path = ICC,
    .font_path = FONT,
};

/* Draws one line a language and tells each word and the box of its ink, as reading would. */
static PIX *draw(struct arena *a, struct page *page)
{
    int width = (int)(WIDTH_PT * DPI / 72), height = (int)(HEIGHT_PT * DPI / 72);
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    cairo_t *cairo = cairo_create(surface);
    PIX *grey = pixCreate(width, height, 8);

    page->words = arena_alloc_array(a, 100, sizeof *page->words);
    cairo_scale(cairo, DPI / 72.0, DPI / 72.0);
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_paint(cairo);
    cairo_set_source_rgb(cairo, 0, 0, 0);
    cairo_set_font_size(cairo, 12);
    for (size_t i = 0; i < ARRAY_LENGTH(languages); i++) {
        char *rest = arena_strdup(a, languages[i]), *text;
        double x = 60, y = 100 + 40 * (double)i;

        while ((text = strsep(&rest, " "))) {
            cairo_text_extents_t extents;

            cairo_text_extents(cairo, text, &extents);
            cairo_move_to(cairo, x, y);
            cairo_show_text(cairo, text);
            page->words[page->n_words++] = (struct word){
                text,
                {(float)x, (float)(y + extents.y_bearing), (float)(x + extents.x_advance),
                 (float)(y + extents.y_bearing + extents.height)},
                1,
                (uint16_t)i,
                0};
            x += extents.x_advance + 5;
        }
    }
    cairo_surface_flush(surface);
    for (int y = 0; y < height; y++) {
        const unsigned char *from = cairo_image_surface_get_data(surface) +
                                    y * cairo_image_surface_get_stride(surface);

        l_uint32 *row = pixGetData(grey) + y * pixGetWpl(grey);

        for (int x = 0; x < width; x++)
            SET_DATA_BYTE(row, x, from[4 * x + 1]);
    }
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
    return grey;
}

static struct page_image image_of(PIX *pix)
{
    return (struct page_image){.pix = pix, .width_pt = WIDTH_PT, .height_pt = HEIGHT_PT};
}

static void make(const struct record_page *pages, size_t count, const struct record_options *with,
                 unsigned char **bytes, size_t *length)
{
    struct err err = {0};

    if (record_pdf(pages, count, with, bytes, length, &err) < 0)
        fail_msg("%s", err.text);
}

/* What a shell command prints; its status in *ret_status. Owned. */
static char *output_of(char *const command[], int *ret_status)
{
    struct buf out;
    int pipe_ends[2], status;
    pid_t pid;

    assert_int_equal(pipe(pipe_ends), 0);
    pid = fork();
    if (pid == 0) {
        dup2(pipe_ends[1], 1);
        dup2(pipe_ends[1], 2);
        close(pipe_ends[0]);
        execvp(command[0], command);
        _exit(127);
    }
    close(pipe_ends[1]);
    buf_init(&out, 1 << 20);
    assert_int_equal(file_read_fd(pipe_ends[0], &out, NULL), 0);
    close(pipe_ends[0]);
    waitpid(pid, &status, 0);
    *ret_status = WEXITSTATUS(status);
    return buf_take(&out);
}

static char *text_of(const char *path)
{
    char *const command[] = {"pdftotext", (char *)path, "-", NULL};
    int status;
    char *text = output_of(command, &status);

    assert_int_equal(status, 0);
    return text;
}

#define TURNS 4

/* A page as scanned in each orientation, all in one file; how the first stood is an upright one. */
static const char *turned_file(void **state, bool is_bilevel, PIX **ret_upright)
{
    AUTO_ARENA struct arena a = {.max = (size_t)64 << 20};
    const char *path = in_folder(state, "a.pdf");
    struct page_image images[TURNS];
    struct record_page sources[TURNS];
    AUTO_FREE unsigned char *bytes = NULL;
    size_t length;

    for (int turn = 0; turn < TURNS; turn++) {
        struct page *page = page_new(&a, turn + 1, WIDTH_PT, HEIGHT_PT);
        PIX *upright = draw(&a, page), *scanned = pixRotateOrth(upright, (TURNS - turn) % TURNS);

        page->rotation = 90 * turn;
        images[turn] = image_of(is_bilevel ? pixThresholdToBinary(scanned, 150)
                                           : pixClone(scanned));
        sources[turn] = (struct record_page){page, &images[turn]};
        if (turn == 0)
            *ret_upright = pixClone(upright);
        pixDestroy(&upright);
        pixDestroy(&scanned);
    }
    make(sources, TURNS, &options, &bytes, &length);
    assert_int_equal(file_write(path, bytes, length, 0600, NULL), 0);
    for (int turn = 0; turn < TURNS; turn++)
        pixDestroy(&images[turn].pix);
    return path;
}

static void expect_words(const char *text)
{
    const char *at = text;

    for (size_t i = 0; i < ARRAY_LENGTH(languages); i++) {
        at = strstr(at, languages[i]);
        if (!at)
            fail_msg("'%s' is not in its place in:\n%s", languages[i], text);
    }
}

/* The text stands upright however the page was scanned. */
static void test_words_in_order(void **state)
{
    PIX *upright;
    AUTO_FREE char *text = text_of(turned_file(state, true, &upright));
    char *rest = text;

    for (int turn = 0; turn < TURNS; turn++)
        expect_words(strsep(&rest, "\f"));
    pixDestroy(&upright);
}

/* A file of one page with these words. */
static const char *file_of(void **state, struct word *words, size_t count)
{
    AUTO_ARENA struct arena a = {.max = (size_t)64 << 20};
    const char *path = in_folder(state, "a.pdf");
    struct page *page = page_new(&a, 1, WIDTH_PT, HEIGHT_PT);
    PIX *pix = draw(&a, page);
    struct page_image image = image_of(pix);
    struct record_page source = {page, &image};
    AUTO_FREE unsigned char *bytes = NULL;
    size_t length;

    page->words = words;
    page->n_words = count;
    make(&source, 1, &options, &bytes, &length);
    assert_int_equal(file_write(path, bytes, length, 0600, NULL), 0);
    pixDestroy(&pix);
    return path;
}

/* The ink of a line's words begins and ends at many heights. */
static void test_line_in_one_piece(void **state)
{
    struct word words[] = {
        {"noen", {60, 103, 85, 108.5f}, 0.9f, 0, 0},
        {"er", {88, 103, 98, 108.5f}, 0.9f, 0, 0},
        {"over", {101, 103, 123, 108.5f}, 0.9f, 0, 0},
        {"Ågjerdet,", {126, 98, 170, 110.5f}, 0.9f, 0, 0},
        {"sa", {173, 103, 184, 108.5f}, 0.9f, 0, 0},
    };
    AUTO_FREE char *text = text_of(file_of(state, words, ARRAY_LENGTH(words)));

    assert_non_null(strstr(text, "noen er over Ågjerdet, sa\n"));
}

/* A line that falls by three times its height is not laid flat: its last word stands where it is
 * seen. */
static void test_skewed_line_keeps_its_places(void **state)
{
    struct word words[] = {
        {"falling", {60, 100, 100, 110}, 0.9f, 0, 0},
        {"all", {200, 115, 220, 125}, 0.9f, 0, 0},
        {"along", {400, 130, 440, 140}, 0.9f, 0, 0},
    };
    char *const command[] = {"pdftotext", "-bbox",
                             (char *)file_of(state, words, ARRAY_LENGTH(words)), "-", NULL};
    AUTO_FREE char *text = NULL;
    int status;

    text = output_of(command, &status);
    assert_int_equal(status, 0);
    assert_non_null(strstr(text, "xMin=\"400.000000\" yMin=\"130."));
}

/* The share of its ink by which the rendered page differs. */
static float difference(PIX *upright, PIX *page)
{
    PIX *read = pixConvertTo8(page, 0);
    PIX *rendered = pixScaleToSize(read, 150, 200); /* coarse: half a pixel off is fine */
    PIX *wanted = pixScaleToSize(upright, 150, 200);
    PIX *apart = pixAbsDifference(rendered, wanted);
    l_float32 mean = 255, paper = 0;

    assert_non_null(apart);
    pixGetAverageMasked(apart, NULL, 0, 0, 1, L_MEAN_ABSVAL, &mean);
    pixGetAverageMasked(upright, NULL, 0, 0, 1, L_MEAN_ABSVAL, &paper);
    pixDestroy(&read);
    pixDestroy(&rendered);
    pixDestroy(&wanted);
    pixDestroy(&apart);
    return mean / (255 - paper);
}

/* The picture as it is drawn agrees with the words: rendered upright, ink lies where the words
 * are. */
static void test_picture_stands_upright(void **state)
{
    PIX *upright;
    const char *path = turned_file(state, false, &upright), *to = in_folder(state, "a");
    char *const command[] = {"pdftoppm", "-gray", "-r", "75", (char *)path, (char *)to, NULL};
    int status;
    AUTO_FREE char *output = output_of(command, &status);

    assert_int_equal(status, 0);
    for (int turn = 0; turn < TURNS; turn++) {
        AUTO_FREE char *name = mem_printf("a-%d.pgm", turn + 1);
        PIX *page = pixRead(in_folder(state, name));

        assert_true(difference(upright, page) < 0.25); /* no overlap would be twice the ink */
        pixDestroy(&page);
    }
    pixDestroy(&upright);
}

static bool holds(const unsigned char *bytes, size_t length, const void *part, size_t part_length)
{
    return memmem(bytes, length, part, part_length) != NULL;
}

static void test_jpeg_is_kept(void **state)
{
    AUTO_ARENA struct arena a = {.max = (size_t)64 << 20};
    struct page *page = page_new(&a, 1, WIDTH_PT, HEIGHT_PT);
    PIX *pix = draw(&a, page);
    struct page_image image = image_of(pix);
    struct record_page source = {page, &image};
    unsigned char *jpeg = NULL, *bytes = NULL;
    size_t jpeg_length = 0, length;

    (void)state;
    assert_int_equal(pixWriteMemJpeg(&jpeg, &jpeg_length, pix, 35, 0), 0);
    image.stored = (struct stored_image){.form = STORED_JPEG,
                                         .bytes = jpeg,
                                         .length = jpeg_length,
                                         .width_px = pixGetWidth(pix),
                                         .height_px = pixGetHeight(pix),
                                         .n_colours = 1};
    image.pix = NULL; /* it was not even decoded */
    make(&source, 1, &options, &bytes, &length);
    assert_true(holds(bytes, length, jpeg, jpeg_length));
    free(bytes);

    image.stored.form = STORED_NOTHING;
    image.pix = pix;
    make(&source, 1, &options, &bytes, &length);
    assert_true(holds(bytes, length, "/DCTDecode", 10));
    assert_false(holds(bytes, length, jpeg, 200));
    free(bytes);
    free(jpeg);
    pixDestroy(&pix);
}

static void test_same_input_same_bytes(void **state)
{
    AUTO_ARENA struct arena a = {.max = (size_t)64 << 20};
    struct page *page = page_new(&a, 1, WIDTH_PT, HEIGHT_PT);
    PIX *pix = draw(&a, page);
    struct page_image image = image_of(pix);
    struct record_page source = {page, &image};
    struct record_options later = options;
    AUTO_FREE unsigned char *one = NULL, *two = NULL, *three = NULL;
    size_t one_length, two_length, three_length;

    (void)state;
    make(&source, 1, &options, &one, &one_length);
    make(&source, 1, &options, &two, &two_length);
    assert_int_equal(one_length, two_length);
    assert_memory_equal(one, two, one_length);
    later.created_ms += 1000;
    make(&source, 1, &later, &three, &three_length);
    assert_true(three_length != one_length || memcmp(one, three, one_length) != 0);
    pixDestroy(&pix);
}

static void test_missing_font_is_told(void **state)
{
    AUTO_ARENA struct arena a = {.max = (size_t)64 << 20};
    struct page *page = page_new(&a, 1, WIDTH_PT, HEIGHT_PT);
    PIX *pix = draw(&a, page);
    struct page_image image = image_of(pix);
    struct record_page source = {page, &image};
    struct record_options broken = options;
    unsigned char *bytes = NULL;
    struct err err = {0};
    size_t length;

    (void)state;
    broken.font_path = "/nowhere/pdf.ttf";
    assert_int_equal(record_pdf(&source, 1, &broken, &bytes, &length, &err), ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, "the font for invisible text"));
    assert_null(bytes);
    pixDestroy(&pix);
}

/* One page black and white, one grey, one in colour. */
static void test_preflight(void **state)
{
    AUTO_ARENA struct arena a = {.max = (size_t)64 << 20};
    struct page *page = page_new(&a, 1, WIDTH_PT, HEIGHT_PT);
    PIX *grey = draw(&a, page), *bilevel = pixThresholdToBinary(grey, 150);
    PIX *colour = pixConvertTo32(grey);
    struct page_image images[] = {image_of(bilevel), image_of(grey), image_of(colour)};
    struct record_page sources[] = {{page, &images[0]}, {page, &images[1]}, {page, &images[2]}};
    const char *path = in_folder(state, "a.pdf");
    char *const command[] = {"java",       "-cp", JARS, "org.apache.pdfbox.preflight.Validator_A1b",
                             (char *)path, NULL};
    AUTO_FREE unsigned char *bytes = NULL;
    AUTO_FREE char *output = NULL;
    size_t length;
    int status;

    make(sources, 3, &options, &bytes, &length);
    assert_int_equal(file_write(path, bytes, length, 0600, NULL), 0);
    pixDestroy(&grey);
    pixDestroy(&bilevel);
    pixDestroy(&colour);
    output = output_of(command, &status);
    if (status == 127 || !file_exists("/usr/share/java/jaxb-api.jar")) {
        print_message("skipped: java or libpdfbox2-java with libjaxb-api-java is missing\n");
        skip();
    }
    if (!strstr(output, "is a valid PDF/A-1b file"))
        fail_msg("%s", output);
}

/* With an argument: the test for which Java takes seconds, alone. */
int main(int argc, char **argv)
{
    const struct CMUnitTest slow[] = {
        cmocka_unit_test_setup_teardown(test_preflight, folder_setup, folder_teardown),
    };
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_words_in_order, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(test_line_in_one_piece, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(test_skewed_line_keeps_its_places, folder_setup,
                                        folder_teardown),
        cmocka_unit_test_setup_teardown(test_picture_stands_upright, folder_setup, folder_teardown),
        cmocka_unit_test(test_jpeg_is_kept),
        cmocka_unit_test(test_same_input_same_bytes),
        cmocka_unit_test(test_missing_font_is_told),
    };

    (void)argv;
    if (argc > 1)
        return cmocka_run_group_tests(slow, NULL, NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
