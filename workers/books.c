/* The worker posts what the person saw on approving: both get the entry here. */
#include "workers/books.h"

#include "models/settings.h"
#include "pipeline/post/post.h"
#include "stores/records.h"

int books_posting(const struct settings *s, const struct document_row *row,
                  const struct document *d, struct arena *a, struct posting *ret, struct err *err)
{
    const char *name = s->company.name[0] ? s->company.name : "unnamed"; /* the doctor complains */
    const struct post_context context = {
        .company = s->company.registration_id[0] ? s->company.registration_id : name,
        .expense = s->accounts.expense,
        .input_vat = s->accounts.input_vat,
        .supplier = s->accounts.supplier,
        .file_sha256 = row->file_sha256,
        .document_id = row->id,
    };

    return post_document(a, d, &context, ret, err);
}
