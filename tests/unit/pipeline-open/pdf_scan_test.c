/* Scanned pages taken out without painting look as if they had been painted. */
#include "pipeline/open/content.h"
#include "pipeline/open/pdf.h"
#include "tests/unit/pipeline-open/made.h"

#include <leptonica/allheaders.h>
#include <math.h>

#define WIDTH 736
#define HEIGHT 982
#define WHOLE "450 0 0 600 0 0 cm /I Do"

/* A page of 450 by 600 points whose picture has a black corner, the top left one. */
static void make_page(struct made *m, const char *page, const char *content)
{
    AUTO_FREE char *dictionary = mem_printf("/Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<<"
                                            "/Font<</F 5 0 R>>/XObject<</I 6 0 R>>"
                                            "/ExtGState<</Opaque<</ca 1>>/Half<</ca .5>>>>>>%s",
                                            page);
    AUTO_FREE unsigned char *pixels = mem_alloc((size_t)WIDTH * HEIGHT);

    made_init(m);
    memset(pixels, 255, (size_t)WIDTH * HEIGHT);
    for (int y = 0; y < HEIGHT / 4; y++)
        memset(pixels + (size_t)y * WIDTH, 0, WIDTH / 2);
    buf_add_text(&m->file, "%PDF-1.4\n");
    pdf_object(m, 1, "/Type/Catalog/Pages 2 0 R", NULL, 0);
    pdf_object(m, 2, "/Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 450 600]", NULL, 0);
    pdf_object(m, 3, dictionary, NULL, 0);
    pdf_object(m, 4, "", content, strlen(content));
    pdf_object(m, 5, "/Type/Font/Subtype/Type1/BaseFont/Helvetica", NULL, 0);
    pdf_object(m, 6,
               "/Type/XObject/Subtype/Image/Width 736/Height 982/ColorSpace/DeviceGray"
               "/BitsPerComponent 8",
               pixels, (size_t)WIDTH * HEIGHT);
    pdf_end(m, "");
}

static bool take(struct made *m, struct page_image *ret)
{
    struct source src = {&m->arena, (unsigned char *)m->file.data, m->file.length, &made_limits,
                         IMAGE_TO_KEEP};

    return pdf_scan_image(&src, 1, ret);
}

static float difference(PIX *pix, PIX *painted)
{
    PIX *small = pixScaleToSize(pix, 90, 90), *other, *difference, *grey;
    float mean = 255;

    grey = pixConvertTo8(painted, 0);
    other = pixScaleToSize(grey, 90, 90);
    difference = pixAbsDifference(small, other);
    pixGetAverageMasked(difference, NULL, 0, 0, 1, L_MEAN_ABSVAL, &mean);
    pixDestroy(&small);
    pixDestroy(&other);
    pixDestroy(&grey);
    pixDestroy(&difference);
    return mean;
}

static void it_looks_as_if_painted(void **state)
{
    static const struct {
        const char *page, *content;
    } pages[] = {
        {"", WHOLE},
        {"", "q 450 0 0 600 0 0 cm /Opaque gs /I Do Q BT 3 Tr /F 9 Tf (unseen <) Tj ET"},
        {"", "0 0 450 600 re W n q 1 0 0 1 0 0 cm " WHOLE " Q % done\n"},
        {"/Rotate 90", WHOLE},
        {"/Rotate 180", WHOLE},
        {"/Rotate -90", WHOLE},
        {"/MediaBox[0 0 600 450]", "0 -450 600 0 0 450 cm /I Do"},
        {"", "-450 0 0 -600 450 600 cm /I Do"},
        {"/MediaBox[0 0 600 450]", "0 450 -600 0 600 0 cm /I Do"},
        {"/MediaBox[0 0 600 450]/Rotate 90", "0 450 -600 0 600 0 cm /I Do"},
        {"/MediaBox[-9 -9 459 609]", WHOLE},
        {"/CropBox[9 0 450 590]", WHOLE},
        {"/CropBox[9 0 450 590]/Rotate 270", WHOLE},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(pages); i++) {
        struct made m;
        struct page_image image = {0};
        struct Pix *painted = NULL;

        make_page(&m, pages[i].page, pages[i].content);
        made_open(&m);
        assert_true(take(&m, &image));
        assert_int_equal(open_page_preview(&m.arena, (unsigned char *)m.file.data, m.file.length, 1,
                                           pixGetHeight(image.pix), &made_limits, &painted, &m.err),
                         0);
        assert_true(abs(pixGetWidth(painted) - pixGetWidth(image.pix)) < 3);
        assert_true(fabsf(image.width_pt - m.opened.pages[0].page->width_pt) < 0.1f);
        assert_true(fabsf(image.height_pt - m.opened.pages[0].page->height_pt) < 0.1f);
        if (difference(image.pix, painted) > 2)
            fail_msg("%s %s: %.1f", pages[i].page, pages[i].content,
                     (double)difference(image.pix, painted));
        made_release(&m);
    }
}

static void other_pages_are_painted(void **state)
{
    static const struct {
        const char *page, *content;
    } pages[] = {
        {"", WHOLE " BT 1 0 0 1 50 50 Tm /F 9 Tf (seen) Tj ET"},
        {"", "/Half gs " WHOLE},
        {"", "q " WHOLE " Q q " WHOLE " Q"},
        {"", WHOLE " 1 0 0 rg 0 0 1 1 re f"},
        {"", "0 0 200 600 re W n " WHOLE},
        {"", "450 0 100 600 0 0 cm /I Do"},
        {"", "-450 0 0 600 450 0 cm /I Do"},
        {"", "225 0 0 300 0 0 cm /I Do"},
        {"", "450 0 0 500 0 0 cm /I Do"},
        {"/Annots[<</Subtype/Stamp/Rect[0 0 9 9]>>]", WHOLE},
        {"/UserUnit 2", WHOLE},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(pages); i++) {
        struct made m;
        struct page_image image = {0};

        make_page(&m, pages[i].page, pages[i].content);
        if (take(&m, &image))
            fail_msg("%s %s", pages[i].page, pages[i].content);
        assert_int_equal(made_image(&m, 1, &image), 0);
        made_release(&m);
    }
}

static void spoil_table(struct made *m)
{
    char *table = memmem(m->file.data, m->file.length, "xref\n0 ", 7);

    assert_non_null(table);
    table[0] = 'y';
}

/* As old scanners write it: the table of objects is of no use, the objects are sound. */
static void a_lost_table_is_made_anew(void **state)
{
    struct made m;
    struct page_image image = {0};

    (void)state;
    make_page(&m, "", WHOLE);
    spoil_table(&m);
    assert_true(take(&m, &image));
    assert_int_equal(pixGetWidth(image.pix), WIDTH);
    made_release(&m);
}

/* Who shall say which of two is meant, where the table that said it is lost? */
static void a_lost_table_is_not_guessed(void **state)
{
    static const char *const more[] = {
        "\n4 0 obj\n<</Length 24>>\nstream\n" WHOLE "\nendstream\nendobj\n%%EOF\n",
        "\ntrailer\n<</Root 7 0 R>>\n",
        "\n8 0 obj\n<</Type/ObjStm>>\nendobj\n",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(more); i++) {
        struct made m;
        struct page_image image = {0};

        make_page(&m, "", WHOLE);
        spoil_table(&m);
        buf_add_text(&m.file, more[i]);
        if (take(&m, &image))
            fail_msg("%s", more[i]);
        made_release(&m);
    }
}

/* Each is cut short everywhere: no answer but yes or no. */
static void drawings(void **state)
{
    static const struct {
        const char *content;
        bool is_picture;
    } cases[] = {
        {"q 1 0 0 1 0 0 cm /Im Do Q", true},
        {"/P <</MCID 0>> BDC /Im Do EMC", true},
        {"BT 3 Tr <00AF> Tj [(a\\)b) -3 (c(d)e)] TJ ET /Im Do", true},
        {"/OC /MC0 BDC /Im Do EMC", false},
        {"/Im Do Q", false},
        {"", false},
        {"BI /W 1 /H 1 ID x EI /Im Do", false},
        {"/Im Do 0 0 m 9 9 l S", false},
        {"q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q /Im Do", false},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        size_t length = strlen(cases[i].content);
        struct content_picture picture;

        for (size_t cut = 0; cut < length; cut++) {
            AUTO_FREE unsigned char *copy = mem_alloc(cut + 1);

            memcpy(copy, cases[i].content, cut);
            content_is_picture(copy, cut, &picture);
        }
        if (content_is_picture((const unsigned char *)cases[i].content, length, &picture) !=
            cases[i].is_picture)
            fail_msg("%s", cases[i].content);
        if (cases[i].is_picture)
            assert_string_equal(picture.name, "/Im");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_looks_as_if_painted),
        cmocka_unit_test(other_pages_are_painted),
        cmocka_unit_test(a_lost_table_is_made_anew),
        cmocka_unit_test(a_lost_table_is_not_guessed),
        cmocka_unit_test(drawings),
    };

    open_warm();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
