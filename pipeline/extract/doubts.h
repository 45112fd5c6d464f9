/*
 * Doubts: the places of a document whose checks fail, and what second looks at them change.
 *
 *     extract_document(…, d);
 *     doubts_find(&doubts, …, d);        none for a document whose checks hold
 *     somebody looks: doubts.items[i].look is the answer to doubts.items[i].place
 *     extract_again(…, &doubts, d);
 *
 * A look that says what was read before proves it (PROOF_SECOND_READING). Another reading takes
 * its place only where an equation or check digits ask for it, or where nearly all looks agree on
 * it and the first reading was unsure; the field then keeps the first one as its alternative.
 */
#ifndef EXTRACT_DOUBTS_H
#define EXTRACT_DOUBTS_H

#include "models/look.h"
#include "pipeline/extract/extract.h"

struct candidates;
struct sheet;

struct doubt {
    int page; /* index among the document's pages */
    struct look_place place;
    const char *first; /* what was read there, in arena */
    float confidence;  /* of its worst word */
    struct look look;  /* all zero: nobody looked */
};

struct doubts {
    struct doubt items[LOOK_PLACES_MAX];
    int count;
};

/* Which places of the recognised pages deserve a second look, most useful first. */
void doubts_find(struct doubts *ret, struct arena *a, struct page *const *pages,
                 const struct document *d);

/* Extracts once more with the answers. `d` stays as it is unless that explains the document better.
 */
int extract_again(struct arena *a, struct page *const *pages, const struct document *einvoice,
                  const struct extract_context *context, const struct doubts *doubts,
                  struct document *d, struct err *err);

/* Other readings of doubtful amounts, dates and checked numbers as candidates of their own; called
 * by extract_document(). */
void doubts_add_candidates(const struct doubts *doubts, struct candidates *c, struct arena *a,
                           const struct sheet *s);

#endif
