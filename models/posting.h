/*
 * A ledger entry on its way to the accounting store: made by pipeline/post, kept by stores.
 * Amounts are minor units of `currency`; debit above zero, credit below; together they are zero.
 */
#ifndef MODELS_POSTING_H
#define MODELS_POSTING_H

#include "base/hash.h"
#include "models/civil_date.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct document;

enum posting_kind { POSTING_INVOICE, POSTING_CREDIT_NOTE, POSTING_REVERSAL, POSTING_KIND_COUNT };
const char *posting_kind_name(enum posting_kind kind); /* "credit_note" */
bool posting_kind_parse(const char *name, enum posting_kind *ret_kind);

struct posting_line {
    const char *account;
    int64_t amount_minor;
    const char *text; /* "VAT 25 %"; may be "" */
};

/* Strings are never NULL; borrowed from whoever made it. */
struct posting {
    const char *key; /* 64 hex digits, computed from the document */
    enum posting_kind kind;
    const char *company;   /* whose ledger */
    const char *seller_id; /* digits of the VAT or registration number, else the folded name */
    const char *seller_name;
    const char *invoice_number;  /* as printed */
    const char *document_sha256; /* of the file it came from */
    int64_t document_id;
    struct civil_date date;
    struct civil_date due_date; /* year 0: none */
    const char *currency;
    const char *text; /* "Invoice 10482, Nordlys Kontor AS" */
    const struct posting_line *lines;
    size_t n_lines;
};

/* SHA-256 over every field in a fixed form: two postings with one hash say the same. */
void posting_hash(const struct posting *p, char ret_sha256[HASH_HEX_SIZE]);

/* "0010-482 A" → "10482a": letters and digits only, folded, no zeros in front, so that two prints
 * of one number are equal. Writes at most size - 1 bytes. */
void posting_normalise_number(const char *number, char *out, size_t size);

/* By what a seller is known again: the digits of the VAT or registration number, else the folded
 * name; "" when the document tells none. Writes at most size - 1 bytes. */
void posting_seller_key(const struct document *d, char *out, size_t size);

#endif
