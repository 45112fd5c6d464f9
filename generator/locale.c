/*
 * The six countries as a table, and the writing of dates and numbers by their customs. VAT rates
 * are those in force in 2025 and 2026.
 */
#include "generator/locale.h"

#include <inttypes.h>
#include <string.h>

#define NBSP "\u00a0" /* text programs put it where a number must not be broken */

static const struct locale locales[LANG_COUNT] = {
    [LANG_EN] = {"en",
                 "GB",
                 "GBP",
                 "£",
                 {20, 5, 0},
                 {"D/M/Y", "d N Y", "D B Y", "d/M/Y"},
                 {{",", ".", NULL}, {"", ".", NULL}, {",", ".", ""}, {" ", ".", NULL}},
                 4},
    [LANG_NB] = {"nb",
                 "NO",
                 "NOK",
                 "kr",
                 {25, 15, 12},
                 {"D.M.Y", "d. n Y", "D.M.y", "D.M.Y"},
                 {{" ", ",", NULL},
                  {".", ",", NULL},
                  {" ", ",", ",-"},
                  {"", ",", NULL},
                  {NBSP, ",", NULL},
                  {"", ".", NULL}},
                 6},
    [LANG_SV] = {"sv",
                 "SE",
                 "SEK",
                 "kr",
                 {25, 12, 6},
                 {"Y-M-D", "d n Y", "Y-M-D", "yMD"},
                 {{" ", ",", NULL},
                  {" ", ",", ":-"},
                  {"", ",", NULL},
                  {NBSP, ",", NULL},
                  {" ", ":", NULL},
                  {".", ",", NULL}},
                 6},
    [LANG_DA] = {"da",
                 "DK",
                 "DKK",
                 "kr.",
                 {25, 25, 0},
                 {"D-M-Y", "D.M.Y", "d. n Y", "D/M-Y", "D-M-y"},
                 {{".", ",", NULL}, {"", ",", NULL}, {".", ",", ",-"}, {" ", ",", NULL}},
                 4},
    [LANG_HU] =
        {"hu",
         "HU",
         "HUF",
         "Ft",
         {27, 18, 5},
         {"Y.M.D.", "Y. n d.", "Y-M-D", "Y. M. D."},
         {{" ", ",", NULL}, {".", ",", NULL}, {" ", ",", ",-"}, {NBSP, ",", NULL}, {"", ",", NULL}},
         5},
    [LANG_DE] = {"de",
                 "DE",
                 "EUR",
                 "€",
                 {19, 7, 0},
                 {"D.M.Y", "d. N Y", "D.M.y", "D.M.Y"},
                 {{".", ",", NULL}, {"", ",", NULL}, {".", ",", ",-"}, {" ", ",", NULL}},
                 4},
};

const struct locale *locale_of(enum language language)
{
    return &locales[language];
}

enum language language_named(const char *code)
{
    int i = 0;

    while (i < LANG_COUNT && strcmp(code, locales[i].language) != 0)
        i++;
    return (enum language)i;
}

static void add_month(GString *out, char kind, const GDate *date, const struct words *words)
{
    const char *name = words_at(words, "months", (int)g_date_get_month(date) - 1);

    if (kind == 'B')
        g_string_append_len(out, name, g_utf8_offset_to_pointer(name, 3) - name);
    else
        g_string_append(out, name);
}

char *locale_date(const char *pattern, const GDate *date, const struct words *words)
{
    GString *out = g_string_new(NULL);

    for (; *pattern != '\0'; pattern++) {
        if (*pattern == 'D')
            g_string_append_printf(out, "%02d", g_date_get_day(date));
        else if (*pattern == 'd')
            g_string_append_printf(out, "%d", g_date_get_day(date));
        else if (*pattern == 'M')
            g_string_append_printf(out, "%02d", g_date_get_month(date));
        else if (*pattern == 'Y')
            g_string_append_printf(out, "%d", g_date_get_year(date));
        else if (*pattern == 'y')
            g_string_append_printf(out, "%02d", g_date_get_year(date) % 100);
        else if (strchr("NnB", *pattern) != NULL)
            add_month(out, *pattern, date, words);
        else
            g_string_append_c(out, *pattern);
    }
    return g_string_free(out, FALSE);
}

char *locale_iso(const GDate *date)
{
    return g_strdup_printf("%04d-%02d-%02d", g_date_get_year(date), g_date_get_month(date),
                           g_date_get_day(date));
}

char *locale_amount(const struct amount_format *format, int64_t minor, int decimals)
{
    GString *out = g_string_new(minor < 0 ? "-" : "");
    int64_t size = minor < 0 ? -minor : minor;
    g_autofree char *whole = g_strdup_printf("%" PRId64, size / 100);
    size_t length = strlen(whole);

    for (size_t i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            g_string_append(out, format->group);
        g_string_append_c(out, whole[i]);
    }
    if (format->whole != NULL && size % 100 == 0)
        g_string_append(out, format->whole);
    else if (decimals > 0)
        g_string_append_printf(out, "%s%02d", format->decimal, (int)(size % 100));
    return g_string_free(out, FALSE);
}

char *amount_plain(int64_t minor)
{
    static const struct amount_format plain = {"", ".", NULL};

    return locale_amount(&plain, minor, 2);
}

char *quantity_shown(int64_t milli, const char *decimal, int digits)
{
    GString *out = g_string_new(NULL);
    int rest = (int)(milli % 1000);
    int shown = 3;

    while (shown > digits && rest % 10 == 0) {
        rest /= 10;
        shown--;
    }
    g_string_append_printf(out, "%" PRId64, milli / 1000);
    if (shown > 0)
        g_string_append_printf(out, "%s%0*d", decimal, shown, rest);
    return g_string_free(out, FALSE);
}

char *quantity_text(int64_t milli, const char *decimal)
{
    return quantity_shown(milli, decimal, 0);
}

int64_t amount_share(int64_t value, int64_t numerator, int64_t denominator)
{
    int64_t product = value * numerator;
    int64_t half = denominator / 2;

    return (product < 0 ? product - half : product + half) / denominator;
}
