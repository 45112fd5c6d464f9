/*
 * sort: the pages of one file become documents. Separators and blanks go out, what belongs together
 * is joined ("page 2 of 3", the same number, totals only at the end), and each document gets a
 * type, a language and a department. Pure.
 */
#ifndef PIPELINE_SORT_H
#define PIPELINE_SORT_H

#include "models/document.h"

struct arena;
struct err;
struct sorter;

/* Loads models/trained/type.* once a process. ERR_NOT_FOUND or ERR_INVALID names the file. */
int sorter_new(const char *model_folder, struct sorter **ret, struct err *err);
void sorter_free(struct sorter *sorter);

struct sorted {
    struct document **documents; /* type, confidence, language, department, pages set */
    size_t n_documents;
    enum sheet_fate *fates; /* one a page, in order */
};

/* `pages` are all pages of one file in order; NULL where a page could not be read (it stays within
 * the document around it, which then needs review). With an `einvoice` (or NULL) the whole file is
 * one document of its type. */
int sort_pages(struct arena *a, const struct sorter *sorter, struct page *const *pages,
               size_t n_pages, const struct document *einvoice, struct sorted *ret,
               struct err *err);

#endif
