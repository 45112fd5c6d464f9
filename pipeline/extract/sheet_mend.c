/*
 * Words that recognisers get wrong the same way each time, where form and place leave one reading:
 * a Danish partnership ("1/S"), a British postcode ("0H7 4BS"), the sign for "number" ("N2"), which
 * no model of ours knows. Text layers are left alone.
 */
#include "pipeline/extract/checks.h"
#include "pipeline/extract/sheet.h"

#include "base/arena.h"
#include "base/mem.h"

#include <ctype.h>
#include <string.h>

enum { LABEL_WORDS = 3, LABEL_BYTES = 24, LABEL_MIN = 4, LABEL_MAX = 9, LABEL_EDITS = 2 };

static const struct form {
    const char *read, *meant;
    int words; /* that must stand before it in its cell, as "1/5" is a page's number as well */
} forms[] = {{"1/S", "I/S", 1},   {"l/S", "I/S", 1},  {"|/S", "I/S", 1}, {"I1/S", "I/S", 1},
             {"1/5", "I/S", 2},   {"l/5", "I/S", 2},  {"I/5", "I/S", 1}, {"A/5", "A/S", 1},
             {"Aps", "ApS", 1},   {"ple", "plc", 1},  {"pIc", "plc", 1}, {"Kít.", "Kft.", 1},
             {"Kit.", "Kft.", 1}, {"Kfl.", "Kft.", 1}};

static void set_text(struct sheet *s, struct arena *a, int i, const char *text)
{
    char key[PHRASE_KEY_SIZE];

    phrase_key(text, key, sizeof key);
    s->tokens[i].text = text;
    s->tokens[i].key = arena_strdup(a, key);
}

/* A capital and no figures: a word of a name or a town. */
static bool is_proper(const struct token *token)
{
    unsigned char c = (unsigned char)token->text[0];

    return (isupper(c) || c >= 0xc3 || c == '&') && !strpbrk(token->text, "0123456789:");
}

static void mend_form(struct sheet *s, struct arena *a, int i)
{
    int before = 0;

    while (i - before > s->cells[s->tokens[i].cell].first && is_proper(&s->tokens[i - before - 1]))
        before++;
    for (size_t k = 0; k < ARRAY_LENGTH(forms); k++) {
        size_t n = strlen(forms[k].read);

        if (before >= forms[k].words && strncmp(s->tokens[i].text, forms[k].read, n) == 0 &&
            strspn(s->tokens[i].text + n, ",;") == strlen(s->tokens[i].text + n)) {
            set_text(s, a, i, arena_printf(a, "%s%s", forms[k].meant, s->tokens[i].text + n));
            return;
        }
    }
}

/* "Oakhampton 0H7 4BS": an area begins with a letter, and behind the figure of the inward part
 * stand two letters, neither of them an O (Royal Mail, PAF digest). */
static void mend_postcode(struct sheet *s, struct arena *a, int i)
{
    const struct cell *cell = &s->cells[s->tokens[i].cell];
    const char *in = s->tokens[i].text, *out;
    char *mended;
    size_t n;

    if (i < cell->first + 2 || !isdigit((unsigned char)in[0]) || strlen(in) < 3 ||
        !(isupper((unsigned char)in[1]) || in[1] == '0') || !isupper((unsigned char)in[2]) ||
        strspn(in + 3, ".,") != strlen(in + 3) || !is_proper(&s->tokens[i - 2]))
        return;
    out = s->tokens[i - 1].text;
    n = strlen(out);
    if (n < 2 || n > 4 || !(isupper((unsigned char)out[0]) || out[0] == '0') ||
        !isdigit((unsigned char)out[n - 1]) || (out[0] == '0' && !isupper((unsigned char)out[1])))
        return;
    if (out[0] == '0')
        set_text(s, a, i - 1, arena_printf(a, "O%s", out + 1));
    if (in[1] == '0' || in[1] == 'O') {
        mended = arena_strdup(a, in);
        mended[1] = 'Q';
        set_text(s, a, i, mended);
    }
}

/* "Bestell-N2:", "Ihre Bestellung N2:": the numero sign behind a word. */
static void mend_numero(struct sheet *s, struct arena *a, int i)
{
    static const char *const signs[] = {"№", "N2", "N9", "Ne", "Ņ", "Ħ"};
    const char *text = s->tokens[i].text, *dash = strrchr(text, '-');
    const char *sign = dash ? dash + 1 : text;
    char key[PHRASE_KEY_SIZE];

    if ((!dash || dash == text) && i == s->cells[s->tokens[i].cell].first)
        return;
    for (size_t k = 0; k < ARRAY_LENGTH(signs); k++) {
        size_t n = strlen(signs[k]);

        if (strncmp(sign, signs[k], n) != 0 || strspn(sign + n, ".:!") != strlen(sign + n))
            continue;
        phrase_key(arena_printf(a, "%.*snr", (int)(sign - text), text), key, sizeof key);
        s->tokens[i].key = arena_strdup(a, key);
    }
}

/* The digits that begin at a token, in up to three that stand close; false when they are no
 * company's number with check digits. */
static bool is_company_number(const struct sheet *s, int first)
{
    char digits[16] = "";
    size_t used = 0;

    for (int i = first; i < s->n_tokens && i < first + 3; i++) {
        const char *text = s->tokens[i].text;
        size_t all = strlen(text);

        if (s->tokens[i].row != s->tokens[first].row || all + used >= sizeof digits ||
            strspn(text, "0123456789-().,") != all)
            break;
        for (; *text; text++)
            if (isdigit((unsigned char)*text))
                digits[used++] = *text;
        digits[used] = '\0';
    }
    return check_dk_cvr(digits) || check_no_organisation(digits) || check_se_organisation(digits);
}

const struct phrase *sheet_misread_label(const struct sheet *s, int first, int *ret_count)
{
    const struct row *row = &s->rows[s->tokens[first].row];
    char joined[LABEL_BYTES] = "", key[PHRASE_KEY_SIZE];
    int i = first;
    size_t n;

    while (i < row->first + row->count && i < first + LABEL_WORDS &&
           !isdigit((unsigned char)s->tokens[i].text[0]) &&
           strlen(joined) + strlen(s->tokens[i].text) < sizeof joined)
        strncat(joined, s->tokens[i++].text, sizeof joined - strlen(joined) - 1);
    n = phrase_key(joined, key, sizeof key);
    if (first != s->cells[s->tokens[first].cell].first || n < LABEL_MIN || n > LABEL_MAX ||
        i == row->first + row->count || !is_company_number(s, i))
        return NULL;
    for (size_t k = phrase_starts[LABEL_MIN]; k < phrase_starts[LABEL_MAX + 1]; k++)
        if (phrase_table[k].concepts & CONCEPT_BIT(registration_id) &&
            phrase_distance(key, phrase_table[k].key, LABEL_EDITS) <= LABEL_EDITS) {
            *ret_count = i - first;
            return &phrase_table[k];
        }
    return NULL;
}

void sheet_mend(struct sheet *s, struct arena *a)
{
    for (int i = 0; i < s->n_tokens; i++) {
        if (!s->tokens[i].is_ocr)
            continue;
        mend_form(s, a, i);
        mend_postcode(s, a, i);
        mend_numero(s, a, i);
    }
}
