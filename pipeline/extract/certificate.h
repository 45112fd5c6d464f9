/*
 * The certificate: from which probability on a field may be believed without a person. A threshold
 * a field and group of papers, set by scripts/train on papers that taught nothing, so that with
 * 95 % certainty at most 1 % of what is accepted is wrong (the exact binomial bound of Clopper and
 * Pearson, Biometrika 26, 1934, one-sided). A group with too few papers has no threshold: its
 * documents ask a person. models/trained/certificate.txt:
 *
 *   bilag certificate 1
 *   name 2026-11-22
 *   made: …                                        free text, any number of lines
 *   limit 0.010 certainty 0.95
 *   accept scan new total_gross 0.995 498 431 0    threshold, values seen, accepted, wrong of those
 *   accept scan new seller_name - 490 0 0          no threshold
 *
 * The counts are not taken on trust: a file whose counts do not carry its limit is refused.
 */
#ifndef EXTRACT_CERTIFICATE_H
#define EXTRACT_CERTIFICATE_H

#include "models/document.h"

#include <stddef.h>

#define CERTIFICATE_FILE "certificate.txt"

/* Which papers a threshold is for: invoices and credit notes, by how and of whom they came. */
enum certificate_group { GROUP_TEXT_NEW, GROUP_TEXT_KNOWN, GROUP_SCAN_NEW, GROUP_SCAN_KNOWN };
enum { CERTIFICATE_GROUPS = GROUP_SCAN_KNOWN + 1 };
const char *certificate_group_name(enum certificate_group group); /* "text new" */

struct certificate_row {
    int seen;            /* values the field had on the papers it was set on; 0: no such row */
    int accepted, wrong; /* of those: from the threshold on, and wrong nonetheless */
    bool is_automated;   /* a threshold could be set */
    float threshold;     /* valid when is_automated */
};

struct certificate {
    char name[32];
    double limit, certainty;
    struct certificate_row rows[CERTIFICATE_GROUPS][FIELD_COUNT];
};

/* The largest rate of errors that `wrong` of `n` leaves possible with this certainty; 1 of none. */
double certificate_bound(int wrong, int n, double certainty);

/* ERR_INVALID, and `c` in no known state, on a damaged file or one that promises too much. */
int certificate_parse(struct certificate *c, const char *bytes, size_t length, struct err *err);

/* The group of a document whose seller's proofs are there. */
enum certificate_group certificate_group_of(const struct document *d);

#endif
