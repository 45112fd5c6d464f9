/* Reads the generator's training file page by page; a document ends with the page that says so. */
#include "pipeline/sort/training.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static float side(const json_t *word, size_t i)
{
    return (float)json_number_value(json_array_get(word, i));
}

static struct page *read_page(struct arena *a, const json_t *json, int number)
{
    const json_t *words = json_object_get(json, "words"), *word;
    struct page *page = page_new(a, number, (float)json_get_real(json, "width", 595),
                                 (float)json_get_real(json, "height", 842));
    size_t i;

    page->source = PAGE_TEXT;
    page->words = arena_alloc_array(a, json_array_size(words), sizeof *page->words);
    json_array_foreach(words, i, word) {
        const char *text = json_string_value(json_array_get(word, 0));

        page->words[page->n_words++] = (struct word){
            .text = arena_strdup(a, text ? text : ""),
            .confidence = 1,
            .box = {side(word, 1), side(word, 2), side(word, 3), side(word, 4)}};
    }
    page->is_blank = page->n_words == 0;
    return page;
}

/* One line of any length; false at the end of the file. */
static bool read_line(FILE *in, char **line, size_t *capacity, size_t *ret_length)
{
    ssize_t n = getline(line, capacity, in);

    *ret_length = n > 0 ? (size_t)n : 0;
    return n > 0;
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
            document_type_parse(json_get_text(json, "type", ""), &ret->type);
        }
        ret->pages[ret->n_pages] = read_page(a, json, ret->n_pages + 1);
        ret->n_pages++;
    }
    return 1;
}
