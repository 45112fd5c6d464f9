/*
 * Pictures of text lines become characters, with the bits of Tesseract 5.3.0 at a fifteenth of
 * its cost.
 *
 * A recogniser is one .traineddata file of Tesseract's LSTM kind (the "fast" integer models),
 * mapped and checked. It is read-only after recogniser_new(): threads may share it, and a
 * process forked later shares its memory. Nothing here knows of pages or documents: a caller
 * brings grey lines and takes words.
 *
 *     recogniser_new(&options, &r, &err);
 *     recogniser_read(r, arena, lines, count, texts, &err);   any number of times
 *     recogniser_free(r);
 *
 * Equal means: for the same grey line, every class probability, word, box and certainty is the
 * float that Debian's libtesseract 5.3.0 computes, whatever kernel the processor has.
 */
#ifndef RECOGNISER_RECOGNISER_H
#define RECOGNISER_RECOGNISER_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;
struct model;
struct recogniser;

struct recogniser_options {
    const char *path;        /* of a .traineddata file; it must not change while open */
    const char *kernel;      /* NULL: the fastest here. "portable", or of a processor that
                                has it: "avx2", "avx-vnni", "vnni", "neon" */
    bool without_dictionary; /* as if the model had no word lists */
};

/* ERR_NOT_FOUND or ERR_IO for the file, ERR_INVALID (reason "model_damaged") for bytes that are not
 * a model, ERR_LIMIT (reason "model_unknown") for a network this room does not run: ask Tesseract.
 * ERR_USAGE for a kernel this processor does not have. */
int recogniser_new(const struct recogniser_options *options, struct recogniser **ret,
                   struct err *err);
void recogniser_free(struct recogniser *r);

const char *recogniser_kernel(const struct recogniser *r); /* the one in use */
int recogniser_height(const struct recogniser *r); /* pixels a line is scaled to: 36 or 48 */
const struct model *recogniser_model(const struct recogniser *r); /* for grammar_new() */

/* A line cut out of a page: 8 bits of grey, 0 black, rows from the top. */
struct line_image {
    const unsigned char *pixels; /* height rows of stride bytes */
    int width, height, stride;
};

/* A box in pixels of the line image, right and bottom exclusive. */
struct line_box {
    int left, top, right, bottom;
};

/* What else a character could have been: the network's other answers (at most four, above 0.1 %) at
 * the one step where it was surest of the character. The certainty is theirs there. */
struct symbol_choice {
    const char *text;
    float certainty;
};

/* Certainties are logarithms of probabilities, less 0.085: 0 is sure, -20 is no idea. In words that
 * are in no list (permuter 2) they are 2.25 times that, as in Tesseract. */
struct recognised_symbol {
    const char *text;              /* UTF-8, usually one character; borrowed from the recogniser */
    float certainty;               /* of its worst step */
    int left, right;               /* pixels of the line image */
    struct symbol_choice *choices; /* best first, the symbol itself not among them */
    size_t choice_count;
};

struct recognised_word {
    const char *text; /* UTF-8 */
    struct line_box box;
    float certainty;       /* of its worst character */
    float space_certainty; /* of the worse of the spaces beside it; 0: there are none */
    int permuter; /* Tesseract's code of what the word is: 8 in the word list, 2 none … */
    struct recognised_symbol *symbols;
    size_t symbol_count;
};

struct recognised_line {
    struct recognised_word *words; /* in arena */
    size_t word_count;
    bool is_inverted; /* white on black: the second pass read better */
};

/* Reads `count` lines, several at a time; texts[i] answers lines[i]. A line that is too narrow, or
 * some 340 times as wide as high, gives no words. Everything lives in the arena, some 100 bytes a
 * character; the model's strings live with the recogniser. ERR_USAGE for a line without pixels. */
int recogniser_read(const struct recogniser *r, struct arena *a, const struct line_image *lines,
                    size_t count, struct recognised_line *texts, struct err *err);

/* The network's own answer before any dictionary, for a caller who decodes under a grammar. */
struct posteriors {
    float *values; /* steps rows of classes probabilities, each row sums to 1; in arena */
    int steps, classes;
    float pixels_per_step; /* of the line image */
};

/* For one line, white on black when it reads better so; no step where recogniser_read() gives no
 * words. ERR_USAGE for a line without pixels. */
int recogniser_posteriors(const struct recogniser *r, struct arena *a,
                          const struct line_image *line, struct posteriors *ret, struct err *err);

/* A whole reading of a line; the score is the sum of its steps' certainties. */
struct line_reading {
    struct recognised_line line; /* is_inverted is not known */
    float score;
};

/* The best different readings of a line that is `height` pixels high, best first, at most `max`;
 * returns how many. There are some ten, which differ mostly near the end: made for a word or a
 * short line. */
size_t recogniser_alternatives(const struct recogniser *r, struct arena *a,
                               const struct posteriors *p, int height, struct line_reading *ret,
                               size_t max);

#endif
