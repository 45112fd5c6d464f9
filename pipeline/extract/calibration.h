/*
 * Calibration: what a field's raw confidence, its proofs and the document around it are worth as a
 * probability of being right. One logistic function a field, fitted by scripts/train on generated
 * papers; models/trained/calibration.txt (weights.h) holds the weights, and of each field how many
 * values were seen and how many were wrong.
 */
#ifndef EXTRACT_CALIBRATION_H
#define EXTRACT_CALIBRATION_H

#include "models/document.h"

#include <stddef.h>

#define CALIBRATION_FILE "calibration.txt"

enum calibration_feature {
    CALIBRATION_BIAS,
    CALIBRATION_RAW,       /* log odds of the confidence as it was read */
    CALIBRATION_SCAN,      /* recognised, not from a text layer */
    CALIBRATION_WORD,      /* log odds of the worst word's recognition, on scans */
    CALIBRATION_AMBIGUOUS, /* a second reading is alive */
    CALIBRATION_UNPLACED,  /* computed or remembered, printed nowhere */
    CALIBRATION_TYPE,      /* doubt about the document's type */
    CALIBRATION_CREDIT,    /* on a credit note */
    CALIBRATION_PAGES,     /* of more than one page */
    CALIBRATION_SUMS,      /* net + VAT = total on this document, at a legal rate */
    CALIBRATION_SELLER,    /* the seller's registered number has valid check digits */
    CALIBRATION_PROOFS,    /* from here one a proof */
    CALIBRATION_COUNT = CALIBRATION_PROOFS + PROOF_COUNT
};
const char *calibration_feature_name(int feature);

struct calibration {
    float weights[FIELD_COUNT][CALIBRATION_COUNT]; /* a field that has none keeps its confidence */
    bool is_fitted[FIELD_COUNT];
};

/* ERR_INVALID, and `c` in no known state, on anything but such a file with these features. */
int calibration_parse(struct calibration *c, const char *bytes, size_t length, struct err *err);

/* What the weights are for; the document's proofs must be there (verdict_decide). */
void calibration_features(const struct document *d, enum field_id id, float out[CALIBRATION_COUNT]);

/* Replaces the confidence of every field that was read by its probability, in thousandths and at
 * most 0.999. Once a document: the features are those of raw confidence. */
void calibration_apply(const struct calibration *c, struct document *d);

#endif
