/*
 * A declared type at work: which documents are one, and its fields put into the document.
 */
#ifndef TAUGHT_DECLARED_H
#define TAUGHT_DECLARED_H

#include "models/document.h"
#include "pipeline/extract/taught/taught.h"

struct arena;

/* Does one of the phrases that the type is known by stand in the upper half of the first page? */
bool declared_is_known(const struct type *type, const struct sheet *s);

/*
 * Fills d->named and, where a declared field has an EN 16931 name, d->fields; sets d->declared and
 * d->required. A taught answer wins over what stands in a field, an untaught one fills what is
 * empty. Of a type that the program does not know by itself, fields it does not declare are taken
 * out: an invoice's rules see invoices in everything. `s` is of the pages of `d`.
 */
void declared_fill(const struct taught *t, struct arena *a, const struct sheet *s,
                   const struct candidates *c, struct document *d);

#endif
