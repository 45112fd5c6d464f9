/*
 * First single words: one order to the reader a page with doubts, at most LOOK_PLACES_MAX places in
 * all. Where that does not suffice, its badly read pages are read again as a whole, in another way
 * each time, until the readings agree or there are no more ways. What it costs is bounded, and what
 * fails is left out: the document stays as it was read first.
 */
#include "workers/extract_twice.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "pipeline/extract/doubts.h"
#include "pipeline/extract/vote.h"
#include "stores/blobs.h"
#include "workers/reader/reader_client.h"

#include <string.h>

enum { PAGES_MAX = 4 /* of a document that is read again as a whole */ };

int stored_file_fd(void *user)
{
    struct stored_file *file = user;

    if (file->fd < 0 && blobs_get(file->blobs, file->sha256, &file->fd, NULL) < 0)
        return -1;
    return file->fd;
}

void stored_file_close(struct stored_file *file)
{
    mem_close_at(&file->fd);
}

/* Asks for the doubts of one page; the answers go to the doubts. */
static int look_at_page(const struct looker *looker, int fd, struct page *const *pages, int page,
                        struct arena *a, struct doubts *doubts, struct err *err)
{
    struct look_place places[LOOK_PLACES_MAX];
    struct look looks[LOOK_PLACES_MAX];
    size_t n = 0;
    int r;

    for (int i = 0; i < doubts->count; i++)
        if (doubts->items[i].page == page)
            places[n++] = doubts->items[i].place;
    if (n == 0)
        return 0;
    r = reader_look(looker->reader, fd, pages[page], places, n, a, looks, err);
    n = 0;
    for (int i = 0; i < doubts->count && r == 0; i++)
        if (doubts->items[i].page == page)
            doubts->items[i].look = looks[n++];
    return r;
}

static int look_twice(const struct looker *looker, struct arena *a, struct page *const *pages,
                      const struct document *einvoice, const struct extract_context *context,
                      struct document *d, struct err *err)
{
    struct doubts doubts;
    struct err why = {0};
    int fd;

    doubts_find(&doubts, a, pages, d);
    fd = doubts.count ? looker->file_fd(looker->user) : -1;
    if (fd < 0)
        return 0;
    for (size_t i = 0; i < d->n_pages; i++)
        if (look_at_page(looker, fd, pages, (int)i, a, &doubts, &why) < 0)
            log_debug("second_look", "page=%d why=%s", pages[i]->number, why.text);
    return extract_again(a, pages, einvoice, context, &doubts, d, err);
}

/* --- whole pages ----------------------------------------------------------------------------- */

static size_t count_badly_read(struct page *const *pages, size_t n)
{
    size_t count = 0;

    for (size_t i = 0; i < n; i++)
        count += vote_is_badly_read(pages[i]);
    return count;
}

/* The document as it reads with its badly read pages read in another way, the others as they are.
 */
static int extract_reading(const struct looker *looker, int fd, const struct reader_again *again,
                           struct arena *a, struct page *const *pages,
                           const struct document *einvoice, const struct extract_context *context,
                           struct document *d, struct err *err)
{
    struct page **read = arena_alloc_array(a, d->n_pages, sizeof *read);

    for (size_t i = 0; i < d->n_pages; i++) {
        struct read_result result = {.page = pages[i]};
        int r = vote_is_badly_read(pages[i])
                    ? reader_read_again(looker->reader, fd, pages[i]->number, again, a, &result,
                                        err)
                    : 0;

        if (r < 0)
            return r;
        read[i] = result.page;
    }
    return extract_document(a, read, einvoice, context, d, err);
}

static void let_readings_vote(const struct looker *looker, struct arena *a,
                              struct page *const *pages, const struct document *einvoice,
                              const struct extract_context *context, struct document *d)
{
    const struct reader_again ways[] = {{d->language, READ_FIRST}, {NULL, READ_LARGE}};
    const struct document *readings[VOTES_MAX] = {d};
    int most = reader_readings(looker->reader);
    size_t count = count_badly_read(pages, d->n_pages);
    int n = 1, fd = -1;

    if (count == 0 || count > PAGES_MAX || most < 2 || !vote_is_wanted(readings, n))
        return;
    fd = looker->file_fd(looker->user);
    for (int i = 0; i + 1 < most && fd >= 0 && vote_is_wanted(readings, n); i++) {
        struct document *fresh = document_new_like(a, d);
        struct err why = {0};

        if (extract_reading(looker, fd, &ways[i], a, pages, einvoice, context, fresh, &why) == 0)
            readings[n++] = fresh;
        else
            log_debug("read_again", "page=%d why=%s", d->pages[0], why.text);
    }
    vote_settle(a, context, readings, n, d);
}

int extract_twice(const struct looker *looker, struct arena *a, struct page *const *pages,
                  const struct document *einvoice, const struct extract_context *context,
                  struct document *d, struct err *err)
{
    int r = extract_document(a, pages, einvoice, context, d, err);

    if (r == 0)
        r = look_twice(looker, a, pages, einvoice, context, d, err);
    if (r == 0)
        let_readings_vote(looker, a, pages, einvoice, context, d);
    return r;
}
