/*
 * The child's answer, from bytes to checked structs.
 *
 * Feed bytes as they come, then finish. Everything is checked before it is believed: the order of
 * frames, their sizes, JSON, UTF-8, page numbers and counts, and that the result fits the arena.
 * The first thing wrong ends it with the fault bad_answer. Pictures and PDFs are only capped.
 */
#ifndef WORKERS_READER_ANSWER_H
#define WORKERS_READER_ANSWER_H

#include "base/buf.h"
#include "models/look.h"
#include "pipeline/open/open.h"
#include "pipeline/read/read.h"
#include "workers/reader/reader.h"

struct reader_answer {
    enum reader_verb verb;
    int page_number;                  /* asked for, when verb is READER_READ */
    const struct open_limits *limits; /* borrowed */
    struct arena *arena;              /* results hang here; borrowed */

    struct buf bytes;   /* received and not yet taken */
    size_t taken;       /* at the front of `bytes` */
    char last;          /* kind of the last frame, or 0 */
    struct err refusal; /* from an error frame; code 0: none */

    struct opened opened; /* READER_OPEN */
    size_t expected_pages, expected_attachments;
    struct read_result read; /* READER_READ, and the picture of READER_PREVIEW */
    unsigned char *record;   /* READER_RECORD; owned, take it or it is released */
    size_t record_length;
    struct look *looks; /* READER_LOOK: one a place */
    size_t n_places;    /* asked for: set it after reader_answer_init() */
};

void reader_answer_init(struct reader_answer *answer, enum reader_verb verb, int page_number,
                        const struct open_limits *limits, struct arena *arena);
void reader_answer_release(struct reader_answer *answer);

/* ERR_INVALID with the fault bad_answer. */
int reader_answer_feed(struct reader_answer *answer, const void *bytes, size_t length,
                       struct err *err);

/* At the end of the bytes: the child's own error, bad_answer when something is missing, or 0. */
int reader_answer_finish(struct reader_answer *answer, struct err *err);

#endif
