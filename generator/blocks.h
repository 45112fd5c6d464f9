/*
 * The blocks of a trade paper, drawn one after another down a page. A flow is where we are.
 */
#ifndef GENERATOR_BLOCKS_H
#define GENERATOR_BLOCKS_H

#include "generator/document.h"

enum { A4_WIDTH = 595, A4_HEIGHT = 842 };

struct flow {
    struct document *doc;
    const struct style *style;
    struct page *page;
    double left, right;
    double y;     /* the next free baseline */
    double floor; /* nothing may be drawn below */
};

/* One labelled fact: a field, or text that is no field of ours (a customer number). */
struct entry {
    const char *key;
    enum field field; /* F_COUNT for plain text */
    char *text;
};

struct entries {
    struct entry items[24];
    int count;
};

void entries_add(struct entries *entries, const struct document *doc, const char *key,
                 enum field field);
void entries_add_text(struct entries *entries, const char *key, char *text);
void entries_clear(struct entries *entries);

/* The label as this supplier writes it, with or without a colon; owned. */
char *flow_label(const struct flow *flow, const char *key);

/* Draws the entry's value from x on; a period is its two dates. Returns its width. */
double flow_value(struct flow *flow, const struct entry *entry, double x, double y,
                  const struct font *font);

/* Draws entries one behind the other over the width, with a gap between; moves y. */
void flow_inline(struct flow *flow, const struct entries *entries, double gap);

/* Label and value side by side, one entry a line, values from `gap` on; moves y. */
void flow_list(struct flow *flow, const struct entries *entries, double x, double gap);

/* An amount with the currency as the supplier writes it, its right end at x. */
void flow_total(struct flow *flow, enum field field, double x, double y, const struct font *font);

/* blocks.c: everything above the table, and the foot. */
void flow_first_page(struct flow *flow);
void flow_next_page(struct flow *flow);
void flow_meta_entries(const struct flow *flow, struct entries *entries);
void flow_account_entries(const struct flow *flow, struct entries *entries);

/* header.c */
void block_band(struct flow *flow);
void block_sender(struct flow *flow);
void block_buyer(struct flow *flow);
void block_title(struct flow *flow);
void block_foot(struct flow *flow);

/* meta.c */
void block_meta(struct flow *flow);

/* table.c: the lines, over as many pages as they need. */
void block_table(struct flow *flow);

/* totals.c */
void block_totals(struct flow *flow);
double totals_height(const struct flow *flow);

/* payment.c, giro.c */
void block_payment(struct flow *flow);
double payment_height(const struct flow *flow);
void block_giro(struct flow *flow);

#endif
