/* The bridge from the records' memory to the pure verdict. */
#include "workers/judge.h"

#include "base/err.h"
#include "stores/records_review.h"

#include <inttypes.h>

static bool is_known(void *user, enum field_id field, const char *value, const char **ret_supplier)
{
    const struct judge *judge = user;
    struct err ignored;

    return records_find_supplier(judge->house->records, field, value, judge->arena, ret_supplier,
                                 &ignored) == 0;
}

void judge_init(struct judge *judge, struct house *house, struct arena *a, struct civil_date today)
{
    const struct settings *s = &house->settings;

    *judge = (struct judge){
        .company = {.name = s->company.name,
                    .country = s->company.country,
                    .currency = s->company.currency,
                    .vat_id = s->company.vat_id,
                    .registration_id = s->company.registration_id},
        .house = house,
        .arena = a,
    };
    judge->context = (struct extract_context){
        .company = &judge->company,
        .today = today,
        .post_confidence = (float)s->post.confidence,
        .is_known = is_known,
        .user = judge,
    };
}

int judge_add_duplicates(const struct judge *judge, int64_t document_id, struct document *d,
                         struct err *err)
{
    struct duplicate *found;
    size_t n = 0;
    int r;

    if (!document_type_is_posted(d->type))
        return 0;
    r = records_find_duplicates(judge->house->records, document_id, d, judge->arena, &found, &n,
                                err);
    if (r < 0)
        return r;
    for (size_t i = 0; i < n; i++) {
        bool is_number = found[i].kind == DUPLICATE_NUMBER;

        document_add_reason(d, judge->arena, is_number ? "duplicate_number" : "duplicate_amount",
                            is_number ? FIELD_INVOICE_NUMBER : FIELD_TOTAL_GROSS,
                            is_number ? "document %" PRId64 " has the same supplier and number"
                                      : "document %" PRId64
                                        " has the same supplier, date and amount",
                            found[i].document_id);
        d->outcome = OUTCOME_REVIEW;
    }
    return 0;
}
