/*
 * Makes a small recording of large ones: few lines that show much.
 *
 *   bilag-oracle-pick [--lines 12] [--whole 2] OUT RECORDING…
 *
 * Again and again the line is taken that shows most of what no line taken shows yet (an inverted
 * line, a word of the dictionary, a very short line …), the smaller of two; when all is shown, the
 * round begins anew. The first short ones keep every value, the others only their crop, words and
 * the hashes of the rest, which serve a test as well and take a hundredth of the place.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/number.h"
#include "tests/oracle/recording.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#define ARENA_BYTES ((size_t)8 << 30)

enum { SHORT_STEPS = 8, WHOLE_STEPS_MAX = 90, LONG_STEPS = 250, ZSTD_SMALLEST = 19 };

struct pool {
    struct recording_head head;
    struct recorded_line *lines;
    unsigned *shows; /* a bit a trait */
    size_t count;
};

static unsigned word_traits(const struct recognised_word *word)
{
    unsigned traits = 1u << (word->permuter & 15);

    for (const char *p = word->text; *p; p++) {
        traits |= (unsigned)((unsigned char)*p >= 0x80) << 16;
        traits |= (unsigned)(*p >= '0' && *p <= '9') << 17;
        traits |= (unsigned)(strchr(".,:;-/%()@&", *p) != NULL) << 18;
    }
    for (size_t i = 0; i < word->symbol_count; i++)
        traits |= (unsigned)(strlen(word->symbols[i].text) > 4) << 29; /* of two codes, in Latin */
    return traits;
}

static bool is_grey(const struct line_image *crop)
{
    for (int i = 0; i < crop->width * crop->height; i++)
        if (crop->pixels[i] != 0 && crop->pixels[i] != 255)
            return true;
    return false;
}

static unsigned line_traits(const struct recorded_line *line)
{
    int steps = line->passes[0].posteriors.steps;
    unsigned traits = 0;

    for (size_t i = 0; i < line->text.word_count; i++)
        traits |= word_traits(&line->text.words[i]);
    traits |= (unsigned)(line->text.word_count >= 3) << 19;
    traits |= (unsigned)(line->kept == 1) << 20;
    traits |= (unsigned)(line->pass_count == 2 && line->kept == 0) << 21;
    traits |= (unsigned)(line->pass_count == 0) << 22;
    traits |= (unsigned)(steps <= SHORT_STEPS) << 23;
    traits |= (unsigned)(steps >= LONG_STEPS) << 24;
    traits |= (unsigned)(line->scale < 0.7f) << 25;
    traits |= (unsigned)(line->scale >= 0.7f && line->scale < 1.4f) << 26;
    traits |= (unsigned)(line->scale >= 1.4f) << 27;
    traits |= (unsigned)is_grey(&line->crop) << 28;
    return traits;
}

static int fill_pool(struct pool *pool, struct arena *a, const char *path, struct err *err)
{
    struct recording_head head;
    struct recorded_line *lines;
    size_t count;
    int r = recording_read(a, path, &head, &lines, &count, err);

    if (r < 0)
        return r;
    if (pool->count && memcmp(&pool->head, &head, sizeof(head)) != 0)
        return err_set(err, ERR_INVALID, "%s was made with another model", path);
    pool->head = head;
    pool->lines = arena_grow_array(a, pool->lines, pool->count, pool->count + count,
                                   sizeof(*lines));
    pool->shows = arena_grow_array(a, pool->shows, pool->count, pool->count + count,
                                   sizeof(*pool->shows));
    for (size_t i = 0; i < count; i++) {
        pool->lines[pool->count + i] = lines[i];
        pool->shows[pool->count + i] = line_traits(&lines[i]);
    }
    pool->count += count;
    return 0;
}

/* The line that shows most beyond `shown`; NULL when none shows anything new. */
static struct recorded_line *best_line(const struct pool *pool, unsigned shown, unsigned *ret_shows)
{
    struct recorded_line *best = NULL;
    int best_gain = 0;

    for (size_t i = 0; i < pool->count; i++) {
        struct recorded_line *line = &pool->lines[i];
        int gain = __builtin_popcount(pool->shows[i] & ~shown);
        int size = line->crop.width * line->crop.height;

        if (gain < best_gain || gain == 0)
            continue;
        if (gain > best_gain || size < best->crop.width * best->crop.height) {
            best = line;
            best_gain = gain;
            *ret_shows = pool->shows[i];
        }
    }
    return best;
}

static void leave_out_values(struct recorded_line *line)
{
    line->scaled.pixels = NULL;
    for (int i = 0; i < line->pass_count; i++) {
        line->passes[i].input.values = NULL;
        line->passes[i].posteriors.values = NULL;
    }
}

static int write_picked(const struct pool *pool, int64_t lines, int64_t whole,
                        struct recording_writer *w, struct err *err)
{
    unsigned shown = 0, shows = 0;
    int r = 0;

    while (lines > 0 && r == 0) {
        struct recorded_line *line = best_line(pool, shown, &shows);

        if (!line && shown == 0)
            break;
        if (!line) {
            shown = 0;
            continue;
        }
        shown |= shows;
        pool->shows[line - pool->lines] = 0;
        if (whole > 0 && line->passes[0].posteriors.steps <= WHOLE_STEPS_MAX)
            whole--;
        else
            leave_out_values(line);
        r = recording_add(w, line, err);
        lines--;
    }
    return r;
}

static int pick(char **paths, int path_count, int64_t lines, int64_t whole, struct err *err)
{
    struct pool pool = {0};
    struct recording_writer *w;
    struct arena a AUTO_ARENA;
    int r = 0;

    arena_init(&a, ARENA_BYTES);
    for (int i = 1; i < path_count && r == 0; i++)
        r = fill_pool(&pool, &a, paths[i], err);
    if (r == 0)
        r = recording_create(paths[0], &pool.head, ZSTD_SMALLEST, &w, err);
    if (r < 0)
        return r;
    r = write_picked(&pool, lines, whole, w, err);
    if (r < 0) {
        recording_finish(w, NULL);
        return r;
    }
    return recording_finish(w, err);
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"lines", required_argument, NULL, 'l'}, {"whole", required_argument, NULL, 'w'}, {0}};
    int64_t lines = 12, whole = 2;
    struct err err = {0};
    bool is_right = true;
    int o;

    while ((o = getopt_long(argc, argv, "", options, NULL)) != -1)
        is_right = is_right && o != '?' &&
                   number_parse(optarg, 0, 1000000, o == 'l' ? &lines : &whole);
    if (!is_right || argc - optind < 2) {
        fprintf(stderr, "usage: bilag-oracle-pick [--lines 12] [--whole 2] OUT RECORDING…\n");
        return 2;
    }
    if (pick(argv + optind, argc - optind, lines, whole, &err) == 0)
        return 0;
    fprintf(stderr, "bilag-oracle-pick: %s\n", err.text);
    return 1;
}
