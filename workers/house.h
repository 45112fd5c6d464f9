/*
 * What a process of bilag opens at its start: settings, stores, queue. Every main and every command
 * gets them here, so that paths and options are worked out in one place.
 *
 *   <data_dir>/records.db  accounting.db  objects/  redis/  bilagd.lock
 */
#ifndef WORKERS_HOUSE_H
#define WORKERS_HOUSE_H

#include "models/settings.h"
#include "queues/queue.h"

#include <stddef.h>

struct accounting;
struct arena;
struct blobs;
struct calibration;
struct certificate;
struct err;
struct next_jobs;
struct records;
struct scorer;
struct type_shelf;

enum house_part {
    HOUSE_STORES = 1,           /* records and blobs */
    HOUSE_ACCOUNTING = 2,       /* the ledger */
    HOUSE_QUEUE = 4,            /* does not connect yet: the first call does */
    HOUSE_QUEUE_IF_RUNNING = 8, /* as above, but NULL when nothing runs on this folder */
    HOUSE_TRUST = 16,           /* what extraction was trained to, without stores */
};

struct house {
    struct settings settings;
    struct blobs *blobs;
    struct records *records;
    struct accounting *accounting;
    struct queue *queue;
    struct type_shelf *types; /* see house_types() */
    struct scorer *scorer;    /* HOUSE_STORES and HOUSE_TRUST load all three */
    struct calibration *calibration;
    struct certificate *certificate;
};

/* The words every program understands, borrowed from its command line. */
struct house_flags {
    const char *config_file; /* --config FILE, or NULL */
    const char *data_folder; /* --data DIR, or NULL; it wins over --set data_dir=DIR */
    const char *flags[64];   /* --set path=value */
    size_t n_flags;
};

/* Takes --config, --set and --data (as getopt found them); false for another option. */
bool house_flag(struct house_flags *f, int option, const char *value);
#define HOUSE_LONG_OPTIONS                                                                         \
    {"config", required_argument, NULL, 'C'}, {"set", required_argument, NULL, 'S'},               \
    {                                                                                              \
        "data", required_argument, NULL, 'D'                                                       \
    }

/* The settings as these flags want them, for who needs nothing else. As settings_load(). */
int house_load_settings(const struct house_flags *flags, struct settings *s, struct err *err);

/* The document types, loaded when first asked for; what is taught later is for later processes. */
struct type_shelf *house_types(struct house *house);
void house_close_types(struct house *house); /* house_close() does it too */

/* Opens the parts asked for. `worker` names us to the queue. Close `house` in either case. */
int house_open(struct house *house, const struct house_flags *flags, unsigned parts,
               const char *worker, struct err *err);
void house_close(struct house *house); /* accepts a zeroed one */

/* Queue options from the settings; strings live in `text` (release it after queue_open). */
struct house_queue {
    struct queue_options options;
    char *socket_path, *password;
};
int house_queue_options(const struct settings *s, const char *worker, struct house_queue *ret,
                        struct err *err);
void house_queue_release(struct house_queue *q);

/* What the records say is next, in the queue's form. In arena. */
struct queue_item *house_queue_items(struct arena *a, const struct next_jobs *next);

/* True when bilagd runs the Redis server itself. */
bool house_redis_is_private(const struct settings *s);

/* <data_dir>/<name>, owned. */
char *house_path(const struct settings *s, const char *name);

#endif
