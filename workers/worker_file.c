/*
 * The file stage: what the records keep of a document. Paper becomes a searchable PDF/A; what was
 * born digital is kept byte for byte. The record and its manifest are blobs before the row names
 * them.
 */
#include "workers/worker.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/mem.h"
#include "models/civil_date.h"
#include "pipeline/file/file_record.h"
#include "stores/blobs.h"
#include "stores/records_work.h"
#include "workers/reader/reader_client.h"

#include <string.h>

struct filing_work {
    struct document_row row;
    struct file_row file;
    struct document *document;
    struct page **pages; /* NULL where unread */
    size_t n_pages;
};

static int load_work(struct worker *w, int64_t id, struct arena *a, struct filing_work *ret,
                     struct err *err)
{
    int r = records_load_document(w->house.records, id, a, &ret->row, &ret->document, err);

    if (r == 0)
        r = records_load_file(w->house.records, ret->row.file_id, a, &ret->file, err);
    return r < 0 ? r
                 : records_load_document_pages(w->house.records, id, a, &ret->pages, &ret->n_pages,
                                               err);
}

/* Any page that came as a picture makes the document paper. */
static bool is_paper(const struct filing_work *work)
{
    for (size_t i = 0; i < work->n_pages; i++)
        if (!work->pages[i] || work->pages[i]->source == PAGE_OCR ||
            work->pages[i]->source == PAGE_MIXED || work->pages[i]->is_blank)
            return true;
    return false;
}

/* The pages as record_pdf wants them: an unread one is there without words. */
static struct page **pages_to_print(const struct filing_work *work, struct arena *a)
{
    struct page **pages = arena_alloc_array(a, work->n_pages, sizeof *pages);

    for (size_t i = 0; i < work->n_pages; i++)
        pages[i] = work->pages[i] ? work->pages[i] : page_new(a, work->document->pages[i], 0, 0);
    return pages;
}

static const char *title_of(const struct filing_work *work, struct arena *a)
{
    const char *type = document_type_name(work->row.type);

    return arena_printf(a, "%s%s%s%s%s", type, work->row.number[0] ? " " : "", work->row.number,
                        work->row.supplier[0] ? ", " : "", work->row.supplier);
}

static int make_record(struct worker *w, const struct filing_work *work, struct arena *a,
                       char ret_sha256[HASH_HEX_SIZE], struct err *err)
{
    struct record_options options = {
        .part = w->house.settings.file.pdfa == PDFA_1B ? 1 : 2,
        .title = title_of(work, a),
        .language = work->row.language,
        .created_ms = work->file.created_at,
    };
    AUTO_FREE unsigned char *bytes = NULL;
    AUTO_CLOSE int fd = -1;
    size_t length = 0;
    int r = blobs_get(w->house.blobs, work->file.sha256, &fd, err);

    if (r == 0)
        r = reader_record(w->reader, fd, pages_to_print(work, a), work->n_pages, &options, &bytes,
                          &length, err);
    return r < 0 ? r : blobs_put(w->house.blobs, bytes, length, ret_sha256, err);
}

/* The law counts from the end of the year whose books the paper is in: that of its issue, or that
 * of its arrival, when it came late or its date was misread. A record is rather kept too long. */
static const char *retention_of(const struct worker *w, const struct filing_work *work,
                                struct arena *a)
{
    const char *vat_id = document_value(work->document, FIELD_SELLER_VAT_ID);
    const struct settings *s = &w->house.settings;
    char country[3] = "";
    int year = civil_date_from_unix_ms(work->file.created_at).year;
    struct civil_date issued;

    if (civil_date_parse(work->row.issue_date, &issued) && issued.year > year)
        year = issued.year;
    memcpy(country, s->company.country, strnlen(s->company.country, 2));
    if (!country[0] && vat_id && strlen(vat_id) > 2)
        memcpy(country, vat_id, 2);
    return arena_printf(a, "%04d-12-31", year + (int)settings_retention_years(s, country));
}

static char *text_of(const struct filing_work *work)
{
    struct buf b;

    buf_init(&b, LIMIT_JSON_BYTES);
    for (size_t i = 0; i < work->n_pages; i++) {
        AUTO_FREE char *text = work->pages[i] ? page_text(work->pages[i]) : NULL;

        if (text)
            buf_add_text(&b, text);
        buf_add_char(&b, '\n');
    }
    for (int i = 0; i < FIELD_COUNT; i++)
        if (work->document->fields[i].source == SOURCE_XML) {
            buf_add_text(&b, work->document->fields[i].value);
            buf_add_char(&b, '\n');
        }
    for (size_t i = 0; i < work->document->n_lines; i++)
        if (work->document->lines[i].description) {
            buf_add_text(&b, work->document->lines[i].description);
            buf_add_char(&b, '\n');
        }
    return buf_take(&b);
}

static int keep_manifest(struct worker *w, const struct filing_work *work,
                         const struct filing *filing, char ret_sha256[HASH_HEX_SIZE],
                         struct err *err)
{
    struct manifest_facts facts = {
        .record_sha256 = filing->record_sha256,
        .retention_until = filing->retention_until,
        .engine = w->house.settings.read.engine == ENGINE_OWN ? "own" : "tesseract",
        .model = w->house.settings.read.model,
        .rules = "bilag " BILAG_VERSION,
    };
    AUTO_FREE char *json = NULL;
    int r = records_manifest(w->house.records, work->row.id, &facts, &json, err);

    return r < 0 ? r : blobs_put(w->house.blobs, json, strlen(json), ret_sha256, err);
}

int stage_file(struct worker *w, const struct job *job, struct arena *a, struct next_jobs *ret_next,
               struct err *err)
{
    AUTO_FREE char *text = NULL;
    char record[HASH_HEX_SIZE], manifest[HASH_HEX_SIZE];
    struct filing_work work = {0};
    struct filing filing = {.record_sha256 = record, .manifest_sha256 = manifest};
    int r = load_work(w, job->id.object, a, &work, err);

    if (r < 0)
        return r;
    if (is_paper(&work))
        r = make_record(w, &work, a, record, err);
    else
        memcpy(record, work.file.sha256, sizeof record);
    filing.retention_until = retention_of(w, &work, a);
    if (r == 0)
        r = keep_manifest(w, &work, &filing, manifest, err);
    if (r < 0)
        return r;
    filing.text = text = text_of(&work);
    *ret_next = (struct next_jobs){0};
    return records_commit_file(w->house.records, job, &filing, err);
}
