/*
 * A page as a list of drawings: text runs, lines, boxes and discs in points from the top left
 * corner.
 *
 * Blocks draw into a page without knowing what becomes of it; render.h puts the list on a PDF or a
 * picture. Text drawn between page_tag calls carries a field's name and a row, so that the words
 * of a page know what they are. One pen measures text for all pages.
 */
#ifndef GENERATOR_PAPER_H
#define GENERATOR_PAPER_H

#include <glib.h>
#include <pango/pangocairo.h>
#include <stdbool.h>

struct colour {
    double red, green, blue;
};

struct font {
    const char *family; /* borrowed: a name from a table */
    double size;        /* points */
    bool is_bold;
    bool is_italic;
    struct colour colour;
};

enum align { ALIGN_LEFT, ALIGN_RIGHT, ALIGN_CENTRE };

enum drawing_kind { DRAW_TEXT, DRAW_LINE, DRAW_BOX, DRAW_FILL, DRAW_DISC, DRAW_RING };

struct drawing {
    enum drawing_kind kind;
    double x, y;          /* text: left end of the baseline */
    double width, height; /* line: to x + width, y + height; disc: width is the radius */
    double pen;           /* width of a line or frame */
    double turn;          /* text: radians, for stamps */
    struct colour colour;
    struct font font;
    char *text; /* owned; NULL unless DRAW_TEXT */
};

struct word {
    char *text; /* owned */
    double x0, y0, x1, y1;
    const char *field; /* borrowed name, or NULL */
    int row;           /* of a line item, from 0; -1 elsewhere */
};

/* Where a page lies in its picture: points become pixels by a 3 x 3 matrix, row by row, on (x, y,
 * 1), the first two of the result divided by the third. */
struct view {
    int width_px, height_px; /* 0 while there is no picture */
    double to_pixels[9];
};

struct pen;

struct page {
    double width, height;
    struct view view; /* of the last picture made of it */
    GArray *drawings; /* struct drawing */
    GArray *words;    /* struct word */
    struct pen *pen;  /* borrowed */
    const char *field;
    int row;
};

extern const struct colour BLACK, WHITE, GREY;

struct pen *pen_new(void);
void pen_free(struct pen *pen);

/* The layout of a text at PEN_SIZE, whatever the font's size, borrowed until the next call: without
 * hints all sizes are alike, and looking for a font costs ten milliseconds. Scale by pen_scale. */
enum { PEN_SIZE = 12 };
PangoLayout *pen_layout(struct pen *pen, const struct font *font, const char *text);
double pen_scale(const struct font *font);
double pen_width(struct pen *pen, const struct font *font, const char *text);

struct page *page_new(struct pen *pen, double width, double height);
void page_free(struct page *page);

/* Words drawn from now on belong to this field and row; NULL, -1 ends it. */
void page_tag(struct page *page, const char *field, int row);

/* Draws one line of text on a baseline; returns its width. */
double page_text(struct page *page, double x, double y, enum align align, const struct font *font,
                 const char *text);

/* Draws text turned by `turn` radians around its left end, as a stamp: it yields no words. */
void page_stamp(struct page *page, double x, double y, double turn, const struct font *font,
                const char *text);

/* Draws text broken into lines of at most `width`; returns the baseline after the last. */
double page_paragraph(struct page *page, double x, double y, double width, const struct font *font,
                      const char *text);

/* How many lines page_paragraph would draw. */
int page_lines(struct page *page, double width, const struct font *font, const char *text);

void page_line(struct page *page, double x0, double y0, double x1, double y1, double pen,
               struct colour colour);
/* A dotted line across. */
void page_dots(struct page *page, double x0, double x1, double y);
void page_box(struct page *page, double x, double y, double width, double height, double pen,
              struct colour colour);
void page_fill(struct page *page, double x, double y, double width, double height,
               struct colour colour);
/* The same below everything drawn from the mark-th drawing on. */
void page_fill_under(struct page *page, guint mark, double x, double y, double width, double height,
                     struct colour colour);
void page_disc(struct page *page, double x, double y, double radius, struct colour colour);
void page_ring(struct page *page, double x, double y, double radius, double pen,
               struct colour colour);

#endif
