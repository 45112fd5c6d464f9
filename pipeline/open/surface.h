/*
 * What cairo paints on, and how it becomes a Pix. Surfaces are RGB24 and begin white.
 */
#ifndef PIPELINE_OPEN_SURFACE_H
#define PIPELINE_OPEN_SURFACE_H

#include <cairo.h>

struct Pix;

/* A white surface, destroyed by the caller; NULL when cairo refuses the size. */
cairo_surface_t *surface_new(int width_px, int height_px);

/* The grey value of one pixel, 0 to 255. Flush the surface after painting. */
unsigned surface_luma(cairo_surface_t *surface, int x, int y);

/* A grey Pix, or one of one bit a pixel when that loses nothing; NULL without memory. */
struct Pix *surface_to_pix(cairo_surface_t *surface);

#endif
