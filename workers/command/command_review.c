/*
 * bilag doc approve, reject, set, anew, and file reject: decisions of a person. One on a document
 * names the version it was made on, so two people cannot decide over each other; a correction is
 * judged anew, and teaches.
 */
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/number.h"
#include "models/posting.h"
#include "stores/records_review.h"
#include "workers/books.h"
#include "workers/command/commands.h"
#include "workers/command/correction.h"
#include "workers/judge.h"
#include "workers/command/report.h"
#include "workers/teach.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int check_why(const struct cli *cli, struct err *err)
{
    bool says_why = cli->values[0] && cli->values[0][0];

    return says_why ? 0 : err_set(err, ERR_USAGE, "say why with --why");
}

static int parse_id(const char *word, int64_t *ret, struct err *err)
{
    if (number_parse(word, 1, INT64_MAX, ret))
        return 0;
    return err_set(err, ERR_USAGE, "'%s' is no document number; `bilag doc ls` lists them", word);
}

static int load(struct house *house, const char *word, struct arena *a, struct document_row *row,
                struct document **ret_document, struct err *err)
{
    int64_t id = 0;
    int r = parse_id(word, &id, err);

    return r < 0 ? r : records_load_document(house->records, id, a, row, ret_document, err);
}

static struct decision decision_on(const struct document_row *row, const struct cli *cli)
{
    return (struct decision){row->id, row->version, report_user(),
                             cli->values[0] ? cli->values[0] : ""};
}

/* The decision stands whatever comes of the learning. */
static void learn_from(struct house *house, const struct cli *cli, int64_t document_id,
                       bool is_approved)
{
    struct err err = {0};
    struct taught taught;

    if (teach(house, document_id, is_approved, report_user(), &taught, &err) < 0) {
        fprintf(stderr, "bilag: nothing was learnt: %s\n", err.text);
        return;
    }
    if (taught.supplier_id == 0 || cli->is_json)
        return;
    printf("supplier %" PRId64 ": %zu lessons in effect", taught.supplier_id, taught.lessons);
    if (taught.changed)
        printf("; %zu held back, they would change %d of %d earlier documents", taught.proposed,
               taught.changed, taught.replayed);
    putchar('\n');
}

/* Posting would refuse it and it would come back, so it is refused while the person looks. */
static int check_postable(struct house *house, const struct document_row *row,
                          const struct document *d, struct arena *a, struct err *err)
{
    struct posting posting;
    int r = document_type_is_posted(d->type)
                ? books_posting(&house->settings, row, d, a, &posting, err)
                : 0;

    return r < 0 ? err_wrap(err, r, "document %" PRId64 " cannot be posted", row->id) : 0;
}

static int approve(struct house *house, const struct cli *cli, const char *word, struct err *err)
{
    AUTO_ARENA struct arena a;
    struct next_jobs next = {0};
    struct document_row row;
    struct document *d;
    struct decision by;
    struct err ignored;
    int r;

    arena_init(&a, LIMIT_JOB_ARENA_BYTES);
    r = load(house, word, &a, &row, &d, err);
    if (r == 0)
        r = check_postable(house, &row, d, &a, err);
    if (r < 0)
        return r;
    by = decision_on(&row, cli);
    r = records_approve(house->records, &by, &a, &next, err);
    if (r < 0)
        return r;
    if (house->queue) /* what it cannot hear now, it hears from the housekeeper */
        (void)queue_add(house->queue, house_queue_items(&a, &next), next.n, NULL, &ignored);
    if (!cli->is_json)
        printf("document %" PRId64 " goes to the %s\n", row.id,
               document_type_is_posted(d->type) ? "ledger" : "records");
    learn_from(house, cli, row.id, true);
    return 0;
}

static int approve_all(struct house *house, const struct cli *cli, struct err *err)
{
    return cli_each_word(house, cli, approve, err);
}

static int reject(struct house *house, const struct cli *cli, struct err *err)
{
    AUTO_ARENA struct arena a;
    struct document_row row;
    struct document *d;
    struct decision by;
    int r;

    arena_init(&a, LIMIT_JOB_ARENA_BYTES);
    r = check_why(cli, err);
    if (r == 0)
        r = load(house, cli->words[0], &a, &row, &d, err);
    if (r < 0)
        return r;
    by = decision_on(&row, cli);
    return records_reject(house->records, &by, err);
}

static int reject_file(struct house *house, const struct cli *cli, struct err *err)
{
    int64_t id;
    int r = check_why(cli, err);

    if (r < 0)
        return r;
    if (!number_parse(cli->words[0], 1, INT64_MAX, &id))
        return err_set(err, ERR_USAGE, "'%s' is no file number; `bilag batch show` names them",
                       cli->words[0]);
    return records_reject_file(house->records, id, report_user(), cli->values[0], err);
}

static int correct(struct house *house, const struct cli *cli, struct err *err)
{
    AUTO_ARENA struct arena a;
    struct document_row row;
    struct document *d = NULL;
    struct judge judge;
    const char *was;
    int64_t version = 0;
    int r;

    arena_init(&a, LIMIT_JOB_ARENA_BYTES);
    r = load(house, cli->words[0], &a, &row, &d, err);
    was = r == 0 ? d->declared : NULL;
    for (int i = 1; r == 0 && i < cli->n_words; i++)
        r = correction_apply(house, d, &a, cli->words[i], err);
    if (r < 0)
        return r;
    judge_init(&judge, house, &a, civil_date_from_unix_ms(clock_now_ms()));
    verdict_decide(&a, &judge.context, d);
    r = judge_add_duplicates(&judge, row.id, d, err);
    if (r == 0) {
        struct decision by = decision_on(&row, cli);

        r = records_correct(house->records, &by, d, &version, err);
    }
    if (r == 0)
        learn_from(house, cli, row.id, false);
    if (r == 0 && d->declared && d->declared != was)
        printf("`bilag doc anew %" PRId64 "` reads what a %s has\n", row.id, d->declared);
    for (size_t i = 0; r == 0 && i < d->n_reasons; i++)
        printf("still: %s\n", d->reasons[i].text);
    if (r == 0 && d->n_reasons == 0)
        printf("nothing speaks against it now; `bilag doc approve %" PRId64 "`\n", row.id);
    return r;
}

static bool is_settled(const struct field *field)
{
    return field->proofs & 1u << PROOF_PERSON;
}

static void keep_settled(const struct document *kept, struct arena *a, struct document *fresh)
{
    for (int i = 0; i < FIELD_COUNT; i++)
        if (is_settled(&kept->fields[i]))
            fresh->fields[i] = kept->fields[i];
    for (size_t i = 0; i < kept->n_named; i++)
        if (is_settled(&kept->named[i].field))
            *document_field(fresh, a, kept->named[i].name) = kept->named[i].field;
}

/* What a person set stays; the rest is read with what was learnt since. */
static int read_one_anew(struct house *house, const struct cli *cli, const char *word,
                         struct err *err)
{
    AUTO_ARENA struct arena a;
    struct document_row row;
    struct document *kept, *fresh;
    struct decision by;
    struct judge judge;
    int64_t version = 0;
    int r;

    arena_init(&a, LIMIT_JOB_ARENA_BYTES);
    judge_init(&judge, house, &a, civil_date_from_unix_ms(clock_now_ms()));
    r = load(house, word, &a, &row, &kept, err);
    if (r == 0)
        r = read_again(house, &judge.context, row.id, &a, &kept, &fresh, err);
    if (r < 0)
        return r;
    keep_settled(kept, &a, fresh);
    verdict_decide(&a, &judge.context, fresh);
    r = judge_add_duplicates(&judge, row.id, fresh, err);
    by = decision_on(&row, cli);
    return r < 0 ? r : records_correct(house->records, &by, fresh, &version, err);
}

static int read_anew(struct house *house, const struct cli *cli, struct err *err)
{
    return cli_each_word(house, cli, read_one_anew, err);
}

static const struct cli_option options[] = {{"why", "TEXT", "kept in the audit log"}, {0}};

const struct command commands_review[] = {
    {"doc", "approve", "DOC…", "Approve documents that wait", options, 1, -1,
     HOUSE_STORES | HOUSE_QUEUE_IF_RUNNING, approve_all},
    {"doc", "reject", "DOC", "Reject a document that waits; --why is required", options, 1, 1,
     HOUSE_STORES, reject},
    {"file", "reject", "FILE", "Close a file that was set aside; --why is required", options, 1, 1,
     HOUSE_STORES, reject_file},
    {"doc", "set", "DOC FIELD=VALUE…", "Correct fields of a document that waits", options, 2, -1,
     HOUSE_STORES, correct},
    {"doc", "anew", "DOC…", "Read waiting documents again with what was learnt since", options, 1,
     -1, HOUSE_STORES, read_anew},
    {0}};
