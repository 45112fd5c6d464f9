/*
 * How a supplier comes by its style. Fonts are those of Debian packages with all letters of the six
 * languages; of a list of families only the installed ones are used, and a supplier's choice does
 * not change when a font it did not choose comes or goes.
 */
#include "generator/style.h"

#include <string.h>

/* The usual ones of offices first; the packages are in scripts/packages, [run] and [fonts]. */
static const char *const families[] = {
    "Liberation Sans",
    "Carlito",
    "Liberation Serif",
    "DejaVu Sans",
    "Open Sans",
    "Roboto",
    "Nimbus Sans",
    "Lato",
    "Caladea",
    "Liberation Mono",
    "P052",
    "DejaVu Serif",
    "Nimbus Sans Narrow",
    "Courier Prime",
    "Roboto Condensed",
    "Nimbus Roman",
    "C059",
    "URW Bookman",
    "URW Gothic",
    "Nimbus Mono PS",
    "Open Sans Condensed",
    "DejaVu Sans Mono",
    "Arimo",
    "Tinos",
    "Cousine",
    "Noto Sans",
    "Noto Serif",
    "Noto Mono",
    "PT Sans",
    "PT Serif",
    "PT Sans Narrow",
    "PT Mono",
    "FreeSans",
    "FreeSerif",
    "FreeMono",
    "TeX Gyre Heros",
    "TeX Gyre Heros Cn",
    "TeX Gyre Termes",
    "TeX Gyre Pagella",
    "TeX Gyre Bonum",
    "TeX Gyre Schola",
    "TeX Gyre Adventor",
    "TeX Gyre Cursor",
    "Linux Libertine O",
    "Linux Biolinum O",
    "EB Garamond",
    "Vollkorn",
    "Charis SIL",
    "Doulos SIL",
    "Gentium Plus",
    "Andika",
    "Cantarell",
    "Clear Sans",
    "Inter",
    "Karla",
    "Manrope",
    "Oxygen-Sans",
    "Quicksand",
    "Dosis",
    "Jura",
    "Go",
    "Go Mono",
    "Hack",
    "Inconsolata",
    "JetBrains Mono",
    "Anonymous Pro",
    "Agave",
    "Roboto Slab",
    "Tuffy",
    "Comic Neue",
    "Yrsa",
    "Rasa",
    "Yanone Kaffeesatz",
};
enum { FAMILIES = G_N_ELEMENTS(families) };

static const struct colour accents[] = {
    {0.10, 0.23, 0.42}, {0.00, 0.36, 0.30}, {0.55, 0.10, 0.12}, {0.15, 0.15, 0.15},
    {0.80, 0.35, 0.05}, {0.30, 0.18, 0.45}, {0.05, 0.42, 0.55}, {0.35, 0.38, 0.12},
    {0.00, 0.00, 0.00}, {0.76, 0.12, 0.36}, {0.12, 0.50, 0.22}, {0.20, 0.38, 0.72},
};

static bool is_installed(const char *family)
{
    PangoFontFamily **list;
    bool found = false;
    int count;

    pango_font_map_list_families(pango_cairo_font_map_get_default(), &list, &count);
    for (int i = 0; i < count && !found; i++)
        found = strcmp(pango_font_family_get_name(list[i]), family) == 0;
    g_free(list);
    return found;
}

int style_families(int *ret_known)
{
    int count = 0;

    for (int i = 0; i < FAMILIES; i++)
        count += is_installed(families[i]);
    *ret_known = FAMILIES;
    return count;
}

/* Draws until an installed family comes up; a stream of its own, so that nothing else shifts. */
static const char *choose_family(struct rng *rng)
{
    struct rng own = {rng_next(rng)};

    for (int tries = 0; tries < 50 * FAMILIES; tries++) {
        const char *family = families[rng_below(&own, rng_chance(&own, 40) ? 17 : FAMILIES)];

        if (is_installed(family))
            return family;
    }
    return "Sans";
}

static const char *choose_date(const struct locale *locale, struct rng *rng)
{
    int count = 0;

    while (count < (int)G_N_ELEMENTS(locale->dates) && locale->dates[count] != NULL)
        count++;
    return rng_chance(rng, 50) ? locale->dates[0] : locale->dates[rng_below(rng, count)];
}

void style_choose(struct style *style, enum part part, const struct locale *locale, struct rng *rng)
{
    layout_draw(&style->layout, part, rng);
    style->family = choose_family(rng);
    style->name_family = choose_family(rng);
    style->size = 8.0 + 0.2 * rng_below(rng, 12);
    style->accent = accents[rng_below(rng, G_N_ELEMENTS(accents))];
    style->name = rng_chance(rng, 45) ? NAME_PLAIN : (enum name_form)rng_below(rng, NAME_FORMS);
    style->has_colons = rng_chance(rng, 60);
    style->has_bold_labels = rng_chance(rng, 40);
    style->has_capital_title = rng_chance(rng, 40);
    style->has_iban = rng_chance(rng, 45);
    style->date = choose_date(locale, rng);
    style->amount =
        &locale->amounts[rng_chance(rng, 50) ? 0 : rng_below(rng, locale->amount_formats)];
    style->has_fractions = rng_chance(rng, 25);
    style->quantity_digits = rng_chance(rng, 70) ? 0 : rng_range(rng, 1, 3);
    style->minus = rng_chance(rng, 50) ? MINUS_BEFORE : (enum minus)rng_below(rng, MINUS_COUNT);
    style->currency = (enum currency_place)rng_below(rng, CURRENCY_PLACES);
    style->logo = rng_below(rng, 6);
    style->noise = rng_below(rng, 4);
}

char *style_minus(const struct style *style, const char *amount)
{
    static const char *const patterns[MINUS_COUNT] = {[MINUS_BEFORE] = "-%s",
                                                      [MINUS_AFTER] = "%s-",
                                                      [MINUS_BRACKETS] = "(%s)",
                                                      [MINUS_LONG] = "\u2212%s",
                                                      [MINUS_APART] = "- %s"};

    return g_strdup_printf(patterns[style->minus], amount);
}

struct font style_font(const struct style *style, double scale, bool is_bold)
{
    return (struct font){.family = style->family, .size = style->size * scale, .is_bold = is_bold};
}
