/*
 * Reasons come from three places: the verdict's are in the document, a page that could not be read
 * has its own, and what posting or filing refused is in the row. Each is printed once, and the
 * fields they are about are named as `bilag doc set` wants them.
 */
#include "workers/command/why.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/mem.h"
#include "models/fault.h"
#include "stores/records_query.h"
#include "workers/house.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool is_among_reasons(const struct document *d, const char *message)
{
    for (size_t i = 0; i < d->n_reasons; i++)
        if (strcmp(d->reasons[i].text, message) == 0)
            return true;
    return false;
}

static void print_remedy(const char *reason)
{
    const struct fault_info *fault = fault_find(reason);

    if (fault)
        printf("what helps: %s\n", fault->remedy);
}

static int print_unread_pages(struct house *house, const struct document_row *row, struct err *err)
{
    AUTO_ARENA struct arena a;
    struct page_row *pages = NULL;
    size_t n = 0;
    int r;

    arena_init(&a, LIMIT_JOB_ARENA_BYTES);
    r = records_list_pages(house->records, row->file_id, &a, &pages, &n, err);
    for (size_t i = 0; r == 0 && i < n; i++) {
        if (pages[i].document_id != row->id || pages[i].state != STATE_UNREAD)
            continue;
        printf("page %d was not read: %s\n", pages[i].number, pages[i].message);
        print_remedy(pages[i].reason);
    }
    return r;
}

/* " total_net=… total_gross=…", each field that is doubted once; false when none is. */
static bool print_doubted(const struct document *d)
{
    unsigned long long seen = 0;

    _Static_assert(FIELD_COUNT <= 64, "a bit a field");
    for (size_t i = 0; i < d->n_reasons; i++) {
        int field = d->reasons[i].field;

        if (field < 0 || seen & 1ull << field ||
            strncmp(d->reasons[i].code, "duplicate", strlen("duplicate")) == 0)
            continue;
        seen |= 1ull << field;
        printf(" %s=…", field_info((enum field_id)field)->name);
    }
    return seen != 0;
}

static void print_choices(const struct document_row *row, const struct document *d)
{
    printf("what helps: bilag doc set %" PRId64, row->id);
    if (!print_doubted(d))
        fputs(" FIELD=VALUE", stdout);
    printf(" where the paper says otherwise; then bilag doc approve %" PRId64
           ", or bilag doc reject %" PRId64 " --why REASON\n",
           row->id, row->id);
}

int why_print(struct house *house, const struct document_row *row, const struct document *d,
              struct err *err)
{
    bool is_waiting = row->state == STATE_WAITING;

    if (!is_waiting && row->state != STATE_SET_ASIDE) {
        printf("document %" PRId64 " does not wait: it is %s\n", row->id, state_name(row->state));
        return 0;
    }
    printf("document %" PRId64 " %s:\n", row->id,
           is_waiting ? "waits for a person" : "was set aside");
    if (row->message[0] && !is_among_reasons(d, row->message))
        printf("  · %s\n", row->message);
    for (size_t i = 0; i < d->n_reasons; i++)
        printf("  · %s\n", d->reasons[i].text);
    print_remedy(row->reason);
    if (is_waiting)
        print_choices(row, d);
    return print_unread_pages(house, row, err);
}
