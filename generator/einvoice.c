/*
 * What UBL and CII share: escaping, units, the two parts of a city line.
 */
#include "generator/einvoice.h"

#include <stdarg.h>
#include <string.h>

void einvoice_put(GString *out, const char *format, ...)
{
    va_list args;
    g_autofree char *text = NULL;

    va_start(args, format);
    text = g_markup_vprintf_escaped(format, args);
    va_end(args);
    g_string_append(out, text);
}

void einvoice_field(GString *out, struct document *doc, enum field field, const char *format)
{
    if (doc->value[field] == NULL)
        return;
    einvoice_put(out, format, doc->value[field]);
    doc->is_visible[field] = true;
}

const char *einvoice_unit(const struct document *doc, const struct line *line)
{
    static const struct {
        const char *unit;
        const char *code;
    } codes[] = {{"kg", "KGM"}, {"m", "MTR"}, {"t", "TNE"}, {"ton", "TNE"}};

    if (strcmp(line->unit, words_at(doc->words, "unit.hour", 0)) == 0)
        return "HUR";
    for (size_t i = 0; i < G_N_ELEMENTS(codes); i++) {
        if (strcmp(line->unit, codes[i].unit) == 0)
            return codes[i].code;
    }
    return "C62";
}

/* British postcodes are the last two words, all others the digits in front. */
void einvoice_split_city(const struct document *doc, const char *city, char **ret_code,
                         char **ret_town)
{
    const char *split = city;

    if (doc->seller->language == LANG_EN) {
        split = strrchr(city, ' ');
        do
            split--;
        while (*split != ' ');
        *ret_code = g_strdup(split + 1);
        *ret_town = g_strndup(city, (size_t)(split - city));
        return;
    }
    split += strspn(city, "0123456789 ");
    *ret_code = g_strndup(city, (size_t)(split - city));
    g_strchomp(*ret_code);
    *ret_town = g_strdup(split);
}
