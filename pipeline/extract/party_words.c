/*
 * A word with a misread letter, two where it is long, becomes the word of the table it is nearest
 * to, unless two are as near. Letters are only exchanged, never put in or left out: words that
 * differ so are mostly inflections of one another, which no table has all of.
 */
#include "pipeline/extract/party_words.h"
#include "pipeline/extract/phrases.h"

#include "base/arena.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/utf8.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { LETTERS_MIN = 7, LETTERS_LONG = 10, WORD_SIZE = PHRASE_KEY_SIZE };

/* Shorter ones are near to too many others. English, Nordic, German, Hungarian and Malay;
 * "painters" and the like are here because they differ from another in one letter. */
static const char *const words[] = {
    "bakeries", "bookshop", "bookstore", "brewery", "brothers", "builders", "building", "butcher",
    "butchers", "cafeteria", "catering", "chemist", "chemists", "cleaners", "cleaning", "clearing",
    "clothing", "communications", "company", "computer", "computers", "construction", "corporation",
    "cosmetics", "department", "discount", "electric", "electrical", "electronics", "emporium",
    "engineering", "enterprise", "enterprises", "entertainment", "factory", "fashion", "fitness",
    "florist", "florists", "flowers", "furniture", "gallery", "gardens", "grocers", "grocery",
    "hardware", "healthcare", "holdings", "hypermarket", "incorporated", "industrial", "industries",
    "international", "jewellers", "jewellery", "kitchen", "laundry", "leisure", "limited",
    "logistics", "machinery", "management", "marketing", "markets", "materials", "medical",
    "minimarket", "minimart", "nursery", "optical", "opticians", "packing", "painters", "painting",
    "parking", "pharmacy", "pizzeria", "printers", "printing", "products", "resources",
    "restaurant", "restaurants", "retailers", "seafood", "service", "services", "solutions",
    "station", "stationary", "stationers", "stationery", "superstore", "supermarket",
    "supermarkets", "supplies", "supplier", "suppliers", "systems", "technologies", "technology",
    "traders", "trading", "transport", "wholesale", "wholesalers", "workshop",
    /* Nordic */
    "aktiebolag", "aktieselskab", "anpartsselskab", "apoteket", "bageriet", "bakeriet",
    "bensinstasjon", "blommor", "blomster", "bokhandel", "butikken", "byggevarer", "byggmarknad",
    "bygghandel", "dagligvarer", "detaljhandel", "elektro", "elektronik", "elektronikk",
    "entreprenør", "entreprenör", "fiskehandel", "grossist", "handels", "isenkram", "jernhandel",
    "jernvare", "kaffebar", "kolonial", "konditori", "konditoriet", "købmand", "livsmedel",
    "optiker", "rengøring", "restaurang", "restauranten", "slagter", "slakteri", "sportsbutik",
    "trelast", "tømmerhandel", "verkstad", "verksted", "værksted", "värdshus",
    /* German */
    "apotheke", "autohaus", "baumarkt", "brauerei", "brauhaus", "buchhandlung", "bäckerei",
    "bürobedarf", "drogerie", "drogeriemarkt", "druckerei", "einzelhandel", "feinkost",
    "fleischerei", "gasthaus", "gasthof", "gaststätte", "gesellschaft", "getränke", "getränkemarkt",
    "grosshandel", "handelsgesellschaft", "konditorei", "lebensmittel", "metzgerei", "modehaus",
    "möbelhaus", "reinigung", "schreibwaren", "spedition", "supermarkt", "tankstelle", "vertrieb",
    "vertriebs", "werkstatt",
    /* Hungarian */
    "benzinkút", "cukrászda", "gyógyszertár", "kereskedelmi", "kereskedés", "könyvesbolt",
    "részvénytársaság", "szolgáltató", "társaság", "vegyesbolt", "vendéglátó", "vendéglő",
    "virágbolt", "élelmiszer", "étterem",
    /* Malay */
    "farmasi", "kosmetik", "makanan", "pasaraya", "perabot", "perniagaan", "perusahaan", "restoran",
    "syarikat"};

/* In how many letters two keys of one length differ. */
static int letters_apart(const char *a, const char *b)
{
    int count = 0;

    for (; *a; a++, b++)
        count += *a != *b;
    return count;
}

/* The word of the table that a key is, or is a misreading of; NULL. */
static const char *nearest(const char *key)
{
    size_t length = strlen(key);
    int least = length < LETTERS_LONG ? 2 : 3;
    const char *best = NULL;

    for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
        char own[WORD_SIZE];
        int apart;

        if (phrase_key(words[i], own, sizeof own) != length)
            continue;
        apart = letters_apart(key, own);
        if (apart > least)
            continue;
        best = apart < least ? words[i] : NULL;
        least = apart;
    }
    return best;
}

bool party_words_is_trade(const char *word)
{
    char key[WORD_SIZE], own[WORD_SIZE];

    phrase_key(word, key, sizeof key);
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        if (phrase_key(words[i], own, sizeof own) && strcmp(own, key) == 0)
            return true;
    return false;
}

static bool has_small(const char *text)
{
    for (; *text; text++)
        if (islower((unsigned char)*text))
            return true;
    return false;
}

/* The right word in the case of the misread one. */
static const char *spell(struct arena *a, const char *word, const char *misread)
{
    size_t capitals = !has_small(misread) ? SIZE_MAX : !islower((unsigned char)misread[0]);

    return utf8_capitalised(a, word, capitals);
}

/* One word without marks around it. */
static const char *repair_word(struct arena *a, const char *word)
{
    char key[WORD_SIZE], folded[2 * WORD_SIZE], right[2 * WORD_SIZE];
    const char *found;

    if (phrase_key(word, key, sizeof key) < LETTERS_MIN)
        return word;
    found = nearest(key);
    if (!found)
        return word;
    utf8_fold(word, folded, sizeof folded);
    utf8_fold(found, right, sizeof right);
    return strcmp(folded, right) == 0 ? word : spell(a, found, word);
}

/* Figures between the points of initials, and curly brackets, are in nobody's name. */
static void repair_marks(char *text)
{
    static const char figures[] = "0158", letters[] = "OISB", curly[] = "{}", round[] = "()";

    for (char *p = text; *p; p++) {
        const char *figure = strchr(figures, *p), *bracket = strchr(curly, *p);

        if (figure && p > text + 1 && p[-1] == '.' && p[1] == '.' && isalpha((unsigned char)p[-2]))
            *p = letters[figure - figures];
        if (bracket)
            *p = round[bracket - curly];
    }
}

const char *party_words_repair(struct arena *a, const char *name)
{
    char *text = arena_strdup(a, name);
    char out[2 * LIMIT_FIELD_BYTES];
    size_t used = 0;

    repair_marks(text);
    while (*text) {
        size_t marks = strspn(text, " ()[]&.,-/'"), n = strcspn(text + marks, " ()[]&.,-/'");
        const char *word = repair_word(a, arena_strndup(a, text + marks, n));
        size_t length = strlen(word);

        if (used + marks + length >= sizeof out)
            return name;
        memcpy(out + used, text, marks);
        memcpy(out + used + marks, word, length);
        used += marks + length;
        text += marks + n;
    }
    return arena_strndup(a, out, used);
}
