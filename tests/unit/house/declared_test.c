/* People correct the fields of a type somebody declared: stored, kept in the history, shown. */
#include "tests/unit/house/bilag_run.h"

#include "stores/records_review.h"
#include "tests/unit/page_case.h"

static const char DECLARATION[] = "name: job\n"
                                  "fields:\n"
                                  "  job_number: {kind: identifier, required: yes, labels: "
                                  "[Job number]}\n"
                                  "  done: {kind: date}\n"
                                  "  price: {kind: amount}\n"
                                  "  sort: {kind: code, choices: [repair, rental]}\n";

static void declare_jobs(struct world *w)
{
    assert_ok(file_make_folder(arena_printf(&w->a, "%s/types", w->folder), err));
    assert_ok(file_write(arena_printf(&w->a, "%s/types/job.yaml", w->folder), DECLARATION,
                         strlen(DECLARATION), 0644, err));
}

/* A job whose number was read, one letter wrong, and nothing else. */
static int64_t waiting_job(struct world *w)
{
    int64_t file = sample_file(w->r, 'a', "a.pdf"), id;
    struct page *page = case_page(&w->a, 1);
    struct opened_sheet sheet = {.page = page};
    struct opened_file opened = {.kind = "pdf", .sheets = &sheet, .n_sheets = 1};
    struct document *d = document_new(&w->a);
    struct job job = job_of(STAGE_OPEN, file, 0, 1);
    struct next_jobs next = {0};

    case_draw(&w->a, page, 2, "Job number: AB-991");
    assert_ok(records_commit_open(w->r, &job, &opened, &w->a, &next, err));
    id = sort_to_invoice(w->r, &w->a, file, 2, 1, "1");
    d->type = DOCUMENT_FORM;
    d->pages = sample_invoice(&w->a, 1, 1, "X", "1")->pages;
    d->n_pages = 1;
    d->declared = "job";
    *document_field(d, &w->a, "job_number") = (struct field){.value = "A8-991", .confidence = 0.4f};
    document_add_reason(d, &w->a, "low_confidence", -1, "job_number A8-991 is not certain");
    extract_as(w, id, 1, d);
    return id;
}

static const char *value_of(struct world *w, int64_t id, const char *name)
{
    struct document_row row = {0};
    struct document *d = NULL;
    const struct field *field;

    assert_ok(records_load_document(w->r, id, &w->a, &row, &d, err));
    field = document_find(d, name);
    return field ? field->value : "nothing";
}

static void test_a_declared_field_is_corrected(void **state)
{
    struct world *w = *state;
    struct change_row *changes = NULL;
    size_t n = 0;
    const char *said;

    declare_jobs(w);
    waiting_job(w);
    bilag(w, "doc set --why 'read it' 1 job_number=AB-991 done=2026-11-21 price=1250.5 sort=rental",
          0);
    assert_string_equal(value_of(w, 1, "job_number"), "AB-991");
    assert_string_equal(value_of(w, 1, "price"), "1250.50");
    assert_ok(records_changes(w->r, 1, &w->a, &changes, &n, err));
    assert_int_equal(n, 4);
    assert_string_equal(changes[0].what, "job_number");
    assert_string_equal(changes[0].old_value, "A8-991");
    assert_string_equal(changes[0].new_value, "AB-991");
    assert_string_equal(changes[1].what, "done");
    assert_string_equal(changes[1].old_value, "");
    said = bilag(w, "doc show 1", 0);
    assert_says(said, "document 1 · job · a.pdf · waiting");
    assert_says(said, "job_number\tAB-991\t1.00\tperson\t0\tperson");
    assert_says(said, "  correct by ");
    assert_says(said, "  job_number: A8-991 → AB-991 by ");
    assert_says(said, ", read it");
    bilag(w, "doc set 1 done=", 0);
    assert_string_equal(value_of(w, 1, "done"), "nothing");
    assert_says(bilag(w, "doc show 1", 0), "  done: 2026-11-21 → nothing by ");
    bilag(w, "doc approve 1", 0);
    assert_int_equal(load_document(w, 1).stage, STAGE_FILE);
}

static void test_what_does_not_fit_is_refused(void **state)
{
    struct world *w = *state;

    declare_jobs(w);
    waiting_job(w);
    assert_says(bilag(w, "doc set 1 price=much", 2), "'much' does not fit price");
    assert_says(bilag(w, "doc set 1 done=2026-02-30", 2), "does not fit done");
    assert_says(bilag(w, "doc set 1 sort=theft", 2), "does not fit sort");
    assert_says(bilag(w, "doc set 1 colour=red", 2), "'colour' is no field");
    assert_says(bilag(w, "doc set 1 type=sculpture", 2), "'sculpture' is no document type");
    assert_string_equal(value_of(w, 1, "job_number"), "A8-991");
}

static void test_reading_anew_keeps_what_a_person_set(void **state)
{
    struct world *w = *state;

    declare_jobs(w);
    waiting_job(w);
    bilag(w, "doc set 1 sort=repair", 0);
    bilag(w, "doc anew 1", 0);
    assert_string_equal(value_of(w, 1, "job_number"), "AB-991");
    assert_string_equal(value_of(w, 1, "sort"), "repair");
}

static void test_another_type_takes_the_fields_along(void **state)
{
    struct world *w = *state;

    declare_jobs(w);
    waiting_job(w);
    bilag(w, "doc set 1 type=letter", 0);
    assert_string_equal(value_of(w, 1, "job_number"), "nothing");
    assert_says(bilag(w, "doc show 1", 0), "  declared: job → nothing by ");
    assert_says(bilag(w, "doc set 1 type=job sort=rental", 0), "`bilag doc anew 1`");
    bilag(w, "doc anew 1", 0);
    assert_string_equal(value_of(w, 1, "job_number"), "AB-991");
    assert_string_equal(value_of(w, 1, "sort"), "rental");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DISK(test_a_declared_field_is_corrected),
        DISK(test_what_does_not_fit_is_refused),
        DISK(test_reading_anew_keeps_what_a_person_set),
        DISK(test_another_type_takes_the_fields_along),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
