/*
 * Opening a house: settings first, then the stores, then the queue. A later failure closes what was
 * opened when the caller closes the house.
 */
#include "workers/house.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/spawn.h"
#include "pipeline/extract/calibration.h"
#include "pipeline/extract/certificate.h"
#include "pipeline/extract/score.h"
#include "queues/server.h"
#include "stores/accounting.h"
#include "stores/blobs.h"
#include "stores/records.h"
#include "workers/type_shelf.h"

#include <stdlib.h>
#include <string.h>

#define PASSWORD_MAX_BYTES 512
#define TRUST_MAX_BYTES (1 << 20)

bool house_flag(struct house_flags *f, int option, const char *value)
{
    if (option == 'C')
        f->config_file = value;
    else if (option == 'D')
        f->data_folder = value;
    else if (option == 'S' && f->n_flags < ARRAY_LENGTH(f->flags))
        f->flags[f->n_flags++] = value;
    else
        return false;
    return true;
}

int house_load_settings(const struct house_flags *flags, struct settings *s, struct err *err)
{
    const char *all[ARRAY_LENGTH(flags->flags) + 1];
    AUTO_FREE char *data = NULL;
    size_t n = flags->n_flags;

    memcpy(all, flags->flags, n * sizeof *all);
    if (flags->data_folder)
        all[n++] = data = mem_printf("data_dir=%s", flags->data_folder);
    return settings_load(s, flags->config_file, all, n, err);
}

char *house_path(const struct settings *s, const char *name)
{
    return mem_printf("%s/%s", s->data_dir, name);
}

struct queue_item *house_queue_items(struct arena *a, const struct next_jobs *next)
{
    struct queue_item *items = arena_alloc_array(a, next->n, sizeof *items);

    for (size_t i = 0; i < next->n; i++)
        items[i] = (struct queue_item){
            .id = next->items[i].id,
            .min_fence = next->items[i].min_fence,
            .department = next->items[i].department,
            .lane = next->items[i].is_urgent ? QUEUE_EXPRESS : QUEUE_NORMAL,
        };
    return items;
}

bool house_redis_is_private(const struct settings *s)
{
    return s->redis.socket[0] == '\0' && s->redis.host[0] == '\0';
}

/* The first line of a file that holds a secret. */
static int read_password(const char *path, char **ret, struct err *err)
{
    AUTO_BUF struct buf b;
    int r;

    buf_init(&b, PASSWORD_MAX_BYTES);
    r = file_read(path, &b, err);
    if (r < 0)
        return r;
    *ret = mem_strndup(b.data, strcspn(b.data, "\r\n"));
    return 0;
}

/* A private server is reached by the password bilagd left in the data folder. */
static int private_options(const struct settings *s, struct house_queue *q, struct err *err)
{
    AUTO_FREE char *path = house_path(s, "redis.password");
    int r = read_password(path, &q->password, err);

    if (r == ERR_NOT_FOUND)
        return err_set(err, ERR_UNREACHABLE, "nothing runs on %s; start it with `bilag up`",
                       s->data_dir);
    if (r < 0)
        return err_wrap(err, r, "the queue's password");
    q->socket_path = house_path(s, "redis/redis.sock");
    q->options.socket_path = q->socket_path;
    q->options.user = QUEUE_SERVER_USER;
    q->options.password = q->password;
    return 0;
}

static int configured_options(const struct settings *s, struct house_queue *q, struct err *err)
{
    int r = 0;

    q->options.socket_path = s->redis.socket[0] ? s->redis.socket : NULL;
    q->options.host = s->redis.host;
    q->options.port = (int)s->redis.port;
    q->options.user = s->redis.user[0] ? s->redis.user : NULL;
    if (s->redis.password_file[0])
        r = read_password(s->redis.password_file, &q->password, err);
    q->options.password = q->password;
    return r < 0 ? err_wrap(err, r, "redis.password_file") : 0;
}

int house_queue_options(const struct settings *s, const char *worker, struct house_queue *ret,
                        struct err *err)
{
    *ret = (struct house_queue){0};
    queue_options_init(&ret->options);
    ret->options.worker = worker;
    ret->options.lease_ms = s->queue.lease_seconds * 1000;
    ret->options.max_failures = (int)s->queue.failures;
    ret->options.max_crashes = (int)s->queue.crashes;
    ret->options.max_orphans = (int)s->queue.orphans;
    return house_redis_is_private(s) ? private_options(s, ret, err)
                                     : configured_options(s, ret, err);
}

void house_queue_release(struct house_queue *q)
{
    free(q->socket_path);
    free(q->password);
    *q = (struct house_queue){0};
}

static int open_queue(struct house *house, const char *worker, struct err *err)
{
    struct house_queue q;
    int r = house_queue_options(&house->settings, worker, &q, err);

    if (r == 0)
        r = queue_open_redis(&q.options, &house->queue, err);
    house_queue_release(&q);
    return r;
}

static int open_stores(struct house *house, struct err *err)
{
    AUTO_FREE char *records = house_path(&house->settings, "records.db");
    int r = file_make_folder(house->settings.data_dir, err);

    if (r == 0)
        r = blobs_open(house->settings.data_dir, &house->blobs, err);
    return r < 0 ? r : records_open(records, &house->records, err);
}

/* The accounts of the settings belong to the chart; those it has already are left as they are. */
static int fill_chart(struct house *house, struct err *err)
{
    const struct settings *s = &house->settings;
    const struct account accounts[] = {
        {s->accounts.expense, "Purchases", ACCOUNT_EXPENSE},
        {s->accounts.input_vat, "Input VAT", ACCOUNT_ASSET},
        {s->accounts.supplier, "Supplier debt", ACCOUNT_LIABILITY},
    };
    int r = 0;

    for (size_t i = 0; r == 0 && i < ARRAY_LENGTH(accounts); i++)
        r = accounting_add_account(house->accounting, &accounts[i], err);
    return r;
}

static int open_accounting(struct house *house, struct err *err)
{
    AUTO_FREE char *path = house_path(&house->settings, "accounting.db");
    int r = file_make_folder(house->settings.data_dir, err);

    if (r == 0)
        r = accounting_open(path, &house->accounting, err);
    return r < 0 ? r : fill_chart(house, err);
}

static int read_trained(const char *name, struct buf *b, struct err *err)
{
    AUTO_FREE char *folder = spawn_share_folder();
    AUTO_FREE char *path = mem_printf("%s/%s", folder, name);
    int r;

    buf_init(b, TRUST_MAX_BYTES);
    r = file_read(path, b, err);
    return r < 0 ? err_wrap(err, r, "reading %s (a build and an installation put it there)", path)
                 : 0;
}

static int load_trust(struct house *house, struct err *err)
{
    AUTO_BUF struct buf scores = {0}, weights = {0}, thresholds = {0};
    int r = read_trained(SCORE_FILE, &scores, err);

    house->scorer = mem_alloc(sizeof *house->scorer);
    house->calibration = mem_alloc(sizeof *house->calibration);
    house->certificate = mem_alloc(sizeof *house->certificate);
    if (r == 0)
        r = scorer_parse(house->scorer, scores.data, scores.length, err);
    if (r == 0)
        r = read_trained(CALIBRATION_FILE, &weights, err);
    if (r == 0)
        r = calibration_parse(house->calibration, weights.data, weights.length, err);
    if (r == 0)
        r = read_trained(CERTIFICATE_FILE, &thresholds, err);
    if (r == 0)
        r = certificate_parse(house->certificate, thresholds.data, thresholds.length, err);
    return r;
}

int house_open(struct house *house, const struct house_flags *flags, unsigned parts,
               const char *worker, struct err *err)
{
    struct err ignored;
    int r;

    *house = (struct house){0};
    r = house_load_settings(flags, &house->settings, err);
    if (r == 0 && (parts & HOUSE_STORES))
        r = open_stores(house, err);
    if (r == 0 && (parts & (HOUSE_STORES | HOUSE_TRUST)))
        r = load_trust(house, err);
    if (r == 0 && (parts & HOUSE_ACCOUNTING))
        r = open_accounting(house, err);
    if (r == 0 && (parts & HOUSE_QUEUE))
        r = open_queue(house, worker, err);
    if (r == 0 && (parts & HOUSE_QUEUE_IF_RUNNING))
        (void)open_queue(house, worker, &ignored);
    return r;
}

/* The shelf and the arena it hangs in. */
struct held_types {
    struct type_shelf shelf;
    struct arena arena;
};

struct type_shelf *house_types(struct house *house)
{
    if (!house->types) {
        struct held_types *held = mem_alloc(sizeof *held);

        arena_init(&held->arena, LIMIT_JOB_ARENA_BYTES);
        type_shelf_load(&held->shelf, &held->arena, &house->settings);
        house->types = &held->shelf;
    }
    return house->types;
}

void house_close_types(struct house *house)
{
    struct held_types *held = (struct held_types *)house->types;

    if (held)
        arena_release(&held->arena);
    free(held);
    house->types = NULL;
}

void house_close(struct house *house)
{
    house_close_types(house);
    queue_close(house->queue);
    accounting_close(house->accounting);
    records_close(house->records);
    blobs_close(house->blobs);
    settings_release(&house->settings);
    free(house->scorer);
    free(house->calibration);
    free(house->certificate);
    *house = (struct house){0};
}
