/*
 * Which candidate is which field, for everything but money: labels, check digits and place, weighed
 * by the table in score.c. Money fields are decided together (money.h).
 */
#ifndef EXTRACT_SCORE_H
#define EXTRACT_SCORE_H

#include "models/document.h"
#include "pipeline/extract/candidate.h"
#include "pipeline/extract/party.h"

struct arena;
struct extract_context;

/* How well the candidate's labels fit: the best strength among `strong` (in full) and `weak`
 * concepts (at 0.6), less half of the best among `against` when that one is stronger. */
float score_labels(const struct candidate *c, const struct sheet *s, uint64_t strong, uint64_t weak,
                   uint64_t against);

/* Fills the fields of the document that are no money. */
void score_fields(const struct candidates *c, const struct sheet *s, const struct parties *parties,
                  struct arena *a, struct document *d);

/* Puts a candidate's value, place and evidence into a field. */
void field_from_candidate(struct field *field, const struct candidate *c, const struct sheet *s,
                          const char *value, float confidence);

/* A score (about 1 when label and form agree) and its lead over the next as a probability. */
float score_confidence(float score, float lead, const struct candidate *c);

#endif
