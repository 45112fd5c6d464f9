/*
 * Who sells and who buys: blocks of lines that look like addresses, told apart by labels, place,
 * and whose mail this is.
 */
#ifndef EXTRACT_PARTY_H
#define EXTRACT_PARTY_H

#include "models/document.h"
#include "pipeline/extract/sheet.h"

struct arena;
struct company;

struct parties {
    struct box buyer_box; /* straightened; where the buyer's facts stand */
    int buyer_page;       /* -1 when no buyer was found */
    const struct company *company;
};

/* Finds both and fills names and addresses. */
void parties_find(struct parties *p, const struct sheet *s, const struct company *company,
                  struct arena *a, struct document *d);

/* Whether a number at this place, or with this value, is the buyer's. */
bool parties_is_buyers(const struct parties *p, const struct box *box, int page, const char *value);

#endif
