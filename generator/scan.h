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
    int shade;           /* how much darker one side is, of 255 */
    int speckles;        /* on a page */
    int quality;         /* of the JPEG compression, 1 to 100 */
    int threshold;       /* of a bilevel picture */
    bool is_upside_down; /* now and then a page lies so */
};

const char *degrade_name(enum degrade level);

/* Chooses a scan of this level; MIX takes one of the three. */
void scan_choose(struct scan *scan, enum degrade level, struct rng *rng);

/* One page as scanned: 8 bits grey, or 1 bit where the depth says so (pixDestroy). Sets its
 * view. */
PIX *scan_page(const struct scan *scan, struct page *page, struct rng *rng);

#endif
