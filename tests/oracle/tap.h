/*
 * Listens to libtesseract 5.3.0 while it recognises lines, and tells each line as it is done.
 *
 * A program that links this library defines some of libtesseract's own functions; the dynamic
 * linker then calls ours in their place, and ours call the real ones. That works for exactly the
 * version whose calls and objects we know: tap_open() refuses every other.
 */
#ifndef ORACLE_TAP_H
#define ORACLE_TAP_H

#include "tests/oracle/recording.h"

/* Called for each line; it and all it holds die when the call returns. */
typedef void tap_line_fn(const struct recorded_line *line, void *context);

/* From now on every line goes to `tell`. ERR_INVALID for another libtesseract. */
int tap_open(tap_line_fn *tell, void *context, struct err *err);

/* The page that the coming lines belong to; `name` is borrowed until the next call. */
void tap_page(const char *name, int height_px);

#endif
