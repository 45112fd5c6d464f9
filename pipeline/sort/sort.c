/*
 * Sorting. First the sheets that are none: separators and blanks. Then page by page the question
 * whether this one begins a document or goes on with the last; the surest evidence answers first
 * (printed page numbers, then document numbers, then suppliers, then a title), and without any the
 * page stays with the one before it, because a wrongly joined page is seen by whoever reviews, a
 * lost last page is not. Then type and language of each document.
 */
#include "pipeline/sort/sort.h"
#include "pipeline/sort/facts.h"
#include "pipeline/sort/language.h"
#include "pipeline/sort/type_model.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MODEL_BYTES_MAX = 2 << 20,
    WORDS_THAT_TELL = 5 /* fewer say nothing of a type, and resemble a receipt */
};

struct sorter {
    struct type_model model;
};

int sorter_new(const char *model_folder, struct sorter **ret, struct err *err)
{
    AUTO_FREE char *path = mem_printf("%s/%s", model_folder, TYPE_MODEL_FILE);
    struct sorter *sorter = mem_alloc(sizeof *sorter);
    AUTO_BUF struct buf bytes;
    int r;

    buf_init(&bytes, MODEL_BYTES_MAX);
    r = file_read(path, &bytes, err);
    if (r == 0)
        r = type_model_parse(&sorter->model, bytes.data, bytes.length, err);
    if (r < 0) {
        sorter_free(sorter);
        return err_wrap(err, r, "reading %s", path);
    }
    *ret = sorter;
    return 0;
}

void sorter_free(struct sorter *sorter)
{
    free(sorter);
}

/* What is known of the document that is being put together. */
struct open_document {
    struct document *document;
    struct page_facts facts; /* of all its pages together */
    int last_number;         /* the printed number of its last page, or 0 */
};

static bool shares_id(const struct page_facts *a, const struct page_facts *b)
{
    for (int i = 0; i < a->n_ids; i++)
        for (int k = 0; k < b->n_ids; k++)
            if (strcmp(a->ids[i], b->ids[k]) == 0)
                return true;
    return false;
}

static bool begins_document(const struct open_document *open, const struct page_facts *page)
{
    const struct page_facts *so_far = &open->facts;

    if (page->is_unread)
        return false;
    if (page->number == 1)
        return true;
    if (page->number > 1 && open->last_number > 0)
        return page->number != open->last_number + 1 ||
               (page->total && so_far->total && page->total != so_far->total);
    if (page->document_number && so_far->document_number)
        return strcmp(page->document_number, so_far->document_number) != 0;
    if (page->n_ids && so_far->n_ids && !shares_id(page, so_far))
        return true;
    if (page->number > 1)
        return false;
    return page->has_title;
}

static void join_page(struct open_document *open, struct arena *a, int number,
                      const struct page_facts *page)
{
    struct document *d = open->document;

    d->pages = arena_grow_list(a, d->pages, d->n_pages, sizeof *d->pages);
    d->pages[d->n_pages++] = number;
    open->last_number = page->number ? page->number : open->last_number ? open->last_number + 1 : 0;
    if (page->total)
        open->facts.total = page->total;
    if (!open->facts.document_number)
        open->facts.document_number = page->document_number;
    for (int i = 0; i < page->n_ids && open->facts.n_ids < SELLER_IDS_MAX; i++)
        open->facts.ids[open->facts.n_ids++] = page->ids[i];
}

static void stitch(struct arena *a, struct page *const *pages, size_t n_pages, struct sorted *out)
{
    struct open_document open = {0};

    for (size_t i = 0; i < n_pages; i++) {
        struct page_facts facts;

        page_facts_find(&facts, a, pages[i]);
        out->fates[i] = facts.is_separator ? SHEET_SEPARATOR
                        : facts.is_blank   ? SHEET_BLANK
                        : facts.is_unread  ? SHEET_UNREAD
                                           : SHEET_IN_DOCUMENT;
        if (facts.is_separator)
            open.document = NULL;
        if (facts.is_separator || facts.is_blank)
            continue;
        if (!open.document || begins_document(&open, &facts)) {
            open = (struct open_document){.document = document_new(a)};
            out->documents[out->n_documents++] = open.document;
        }
        join_page(&open, a, (int)i + 1, &facts);
    }
}

/* Who in the house gets it; the rest has no desk of its own yet. */
static const char *department_of(enum document_type type)
{
    switch (type) {
    case DOCUMENT_INVOICE:
    case DOCUMENT_CREDIT_NOTE:
    case DOCUMENT_RECEIPT:
    case DOCUMENT_REMINDER:
        return "accounts_payable";
    case DOCUMENT_ORDER:
        return "sales";
    case DOCUMENT_DELIVERY_NOTE:
        return "warehouse";
    case DOCUMENT_BANK_STATEMENT:
        return "treasury";
    default:
        return "";
    }
}

/* An e-invoice and its picture are one document, whatever the picture looks like. */
static void join_all(struct arena *a, size_t n_pages, struct sorted *out)
{
    struct document *d = out->documents[0] = document_new(a);

    out->n_documents = 1;
    d->pages = arena_alloc_array(a, n_pages, sizeof *d->pages);
    d->n_pages = n_pages;
    for (size_t i = 0; i < n_pages; i++) {
        d->pages[i] = (int)i + 1;
        out->fates[i] = SHEET_IN_DOCUMENT;
    }
}

static void classify(struct arena *a, const struct sorter *sorter, struct page *const *pages,
                     const struct document *einvoice, struct document *d)
{
    struct page **own = arena_alloc_array(a, d->n_pages, sizeof(struct page *));
    struct features *features = arena_alloc(a, sizeof *features);
    struct sheet sheet;

    for (size_t i = 0; i < d->n_pages; i++)
        own[i] = pages[d->pages[i] - 1];
    sheet_init(&sheet, a, own, d->n_pages);
    features_find(features, &sheet, &sorter->model.familiar);
    if (einvoice && einvoice->type != DOCUMENT_UNKNOWN) {
        d->type = einvoice->type;
        d->type_confidence = 1;
    } else if (sheet.n_tokens >= WORDS_THAT_TELL)
        d->type = type_model_predict(&sorter->model, features, &d->type_confidence);
    d->language = language_of(&sheet);
    d->department = department_of(d->type);
}

int sort_pages(struct arena *a, const struct sorter *sorter, struct page *const *pages,
               size_t n_pages, const struct document *einvoice, struct sorted *ret, struct err *err)
{
    (void)err; /* part of the contract of every verb */
    *ret = (struct sorted){
        .documents = arena_alloc_array(a, n_pages + 1, sizeof(struct document *)),
        .fates = arena_alloc_array(a, n_pages, sizeof *ret->fates)};
    if (einvoice)
        join_all(a, n_pages, ret);
    else
        stitch(a, pages, n_pages, ret);
    for (size_t i = 0; i < ret->n_documents; i++)
        classify(a, sorter, pages, einvoice, ret->documents[i]);
    return 0;
}
