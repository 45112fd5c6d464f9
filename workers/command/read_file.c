/*
 * The verbs in a row. A page that cannot be read costs the file that page: its documents say so and
 * wait for a person. Only when nothing of a file could be read is it an error.
 */
#include "workers/command/read_file.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/mem.h"
#include "models/fault.h"
#include "models/page_json.h"
#include "pipeline/extract/extract.h"
#include "pipeline/sort/sort.h"
#include "workers/extract_twice.h"
#include "workers/reader/reader_client.h"

#include <string.h>
#include <sys/stat.h>

#define NESTING_MAX 4 /* a mail in a mail in a mail with a PDF */

/* One file in hand: the one named, or an attachment within. */
struct sheaf {
    const struct read_desk *desk;
    struct arena *arena;
    struct buf *out;
    const char *name;
    int fd;
    int depth;
    struct opened opened;
    struct page **pages; /* those asked for; NULL where unread */
    struct err *why;     /* one a page: what went wrong, code 0 when nothing did */
    int *numbers;
    size_t n_pages;
};

static bool read_sheaf(struct sheaf *sheaf);

static void print_json(const struct read_desk *desk, json_t *json, struct buf *out)
{
    AUTO_JSON json_t *owned = json;
    AUTO_FREE char *text = desk->is_compact
                               ? json_text(owned)
                               : json_dumps(owned, JSON_INDENT(2) | JSON_REAL_PRECISION(6));

    if (!text)
        BUG("a document that does not print");
    buf_add_text(out, text);
    buf_add_char(out, '\n');
}

void read_print_error(const struct read_desk *desk, const char *file, const char *code,
                      const char *message, struct buf *out)
{
    json_t *json = json_object(), *error = json_object();

    json_set_text(error, "code", code);
    json_set_text(error, "message", message);
    json_set_text(json, "schema", "bilag/1");
    json_set_text(json, "file", file);
    json_set(json, "error", error);
    print_json(desk, json, out);
}

static bool prints_json(const struct read_desk *desk)
{
    return desk->print == READ_DOCUMENTS || desk->print == READ_WORDS;
}

static bool fail(const struct sheaf *sheaf, const struct err *err)
{
    const char *code = err->reason ? err->reason : err_name(err->code);

    if (prints_json(sheaf->desk))
        read_print_error(sheaf->desk, sheaf->name, code, err->text, sheaf->out);
    else
        fprintf(stderr, "bilag: %s: %s: %s\n", sheaf->name, code, err->text);
    return false;
}

/* An e-invoice without a picture is one page all the same. */
static void add_einvoice_page(struct sheaf *sheaf)
{
    sheaf->numbers[0] = 1;
    sheaf->pages[0] = page_new(sheaf->arena, 1, 0, 0);
    sheaf->pages[0]->source = PAGE_XML;
    sheaf->n_pages = 1;
}

/* Recognises those of the sheaf's pages that have no trusted text. */
static void recognise_pages(struct sheaf *sheaf)
{
    struct page_task *tasks = arena_alloc_array(sheaf->arena, sheaf->n_pages, sizeof *tasks);
    size_t count = 0;

    for (size_t i = 0; i < sheaf->n_pages; i++)
        if (!sheaf->pages[i])
            tasks[count++].number = sheaf->numbers[i];
    read_pages(&sheaf->desk->crew, sheaf->fd, sheaf->arena, tasks, count);
    for (size_t i = 0, at = 0; at < count; i++)
        if (sheaf->numbers[i] == tasks[at].number) {
            sheaf->pages[i] = tasks[at].page;
            sheaf->why[i] = tasks[at++].why;
        }
}

/* Every wanted page gets its words, or the reason why not. */
static void fill_pages(struct sheaf *sheaf)
{
    const struct opened *o = &sheaf->opened;

    sheaf->pages = arena_alloc_array(sheaf->arena, o->n_pages + 1, sizeof *sheaf->pages);
    sheaf->why = arena_alloc_array(sheaf->arena, o->n_pages + 1, sizeof *sheaf->why);
    sheaf->numbers = arena_alloc_array(sheaf->arena, o->n_pages + 1, sizeof *sheaf->numbers);
    for (size_t i = 0; i < o->n_pages; i++) {
        if (!page_ranges_hold(&sheaf->desk->pages, (int)i + 1))
            continue;
        sheaf->numbers[sheaf->n_pages] = (int)i + 1;
        sheaf->pages[sheaf->n_pages++] = o->pages[i].needs_reading ? NULL : o->pages[i].page;
    }
    recognise_pages(sheaf);
    if (!o->n_pages && o->einvoice)
        add_einvoice_page(sheaf);
}

static size_t count_read(const struct sheaf *sheaf)
{
    size_t n = 0;

    for (size_t i = 0; i < sheaf->n_pages; i++)
        n += sheaf->pages[i] != NULL;
    return n;
}

static const struct err *find_why(const struct sheaf *sheaf, int number)
{
    for (size_t i = 0; i < sheaf->n_pages; i++)
        if (sheaf->numbers[i] == number && !sheaf->pages[i])
            return &sheaf->why[i];
    return NULL;
}

/* A document with an unread page waits for a person, whatever its fields say. */
static void add_unread(const struct sheaf *sheaf, struct document *d)
{
    for (size_t i = 0; i < d->n_pages; i++) {
        const struct err *why = find_why(sheaf, d->pages[i]);

        if (!why)
            continue;
        document_add_reason(d, sheaf->arena, why->reason ? why->reason : err_name(why->code), -1,
                            "page %d unread: %s", d->pages[i], why->text);
        d->outcome = OUTCOME_REVIEW;
    }
}

/* The pages of one document, as extract wants them. The sorter counts what it was given from 1; the
 * document gets the numbers within its file instead. */
static struct page **pages_of(const struct sheaf *sheaf, struct document *d)
{
    struct page **pages = arena_alloc_array(sheaf->arena, d->n_pages, sizeof *pages);

    for (size_t i = 0; i < d->n_pages; i++) {
        int at = d->pages[i] - 1;

        pages[i] = sheaf->pages[at];
        d->pages[i] = sheaf->numbers[at];
    }
    return pages;
}

/* Pages that belong to no document: a file of blanks is still accounted for. */
static void print_sheets(const struct sheaf *sheaf, const struct sorted *sorted)
{
    static const char *const names[] = {
        [SHEET_IN_DOCUMENT] = "document",
        [SHEET_BLANK] = "blank",
        [SHEET_SEPARATOR] = "separator",
        [SHEET_UNREAD] = "unread",
    };
    json_t *json = json_object(), *sheets = json_array();

    for (size_t i = 0; i < sheaf->n_pages; i++)
        json_array_append_new(sheets, json_string(names[sorted->fates[i]]));
    json_set_text(json, "schema", "bilag/1");
    json_set_text(json, "file", sheaf->name);
    json_set(json, "sheets", sheets);
    print_json(sheaf->desk, json, sheaf->out);
}

static int file_in_hand(void *user)
{
    const struct sheaf *sheaf = user;

    return sheaf->fd;
}

static int print_documents(const struct sheaf *sheaf, struct err *err)
{
    const struct read_desk *desk = sheaf->desk;
    const struct looker looker = {desk->crew.reader, file_in_hand, (void *)(uintptr_t)sheaf};
    struct sorted sorted = {0};
    int r = sort_pages(sheaf->arena, desk->sorter, sheaf->pages, sheaf->n_pages,
                       sheaf->opened.einvoice, &sorted, err);

    for (size_t i = 0; i < sorted.n_documents && r == 0; i++) {
        struct document *d = sorted.documents[i];

        d->file = sheaf->name;
        if (desk->type >= 0) {
            d->type = (enum document_type)desk->type;
            d->type_confidence = 1;
            d->declared = desk->declared;
        }
        r = extract_twice(&looker, sheaf->arena, pages_of(sheaf, d), sheaf->opened.einvoice,
                          desk->context, d, err);
        if (r < 0)
            break;
        add_unread(sheaf, d);
        print_json(desk, document_to_json(d), sheaf->out);
    }
    if (r == 0 && !sorted.n_documents && sheaf->n_pages)
        print_sheets(sheaf, &sorted);
    return r;
}

static int print_text(const struct sheaf *sheaf, struct err *err)
{
    (void)err;
    for (size_t i = 0; i < sheaf->n_pages; i++) {
        AUTO_FREE char *text = sheaf->pages[i] ? page_text(sheaf->pages[i]) : mem_strdup("");

        buf_printf(sheaf->out, "%s\n\f", text);
    }
    return 0;
}

static int print_hocr(const struct sheaf *sheaf, struct err *err)
{
    (void)err;
    hocr_begin(sheaf->out, sheaf->name, sheaf->desk->language);
    for (size_t i = 0; i < sheaf->n_pages; i++)
        if (sheaf->pages[i])
            hocr_page(sheaf->out, sheaf->pages[i]);
    hocr_end(sheaf->out);
    return 0;
}

/* What training and error ledgers work on: the words as extract gets them. */
static int print_words(const struct sheaf *sheaf, struct err *err)
{
    (void)err;
    for (size_t i = 0; i < sheaf->n_pages; i++) {
        const struct page *page = sheaf->pages[i];

        if (!page)
            page = page_new(sheaf->arena, sheaf->numbers[i], 0, 0);
        print_json(sheaf->desk, page_to_json(page, sheaf->name, (int)i + 1, (int)sheaf->n_pages),
                   sheaf->out);
    }
    return 0;
}

/* Scans alone are made anew, as PDF/A; anything else that a PDF holds is kept, and words are laid
 * under its scanned pages. */
static bool is_pdf_kept(const struct sheaf *sheaf)
{
    const struct opened *o = &sheaf->opened;

    if (o->kind != FILE_PDF || sheaf->desk->is_forced)
        return false;
    if (o->n_attachments || o->einvoice || o->has_outline || sheaf->n_pages < o->n_pages)
        return true;
    for (size_t i = 0; i < sheaf->n_pages; i++)
        if (!sheaf->pages[i] || !sheaf->pages[i]->is_stored)
            return true;
    return false;
}

/* The pages of a PDF made anew: all of the file, those that were not read without words. */
static size_t pages_to_print(const struct sheaf *sheaf, struct page **pages)
{
    for (size_t i = 0; i < sheaf->opened.n_pages; i++)
        pages[i] = page_new(sheaf->arena, (int)i + 1, 0, 0);
    for (size_t i = 0; i < sheaf->n_pages; i++)
        if (sheaf->pages[i])
            pages[sheaf->numbers[i] - 1] = sheaf->pages[i];
    return sheaf->opened.n_pages;
}

/* The pages of a kept PDF that get words: a hidden layer that is there already stays alone. */
static size_t pages_to_lay_under(const struct sheaf *sheaf, struct page **pages)
{
    size_t count = 0;

    for (size_t i = 0; i < sheaf->n_pages; i++) {
        const struct opened_page *opened = &sheaf->opened.pages[sheaf->numbers[i] - 1];

        if (sheaf->pages[i] && opened->needs_reading && sheaf->pages[i]->n_words &&
            strcmp(opened->why_read ? opened->why_read : "", "invisible_text") != 0)
            pages[count++] = sheaf->pages[i];
    }
    return count;
}

/* Nothing to add: the very bytes. */
static int add_original(const struct sheaf *sheaf, struct err *err)
{
    const unsigned char *bytes = NULL;
    size_t length = 0;
    int r = file_map(sheaf->fd, &bytes, &length, err);

    if (r < 0)
        return r;
    buf_add(sheaf->out, bytes, length);
    file_unmap(bytes, length);
    return 0;
}

/* Dated by the original, so that the same file gives the same bytes. */
static int64_t modified_ms(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 ? (int64_t)st.st_mtim.tv_sec * 1000 : 0;
}

static int print_pdf(const struct sheaf *sheaf, struct err *err)
{
    struct record_options options = {.part = 2, /* PDF/A-2b */
                                     .title = file_base_name(sheaf->name),
                                     .language = sheaf->desk->language,
                                     .created_ms = modified_ms(sheaf->name),
                                     .keeps_file = is_pdf_kept(sheaf),
                                     .keeps_metadata = sheaf->opened.kind == FILE_PDF};
    struct page **pages = arena_alloc_array(sheaf->arena, sheaf->opened.n_pages, sizeof *pages);
    size_t n_pages = options.keeps_file ? pages_to_lay_under(sheaf, pages)
                                        : pages_to_print(sheaf, pages);
    AUTO_FREE unsigned char *bytes = NULL;
    size_t length = 0;
    int r = 0;

    if (sheaf->opened.n_pages == 0)
        return err_set(err, ERR_INVALID, "it has no pages");
    if (sheaf->desk->is_in_place && sheaf->opened.kind != FILE_PDF)
        return err_set(err, ERR_INVALID, "--in-place writes a PDF over a PDF, and this is none");
    if (options.keeps_file && n_pages == 0) {
        r = add_original(sheaf, err);
    } else {
        r = reader_record(sheaf->desk->crew.reader, sheaf->fd, pages, n_pages, &options, &bytes,
                          &length, err);
        if (r == 0)
            buf_add(sheaf->out, bytes, length);
    }
    return r;
}

static bool read_attachments(const struct sheaf *parent)
{
    const struct opened *o = &parent->opened;
    bool is_fine = true;

    for (size_t i = 0; i < o->n_attachments; i++) {
        const struct attachment *part = &o->attachments[i];
        struct arena arena __attribute__((cleanup(arena_release)));
        AUTO_CLOSE int fd = -1;
        struct sheaf sheaf = {
            .desk = parent->desk, .arena = &arena, .out = parent->out, .depth = parent->depth + 1};
        struct err err = {0};

        arena_init(&arena, LIMIT_JOB_ARENA_BYTES);
        sheaf.name = part->name[0] ? arena_printf(&arena, "%s/%s", parent->name, part->name)
                                   : arena_printf(&arena, "%s/%zu", parent->name, i + 1);
        fd = file_sealed("attachment", part->bytes, part->length, &err);
        sheaf.fd = fd;
        is_fine &= fd < 0 ? fail(&sheaf, &err) : read_sheaf(&sheaf);
    }
    return is_fine;
}

/* The first page's fault stands for a file of which nothing was read. */
static bool is_lost(const struct sheaf *sheaf)
{
    return sheaf->n_pages && !count_read(sheaf) && !sheaf->opened.einvoice;
}

static bool read_sheaf(struct sheaf *sheaf)
{
    static int (*const print[])(const struct sheaf *, struct err *) = {
        [READ_DOCUMENTS] = print_documents, [READ_TEXT] = print_text, [READ_HOCR] = print_hocr,
        [READ_WORDS] = print_words,         [READ_PDF] = print_pdf,
    };
    struct err err = {0};
    bool is_fine;
    int r;

    if (sheaf->depth >= NESTING_MAX) {
        fault_set(&err, FAULT_TOO_DEEP, "%d levels", sheaf->depth);
        return fail(sheaf, &err);
    }
    r = reader_open(sheaf->desk->crew.reader, sheaf->fd, sheaf->arena, &sheaf->opened, &err);
    if (r < 0)
        return fail(sheaf, &err);
    fill_pages(sheaf);
    if (sheaf->opened.n_pages && !sheaf->n_pages && sheaf->depth == 0)
        err_set(&err, ERR_NOT_FOUND, "--pages names none of its pages, which are 1 to %zu",
                sheaf->opened.n_pages);
    if (err.code)
        is_fine = fail(sheaf, &err);
    else if (is_lost(sheaf))
        is_fine = fail(sheaf, &sheaf->why[0]);
    else if (sheaf->n_pages && print[sheaf->desk->print](sheaf, &err) < 0)
        is_fine = fail(sheaf, &err);
    else
        is_fine = count_read(sheaf) == sheaf->n_pages;
    if (sheaf->desk->print == READ_PDF) /* what is attached stays in the file */
        return is_fine;
    return read_attachments(sheaf) && is_fine;
}

char *read_output_path(const struct read_desk *desk, const char *path)
{
    static const char *const extensions[] = {
        [READ_DOCUMENTS] = "json", [READ_TEXT] = "txt", [READ_HOCR] = "hocr",
        [READ_WORDS] = "jsonl",    [READ_PDF] = "pdf",
    };
    const char *name = file_base_name(path), *dot = strrchr(name, '.');

    if (desk->is_in_place)
        return mem_strdup(path);
    if (!desk->output || !desk->is_output_folder)
        return desk->output ? mem_strdup(desk->output) : NULL;
    return mem_printf("%s/%.*s.%s", desk->output,
                      (int)(dot && dot > name ? (size_t)(dot - name) : strlen(name)), name,
                      extensions[desk->print]);
}

/* Whole or not at all, when there is anything to write. */
static bool write_output(const struct sheaf *sheaf)
{
    AUTO_FREE char *path = read_output_path(sheaf->desk, sheaf->name);
    struct err err = {0};
    int r = 0;

    if (!path || sheaf->out->length == 0)
        return true;
    r = file_put(path, sheaf->out->data, sheaf->out->length, &err);
    buf_clear(sheaf->out);
    return r < 0 ? fail(sheaf, &err) : true;
}

bool read_file(const struct read_desk *desk, const char *path, struct buf *out)
{
    struct arena arena __attribute__((cleanup(arena_release)));
    struct err err = {0};
    AUTO_CLOSE int fd = file_sealed_copy(path, desk->file_bytes, &err);
    struct sheaf sheaf = {.desk = desk, .arena = &arena, .out = out, .name = path, .fd = fd};
    bool is_fine;

    arena_init(&arena, LIMIT_JOB_ARENA_BYTES);
    if (fd == ERR_LIMIT)
        fault_set(&err, FAULT_TOO_LARGE, "the limit is %zu bytes", desk->file_bytes);
    is_fine = fd < 0 ? fail(&sheaf, &err) : read_sheaf(&sheaf);
    return write_output(&sheaf) && is_fine;
}
