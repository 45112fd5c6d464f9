/*
 * The companies in our documents: a universe of invented suppliers, the same in every run, and the
 * buyers who receive the paper.
 *
 * A supplier is decided by universe seed, country and number alone, so "the same supplier" exists
 * across runs: name, ids, accounts, layout, wording and number series stay.
 */
#ifndef GENERATOR_WORLD_H
#define GENERATOR_WORLD_H

#include "generator/style.h"
#include "generator/locale.h"

enum { SUPPLIERS_PER_COUNTRY = 40 };

struct party {
    char *name;
    char *street;
    char *city;         /* with postcode, as written on a letter */
    char *registration; /* the company number, plain; NULL where the country has none to show */
    char *registration_shown;
    char *vat; /* with its country: NO987654321MVA, DE123456789 */
    char *vat_shown;
    char *email;
    char *phone;
    char *web;
    char *person; /* who signs, or "your reference" */
};

struct account {
    char *bank;
    char *iban;
    char *iban_shown;
    char *bic;
    char *number;   /* the domestic account as printed; NULL where only IBAN is used */
    char *bankgiro; /* Sweden */
    char *plusgiro; /* Sweden */
    char *creditor; /* Denmark: FIK creditor number */
};

enum reference_kind { REFERENCE_NONE, REFERENCE_MOD10, REFERENCE_MOD11, REFERENCE_RF };

struct supplier {
    char *id; /* NO-07 */
    enum language language;
    const struct locale *locale;
    const struct words *words;
    struct party party;
    struct account account;
    struct style style;
    char *trade; /* which of the word lists its goods come from */
    enum reference_kind reference;
    char *number_prefix; /* before its running invoice number */
    int number_digits;
    uint64_t seed;
};

struct world;

/* All languages' words and suppliers, words and layouts of these parts. `buyer_name` replaces the
 * default buyers where not NULL. */
struct world *world_open(const char *data_dir, uint64_t universe, enum part words_part,
                         enum part layout_part, const char *buyer_name);
void world_close(struct world *world);

/* Borrowed until the world is closed. */
const struct supplier *world_supplier(const struct world *world, enum language language, int n);
const struct party *world_buyer(const struct world *world, enum language language);
const struct words *world_words(const struct world *world, enum language language);

#endif
