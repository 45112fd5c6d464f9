/*
 * What second looks change. What they confirm becomes surer; what nearly all of them read otherwise
 * replaces an unsure word; everything else they saw is a candidate more, for the money solver and
 * the check digits to choose where the first reading explains less. It costs such a candidate
 * a little that it was not read first, so that labels alone never prefer it.
 */
#include "pipeline/extract/doubts.h"
#include "pipeline/extract/candidate.h"

#include "base/arena.h"

#include <ctype.h>
#include <limits.h>
#include <math.h>
#include <string.h>

#define UNSURE 0.75f /* a word read surer than this is not outvoted */
enum { NAME_LETTERS = 64 };

#define STILL_DOUBTFUL 0.3f /* of a word's doubt is left when the looks agree with it */

/* --- what the looks say ---------------------------------------------------------------------- */

/* Whether two texts are one value: letters and digits, and for amounts the number. */
static bool is_same(enum look_kind kind, const char *a, const char *b)
{
    struct amount x, y;

    if (kind == LOOK_AMOUNT && amount_parse(a, true, &x) && amount_parse(b, true, &y))
        return x.value == y.value && (x.decimals == 1) == (y.decimals == 1); /* "9.5" is cut */
    for (;; a++, b++) {
        while (*a && isascii(*a) && !isalnum((unsigned char)*a))
            a++;
        while (*b && isascii(*b) && !isalnum((unsigned char)*b))
            b++;
        if (*a != *b || *a == '\0')
            return *a == *b;
    }
}

static bool is_name(const struct doubt *doubt)
{
    return doubt->place.kind == LOOK_NAME || doubt->place.kind == LOOK_CAPITALS;
}

static size_t count_words(const char *text)
{
    size_t count = 0;

    for (; *text; text += strcspn(text, " "), text += strspn(text, " "))
        count++;
    return count;
}

/* Takes the next word off a text. */
static const char *next_word(struct arena *a, const char **text)
{
    size_t length = strcspn(*text, " ");
    const char *word = arena_strndup(a, *text, length);

    *text += length + strspn(*text + length, " ");
    return word;
}

static const char *word_at(struct arena *a, const char *text, size_t index)
{
    while (index-- > 0)
        next_word(a, &text);
    return next_word(a, &text);
}

/* A reading of a place, or of a word of it, and how often it was seen. */
struct ballot {
    const char *text;
    int votes;
};

/* The one all others are nearest to: a name is seldom read twice the same to the letter. */
static const char *nearest_to_all(const struct ballot *ballots, int count)
{
    const char *best = "";
    int least = INT_MAX;

    for (int i = 0; i < count; i++) {
        int sum = 0;

        for (int k = 0; k < count; k++)
            sum += ballots[k].votes *
                   phrase_distance(ballots[i].text, ballots[k].text, NAME_LETTERS);
        if (sum < least) {
            least = sum;
            best = ballots[i].text;
        }
    }
    return best;
}

/* Of how many words most readings are. */
static size_t usual_words(const struct ballot *ballots, int count)
{
    size_t best = 0;
    int most = 0;

    for (int i = 0; i < count; i++) {
        size_t n = count_words(ballots[i].text);
        int votes = 0;

        for (int k = 0; k < count; k++)
            votes += count_words(ballots[k].text) == n ? ballots[k].votes : 0;
        if (votes > most) {
            most = votes;
            best = n;
        }
    }
    return best;
}

/* A name after all looks: the readings of as many words as most have vote on each. */
static const char *read_name(struct arena *a, const struct doubt *doubt)
{
    struct ballot all[LOOK_READINGS_MAX + 1];
    int count = doubt->look.count;
    const char *name = "";
    size_t words;

    for (int i = 0; i < count; i++)
        all[i] = (struct ballot){doubt->look.readings[i].text, doubt->look.readings[i].votes};
    all[count++] = (struct ballot){doubt->first, 1};
    words = usual_words(all, count);
    for (size_t w = 0; w < words; w++) {
        struct ballot own[LOOK_READINGS_MAX + 1];
        int n = 0;

        for (int i = 0; i < count; i++) {
            const char *word = word_at(a, all[i].text, w);

            if (count_words(all[i].text) == words && strlen(word) < PHRASE_KEY_SIZE)
                own[n++] = (struct ballot){word, all[i].votes};
        }
        name = arena_printf(a, "%s%s%s", name, w > 0 ? " " : "", nearest_to_all(own, n));
    }
    return name;
}

/* What is read there after all looks. */
static const char *read_at_last(struct arena *a, const struct doubt *doubt)
{
    if (doubt->look.count == 0)
        return doubt->first;
    return is_name(doubt) ? read_name(a, doubt) : doubt->look.readings[0].text;
}

/* All looks but one read what was read first. */
static bool is_confirmed(const struct doubt *doubt)
{
    const struct look *look = &doubt->look;

    return look->count > 0 && look->readings[0].votes >= look->looks - 1 &&
           is_same(doubt->place.kind, look->readings[0].text, doubt->first);
}

/* Most letters are those read first: where other ink came into the look, all of them differ. */
static bool resembles(const char *name, const char *first)
{
    int limit = (int)strlen(first) / 2;

    return strlen(name) < PHRASE_KEY_SIZE && phrase_distance(name, first, limit) <= limit;
}

/* All looks but two read the same, none what was read first, and that was unsure. */
static bool is_outvoted(struct arena *a, const struct doubt *doubt)
{
    const struct look *look = &doubt->look;

    if (is_name(doubt)) {
        const char *name = read_at_last(a, doubt);

        return strcmp(name, doubt->first) != 0 && resembles(name, doubt->first);
    }
    if (look->count == 0 || look->readings[0].votes < look->looks - 2 || doubt->confidence > UNSURE)
        return false;
    for (int i = 0; i < look->count; i++)
        if (is_same(doubt->place.kind, look->readings[i].text, doubt->first))
            return false;
    return true;
}

/* --- words ----------------------------------------------------------------------------------- */

static bool holds(const struct box *box, const struct box *word)
{
    float x = (word->x0 + word->x1) / 2, y = (word->y0 + word->y1) / 2;

    return x > box->x0 && x < box->x1 && y > box->y0 && y < box->y1;
}

static void settle_words(const struct doubt *doubt, struct arena *a, struct page *page)
{
    const char *text = read_at_last(a, doubt);
    bool is_replaced = false, is_word_by_word = count_words(text) == count_words(doubt->first);
    size_t kept = 0;

    for (size_t i = 0; i < page->n_words; i++) {
        struct word word = page->words[i];

        if (!holds(&doubt->place.box, &word.box)) {
            page->words[kept++] = word;
            continue;
        }
        if (is_confirmed(doubt)) {
            word.confidence = 1 - STILL_DOUBTFUL * (1 - word.confidence);
        } else if (is_word_by_word && is_name(doubt)) {
            word.text = next_word(a, &text);
        } else if (is_replaced) {
            continue; /* the one word before stands for all of the place */
        } else {
            word.text = text;
            word.confidence = fmaxf(doubt->look.readings[0].share, word.confidence);
            word.box = doubt->place.box;
            is_replaced = true;
        }
        page->words[kept++] = word;
    }
    page->n_words = kept;
}

/* The pages with what the looks settled, the given ones untouched. */
static struct page **settle_pages(struct arena *a, struct page *const *pages, size_t n_pages,
                                  const struct doubts *doubts)
{
    struct page **ret = arena_alloc_array(a, n_pages, sizeof *ret);

    for (size_t i = 0; i < n_pages; i++)
        ret[i] = pages[i];
    for (int i = 0; i < doubts->count; i++) {
        const struct doubt *doubt = &doubts->items[i];
        struct page **page = &ret[doubt->page];

        if (!is_confirmed(doubt) && !is_outvoted(a, doubt))
            continue;
        if (*page == pages[doubt->page]) {
            struct page *copy = arena_alloc(a, sizeof *copy);

            *copy = **page;
            copy->words = arena_alloc_array(a, copy->n_words, sizeof *copy->words);
            memcpy(copy->words, (*page)->words, copy->n_words * sizeof *copy->words);
            *page = copy;
        }
        settle_words(doubt, a, *page);
    }
    return ret;
}

/* --- candidates ------------------------------------------------------------------------------ */

/* The tokens of the place; 0 when they are not one run within a row. */
static int tokens_of(const struct doubt *doubt, const struct sheet *s, int *ret_first)
{
    int first = -1, last = -1;

    for (int i = 0; i < s->n_tokens; i++) {
        if (s->tokens[i].page != doubt->page || !holds(&doubt->place.box, &s->tokens[i].printed))
            continue;
        first = first < 0 ? i : first;
        last = i;
    }
    *ret_first = first;
    return first >= 0 && s->tokens[first].row == s->tokens[last].row ? last - first + 1 : 0;
}

/* Amounts come first in the list: those just added change places with what stands behind the
 * others. */
static void move_amount_forward(struct candidates *c)
{
    struct candidate moved = c->items[c->count - 1];
    int at = 0;

    while (at < c->count - 1 && c->items[at].kind == CANDIDATE_AMOUNT)
        at++;
    memmove(&c->items[at + 1], &c->items[at], (size_t)(c->count - 1 - at) * sizeof *c->items);
    c->items[at] = moved;
}

static bool is_last_amount(const struct candidates *c, const struct candidate *item)
{
    for (int i = 0; i < c->count && c->items[i].kind == CANDIDATE_AMOUNT; i++)
        if (c->items[i].row == item->row && c->items[i].first >= item->first + item->count &&
            !c->items[i].amount.is_percent)
            return false;
    return true;
}

/* A candidate for another reading of these tokens, as sure as the looks are. */
static struct candidate *add(struct candidates *c, struct arena *a, const struct sheet *s,
                             enum candidate_kind kind, int first, int count, float share)
{
    struct candidate *item = candidates_add(c, a, s, kind, first, count);

    item->is_second = true;
    item->confidence = share;
    candidate_look_around(item, s);
    return item;
}

static void add_number(struct candidates *c, struct arena *a, const struct sheet *s,
                       const struct look_reading *reading, int first, int count)
{
    int from = c->count, kept = from;

    candidates_add_numbers(c, a, s, reading->text, first, count);
    for (int i = from; i < c->count; i++) {
        if (!c->items[i].is_checked)
            continue;
        c->items[kept] = c->items[i];
        c->items[kept].is_second = true;
        candidate_look_around(&c->items[kept++], s);
    }
    c->count = kept;
}

static void add_reading(struct candidates *c, struct arena *a, const struct sheet *s,
                        const struct look_place *place, const struct look_reading *reading,
                        int looks, int first, int count)
{
    struct date_reading date;
    struct candidate *item;
    struct amount amount;

    switch (place->kind) {
    case LOOK_AMOUNT:
        if (!amount_parse(reading->text, false, &amount))
            return;
        item = add(c, a, s, CANDIDATE_AMOUNT, first, count, reading->share);
        item->amount = amount;
        item->amount.currency = NULL; /* a sign seen once says nothing of the document */
        item->is_last_in_row = is_last_amount(c, item);
        move_amount_forward(c);
        return;
    case LOOK_DATE:
        if (reading->votes < looks - 1 || !date_parse(reading->text, c->month_first, &date))
            return;
        item = add(c, a, s, CANDIDATE_DATE, first, count, reading->share);
        item->date = date;
        item->value = arena_alloc(a, CIVIL_DATE_TEXT_SIZE);
        civil_date_format(date.date, (char *)(uintptr_t)item->value);
        return;
    default:
        add_number(c, a, s, reading, first, count);
    }
}

void doubts_add_candidates(const struct doubts *doubts, struct candidates *c, struct arena *a,
                           const struct sheet *s)
{
    for (int i = 0; doubts && i < doubts->count; i++) {
        const struct doubt *doubt = &doubts->items[i];
        int first, count = tokens_of(doubt, s, &first);

        for (int k = 0; k < doubt->look.count && count > 0; k++) {
            const struct look_reading *reading = &doubt->look.readings[k];

            if (!is_same(doubt->place.kind, reading->text, sheet_text(s, a, first, count)))
                add_reading(c, a, s, &doubt->place, reading, doubt->look.looks, first, count);
        }
    }
}

/* --- the document ---------------------------------------------------------------------------- */

static const struct doubt *find_doubt(const struct doubts *doubts, const struct document *d,
                                      const struct field *field)
{
    for (int i = 0; i < doubts->count; i++)
        if (field->page > 0 && d->pages[doubts->items[i].page] == field->page &&
            holds(&doubts->items[i].place.box, &field->box))
            return &doubts->items[i];
    return NULL;
}

/* Says of each field what the looks did for it: agree, or replace what was read first. */
static void note(struct arena *a, const struct doubts *doubts, const struct document *before,
                 struct document *d)
{
    for (int i = 0; i < FIELD_COUNT; i++) {
        struct field *field = &d->fields[i];
        const char *was = before->fields[i].value;
        const struct doubt *doubt = field->value ? find_doubt(doubts, d, field) : NULL;

        if (!doubt)
            continue;
        if (is_confirmed(doubt)) {
            field->proofs |= 1u << PROOF_SECOND_READING;
        } else if (!was || strcmp(was, field->value) != 0) {
            field->proofs |= 1u << PROOF_SECOND_READING;
            field->alternative = was ? was : arena_strdup(a, doubt->first);
        }
    }
}

/* Fewer reasons to ask a person, or as many with no value lost. */
static bool is_better(const struct document *d, const struct document *than)
{
    int values = 0, than_values = 0;

    for (int i = 0; i < FIELD_COUNT; i++) {
        values += d->fields[i].value != NULL;
        than_values += than->fields[i].value != NULL;
    }
    return d->n_reasons < than->n_reasons ||
           (d->n_reasons == than->n_reasons && values >= than_values);
}

int extract_again(struct arena *a, struct page *const *pages, const struct document *einvoice,
                  const struct extract_context *context, const struct doubts *doubts,
                  struct document *d, struct err *err)
{
    struct extract_context again = *context;
    struct document *fresh = document_new_like(a, d);
    int r;

    again.doubts = doubts;
    r = extract_document(a, settle_pages(a, pages, d->n_pages, doubts), einvoice, &again, fresh,
                         err);
    if (r < 0)
        return r;
    note(a, doubts, d, fresh);
    verdict_decide(a, context, fresh);
    if (is_better(fresh, d))
        *d = *fresh;
    return 0;
}
