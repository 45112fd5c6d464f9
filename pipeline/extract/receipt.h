/*
 * What a till prints: the total, settled by what was paid and what came back, and the shop's name.
 */
#ifndef EXTRACT_RECEIPT_H
#define EXTRACT_RECEIPT_H

#include "models/document.h"
#include "pipeline/extract/candidate.h"

struct arena;

/* Sorted as a receipt, or a narrow strip of paper; one page of no declared type. */
bool receipt_is_slip(const struct sheet *s, const struct document *d);

/* Corrects total, seller and date of a till's slip, after all else was filled; leaves every other
 * document alone and returns false. Papers that tell of cash, or what was given and what came
 * back, are slips too. A slip's total is what had to be paid, after rounding. */
bool receipt_settle(const struct candidates *c, const struct sheet *s, struct arena *a,
                    struct document *d);

#endif
