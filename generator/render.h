/*
 * Pages onto something: a PDF with text, or a picture.
 */
#ifndef GENERATOR_RENDER_H
#define GENERATOR_RENDER_H

#include "generator/paper.h"

#include <leptonica/allheaders.h>

/* Writes pages (struct page *) as one PDF with a fixed creation date. Returns 0, or -1 with errno's
 * story on stderr. */
int render_pdf(const GPtrArray *pages, const char *path, const char *title);

/* A page as an 8-bit grey picture (pixDestroy), scaled and turned about its middle by radians. */
PIX *render_grey(const struct page *page, double dpi, double scale, double turn);

/* A page as a 32-bit colour picture (pixDestroy). */
PIX *render_colour(const struct page *page, double dpi);

#endif
