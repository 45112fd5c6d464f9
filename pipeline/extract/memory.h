/*
 * Supplier memory: lessons in, evidence for candidates out, and the other way round.
 *
 * Lessons are a prior beside the scorer. They move a candidate up or down and let a constant be
 * recognised in misread words, or known where a scan lost it (memory_fill.c); they never replace a
 * value that check digits prove, and never fill in an account without a label on the paper.
 */
#ifndef EXTRACT_MEMORY_H
#define EXTRACT_MEMORY_H

#include "pipeline/extract/candidate.h"

#include "models/document.h"
#include "models/lesson.h"

struct arena;
struct extract_context;
struct memory;
struct parties;

/* Asks the context whose document this is, settles with the answer how ambiguous amounts and dates
 * are read, and gives the memory to score with; NULL when nothing is known. */
const struct memory *memory_recall(struct arena *a, const struct extract_context *context,
                                   struct candidates *c, const struct sheet *s,
                                   const struct parties *parties, const struct document *d);

/* What the memory (or NULL) adds to the candidate's score for a field: about -0.35 to 1.2. */
float memory_evidence(const struct memory *m, enum field_id field, const struct candidate *c);

/* After scoring: constants that are printed, misread or not, and marks on what looks as always. */
void memory_fill(const struct memory *m, const struct candidates *c, struct arena *a,
                 struct document *d);

/* ---- learning ---- */

/* What a document a person has looked at teaches. `before` stays untouched; `*ret` is made of it:
 * lessons the document bears out or contradicts are counted, new ones added. `is_approved` false:
 * only fields a person has set (PROOF_PERSON) count. */
void memory_learn(struct arena *a, const struct lessons *before, struct page *const *pages,
                  const struct document *d, bool is_approved, struct lessons *ret);

/* The signs by which the next document of this supplier is found, accounts included. */
void memory_signs(struct arena *a, struct page *const *pages, const struct document *d,
                  struct supplier_sign **ret, size_t *ret_n);

#endif
