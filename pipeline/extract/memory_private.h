/* Lessons laid on a sheet. Private to the memory. */
#ifndef EXTRACT_MEMORY_PRIVATE_H
#define EXTRACT_MEMORY_PRIVATE_H

#include "models/document.h"
#include "models/lesson.h"
#include "pipeline/extract/candidate.h"

enum { ANCHORS_MAX = 3, LABEL_TOKENS = 4, SHAPE_SIZE = 64 };

/* A lesson laid on a sheet. */
struct hint {
    const struct lesson *lesson;
    float weight;
    struct {
        int first, count; /* tokens that print the label */
    } anchors[ANCHORS_MAX];
    int n_anchors;
    int page, across, down; /* of LESSON_AT */
};

/* The lessons in effect for one document; hints of a field stand together. */
struct memory {
    struct arena *arena;
    const struct sheet *s;
    const struct document *d; /* being filled */
    struct hint *hints;
    int n_hints, first[FIELD_COUNT + 1];
};

/* The weightiest of a kind, or NULL. */
const struct lesson *memory_best(const struct memory *m, enum field_id field,
                                 enum lesson_kind kind);

struct hint hint_on(const struct lesson *lesson, const struct sheet *s);

/* Whether a lesson of place points at this candidate. */
bool hint_selects(const struct hint *hint, const struct sheet *s, const struct candidate *c);

static inline bool lesson_is_place(enum lesson_kind kind)
{
    return kind <= LESSON_AT;
}

/* Whether a candidate of this kind can be a value of the field. */
bool kind_fits_field(enum candidate_kind kind, enum field_id field);

/* The words right before or above a candidate that could be its label; NULL when there are none. */
const char *label_left_of(const struct sheet *s, const struct candidate *c, struct arena *a);
const char *label_above(const struct sheet *s, const struct candidate *c, struct arena *a);
/* The text of LESSON_AT for a candidate. */
const char *place_of(const struct sheet *s, const struct candidate *c, struct arena *a);

/* The keys of the words of a text, one behind the other, as those of tokens stand; phrase_key() of
 * the whole would see letters of two words as one. Gives the length. */
size_t words_key(const char *text, char out[PHRASE_KEY_SIZE]);

/* All keys of a sheet in one string, and the token each letter came from; in arena. */
struct letters {
    const struct sheet *s;
    char *text;
    int *token;
    int count;
};
struct letters letters_of(const struct sheet *s, struct arena *a);

/* The best place where a text is printed: its first and last token; false when nowhere. */
bool find_print(const struct letters *l, const char *text, int *ret_first, int *ret_last);

/* A run of tokens as a candidate of text, without a value. */
struct candidate candidate_of_run(const struct sheet *s, int first, int last);

/* Equal but for spaces, and the case of plain letters. */
bool value_is_same(const char *a, const char *b);

/* Two labels with one comparing form. */
bool label_is_same(const char *a, const char *b);

/* "INV-2041" → "AAA-9999". */
void shape_of(const char *value, char out[SHAPE_SIZE]);

/* "dmy", "ymd" or "mdy" for a date in figures; NULL where the words do not tell. */
const char *date_order_of(const struct sheet *s, const struct candidate *c, struct civil_date date);

#endif
