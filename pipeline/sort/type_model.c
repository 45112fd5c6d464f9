/*
 * Reads, writes and applies the type model. What counts is how far the best known type is ahead of
 * `unknown`, not its score by itself: a strange invoice scores low for every type, and lowest for
 * none. It must be ahead of the second as well, otherwise a person is asked.
 */
#include "pipeline/sort/type_model.h"

#include "base/buf.h"
#include "base/err.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char MAGIC[] = "bilag document type model, features 5\n";
static_assert(FEATURES_VERSION == 5, "the magic names the version of the features");

/* Taken from the score of unknown. Training sees strange papers of no type, but few strange ones of
 * a type: in an earlier training, 3 found three real forms in 147 more than 2.5 did, and called no
 * paper of none by a name. */
static const float HANDICAP = 3;
static const float AHEAD = 1.2f; /* times as likely as the second */

/* Reads "scale NAME VALUE" lines of the head. */
static bool read_scales(struct type_model *m, const char *head, size_t length)
{
    int found = 0;

    for (const char *line = head; line < head + length;) {
        const char *end = memchr(line, '\n', (size_t)(head + length - line));
        char name[32];
        float scale;
        enum document_type type;

        if (!end)
            break;
        if (sscanf(line, "scale %31s %f", name, &scale) == 2 && document_type_parse(name, &type) &&
            scale >= 0 && scale < 1000) {
            m->scale[type] = scale;
            found++;
        }
        line = end + 1;
    }
    return found > 1;
}

int type_model_parse(struct type_model *m, const char *bytes, size_t length, struct err *err)
{
    const char *body = length > sizeof MAGIC ? memmem(bytes, length, "\n\n", 2) : NULL;

    if (!body || memcmp(bytes, MAGIC, sizeof MAGIC - 1) != 0)
        return err_set(err, ERR_INVALID, "no type model of these features");
    body += 2;
    if (length - (size_t)(body - bytes) != sizeof m->familiar + sizeof m->weight)
        return err_set(err, ERR_INVALID, "type model has %zu bytes of weights, not %zu",
                       length - (size_t)(body - bytes), sizeof m->familiar + sizeof m->weight);
    memset(m->scale, 0, sizeof m->scale);
    if (!read_scales(m, bytes, (size_t)(body - bytes)))
        return err_set(err, ERR_INVALID, "type model without scales");
    memcpy(&m->familiar, body, sizeof m->familiar);
    memcpy(m->weight, body + sizeof m->familiar, sizeof m->weight);
    return 0;
}

static float largest(const float *weights)
{
    float top = 0;

    for (int i = 0; i < FEATURE_COUNT; i++)
        top = fmaxf(top, fabsf(weights[i]));
    return top;
}

void type_model_print(const struct familiar *familiar,
                      const float weights[DOCUMENT_TYPE_COUNT][FEATURE_COUNT],
                      const char *provenance, struct buf *out)
{
    buf_add_text(out, MAGIC);
    buf_add_text(out, provenance);
    for (int t = 0; t < DOCUMENT_TYPE_COUNT; t++)
        buf_printf(out, "scale %s %.8f\n", document_type_name((enum document_type)t),
                   (double)(largest(weights[t]) / 127));
    buf_add_char(out, '\n');
    buf_add(out, familiar, sizeof *familiar);
    for (int t = 0; t < DOCUMENT_TYPE_COUNT; t++) {
        float scale = largest(weights[t]) / 127;

        for (int i = 0; i < FEATURE_COUNT; i++)
            buf_add_char(out, scale > 0 ? (char)lrintf(weights[t][i] / scale) : 0);
    }
}

static float score_of(const struct type_model *m, const struct features *f, int type)
{
    float score = 0;

    for (int i = 0; i < FEATURE_COUNT; i++)
        score += f->value[i] * m->weight[type][i];
    return score * m->scale[type] - (type == DOCUMENT_UNKNOWN ? HANDICAP : 0);
}

enum document_type type_model_predict(const struct type_model *m, const struct features *f,
                                      float *ret_confidence)
{
    float odds[DOCUMENT_TYPE_COUNT], sum = 0, best = 0, second = 0;
    enum document_type type = DOCUMENT_UNKNOWN;

    for (int t = 0; t < DOCUMENT_TYPE_COUNT; t++) {
        odds[t] = m->scale[t] > 0 ? expf(fminf(score_of(m, f, t), 50)) : 0;
        sum += odds[t];
        if (t == DOCUMENT_UNKNOWN)
            continue;
        if (odds[t] > best) {
            second = best;
            best = odds[t];
            type = (enum document_type)t;
        } else if (odds[t] > second) {
            second = odds[t];
        }
    }
    if (best <= odds[DOCUMENT_UNKNOWN] || best < AHEAD * second)
        type = DOCUMENT_UNKNOWN;
    best = sum > 0 ? best / sum : 0;
    *ret_confidence = type == DOCUMENT_UNKNOWN ? 1 - best : best;
    return type;
}
