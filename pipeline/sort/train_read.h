/* What bilag-train prints of documents whose words are known: as the line would read them. */
#ifndef SORT_TRAIN_READ_H
#define SORT_TRAIN_READ_H

#include "pipeline/extract/extract.h"
#include "pipeline/sort/sort.h"
#include "pipeline/sort/training.h"

struct calibration;
struct certificate;
struct known;
struct scorer;

struct train_reader {
    const struct sorter *sorter;
    const struct scorer *scorer;
    const struct calibration *calibration; /* or NULL, as in extract_context */
    const struct certificate *certificate;
    struct known *known; /* remembers suppliers, or NULL: every document is a stranger's */
    bool has_features;   /* print what calibration weighs of each field */
    bool has_candidates; /* print every candidate that was considered */
};

/* Prints the documents of `t` as JSON lines. */
int train_reader_print(const struct train_reader *reader, struct arena *a,
                       struct training_document *t, struct err *err);

/* Suppliers met so far, by the truth; free() nothing else of it. */
struct known *known_new(void);
void known_free(struct known *known);

#endif
