/*
 * Paper through a scanner: a page as the picture it would be after printing, handling and scanning.
 */
#ifndef GENERATOR_SCAN_H
#define GENERATOR_SCAN_H

#include "generator/render.h"
#include "generator/rng.h"

enum degrade { DEGRADE_CLEAN, DEGRADE_OFFICE, DEGRADE_POOR, DEGRADE_MIX };

enum depth { DEPTH_GREY, DEPTH_BILEVEL, DEPTH_FAX };

/* How one file was scanned; all its pages share it. */
struct scan {
    enum degrade level; /* never MIX */
    enum depth depth;
    double dpi;
    double skew; /* degrees, the most a page is turned */
    double scale;
    int noise; /* grey levels, the most a pixel is off */
    bool has_blur;
    int shade;    /* how much darker one side is, of 255 */
    int speckles; /* on a page */
    int folds;    /* creases across the page */
    int blots;
    int streaks;         /* down the page */
    int edge;            /* width in pixels of a dark border */
    double ink;          /* share of black the print still has */
    double bleed;        /* share of the back that shines through */
    bool is_photo;       /* taken by a hand-held camera */
    int quality;         /* of the JPEG compression, 1 to 100 */
    int threshold;       /* of a bilevel picture */
    bool is_upside_down; /* now and then a page lies so */
};

const char *degrade_name(enum degrade level);

/* Chooses a scan of this level; MIX takes one of the three. */
void scan_choose(struct scan *scan, enum degrade level, struct rng *rng);

/* The same by a hand-held camera, as receipts are sent. */
void scan_as_photo(struct scan *scan);

/* One page as scanned: 8 bits grey, or 1 bit where the depth says so (pixDestroy). Sets its
 * view. */
PIX *scan_page(const struct scan *scan, struct page *page, struct rng *rng);

#endif
