/*
 * Pictures as files: what the parts for TIFF, JPEG and the rest share.
 */
#ifndef PIPELINE_OPEN_IMAGE_H
#define PIPELINE_OPEN_IMAGE_H

#include "pipeline/open/source.h"

/* A picture as its file describes it, before any pixel is decoded. */
struct image_head {
    int width_px, height_px; /* as stored */
    float dpi_x, dpi_y;      /* 0 when the file does not say */
    int orientation;         /* 1 to 8 as EXIF and TIFF count; 1 is upright */
};

/* FAULT_TOO_MANY_PIXELS or FAULT_CORRUPT when nothing of that size may be decoded. */
int image_head_check(const struct image_head *head, const struct open_limits *limits,
                     struct err *err);

/* The page's size in points, upright: by the resolution where it can be believed, else by the paper
 * the proportions suggest. */
void image_page_size(const struct image_head *head, float *ret_width_pt, float *ret_height_pt);

/* Turns what was decoded upright and to 1, 8 or 32 bits without colour map or alpha, keeps it with
 * the arena and fills `ret`. `pix` is taken. */
int image_finish(const struct source *src, const struct image_head *head, struct Pix *pix,
                 struct page_image *ret, struct err *err);

/* TIFF: one page for each picture that is not a thumbnail or a mask. */
int tiff_open(const struct source *src, struct opened *ret, struct err *err);
int tiff_page_image(const struct source *src, int number, struct page_image *ret, struct err *err);

/* A picture of G4 from whatever file; owned, NULL when no row decodes. */
struct Pix *fax_decode(const struct source *src, const struct stored_image *stored,
                       int *ret_lost_percent);

/* JPEG: the header, and a decoder that keeps the rows before the damage. */
int jpeg_head(const struct source *src, struct image_head *ret, struct err *err);
int jpeg_page_image(const struct source *src, struct page_image *ret, struct err *err);

/* A JPEG stream from whatever file: `pix` is owned, grey when that is enough for the source's use.
 * Rows that do not decode are white. */
struct jpeg_picture {
    struct Pix *pix;
    struct image_head head;
    int n_colours;    /* as stored: 1, 3 or 4 */
    int lost_percent; /* of its rows, from the first damage on; 0: it is whole */
    bool is_keepable; /* whole, and in a form that PDF knows */
};
int jpeg_decode(const struct source *src, struct jpeg_picture *ret, struct err *err);

struct stored_image jpeg_stored(const unsigned char *bytes, size_t length,
                                const struct image_head *head, int n_colours);

#endif
