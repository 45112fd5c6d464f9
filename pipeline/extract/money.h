/*
 * The money solver: which amounts are net, VAT, gross and the rest, decided together so that the
 * equations hold. Labels propose, arithmetic disposes; ambiguous readings are settled by it too.
 */
#ifndef EXTRACT_MONEY_H
#define EXTRACT_MONEY_H

#include "models/document.h"
#include "pipeline/extract/items.h"

struct arena;

/* Fills the money fields and the VAT rows of `d`. Values are positive on credit notes too; returns
 * whether the total is printed as negative. */
bool money_solve(const struct candidates *c, const struct sheet *s, const struct items *items,
                 struct arena *a, struct document *d);

#endif
