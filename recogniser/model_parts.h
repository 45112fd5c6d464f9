/*
 * What model.c hands its parts: each gets its component's bytes and fills its member of the
 * model. None of them reads past the component; each fails with the two refusals below.
 */
#ifndef RECOGNISER_MODEL_PARTS_H
#define RECOGNISER_MODEL_PARTS_H

#include "recogniser/bytes.h"
#include "recogniser/model.h"

int network_parse(struct bytes b, struct arena *a, struct network *ret, struct err *err);

/* `unichars` is text, `codes` the recoder: which classes write each character. */
int charset_parse(struct bytes unichars, struct bytes codes, int classes, struct arena *a,
                  struct charset *ret, struct err *err);

int dawg_parse(struct bytes b, struct dawg *ret, struct err *err);

/* ERR_INVALID, reason "model_damaged": `what` is wrong in the file. */
int model_damaged(struct err *err, const char *what);

/* ERR_LIMIT, reason "model_unknown": a good file perhaps, but not one this room runs. */
int model_unknown(struct err *err, const char *what);

#endif
