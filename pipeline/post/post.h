/*
 * post: one approved invoice becomes a balanced ledger entry. Pure.
 *
 *   invoice       expense +net, input VAT +vat (a line a rate), supplier -gross
 *   credit note   the same with the signs turned
 *
 * Everything follows from the document and the settings, the key too, so the same job gives the
 * same posting however often it is run. Amounts stay in the document's currency.
 */
#ifndef PIPELINE_POST_H
#define PIPELINE_POST_H

#include "models/document.h"
#include "models/posting.h"

#include <stdint.h>

struct arena;
struct err;

struct post_context {
    const char *company; /* whose ledger: registration or VAT number, else the name */
    const char *expense, *input_vat, *supplier; /* account codes */
    const char *file_sha256;
    int64_t document_id;
};

/*
 * In arena. ERR_INVALID with a reason token when it must not be posted: "not_posted_type",
 * "no_number", "no_seller", "no_date", "no_currency", "no_total", "bad_amount", "total_mismatch"
 * (net + VAT + rounding is not the gross), "vat_mismatch" (the rates do not add up to the VAT).
 */
int post_document(struct arena *a, const struct document *d, const struct post_context *context,
                  struct posting *ret, struct err *err);

#endif
