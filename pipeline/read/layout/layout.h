/*
 * Where the lines of text stand on a page: the step between a picture and a recogniser of lines.
 *
 * A page goes in as bits of ink (and its grey, when it has one); out come lines in reading order,
 * each a crop as Tesseract would cut it, the printed rules, and the skew. The work is bounded
 * whatever the bits are: a page with more pieces than text can have is refused, not searched.
 *
 *     layout_find(arena, &page, &layout);
 *     for each line i:  layout_crop(arena, &page, &layout, &layout.lines[i], &image);
 */
#ifndef PIPELINE_READ_LAYOUT_H
#define PIPELINE_READ_LAYOUT_H

#include "pipeline/read/layout/bitmap.h"
#include "recogniser/recogniser.h"

/* Rows as Leptonica keeps them: 32-bit words, the leftmost pixel in the highest bits. Borrowed for
 * as long as crops are taken. */
struct layout_page {
    const uint32_t *ink;  /* 1 bit, 1 is dark; rows of ink_words */
    const uint32_t *grey; /* 8 bits, 0 is dark; rows of grey_words. NULL: the ink is all there is */
    int width, height, ink_words, grey_words;
    float dpi;
};

/* Makes the ink of a page that has only grey: dark is what is nearer to the darkest than to the
 * paper of its own part of the page. In the arena. */
void layout_ink(struct arena *a, struct layout_page *page);

/* Pixels of the page, right and bottom exclusive. */
struct layout_box {
    int x0, y0, x1, y1;
};

enum layout_turn { LAYOUT_UPRIGHT, LAYOUT_READS_UP, LAYOUT_READS_DOWN };

/* A line, or the part of one that stands in a table's cell. */
struct layout_line {
    struct layout_box box; /* what the recogniser sees: padded, clipped to the page */
    float slope;           /* pixels down for a pixel along; the crop is sheared straight */
    enum layout_turn turn;
    float x_height;   /* pixels */
    float width;      /* of its letters, to their height; 0 unless upright */
    float baseline;   /* y at the middle of an upright line; the x of one that reads up or down */
    bool is_inverted; /* white on black */
    bool is_pictured; /* in a picture, or at the edge of one */
    bool is_cell;     /* others stand beside it in the same printed line */
    int row, block;   /* lines of one row stand side by side; both count from 0 down the page */
};

struct layout_rule {
    struct layout_box box;
    bool is_vertical;
};

struct layout {
    struct layout_line *lines; /* in reading order; in arena, like all below */
    size_t line_count;
    struct layout_rule *rules;
    size_t rule_count;
    float skew_deg;       /* clockwise, of the text; 0 when there is too little of it */
    const char *refusal;  /* NULL, or a token: look at how it reads before you trust it */
    struct bitmap text;   /* the ink without rules and pictures, white letters turned dark */
    struct bitmap turned; /* the dark blocks whose letters are white; without words when there are
                             none */
    uint64_t **gone; /* of a grey page, for each row NULL or as in `text`: what was taken out of
                             the ink and a pixel around it */
};

/*
 * Finds lines and rules. `refusal` says why another layout may have to be asked (lines may be
 * empty then):
 *
 *     "many_marks"    a picture of noise or a screen of dots
 *     "dark"          large dark areas
 *     "picture"       a photograph or drawing over much of the page
 *     "specks"        more dust than letters
 */
void layout_find(struct arena *a, const struct layout_page *page, struct layout *ret);

/* The grey crop of a line, upright, dark on white, rules painted over. In the arena. */
void layout_crop(struct arena *a, const struct layout_page *page, const struct layout *layout,
                 const struct layout_line *line, struct line_image *ret);

/* Empties the lines read so doubtfully that there was no print at all. Returns NULL, or the refusal
 * of a page where most letters were in such lines: those read no better than it looked. */
const char *layout_verdict(const struct layout *layout, struct recognised_line *texts);

/* Where a box of the crop lies on the page. */
struct layout_box layout_place(const struct layout_line *line, struct line_box box);

#endif
