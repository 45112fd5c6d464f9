/*
 * From a document's fields to a balanced entry. Amounts are parsed strictly in the document's
 * currency; what cannot be told exactly, or does not add up, is refused with a reason for the
 * person who will look at it. Nothing is rounded here: every amount posted stands on the document
 * or is the difference of two that do.
 */
#include "pipeline/post/post.h"

#include "base/arena.h"
#include "base/err.h"
#include "models/money.h"

#include <inttypes.h>
#include <string.h>

#define SELLER_KEY_SIZE 128

/* In minor units, signs as an invoice has them. */
struct amounts {
    int64_t net, vat, rounding, gross;
    bool by_rate; /* the VAT of the rates is the VAT */
};

static int refuse(struct err *err, const char *reason, const char *sentence)
{
    err_set(err, ERR_INVALID, "%s", sentence);
    if (err)
        err->reason = reason;
    return ERR_INVALID;
}

/* 1 when the field holds an amount, 0 when it is empty. */
static int parse_amount(const char *value, const char *currency, int64_t *ret, struct err *err)
{
    if (!value)
        return 0;
    if (!money_parse(value, currency_exponent(currency), ret))
        return refuse(err, "bad_amount", "an amount has too many digits for its currency");
    return 1;
}

/* What is missing follows from the rest: net from gross and VAT, or no VAT at all. */
static int fill_in(const struct document *d, const char *currency, struct amounts *m,
                   struct err *err)
{
    int has_gross = parse_amount(document_value(d, FIELD_TOTAL_GROSS), currency, &m->gross, err);
    int has_net = parse_amount(document_value(d, FIELD_TOTAL_NET), currency, &m->net, err);
    int has_vat = parse_amount(document_value(d, FIELD_TOTAL_VAT), currency, &m->vat, err);
    int rounding = parse_amount(document_value(d, FIELD_ROUNDING), currency, &m->rounding, err);

    if (has_gross < 0 || has_net < 0 || has_vat < 0 || rounding < 0)
        return ERR_INVALID;
    if (!has_gross)
        return refuse(err, "no_total", "there is no total to post (set total_gross)");
    if (!has_net)
        m->net = m->gross - m->vat;
    return 0;
}

/* EN 16931 rounds only what is to be paid; on paper the total is often rounded already. Both are
 * brought to one form: gross is the debt, rounding included. */
static int settle_rounding(struct amounts *m, struct err *err)
{
    if (m->net + m->vat == m->gross) {
        m->gross += m->rounding;
        return 0;
    }
    if (m->net + m->vat + m->rounding != m->gross)
        return refuse(err, "total_mismatch",
                      "net, VAT and rounding do not add up to the total (set total_net, total_vat, "
                      "rounding or total_gross)");
    return 0;
}

/* Rates are read, not keyed: a VAT that a person settled is posted in one line when they differ. */
static int check_rates(const struct document *d, const char *currency, struct amounts *m,
                       struct err *err)
{
    bool is_settled = d->fields[FIELD_TOTAL_VAT].proofs & 1u << PROOF_PERSON;
    int64_t sum = 0, one = 0;
    int r = 0;

    for (size_t i = 0; r >= 0 && i < d->n_vat; i++) {
        r = parse_amount(d->vat[i].vat, currency, &one, is_settled ? NULL : err);
        sum += r > 0 ? one : 0;
    }
    m->by_rate = r >= 0 && d->n_vat && sum == m->vat;
    if (m->by_rate || !d->n_vat || is_settled)
        return 0;
    return r < 0 ? r
                 : refuse(err, "vat_mismatch",
                          "the VAT of the rates does not add up to the VAT (set total_vat)");
}

static int collect(const struct document *d, const char *currency, struct amounts *ret,
                   struct err *err)
{
    struct amounts m = {0};
    int r = fill_in(d, currency, &m, err);

    if (r == 0)
        r = settle_rounding(&m, err);
    if (r == 0)
        r = check_rates(d, currency, &m, err);
    if (r == 0)
        *ret = m;
    return r;
}

/* ---- lines ---- */

static void add_line(struct posting_line *lines, size_t *n, const char *account, int64_t amount,
                     const char *text)
{
    if (amount != 0)
        lines[(*n)++] = (struct posting_line){account, amount, text};
}

static void add_vat(struct arena *a, const struct document *d, const char *currency,
                    const char *account, int64_t sign, const struct amounts *m,
                    struct posting_line *lines, size_t *n)
{
    int64_t one = 0;

    if (!m->by_rate)
        add_line(lines, n, account, sign * m->vat, "VAT");
    for (size_t i = 0; m->by_rate && i < d->n_vat; i++)
        if (parse_amount(d->vat[i].vat, currency, &one, NULL) > 0)
            add_line(lines, n, account, sign * one,
                     arena_printf(a, "VAT %s %%", d->vat[i].rate ? d->vat[i].rate : "?"));
}

/* A credit note may be printed with or without minus signs; it takes back either way. */
static int64_t sign_of(const struct document *d, const struct amounts *m)
{
    return d->type == DOCUMENT_CREDIT_NOTE && m->gross > 0 ? -1 : 1;
}

static void make_lines(struct arena *a, const struct document *d, const char *currency,
                       const struct post_context *context, const struct amounts *m,
                       struct posting *p)
{
    struct posting_line *lines = arena_alloc_array(a, d->n_vat + 4, sizeof *lines);
    int64_t sign = sign_of(d, m);
    size_t n = 0;

    add_line(lines, &n, context->expense, sign * m->net, "net");
    add_vat(a, d, currency, context->input_vat, sign, m, lines, &n);
    add_line(lines, &n, context->expense, sign * m->rounding, "rounding");
    add_line(lines, &n, context->supplier, -sign * m->gross, "to pay");
    p->lines = lines;
    p->n_lines = n;
}

/* ---- the posting ---- */

/* From the bytes, the place within them and the kind: the same paper has the same key even in a
 * records store that was made anew. */
static const char *make_key(struct arena *a, const struct document *d,
                            const struct post_context *context)
{
    const char *text = arena_printf(
        a, "bilag posting\n%zu:%s\n%s\n%d\n%s\n", strlen(context->company), context->company,
        context->file_sha256, d->n_pages ? d->pages[0] : 0, document_type_name(d->type));
    char *hex = arena_alloc(a, HASH_HEX_SIZE);

    hash_bytes(text, strlen(text), hex);
    return hex;
}

static int identify(struct arena *a, const struct document *d, struct posting *p, struct err *err)
{
    const char *name = document_value(d, FIELD_SELLER_NAME);
    const char *issued = document_value(d, FIELD_ISSUE_DATE);
    const char *due = document_value(d, FIELD_DUE_DATE);
    char *seller = arena_alloc(a, SELLER_KEY_SIZE);

    p->seller_id = seller;
    p->seller_name = name ? name : "";
    p->invoice_number = document_value(d, FIELD_INVOICE_NUMBER);
    p->currency = document_value(d, FIELD_CURRENCY);
    posting_seller_key(d, seller, SELLER_KEY_SIZE);
    if (!p->invoice_number || !p->invoice_number[0])
        return refuse(err, "no_number", "there is no invoice number (set invoice_number)");
    if (!seller[0])
        return refuse(err, "no_seller", "the supplier is not known (set seller_name)");
    if (!issued || !civil_date_parse(issued, &p->date))
        return refuse(err, "no_date", "there is no issue date (set issue_date)");
    if (!p->currency || !currency_is_known(p->currency))
        return refuse(err, "no_currency", "the currency is not known (set currency)");
    if (due)
        civil_date_parse(due, &p->due_date);
    return 0;
}

int post_document(struct arena *a, const struct document *d, const struct post_context *context,
                  struct posting *ret, struct err *err)
{
    struct posting p = {.company = context->company,
                        .document_sha256 = context->file_sha256,
                        .document_id = context->document_id};
    struct amounts m = {0};
    int r;

    if (!document_type_is_posted(d->type))
        return refuse(err, "not_posted_type", "a document of this type is not posted");
    r = identify(a, d, &p, err);
    if (r == 0)
        r = collect(d, p.currency, &m, err);
    if (r < 0)
        return r;
    p.kind = d->type == DOCUMENT_CREDIT_NOTE ? POSTING_CREDIT_NOTE : POSTING_INVOICE;
    p.key = make_key(a, d, context);
    p.text = arena_printf(a, "%s %s, %s", p.kind == POSTING_CREDIT_NOTE ? "Credit note" : "Invoice",
                          p.invoice_number, p.seller_name);
    make_lines(a, d, p.currency, context, &m, &p);
    if (p.n_lines < 2)
        return refuse(err, "no_total", "the total is zero");
    *ret = p;
    return 0;
}
