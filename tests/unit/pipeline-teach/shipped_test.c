/* The shipped declarations agree with what the code knows of fields, types and what an invoice
 * needs. */
#include "models/document.h"
#include "models/type.h"
#include "pipeline/extract/extract.h"

#include "base/arena.h"
#include "base/err.h"
#include "tests/unit/unit.h"

#include <dirent.h>

static int each_shipped(void (*check)(struct arena *a, const char *file, const struct type *type))
{
    DIR *folder = opendir(TEST_SOURCE_DIR "/../models/types");
    const struct dirent *entry;
    int count = 0;

    assert_non_null(folder);
    while ((entry = readdir(folder)) != NULL) {
        AUTO_ARENA struct arena a;
        struct err err = {0};
        struct type *type;

        arena_init(&a, 1 << 20);
        if (!strstr(entry->d_name, ".yaml"))
            continue;
        if (type_load(&a, arena_printf(&a, TEST_SOURCE_DIR "/../models/types/%s", entry->d_name),
                      &type, &err) < 0)
            fail_msg("%s", err.text);
        check(&a, entry->d_name, type);
        count++;
    }
    closedir(folder);
    return count;
}

static void check_fields(struct arena *a, const char *file, const struct type *type)
{
    assert_string_equal(arena_printf(a, "%s.yaml", type->name), file);
    for (size_t i = 0; i < type->n_fields; i++) {
        enum field_id id;

        if (field_parse(type->fields[i].name, &id) && field_info(id)->kind != type->fields[i].kind)
            fail_msg("%s: %s is declared as %s", file, type->fields[i].name,
                     field_kind_name(type->fields[i].kind));
    }
}

static void fields_are_of_the_kind_the_code_knows(void **state)
{
    (void)state;
    assert_true(each_shipped(check_fields) >= 9);
}

/* What the verdict misses on an empty invoice is what the declaration requires, no more, no
 * less. */
static void check_required(struct arena *a, const char *file, const struct type *type)
{
    const struct company company = {"", "", "", "", ""};
    const struct extract_context context = {.company = &company};
    struct document *d = document_new(a);
    size_t missing = 0, required = 0;

    if (!document_type_parse(type->name, &d->type) || !document_type_is_posted(d->type))
        return;
    verdict_decide(a, &context, d);
    for (size_t i = 0; i < d->n_reasons; i++)
        if (strcmp(d->reasons[i].code, "missing") == 0) {
            const char *name = field_info((enum field_id)d->reasons[i].field)->name;
            const struct type_field *f = type_find(type, name);

            missing++;
            if (!f || !f->is_required)
                fail_msg("%s does not require %s", file, name);
        }
    for (size_t i = 0; i < type->n_fields; i++)
        required += type->fields[i].is_required;
    assert_int_equal(missing, required);
    assert_true(missing > 0);
}

static void invoices_require_what_the_verdict_asks_for(void **state)
{
    (void)state;
    each_shipped(check_required);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_of_the_kind_the_code_knows),
        cmocka_unit_test(invoices_require_what_the_verdict_asks_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
