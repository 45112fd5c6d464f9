/*
 * One order to the reader a page with doubts, at most LOOK_PLACES_MAX places in all. What it costs
 * is bounded, and what fails is left as it was: a second look never makes a document worse.
 */
#include "workers/extract_twice.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "pipeline/extract/doubts.h"
#include "stores/blobs.h"
#include "workers/reader/reader_client.h"

int stored_file_fd(void *user)
{
    struct stored_file *file = user;

    return blobs_get(file->blobs, file->sha256, &file->fd, NULL) < 0 ? -1 : file->fd;
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

int extract_twice(const struct looker *looker, struct arena *a, struct page *const *pages,
                  const struct document *einvoice, const struct extract_context *context,
                  struct document *d, struct err *err)
{
    struct doubts doubts;
    struct err why = {0};
    int fd, r = extract_document(a, pages, einvoice, context, d, err);

    if (r < 0)
        return r;
    doubts_find(&doubts, a, pages, d);
    fd = doubts.count ? looker->file_fd(looker->user) : -1;
    if (fd < 0)
        return 0;
    for (size_t i = 0; i < d->n_pages; i++)
        if (look_at_page(looker, fd, pages, (int)i, a, &doubts, &why) < 0)
            log_debug("second_look", "page=%d why=%s", pages[i]->number, why.text);
    return extract_again(a, pages, einvoice, context, &doubts, d, err);
}
