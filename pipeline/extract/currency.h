/* Which currency a document is in: signs and codes beside its amounts, else its country. */
#ifndef EXTRACT_CURRENCY_H
#define EXTRACT_CURRENCY_H

#include "models/document.h"
#include "pipeline/extract/candidate.h"

struct company;

/* Fills FIELD_CURRENCY; run after the seller's numbers are known. */
void currency_decide(const struct candidates *c, const struct sheet *s,
                     const struct company *company, struct document *d);

#endif
