/* Pages drawn with cairo at 300 dots an inch, and the lines that are found on them. */
#include "base/arena.h"
#include "base/mem.h"
#include "pipeline/read/layout/layout.h"
#include "tests/unit/unit.h"

#include <cairo.h>
#include <math.h>

#define DPI 300.0
#define PT (DPI / 72)

/* A page in the making; lengths are points. */
struct paper {
    struct arena arena;
    cairo_surface_t *surface;
    cairo_t *cairo;
    struct layout_page page;
    struct layout layout;
    int grain; /* levels of grey, either way */
};

static void paper_init(struct paper *p, double width_pt, double height_pt)
{
    *p = (struct paper){.arena = {.max = (size_t)256 << 20}};
    p->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)(width_pt * PT),
                                            (int)(height_pt * PT));
    p->cairo = cairo_create(p->surface);
    cairo_scale(p->cairo, PT, PT);
    cairo_set_source_rgb(p->cairo, 1, 1, 1);
    cairo_paint(p->cairo);
    cairo_set_source_rgb(p->cairo, 0, 0, 0);
    cairo_select_font_face(p->cairo, "Liberation Sans", CAIRO_FONT_SLANT_NORMAL,
                           CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(p->cairo, 10);
}

static void paper_release(struct paper *p)
{
    cairo_destroy(p->cairo);
    cairo_surface_destroy(p->surface);
    arena_release(&p->arena);
}

#define AUTO_PAPER __attribute__((cleanup(paper_release)))

static void text(struct paper *p, double x, double y, const char *words)
{
    cairo_move_to(p->cairo, x, y);
    cairo_show_text(p->cairo, words);
}

static void bar(struct paper *p, double x, double y, double w, double h)
{
    cairo_rectangle(p->cairo, x, y, w, h);
    cairo_fill(p->cairo);
}

static void frame(struct paper *p, double x, double y, double w, double h)
{
    cairo_set_line_width(p->cairo, 0.6);
    cairo_rectangle(p->cairo, x, y, w, h);
    cairo_stroke(p->cairo);
}

static unsigned next_random(unsigned *seed)
{
    *seed = *seed * 1103515245 + 12345;
    return *seed >> 12;
}

/* A pixel of the drawing, as a cheap sensor sees it. */
static uint32_t seen(const struct paper *p, unsigned char level, unsigned *seed)
{
    int grey = level +
               (p->grain ? (int)(next_random(seed) % (2 * (unsigned)p->grain)) - p->grain : 0);

    return (uint32_t)(grey < 0 ? 0 : grey > 255 ? 255 : grey);
}

/* The grey of the drawing, in Leptonica's rows. */
static void take_grey(struct paper *p)
{
    int stride = cairo_image_surface_get_stride(p->surface);
    const unsigned char *from = cairo_image_surface_get_data(p->surface);
    struct layout_page *page = &p->page;
    unsigned seed = 1;
    uint32_t *grey;

    cairo_surface_flush(p->surface);
    page->width = cairo_image_surface_get_width(p->surface);
    page->height = cairo_image_surface_get_height(p->surface);
    page->grey_words = (page->width + 3) / 4;
    page->dpi = (float)DPI;
    grey = arena_alloc_array(&p->arena, (size_t)page->grey_words * (size_t)page->height, 4);
    for (int y = 0; y < page->height; y++)
        for (int x = 0; x < page->width; x++)
            grey[y * page->grey_words + x / 4] |= seen(p, from[y * stride + 4 * x + 1], &seed)
                                                  << (24 - 8 * (x & 3));
    page->grey = grey;
}

/* Finds the lines of the page as drawn: as grey, or as a scanner's black and white. */
static void find(struct paper *p, bool is_grey)
{
    take_grey(p);
    layout_ink(&p->arena, &p->page);
    if (!is_grey)
        p->page.grey = NULL;
    layout_find(&p->arena, &p->page, &p->layout);
}

static struct line_image crop(struct paper *p, size_t i)
{
    struct line_image image;

    assert_true(i < p->layout.line_count);
    layout_crop(&p->arena, &p->page, &p->layout, &p->layout.lines[i], &image);
    return image;
}

/* The share of a crop that is dark. */
static double darkness(const struct line_image *image)
{
    long dark = 0;

    for (int y = 0; y < image->height; y++)
        for (int x = 0; x < image->width; x++)
            dark += image->pixels[y * image->stride + x] < 128;
    return (double)dark / image->width / image->height;
}

/* Does line i begin and end near x0 and x1 points? */
static void assert_spans(const struct paper *p, size_t i, double x0, double x1)
{
    assert_true(i < p->layout.line_count);
    assert_true(fabs(p->layout.lines[i].box.x0 / PT - x0) < 3);
    assert_true(fabs(p->layout.lines[i].box.x1 / PT - x1) < 3);
}

static double width_of(struct paper *p, const char *words)
{
    cairo_text_extents_t extents;

    cairo_text_extents(p->cairo, words, &extents);
    return extents.x_bearing + extents.width;
}

static void test_lines(void **state)
{
    AUTO_PAPER struct paper p;
    struct line_image image;

    (void)state;
    paper_init(&p, 300, 200);
    text(&p, 30, 40, "The first line of the page");
    text(&p, 30, 55, "a second one, with commas; gladly");
    text(&p, 30, 70, "1.234,50");
    find(&p, true);
    assert_null(p.layout.refusal);
    assert_int_equal(p.layout.line_count, 3);
    for (size_t i = 0; i < 3; i++) {
        const struct layout_line *l = &p.layout.lines[i];

        assert_int_equal(l->row, (int)i);
        assert_int_equal(l->turn, LAYOUT_UPRIGHT);
        assert_false(l->is_cell || l->is_inverted);
        assert_true(fabs(l->baseline - (40 + 15 * (double)i) * PT) < 2);
        assert_true(fabs(l->x_height - 5.2 * PT) < 2); /* of Liberation Sans, 0.52 em */
    }
    assert_spans(&p, 1, 30, 30 + width_of(&p, "a second one, with commas; gladly"));
    image = crop(&p, 0);
    assert_true(darkness(&image) > 0.05 && darkness(&image) < 0.3);
}

static void test_rules_go(void **state)
{
    AUTO_PAPER struct paper p;
    struct line_image image;

    (void)state;
    for (int is_grey = 0; is_grey < 2; is_grey++) {
        paper_init(&p, 300, 100);
        text(&p, 30, 40, "underlined agreement");
        bar(&p, 28, 41.2, 200, 0.7);
        bar(&p, 26, 20, 0.7, 60);
        find(&p, is_grey);
        assert_int_equal(p.layout.rule_count, 2);
        assert_false(p.layout.rules[0].is_vertical);
        assert_true(p.layout.rules[1].is_vertical);
        assert_true(fabs(p.layout.rules[0].box.x1 / PT - 228) < 3);
        assert_int_equal(p.layout.line_count, 1);
        assert_spans(&p, 0, 30, 30 + width_of(&p, "underlined agreement"));
        image = crop(&p, 0);
        for (int y = image.height / 2, row = 0; y < image.height; y++, row = 0) {
            for (int x = 0; x < image.width; x++)
                row += image.pixels[y * image.stride + x] < 128;
            assert_true(row < image.width * 3 / 5); /* the rule is not in it */
        }
        if (!is_grey)
            paper_release(&p);
    }
}

/* A rule that leans at its end, in runs no longer than a letter is wide, goes as a whole. */
static void test_leaning_rule_goes(void **state)
{
    AUTO_PAPER struct paper p;

    (void)state;
    paper_init(&p, 300, 100);
    text(&p, 72, 40, "52.90");
    bar(&p, 70, 31, 60, 0.7);
    for (int i = 1; i <= 3; i++)
        bar(&p, 70 - 6 * i, 31 + 0.4 * i, 6, 0.7);
    find(&p, false);
    assert_int_equal(p.layout.rule_count, 1);
    assert_true(fabs(p.layout.rules[0].box.x0 / PT - 52) < 1);
    assert_int_equal(p.layout.line_count, 1);
    assert_spans(&p, 0, 72, 72 + width_of(&p, "52.90"));
}

/* Letters twice as high as wide say so. */
static void test_narrow_print(void **state)
{
    AUTO_PAPER struct paper p;

    (void)state;
    paper_init(&p, 300, 100);
    text(&p, 30, 30, "TOTAL 52.90");
    cairo_scale(p.cairo, 0.5, 1);
    text(&p, 60, 60, "TOTAL 52.90");
    find(&p, false);
    assert_int_equal(p.layout.line_count, 2);
    assert_true(p.layout.lines[0].width > 0.6F);
    assert_true(fabsf(p.layout.lines[1].width - p.layout.lines[0].width / 2) < 0.05F);
}

/* Dirt in a scanner draws from edge to edge, and parts no words. */
static void test_streak(void **state)
{
    AUTO_PAPER struct paper p;

    (void)state;
    paper_init(&p, 300, 200);
    bar(&p, 0, 20, 48, 30); /* what it runs through does not lead it astray */
    text(&p, 30, 80, "a counterclockwise word");
    bar(&p, 46, 0, 0.5, 200);
    find(&p, false);
    assert_int_equal(p.layout.line_count, 1);
    assert_int_equal(p.layout.rule_count, 0);
    assert_spans(&p, 0, 30, 30 + width_of(&p, "a counterclockwise word"));
}

static void test_cells_apart(void **state)
{
    AUTO_PAPER struct paper p;

    (void)state;
    paper_init(&p, 300, 120);
    for (int row = 0; row < 3; row++) {
        text(&p, 34, 40 + 16 * row, "Paper");
        text(&p, 67, 40 + 16 * row, "12"); /* a rule stands in the little gap */
        text(&p, 180, 40 + 16 * row, "99,00");
        frame(&p, 30, 28 + 16 * row, 34, 16);
        frame(&p, 64, 28 + 16 * row, 180, 16);
    }
    find(&p, false);
    assert_int_equal(p.layout.line_count, 9);
    for (size_t i = 0; i < 9; i++) {
        assert_int_equal(p.layout.lines[i].row, (int)i / 3);
        assert_true(p.layout.lines[i].is_cell);
    }
    assert_spans(&p, 3, 34, 34 + width_of(&p, "Paper"));
    assert_spans(&p, 4, 67, 67 + width_of(&p, "12"));
    assert_true(p.layout.rule_count >= 6);
}

static void test_white_on_black(void **state)
{
    (void)state;
    for (int is_grey = 0; is_grey < 2; is_grey++) {
        AUTO_PAPER struct paper p;
        struct line_image image;

        paper_init(&p, 300, 100);
        bar(&p, 20, 20, 240, 20);
        cairo_set_source_rgb(p.cairo, 1, 1, 1);
        text(&p, 30, 34, "Description and amount");
        cairo_set_source_rgb(p.cairo, 0, 0, 0);
        text(&p, 30, 60, "Paper");
        find(&p, is_grey);
        assert_int_equal(p.layout.line_count, 2);
        assert_true(p.layout.lines[0].is_inverted);
        assert_false(p.layout.lines[1].is_inverted);
        assert_spans(&p, 0, 30, 30 + width_of(&p, "Description and amount"));
        image = crop(&p, 0);
        assert_true(darkness(&image) > 0.05 && darkness(&image) < 0.3);
    }
}

/* A scanner's lid leaves a dark edge, and the page has a dark footer: one mark. */
static void test_edge_in_footer(void **state)
{
    AUTO_PAPER struct paper p;

    (void)state;
    paper_init(&p, 400, 500);
    text(&p, 40, 40, "An invoice, in black on white");
    bar(&p, 0, 0, 6, 500);
    bar(&p, 0, 450, 400, 40);
    cairo_set_source_rgb(p.cairo, 1, 1, 1);
    text(&p, 40, 474, "Bank and telephone");
    find(&p, false);
    assert_int_equal(p.layout.line_count, 2);
    assert_true(p.layout.lines[1].is_inverted);
    assert_spans(&p, 1, 40, 40 + width_of(&p, "Bank and telephone"));
}

/* What is printed on the back of the paper shines through where the front is empty. */
static void test_back_of_paper(void **state)
{
    AUTO_PAPER struct paper p;

    (void)state;
    paper_init(&p, 400, 500);
    for (int i = 0; i < 20; i++) {
        cairo_set_source_rgb(p.cairo, 0, 0, 0);
        text(&p, 30, 40 + 15 * i, "A line of the front, and more of it");
    }
    cairo_set_source_rgb(p.cairo, 0.8, 0.8, 0.8);
    text(&p, 30, 450, "A line of the back of the paper");
    find(&p, true);
    assert_int_equal(p.layout.line_count, 20);
}

static void turned(enum layout_turn turn, double angle)
{
    AUTO_PAPER struct paper p;
    struct line_image image;
    struct layout_box at;

    paper_init(&p, 200, 300);
    text(&p, 60, 40, "An upright line of text");
    cairo_translate(p.cairo, 30, 150);
    cairo_rotate(p.cairo, angle);
    text(&p, -60, 0, "Half of this is small letters");
    find(&p, true);
    assert_int_equal(p.layout.line_count, 2);
    assert_int_equal(p.layout.lines[0].turn, LAYOUT_UPRIGHT);
    assert_int_equal(p.layout.lines[1].turn, turn);
    image = crop(&p, 1);
    assert_true(image.width > 5 * image.height);
    assert_true(darkness(&image) > 0.05 && darkness(&image) < 0.3);
    at = layout_place(&p.layout.lines[1], (struct line_box){0, 0, image.width, image.height});
    assert_memory_equal(&at, &p.layout.lines[1].box, sizeof at);
}

static void test_turned(void **state)
{
    (void)state;
    turned(LAYOUT_READS_UP, -M_PI / 2);
    turned(LAYOUT_READS_DOWN, M_PI / 2);
}

static void test_columns(void **state)
{
    static const char *const words = "running text that fills its column up";
    AUTO_PAPER struct paper p;

    (void)state;
    paper_init(&p, 460, 250);
    text(&p, 30, 30, "A heading over both columns of this page, which reaches over the gutter");
    for (int i = 0; i < 8; i++) {
        text(&p, 30, 60 + 13 * i, words);
        text(&p, 235, 64 + 13 * i, words);
    }
    find(&p, false);
    assert_int_equal(p.layout.line_count, 17);
    for (size_t i = 1; i < 17; i++) {
        assert_spans(&p, i, i < 9 ? 30 : 235, (i < 9 ? 30 : 235) + width_of(&p, words));
        assert_false(p.layout.lines[i].is_cell);
    }
    assert_true(p.layout.lines[8].block != p.layout.lines[9].block);
}

static void test_skew(void **state)
{
    static const char *const words = "a line that leans over the whole of the paper, as scans do";
    AUTO_PAPER struct paper p;
    struct line_image image;
    struct layout_box at;

    (void)state;
    paper_init(&p, 360, 120);
    cairo_rotate(p.cairo, 0.9 * M_PI / 180);
    text(&p, 30, 40, words);
    text(&p, 30, 54, words);
    find(&p, true);
    assert_int_equal(p.layout.line_count, 2);
    assert_true(fabs(p.layout.skew_deg - 0.9) < 0.1);
    image = crop(&p, 0);
    assert_true(image.height < 14 * PT); /* the lean alone is 4 points */
    at = layout_place(&p.layout.lines[0], (struct line_box){0, 0, 10, 10});
    assert_true(at.y0 < p.layout.lines[0].box.y0);
    at = layout_place(&p.layout.lines[0], (struct line_box){image.width - 10, 0, image.width, 10});
    assert_true(at.y0 > p.layout.lines[0].box.y0);
}

static void test_grain(void **state)
{
    AUTO_PAPER struct paper p;

    (void)state;
    paper_init(&p, 400, 500);
    p.grain = 48;
    for (int i = 0; i < 5; i++)
        text(&p, 30, 40 + 80 * i, "A line on a grey and noisy page");
    find(&p, true);
    assert_null(p.layout.refusal);
    assert_int_equal(p.layout.line_count, 5);
    for (size_t i = 0; i < 5; i++)
        assert_spans(&p, i, 30, 30 + width_of(&p, "A line on a grey and noisy page"));
}

static void test_dust_is_told(void **state)
{
    AUTO_PAPER struct paper p;
    unsigned seed = 1;

    (void)state;
    paper_init(&p, 400, 500);
    text(&p, 30, 40, "A line");
    for (int i = 0; i < 9000; i++)
        bar(&p, next_random(&seed) % 400, next_random(&seed) % 500, 0.4, 0.4);
    find(&p, false);
    assert_string_equal(p.layout.refusal, "specks");
}

static void test_blots_are_told(void **state)
{
    AUTO_PAPER struct paper p;
    unsigned seed = 1;

    (void)state;
    paper_init(&p, 400, 500);
    for (int i = 0; i < 1500; i++)
        bar(&p, next_random(&seed) % 400, next_random(&seed) % 500, 2.4, 2.4);
    find(&p, false);
    assert_string_equal(p.layout.refusal, "specks");
}

static void test_picture_is_told(void **state)
{
    AUTO_PAPER struct paper p;
    unsigned seed = 1;

    (void)state;
    paper_init(&p, 300, 300);
    text(&p, 30, 40, "A photograph:");
    for (int i = 0; i < 6000; i++)
        bar(&p, 20 + next_random(&seed) % 250, 60 + next_random(&seed) % 220, 4, 4);
    find(&p, false);
    assert_string_equal(p.layout.refusal, "picture");
    assert_true(p.layout.line_count < 5); /* the picture's own ragged edge may look like a few */
    assert_spans(&p, 0, 30, 30 + width_of(&p, "A photograph:"));
}

/* Is any line pictured whose middle is nearer than 6 points to (x, y)? */
static bool is_pictured(const struct paper *p, double x, double y)
{
    for (size_t i = 0; i < p->layout.line_count; i++) {
        const struct layout_line *l = &p->layout.lines[i];

        if (fabs((l->box.x0 + l->box.x1) / 2 / PT - x) < 6 &&
            fabs((l->box.y0 + l->box.y1) / 2 / PT - y) < 6)
            return l->is_pictured;
    }
    fail_msg("no line at %.0f, %.0f", x, y);
    return false;
}

/* A blot at the rim of a photograph, one among a screen's dots, and the same where print stands. */
static void test_texture_of_pictures(void **state)
{
    AUTO_PAPER struct paper p;
    unsigned seed = 1;

    (void)state;
    paper_init(&p, 300, 400);
    for (int i = 0; i < 1300; i++)
        bar(&p, 20 + next_random(&seed) % 120, 20 + next_random(&seed) % 100, 4, 4);
    for (int i = 0; i < 40 * 40; i++)
        bar(&p, 20 + 2 * (i % 40), 200 + 2.0 * (i / 40), 0.8, 0.8);
    text(&p, 146, 60, "A");
    text(&p, 104, 240, "A");
    text(&p, 200, 60, "A");
    frame(&p, 190, 190, 100, 100);
    text(&p, 198, 205, "A");
    find(&p, false);
    assert_true(is_pictured(&p, 149, 56));
    assert_true(is_pictured(&p, 107, 236));
    assert_false(is_pictured(&p, 203, 56));
    assert_false(is_pictured(&p, 201, 201));
}

/* The light middle of a photograph is far from its dark parts, and still within. */
static void test_light_middle_of_a_photograph(void **state)
{
    AUTO_PAPER struct paper p;
    unsigned seed = 1;

    (void)state;
    paper_init(&p, 400, 500);
    for (int i = 0; i < 3000; i++) {
        double x = next_random(&seed) % 240, y = next_random(&seed) % 240;

        if (fabs(x - 120) > 62 || fabs(y - 120) > 62)
            bar(&p, 20 + x, 20 + y, 4, 4);
    }
    text(&p, 137, 144, "A");
    text(&p, 137, 320, "A");
    find(&p, false);
    assert_true(is_pictured(&p, 140, 140));
    assert_false(is_pictured(&p, 140, 316));
}

static void test_dotted_line(void **state)
{
    AUTO_PAPER struct paper p;

    (void)state;
    paper_init(&p, 300, 100);
    text(&p, 30, 40, "agreed");
    for (int i = 0; i < 80; i++)
        bar(&p, 30 + 2.2 * i, 44, 0.7, 0.7);
    find(&p, false);
    assert_int_equal(p.layout.line_count, 1);
    assert_spans(&p, 0, 30, 30 + width_of(&p, "agreed"));
}

static void test_faint_print(void **state)
{
    AUTO_PAPER struct paper p;

    (void)state;
    paper_init(&p, 300, 160);
    text(&p, 30, 30, "Black print, and far below it");
    cairo_set_source_rgb(p.cairo, 0.72, 0.72, 0.72);
    text(&p, 30, 130, "a till's last ink");
    find(&p, true);
    assert_int_equal(p.layout.line_count, 2);
    assert_spans(&p, 1, 30, 30 + width_of(&p, "a till's last ink"));
}

static void test_comb(void **state)
{
    AUTO_PAPER struct paper p;

    (void)state;
    paper_init(&p, 300, 100);
    for (int i = 0; i < 11; i++) {
        char digit[2] = {(char)('0' + (i * 7 + 3) % 10), 0};

        frame(&p, 40 + 14 * i, 30, 14, 18);
        text(&p, 44 + 14 * i, 43, digit);
    }
    find(&p, false);
    for (size_t i = 0; i < p.layout.line_count; i++)
        assert_true(p.layout.lines[i].x_height < 9 * PT); /* digits, not the bars of the comb */
    assert_true(p.layout.line_count >= 1);
}

static void test_empty(void **state)
{
    AUTO_PAPER struct paper p;

    (void)state;
    paper_init(&p, 3, 2);
    find(&p, true);
    assert_null(p.layout.refusal);
    assert_int_equal(p.layout.line_count, 0);
    assert_int_equal(p.layout.rule_count, 0);
}

/* What is dark inside a white o is no letter, and no part of one. */
static void test_white_letters_stay_open(void **state)
{
    AUTO_PAPER struct paper p;
    struct line_image image;

    (void)state;
    paper_init(&p, 300, 100);
    bar(&p, 20, 20, 240, 30);
    cairo_set_source_rgb(p.cairo, 1, 1, 1);
    cairo_set_font_size(p.cairo, 16);
    text(&p, 30, 41, "good book o o o");
    find(&p, false);
    assert_int_equal(p.layout.line_count, 1);
    assert_spans(&p, 0, 30, 30 + width_of(&p, "good book o o o"));
    image = crop(&p, 0);
    assert_true(darkness(&image) < 0.22);
}

static void test_boxes_to_tick(void **state)
{
    AUTO_PAPER struct paper p;

    (void)state;
    paper_init(&p, 300, 100);
    frame(&p, 30, 31, 9, 9);
    text(&p, 50, 40, "Sole trader");
    text(&p, 50, 60, "O D B 0");
    find(&p, false);
    assert_int_equal(p.layout.line_count, 2);
    assert_spans(&p, 0, 50, 50 + width_of(&p, "Sole trader"));
    assert_spans(&p, 1, 50, 50 + width_of(&p, "O D B 0"));
}

static void test_rule_in_dashes(void **state)
{
    AUTO_PAPER struct paper p;

    (void)state;
    paper_init(&p, 300, 300);
    text(&p, 50, 40, "The only line there is on it");
    for (int i = 0; i < 9; i++)
        bar(&p, 200, 60 + 20 * i, 0.7, 5 + i % 3);
    find(&p, false);
    assert_int_equal(p.layout.line_count, 1);
}

/* Letters in an upper and a lower half are one line. */
static void test_broken_letters(void **state)
{
    AUTO_PAPER struct paper p;

    (void)state;
    paper_init(&p, 300, 100);
    text(&p, 30, 40, "BROKEN HEADING 22.50");
    cairo_set_source_rgb(p.cairo, 1, 1, 1);
    bar(&p, 60, 36, 120, 0.5);
    find(&p, false);
    assert_int_equal(p.layout.line_count, 1);
    assert_spans(&p, 0, 30, 30 + width_of(&p, "BROKEN HEADING 22.50"));
}

static void test_verdict(void **state)
{
    struct recognised_word sure[] = {{.certainty = -0.2f, .symbol_count = 9},
                                     {.certainty = -6, .symbol_count = 2}};
    struct recognised_word doubtful = {.certainty = -4, .symbol_count = 12};
    struct recognised_word lone = {.certainty = -2.5f, .symbol_count = 1};
    struct layout_line lines[2] = {0};
    struct layout layout = {.lines = lines, .line_count = 2, .refusal = "picture"};
    struct recognised_line print[] = {{.words = sure, .word_count = 2},
                                      {.words = &lone, .word_count = 1}};
    struct recognised_line noise[] = {{.words = &doubtful, .word_count = 1},
                                      {.words = sure, .word_count = 2}};

    (void)state;
    assert_null(layout_verdict(&layout, print));
    assert_int_equal(print[0].word_count, 2);
    assert_int_equal(print[1].word_count, 0);
    assert_string_equal(layout_verdict(&layout, noise), "picture");
    layout.refusal = NULL;
    assert_null(layout_verdict(&layout, noise));
    layout = (struct layout){.refusal = "many_marks"};
    assert_string_equal(layout_verdict(&layout, NULL), "many_marks");
}

/* In a picture a few letters want to be sure, many less so, and one is none. */
static void test_verdict_in_pictures(void **state)
{
    struct recognised_word one = {.certainty = -0.1f, .symbol_count = 1};
    struct recognised_word doubtful = {.certainty = -0.6f, .symbol_count = 4};
    struct recognised_word sure = {.certainty = -0.2f, .symbol_count = 4};
    struct recognised_word longer = {.certainty = -0.6f, .symbol_count = 9};
    struct recognised_word *words[] = {&one, &doubtful, &sure, &longer};

    (void)state;
    for (int i = 0; i < 8; i++) {
        struct layout_line line = {.is_pictured = i < 4};
        struct layout layout = {.lines = &line, .line_count = 1};
        struct recognised_line text = {.words = words[i % 4], .word_count = 1};

        layout_verdict(&layout, &text);
        assert_int_equal(text.word_count, i >= 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_rules_go),
        cmocka_unit_test(test_leaning_rule_goes),
        cmocka_unit_test(test_narrow_print),
        cmocka_unit_test(test_streak),
        cmocka_unit_test(test_cells_apart),
        cmocka_unit_test(test_white_on_black),
        cmocka_unit_test(test_edge_in_footer),
        cmocka_unit_test(test_back_of_paper),
        cmocka_unit_test(test_turned),
        cmocka_unit_test(test_columns),
        cmocka_unit_test(test_skew),
        cmocka_unit_test(test_grain),
        cmocka_unit_test(test_dust_is_told),
        cmocka_unit_test(test_blots_are_told),
        cmocka_unit_test(test_picture_is_told),
        cmocka_unit_test(test_texture_of_pictures),
        cmocka_unit_test(test_light_middle_of_a_photograph),
        cmocka_unit_test(test_dotted_line),
        cmocka_unit_test(test_faint_print),
        cmocka_unit_test(test_comb),
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_white_letters_stay_open),
        cmocka_unit_test(test_boxes_to_tick),
        cmocka_unit_test(test_rule_in_dashes),
        cmocka_unit_test(test_broken_letters),
        cmocka_unit_test(test_verdict),
        cmocka_unit_test(test_verdict_in_pictures),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
