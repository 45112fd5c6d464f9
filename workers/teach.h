/*
 * What a person's approval or correction teaches about the supplier: lessons are learnt, tried on
 * the supplier's earlier documents, and only then put into effect.
 */
#ifndef WORKERS_TEACH_H
#define WORKERS_TEACH_H

#include "workers/house.h"

struct taught {
    int64_t supplier_id;   /* 0: nobody was found to learn about */
    int64_t version;       /* of the lessons now */
    size_t lessons;        /* in effect */
    size_t proposed;       /* held back, with their report */
    int replayed, changed; /* earlier documents tried, and those whose approved values changed */
};

/* Learns from a document that was just approved, or (is_approved false) corrected and still
 * waiting; then only what the person set counts. A document that teaches again right after itself
 * replaces what it taught. Failing to learn never undoes the decision: tell it and go on. */
int teach(struct house *house, int64_t document_id, bool is_approved, const char *who,
          struct taught *ret, struct err *err);

#endif
