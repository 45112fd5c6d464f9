/* Lines of words; every word must be there, a number must be one, and nothing may follow. */
#include "pipeline/extract/weights.h"

#include "base/err.h"
#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const float WEIGHT_MAX = 1000;

/* The next word of a line, or NULL; `*at` moves behind it. */
static const char *next_word(char **at)
{
    char *word;

    do {
        word = strsep(at, " ");
    } while (word && !*word);
    return word;
}

static bool parse_number(const char *text, float *ret)
{
    char *end;

    if (!text)
        return false;
    *ret = strtof(text, &end);
    return end != text && !*end && fabsf(*ret) < WEIGHT_MAX;
}

static bool parse_order(const struct weight_format *format, char *rest)
{
    for (int i = 0; i < format->count; i++) {
        const char *word = next_word(&rest);

        if (!word || strcmp(word, format->feature_name(i)) != 0)
            return false;
    }
    return !next_word(&rest);
}

static bool parse_row(int count, float *weights, bool is_fitted[FIELD_COUNT], char *rest)
{
    const char *name = next_word(&rest);
    enum field_id id;

    if (!name || !field_parse(name, &id) || is_fitted[id] || !next_word(&rest) || !next_word(&rest))
        return false;
    for (int i = 0; i < count; i++)
        if (!parse_number(next_word(&rest), &weights[(int)id * count + i]))
            return false;
    is_fitted[id] = true;
    return !next_word(&rest);
}

int weights_parse(const struct weight_format *format, const char *bytes, size_t length,
                  float *weights, bool is_fitted[FIELD_COUNT], struct err *err)
{
    AUTO_FREE char *text = mem_strndup(bytes, length);
    char *rest = text, *line = strsep(&rest, "\n");
    bool has_order = false;

    memset(weights, 0, (size_t)(FIELD_COUNT * format->count) * sizeof *weights);
    memset(is_fitted, 0, FIELD_COUNT * sizeof *is_fitted);
    if (strcmp(line, format->magic) != 0)
        return err_set(err, ERR_INVALID, "it does not begin \"%s\"", format->magic);
    while ((line = strsep(&rest, "\n"))) {
        if (strncmp(line, "features ", 9) == 0) {
            if (!parse_order(format, line + 9))
                return err_set(err, ERR_INVALID, "%s: other features", format->magic);
            has_order = true;
        } else if (strncmp(line, "field ", 6) == 0) {
            if (!has_order || !parse_row(format->count, weights, is_fitted, line + 6))
                return err_set(err, ERR_INVALID, "%s: a damaged line of weights", format->magic);
        }
    }
    return has_order ? 0 : err_set(err, ERR_INVALID, "%s: no features", format->magic);
}
