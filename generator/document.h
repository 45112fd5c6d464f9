/*
 * One business document: its truth, what of it is printed, and its pages.
 *
 * A maker decides the truth with document_set*; a layout then draws fields with document_show,
 * which also marks them visible. Nothing printed differs from the truth but in form.
 */
#ifndef GENERATOR_DOCUMENT_H
#define GENERATOR_DOCUMENT_H

#include "generator/world.h"

enum field {
    F_INVOICE_NUMBER,
    F_ISSUE_DATE,
    F_DUE_DATE,
    F_DELIVERY_DATE,
    F_PERIOD_START,
    F_PERIOD_END,
    F_CURRENCY,
    F_ORDER_REFERENCE,
    F_BUYER_REFERENCE,
    F_CONTRACT_REFERENCE,
    F_PAYMENT_TERMS,
    F_PAYMENT_REFERENCE,
    F_SELLER_NAME,
    F_SELLER_VAT_ID,
    F_SELLER_REGISTRATION_ID,
    F_SELLER_ADDRESS,
    F_SELLER_EMAIL,
    F_BUYER_NAME,
    F_BUYER_VAT_ID,
    F_BUYER_REGISTRATION_ID,
    F_BUYER_ADDRESS,
    F_IBAN,
    F_BIC,
    F_BANK_ACCOUNT,
    F_BANKGIRO,
    F_PLUSGIRO,
    F_TOTAL_LINES,
    F_TOTAL_ALLOWANCES,
    F_TOTAL_CHARGES,
    F_TOTAL_NET,
    F_TOTAL_VAT,
    F_ROUNDING,
    F_TOTAL_GROSS,
    F_PREPAID,
    F_AMOUNT_DUE,
    F_PRECEDING_INVOICE,
    /* the types' own */
    F_RECEIPT_NUMBER,
    F_DELIVERY_NOTE_NUMBER,
    F_STATEMENT_NUMBER,
    F_OPENING_BALANCE,
    F_CLOSING_BALANCE,
    F_SUBJECT,
    F_REMINDER_FEE,
    F_FULL_NAME,
    F_BUSINESS_NAME,
    F_CLASSIFICATION,
    F_STREET,
    F_CITY,
    F_TAX_ID,
    F_SIGNED_DATE,
    F_COUNT
};

enum type {
    TYPE_INVOICE,
    TYPE_CREDIT_NOTE,
    TYPE_RECEIPT,
    TYPE_REMINDER,
    TYPE_ORDER,
    TYPE_DELIVERY_NOTE,
    TYPE_BANK_STATEMENT,
    TYPE_LETTER,
    TYPE_FORM,
    TYPE_UNKNOWN,
    TYPE_COUNT
};

struct line {
    char *description;
    char *article;
    char *unit;
    int64_t quantity; /* thousandths */
    int64_t price;    /* minor units, before VAT (receipts: with VAT) */
    int64_t amount;
    GDate date;   /* when it was delivered or done */
    int page;     /* of the document, from 1, on which it is printed; 0 where it is not */
    char *note;   /* small print under the description, or NULL */
    int discount; /* percent off, before `amount` */
    int rate;     /* percent */
};

struct vat {
    int rate;
    int64_t net;
    int64_t vat;
};

/* What a trade paper is called, numbered and says; labels are keys of the word lists. */
struct trade {
    const char *title;
    const char *number;
    enum field identity; /* what the number is */
    const char *note;    /* before the table; "" for none */
    bool is_ours;        /* the letterhead is the buyer's */
};

struct document {
    enum type type;
    const struct trade *trade; /* NULL where it is none */
    const struct supplier *seller;
    const struct party *buyer;
    const struct words *words; /* the document's language */
    struct pen *pen;
    struct rng rng;
    char *value[F_COUNT]; /* the truth: plain numbers, ISO dates; NULL where there is none */
    char *shown[F_COUNT]; /* as printed */
    bool is_visible[F_COUNT];
    GArray *lines; /* struct line */
    char *printed; /* letters of what is printed of each line (grammar.h), or NULL */
    struct vat vats[4];
    int vat_count;
    int64_t amount[F_COUNT]; /* of the total fields, minor units */
    const char *currency;    /* the country's, or EUR between countries */
    const char *symbol;
    GDate issue;
    GPtrArray *pages; /* struct page */
};

/* The type's name in the truth, and the type with this name or TYPE_COUNT. */
const char *type_name(enum type type);
enum type type_named(const char *name);
const char *field_name(enum field field);

/* Makes and lays out a document from its seed. */
struct document *document_new(const struct world *world, struct pen *pen, enum type type,
                              enum language language, uint64_t seed);
void document_free(struct document *doc);

/* Quantity x price, and what the line's discount takes off it. */
int64_t line_gross(const struct line *line);
int64_t line_discount(const struct line *line);

/* For makers: `value` and `shown` are taken. */
void document_set(struct document *doc, enum field field, char *value, char *shown);
void document_set_text(struct document *doc, enum field field, const char *text);
void document_set_date(struct document *doc, enum field field, const GDate *date);
void document_set_amount(struct document *doc, enum field field, int64_t minor);

/* Who sells and who buys; on a paper of ours the supplier of the world is the buyer. */
void document_set_parties(struct document *doc, bool is_ours);

/* Forgets all fields and lines: the paper is of no known type. */
void document_wipe(struct document *doc);

/* For layouts. */
struct page *document_add_page(struct document *doc, double width, double height);
struct page *document_page(const struct document *doc, guint n);
const char *document_label(const struct document *doc, const char *key);
char *document_money(const struct document *doc, int64_t minor);

/* The same with the supplier's minus before or behind it. */
char *document_less(const struct document *doc, int64_t minor);

/* Half the suppliers print the amounts of a credit note with a minus. */
bool document_is_negated(const struct document *doc);

/* Draws a field's printed form and marks it visible; nothing where the field has no value. Returns
 * its width. */
double document_show(struct document *doc, struct page *page, enum field field, double x, double y,
                     enum align align, const struct font *font);

/* Draws other text as (part of) a field, for example one line of an address. */
double document_show_as(struct document *doc, struct page *page, enum field field, double x,
                        double y, enum align align, const struct font *font, const char *text);

/* The makers, one a kind of paper; of no known type are offers and statements of account too. */
void sales_make(struct document *doc);
void booking_draw(struct document *doc); /* an order of services instead of one of goods */
void sales_make_unknown(struct document *doc);
void receipt_make(struct document *doc);
void statement_make(struct document *doc);
void letter_make(struct document *doc);
void unknown_make(struct document *doc);
void form_make(struct document *doc);

#endif
