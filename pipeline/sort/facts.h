/*
 * What one page tells about where it belongs: its own page number, the numbers of its document and
 * its supplier, and whether it looks like a first page.
 */
#ifndef SORT_FACTS_H
#define SORT_FACTS_H

#include "models/page.h"

#include <stdbool.h>

struct arena;

enum { SELLER_IDS_MAX = 6 };

struct page_facts {
    bool is_unread, is_blank, is_separator;
    int number, total;               /* as printed: "page 2 of 3"; 0 where it is not */
    const char *document_number;     /* or NULL */
    const char *ids[SELLER_IDS_MAX]; /* checked company numbers and accounts on it */
    int n_ids;
    bool has_title;       /* a type's title in large print or with a number beside it */
    bool has_buyer_block; /* a label of an address block */
};

/* `page` may be NULL: unread. Strings hang in the arena. */
void page_facts_find(struct page_facts *f, struct arena *a, struct page *page);

#endif
