/*
 * Stacks of paper: every file of tests/cases/sort is pages drawn in text and what they become.
 * Pages are split by "====", which may be followed by "blank", "unread" or "barcode TEXT". Behind
 * "----":
 *
 *   document: 1 2 | type | language      "?" for what the case does not ask
 *   separator: 3 · blank: 4 · unread: 5
 */
#include "pipeline/sort/sort.h"

#include "base/err.h"

#include "tests/unit/page_case.h"

#include <dirent.h>
#include <stdlib.h>

enum { PAGES_MAX = 16 };

struct stack {
    struct arena arena;
    struct page *pages[PAGES_MAX];
    int n_pages, row;
    struct sorted sorted;
    size_t n_documents; /* expected ones */
    const char *name;
};

static void begin_page(struct stack *s, const char *what)
{
    struct page *page;

    assert_true(s->n_pages < PAGES_MAX);
    page = case_page(&s->arena, s->n_pages + 1);
    s->row = 0;
    s->pages[s->n_pages++] = strcmp(what, "unread") == 0 ? NULL : page;
    page->is_blank = strcmp(what, "blank") == 0;
    if (strncmp(what, "barcode ", 8) == 0) {
        page->barcodes = arena_alloc(&s->arena, sizeof *page->barcodes);
        page->n_barcodes = 1;
        page->barcodes[0] = (struct barcode){.symbology = "QR-Code",
                                             .text = arena_strdup(&s->arena, what + 8)};
    }
}

static void check_document(struct stack *s, const char *text)
{
    const struct document *d;
    char found[CASE_LINE_BYTES] = "", wanted[CASE_LINE_BYTES], *rest = wanted, *type, *language;
    size_t n = 0;

    if (s->n_documents >= s->sorted.n_documents)
        fail_msg("%s: no document \"%s\"", s->name, text);
    d = s->sorted.documents[s->n_documents++];
    for (size_t i = 0; i < d->n_pages; i++)
        n += (size_t)snprintf(found + n, sizeof found - n, i ? " %d" : "%d", d->pages[i]);
    snprintf(wanted, sizeof wanted, "%s", text);
    text = case_trim(strsep(&rest, "|"));
    type = case_trim(strsep(&rest, "|"));
    language = case_trim(rest);
    if (strcmp(found, text) != 0)
        fail_msg("%s: pages %s are a document, not %s", s->name, found, text);
    if (strcmp(type, "?") != 0 && strcmp(type, document_type_name(d->type)) != 0)
        fail_msg("%s: pages %s are %s, not %s", s->name, found, document_type_name(d->type), type);
    if (strcmp(language, "?") != 0 && strcmp(language, d->language) != 0)
        fail_msg("%s: pages %s are in \"%s\", not %s", s->name, found, d->language, language);
}

static void check_fate(const struct stack *s, const char *page, enum sheet_fate fate)
{
    if (s->sorted.fates[strtoll(page, NULL, 10) - 1] != fate)
        fail_msg("%s: the fate of page %s is another", s->name, page);
}

static void check_result(struct stack *s, const char *line)
{
    const char *value;

    if ((value = case_value(line, "document")))
        check_document(s, value);
    else if ((value = case_value(line, "separator")))
        check_fate(s, value, SHEET_SEPARATOR);
    else if ((value = case_value(line, "blank")))
        check_fate(s, value, SHEET_BLANK);
    else if ((value = case_value(line, "unread")))
        check_fate(s, value, SHEET_UNREAD);
    else if (line[0] && line[0] != '#')
        fail_msg("%s: what is \"%s\"?", s->name, line);
}

static void run_file(const struct sorter *sorter, const char *path, const char *name)
{
    struct stack s = {.name = name};
    char line[CASE_LINE_BYTES];
    FILE *file = fopen(path, "r");
    bool is_result = false;

    assert_non_null(file);
    arena_init(&s.arena, 64 << 20);
    begin_page(&s, "");
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        if (is_result) {
            check_result(&s, line);
        } else if (strcmp(line, "----") == 0) {
            is_result = true;
            assert_int_equal(
                sort_pages(&s.arena, sorter, s.pages, (size_t)s.n_pages, NULL, &s.sorted, NULL), 0);
        } else if (strncmp(line, "====", 4) == 0) {
            begin_page(&s, line + 4 + strspn(line + 4, " "));
        } else if (s.pages[s.n_pages - 1] && strncmp(line, "# ", 2) != 0) {
            case_draw(&s.arena, s.pages[s.n_pages - 1], s.row++, line);
        }
    }
    fclose(file);
    if (!is_result || s.n_documents != s.sorted.n_documents)
        fail_msg("%s: %zu documents, not %zu", name, s.sorted.n_documents, s.n_documents);
    arena_release(&s.arena);
}

static void stacks_fall_into_documents(void **state)
{
    struct dirent **names;
    int n = scandir(TEST_SOURCE_DIR "/cases/sort", &names, NULL, alphasort), count = 0;

    assert_true(n > 0);
    for (int i = 0; i < n; i++) {
        char path[400];

        if (strstr(names[i]->d_name, ".case")) {
            snprintf(path, sizeof path, TEST_SOURCE_DIR "/cases/sort/%s", names[i]->d_name);
            run_file(*state, path, names[i]->d_name);
            count++;
        }
        free(names[i]);
    }
    free(names);
    assert_true(count > 3);
}

static void an_einvoice_is_one_document(void **state)
{
    struct arena arena;
    struct page *pages[2];
    struct document *einvoice;
    struct sorted sorted;

    arena_init(&arena, 16 << 20);
    einvoice = document_new(&arena);
    einvoice->type = DOCUMENT_CREDIT_NOTE;
    pages[0] = case_page(&arena, 1);
    pages[1] = case_page(&arena, 2);
    case_draw(&arena, pages[0], 0, "Invoice no. 1                                    Page 1 of 1");
    case_draw(&arena, pages[1], 0, "Invoice no. 2                                    Page 1 of 1");
    assert_int_equal(sort_pages(&arena, *state, pages, 2, einvoice, &sorted, NULL), 0);
    assert_int_equal(sorted.n_documents, 1);
    assert_int_equal(sorted.documents[0]->n_pages, 2);
    assert_int_equal(sorted.documents[0]->type, DOCUMENT_CREDIT_NOTE);
    arena_release(&arena);
}

static void a_missing_model_is_named(void **state)
{
    struct sorter *sorter = NULL;
    struct err err = {0};

    (void)state;
    assert_int_equal(sorter_new("/nowhere", &sorter, &err), ERR_NOT_FOUND);
    assert_null(sorter);
    assert_non_null(strstr(err.text, "/nowhere/type.model"));
}

static int load(void **state)
{
    struct err err = {0};

    return sorter_new(TEST_SOURCE_DIR "/../models/trained", (struct sorter **)state, &err);
}

static int unload(void **state)
{
    sorter_free(*state);
    return 0;
}

/* A scrap is as narrow as a till receipt; that alone makes it none. */
static void a_scrap_with_a_word_is_of_no_type(void **state)
{
    struct arena arena;
    struct page *page;
    struct sorted sorted;

    arena_init(&arena, 16 << 20);
    page = case_page(&arena, 1);
    case_draw(&arena, page, 0, "LINE UP");
    page->width_pt = 200;
    page->height_pt = 300;
    assert_int_equal(sort_pages(&arena, *state, &page, 1, NULL, &sorted, NULL), 0);
    assert_int_equal(sorted.documents[0]->type, DOCUMENT_UNKNOWN);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(stacks_fall_into_documents, load, unload),
        cmocka_unit_test_setup_teardown(an_einvoice_is_one_document, load, unload),
        cmocka_unit_test_setup_teardown(a_scrap_with_a_word_is_of_no_type, load, unload),
        cmocka_unit_test(a_missing_model_is_named)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
