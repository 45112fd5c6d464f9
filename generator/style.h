/*
 * A supplier's style: its layout, font, size, colour, and habits of dates, amounts and words. All
 * its papers share it.
 */
#ifndef GENERATOR_STYLE_H
#define GENERATOR_STYLE_H

#include "generator/grammar.h"
#include "generator/locale.h"
#include "generator/paper.h"

/* How less than nothing is written. */
enum minus { MINUS_BEFORE, MINUS_AFTER, MINUS_BRACKETS, MINUS_LONG, MINUS_APART, MINUS_COUNT };

/* Where the currency stands beside a total. */
enum currency_place {
    CURRENCY_CODE_BEFORE,
    CURRENCY_SYMBOL,
    CURRENCY_CODE_AFTER,
    CURRENCY_NONE,
    CURRENCY_SYMBOL_BEFORE,
    CURRENCY_PLACES
};

/* How the sender's name is set. */
enum name_form { NAME_PLAIN, NAME_WORDMARK, NAME_DARK, NAME_TWO_LINES, NAME_FORMS };

struct style {
    struct layout layout;
    const char *family;      /* borrowed: of text */
    const char *name_family; /* borrowed: of the sender's name as a wordmark */
    double size;             /* of body text, points */
    struct colour accent;
    enum name_form name;
    bool has_colons; /* "Invoice no.: 12" */
    bool has_bold_labels;
    bool has_capital_title;
    bool has_iban;    /* prints IBAN and BIC beside the domestic account */
    const char *date; /* pattern for locale_date */
    const struct amount_format *amount;
    bool has_fractions;  /* prints decimals even where the currency has no small coin */
    int quantity_digits; /* decimals of a quantity; 0 prints those it has */
    enum minus minus;
    enum currency_place currency;
    int logo;  /* which figure is drawn */
    int noise; /* how much a paper says that is no field of it, 0 to 3 */
};

/* Chooses a style whose layout is of this part. */
void style_choose(struct style *style, enum part part, const struct locale *locale,
                  struct rng *rng);

/* How many of the font families are installed, and how many there could be. */
int style_families(int *ret_known);

/* An amount's text with the style's minus; owned. */
char *style_minus(const struct style *style, const char *amount);

struct font style_font(const struct style *style, double scale, bool is_bold);

#endif
