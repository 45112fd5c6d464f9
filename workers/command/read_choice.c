/*
 * Page ranges and languages. Tesseract takes a model a language and a page of several languages
 * through each of them; our Latin model knows all six at once, so naming them only says what the
 * paper is.
 */
#include "workers/command/read_choice.h"

#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/number.h"

#include <limits.h>
#include <string.h>

static const struct {
    const char *name, *tag;
} latin[] = {
    {"eng", "en"}, {"deu", "de"}, {"nor", "no"}, {"swe", "sv"}, {"dan", "da"}, {"hun", "hu"},
    {"en", "en"},  {"de", "de"},  {"no", "no"},  {"sv", "sv"},  {"da", "da"},  {"hu", "hu"},
    {"nob", "nb"}, {"nno", "nn"}, {"nb", "nb"},  {"nn", "nn"},  {"Latin", ""}, {"script/Latin", ""},
};

static int take_range(const char *text, struct page_ranges *ret)
{
    const char *dash = strchr(text, '-');
    AUTO_FREE char *first = dash ? mem_strndup(text, (size_t)(dash - text)) : mem_strdup(text);
    int64_t a, b = INT_MAX;

    if (ret->count == PAGE_RANGES_MAX || !number_parse(first, 1, 1000000, &a))
        return ERR_USAGE;
    if ((!dash || dash[1]) && !number_parse(dash ? dash + 1 : text, a, 1000000, &b))
        return ERR_USAGE;
    ret->items[ret->count].first = (int)a;
    ret->items[ret->count++].last = (int)b;
    return 0;
}

int page_ranges_parse(const char *text, struct page_ranges *ret, struct err *err)
{
    AUTO_FREE char *copy = mem_strdup(text);
    struct page_ranges ranges = {0};
    char *rest = copy, *part;

    while ((part = strsep(&rest, ",")))
        if (take_range(part, &ranges) < 0)
            return err_set(err, ERR_USAGE,
                           "--pages wants pages and ranges, like 1-3,7,9-, not '%s'", text);
    *ret = ranges;
    return 0;
}

bool page_ranges_hold(const struct page_ranges *ranges, int number)
{
    for (size_t i = 0; i < ranges->count; i++)
        if (number >= ranges->items[i].first && number <= ranges->items[i].last)
            return true;
    return ranges->count == 0;
}

/* The tag of a language of the Latin model, or NULL. */
static const char *find_latin(const char *name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(latin); i++)
        if (strcmp(latin[i].name, name) == 0)
            return latin[i].tag;
    return NULL;
}

/* Names are letters, figures and underscores: chi_sim, Cyrillic. */
static bool is_name(const char *name)
{
    size_t length = strlen(name);

    return length > 0 && length < 40 &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") ==
               length;
}

/* "Latin" of "script/Latin". */
static const char *bare_name(const char *name)
{
    return strncmp(name, "script/", 7) == 0 ? name + 7 : name;
}

static int find_model(const char *name, const char *folder, char **ret, struct err *err)
{
    const char *bare = bare_name(name);
    AUTO_FREE char *path = NULL;

    path = mem_printf("%s/%s.traineddata", folder, bare);
    if (!file_exists(path)) {
        free(path);
        path = mem_printf("%s/script/%s.traineddata", folder, bare);
    }
    if (!file_exists(path))
        return err_set(err, ERR_NOT_FOUND,
                       "no model for '%s' in %s; Debian has it in the package tesseract-ocr-%s",
                       name, folder, bare);
    *ret = take_ptr(&path);
    return 0;
}

int language_choose(const char *text, const char *folder, struct language_choice *ret,
                    struct err *err)
{
    AUTO_FREE char *copy = mem_strdup(text);
    struct language_choice choice = {.tag = ""};
    char *rest = copy, *name, *other = NULL;
    int count = 0, r = 0;

    while ((name = strsep(&rest, "+,"))) {
        const char *tag = find_latin(name);

        count++;
        if (!tag && !is_name(bare_name(name)))
            return err_set(err, ERR_USAGE, "'%s': '%s' is no language", text, name);
        if (!tag)
            other = name;
        choice.tag = tag && count == 1 ? tag : "";
    }
    if (other && count > 1)
        return err_set(err, ERR_USAGE,
                       "'%s': one model a run; the Latin one reads eng, deu, nor, swe, dan and hun "
                       "together, '%s' must be asked for alone",
                       text, other);
    if (other)
        r = find_model(other, folder, &choice.model, err);
    if (r == 0)
        *ret = choice;
    return r;
}
