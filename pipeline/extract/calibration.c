/*
 * Weights times features through the logistic function. The features say what the scorer could not
 * know when it gave its confidence: which equations closed in the end, what the rest of the paper
 * looks like. Nothing of a person's or an e-invoice's is touched.
 */
#include "pipeline/extract/calibration.h"

#include "base/err.h"
#include "base/mem.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char MAGIC[] = "bilag calibration, features 1\n";
static const float WEIGHT_MAX = 1000;

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

/* ---- the file ---- */

/* The next word of a line, or NULL; `*at` moves behind it. */
static const char *next_word(char **at)
{
    char *word;

    do {
        word = strsep(at, " ");
    } while (word && !*word);
    return word;
}

static bool parse_number(const char *text, float *ret)
{
    char *end;

    if (!text)
        return false;
    *ret = strtof(text, &end);
    return end != text && !*end && fabsf(*ret) < WEIGHT_MAX;
}

static bool parse_order(char *rest)
{
    for (int i = 0; i < CALIBRATION_COUNT; i++) {
        const char *word = next_word(&rest);

        if (!word || strcmp(word, calibration_feature_name(i)) != 0)
            return false;
    }
    return !next_word(&rest);
}

static bool parse_weights(struct calibration *c, char *rest)
{
    const char *name = next_word(&rest);
    enum field_id id;

    if (!name || !field_parse(name, &id) || c->is_fitted[id] || !next_word(&rest) ||
        !next_word(&rest))
        return false;
    for (int i = 0; i < CALIBRATION_COUNT; i++)
        if (!parse_number(next_word(&rest), &c->weights[id][i]))
            return false;
    c->is_fitted[id] = true;
    return !next_word(&rest);
}

int calibration_parse(struct calibration *c, const char *bytes, size_t length, struct err *err)
{
    AUTO_FREE char *text = mem_strndup(bytes, length);
    char *rest = text + sizeof MAGIC - 1, *line;
    bool has_order = false;

    *c = (struct calibration){0};
    if (strncmp(text, MAGIC, sizeof MAGIC - 1) != 0)
        return err_set(err, ERR_INVALID, "no calibration of these features");
    while ((line = strsep(&rest, "\n"))) {
        if (strncmp(line, "features ", 9) == 0) {
            if (!parse_order(line + 9))
                return err_set(err, ERR_INVALID, "calibration of other features");
            has_order = true;
        } else if (strncmp(line, "field ", 6) == 0) {
            if (!has_order || !parse_weights(c, line + 6))
                return err_set(err, ERR_INVALID, "calibration with a damaged line of weights");
        }
    }
    return has_order ? 0 : err_set(err, ERR_INVALID, "calibration without features");
}

/* ---- its use ---- */

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
