/*
 * Letters in a row: marks chained into lines, and the line's own measures.
 */
#ifndef PIPELINE_READ_LAYOUT_STRANDS_H
#define PIPELINE_READ_LAYOUT_STRANDS_H

#include "pipeline/read/layout/rules.h"

/* A mark that may be part of a letter. A line that reads up or down is chained with its axes
 * exchanged. */
struct letter {
    struct layout_box box;
    int strand;    /* -1: none */
    int next;      /* the letter right of it in the strand; -1 at the end */
    int source;    /* the letter it was before the axes were exchanged */
    bool is_small; /* dot, accent, comma, dash: belongs to a line but does not shape it */
};

/* Letters side by side without a gap that parts cells. */
struct strand {
    int first, last; /* letters from the left; small ones are not in the chain */
    int count;
    struct layout_box box; /* of all that belongs to it, small ones too */
    float top, bottom;     /* of the last letters, while it is being chained */
    /* By strand_measure(): */
    float slope, baseline;           /* y = baseline + slope * x */
    float height;                    /* of the middle letter */
    float x_height, ascent, descent; /* pixels above the baseline, above x-height, below */
    float up, down;             /* how far anything of it reaches above and below the baseline */
    bool has_slope, has_ascent; /* seen, not guessed */
};

struct strands {
    struct letter *letters;
    int letter_count;
    struct strand *at;
    int count;
    float height; /* the middle height of the page's letters */
};

/* The marks that can be letters or parts of some; dotted lines are left out. */
void strands_take(struct arena *a, const struct marks *m, float dpi, struct strands *ret);

/* Chains letters from left to right; rules (may be NULL) part them. */
void strands_chain(struct arena *a, struct strands *s, const struct rules *rules);

/* Brings each small letter to the strand it stands in, above or behind, and likewise strands of few
 * marks that are quotation marks or pieces of a letter: these are left with count 0. */
void strands_attach(struct arena *a, struct strands *s);

/* Baseline, heights and slope of every strand; returns the slope of the page. */
float strands_measure(struct arena *a, struct strands *s);

/* Makes one of measured strands that lie over each other or nearly touch in one line: the pieces of
 * broken print. True when there were any: they want to be measured again. */
bool strands_join(struct arena *a, struct strands *s, const struct rules *rules);

/* Takes the outlines of boxes to tick out of the ink; their marks have area 0. */
void frames_take(struct marks *m, float dpi, struct bitmap *ink);

/* Empties the strands that are dashes of one broken rule down the page. */
void dashes_drop(struct strands *s);

/* Makes `to` hold `from` too. */
void box_join(struct layout_box *to, const struct layout_box *from);

#endif
