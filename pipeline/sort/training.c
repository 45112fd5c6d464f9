/* Reads the generator's training file page by page; a document ends with the page that says so. */
#include "pipeline/sort/training.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"
#include "models/page_json.h"

#include <stdlib.h>
#include <string.h>

/* One line of any length; false at the end of the file. */
static bool read_line(FILE *in, char **line, size_t *capacity, size_t *ret_length)
{
    ssize_t n = getline(line, capacity, in);

    *ret_length = n > 0 ? (size_t)n : 0;
    return n > 0;
}

static void release_json(void *json)
{
    json_decref(json);
}

static void keep(struct arena *a, json_t *json)
{
    arena_defer(a, release_json, json_incref(json));
}

int training_read(struct arena *a, FILE *in, struct training_document *ret, struct err *err)
{
    AUTO_FREE char *line = NULL;
    size_t capacity = 0, length;
    int total = 1;

    *ret = (struct training_document){.type = DOCUMENT_UNKNOWN};
    while (ret->n_pages < total) {
        AUTO_JSON json_t *json = NULL;
        int r;

        if (!read_line(in, &line, &capacity, &length))
            return ret->n_pages == 0 ? 0 : err_set(err, ERR_INVALID, "file ends within a document");
        r = json_parse(line, length, &json, err);
        if (r < 0)
            return err_wrap(err, r, "training file");
        if (ret->n_pages == 0) {
            total = (int)json_get_int(json, "pages", 1);
            if (total < 1 || total > 1000)
                return err_set(err, ERR_INVALID, "document of %d pages", total);
            ret->pages = arena_alloc_array(a, (size_t)total, sizeof *ret->pages);
            ret->file = arena_strdup(a, json_get_text(json, "file", ""));
            ret->language = arena_strdup(a, json_get_text(json, "language", ""));
            ret->truth = json_object_get(json, "truth");
            keep(a, json);
            document_type_parse(json_get_text(json, "type", ""), &ret->type);
        }
        r = page_from_json(a, json, &ret->pages[ret->n_pages], err);
        if (r < 0)
            return err_wrap(err, r, "training file");
        ret->n_pages++;
    }
    return 1;
}

uint32_t training_roll(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static const char *spoil_word(struct arena *a, const char *text, uint32_t *state)
{
    static const char slips[] = "iltrec0o";
    size_t n = strlen(text);
    char *copy = arena_strdup(a, text);
    size_t at = training_roll(state) % n;

    if ((unsigned char)copy[at] >= 0x80)
        return text;
    if (training_roll(state) % 3 == 0)
        memmove(copy + at, copy + at + 1, n - at);
    else
        copy[at] = slips[training_roll(state) % (sizeof slips - 1)];
    return copy;
}

void training_spoil(struct arena *a, struct training_document *t, uint32_t seed)
{
    uint32_t state = seed * 2654435761u + 1;
    uint32_t lost = training_roll(&state) % 40, slipped = training_roll(&state) % 30;

    for (int p = 0; p < t->n_pages; p++) {
        struct page *page = t->pages[p];
        size_t kept = 0;

        page->source = PAGE_OCR;
        for (size_t w = 0; w < page->n_words; w++) {
            struct word word = page->words[w];

            if (training_roll(&state) % 100 < lost)
                continue;
            if (word.text[0] && training_roll(&state) % 100 < slipped)
                word.text = spoil_word(a, word.text, &state);
            page->words[kept++] = word;
        }
        page->n_words = kept;
    }
}
