/*
 * What libtesseract's line recogniser was given and what it gave, line by line: the oracle that
 * recogniser/ is held against. bilag-oracle-record writes recordings, tests and tools read them.
 *
 * A recording is a stream, little-endian; `text` is a u32 length and as many bytes:
 *
 *   head     8 bytes "BILAGREC", u32 1, text version of libtesseract, text model name ("eng"),
 *            text SHA-256 of the .traineddata file, u8 1 when its word lists were taken out
 *   record   u32 length, u32 packed length, one zstd frame; once unpacked:
 *     text page, i32 left, i32 top     where the line image lies on the page, in pixels
 *     array u8 crop                    the line image, grey
 *     array u8 scaled                  after pixScale to the model's height
 *     f32 scale                        scaled pixels for a pixel of the crop
 *     u8 passes, u8 kept               0 when the line is too narrow; pass 0 as it is, pass 1
 *                                      inverted; the one that was read
 *     for each pass: array i8 input, array f32 posteriors
 *     u32 words, for each: text, i32 left, top, right, bottom, f32 certainty, f32 space certainty,
 *       i32 permuter, u32 symbols, for each: text, f32 certainty, i32 left, right
 *     5 x u64 nanoseconds of CPU: scale, input, forward, decode, the whole line
 *   array    i32 width, i32 height (posteriors: classes, steps), u64 hash of the values,
 *            u8 1 and the values row by row, or u8 0: left out, only the hash tells
 *
 * Boxes count pixels of the crop, from its left top; right and bottom exclusive. Certainties are
 * the beam search's own logarithms, before Tesseract multiplies them by 7.
 */
#ifndef ORACLE_RECORDING_H
#define ORACLE_RECORDING_H

#include "base/hash.h"
#include "recogniser/line_input.h"
#include "recogniser/recogniser.h"

#include <stdint.h>

struct arena;
struct err;

struct recording_head {
    char version[32];                 /* "5.3.0" */
    char model[64];                   /* "eng" */
    char model_sha256[HASH_HEX_SIZE]; /* of the file as it is installed */
    bool without_dictionary;          /* the recorder took the word lists out first */
};

/* One run of the network. values may be NULL (left out): then only the hash is known. */
struct recorded_pass {
    struct line_input input;
    uint64_t input_hash;
    struct posteriors posteriors;
    uint64_t posteriors_hash;
};

/* CPU nanoseconds; the line's are all of Tesseract's work on it, cropping and word objects too. */
struct recorded_cost {
    uint64_t scale, input, forward, decode, line;
};

/* Everything is in the arena. */
struct recorded_line {
    const char *page; /* the image's file name, "#2" behind it for a second page */
    int left, top;
    struct line_image crop;
    uint64_t crop_hash;
    struct line_image scaled; /* pixels may be NULL: left out */
    uint64_t scaled_hash;
    float scale;
    struct recorded_pass passes[2];
    int pass_count;              /* 2 when Tesseract tried the inverted line */
    int kept;                    /* which pass was decoded: 1 means text.is_inverted */
    struct recognised_line text; /* symbols have no choices */
    struct recorded_cost cost;
};

/* FNV-1a of 64 bits: what `…_hash` is made with (floats: their bytes, little-endian). */
uint64_t recording_hash(const void *bytes, size_t length);

struct recording_reader;

/* "-" is the standard input. ERR_NOT_FOUND, ERR_IO, or ERR_INVALID for anything but a recording. */
int recording_open(const char *path, struct recording_reader **ret, struct err *err);
const struct recording_head *recording_reader_head(const struct recording_reader *r);

/* 1 and the next line, 0 at the end, ERR_INVALID when it is damaged, ERR_IO. */
int recording_next(struct recording_reader *r, struct arena *a, struct recorded_line *ret,
                   struct err *err);
void recording_close(struct recording_reader *r);

/* A whole file at once, for unit tests: `*ret_lines` is in the arena. */
int recording_read(struct arena *a, const char *path, struct recording_head *ret_head,
                   struct recorded_line **ret_lines, size_t *ret_count, struct err *err);

/* The model it was made with: <model>.traineddata of that SHA-256 in Tesseract's own folder or,
 * when not NULL, in `folder`. In the arena; NULL when it is not installed: tests skip then. */
const char *recording_find_model(struct arena *a, const struct recording_head *head,
                                 const char *folder);

struct recording_writer;

/* "-" is the standard output. zstd_level 1 is fast, 19 small. ERR_IO. */
int recording_create(const char *path, const struct recording_head *head, int zstd_level,
                     struct recording_writer **ret, struct err *err);

/* NULL values are left out; hashes are taken from the line when values are, else computed. */
int recording_add(struct recording_writer *w, const struct recorded_line *line, struct err *err);

/* Flushes and frees, also after a failure. ERR_IO when the disk did not take it. */
int recording_finish(struct recording_writer *w, struct err *err);

#endif
