/*
 * Fills the braces of word list texts with made-up values in the supplier's own formats.
 */
#include "generator/noise.h"

#include "generator/document.h"
#include "generator/ids.h"

#include <string.h>

static char *some_amount(struct document *doc, int64_t least, int most)
{
    int64_t minor = least + (int64_t)rng_below(&doc->rng, most);
    g_autofree char *text = NULL;

    if (doc->seller->language == LANG_HU)
        minor = minor * 100;
    text = document_money(doc, minor);
    if (rng_chance(&doc->rng, 50))
        return g_steal_pointer(&text);
    return g_strdup_printf("%s %s", doc->symbol, text);
}

static char *make_amount(struct document *doc)
{
    return some_amount(doc, 5000, 4000000);
}

static char *make_small(struct document *doc)
{
    return some_amount(doc, 1000, 30000);
}

static char *make_date(struct document *doc)
{
    GDate date = doc->issue;

    if (rng_chance(&doc->rng, 80))
        g_date_subtract_days(&date, (guint)rng_range(&doc->rng, 2, 90));
    else
        g_date_add_days(&date, (guint)rng_range(&doc->rng, 40, 200));
    return locale_date(doc->seller->style.date, &date, doc->words);
}

static char *make_number(struct document *doc)
{
    return g_strdup_printf("%s%d", rng_chance(&doc->rng, 30) ? doc->seller->number_prefix : "",
                           rng_range(&doc->rng, 1000, 9999999));
}

static char *make_digits(struct document *doc)
{
    return ids_digits(&doc->rng, rng_range(&doc->rng, 5, 9));
}

/* Grouped like the country's company numbers, check digit or not. */
static char *make_phone(struct document *doc)
{
    static const char *const patterns[LANG_COUNT] = {
        [LANG_EN] = "4 3 4",   [LANG_NB] = "3 2 3", [LANG_SV] = "3-3 3",
        [LANG_DA] = "2 2 2 2", [LANG_HU] = "2 3 4", [LANG_DE] = "4 3 3"};
    g_autofree char *digits = ids_digits(&doc->rng, doc->seller->language == LANG_EN ? 11 : 8);

    return ids_grouped(digits, patterns[doc->seller->language]);
}

static char *make_id(struct document *doc)
{
    g_autofree char *plain = NULL;

    switch (doc->seller->language) {
    case LANG_NB:
        plain = ids_no_org(&doc->rng);
        return ids_grouped(plain, "3 3 3");
    case LANG_SV:
        plain = ids_se_org(&doc->rng);
        return ids_grouped(plain, "6-4");
    case LANG_DA:
        return ids_dk_cvr(&doc->rng);
    case LANG_HU:
        return ids_hu_tax(&doc->rng);
    case LANG_DE:
        return g_strdup_printf("HRB %d", rng_range(&doc->rng, 1200, 198000));
    default:
        return g_strdup_printf("0%d", rng_range(&doc->rng, 1200000, 9999999));
    }
}

static char *make_vat(struct document *doc)
{
    g_autofree char *plain = NULL;

    switch (doc->seller->language) {
    case LANG_NB:
        plain = ids_no_org(&doc->rng);
        return g_strdup_printf("NO %sMVA", plain);
    case LANG_SV:
        plain = ids_se_org(&doc->rng);
        return g_strdup_printf("SE%s01", plain);
    case LANG_DA:
        plain = ids_dk_cvr(&doc->rng);
        return g_strdup_printf("DK%s", plain);
    case LANG_HU:
        plain = ids_hu_tax(&doc->rng);
        return g_strdup_printf("HU%.8s", plain);
    case LANG_DE:
        plain = ids_de_vat(&doc->rng);
        return g_strdup_printf("DE%s", plain);
    default:
        plain = ids_gb_vat(&doc->rng);
        return g_strdup_printf("GB%s", plain);
    }
}

static char *make_company(struct document *doc)
{
    return g_strdup_printf("%s %s %s", words_pick(doc->words, "company.stem", &doc->rng),
                           words_pick(doc->words, "company.service", &doc->rng),
                           words_pick(doc->words, "company.form", &doc->rng));
}

static char *make_percent(struct document *doc)
{
    return g_strdup_printf("%d%s%d", rng_range(&doc->rng, 2, 12),
                           doc->seller->style.amount->decimal, rng_below(&doc->rng, 10));
}

static char *make_year(struct document *doc)
{
    return g_strdup_printf("%d", g_date_get_year(&doc->issue) - rng_below(&doc->rng, 3));
}

/* The total in another currency, at a rate of the day. */
static char *make_foreign(struct document *doc)
{
    const char *code = strcmp(doc->currency, "EUR") == 0 ? "USD" : "EUR";
    int64_t total = MAX(doc->amount[F_TOTAL_GROSS], doc->amount[F_AMOUNT_DUE]);
    int64_t minor = amount_share(total > 0 ? total : 250000, rng_range(&doc->rng, 80, 125),
                                 strcmp(doc->currency, "HUF") == 0   ? 39000
                                 : strcmp(doc->currency, "EUR") == 0 ? 100
                                 : strcmp(doc->currency, "GBP") == 0 ? 100
                                                                     : 1100);
    g_autofree char *text = locale_amount(doc->seller->style.amount, minor, 2);

    return g_strdup_printf("%s %s", code, text);
}

static const struct {
    const char *name;
    char *(*make)(struct document *doc);
} makers[] = {
    {"{amount}", make_amount},   {"{small}", make_small},     {"{date}", make_date},
    {"{number}", make_number},   {"{digits}", make_digits},   {"{phone}", make_phone},
    {"{id}", make_id},           {"{vat}", make_vat},         {"{company}", make_company},
    {"{percent}", make_percent}, {"{foreign}", make_foreign}, {"{year}", make_year},
};

static char *make_value(struct document *doc, const char *brace, size_t length)
{
    for (size_t i = 0; i < G_N_ELEMENTS(makers); i++) {
        if (strlen(makers[i].name) == length && strncmp(makers[i].name, brace, length) == 0)
            return makers[i].make(doc);
    }
    g_error("unknown brace in word list: %s", brace);
}

char *noise_fill(struct document *doc, const char *text)
{
    GString *out = g_string_new(NULL);

    while (*text != '\0') {
        size_t plain = strcspn(text, "{");
        g_autofree char *value = NULL;

        g_string_append_len(out, text, (gssize)plain);
        text += plain;
        if (*text == '\0')
            break;
        value = make_value(doc, text, strcspn(text, "}") + 1);
        g_string_append(out, value);
        text += strcspn(text, "}") + 1;
    }
    return g_string_free(out, FALSE);
}

char *noise_text(struct document *doc, const char *key)
{
    return noise_fill(doc, words_pick(doc->words, key, &doc->rng));
}
