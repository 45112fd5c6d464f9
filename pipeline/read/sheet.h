/*
 * One page on its way from the scanner's pixels to what the recogniser should see. Each step
 * changes `pix` and keeps `to_points` true, so that every pixel still knows its place on the page.
 */
#ifndef PIPELINE_READ_SHEET_H
#define PIPELINE_READ_SHEET_H

#include "models/page.h"

struct Boxa;
struct Pix;
struct arena;
struct page_image;

/* x' = xx x + xy y + x0, y' = yx x + yy y + y0 */
struct affine {
    float xx, xy, x0, yx, yy, y0;
};

struct sheet {
    struct Pix *pix;           /* 1 or 8 bits */
    struct Pix *ink;           /* 1 bit: the dark marks, at about 150 dots an inch */
    float ink_factor;          /* how many pixels of pix one of ink is wide */
    struct Boxa *marks;        /* boxes of the connected marks of ink; NULL until asked for */
    int paper;                 /* its grey when pix has 8 bits: what is painted over gets this */
    float dpi;                 /* of pix; believable, never 0 */
    float width_pt, height_pt; /* as `pix` stands now */
    struct affine to_points;
    int rotation;
    float skew_deg;
    bool is_pale; /* its ink may be grain: what our own recogniser refuses is not read otherwise */
};

/* Grey and ink of a decoded page, its uneven background levelled. The picture itself is not
 * changed. The sheet and what it owns are released with the arena. */
struct sheet *sheet_new(struct arena *a, const struct page_image *image);

/* The same of a page with greys that seems empty, pale print made dark; or as in a mirror. */
struct sheet *sheet_new_pale(struct arena *a, const struct page_image *image, bool is_mirrored);

/* The picture with 1 bit or 8 bits of grey; a clone when it is so already. NULL when refused. */
struct Pix *pix_grey(struct Pix *pix);

/* Puts `made` in the place of a picture; NULL (the library could not) leaves the old one. */
void pix_replace(struct Pix **at, struct Pix *made);

/* Puts other ink in the place of the old; NULL leaves the old. */
void sheet_new_ink(struct sheet *s, struct Pix *made);

/* The boxes of connected ink, found once; NULL when Leptonica refuses. */
struct Boxa *sheet_marks(struct sheet *s);

/* So many inches in pixels of ink, at least 1. */
int sheet_ink_px(const struct sheet *s, float inches);

/* The runs of at least `length` pixels of ink across or down, whole. Owned; NULL when refused. */
struct Pix *ink_long_runs(struct Pix *ink, int length, bool is_vertical);

/* The ink with gaps under `length` pixels across or down filled. Owned; NULL when refused. */
struct Pix *ink_joined(struct Pix *ink, int length, bool is_vertical);

/* Quarter turns clockwise of pix and ink: 0 to 3. */
void sheet_turn(struct sheet *s, int quarters);

/* The picture may still be the caller's own: call this before drawing. */
void sheet_make_writable(struct sheet *s);

/* The value of a pixel of pix that is paper. */
unsigned sheet_paper_value(const struct sheet *s);

/* Paints what `mask` (of ink's resolution, its corner at x, y of ink) covers white, or a box in
 * points. */
void sheet_paint_mask(struct sheet *s, struct Pix *mask, int x, int y);
void sheet_paint_white(struct sheet *s, struct box points);

/* A grey picture of this size whose pixel (x, y) comes from m (x, y), bilinear; what would come
 * from outside is `paper`. Owned; NULL when a side is over 65,535 pixels or memory is short. */
struct Pix *pix_resample(struct Pix *grey, struct affine m, int width, int height, int paper);

/* Rotates pix by `deg` clockwise and scales it, resampling once. Ink follows the rotation only. */
void sheet_resample(struct sheet *s, float deg, float scale);

/* A box of pixels (of pix, or of ink with factor ink_factor) in points of the upright page. The box
 * keeps its size and moves with its centre: words stay tight when the page was skewed. */
struct box sheet_to_points(const struct sheet *s, float factor, struct box pixels);

/* The other way. */
struct box sheet_from_points(const struct sheet *s, struct box points);

#endif
