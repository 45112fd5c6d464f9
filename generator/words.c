/*
 * Word lists in memory: a hash table from key to alternatives. Labels can be split into a training
 * share and a held-out share by a hash of the word itself, so that a test can ask for wordings
 * which no training page has shown.
 */
#include "generator/words.h"

#include <glib.h>
#include <string.h>

struct words {
    GHashTable *lists;  /* key -> GPtrArray of borrowed text */
    GHashTable *firsts; /* the usual word of each key */
    char *text;         /* the whole file, tabs and newlines made into ends of strings */
    enum part part;
};

static void add_line(struct words *words, char *line)
{
    char *next = strchr(line, '\t');
    GPtrArray *list;

    if (line[0] == '\0' || line[0] == '#')
        return;
    if (next == NULL)
        g_error("word list line without a tab: %s", line);
    *next++ = '\0';
    list = g_hash_table_lookup(words->lists, line);
    if (list == NULL) {
        list = g_ptr_array_new();
        g_hash_table_insert(words->lists, line, list);
    }
    while (next != NULL) {
        char *word = next;

        next = strchr(word, '\t');
        if (next != NULL)
            *next++ = '\0';
        g_ptr_array_add(list, word);
    }
    g_hash_table_add(words->firsts, g_ptr_array_index(list, 0));
}

struct words *words_open(const char *dir, const char *code, enum part part)
{
    struct words *words = g_new0(struct words, 1);
    g_autofree char *path = g_strdup_printf("%s/%s.tsv", dir, code);
    GError *error = NULL;
    char *line;

    if (!g_file_get_contents(path, &words->text, NULL, &error))
        g_error("%s", error->message);
    words->part = part;
    words->lists = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
                                         (GDestroyNotify)g_ptr_array_unref);
    words->firsts = g_hash_table_new(g_str_hash, g_str_equal);
    line = words->text;
    while (line != NULL) {
        char *end = strchr(line, '\n');

        if (end != NULL)
            *end++ = '\0';
        add_line(words, line);
        line = end;
    }
    return words;
}

void words_close(struct words *words)
{
    if (words == NULL)
        return;
    g_hash_table_unref(words->lists);
    g_hash_table_unref(words->firsts);
    g_free(words->text);
    g_free(words);
}

static const GPtrArray *find(const struct words *words, const char *key)
{
    const GPtrArray *list = g_hash_table_lookup(words->lists, key);

    if (list == NULL)
        g_error("no words for %s", key);
    return list;
}

int words_count(const struct words *words, const char *key)
{
    return (int)find(words, key)->len;
}

const char *words_at(const struct words *words, const char *key, int n)
{
    return g_ptr_array_index(find(words, key), n);
}

/* Names, places and numbered parts are no wordings: every part has them all. */
static bool is_shared(const char *key)
{
    static const char *const shared[] = {
        "months", "unit.",   "company.", "person.",    "city",        "street", "bank",
        "buyer",  "mailbox", "item.",    "form.class", "form.answer", "page.of"};

    for (size_t i = 0; i < G_N_ELEMENTS(shared); i++) {
        if (g_str_has_prefix(key, shared[i]))
            return true;
    }
    return false;
}

/* Three synonyms in ten are held out, but never the first of a key: each keeps one for training. A
 * word is held for all keys it is an alternative of, or for none. */
static bool is_held(const struct words *words, const char *key, const char *word)
{
    return !is_shared(key) && !g_hash_table_contains(words->firsts, word) &&
           rng_mix(1, word) % 10 < 3;
}

void words_labels(const struct words *words,
                  void (*each)(const char *key, const char *word, void *data), void *data)
{
    GHashTableIter at;
    gpointer key;
    gpointer list;

    g_hash_table_iter_init(&at, words->lists);
    while (g_hash_table_iter_next(&at, &key, &list)) {
        for (guint i = 0; i < ((GPtrArray *)list)->len; i++) {
            const char *word = g_ptr_array_index((GPtrArray *)list, i);
            bool held = is_held(words, key, word);

            if (!is_shared(key) && (words->part == PART_ALL || held == (words->part == PART_TEST)))
                each(key, word, data);
        }
    }
}

const char *words_pick(const struct words *words, const char *key, struct rng *rng)
{
    const GPtrArray *list = find(words, key);
    guint n = (guint)rng_below(rng, (int)list->len);

    while (words->part == PART_TRAIN && is_held(words, key, g_ptr_array_index(list, n)))
        n = (n + 1) % list->len;
    return g_ptr_array_index(list, n);
}

const char *words_label(const struct words *words, const char *key, uint64_t seed)
{
    const GPtrArray *list = find(words, key);
    uint64_t best_rank = 0;
    guint best = 0;

    for (guint i = 0; i < list->len; i++) {
        uint64_t rank = rng_nth(rng_mix(seed, key), i) | 1;

        if (words->part == PART_TRAIN && is_held(words, key, g_ptr_array_index(list, i)))
            continue;
        if (words->part == PART_TEST && is_held(words, key, g_ptr_array_index(list, i)))
            rank |= UINT64_C(1) << 63;
        else if (words->part == PART_TEST)
            rank &= ~(UINT64_C(1) << 63);
        if (rank > best_rank) {
            best_rank = rank;
            best = i;
        }
    }
    return g_ptr_array_index(list, best);
}
