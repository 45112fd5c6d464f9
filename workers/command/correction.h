/* What a person types to correct a document: FIELD=VALUE. */
#ifndef WORKERS_CORRECTION_H
#define WORKERS_CORRECTION_H

struct arena;
struct document;
struct err;
struct house;

/*
 * "total_gross=1250.00": a field of an invoice or of the document's declared type gets the value;
 * an empty one clears it. "type=invoice" or "type=w9" makes the document one of that type, and
 * takes away what another type had declared. ERR_USAGE, in words, for what is no such thing.
 */
int correction_apply(struct house *house, struct document *d, struct arena *a, const char *word,
                     struct err *err);

#endif
