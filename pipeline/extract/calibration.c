/*
 * Weights times features through the logistic function. The features say what the scorer could not
 * know when it gave its confidence: which equations closed in the end, what the rest of the paper
 * looks like. Nothing of a person's or an e-invoice's is touched.
 */
#include "pipeline/extract/calibration.h"
#include "pipeline/extract/weights.h"

#include <math.h>

static const char *const names[CALIBRATION_PROOFS] = {
    [CALIBRATION_BIAS] = "bias",           [CALIBRATION_RAW] = "raw",
    [CALIBRATION_SCAN] = "scan",           [CALIBRATION_WORD] = "word",
    [CALIBRATION_AMBIGUOUS] = "ambiguous", [CALIBRATION_UNPLACED] = "unplaced",
    [CALIBRATION_TYPE] = "type",           [CALIBRATION_CREDIT] = "credit",
    [CALIBRATION_PAGES] = "pages",         [CALIBRATION_SUMS] = "sums",
    [CALIBRATION_SELLER] = "seller",
};

const char *calibration_feature_name(int feature)
{
    return feature < CALIBRATION_PROOFS ? names[feature]
                                        : proof_name((enum proof)(feature - CALIBRATION_PROOFS));
}

int calibration_parse(struct calibration *c, const char *bytes, size_t length, struct err *err)
{
    static const struct weight_format format = {"bilag calibration, features 1", CALIBRATION_COUNT,
                                                calibration_feature_name};

    return weights_parse(&format, bytes, length, c->weights[0], c->is_fitted, err);
}

static float log_odds(float p)
{
    p = fminf(fmaxf(p, 0.001f), 0.999f);
    return logf(p / (1 - p));
}

static bool has(const struct document *d, enum field_id id, enum proof proof)
{
    return d->fields[id].value && d->fields[id].proofs & 1u << proof;
}

void calibration_features(const struct document *d, enum field_id id, float out[CALIBRATION_COUNT])
{
    const struct field *field = &d->fields[id];
    bool is_scan = field->source == SOURCE_OCR;

    out[CALIBRATION_BIAS] = 1;
    out[CALIBRATION_RAW] = log_odds(field->confidence);
    out[CALIBRATION_SCAN] = is_scan;
    out[CALIBRATION_WORD] = is_scan && field->reading > 0 ? log_odds(field->reading) : 0;
    out[CALIBRATION_AMBIGUOUS] = field->alternative != NULL;
    out[CALIBRATION_UNPLACED] = field->page == 0;
    out[CALIBRATION_TYPE] = 1 - d->type_confidence;
    out[CALIBRATION_CREDIT] = d->type == DOCUMENT_CREDIT_NOTE;
    out[CALIBRATION_PAGES] = d->n_pages > 1;
    out[CALIBRATION_SUMS] = has(d, FIELD_TOTAL_GROSS, PROOF_TOTALS) &&
                            has(d, FIELD_TOTAL_VAT, PROOF_VAT_AMOUNT) &&
                            has(d, FIELD_TOTAL_VAT, PROOF_VAT_RATE);
    out[CALIBRATION_SELLER] = has(d, FIELD_SELLER_VAT_ID, PROOF_CHECKSUM) ||
                              has(d, FIELD_SELLER_REGISTRATION_ID, PROOF_CHECKSUM);
    for (int i = 0; i < PROOF_COUNT; i++)
        out[CALIBRATION_PROOFS + i] = (field->proofs >> i) & 1;
}

void calibration_apply(const struct calibration *c, struct document *d)
{
    float probability[FIELD_COUNT];

    for (int i = 0; i < FIELD_COUNT; i++) {
        float features[CALIBRATION_COUNT], sum = 0;
        const struct field *field = &d->fields[i];

        probability[i] = field->confidence;
        if (!field->value || !c->is_fitted[i] ||
            field->proofs & (1u << PROOF_PERSON | 1u << PROOF_STRUCTURED))
            continue;
        calibration_features(d, (enum field_id)i, features);
        for (int k = 0; k < CALIBRATION_COUNT; k++)
            sum += c->weights[i][k] * features[k];
        probability[i] = fminf(roundf(1000 / (1 + expf(-sum))) / 1000, 0.999f);
    }
    for (int i = 0; i < FIELD_COUNT; i++)
        d->fields[i].confidence = probability[i];
}
