/* The bridge from the records' memory to the pure verdict. */
#include "workers/judge.h"

#include "base/arena.h"
#include "base/err.h"
#include "pipeline/extract/taught/declared.h"
#include "stores/records_review.h"
#include "stores/records_suppliers.h"
#include "workers/extract_twice.h"
#include "workers/reader/reader_client.h"
#include "workers/type_shelf.h"

#include <inttypes.h>

static bool is_known(void *user, enum field_id field, const char *value, const char **ret_supplier)
{
    const struct judge *judge = user;
    struct err ignored;

    return records_find_supplier(judge->house->records, field, value, *ret_supplier, judge->arena,
                                 ret_supplier, &ignored) == 0;
}

/* Unreadable records: every account is asked about. */
static const char *const *accounts_of(void *user, const char *supplier)
{
    static const char *const none[] = {NULL};
    const struct judge *judge = user;
    const char *const *accounts = none;
    struct err ignored;
    int r = records_list_accounts(judge->house->records, supplier, judge->arena, &accounts,
                                  &ignored);

    return r == ERR_NOT_FOUND ? NULL : accounts;
}

/* An unreadable memory is none: the document is then read as a stranger's. */
static const struct lessons *recall(void *user, const struct supplier_sign *signs, size_t n)
{
    const struct judge *judge = user;
    struct lessons *lessons;
    struct lesson_version version;
    struct err ignored;
    int64_t id;

    if (judge->tried)
        return judge->tried;
    lessons = arena_alloc(judge->arena, sizeof *lessons);
    if (records_recall_supplier(judge->house->records, signs, n, &id, &ignored) < 0 ||
        records_load_lessons(judge->house->records, id, 0, judge->arena, lessons, &version,
                             &ignored) < 0)
        return NULL;
    return lessons;
}

static void fill_declared(void *user, struct arena *a, const struct sheet *s,
                          const struct candidates *c, struct document *d)
{
    const struct judge *judge = user;
    const struct taught *taught = type_shelf_pick(house_types(judge->house), s, d);

    if (taught)
        declared_fill(taught, a, s, c, d);
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
        .scorer = house->scorer,
        .calibration = house->calibration,
        .certificate = house->certificate,
        .is_known = house->records ? is_known : NULL,
        .accounts_of = house->records ? accounts_of : NULL,
        .recall = house->records ? recall : NULL,
        .fill_declared = fill_declared,
        .user = judge,
    };
}

static void add_duplicate(const struct judge *judge, const struct duplicate *found,
                          struct document *d)
{
    static const struct {
        const char *code;
        enum field_id field;
        const char *sentence;
    } kinds[] = {
        [DUPLICATE_NUMBER] = {"duplicate_number", FIELD_INVOICE_NUMBER, "supplier and number"},
        [DUPLICATE_AMOUNT] = {"duplicate_amount", FIELD_TOTAL_GROSS, "supplier, date and amount"},
        [DUPLICATE_PAPER] = {"duplicate_paper", FIELD_TOTAL_GROSS,
                             "amount and looks like the same purchase"},
    };
    const char *other = found->kind == DUPLICATE_PAPER ? found->supplier : "";

    document_add_reason(d, judge->arena, kinds[found->kind].code, (int)kinds[found->kind].field,
                        "document %" PRId64 "%s%s has the same %s", found->document_id,
                        other[0] ? " of " : "", other, kinds[found->kind].sentence);
    d->outcome = OUTCOME_REVIEW;
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
    for (size_t i = 0; i < n; i++)
        add_duplicate(judge, &found[i], d);
    return 0;
}

static int extract_looking(struct house *house, const char *sha256, struct arena *a,
                           struct page *const *pages, const struct document *einvoice,
                           const struct extract_context *context, struct document *d,
                           struct err *err)
{
    AUTO_STORED_FILE struct stored_file file = {house->blobs, sha256, -1};
    struct looker looker = {.file_fd = stored_file_fd, .user = &file};
    struct reader_options options;
    int r;

    reader_options_from(&house->settings, &options);
    looker.reader = reader_new(&options);
    r = extract_twice(&looker, a, pages, einvoice, context, d, err);
    reader_free(looker.reader);
    return r;
}

static int read_stored(struct house *house, const struct extract_context *context,
                       int64_t document_id, bool looks_twice, struct arena *a,
                       struct document **ret_kept, struct document **ret_fresh, struct err *err)
{
    struct document *kept = NULL, *fresh = document_new(a), *einvoice = NULL;
    struct document_row row;
    struct page **pages = NULL;
    size_t n = 0;
    int r = records_load_document(house->records, document_id, a, &row, &kept, err);

    if (r == 0)
        r = records_load_document_pages(house->records, document_id, a, &pages, &n, err);
    if (r == 0)
        r = records_load_einvoice(house->records, row.file_id, a, &einvoice, err);
    if (r < 0)
        return r;
    fresh->file = kept->file;
    fresh->pages = kept->pages;
    fresh->n_pages = kept->n_pages;
    fresh->type = kept->type;
    fresh->type_confidence = kept->type_confidence;
    fresh->declared = kept->declared;
    fresh->language = kept->language;
    fresh->department = kept->department;
    r = looks_twice
            ? extract_looking(house, row.file_sha256, a, pages, einvoice, context, fresh, err)
            : extract_document(a, pages, einvoice, context, fresh, err);
    if (r < 0)
        return r;
    *ret_kept = kept;
    *ret_fresh = fresh;
    return 0;
}

int read_again(struct house *house, const struct extract_context *context, int64_t document_id,
               struct arena *a, struct document **ret_kept, struct document **ret_fresh,
               struct err *err)
{
    return read_stored(house, context, document_id, true, a, ret_kept, ret_fresh, err);
}

int read_words_again(struct house *house, const struct extract_context *context,
                     int64_t document_id, struct arena *a, struct document **ret_kept,
                     struct document **ret_fresh, struct err *err)
{
    return read_stored(house, context, document_id, false, a, ret_kept, ret_fresh, err);
}
