/*
 * The worker's hand on its reader: hands over a file, gets checked structs back.
 *
 * One reader, one order at a time. The reader's warm parent is started at the first order, stays
 * for the next ones, and is started again when it died. Every call waits, calling `tick` meanwhile
 * (the worker renews its lease there), and ends in time: the warm parent kills a child that takes
 * too long, and we kill a warm parent that does not.
 *
 * Failures carry a token of models/fault.h: timeout, crashed, too_big_in_memory, log_flood and
 * bad_answer for what the child did, any other for what the pipeline found. Without a token it was
 * not the file's fault (the reader cannot be started, its model is missing): try again later.
 */
#ifndef WORKERS_READER_CLIENT_H
#define WORKERS_READER_CLIENT_H

#include "models/look.h"
#include "pipeline/file/file_record.h"
#include "pipeline/open/open.h"
#include "pipeline/read/read.h"

struct arena;
struct err;
struct reader;
struct settings;

struct reader_options {
    const char *program; /* NULL: $BILAG_READER, or bilag-reader beside this program */
    const char *model;   /* path of a .traineddata file */
    const char *models;  /* folder of the models of one language each */
    bool is_tesseract;   /* libtesseract reads every page */
    int readings;        /* of a doubtful page, the first among them */
    struct open_limits limits;
    struct read_options read;
    int page_seconds, cpu_seconds;
    size_t memory_bytes;
    void (*tick)(void *user); /* or NULL */
    int tick_ms;
    void *user;
};

/* What the orders cost since it was last taken. */
struct reader_usage {
    int64_t cpu_us;     /* of their children together */
    int64_t max_rss_kb; /* of the largest child */
};

/* Options as the settings say; texts are borrowed from them. */
void reader_options_from(const struct settings *settings, struct reader_options *ret);

/* `options` is copied, its texts are borrowed. */
struct reader *reader_new(const struct reader_options *options);
void reader_free(struct reader *reader); /* ends the warm parent and any child */

/* `file_fd` is a sealed memfd with the file's bytes (base/file.h). Results hang in the arena. */
int reader_open(struct reader *reader, int file_fd, struct arena *arena, struct opened *ret,
                struct err *err);
int reader_read(struct reader *reader, int file_fd, int page_number, struct arena *arena,
                struct read_result *ret, struct err *err);

/* Another reading of a page: words only, no picture. */
struct reader_again {
    const char *language; /* ISO 639-1: by the model of that language; NULL: by the reader's own */
    enum read_way way;
};
int reader_read_again(struct reader *reader, int file_fd, int page_number,
                      const struct reader_again *again, struct arena *arena,
                      struct read_result *ret, struct err *err);

/* The screen's picture of a page that needed no reading. */
int reader_preview(struct reader *reader, int file_fd, int page_number, struct arena *arena,
                   const unsigned char **ret_bytes, size_t *ret_length, struct err *err);

/* A searchable PDF/A of the file's pages with these words; its bytes are owned (free). */
int reader_record(struct reader *reader, int file_fd, struct page *const *pages, size_t n_pages,
                  const struct record_options *options, unsigned char **ret_bytes,
                  size_t *ret_length, struct err *err);

/* Second looks at places of a page that was read before (pipeline/read/look.h): ret[i] answers
 * places[i], at most LOOK_PLACES_MAX. */
int reader_look(struct reader *reader, int file_fd, const struct page *page,
                const struct look_place *places, size_t count, struct arena *arena,
                struct look *ret, struct err *err);

/* How often a doubtful page may be read, as the options say. */
int reader_readings(const struct reader *reader);

struct reader_usage reader_take_usage(struct reader *reader);

/* Process id of the warm parent, 0 while there is none: for logs and tests. */
int reader_pid(const struct reader *reader);

#endif
