/* What the tests of the stores share: documents and pages out of a few words, and their way in. */
#ifndef TESTS_STORE_FIXTURE_H
#define TESTS_STORE_FIXTURE_H

#include "base/arena.h"
#include "base/err.h"
#include "stores/records.h"
#include "stores/records_work.h"
#include "tests/unit/unit.h"

/* Fails the test with the error's text. */
#define assert_ok(call)                                                                            \
    do {                                                                                           \
        struct err ok_err = {0};                                                                   \
        struct err *err = &ok_err;                                                                 \
        int ok_r = (call);                                                                         \
        if (ok_r < 0)                                                                              \
            fail_msg("%s: %s", #call, ok_err.text);                                                \
    } while (0)

/* As above, but it must fail with `code`. */
#define assert_err(code, call)                                                                     \
    do {                                                                                           \
        struct err bad_err = {0};                                                                  \
        struct err *err = &bad_err;                                                                \
        int bad_r = (call);                                                                        \
        if (bad_r != (code))                                                                       \
            fail_msg("%s: %d (%s), not %d", #call, bad_r, bad_err.text, (code));                   \
    } while (0)

/* A records store on disk or in ram, and an arena that lives as long. */
struct world {
    char *folder, *path; /* NULL: in memory */
    struct records *r;
    struct arena a;
};
int disk_setup(void **state);
int ram_setup(void **state);
int world_teardown(void **state); /* the audit chain must be whole */

#define BOTH(test)                                                                                 \
    {#test " (disk)", test, disk_setup, world_teardown, NULL},                                     \
    {                                                                                              \
#test " (ram)", test, ram_setup, world_teardown, NULL                                      \
    }
#define DISK(test)                                                                                 \
    {                                                                                              \
#test, test, disk_setup, world_teardown, NULL                                              \
    }

/* Every pending job in order, as text: "sort:1 extract:2". */
const char *pending(struct world *w);

struct page *sample_page(struct arena *a, int number, const char *words);

/* An invoice on these pages: seller, number, 1000.00 + 250.00 = 1250.00 NOK, due 2026-12-01. */
struct document *sample_invoice(struct arena *a, int first_page, int n_pages, const char *seller,
                                const char *number);

/* A batch with one file whose bytes hash to 64 times `digit`. */
int64_t sample_file(struct records *r, char digit, const char *name);

/* Takes the file through open with `n` pages of text. */
void open_with_text(struct records *r, struct arena *a, int64_t file, int64_t fence, int n);

/* Puts every page of the file into one invoice; gives its id. */
int64_t sort_to_invoice(struct records *r, struct arena *a, int64_t file, int64_t fence, int n,
                        const char *number);

struct job job_of(enum stage stage, int64_t object, int page, int64_t fence);

/* 64 times 'a'. */
extern const char sha_a[];

/* A file of one page, up to where its only document is to be extracted. */
int64_t sorted_file(struct world *w, char digit, const char *number, int64_t *ret_document);

/* The document's next stages, with the sample invoice of this number. */
void extract_as(struct world *w, int64_t id, int64_t fence, const struct document *d);
void extract(struct world *w, int64_t id, int64_t fence, const char *number, enum outcome outcome);
void post(struct world *w, int64_t id, int64_t fence);
void file_away(struct world *w, int64_t id, int64_t fence, const char *text);

struct document_row load_document(struct world *w, int64_t id);

#endif
