/*
 * Whole documents: every file of tests/cases/extract is a page drawn in text and the fields, lines
 * and verdict that must come of it. Three parts, split by lines of "----":
 *
 *   type, language, company, vat_id, registration_id, known (field=value=supplier),
 *   source: ocr, lost: percent of each page's picture                how it comes in
 *   the page; a line of "====" begins the next one
 *   field: value · absent: field · line: description | quantity | price | amount
 *   proof: field name · outcome: post|review|file · reason: code · text of a reason: words
 *   code: of BT-3 · is: the type it was found to be
 */
#include "pipeline/extract/extract.h"

#include "tests/unit/page_case.h"
#include "tests/unit/shipped_scorer.h"

#include <dirent.h>
#include <stdlib.h>

enum { KNOWN_MAX = 8, PAGES_MAX = 8 };

struct setting {
    struct arena arena;
    struct document *document;
    struct page *pages[PAGES_MAX];
    struct company company;
    struct {
        enum field_id field;
        const char *value, *supplier;
    } known[KNOWN_MAX];
    int n_known, n_pages, row, lost_percent;
    bool is_recognised;
    const char *name;
    size_t n_lines; /* expected ones */
};

static bool is_known(void *user, enum field_id field, const char *value, const char **ret_supplier)
{
    const struct setting *s = user;

    for (int i = 0; i < s->n_known; i++)
        if (s->known[i].field == field && strcmp(s->known[i].value, value) == 0) {
            *ret_supplier = s->known[i].supplier;
            return true;
        }
    return false;
}

static const char *const *accounts_of(void *user, const char *supplier)
{
    struct setting *s = user;
    const char **known = arena_alloc_array(&s->arena, KNOWN_MAX + 1, sizeof *known);
    int n = 0;

    for (int i = 0; i < s->n_known; i++)
        if (s->known[i].field == FIELD_IBAN && strcmp(s->known[i].supplier, supplier) == 0)
            known[n++] = s->known[i].value;
    return n ? known : NULL;
}

static void add_known(struct setting *s, const char *text)
{
    char *copy = arena_strdup(&s->arena, text), *name = strsep(&copy, "=");

    assert_true(s->n_known < KNOWN_MAX);
    assert_true(field_parse(name, &s->known[s->n_known].field));
    s->known[s->n_known].value = strsep(&copy, "=");
    s->known[s->n_known++].supplier = copy;
}

static void read_setting(struct setting *s, const char *line)
{
    const char *value;

    if ((value = case_value(line, "type")))
        assert_true(document_type_parse(value, &s->document->type));
    else if ((value = case_value(line, "language")))
        s->document->language = arena_strdup(&s->arena, value);
    else if ((value = case_value(line, "company")))
        s->company.name = arena_strdup(&s->arena, value);
    else if ((value = case_value(line, "vat_id")))
        s->company.vat_id = arena_strdup(&s->arena, value);
    else if ((value = case_value(line, "registration_id")))
        s->company.registration_id = arena_strdup(&s->arena, value);
    else if ((value = case_value(line, "known")))
        add_known(s, value);
    else if ((value = case_value(line, "source")))
        s->is_recognised = strcmp(value, "ocr") == 0;
    else if ((value = case_value(line, "lost")))
        s->lost_percent = (int)strtoll(value, NULL, 10);
    else if (line[0] != '#' && line[0])
        fail_msg("%s: what is \"%s\"?", s->name, line);
}

static void begin_page(struct setting *s)
{
    assert_true(s->n_pages < PAGES_MAX);
    s->n_pages++;
    s->pages[s->n_pages - 1] = case_page(&s->arena, s->n_pages);
    s->row = 0;
}

static void extract(struct setting *s)
{
    const struct extract_context context = {.company = &s->company,
                                            .scorer = shipped_scorer(),
                                            .today = {2026, 6, 1},
                                            .post_confidence = 0.8f,
                                            .is_known = s->n_known ? is_known : NULL,
                                            .accounts_of = accounts_of,
                                            .user = s};
    struct document *d = s->document;

    d->pages = arena_alloc_array(&s->arena, PAGES_MAX, sizeof *d->pages);
    d->n_pages = (size_t)s->n_pages;
    for (int i = 0; i < s->n_pages; i++) {
        d->pages[i] = i + 1;
        s->pages[i]->source = s->is_recognised ? PAGE_OCR : PAGE_TEXT;
        s->pages[i]->lost_percent = s->lost_percent;
    }
    assert_int_equal(extract_document(&s->arena, s->pages, NULL, &context, d, NULL), 0);
}

static const char *or_dash(const char *text)
{
    return text ? text : "-";
}

static void check_line(struct setting *s, const char *text)
{
    const struct document *d = s->document;
    size_t i = s->n_lines++;
    char found[CASE_LINE_BYTES];

    if (i >= d->n_lines)
        fail_msg("%s: no line %zu \"%s\"", s->name, i + 1, text);
    snprintf(found, sizeof found, "%s | %s | %s | %s", or_dash(d->lines[i].description),
             or_dash(d->lines[i].quantity), or_dash(d->lines[i].unit_price),
             or_dash(d->lines[i].amount));
    if (strcmp(found, text) != 0)
        fail_msg("%s: line %zu is \"%s\", not \"%s\"", s->name, i + 1, found, text);
}

static const struct reason *find_reason(const struct document *d, const char *code)
{
    for (size_t i = 0; i < d->n_reasons; i++)
        if (strcmp(d->reasons[i].code, code) == 0)
            return &d->reasons[i];
    return NULL;
}

static void check_words(struct setting *s, const char *text)
{
    for (size_t i = 0; i < s->document->n_reasons; i++)
        if (strcmp(s->document->reasons[i].text, text) == 0)
            return;
    fail_msg("%s: no reason says \"%s\"", s->name, text);
}

static bool has_proof(const struct document *d, const char *text)
{
    char name[64] = "", proof[64] = "";
    enum field_id id;

    assert_int_equal(sscanf(text, "%63s %63s", name, proof), 2);
    assert_true(field_parse(name, &id));
    for (int i = 0; i < PROOF_COUNT; i++)
        if (strcmp(proof_name((enum proof)i), proof) == 0)
            return d->fields[id].proofs >> i & 1;
    return false;
}

static void check_field(struct setting *s, const char *line)
{
    size_t n = strcspn(line, ":");
    const char *name = arena_strndup(&s->arena, line, n), *wanted = case_value(line, name), *found;
    enum field_id id;

    if (!field_parse(name, &id) || !wanted)
        fail_msg("%s: what is \"%s\"?", s->name, line);
    found = document_value(s->document, id);
    if (!found || strcmp(found, wanted) != 0)
        fail_msg("%s: %s is %s, not %s", s->name, name, found ? found : "missing", wanted);
}

static void check_result(struct setting *s, const char *line)
{
    const struct document *d = s->document;
    const char *value;
    enum field_id id;

    if (!line[0] || line[0] == '#')
        return;
    if ((value = case_value(line, "line"))) {
        check_line(s, value);
    } else if ((value = case_value(line, "outcome"))) {
        if (strcmp(outcome_name(d->outcome), value) != 0)
            fail_msg("%s: outcome is %s because %s", s->name, outcome_name(d->outcome),
                     d->n_reasons ? d->reasons[0].text : "of nothing");
    } else if ((value = case_value(line, "reason"))) {
        if (!find_reason(d, value))
            fail_msg("%s: no reason %s", s->name, value);
    } else if ((value = case_value(line, "code"))) {
        assert_string_equal(d->type_code, value);
    } else if ((value = case_value(line, "is"))) {
        assert_string_equal(document_type_name(d->type), value);
    } else if ((value = case_value(line, "words"))) {
        check_words(s, value);
    } else if ((value = case_value(line, "proof"))) {
        if (!has_proof(d, value))
            fail_msg("%s: no proof: %s", s->name, value);
    } else if ((value = case_value(line, "absent"))) {
        assert_true(field_parse(value, &id));
        if (document_value(d, id))
            fail_msg("%s: %s is %s, not absent", s->name, value, document_value(d, id));
    } else {
        check_field(s, line);
    }
}

static void run_file(const char *path, const char *name)
{
    struct setting s = {.name = name, .company = {"", "", "", "", ""}};
    char line[CASE_LINE_BYTES];
    FILE *file = fopen(path, "r");
    int part = 0;

    assert_non_null(file);
    arena_init(&s.arena, 64 << 20);
    s.document = document_new(&s.arena);
    begin_page(&s);
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        if (strcmp(line, "----") == 0) {
            if (++part == 2)
                extract(&s);
        } else if (part == 0) {
            read_setting(&s, line);
        } else if (part == 2) {
            check_result(&s, line);
        } else if (strcmp(line, "====") == 0) {
            begin_page(&s);
        } else {
            case_draw(&s.arena, s.pages[s.n_pages - 1], s.row++, line);
        }
    }
    fclose(file);
    if (part != 2)
        fail_msg("%s: %d parts, not 3", name, part + 1);
    if (s.n_lines && s.n_lines != s.document->n_lines)
        fail_msg("%s: %zu lines, not %zu", name, s.document->n_lines, s.n_lines);
    arena_release(&s.arena);
}

static void documents_are_read_as_written(void **state)
{
    struct dirent **names;
    int n = scandir(TEST_SOURCE_DIR "/cases/extract", &names, NULL, alphasort), count = 0;

    (void)state;
    assert_true(n > 0);
    for (int i = 0; i < n; i++) {
        char path[400];

        if (strstr(names[i]->d_name, ".case")) {
            snprintf(path, sizeof path, TEST_SOURCE_DIR "/cases/extract/%s", names[i]->d_name);
            run_file(path, names[i]->d_name);
            count++;
        }
        free(names[i]);
    }
    free(names);
    assert_true(count > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(documents_are_read_as_written)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
