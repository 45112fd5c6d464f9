/*
 * Candidates: every run of tokens that could be an amount, a date, a number with check digits or an
 * identifier, with the key phrases that stand around it.
 *
 * Candidates are made generously and judged later (score.h): a form that is wrong rules one out, a
 * check digit that fails only lowers it.
 */
#ifndef EXTRACT_CANDIDATE_H
#define EXTRACT_CANDIDATE_H

#include "pipeline/extract/amount.h"
#include "pipeline/extract/date.h"
#include "pipeline/extract/sheet.h"

enum candidate_kind {
    CANDIDATE_AMOUNT,
    CANDIDATE_DATE,
    CANDIDATE_IDENTIFIER, /* an invoice, order, contract or customer number */
    CANDIDATE_TEXT,       /* what stands beside a label, in words */
    CANDIDATE_VAT_ID,
    CANDIDATE_ORGANISATION,
    CANDIDATE_IBAN,
    CANDIDATE_BIC,
    CANDIDATE_ACCOUNT,
    CANDIDATE_BANKGIRO,
    CANDIDATE_PLUSGIRO,
    CANDIDATE_REFERENCE,
    CANDIDATE_EMAIL,
    CANDIDATE_KIND_COUNT
};

enum direction { BESIDE, LEFT, ABOVE, HEAD, BELOW, DIRECTION_COUNT };

struct evidence {
    int mention;
    enum direction direction;
    float strength; /* 0 to 1: near, alone and certain; above 1 for a title with its number */
};

enum { EVIDENCE_MAX = 8 };

struct candidate {
    enum candidate_kind kind;
    int first, count, row, page; /* tokens; page is an index */
    struct box box, printed;
    float confidence; /* of its worst word */
    bool is_ocr;
    bool is_checked;     /* its own check digits agree */
    bool has_form;       /* accounts: of a country that prints them so, without check digits */
    bool is_code_line;   /* of a payment slip's line for machines, which proves itself */
    bool is_second;      /* only a second look read it so (doubts.h) */
    bool is_last_in_row; /* amounts: no other amount stands right of it */
    const char *value;   /* normal form; NULL for amounts */
    struct amount amount;
    struct date_reading date;
    struct evidence evidence[EVIDENCE_MAX];
    int n_evidence;
};

struct candidates {
    struct candidate *items;
    int count, capacity;
    bool month_first;            /* as in date_parse */
    const struct memory *memory; /* what is known of the supplier, or NULL */
};

struct arena;

/* Finds all candidates of the sheet and their evidence. `month_first` as in date_parse. */
void candidates_find(struct candidates *c, struct arena *a, const struct sheet *s,
                     bool month_first);

/* What lies on tokens first … first + count - 1; its value is not known yet. */
struct candidate candidate_of_tokens(const struct sheet *s, enum candidate_kind kind, int first,
                                     int count);

/* Appends one; box, page and confidence are filled from its tokens. */
struct candidate *candidates_add(struct candidates *c, struct arena *a, const struct sheet *s,
                                 enum candidate_kind kind, int first, int count);

/* The generators, one a family. */
void candidates_find_amounts(struct candidates *c, struct arena *a, const struct sheet *s);
void candidates_find_dates(struct candidates *c, struct arena *a, const struct sheet *s,
                           bool month_first);
void candidates_find_numbers(struct candidates *c, struct arena *a, const struct sheet *s);
void candidates_find_code_lines(struct candidates *c, struct arena *a, const struct sheet *s);
void candidates_find_texts(struct candidates *c, struct arena *a, const struct sheet *s);

/* What `text`, another reading of these tokens, could be of all that has check digits. */
void candidates_add_numbers(struct candidates *c, struct arena *a, const struct sheet *s,
                            const char *text, int first, int count);

/* Looks around one candidate for key phrases. */
void candidate_look_around(struct candidate *c, const struct sheet *s);

/* The strongest evidence for any of these concepts, or NULL. */
const struct evidence *candidate_evidence(const struct candidate *c, const struct sheet *s,
                                          uint64_t concepts);

/* Gap between token i and the one before it, in heights of their row; large at a row's start. */
float token_gap(const struct sheet *s, int i);

#endif
