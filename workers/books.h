/* In whose books a document is posted, and on which accounts. */
#ifndef WORKERS_BOOKS_H
#define WORKERS_BOOKS_H

struct arena;
struct document;
struct document_row;
struct err;
struct posting;
struct settings;

/* The posting this document would be. In arena. Fails as post_document(). */
int books_posting(const struct settings *s, const struct document_row *row,
                  const struct document *d, struct arena *a, struct posting *ret, struct err *err);

#endif
