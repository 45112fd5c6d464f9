/*
 * What one supplier's papers taught: small rules that anybody can read, each with how often it held
 * and how often it did not. A list of them is the memory of that supplier; it rests in the records
 * store as JSON and is weighed as evidence by pipeline/extract/memory.h.
 *
 *   kind        text                              says of the field
 *   right_of    "Fakturanr"                       the value stands right of these words
 *   below       "Forfall"                         the value stands below them
 *   at          "1 612 183"                       page (-1 the last), thousandths of width, height
 *   shape       "AAA-99999"                       the value's letters and digits
 *   value       "Nordlys Kontor AS"               always the same
 *   mark        ","                               the decimal mark of amounts
 *   order       "dmy"                             how dates are written
 *   rate        "25"                              a VAT rate this supplier uses
 *   term        "14"                              days from issue to due
 */
#ifndef MODELS_LESSON_H
#define MODELS_LESSON_H

#include "models/field.h"

struct arena;
struct buf;
struct err;
struct json_t;

/* What a document shows of its supplier. `kind` is a field's name ("seller_vat_id", "iban" …), or
 * SIGN_LOOK: a word of the letterhead and where it stands. */
struct supplier_sign {
    const char *kind, *value;
};
#define SIGN_LOOK "look"

enum lesson_kind {
    LESSON_RIGHT_OF,
    LESSON_BELOW,
    LESSON_AT,
    LESSON_SHAPE,
    LESSON_VALUE,
    LESSON_MARK,
    LESSON_ORDER,
    LESSON_RATE,
    LESSON_TERM,
    LESSON_KIND_COUNT
};
const char *lesson_kind_name(enum lesson_kind kind); /* "right_of" */

struct lesson {
    enum field_id field;
    enum lesson_kind kind;
    const char *text;       /* as above */
    int seen, contradicted; /* documents */
    const char *report;     /* why it is only proposed ("changes 3 of 212"); NULL: in effect */
};

enum { LESSONS_A_FIELD = 4, LESSONS_MAX = 200 }; /* of one kind a field; of a supplier */

struct lessons {
    struct lesson *items; /* in arena */
    size_t n;
};

/* 0 to 1: what it may weigh. One confirmation gives 0.5, three 0.75, and a contradiction counts
 * twice: 0 once a lesson was wrong as often as right, or while it is only proposed. */
float lesson_weight(const struct lesson *lesson);

/* One sentence without a full stop: "right of «Fakturanr», seen 4, contradicted 0". */
void lesson_describe(const struct lesson *lesson, struct buf *b);

struct json_t *lessons_to_json(const struct lessons *lessons); /* owned array */

/* Forgives what it does not know: a field or kind of a newer program is left out. ERR_INVALID when
 * it is no array. */
int lessons_from_json(struct arena *a, const struct json_t *json, struct lessons *ret,
                      struct err *err);

#endif
