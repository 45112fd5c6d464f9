/* An e-invoice's fields take over; the printed words confirm or contradict them. */
#ifndef EXTRACT_EINVOICE_H
#define EXTRACT_EINVOICE_H

#include "models/document.h"
#include "pipeline/extract/candidate.h"

struct arena;

/* Merges `einvoice` into `d`, which holds what the words say. */
void einvoice_merge(const struct document *einvoice, const struct candidates *c,
                    const struct sheet *s, struct arena *a, struct document *d);

#endif
