/*
 * Passes over every pixel of a page, written so that the compiler can take many at once. Leptonica
 * does the same one pixel at a time, in several times the time.
 */
#ifndef PIPELINE_READ_PIXELS_H
#define PIPELINE_READ_PIXELS_H

struct Pix;

/* Half as wide and high, 8 bits of grey, from 1 bit or 8: the mean of four. Owned; NULL when the
 * picture is too small or memory is short. */
struct Pix *pix_half(struct Pix *pix);

/* A grey picture shrunk to this height, at most twelvefold, each pixel the mean of what it covers.
 * Owned; NULL likewise. */
struct Pix *pix_shrink(struct Pix *grey, int height);

/* Each pixel times the factor of its tile, in 1/256, at most 255: `inverse` has one of 16 bits a
 * tile, and its last ones serve what lies beyond. Owned; NULL when memory is short. */
struct Pix *pix_level(struct Pix *grey, struct Pix *inverse, int tile_width, int tile_height);

/* One bit a pixel: black where it is darker than the threshold. Owned; NULL likewise. */
struct Pix *pix_darker(struct Pix *grey, int threshold);

/* The mean of each whole tile's pixels that are not under the mask of 1 bit; 0 where there are
 * fewer than count_min, and in the tiles cut off at the right and below. At most 255 pixels high.
 * Owned; NULL likewise. */
struct Pix *pix_tile_means(struct Pix *grey, struct Pix *mask, int tile_width, int tile_height,
                           int count_min);

#endif
