/*
 * Two lines are one name where they stand close in one column and size, the lower one ends in a
 * legal form and the upper one begins no label, greeting or address; or where the paper prints both
 * in a row elsewhere. Then every other line that reads nearly the same is asked: one that goes on
 * to a legal form is the whole name, one that reads the same proves it, one that differs is doubt.
 */
#include "pipeline/extract/party_name.h"
#include "pipeline/extract/party_domain.h"

#include "base/arena.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/utf8.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

enum {
    NAME_LINES = 2,
    NAME_TOKENS = 9,
    LETTERS_AN_EDIT = 8, /* of a key, for a near printing */
    LETTERS_SIZE = 128,
    VERSIONS = 8
};

static const float UNSURE_FORM = 0.8f; /* a recognised name without a legal form may have lost it */
static const float UNSURE_LETTERS =
    0.7f;                              /* two printings differ, and nothing says which is right */
static const float READ_TWICE = 0.97f; /* nobody misreads the same way in two places */

struct finder {
    const struct party_lines *lines;
    const struct sheet *s;
};

struct name {
    int lines[NAME_LINES];
    int count;
    char key[PHRASE_KEY_SIZE];
};

static const struct party_line *line_at(const struct finder *q, int at)
{
    return &q->lines->items[at];
}

/* "Herrn", "Att: Kari": what stands over a name and is none of it. */
static bool is_greeting(const struct finder *q, const struct party_line *line)
{
    static const char *const words[] = {"Herr", "Herrn", "Frau", "Firma", "Fa.", "An",  "Att",
                                        "Attn", "Til",   "Till", "To",    "Mr",  "Mrs", "Ms"};
    const char *first = q->s->tokens[line->first].text;

    if (first[strlen(first) - 1] == ':' || strncasecmp(first, "att", 3) == 0 ||
        strcasecmp(first, "c/o") == 0)
        return true;
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        if (line->count == 1 && strcasecmp(first, words[i]) == 0)
            return true;
    return false;
}

static bool is_mentioned(const struct sheet *s, int token)
{
    for (int m = 0; m < s->n_mentions; m++)
        if (s->mentions[m].first == token && !s->mentions[m].is_near)
            return true;
    return false;
}

/* "GmbH & Co." and what else cannot be the end of a name. */
static bool goes_on(const struct finder *q, const struct party_line *line)
{
    static const char *const words[] = {"&", "und", "og", "och", "and", "és", "Co.", "+"};
    const char *last = q->s->tokens[line->first + line->count - 1].text;

    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        if (strcmp(last, words[i]) == 0)
            return true;
    return false;
}

static bool may_begin_name(const struct finder *q, const struct party_line *line)
{
    return line->is_wordy && !line->is_town && !line->is_label && !line->has_digit &&
           !is_greeting(q, line) && !is_mentioned(q->s, line->first);
}

/* "& Co. KG", the end of a name that seemed whole. */
static bool begins_with_and(const struct finder *q, const struct party_line *line)
{
    return strcmp(q->s->tokens[line->first].text, "&") == 0;
}

static bool is_part(const struct name *name, int at)
{
    for (int i = 0; i < name->count; i++)
        if (name->lines[i] == at)
            return true;
    return false;
}

static void set_key(const struct finder *q, struct name *name)
{
    size_t used = 0;

    name->key[0] = '\0';
    for (int i = 0; i < name->count; i++)
        used = party_line_key(q->s, line_at(q, name->lines[i]), name->key, used);
}

/* A line that is none of the name's where it is printed once more, whole or broken in the same
 * place; -1. */
static int find_printing(const struct finder *q, const struct name *name)
{
    for (int i = 0; i < q->lines->count; i++) {
        struct name other = {.lines = {i}, .count = 1};
        int above;

        if (is_part(name, i))
            continue;
        set_key(q, &other);
        if (strcmp(other.key, name->key) == 0)
            return i;
        above = name->count > 1 && other.key[0] ? party_line_above(q->lines, i) : -1;
        if (above < 0)
            continue;
        other = (struct name){.lines = {above, i}, .count = 2};
        set_key(q, &other);
        if (strcmp(other.key, name->key) == 0)
            return i;
    }
    return -1;
}

/* Whether the name on `below` begins on the line above it. */
static bool joins(const struct finder *q, int above, int below)
{
    const struct party_line *upper = line_at(q, above), *lower = line_at(q, below);
    float high = box_height(&upper->box), low = box_height(&lower->box);
    struct name both = {.lines = {above, below}, .count = 2},
                alone = {.lines = {below}, .count = 1};

    if (!may_begin_name(q, upper) ||
        (upper->ends_in_form && !goes_on(q, upper) && !begins_with_and(q, lower)) ||
        lower->is_town || lower->has_digit || upper->count + lower->count > NAME_TOKENS ||
        fminf(high, low) < 0.7f * fmaxf(high, low) ||
        lower->box.y0 - upper->box.y1 > fmaxf(high, low) ||
        strcmp(q->s->tokens[upper->first].key, q->s->tokens[lower->first].key) == 0)
        return false;
    set_key(q, &both);
    set_key(q, &alone);
    return find_printing(q, &both) >= 0 || (lower->ends_in_form && find_printing(q, &alone) < 0);
}

/* The lines that are one name with `at`. */
static void join_lines(const struct finder *q, int at, struct name *name)
{
    int above = party_line_above(q->lines, at);

    *name = (struct name){.lines = {at}, .count = 1};
    if (above >= 0 && joins(q, above, at)) {
        *name = (struct name){.lines = {above, at}, .count = 2};
        return;
    }
    for (int i = at + 1; i < q->lines->count && name->count == 1; i++)
        if (party_line_above(q->lines, i) == at && joins(q, at, i))
            name->lines[name->count++] = i;
}

/* Whether `key` is the end of the line's: a letterhead that has lost its beginning. */
static bool ends_with(const struct finder *q, const struct party_line *line, const char *key)
{
    char whole[PHRASE_KEY_SIZE] = "";
    size_t n = party_line_key(q->s, line, whole, 0), length = strlen(key);

    return length >= 6 && n > length && strcmp(whole + n - length, key) == 0;
}

/* Whether the first words of `line` read nearly as the key; *ret_is_all: and so do all. */
static bool begins_with(const struct finder *q, const struct party_line *line, const char *key,
                        bool *ret_is_all)
{
    int limit = (int)strlen(key) / LETTERS_AN_EDIT;

    for (int n = line->count < NAME_TOKENS ? line->count : NAME_TOKENS; n > 0; n--) {
        struct party_line part = *line;
        char begin[PHRASE_KEY_SIZE] = "";

        part.count = n;
        party_line_key(q->s, &part, begin, 0);
        if (phrase_distance(begin, key, limit) <= limit) {
            *ret_is_all = n == line->count;
            return true;
        }
    }
    return false;
}

static float worst_word(const struct finder *q, const int *at, int count)
{
    float worst = 1; /* a name is only as sure as its worst word */

    for (int i = 0; i < count; i++)
        for (int k = 0; k < line_at(q, at[i])->count; k++)
            worst = fminf(worst, q->s->tokens[line_at(q, at[i])->first + k].confidence);
    return worst;
}

/* Gives way to another printing that is fuller: with its legal form, or its beginning. */
static void take_fuller(const struct finder *q, struct name *name)
{
    bool has_form = line_at(q, name->lines[name->count - 1])->ends_in_form;

    for (int i = 0; i < q->lines->count; i++) {
        const struct party_line *line = line_at(q, i);
        bool is_all, is_cut;

        if (is_part(name, i) || !line->ends_in_form || line->count > NAME_TOKENS)
            continue;
        is_cut = q->s->tokens[line->first].is_ocr && ends_with(q, line, name->key);
        if (!is_cut && (has_form || !begins_with(q, line, name->key, &is_all)))
            continue;
        *name = (struct name){.lines = {i}, .count = 1};
        set_key(q, name);
        has_form = true;
    }
}

/* The letters of a name as printed: keys take i, l and 1 for one another, which letters are not. */
static void set_letters(const struct finder *q, const struct name *name, char out[LETTERS_SIZE])
{
    char folded[LETTERS_SIZE * 2];
    size_t used = 0;

    for (int i = 0; i < name->count; i++) {
        const struct party_line *line = line_at(q, name->lines[i]);

        for (int k = line->first; k < line->first + line->count; k++) {
            utf8_fold(q->s->tokens[k].text, folded, sizeof folded);
            for (const char *p = folded; *p && used + 1 < LETTERS_SIZE; p++)
                if (isalnum((unsigned char)*p))
                    out[used++] = *p;
        }
    }
    out[used] = '\0';
}

/* A way of reading the name, and what speaks for it. */
struct version {
    struct name name;
    char letters[LETTERS_SIZE];
    int votes; /* printings that read so */
    bool is_spelt, has_form;
    float worst;
};

static bool is_better(const struct version *a, const struct version *b)
{
    if (a->has_form != b->has_form)
        return a->has_form;
    if (a->votes + a->is_spelt != b->votes + b->is_spelt)
        return a->votes + a->is_spelt > b->votes + b->is_spelt;
    return a->worst > b->worst;
}

/* Whether another version has as much to say; one that only lost its legal form has not. */
static bool disagrees(const struct version *other, const struct version *best)
{
    if (!other->has_form && best->has_form &&
        strncmp(best->letters, other->letters, strlen(other->letters)) == 0)
        return false;
    return other->votes + other->is_spelt >= best->votes + best->is_spelt;
}

static int add_version(const struct finder *q, const struct name *name, struct version *versions,
                       int count)
{
    struct version *next = &versions[count];
    int first = line_at(q, name->lines[0])->first;
    float worst = worst_word(q, name->lines, name->count);

    *next = (struct version){.name = *name, .votes = 1, .worst = worst};
    set_letters(q, name, next->letters);
    next->is_spelt = party_domain(q->s, first) == DOMAIN_EXACT;
    next->has_form = line_at(q, name->lines[name->count - 1])->ends_in_form;
    for (int i = 0; i < count; i++)
        if (strcmp(versions[i].letters, next->letters) == 0) {
            versions[i].votes++;
            if (worst > versions[i].worst) {
                versions[i].worst = worst;
                versions[i].name = *name;
            }
            return count;
        }
    return count + 1;
}

/* Lets all printings of the name vote on its letters. Gives in how many places the winner stands;
 * *ret_other is a line that reads otherwise with as much to say for it, or -1. */
static int vote_letters(const struct finder *q, struct name *name, int *ret_other)
{
    struct version versions[VERSIONS];
    int count = add_version(q, name, versions, 0), best = 0;

    for (int i = 0; i < q->lines->count && count < VERSIONS; i++) {
        const struct party_line *line = line_at(q, i);
        struct name other = {.lines = {i}, .count = 1};
        bool is_all = false;

        if (is_part(name, i) || !begins_with(q, line, name->key, &is_all) || !is_all)
            continue;
        set_key(q, &other);
        count = add_version(q, &other, versions, count);
    }
    for (int i = 1; i < count; i++)
        if (is_better(&versions[i], &versions[best]))
            best = i;
    *ret_other = -1;
    for (int i = 0; i < count; i++)
        if (i != best && disagrees(&versions[i], &versions[best]))
            *ret_other = versions[i].name.lines[0];
    *name = versions[best].name;
    return versions[best].votes;
}

/* Names and streets begin with a capital, and no word of ours with an l before one of these: an I
 * looks the same ("Ipar utca"). */
static void mend_capital(char *text)
{
    if (text[0] == 'l' && text[1] && strchr("bcdfghkmnpqrstvwxz", text[1]))
        text[0] = 'I';
}

static char *line_text(const struct finder *q, struct arena *a, int at)
{
    char *text = sheet_text(q->s, a, line_at(q, at)->first, line_at(q, at)->count);
    size_t n = strlen(text);

    if (n > 1 && text[n - 1] == ',')
        text[n - 1] = '\0';
    if (q->s->tokens[line_at(q, at)->first].is_ocr)
        mend_capital(text);
    return text;
}

void party_name_fill_lines(const struct party_lines *lines, const struct sheet *s, struct arena *a,
                           const int *at, int count, const char *between, float confidence,
                           struct field *field)
{
    const struct finder q = {lines, s};
    const struct party_line *line = line_at(&q, at[0]);
    struct box printed = s->tokens[line->first].printed;
    char *text = line_text(&q, a, at[0]);
    float worst = worst_word(&q, at, count);

    for (int i = 0; i < count; i++) {
        const struct party_line *part = line_at(&q, at[i]);
        char *more = i > 0 ? line_text(&q, a, at[i]) : "";

        if (strlen(text) + strlen(more) + 3 > LIMIT_FIELD_BYTES)
            return;
        if (i > 0)
            text = arena_printf(a, "%s%s%s", text, between, more);
        for (int k = part->first; k < part->first + part->count; k++)
            printed = box_union(printed, s->tokens[k].printed);
    }
    *field = (struct field){.value = text,
                            .confidence = confidence * (0.4f + 0.6f * worst),
                            .reading = worst,
                            .page = s->pages[line->page]->number,
                            .box = printed,
                            .source = s->tokens[line->first].is_ocr ? SOURCE_OCR : SOURCE_TEXT};
}

/* What domains, printings and letters say of a name that was read as `name`. */
static void judge_letters(const struct finder *q, const struct name *name, int printings,
                          float confidence, struct field *field)
{
    int first = line_at(q, name->lines[0])->first;
    enum party_domain domain = party_domain(q->s, first);

    if (domain == DOMAIN_EXACT)
        field->proofs |= 1u << PROOF_DOMAIN;
    if (printings > 1) {
        field->proofs |= 1u << PROOF_PRINTED_TWICE;
        field->reading = fmaxf(field->reading, READ_TWICE);
        field->confidence = fmaxf(field->confidence, confidence * (0.4f + 0.6f * field->reading));
    } else if (q->s->tokens[first].is_ocr && (domain == DOMAIN_NEAR || domain == DOMAIN_SAME)) {
        field->confidence *= UNSURE_LETTERS;
        field->reading *= UNSURE_LETTERS;
    }
}

void party_name_fill(const struct party_lines *lines, const struct sheet *s, struct arena *a,
                     int at, bool is_whole, float confidence, struct field *field)
{
    const struct finder q = {lines, s};
    struct name name;
    int other = -1, printings;

    join_lines(&q, at, &name);
    set_key(&q, &name);
    if (!is_whole)
        take_fuller(&q, &name);
    printings = vote_letters(&q, &name, &other);
    if (s->tokens[line_at(&q, at)->first].is_ocr &&
        !line_at(&q, name.lines[name.count - 1])->ends_in_form)
        confidence *= UNSURE_FORM;
    if (other >= 0)
        confidence *= UNSURE_LETTERS;
    party_name_fill_lines(lines, s, a, name.lines, name.count, " ", confidence, field);
    if (other >= 0)
        field->alternative = line_text(&q, a, other);
    judge_letters(&q, &name, printings, confidence, field);
}
