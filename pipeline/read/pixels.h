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

#endif
