/* Job ids and stages: their words, strictly parsed, and the order of the seven verbs. */
#include "models/job.h"

#include "tests/unit/unit.h"

static void check_parse(char *field[CASE_FIELDS_MAX])
{
    struct job_id id = {.object = 4242};
    char text[JOB_ID_SIZE] = "refused";

    if (job_id_parse(field[0], &id))
        job_id_format(&id, text);
    else
        assert_int_equal(id.object, 4242);
    if (strcmp(text, field[1]) != 0)
        fail_msg("\"%s\" gives %s, not %s", field[0], text, field[1]);
}

static void ids_are_parsed_strictly(void **state)
{
    (void)state;
    cases_run("job", check_parse);
}

static void every_queued_stage_has_ids(void **state)
{
    (void)state;
    for (int i = 0; i < STAGE_COUNT; i++) {
        const struct stage_info *info = stage_info((enum stage)i);
        struct job_id id = {(enum stage)i, INT64_MAX, 0}, back;
        char text[JOB_ID_SIZE];

        id.page = info->object == STAGE_OF_PAGE ? 1000000 : 0;
        job_id_format(&id, text);
        assert_int_equal(job_id_parse(text, &back), info->has_queue);
        if (info->has_queue)
            assert_true(back.stage == id.stage && back.object == id.object && back.page == id.page);
    }
}

static void stages_are_the_seven_verbs_in_order(void **state)
{
    static const char *const verbs[] = {"open",   "read", "sort", "extract",
                                        "review", "post", "file", "done"};
    enum stage stage = STAGE_POST;

    (void)state;
    for (int i = 0; i < STAGE_COUNT; i++) {
        assert_string_equal(stage_name((enum stage)i), verbs[i]);
        assert_true(stage_parse(verbs[i], &stage));
        assert_int_equal(stage, i);
    }
    assert_false(stage_parse("", &stage));
    assert_int_equal(stage, STAGE_DONE);
    assert_false(stage_info(STAGE_REVIEW)->has_queue);
    assert_false(stage_info(STAGE_SORT)->needs_reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_parsed_strictly),
        cmocka_unit_test(every_queued_stage_has_ids),
        cmocka_unit_test(stages_are_the_seven_verbs_in_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
