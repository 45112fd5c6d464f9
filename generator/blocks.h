/*
 * The blocks of a trade paper, drawn one after another down a page. A flow is where we are.
 */
#ifndef GENERATOR_BLOCKS_H
#define GENERATOR_BLOCKS_H

#include "generator/document.h"

enum { A4_WIDTH = 595, A4_HEIGHT = 842 };

/* One of the two columns above the table; the next block in it starts below y. */
struct lane {
    double x, width;
    double y;
    enum align align;
};

struct flow {
    struct document *doc;
    const struct style *style;
    struct page *page;
    double left, right;
    double y;              /* the next free baseline */
    double floor;          /* nothing may be drawn below */
    struct lane near, far; /* left and right, above the table only */
};

/* One labelled fact: a field, or text that is no field of ours (a customer number). */
struct entry {
    const char *key;
    char *label;      /* owned: stands for the key's where not NULL */
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

/* A row of labels over a row of values between two rules, a few to a row; moves y. */
void flow_strip(struct flow *flow, const struct entries *entries);

/* Label and value side by side, one entry a line, values from `gap` on and before `right`; moves
 * y. */
void flow_list(struct flow *flow, const struct entries *entries, double x, double gap,
               double right);

/* The font made smaller where the text would be wider than `room`. */
struct font fit_font(struct pen *pen, const struct font *font, const char *text, double room);

/* One line of text, or of a field where it is not F_COUNT, in a lane; moves the lane's y. */
void lane_text(struct flow *flow, struct lane *lane, const struct font *font, enum field field,
               const char *text);

/* A company's name, on two lines where `is_broken`: the legal form, two words or half of them go
 * below, as is this supplier's habit. */
void lane_name(struct flow *flow, struct lane *lane, const struct font *font, enum field field,
               const char *name, bool is_broken);

/* "Label value" as one line of a lane; nothing where the field has no value. */
void lane_fact(struct flow *flow, struct lane *lane, const struct font *font, const char *key,
               enum field field);

/* Both lanes and y go on below the longer lane. */
void flow_sync(struct flow *flow);

/* Which field of the document the letterhead's party fills, and its receiver: an order goes the
 * other way. F_COUNT where there is no such field. */
enum field sender_field(const struct flow *flow, enum field field);
enum field receiver_field(const struct flow *flow, enum field field);

/* An amount with the currency as the supplier writes it, its right end at x; returns the left
 * end. */
double flow_total(struct flow *flow, enum field field, double x, double y, const struct font *font);

void flow_next_page(struct flow *flow);
void flow_meta_entries(const struct flow *flow, struct entries *entries);
void flow_account_entries(const struct flow *flow, struct entries *entries);

/* header.c: the letterhead with its band and logo. */
void block_stripe(struct flow *flow);
void block_sender(struct flow *flow);
void sender_address(struct flow *flow, struct lane *lane, const struct font *font);
void sender_contact(struct flow *flow, struct lane *lane, const struct font *font);
void sender_ids(struct flow *flow, struct lane *lane, const struct font *font);

/* receiver.c */
void block_buyer(struct flow *flow);
void block_title(struct flow *flow); /* not one that leads the page: draw_title does */
void draw_title(struct flow *flow);

/* foot.c */
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
