/*
 * What kind of invoice or credit note a paper says it is: corrected, self-billed, in advance …
 */
#ifndef EXTRACT_TYPE_CODE_H
#define EXTRACT_TYPE_CODE_H

#include <stdbool.h>

struct arena;
struct document;
struct sheet;

/* Sets d->type_code of an invoice or credit note; other types have none. Where the paper says more
 * than the type model saw, the type follows: a self-billed invoice, which German law calls
 * "Gutschrift", is an invoice, and so is an unknown paper with such a code in its title. */
void type_code_decide(const struct sheet *s, struct document *d);

/* Once the sums are known. A paper titled a correction, or typed an invoice and titled a credit
 * note, is a credit note where its total is negative; otherwise it has a reason to wait, and so has
 * any other invoice with a negative total. */
void type_code_settle(const struct sheet *s, bool is_negative, struct arena *a, struct document *d);

#endif
