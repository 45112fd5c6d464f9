/*
 * The layout grammar of trade papers: which block stands where, how the line table is shaped, where
 * totals and payment go.
 *
 * A layout is one choice a slot. Rules say which choices go together (a title in the band needs a
 * band), so layouts are composed, not listed. Every layout belongs to one of two parts by its own
 * choices alone: one is for training, the other is never trained on.
 */
#ifndef GENERATOR_GRAMMAR_H
#define GENERATOR_GRAMMAR_H

#include "generator/words.h"

enum band { BAND_NONE, BAND_TOP, BAND_STRIPE, BAND_RULE, BAND_LOGO, BAND_LOGO_NEAR, BAND_SHADE };
enum sender {
    SENDER_LEFT,
    SENDER_RIGHT,
    SENDER_CENTRE,
    SENDER_BAND,
    SENDER_WINDOW, /* a small line above the buyer, for the window of an envelope */
    SENDER_FOOT,   /* only the name on top */
    SENDER_HIDDEN, /* not even that */
    SENDER_SPLIT   /* name left, address right */
};
enum payment {
    PAYMENT_GIRO,
    PAYMENT_BOX,
    PAYMENT_LINE,
    PAYMENT_FOOT,
    PAYMENT_LIST,
    PAYMENT_SENTENCE,
    PAYMENT_STRIP
};
enum foot { FOOT_COLUMNS, FOOT_LINE, FOOT_BOX, FOOT_NONE, FOOT_DARK };
enum title { TITLE_RIGHT, TITLE_LEFT, TITLE_CENTRE, TITLE_BAND, TITLE_LEAD, TITLE_NONE };
enum buyer { BUYER_LEFT, BUYER_RIGHT, BUYER_BOX, BUYER_LABEL };
enum order { ORDER_BUYER_TITLE_META, ORDER_TITLE_BUYER_META, ORDER_TITLE_META_BUYER };
enum meta {
    META_RIGHT,
    META_RIGHT_BOX,
    META_GRID,
    META_LEFT,
    META_INLINE,
    META_TWO_COLUMNS,
    META_STACK, /* each label over its value */
    META_STRIP  /* one row of labels, one of values */
};
enum head { HEAD_LINE, HEAD_TWO_LINES, HEAD_NONE };
enum rules {
    RULES_NONE,
    RULES_ROWS,
    RULES_GRID,
    RULES_ZEBRA,
    RULES_COLUMNS,
    RULES_HEAD,
    RULES_DOTS
};
enum cells { CELLS_PLAIN, CELLS_ARTICLE_BELOW, CELLS_PRICE_BELOW, CELLS_CODE_BEFORE };
enum totals { TOTALS_RIGHT, TOTALS_BOX, TOTALS_BAR, TOTALS_LEFT, TOTALS_GRID, TOTALS_WIDE };
enum vat_form { VAT_NONE, VAT_TABLE, VAT_WITHIN /* "of which VAT", below the total */ };

/* Each member is a choice of the enum with its name; `columns` is a row of a table of the .c. */
struct layout {
    int band;
    int sender;
    int payment;
    int foot;
    int title;
    int buyer;
    int order;
    int meta;
    int head;
    int rules;
    int columns;
    int cells;
    int totals;
    int vat;
};

/* Draws a layout of this part. */
void layout_draw(struct layout *layout, enum part part, struct rng *rng);

/* Whether the layout is kept away from training. */
bool layout_is_test(const struct layout *layout);

/* The names of all choices, for example "logo.left.giro…": equal for equal layouts only; owned. */
char *layout_key(const struct layout *layout);

/* The table's columns as letters: n number, a article, d text, e date, q quantity, u unit, p price,
 * v VAT rate, t sum, g sum with VAT. */
const char *layout_columns(const struct layout *layout);

/* How many layouts the grammar has. */
uint64_t layout_count(void);

#endif
