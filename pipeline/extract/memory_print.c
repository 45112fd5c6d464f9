/*
 * Where a known text is printed, misread or not: its comparing form is searched in all words of the
 * pages with one error in eight letters, by Myers' bit vectors (JACM 46(3), 1999): one machine word
 * of pattern, a dozen operations a letter.
 */
#include "pipeline/extract/memory_private.h"

#include "base/arena.h"

#include <math.h>
#include <string.h>

enum { LETTERS_AN_ERROR = 8, WRAPPED_WORDS = 8 };
static_assert(PHRASE_KEY_SIZE <= 64, "a pattern is one word of bits");

struct letters letters_of(const struct sheet *s, struct arena *a)
{
    struct letters l = {.s = s};
    size_t room = 1;

    for (int i = 0; i < s->n_tokens; i++)
        room += strlen(s->tokens[i].key);
    l.text = arena_alloc(a, room);
    l.token = arena_alloc_array(a, room, sizeof *l.token);
    for (int i = 0; i < s->n_tokens; i++)
        for (const char *p = s->tokens[i].key; *p; p++) {
            l.token[l.count] = i;
            l.text[l.count++] = *p;
        }
    return l;
}

/* The best place where `key` stands with at most `most` edits: its last letter, or -1. */
static int search(const struct letters *l, const char *key, int most)
{
    uint64_t masks[256] = {0}, plus = ~UINT64_C(0), minus = 0;
    int length = (int)strlen(key), score = length, best = -1;

    for (int i = 0; i < length; i++)
        masks[(unsigned char)key[i]] |= UINT64_C(1) << i;
    for (int i = 0; i < l->count; i++) {
        uint64_t equal = masks[(unsigned char)l->text[i]], down = equal | minus;
        uint64_t across = (((equal & plus) + plus) ^ plus) | equal;
        uint64_t up_plus = minus | ~(across | plus), up_minus = plus & across;

        score += (int)(up_plus >> (length - 1) & 1) - (int)(up_minus >> (length - 1) & 1);
        up_plus <<= 1;
        up_minus <<= 1;
        plus = up_minus | ~(down | up_plus);
        minus = up_plus & down;
        if (score <= most) {
            most = score - 1;
            best = i;
        }
    }
    return best;
}

static bool find_run(const struct letters *l, const char *text, int *ret_first, int *ret_last)
{
    char key[PHRASE_KEY_SIZE];
    int length = (int)words_key(text, key), end;

    if (length < 3)
        return false;
    end = search(l, key, length / LETTERS_AN_ERROR);
    if (end < 0)
        return false;
    *ret_last = l->token[end];
    *ret_first = l->token[end < length ? 0 : end - length + 1];
    return true;
}

/* The token that goes on with `key`: the next of the row, or the first of the next row where the
 * text's column begins. -1 when there is none. */
static int next_word(const struct sheet *s, int start, int at, const char *key)
{
    const struct token *token = &s->tokens[at];

    if (at + 1 < s->n_tokens && s->tokens[at + 1].row == token->row &&
        strcmp(s->tokens[at + 1].key, key) == 0)
        return at + 1;
    for (int i = at + 1; i < s->n_tokens && s->tokens[i].row <= token->row + 1; i++)
        if (s->tokens[i].row == token->row + 1 && s->tokens[i].page == token->page &&
            strcmp(s->tokens[i].key, key) == 0 &&
            fabsf(s->tokens[i].box.x0 - s->tokens[start].box.x0) < 2 * s->rows[token->row].height)
            return i;
    return -1;
}

/* A text broken into the lines of a narrow column, with other columns between; read exactly. */
static bool find_wrapped(const struct letters *l, const char *text, int *ret_first, int *ret_last)
{
    char keys[WRAPPED_WORDS][PHRASE_KEY_SIZE];
    int n = 0;

    for (const char *p = text; *p; p += strspn(p, " ")) {
        size_t length = strcspn(p, " ");
        char word[PHRASE_KEY_SIZE];

        if (n == WRAPPED_WORDS || length >= sizeof word)
            return false;
        memcpy(word, p, length);
        word[length] = '\0';
        phrase_key(word, keys[n++], PHRASE_KEY_SIZE);
        p += length;
    }
    for (int start = 0; n > 2 && start < l->s->n_tokens; start++) {
        int at = strcmp(l->s->tokens[start].key, keys[0]) == 0 ? start : -1;

        for (int k = 1; k < n && at >= 0; k++)
            at = next_word(l->s, start, at, keys[k]);
        if (at >= 0) {
            *ret_first = start;
            *ret_last = at;
            return true;
        }
    }
    return false;
}

bool find_print(const struct letters *l, const char *text, int *ret_first, int *ret_last)
{
    return find_run(l, text, ret_first, ret_last) || find_wrapped(l, text, ret_first, ret_last);
}

struct candidate candidate_of_run(const struct sheet *s, int first, int last)
{
    int end = first;

    while (end <= last && s->tokens[end].row == s->tokens[first].row)
        end++;
    return candidate_of_tokens(s, CANDIDATE_TEXT, first, end - first);
}
