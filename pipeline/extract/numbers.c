/*
 * Numbers that carry check digits, and identifiers that do not. A run of tokens in one cell is
 * compacted to letters and digits; every kind whose form fits makes a candidate of it. Lower kinds
 * are not asked to exclude each other: nine digits may be a company and an invoice, and the labels
 * decide.
 */
#include "pipeline/extract/candidate.h"
#include "pipeline/extract/checks.h"

#include "base/arena.h"
#include "base/mem.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { COMPACT_SIZE = 48, RUN_TOKENS = 9 };

/* A run of tokens without its spaces and marks. */
struct run {
    char compact[COMPACT_SIZE]; /* letters upper case, digits */
    char printed[COMPACT_SIZE]; /* with its marks, without spaces */
    int length, digits;
    bool is_ocr;
    bool is_doubtful; /* recognised, and not every word surely */
};

static const float SURELY = 0.95f; /* what was read so is not repaired: it is printed so */

/* What recognisers make of a figure or a capital, which no number contains. */
static const struct {
    const char *read;
    char meant;
} marks_read[] = {{"$", 'S'}, {"§", '5'}, {"ş", '5'}, {"Ş", '5'}, {"ð", '0'},
                  {"Ð", '0'}, {"È", 'E'}, {"É", 'E'}, {"Ẹ", 'E'}, {"Ọ", 'O'}};

static char mark_meant(const char *text, size_t *ret_length)
{
    for (size_t i = 0; i < ARRAY_LENGTH(marks_read); i++) {
        *ret_length = strlen(marks_read[i].read);
        if (strncmp(text, marks_read[i].read, *ret_length) == 0)
            return marks_read[i].meant;
    }
    return '\0';
}

static bool run_append(struct run *run, char c)
{
    if (run->length + 1 >= COMPACT_SIZE)
        return false;
    run->digits += isdigit((unsigned char)c) != 0;
    run->compact[run->length++] = (char)toupper((unsigned char)c);
    run->compact[run->length] = '\0';
    return true;
}

static bool run_add(struct run *run, const char *text)
{
    size_t printed = strlen(run->printed);

    if (printed + strlen(text) + 1 > sizeof run->printed)
        return false;
    memcpy(run->printed + printed, text, strlen(text) + 1);
    for (const char *p = text; *p; p++) {
        unsigned char c = (unsigned char)*p;
        size_t length;
        char meant;

        if (strncmp(p, "‐", 3) == 0 || strncmp(p, "–", 3) == 0) {
            p += 2;
            continue;
        }
        if (run->is_ocr && (meant = mark_meant(p, &length))) {
            if (!run_append(run, meant))
                return false;
            p += length - 1;
            continue;
        }
        if (c == '<' && p[1] == '\0' && run->length > 0)
            break; /* ends a figure of a payment slip */
        if (strchr("|[{", c) && p == text)
            continue; /* the rule of a box */
        if (c >= 0x80 || (!isalnum(c) && !strchr(" .-/:,()", c)))
            return false;
        if (!isalnum(c))
            continue;
        if (!run_append(run, (char)c))
            return false;
    }
    return true;
}

static bool is_numeric(const struct run *run, int min, int max)
{
    return run->digits == run->length && run->length >= min && run->length <= max;
}

/* Each fills `value` (COMPACT_SIZE + 8 bytes) and says whether the check digits agree; false when
 * the form is none of this kind. */
static bool accept_iban(const struct run *run, char *value, bool *ret_checked)
{
    int letters = (isalpha((unsigned char)run->compact[0]) != 0) +
                  (isalpha((unsigned char)run->compact[1]) != 0);

    if (run->length < 15 || run->length > 34 || run->digits < 10 || letters < (run->is_ocr ? 1 : 2))
        return false;
    snprintf(value, COMPACT_SIZE, "%s", run->compact);
    *ret_checked = check_iban(value) || (run->is_ocr && repair_iban(value, run->is_doubtful));
    return *ret_checked || (letters == 2 && isdigit((unsigned char)run->compact[2]));
}

/* Where "974 760 673 MVA" ends in MVA, or 0; a recogniser may have read what stands between M and A
 * otherwise. */
static size_t mva_at(const struct run *run)
{
    size_t n = strlen(run->compact), at = strspn(run->compact, "NO");

    at += strspn(run->compact + at, "0123456789");
    if (strcmp(run->compact + at, "MVA") == 0)
        return at;
    return run->is_ocr && at >= 9 && n >= at + 3 && n <= at + 4 && run->compact[at] == 'M' &&
                   run->compact[n - 1] == 'A'
               ? at
               : 0;
}

static bool accept_vat_id(const struct run *run, char *value, bool *ret_checked)
{
    const char *digits = run->compact;
    size_t n = strlen(digits), mva = mva_at(run);

    if (mva > 0) {
        char body[16] = "";
        size_t from = strncmp(digits, "NO", 2) == 0 ? 2 : 0;

        if (mva != from + 9)
            return false;
        memcpy(body, digits + from, 9);
        *ret_checked = check_no_organisation(body);
        snprintf(value, COMPACT_SIZE, "NO%sMVA", body);
        return strspn(body, "0123456789") == 9 &&
               (*ret_checked || strcmp(digits + mva, "MVA") == 0);
    }
    snprintf(value, COMPACT_SIZE, "%s", run->compact);
    if (strncmp(digits, "HU", 2) == 0 && n == 13)
        value[10] = '\0';
    if (strncmp(digits, "NO", 2) == 0 && n == 11 && check_vat_id(value, ret_checked)) {
        snprintf(value + 11, 4, "MVA"); /* the same number: MVA only says that it is registered */
        return true;
    }
    if (run->digits >= 7 && check_vat_id(value, ret_checked) && (*ret_checked || !run->is_ocr))
        return true;
    if (run->is_ocr && run->digits >= 7 && repair_vat_id(value))
        return *ret_checked = true;
    return run->digits >= 7 && check_vat_id(value, ret_checked);
}

static bool accept_organisation(const struct run *run, char *value, bool *ret_checked)
{
    const char *d = run->compact;

    if (!is_numeric(run, 8, 12))
        return false;
    snprintf(value, COMPACT_SIZE, "%s", d);
    if (run->length == 11) {
        snprintf(value, COMPACT_SIZE, "%.8s-%c-%s", d, d[8], d + 9);
        return *ret_checked = check_hu_tax(d);
    }
    if (run->length == 12) {
        snprintf(value, COMPACT_SIZE, "%s", d + 2);
        return *ret_checked = strncmp(d, "16", 2) == 0 && check_se_organisation(d + 2);
    }
    *ret_checked = check_no_organisation(d) || check_se_organisation(d) || check_dk_cvr(d);
    return true;
}

static bool accept_account(const struct run *run, char *value, bool *ret_checked)
{
    if (!is_numeric(run, 7, 24))
        return false;
    snprintf(value, COMPACT_SIZE, "%s", run->compact);
    *ret_checked = check_no_account(value) || check_hu_account(value);
    return true;
}

static bool accept_bankgiro(const struct run *run, char *value, bool *ret_checked)
{
    if (!is_numeric(run, 7, 8))
        return false;
    snprintf(value, COMPACT_SIZE, "%.*s-%s", run->length - 4, run->compact,
             run->compact + run->length - 4);
    return *ret_checked = check_bankgiro(run->compact);
}

static bool accept_plusgiro(const struct run *run, char *value, bool *ret_checked)
{
    if (!is_numeric(run, 2, 8))
        return false;
    snprintf(value, COMPACT_SIZE, "%.*s-%s", run->length - 1, run->compact,
             run->compact + run->length - 1);
    return *ret_checked = check_plusgiro(run->compact);
}

/* Letters behind "RF" that were digits, when the check digits then agree. */
static bool repair_rf(char *value)
{
    static const char letters[] = "OQDILSBZ", digits[] = "00011582";

    for (char *p = value + 2; *p; p++) {
        const char *at = strchr(letters, *p);

        *p = at ? digits[at - letters] : *p;
    }
    return check_rf(value);
}

static bool accept_reference(const struct run *run, char *value, bool *ret_checked)
{
    size_t printed = strlen(run->printed);

    snprintf(value, COMPACT_SIZE, "%s", run->compact);
    if (strncmp(value, "RF", 2) == 0)
        return *ret_checked = check_rf(value) || (run->is_ocr && repair_rf(value));
    if (!is_numeric(run, 3, 25))
        return false;
    if (printed > 3 && run->printed[printed - 1] == '-') /* a mod 11 digit of ten */
        snprintf(value, COMPACT_SIZE, "%s-", run->compact);
    *ret_checked = check_kid(value);
    return true;
}

static bool accept_bic(const struct run *run, char *value, bool *ret_checked)
{
    const char *c = run->compact;

    if ((run->length != 8 && run->length != 11) || run->digits > 5)
        return false;
    snprintf(value, COMPACT_SIZE, "%s", c);
    for (int i = 0; i < 6; i++) { /* bank and country are letters */
        if (run->is_ocr)
            value[i] = letter_like(value[i]);
        if (!isupper((unsigned char)value[i]) || islower((unsigned char)run->printed[i]))
            return false;
    }
    if (run->is_ocr && value[6] == '0') /* ISO 9362: the place is [A-Z2-9][A-NP-Z0-9] */
        value[6] = 'O';
    if (run->is_ocr && value[7] == 'O')
        value[7] = '0';
    *ret_checked = false;
    return true;
}

static const struct {
    enum candidate_kind kind;
    bool (*accept)(const struct run *run, char *value, bool *ret_checked);
} kinds[] = {
    {CANDIDATE_IBAN, accept_iban},
    {CANDIDATE_VAT_ID, accept_vat_id},
    {CANDIDATE_ORGANISATION, accept_organisation},
    {CANDIDATE_ACCOUNT, accept_account},
    {CANDIDATE_BANKGIRO, accept_bankgiro},
    {CANDIDATE_PLUSGIRO, accept_plusgiro},
    {CANDIDATE_REFERENCE, accept_reference},
    {CANDIDATE_BIC, accept_bic},
};

/* How many figures stand before a mark that closes a phrase; 0 when anything else does. */
static size_t figures_of(const char *text)
{
    size_t n = strspn(text, "0123456789");

    return strspn(text + n, ".,") == strlen(text + n) ? n : 0;
}

/* Accounts whose form alone tells them: a Danish bank's four figures and up to ten ("5049
 * 1250212745"), a British sort code and eight ("20-45-13 55779911"). "2026-141946" numbers an
 * invoice of the year. */
static bool has_account_form(const struct sheet *s, int first, int count)
{
    const char *bank = s->tokens[first].text, *rest;

    if (count == 2) {
        rest = s->tokens[first + 1].text;
        if (strlen(bank) == 8 && bank[2] == '-' && bank[5] == '-')
            return figures_of(rest) == 8;
        return strlen(bank) == 4 && figures_of(bank) == 4 && figures_of(rest) >= 6 &&
               figures_of(rest) <= 10;
    }
    rest = count == 1 && strcspn(bank, "-") == 4 && bank[4] && strncmp(bank, "20", 2) != 0
               ? bank + 5
               : "";
    return figures_of(rest) >= 6 && figures_of(rest) <= 10;
}

static void add_kinds(struct candidates *c, struct arena *a, const struct sheet *s,
                      const struct run *run, int first, int count)
{
    for (size_t k = 0; k < ARRAY_LENGTH(kinds); k++) {
        char value[COMPACT_SIZE + 8];
        bool is_checked = false;
        struct candidate *item;

        if (!kinds[k].accept(run, value, &is_checked))
            continue;
        item = candidates_add(c, a, s, kinds[k].kind, first, count);
        item->value = arena_strdup(a, value);
        item->is_checked = is_checked;
        item->has_form = kinds[k].kind == CANDIDATE_ACCOUNT && has_account_form(s, first, count);
    }
}

void candidates_add_numbers(struct candidates *c, struct arena *a, const struct sheet *s,
                            const char *text, int first, int count)
{
    struct run run = {.is_doubtful = false}; /* nothing is repaired twice */

    if (run_add(&run, text) && run.length >= 2)
        add_kinds(c, a, s, &run, first, count);
}

/* Runs start at a digit or a country's letters and grow while the tokens stay in the cell. */
static void find_runs(struct candidates *c, struct arena *a, const struct sheet *s, int first)
{
    struct run run = {.is_doubtful = false};

    for (int i = first; i < s->n_tokens && i < first + RUN_TOKENS; i++) {
        const char *text = s->tokens[i].text;

        if (i > first && token_gap(s, i) > 0.8f)
            break;
        run.is_ocr |= s->tokens[i].is_ocr;
        if (!run_add(&run, text))
            break;
        run.is_doubtful |= s->tokens[i].is_ocr && s->tokens[i].confidence < SURELY;
        if (run.length >= 2)
            add_kinds(c, a, s, &run, first, i - first + 1);
    }
}

static bool starts_run(const char *text)
{
    text += text[0] && strchr("(|[{", text[0]);
    if (isdigit((unsigned char)text[0]))
        return true;
    return (isupper((unsigned char)text[0]) || text[0] == '$') &&
           (isupper((unsigned char)text[1]) || (unsigned char)text[1] >= 0x80 ||
            (text[1] == '0' && isdigit((unsigned char)text[2])));
}

static bool is_email(const char *text)
{
    const char *at = strchr(text, '@'), *dot = at ? strrchr(at, '.') : NULL;

    return at && at > text && dot && dot > at + 1 && strlen(dot) >= 3 && strspn(text, " ") == 0;
}

/* A token with a digit, or its neighbour across "/" or "-", that is not a plain amount. */
static void find_identifier(struct candidates *c, struct arena *a, const struct sheet *s, int first)
{
    const char *text = s->tokens[first].text;
    size_t n = strlen(text), digits = 0, odd = 0, foreign = 0;
    struct candidate *item;
    char *value;

    for (size_t i = 0; i < n; i++) {
        foreign += (unsigned char)text[i] >= 0x80;
        digits += isdigit((unsigned char)text[i]) != 0;
        odd += (unsigned char)text[i] < 0x80 && !isalnum((unsigned char)text[i]) &&
               !strchr("-/._#", text[i]);
    }
    if (digits == 0 || n > 40 || (odd > 0 && !(odd == 1 && strchr(",;:()", text[n - 1]))))
        return;
    item = candidates_add(c, a, s, CANDIDATE_IDENTIFIER, first, 1);
    value = arena_strdup(a, text + (text[0] == '#'));
    if (item->is_ocr && strncmp(value, "P0-", 3) == 0)
        value[1] = 'O'; /* a purchase order */
    if (item->is_ocr && foreign > 0)
        item->confidence *= 0.5f; /* "R-6ġ936828": nobody numbers papers so */
    for (size_t end = strlen(value); end > 1 && strchr(".,;:()", value[end - 1]); end--)
        value[end - 1] = '\0';
    item->value = value;
}

/* "HRB 12345", "F 2026 114": short capitals or more digits that stand close belong to it. */
static void find_long_identifier(struct candidates *c, struct arena *a, const struct sheet *s,
                                 int first)
{
    int n = 1;
    bool has_digits = strpbrk(s->tokens[first].text, "0123456789") != NULL;
    float widest = has_digits ? 0.6f : 0.95f; /* letters and figures stay together in a cell */

    if (strlen(s->tokens[first].text) > 6)
        return;
    for (const char *p = s->tokens[first].text; *p; p++)
        if (!isupper((unsigned char)*p) && !isdigit((unsigned char)*p) && !strchr("-/.", *p))
            return;
    while (n < 4 && first + n < s->n_tokens && token_gap(s, first + n) < widest &&
           strspn(s->tokens[first + n].text, "0123456789-/") == strlen(s->tokens[first + n].text)) {
        has_digits = true;
        n++;
    }
    if (n > 1 && has_digits) {
        struct candidate *item = candidates_add(c, a, s, CANDIDATE_IDENTIFIER, first, n);

        item->value = sheet_text(s, a, first, n);
    }
}

void candidates_find_numbers(struct candidates *c, struct arena *a, const struct sheet *s)
{
    for (int i = 0; i < s->n_tokens; i++) {
        const char *text = s->tokens[i].text;

        if (starts_run(text))
            find_runs(c, a, s, i);
        find_identifier(c, a, s, i);
        find_long_identifier(c, a, s, i);
        if (is_email(text)) {
            struct candidate *item = candidates_add(c, a, s, CANDIDATE_EMAIL, i, 1);
            size_t n = strlen(text);

            item->value = arena_strndup(a, text, n - (strchr(".,;", text[n - 1]) != NULL));
        }
    }
}
