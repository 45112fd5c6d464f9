/*
 * Invents companies from word lists: name, address, ids by the rules of the country, accounts, and
 * the style its papers always have. Names are made up; numbers are random with valid check digits.
 */
#include "generator/world.h"

#include "generator/ids.h"

#include <string.h>

struct world {
    struct words *words[LANG_COUNT];
    struct supplier suppliers[LANG_COUNT][SUPPLIERS_PER_COUNTRY];
    struct party buyers[LANG_COUNT];
};

/* "kontor", "bygg" …: lists of goods are item.<trade> in every language. */
static const char *const trades[] = {"office", "build", "food", "service", "transport", "it"};

/* Letters a to z only, for mail addresses and bank codes. */
static char *ascii_stem(const char *name)
{
    g_autofree char *plain = g_str_to_ascii(name, "C");
    GString *out = g_string_new(NULL);

    for (const char *c = plain; *c != '\0' && *c != ' '; c++) {
        if (g_ascii_isalpha(*c))
            g_string_append_c(out, g_ascii_tolower(*c));
    }
    return g_string_free(out, FALSE);
}

static void make_company_ids(struct party *party, enum language language, struct rng *rng)
{
    g_autofree char *number = NULL;

    switch (language) {
    case LANG_NB:
        party->registration = ids_no_org(rng);
        party->registration_shown = ids_grouped(party->registration, "3 3 3");
        party->vat = g_strdup_printf("NO%sMVA", party->registration);
        party->vat_shown = g_strdup_printf("%s%s MVA", rng_chance(rng, 25) ? "NO " : "",
                                           party->registration_shown);
        break;
    case LANG_SV:
        party->registration = ids_se_org(rng);
        party->registration_shown = ids_grouped(party->registration, "6-4");
        party->vat = g_strdup_printf("SE%s01", party->registration);
        party->vat_shown = g_strdup(party->vat);
        break;
    case LANG_DA:
        party->registration = ids_dk_cvr(rng);
        party->registration_shown = rng_chance(rng, 50)
                                        ? ids_grouped(party->registration, "2 2 2 2")
                                        : g_strdup(party->registration);
        party->vat = g_strdup_printf("DK%s", party->registration);
        party->vat_shown = g_strdup(party->vat);
        break;
    case LANG_HU:
        party->registration = ids_hu_tax(rng);
        party->registration_shown = g_strdup(party->registration);
        party->vat = g_strdup_printf("HU%.8s", party->registration);
        party->vat_shown = g_strdup(party->vat);
        break;
    case LANG_DE:
        number = ids_de_vat(rng);
        party->registration = g_strdup_printf("HRB %d", rng_range(rng, 1200, 198000));
        party->registration_shown = g_strdup(party->registration);
        party->vat = g_strdup_printf("DE%s", number);
        party->vat_shown = rng_chance(rng, 40) ? g_strdup_printf("DE %s", number)
                                               : g_strdup(party->vat);
        break;
    default:
        number = ids_gb_vat(rng);
        party->registration = g_strdup_printf("0%d", rng_range(rng, 1200000, 9999999));
        party->registration_shown = g_strdup(party->registration);
        party->vat = g_strdup_printf("GB%s", number);
        party->vat_shown = rng_chance(rng, 50) ? g_strdup(party->vat)
                                               : ids_grouped(party->vat, "2 3 4 2");
        break;
    }
}

static char *make_phone(enum language language, struct rng *rng)
{
    static const char *const patterns[LANG_COUNT] = {
        [LANG_EN] = "2 4 4",   [LANG_NB] = "2 2 2 2", [LANG_SV] = "2-3 2 2",
        [LANG_DA] = "2 2 2 2", [LANG_HU] = "1 3 4",   [LANG_DE] = "3 4-3"};
    static const int lengths[LANG_COUNT] = {
        [LANG_EN] = 10, [LANG_NB] = 8, [LANG_SV] = 9, [LANG_DA] = 8, [LANG_HU] = 8, [LANG_DE] = 10};
    static const char *const prefixes[LANG_COUNT] = {
        [LANG_EN] = "+44 ", [LANG_NB] = "+47 ", [LANG_SV] = "0",
        [LANG_DA] = "+45 ", [LANG_HU] = "+36 ", [LANG_DE] = "0"};
    g_autofree char *digits = ids_digits(rng, lengths[language]);
    g_autofree char *grouped = ids_grouped(digits, patterns[language]);

    return g_strconcat(prefixes[language], grouped, NULL);
}

static void make_party(struct party *party, enum language language, const struct words *words,
                       const char *name, struct rng *rng)
{
    static const char *const domains[LANG_COUNT] = {
        [LANG_EN] = "co.uk", [LANG_NB] = "no", [LANG_SV] = "se",
        [LANG_DA] = "dk",    [LANG_HU] = "hu", [LANG_DE] = "de"};
    g_autofree char *stem = ascii_stem(name);
    const char *street = words_pick(words, "street", rng);
    int number = rng_range(rng, 1, 140);

    party->name = g_strdup(name);
    if (language == LANG_EN)
        party->street = g_strdup_printf("%d %s", number, street);
    else
        party->street = g_strdup_printf("%s %d%s", street, number, language == LANG_HU ? "." : "");
    party->city = g_strdup(words_pick(words, "city", rng));
    party->email = g_strdup_printf("%s@%s.%s", words_pick(words, "mailbox", rng), stem,
                                   domains[language]);
    party->web = g_strdup_printf("www.%s.%s", stem, domains[language]);
    party->phone = make_phone(language, rng);
    if (language == LANG_HU)
        party->person = g_strdup_printf("%s %s", words_pick(words, "person.last", rng),
                                        words_pick(words, "person.first", rng));
    else
        party->person = g_strdup_printf("%s %s", words_pick(words, "person.first", rng),
                                        words_pick(words, "person.last", rng));
    make_company_ids(party, language, rng);
}

static void make_bic(struct account *account, const char *country, struct rng *rng)
{
    g_autofree char *stem = ascii_stem(account->bank);
    g_autofree char *four = g_ascii_strup(stem, 4);

    account->bic = g_strdup_printf("%s%s%c%d", four, country, 'A' + rng_below(rng, 26),
                                   rng_range(rng, 2, 9));
}

/* The domestic part of the IBAN, and how the country prints its accounts. */
static char *make_domestic(struct account *account, enum language language, struct rng *rng)
{
    g_autofree char *body = NULL;
    g_autofree char *giro = NULL;

    switch (language) {
    case LANG_NB:
        body = ids_no_account(rng);
        account->number = ids_grouped(body, rng_chance(rng, 50) ? "4 2 5" : "4.2.5");
        break;
    case LANG_SV:
        giro = ids_digits(rng, rng_chance(rng, 60) ? 7 : 6);
        body = ids_luhn(giro);
        account->bankgiro = ids_grouped(body, strlen(body) == 8 ? "4-4" : "3-4");
        g_free(g_steal_pointer(&body));
        g_free(g_steal_pointer(&giro));
        giro = ids_digits(rng, rng_range(rng, 5, 6));
        body = ids_luhn(giro);
        account->plusgiro = ids_grouped(body, strlen(body) == 7 ? "2 2 2-1" : "2 2 1-1");
        g_free(g_steal_pointer(&body));
        body = ids_digits(rng, 20);
        break;
    case LANG_DA:
        body = ids_digits(rng, 14);
        account->number = ids_grouped(body, rng_chance(rng, 60) ? "4 9" : "4-9");
        account->creditor = ids_digits(rng, 8);
        break;
    case LANG_HU:
        body = ids_hu_account(rng);
        account->number = ids_grouped(body, "8-8-8");
        break;
    case LANG_DE:
        body = ids_digits(rng, 18);
        break;
    default:
        giro = ids_digits(rng, 14);
        body = g_strdup_printf("%.4s%s", account->bic, giro);
        account->number = ids_grouped(giro, "2-2-2 8");
        break;
    }
    return g_steal_pointer(&body);
}

static void make_account(struct account *account, enum language language,
                         const struct locale *locale, const struct words *words, struct rng *rng)
{
    g_autofree char *body = NULL;

    account->bank = g_strdup(words_pick(words, "bank", rng));
    make_bic(account, locale->country, rng);
    body = make_domestic(account, language, rng);
    account->iban = ids_iban(locale->country, body);
    account->iban_shown = ids_grouped(account->iban, "4 4 4 4 4 4 4");
    g_strchomp(account->iban_shown);
}

/* How this supplier numbers its papers, for example R-2026-00417 or 10482. */
static void make_numbering(struct supplier *supplier, struct rng *rng)
{
    static const char *const prefixes[] = {"", "", "", "", "F", "R-", "2026-", "26/", "INV-", "A"};

    supplier->number_prefix = g_strdup(prefixes[rng_below(rng, G_N_ELEMENTS(prefixes))]);
    supplier->number_digits = rng_range(rng, 4, 8);
    supplier->reference = REFERENCE_NONE;
    if (supplier->language == LANG_NB)
        supplier->reference = rng_chance(rng, 75) ? REFERENCE_MOD10 : REFERENCE_MOD11;
    else if (supplier->language == LANG_SV || supplier->language == LANG_DA)
        supplier->reference = rng_chance(rng, 80) ? REFERENCE_MOD10 : REFERENCE_NONE;
    else if (supplier->language == LANG_HU && rng_chance(rng, 35))
        supplier->reference = REFERENCE_MOD10;
    else if (rng_chance(rng, 25))
        supplier->reference = REFERENCE_RF;
}

/* "Nordvik Papir AS", "Dahl & Vik Bygg AS", "NBK Transport AS", or a long one of many words. */
static char *make_name(const struct words *words, const char *trade, const char *stem,
                       struct rng *rng)
{
    const char *form = words_pick(words, "company.form", rng);
    const char *goods = words_pick(words, trade, rng);
    int kind = rng_below(rng, 10);

    if (kind < 6)
        return g_strdup_printf("%s %s %s", stem, goods, form);
    if (kind < 8)
        return g_strdup_printf("%s & %s %s %s", words_pick(words, "person.last", rng),
                               words_pick(words, "person.last", rng), goods, form);
    if (kind == 8)
        return g_strdup_printf("%c%c%c %s %s", 'A' + rng_below(rng, 26), 'A' + rng_below(rng, 26),
                               'A' + rng_below(rng, 26), goods, form);
    return g_strdup_printf("%s %s %s %s", stem, goods, words_pick(words, "company.service", rng),
                           form);
}

static void make_supplier(struct supplier *supplier, enum language language, int n,
                          const struct words *words, uint64_t universe, enum part part)
{
    const struct locale *locale = locale_of(language);
    struct rng rng = {rng_nth(rng_mix(universe, locale->country), (uint64_t)n)};
    int stems = words_count(words, "company.stem");
    g_autofree char *key = NULL;
    g_autofree char *name = NULL;

    supplier->seed = rng_next(&rng);
    supplier->trade = g_strdup(trades[n % (int)G_N_ELEMENTS(trades)]);
    key = g_strdup_printf("company.%s", supplier->trade);
    name = make_name(words, key,
                     words_at(words, "company.stem", (n + (int)(universe % 1000) * 7) % stems),
                     &rng);
    supplier->id = g_strdup_printf("%s-%02d", locale->country, n + 1);
    supplier->language = language;
    supplier->locale = locale;
    supplier->words = words;
    make_party(&supplier->party, language, words, name, &rng);
    make_account(&supplier->account, language, locale, words, &rng);
    make_numbering(supplier, &rng);
    style_choose(&supplier->style, part, locale, &rng);
}

/* The first universe's buyer has a fixed name; the others have buyers of their own. */
static char *make_buyer_name(const struct words *words, uint64_t universe, const char *wanted,
                             struct rng *rng)
{
    if (wanted != NULL)
        return g_strdup(wanted);
    if (universe == 1)
        return g_strdup(words_at(words, "buyer", 0));
    return g_strdup_printf("%s %s %s", words_pick(words, "company.stem", rng),
                           words_pick(words, "company.office", rng),
                           words_pick(words, "company.form", rng));
}

struct world *world_open(const char *data_dir, uint64_t universe, enum part words_part,
                         enum part layout_part, const char *buyer_name)
{
    struct world *world = g_new0(struct world, 1);

    for (int i = 0; i < LANG_COUNT; i++) {
        const struct locale *locale = locale_of((enum language)i);
        struct words *words = words_open(data_dir, locale->language, words_part);
        struct rng rng = {rng_mix(6 + universe, locale->country)};
        g_autofree char *name = make_buyer_name(words, universe, buyer_name, &rng);

        world->words[i] = words;
        for (int n = 0; n < SUPPLIERS_PER_COUNTRY; n++)
            make_supplier(&world->suppliers[i][n], (enum language)i, n, words, universe,
                          layout_part);
        make_party(&world->buyers[i], (enum language)i, words, name, &rng);
    }
    return world;
}

static void party_release(struct party *party)
{
    g_free(party->name);
    g_free(party->street);
    g_free(party->city);
    g_free(party->registration);
    g_free(party->registration_shown);
    g_free(party->vat);
    g_free(party->vat_shown);
    g_free(party->email);
    g_free(party->phone);
    g_free(party->web);
    g_free(party->person);
}

static void supplier_release(struct supplier *supplier)
{
    struct account *account = &supplier->account;

    party_release(&supplier->party);
    g_free(account->bank);
    g_free(account->iban);
    g_free(account->iban_shown);
    g_free(account->bic);
    g_free(account->number);
    g_free(account->bankgiro);
    g_free(account->plusgiro);
    g_free(account->creditor);
    g_free(supplier->id);
    g_free(supplier->trade);
    g_free(supplier->number_prefix);
}

void world_close(struct world *world)
{
    if (world == NULL)
        return;
    for (int i = 0; i < LANG_COUNT; i++) {
        for (int n = 0; n < SUPPLIERS_PER_COUNTRY; n++)
            supplier_release(&world->suppliers[i][n]);
        party_release(&world->buyers[i]);
        words_close(world->words[i]);
    }
    g_free(world);
}

const struct supplier *world_supplier(const struct world *world, enum language language, int n)
{
    return &world->suppliers[language][n];
}

const struct party *world_buyer(const struct world *world, enum language language)
{
    return &world->buyers[language];
}

const struct words *world_words(const struct world *world, enum language language)
{
    return world->words[language];
}
