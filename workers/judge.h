/*
 * What a verdict needs to know beyond the document: whose mail it is, what day it is, what the
 * records know of the supplier. Used by the extract stage and by corrections from the command line.
 */
#ifndef WORKERS_JUDGE_H
#define WORKERS_JUDGE_H

#include "pipeline/extract/extract.h"
#include "workers/house.h"

struct lessons;

struct judge {
    struct company company;
    struct extract_context context; /* hand this to extract_document() and verdict_decide() */
    struct house *house;
    struct arena *arena;
    const struct lessons *tried; /* or NULL: to be used in the place of what is recalled */
};

/* Without records nobody is known. Everything is borrowed; `judge` must stay where it is while its
 * context is used. */
void judge_init(struct judge *judge, struct house *house, struct arena *a, struct civil_date today);

/* An invoice that looks like an earlier one waits for a person, with the earlier one named. */
int judge_add_duplicates(const struct judge *judge, int64_t document_id, struct document *d,
                         struct err *err);

/* Extracts a document anew from its stored words, as it was sorted; nothing is stored. In arena:
 * the document as the records have it, and as it would be read now. A reader of its own looks at
 * what is doubtful, as at the first reading. */
int read_again(struct house *house, const struct extract_context *context, int64_t document_id,
               struct arena *a, struct document **ret_kept, struct document **ret_fresh,
               struct err *err);

/* The same without second looks: for many documents, where only the difference of two readings
 * counts. */
int read_words_again(struct house *house, const struct extract_context *context,
                     int64_t document_id, struct arena *a, struct document **ret_kept,
                     struct document **ret_fresh, struct err *err);

#endif
