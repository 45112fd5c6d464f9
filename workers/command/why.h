/* Why a document waits or was set aside, in words a clerk can act on; for `bilag doc why`. */
#ifndef WORKERS_WHY_H
#define WORKERS_WHY_H

struct document;
struct document_row;
struct err;
struct house;

/* Prints the reasons and what helps. Fails as the records do. */
int why_print(struct house *house, const struct document_row *row, const struct document *d,
              struct err *err);

#endif
