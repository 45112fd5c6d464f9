/*
 * The fields of an invoice as EN 16931 names them, and what a field carries beside its value: where
 * it stood, who read it, how sure, and which independent checks agree.
 *
 * Values are text in one normal form a kind: amounts decimal with a point, dates ISO 8601,
 * identifiers without spaces, names as printed with single spaces.
 */
#ifndef MODELS_FIELD_H
#define MODELS_FIELD_H

#include "models/page.h"

#include <stdbool.h>

enum field_id {
    FIELD_INVOICE_NUMBER,
    FIELD_ISSUE_DATE,
    FIELD_DUE_DATE,
    FIELD_DELIVERY_DATE,
    FIELD_PERIOD_START,
    FIELD_PERIOD_END,
    FIELD_CURRENCY,
    FIELD_ORDER_REFERENCE,
    FIELD_BUYER_REFERENCE,
    FIELD_CONTRACT_REFERENCE,
    FIELD_PAYMENT_TERMS,
    FIELD_PAYMENT_REFERENCE,
    FIELD_SELLER_NAME,
    FIELD_SELLER_VAT_ID,
    FIELD_SELLER_REGISTRATION_ID,
    FIELD_SELLER_ADDRESS,
    FIELD_SELLER_EMAIL,
    FIELD_BUYER_NAME,
    FIELD_BUYER_VAT_ID,
    FIELD_BUYER_REGISTRATION_ID,
    FIELD_BUYER_ADDRESS,
    FIELD_IBAN,
    FIELD_BIC,
    FIELD_BANK_ACCOUNT,
    FIELD_BANKGIRO,
    FIELD_PLUSGIRO,
    FIELD_TOTAL_LINES,
    FIELD_TOTAL_ALLOWANCES,
    FIELD_TOTAL_CHARGES,
    FIELD_TOTAL_NET,
    FIELD_TOTAL_VAT,
    FIELD_ROUNDING,
    FIELD_TOTAL_GROSS,
    FIELD_PREPAID,
    FIELD_AMOUNT_DUE,
    FIELD_PRECEDING_INVOICE,
    FIELD_COUNT
};

enum field_kind {
    FIELD_TEXT,
    FIELD_IDENTIFIER,
    FIELD_DATE,
    FIELD_AMOUNT,
    FIELD_CODE,
    FIELD_ACCOUNT,
    FIELD_MARK, /* a check box of a form: "selected", "empty" or "doubtful" */
    FIELD_KIND_COUNT
};

struct field_info {
    const char *name;  /* as in JSON and on the command line */
    const char *term;  /* EN 16931 business term: "BT-1" */
    const char *label; /* for people */
    enum field_kind kind;
};

const struct field_info *field_info(enum field_id id);
bool field_parse(const char *name, enum field_id *ret_id);

/* Brings a person's or a file's text to the kind's normal form, written to `out`; false when it is
 * none ("31.02.2026" is no date). `currency` may be NULL. */
bool field_normalise(enum field_id id, const char *text, const char *currency, char *out,
                     size_t size);

/* The same of a kind; which codes and marks there are, its caller knows. */
bool field_kind_normalise(enum field_kind kind, const char *text, const char *currency, char *out,
                          size_t size);

enum field_source {
    SOURCE_NONE,
    SOURCE_XML,
    SOURCE_TEXT,
    SOURCE_OCR,
    SOURCE_PERSON,
    SOURCE_MEMORY,
    SOURCE_COUNT
};
const char *field_source_name(enum field_source source);

/* Independent checks that can agree with a value; a field holds the set of those that do. */
enum proof {
    PROOF_TOTALS,           /* net + VAT = gross */
    PROOF_LINES,            /* lines add up to the net */
    PROOF_VAT_RATE,         /* the rate is law in that country on that date */
    PROOF_VAT_AMOUNT,       /* net x rate = VAT */
    PROOF_CHECKSUM,         /* the identifier's own check digits */
    PROOF_PRINTED_TWICE,    /* the same value stands in another place */
    PROOF_SECOND_READING,   /* read again in another way, same result */
    PROOF_SUPPLIER_KNOWN,   /* the supplier is in the records */
    PROOF_SUPPLIER_PATTERN, /* looks like this supplier's earlier ones */
    PROOF_SUPPLIER_ACCOUNT, /* the account was used by this supplier before */
    PROOF_DATES_IN_ORDER,   /* issue ≤ due, terms fit */
    PROOF_LABEL,            /* stands beside its own label */
    PROOF_STRUCTURED,       /* came from e-invoice XML */
    PROOF_PERSON,           /* a person said so */
    PROOF_DOMAIN,           /* the mail or web domain on the paper spells it */
    PROOF_TERMS,            /* issue date + printed days of credit = due date */
    PROOF_COUNT
};
const char *proof_name(enum proof proof);

/* A value and its evidence; empty when value is NULL. Strings hang in the document's arena. */
struct field {
    const char *value;
    float confidence; /* 0 to 1; the probability of being right where a calibration is in force */
    float reading;    /* of its worst word, while it is extracted; 0 where no word was recognised */
    int page;         /* page number within the file; 0 when it was not on a page */
    struct box box;   /* valid when page > 0 */
    enum field_source source;
    unsigned proofs;         /* bit 1u << enum proof */
    const char *alternative; /* a second reading still alive, or NULL */
};

#endif
