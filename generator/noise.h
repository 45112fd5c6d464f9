/*
 * What a paper says that is no field of it, though it looks like one: earlier balances and
 * invoices, other dates, other companies' numbers, telephone numbers shaped like ids, deposits, the
 * total in another currency. A reader that believes it reads wrong.
 */
#ifndef GENERATOR_NOISE_H
#define GENERATOR_NOISE_H

struct document;

/* The text with what stands in braces made up; owned. Known: {amount}, {small}, {foreign}, {date},
 * {number}, {digits}, {phone}, {id}, {vat}, {company}, {percent}, {year}. */
char *noise_fill(struct document *doc, const char *text);

/* One text of the word list's key, filled; owned. */
char *noise_text(struct document *doc, const char *key);

#endif
