/*
 * Which candidate is which field, for everything but money: labels, check digits, form and place,
 * weighed by a trained line of weights a field. Money fields are decided together (money.h).
 *
 * models/trained/score.model is a file of weights.h; its features are those of score_feature.def,
 * its two counts the papers of training and those that print the field. A candidate's score is the
 * sum of features times weights, about 1 where label and form agree; below SCORE_ACCEPTED it is
 * none.
 */
#ifndef EXTRACT_SCORE_H
#define EXTRACT_SCORE_H

#include "models/document.h"
#include "pipeline/extract/candidate.h"
#include "pipeline/extract/party.h"

#define SCORE_FILE "score.model"
#define SCORE_MAGIC "bilag scorer, features 1"
#define SCORE_ACCEPTED 0.42f /* the unit of the scale: what "nothing" scores in training */

struct arena;
struct err;

enum score_feature {
#define FEATURE(name) SCORE_##name,
#include "pipeline/extract/score_feature.def"
#undef FEATURE
    SCORE_FEATURES
};
const char *score_feature_name(int feature);

struct scorer {
    float weights[FIELD_COUNT][SCORE_FEATURES];
    bool is_fitted[FIELD_COUNT]; /* the others are not scored */
};

/* ERR_INVALID, and the scorer in no known state, on anything but such a file. */
int scorer_parse(struct scorer *scorer, const char *bytes, size_t length, struct err *err);

/* A field's rule: which kinds may fill it, which concepts are its label, may be, or are another's.
 */
struct score_rule {
    enum field_id field;
    unsigned kinds;
    uint64_t own, loose, against;
};
extern const struct score_rule score_rules[];
extern const int score_rule_count;

/* One document as the scorer sees it. */
struct score_view {
    const struct candidates *c;
    const struct sheet *s;
    const struct parties *parties;
    const bool *is_hidden; /* a candidate: lies within a number that is sure */
    const bool *is_ours;   /* a candidate: is or lies within a registered number of our own */
    const bool *is_goods;  /* a row: stands between the columns' heads and the totals */
    bool writes_compact;   /* a labelled date of the page has no marks: 260301 */
};
struct score_view score_view_of(struct arena *a, const struct candidates *c, const struct sheet *s,
                                const struct parties *parties);

/* Whether candidate i can be the rule's field at all. */
bool score_may_fill(const struct score_rule *rule, const struct score_view *v, int i);
void score_features(const struct score_rule *rule, const struct score_view *v, int i,
                    float out[SCORE_FEATURES]);

/* How well the candidate's labels fit: the best strength among `strong` (in full) and `weak`
 * concepts (at 0.6), less half of the best among `against` when that one is stronger. */
float score_labels(const struct candidate *c, const struct sheet *s, uint64_t strong, uint64_t weak,
                   uint64_t against);

/* Fills the fields of the document that are no money; none without a scorer. */
void score_fields(const struct scorer *scorer, const struct candidates *c, const struct sheet *s,
                  const struct parties *parties, struct arena *a, struct document *d);

/* Puts a candidate's value, place and evidence into a field. */
void field_from_candidate(struct field *field, const struct candidate *c, const struct sheet *s,
                          const char *value, float confidence);

/* A score (about 1 when label and form agree) and its lead over the next as a probability. */
float score_confidence(float score, float lead, const struct candidate *c);

#endif
