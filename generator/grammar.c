/*
 * Slots, their choices with weights, and the rules between them, as tables. A layout is drawn slot
 * by slot: a rule only looks at slots before its own and always leaves a choice, so that drawing
 * never has to turn back.
 *
 * A layout is kept for testing where it has a choice that training never sees at all, and where a
 * hash of its skeleton says so; the skeleton leaves out what hardly changes a paper's look, so that
 * no tested layout is a trained one with another foot.
 */
#include "generator/grammar.h"

#include <glib.h>
#include <stddef.h>
#include <string.h>

struct choice {
    const char *name;
    int weight;
    bool is_held; /* only in the test part */
};

static const struct choice bands[] = {
    {"plain", 4, false}, {"top", 3, false},       {"stripe", 1, false}, {"rule", 2, false},
    {"logo", 4, false},  {"logo-near", 3, false}, {"shade", 1, false}};
static const struct choice senders[] = {
    {"left", 5, false},   {"right", 3, false}, {"centre", 2, false}, {"band", 1, false},
    {"window", 3, false}, {"foot", 2, false},  {"hidden", 1, false}, {"split", 2, false}};
static const struct choice payments[] = {
    {"giro", 4, false}, {"box", 3, false},      {"line", 2, false}, {"foot", 2, false},
    {"list", 3, false}, {"sentence", 2, false}, {"strip", 2, true}};
static const struct choice feet[] = {{"columns", 4, false},
                                     {"line", 3, false},
                                     {"box", 1, false},
                                     {"none", 2, false},
                                     {"dark", 1, false}};
static const struct choice titles[] = {{"right", 4, false},  {"left", 5, false},
                                       {"centre", 2, false}, {"band", 5, false},
                                       {"lead", 2, false},   {"none", 1, false}};
static const struct choice buyers[] = {
    {"left", 4, false}, {"right", 2, false}, {"box", 2, false}, {"label", 2, false}};
static const struct choice orders[] = {
    {"usual", 4, false}, {"title-first", 2, false}, {"buyer-last", 1, false}};
static const struct choice metas[] = {
    {"right", 4, false},  {"right-box", 2, false}, {"grid", 2, false}, {"left", 2, false},
    {"inline", 1, false}, {"columns", 2, false},   {"stack", 2, true}, {"strip", 2, false}};
static const struct choice heads[] = {{"one", 6, false}, {"two", 3, false}, {"bare", 1, false}};
static const struct choice rule_kinds[] = {
    {"open", 2, false},    {"rows", 3, false}, {"grid", 2, false}, {"zebra", 2, false},
    {"columns", 2, false}, {"dark", 2, false}, {"dots", 1, false}};
static const struct choice columns[] = {
    {"adqupt", 4, false},  {"dqpvt", 4, false},    {"dqpt", 4, false},    {"ndqupt", 4, false},
    {"adquvpt", 3, false}, {"dt", 2, false},       {"qdpt", 3, false},    {"dqupvt", 4, false},
    {"ndqpt", 3, false},   {"aqdpvt", 2, false},   {"qudpt", 2, false},   {"adupqvt", 2, false},
    {"adqpvt", 3, false},  {"ndt", 1, false},      {"dqt", 1, false},     {"nadqupvt", 2, false},
    {"edqpt", 2, false},   {"edt", 1, false},      {"dvt", 1, false},     {"adqpvtg", 1, false},
    {"dqupvtg", 2, false}, {"ndqupvtg", 1, false}, {"qadpt", 2, false},   {"dpqt", 2, false},
    {"aduqpt", 2, false},  {"dvqpt", 2, false},    {"edqupvt", 1, false}, {"adt", 1, false},
    {"nqudpvt", 3, true},  {"daqpt", 3, true},     {"vdqpt", 3, true},    {"dpt", 3, true},
    {"nadpqt", 3, true},   {"edqupt", 3, true},
};
static const struct choice cell_kinds[] = {{"plain", 6, false},
                                           {"article-below", 2, false},
                                           {"price-below", 2, false},
                                           {"code-before", 1, false}};
static const struct choice total_kinds[] = {{"right", 4, false}, {"box", 2, false},
                                            {"bar", 2, false},   {"left", 1, false},
                                            {"grid", 2, false},  {"wide", 3, true}};
static const struct choice vat_forms[] = {
    {"sum", 3, false}, {"table", 4, false}, {"within", 2, false}};

enum slot {
    SLOT_BAND,
    SLOT_SENDER,
    SLOT_PAYMENT,
    SLOT_FOOT,
    SLOT_TITLE,
    SLOT_BUYER,
    SLOT_ORDER,
    SLOT_META,
    SLOT_HEAD,
    SLOT_RULES,
    SLOT_COLUMNS,
    SLOT_CELLS,
    SLOT_TOTALS,
    SLOT_VAT,
    SLOT_COUNT
};

#define SLOT(member, table, in_skeleton)                                                           \
    {                                                                                              \
        offsetof(struct layout, member), table, (int)G_N_ELEMENTS(table), in_skeleton              \
    }

static const struct {
    size_t offset;
    const struct choice *choices;
    int count;
    bool in_skeleton;
} slots[SLOT_COUNT] = {
    [SLOT_BAND] = SLOT(band, bands, false),          [SLOT_SENDER] = SLOT(sender, senders, true),
    [SLOT_PAYMENT] = SLOT(payment, payments, true),  [SLOT_FOOT] = SLOT(foot, feet, false),
    [SLOT_TITLE] = SLOT(title, titles, true),        [SLOT_BUYER] = SLOT(buyer, buyers, false),
    [SLOT_ORDER] = SLOT(order, orders, false),       [SLOT_META] = SLOT(meta, metas, true),
    [SLOT_HEAD] = SLOT(head, heads, false),          [SLOT_RULES] = SLOT(rules, rule_kinds, false),
    [SLOT_COLUMNS] = SLOT(columns, columns, true),   [SLOT_CELLS] = SLOT(cells, cell_kinds, false),
    [SLOT_TOTALS] = SLOT(totals, total_kinds, true), [SLOT_VAT] = SLOT(vat, vat_forms, false),
};

#define ONE(choice) (UINT64_C(1) << (choice))
#define ALL_BUT(choice) (~ONE(choice))

/* Where `slot` has one of `given`, `other` (a later slot) has one of `allowed`. */
static const struct {
    enum slot slot;
    uint64_t given;
    enum slot other;
    uint64_t allowed;
} pairs[] = {
    {SLOT_BAND, ONE(BAND_TOP), SLOT_SENDER, ONE(SENDER_BAND)},
    {SLOT_BAND, ALL_BUT(BAND_TOP), SLOT_SENDER, ALL_BUT(SENDER_BAND)},
    {SLOT_BAND, ALL_BUT(BAND_TOP), SLOT_TITLE, ALL_BUT(TITLE_BAND)},
    {SLOT_BAND, ONE(BAND_TOP), SLOT_TITLE, ALL_BUT(TITLE_LEAD)},
    {SLOT_SENDER, ONE(SENDER_FOOT) | ONE(SENDER_HIDDEN), SLOT_PAYMENT, ALL_BUT(PAYMENT_GIRO)},
    {SLOT_SENDER, ONE(SENDER_FOOT) | ONE(SENDER_HIDDEN), SLOT_FOOT, ALL_BUT(FOOT_NONE)},
    {SLOT_PAYMENT, ONE(PAYMENT_GIRO), SLOT_FOOT, ONE(FOOT_NONE)},
    {SLOT_PAYMENT, ONE(PAYMENT_FOOT), SLOT_FOOT,
     ONE(FOOT_COLUMNS) | ONE(FOOT_BOX) | ONE(FOOT_DARK)},
};

/* What stands within the text cell has no column of its own. */
static const struct {
    enum cells cells;
    const char *without; /* letters */
} cell_rules[] = {{CELLS_ARTICLE_BELOW, "a"}, {CELLS_PRICE_BELOW, "pqu"}, {CELLS_CODE_BEFORE, "a"}};

static int *member(struct layout *layout, int slot)
{
    return (int *)((char *)layout + slots[slot].offset);
}

static int chosen(const struct layout *layout, int slot)
{
    return *(const int *)((const char *)layout + slots[slot].offset);
}

/* The choices of a slot which go with those of the slots before it, a bit each. */
static uint64_t allowed(const struct layout *layout, int slot)
{
    uint64_t mask = (UINT64_C(1) << slots[slot].count) - 1;

    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
        if ((int)pairs[i].other == slot && (pairs[i].given & ONE(chosen(layout, pairs[i].slot))))
            mask &= pairs[i].allowed;
    }
    for (size_t i = 0; slot == SLOT_CELLS && i < G_N_ELEMENTS(cell_rules); i++) {
        if (strpbrk(layout_columns(layout), cell_rules[i].without) != NULL)
            mask &= ALL_BUT(cell_rules[i].cells);
    }
    g_assert(mask != 0);
    return mask;
}

static int weight_of(int slot, int choice, enum part part)
{
    const struct choice *it = &slots[slot].choices[choice];

    return it->is_held && part == PART_TRAIN ? 0 : it->weight;
}

static int draw_choice(const struct layout *layout, int slot, enum part part, struct rng *rng)
{
    uint64_t mask = allowed(layout, slot);
    int total = 0;
    int rest;
    int choice = -1;

    for (int i = 0; i < slots[slot].count; i++)
        total += (mask & ONE(i)) ? weight_of(slot, i, part) : 0;
    rest = rng_below(rng, total);
    while (rest >= 0) {
        choice++;
        rest -= (mask & ONE(choice)) ? weight_of(slot, choice, part) : 0;
    }
    return choice;
}

void layout_draw(struct layout *layout, enum part part, struct rng *rng)
{
    do {
        for (int i = 0; i < SLOT_COUNT; i++)
            *member(layout, i) = draw_choice(layout, i, part, rng);
    } while (part != PART_ALL && layout_is_test(layout) != (part == PART_TEST));
}

bool layout_is_test(const struct layout *layout)
{
    GString *skeleton = g_string_new(NULL);
    bool is_test = false;

    for (int i = 0; i < SLOT_COUNT; i++) {
        const struct choice *choice = &slots[i].choices[chosen(layout, i)];

        is_test = is_test || choice->is_held;
        if (slots[i].in_skeleton)
            g_string_append_printf(skeleton, "%s ", choice->name);
    }
    is_test = is_test || rng_mix(1, skeleton->str) % 10 < 2;
    g_string_free(skeleton, TRUE);
    return is_test;
}

char *layout_key(const struct layout *layout)
{
    GString *key = g_string_new(NULL);

    for (int i = 0; i < SLOT_COUNT; i++)
        g_string_append_printf(key, "%s%s", i == 0 ? "" : ".",
                               slots[i].choices[chosen(layout, i)].name);
    return g_string_free(key, FALSE);
}

const char *layout_columns(const struct layout *layout)
{
    return columns[layout->columns].name;
}

/* A slot no rule speaks of multiplies the number of layouts; the others are walked through. */
static bool is_tied(int slot)
{
    bool is_tied = slot == SLOT_COLUMNS || slot == SLOT_CELLS;

    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++)
        is_tied = is_tied || (int)pairs[i].slot == slot || (int)pairs[i].other == slot;
    return is_tied;
}

static uint64_t count_from(struct layout *layout, int slot)
{
    uint64_t mask;
    uint64_t total = 0;

    if (slot == SLOT_COUNT)
        return 1;
    if (!is_tied(slot))
        return (uint64_t)slots[slot].count * count_from(layout, slot + 1);
    mask = allowed(layout, slot);
    for (int i = 0; i < slots[slot].count; i++) {
        *member(layout, slot) = i;
        total += (mask & ONE(i)) ? count_from(layout, slot + 1) : 0;
    }
    return total;
}

uint64_t layout_count(void)
{
    struct layout layout = {0};

    return count_from(&layout, 0);
}
