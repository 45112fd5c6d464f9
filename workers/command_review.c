/*
 * bilag doc approve, reject, set: decisions of a person, until the desk exists. Each names the
 * version it was made on, so two people cannot decide over each other; a correction is judged anew.
 */
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/number.h"
#include "stores/records_review.h"
#include "workers/commands.h"
#include "workers/judge.h"
#include "workers/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int parse_id(const char *word, int64_t *ret, struct err *err)
{
    if (number_parse(word, 1, INT64_MAX, ret))
        return 0;
    return err_set(err, ERR_USAGE, "'%s' is no document number; `bilag doc ls` lists them", word);
}

/* The queue hears what follows when it is there; the reconciler tells it otherwise. */
static void tell_queue(struct house *house, const struct next_jobs *next)
{
    struct house_queue q;
    struct err ignored = {0};

    if (!house->queue && house_queue_options(&house->settings, "review", &q, &ignored) == 0) {
        (void)queue_open_redis(&q.options, &house->queue, &ignored);
        house_queue_release(&q);
    }
    for (size_t i = 0; house->queue && i < next->n; i++) {
        struct queue_item item = {.id = next->items[i].id, .min_fence = next->items[i].min_fence};

        (void)queue_add(house->queue, &item, 1, NULL, &ignored);
    }
}

static int load(struct house *house, const char *word, struct arena *a, struct document_row *row,
                struct document **ret_document, struct err *err)
{
    int64_t id = 0;
    int r = parse_id(word, &id, err);

    return r < 0 ? r : records_load_document(house->records, id, a, row, ret_document, err);
}

static int approve(struct house *house, const char *word, const char *why, struct err *err)
{
    AUTO_ARENA struct arena a;
    struct next_jobs next = {0};
    struct document_row row;
    struct document *d;
    struct decision by;
    int r;

    arena_init(&a, LIMIT_JOB_ARENA_BYTES);
    r = load(house, word, &a, &row, &d, err);
    if (r < 0)
        return r;
    by = (struct decision){row.id, row.version, report_user(), why ? why : ""};
    r = records_approve(house->records, &by, &a, &next, err);
    if (r == 0)
        tell_queue(house, &next);
    return r;
}

int command_doc_approve(int argc, char **argv)
{
    static const struct cli_option options[] = {{"why", "TEXT", "kept in the audit log"}, {0}};
    struct house house = {0};
    struct err err = {0};
    struct cli cli;
    int failed = 0;
    int r = cli_parse(argc, argv, command_find("doc", "approve"), options, 1, -1, &cli);

    if (r != 0)
        return r < 0 ? 2 : 0;
    r = house_open(&house, &cli.flags, HOUSE_STORES, "review", &err);
    for (int i = 0; r == 0 && i < cli.n_words; i++)
        if (approve(&house, cli.words[i], cli.values[0], &err) < 0) {
            fprintf(stderr, "bilag: document %s: %s\n", cli.words[i], err.text);
            failed++;
        }
    house_close(&house);
    if (failed)
        return cli.n_words == 1 ? err_exit_status(err.code) : 6;
    return r < 0 ? cli_fail(&err) : 0;
}

int command_doc_reject(int argc, char **argv)
{
    static const struct cli_option options[] = {{"why", "TEXT", "the reason; required"}, {0}};
    AUTO_ARENA struct arena a;
    struct house house = {0};
    struct document_row row;
    struct document *d;
    struct err err = {0};
    struct cli cli;
    int r = cli_parse(argc, argv, command_find("doc", "reject"), options, 1, 1, &cli);

    arena_init(&a, LIMIT_JOB_ARENA_BYTES);
    if (r != 0)
        return r < 0 ? 2 : 0;
    if (!cli.values[0] || !cli.values[0][0])
        r = err_set(&err, ERR_USAGE, "say why with --why");
    if (r == 0)
        r = house_open(&house, &cli.flags, HOUSE_STORES, "review", &err);
    if (r == 0)
        r = load(&house, cli.words[0], &a, &row, &d, &err);
    if (r == 0) {
        struct decision by = {row.id, row.version, report_user(), cli.values[0]};

        r = records_reject(house.records, &by, &err);
    }
    house_close(&house);
    return r < 0 ? cli_fail(&err) : 0;
}

/* "total_gross=1250.00", "type=invoice"; an empty value clears the field. */
static int set_one(struct document *d, struct arena *a, const char *word, struct err *err)
{
    char name[64], value[LIMIT_FIELD_BYTES];
    const char *equals = strchr(word, '=');
    enum field_id id;

    if (!equals || (size_t)(equals - word) >= sizeof name)
        return err_set(err, ERR_USAGE, "'%s' is not FIELD=VALUE", word);
    memcpy(name, word, (size_t)(equals - word));
    name[equals - word] = '\0';
    if (strcmp(name, "type") == 0)
        return document_type_parse(equals + 1, &d->type)
                   ? 0
                   : err_set(err, ERR_USAGE, "'%s' is no document type", equals + 1);
    if (!field_parse(name, &id))
        return err_set(err, ERR_USAGE, "'%s' is no field; `bilag doc show` lists those it has",
                       name);
    if (equals[1] == '\0') {
        d->fields[id] = (struct field){0};
        return 0;
    }
    if (!field_normalise(id, equals + 1, document_value(d, FIELD_CURRENCY), value, sizeof value))
        return err_set(err, ERR_USAGE, "'%s' does not fit %s (dates 2026-11-21, amounts 1250.00)",
                       equals + 1, name);
    d->fields[id] = (struct field){.value = arena_strdup(a, value),
                                   .confidence = 1,
                                   .source = SOURCE_PERSON,
                                   .proofs = 1u << PROOF_PERSON};
    return 0;
}

static int correct(struct house *house, const struct cli *cli, struct err *err)
{
    AUTO_ARENA struct arena a;
    struct document_row row;
    struct document *d = NULL;
    struct judge judge;
    int64_t version = 0;
    int r;

    arena_init(&a, LIMIT_JOB_ARENA_BYTES);
    r = load(house, cli->words[0], &a, &row, &d, err);
    for (int i = 1; r == 0 && i < cli->n_words; i++)
        r = set_one(d, &a, cli->words[i], err);
    if (r < 0)
        return r;
    judge_init(&judge, house, &a, civil_date_from_unix_ms(clock_now_ms()));
    verdict_decide(&a, &judge.context, d);
    r = judge_add_duplicates(&judge, row.id, d, err);
    if (r == 0) {
        struct decision by = {row.id, row.version, report_user(),
                              cli->values[0] ? cli->values[0] : ""};

        r = records_correct(house->records, &by, d, &version, err);
    }
    for (size_t i = 0; r == 0 && i < d->n_reasons; i++)
        printf("still: %s\n", d->reasons[i].text);
    if (r == 0 && d->n_reasons == 0)
        printf("nothing speaks against it now; `bilag doc approve %" PRId64 "`\n", row.id);
    return r;
}

int command_doc_set(int argc, char **argv)
{
    static const struct cli_option options[] = {{"why", "TEXT", "kept in the history"}, {0}};
    struct house house = {0};
    struct err err = {0};
    struct cli cli;
    int r = cli_parse(argc, argv, command_find("doc", "set"), options, 2, -1, &cli);

    if (r != 0)
        return r < 0 ? 2 : 0;
    r = house_open(&house, &cli.flags, HOUSE_STORES, "review", &err);
    if (r == 0)
        r = correct(&house, &cli, &err);
    house_close(&house);
    return r < 0 ? cli_fail(&err) : 0;
}
