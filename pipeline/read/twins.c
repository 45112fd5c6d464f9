/*
 * The network hesitates between two characters and writes both, or one on either side of the other.
 * Of two that look alike, are unsure and together narrower than two, the surer stays; a letter none
 * of the six languages has never does.
 */
#include "pipeline/read/twins.h"

#include "base/arena.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "recogniser/recogniser.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#define WIDE 1.9f    /* characters of the line: two that stand there reach at least so far */
#define UNSURE -0.5f /* of the less sure one; real doubles ("Aalborg", "idée") are surer */

enum { TWIN_SIZE = 8 };

/* Whether two characters look alike: a letter with other accents or of the other case, or a digit
 * and its letter. */
static bool are_twins(const struct recognised_symbol *one, const struct recognised_symbol *other)
{
    static const char *const pairs[] = {"0O", "0D", "0Q", "2Z", "5S", "6G", "8B", "öü", "ÖÜ"};
    char folded[2][TWIN_SIZE];

    if (strcmp(one->text, other->text) == 0 || strlen(one->text) >= TWIN_SIZE ||
        strlen(other->text) >= TWIN_SIZE)
        return false;
    utf8_fold(one->text, folded[0], TWIN_SIZE);
    utf8_fold(other->text, folded[1], TWIN_SIZE);
    if (isalpha((unsigned char)folded[0][0]) && strcmp(folded[0], folded[1]) == 0)
        return true;
    for (size_t i = 0; i < ARRAY_LENGTH(pairs); i++)
        if (strstr(pairs[i], one->text) && strstr(pairs[i], other->text))
            return true;
    return false;
}

/* Whether none of the six languages has this letter. */
static bool is_foreign(const struct recognised_symbol *symbol)
{
    return (unsigned char)symbol->text[0] >= 0x80 &&
           !strstr("åäæøöéáíóőúűüßàèÅÄÆØÖÉÁÍÓŐÚŰÜ", symbol->text);
}

const char *twins_drop(struct arena *a, const struct recognised_word *word, float width)
{
    const struct recognised_symbol *last = NULL;
    char *text = arena_alloc(a, strlen(word->text) + 1), *end = text;
    bool has_dropped = false;

    for (size_t i = 0; i < word->symbol_count; i++) {
        const struct recognised_symbol *symbol = &word->symbols[i];
        bool is_twin = last && (float)(symbol->right - last->left) < WIDE * width &&
                       fminf(last->certainty, symbol->certainty) < UNSURE &&
                       (are_twins(last, symbol) ||
                        (has_dropped && strcmp(last->text, symbol->text) == 0));

        has_dropped = is_twin;
        if (is_twin &&
            (is_foreign(symbol) || (!is_foreign(last) && last->certainty >= symbol->certainty)))
            continue;
        if (is_twin)
            end -= strlen(last->text);
        end = stpcpy(end, symbol->text);
        last = symbol;
    }
    return text;
}
