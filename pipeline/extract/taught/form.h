/*
 * Forms: a page laid over the blank one by what is printed on both, and what stands in each box.
 */
#ifndef TAUGHT_FORM_H
#define TAUGHT_FORM_H

#include "models/type.h"
#include "pipeline/extract/sheet.h"

#include <stdbool.h>

struct arena;

/* From points of the blank form to points of the page: x' = a x + b y + c, y' = d x + e y + f. */
struct form_fit {
    float a, b, c, d, e, f;
    int anchors; /* that agree */
};

/* Lays page number `number` of the form over the sheet's page of that number. False when fewer than
 * three anchors agree. */
bool form_fit(const struct type *type, const struct sheet *s, int number, struct form_fit *ret);

struct box form_place(const struct form_fit *fit, const struct box *box);

/* The way back: where on the form a point of the page is. */
struct form_fit form_back(const struct form_fit *fit);

/* "empty", "doubtful" or "selected". */
const char *form_mark_state(float ink);

/* What stands in a field's box; value NULL when nothing does. In arena. */
struct form_value {
    const char *value;
    float confidence;
    struct box box;
};
struct form_value form_read(const struct sheet *s, struct arena *a, const struct form_fit *fit,
                            const struct type_field *field);

#endif
