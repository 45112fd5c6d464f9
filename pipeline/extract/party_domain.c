/*
 * Compares the first label of each domain with a word, both as phrase keys in which "oe" and "ø",
 * "aa" and "å" have become the same.
 */
#include "pipeline/extract/party_domain.h"

#include "base/utf8.h"

#include <ctype.h>
#include <string.h>

enum { SHORTEST_BEGIN = 4, SHORTEST_NEAR = 5, LETTERS_AN_EDIT = 6 };

/* Leaves the e of ae, oe and ue and the second a of aa out. */
static void squeeze(char *key)
{
    char *out = key;

    for (const char *p = key; *p; p++)
        if (p == key || !((*p == 'e' && strchr("aou", p[-1])) || (*p == 'a' && p[-1] == 'a')))
            *out++ = *p;
    *out = '\0';
}

/* Letters and digits alone, folded; like phrase_key(), which also merges what looks alike. */
static void fold(const char *text, char key[PHRASE_KEY_SIZE])
{
    char folded[PHRASE_KEY_SIZE * 4];
    size_t used = 0;

    utf8_fold(text, folded, sizeof folded);
    for (const char *p = folded; *p && used + 1 < PHRASE_KEY_SIZE; p++)
        if (isalnum((unsigned char)*p))
            key[used++] = *p;
    key[used] = '\0';
    squeeze(key);
}

static void make_key(const char *text, char key[PHRASE_KEY_SIZE])
{
    phrase_key(text, key, PHRASE_KEY_SIZE);
    squeeze(key);
}

/* "post@nordlys.no", "www.nordlys.no": copies "nordlys", or false. */
static bool read_label(const char *text, char label[PHRASE_KEY_SIZE])
{
    const char *at = strchr(text, '@');
    size_t n;

    if (!at && strncmp(text, "www.", 4) != 0)
        return false;
    at = at ? at + 1 : text + 4;
    n = strcspn(at, ".,/");
    if (n == 0 || n >= PHRASE_KEY_SIZE)
        return false;
    memcpy(label, at, n);
    label[n] = '\0';
    return true;
}

static enum party_domain compare(const char *text, const char *label)
{
    char word[PHRASE_KEY_SIZE], domain[PHRASE_KEY_SIZE];
    size_t n;
    int limit;

    fold(text, word);
    fold(label, domain);
    if (strcmp(word, domain) == 0)
        return DOMAIN_EXACT;
    make_key(text, word);
    make_key(label, domain);
    if (strcmp(word, domain) == 0)
        return DOMAIN_SAME;
    n = strlen(word);
    if (n >= SHORTEST_BEGIN && strncmp(word, domain, n) == 0)
        return DOMAIN_BEGINS;
    limit = 1 + (int)n / LETTERS_AN_EDIT;
    return n >= SHORTEST_NEAR && phrase_distance(word, domain, limit) <= limit ? DOMAIN_NEAR
                                                                               : DOMAIN_NONE;
}

enum party_domain party_domain(const struct sheet *s, int first)
{
    enum party_domain best = DOMAIN_NONE;
    char label[PHRASE_KEY_SIZE];

    if (strlen(s->tokens[first].key) < 2)
        return DOMAIN_NONE;
    for (int i = 0; i < s->n_tokens; i++)
        if (read_label(s->tokens[i].text, label)) {
            enum party_domain found = compare(s->tokens[first].text, label);

            best = found > best ? found : best;
        }
    return best;
}
