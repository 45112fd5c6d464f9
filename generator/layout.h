/*
 * The layout grammar of business papers: which block stands where, how the line table is ruled,
 * where totals and payment go. layouts[] names the basic ones; a supplier's style is one of them
 * with its own font, size, colour, date and amount format and wording.
 */
#ifndef GENERATOR_LAYOUT_H
#define GENERATOR_LAYOUT_H

#include "generator/locale.h"
#include "generator/paper.h"

enum sender { SENDER_LEFT, SENDER_RIGHT, SENDER_CENTRE, SENDER_BAND, SENDER_WINDOW, SENDER_FOOT };
enum buyer { BUYER_LEFT, BUYER_RIGHT, BUYER_BOX };
enum title { TITLE_RIGHT_TOP, TITLE_LEFT, TITLE_CENTRE, TITLE_BAND };
enum meta { META_RIGHT, META_RIGHT_BOX, META_GRID, META_LEFT, META_INLINE, META_TWO_COLUMNS };
enum rules { RULES_NONE, RULES_ROWS, RULES_GRID, RULES_ZEBRA, RULES_COLUMNS, RULES_HEAD };
enum totals { TOTALS_RIGHT, TOTALS_BOX, TOTALS_BAR, TOTALS_LEFT, TOTALS_GRID };
enum payment { PAYMENT_GIRO, PAYMENT_BOX, PAYMENT_LINE, PAYMENT_FOOT, PAYMENT_LIST };
enum foot { FOOT_COLUMNS, FOOT_LINE, FOOT_BOX, FOOT_NONE };
enum band { BAND_NONE, BAND_TOP, BAND_STRIPE, BAND_RULE, BAND_LOGO };

struct layout {
    const char *name;
    enum band band;
    enum sender sender;
    enum buyer buyer;
    enum title title;
    enum meta meta;
    enum rules rules;
    const char
        *columns; /* n number, a article, d text, q quantity, u unit, p price, v VAT, t sum */
    enum totals totals;
    bool has_vat_table;
    enum payment payment;
    enum foot foot;
};

struct style {
    struct layout own;           /* a basic layout, some of its choices changed */
    const struct layout *layout; /* = &own: a style is not copied */
    const char *family;
    double size; /* of body text, points */
    struct colour accent;
    bool has_colons; /* "Invoice no.: 12" */
    bool has_bold_labels;
    bool has_capital_title;
    bool has_iban;    /* prints IBAN and BIC beside the domestic account */
    const char *date; /* pattern for locale_date */
    const struct amount_format *amount;
    int currency_place; /* 0 code before, 1 symbol after, 2 code after, 3 none */
    int logo;           /* which figure is drawn */
};

extern const struct layout layouts[];
extern const int layout_count;

/* Chooses the style of the n-th supplier of a country. */
void style_choose(struct style *style, int n, const struct locale *locale, struct rng *rng);

struct document;

/* Lays out an invoice, credit note, reminder, order or delivery note. */
void layout_trade_paper(struct document *doc);

#endif
