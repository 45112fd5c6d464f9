/*
 * Reads and writes recordings. A record is packed into one buffer, compressed by itself and
 * written; reading goes the other way through a cursor that never passes the record's end and
 * stays failed once it failed, so that a chain of reads needs one check. A damaged file gives
 * ERR_INVALID; lengths are compared with maxima before anything is allocated for them.
 */
#include "tests/oracle/recording.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <zstd.h>

#define MAGIC "BILAGREC"
#define RECORD_BYTES_MAX ((size_t)256 << 20)

enum { FORMAT = 1, SIDE_MAX = 1 << 20, COUNT_MAX = 1 << 16, TEXT_MAX = 1 << 12 };

struct recording_writer {
    FILE *file;
    bool is_stdout;
    int level;
    struct buf record, packed;
};

struct recording_reader {
    FILE *file;
    bool is_stdin;
    struct recording_head head;
    struct buf record, packed;
};

uint64_t recording_hash(const void *bytes, size_t length)
{
    const unsigned char *p = bytes;
    uint64_t hash = 0xcbf29ce484222325u;

    for (size_t i = 0; i < length; i++)
        hash = (hash ^ p[i]) * 0x100000001b3u;
    return hash;
}

/* ---- writing: the machine is little-endian, as the models are ---- */

static void put(struct buf *b, const void *value, size_t length)
{
    buf_add(b, value, length);
}

#define PUT(b, type, value) put(b, &(type){value}, sizeof(type))

static void put_text(struct buf *b, const char *text)
{
    size_t length = strlen(text);

    PUT(b, uint32_t, (uint32_t)length);
    put(b, text, length);
}

/* Rows of `row_bytes`, `stride` apart; the hash is of the rows without padding. */
static void put_array(struct buf *b, int width, int height, size_t row_bytes, size_t stride,
                      const void *values, uint64_t hash)
{
    size_t start, length = row_bytes * (size_t)height;

    PUT(b, int32_t, width);
    PUT(b, int32_t, height);
    start = b->length;
    PUT(b, uint64_t, hash);
    PUT(b, uint8_t, values != NULL);
    if (!values)
        return;
    for (int y = 0; y < height; y++)
        put(b, (const char *)values + stride * (size_t)y, row_bytes);
    if (b->is_full)
        return;
    hash = recording_hash(b->data + b->length - length, length);
    memcpy(b->data + start, &hash, sizeof(hash));
}

static void put_image(struct buf *b, const struct line_image *image, uint64_t hash)
{
    put_array(b, image->width, image->height, (size_t)image->width, (size_t)image->stride,
              image->pixels, hash);
}

static void put_pass(struct buf *b, const struct recorded_pass *pass)
{
    const struct line_input *in = &pass->input;
    const struct posteriors *out = &pass->posteriors;
    size_t row_bytes = (size_t)out->classes * sizeof(float);

    put_array(b, in->width, in->height, (size_t)in->width, (size_t)in->width, in->values,
              pass->input_hash);
    put_array(b, out->classes, out->steps, row_bytes, row_bytes, out->values,
              pass->posteriors_hash);
}

static void put_word(struct buf *b, const struct recognised_word *word)
{
    put_text(b, word->text);
    put(b, &word->box, sizeof(word->box));
    PUT(b, float, word->certainty);
    PUT(b, float, word->space_certainty);
    PUT(b, int32_t, word->permuter);
    PUT(b, uint32_t, (uint32_t)word->symbol_count);
    for (size_t i = 0; i < word->symbol_count; i++) {
        const struct recognised_symbol *symbol = &word->symbols[i];

        put_text(b, symbol->text);
        PUT(b, float, symbol->certainty);
        PUT(b, int32_t, symbol->left);
        PUT(b, int32_t, symbol->right);
    }
}

static void put_line(struct buf *b, const struct recorded_line *line)
{
    put_text(b, line->page);
    PUT(b, int32_t, line->left);
    PUT(b, int32_t, line->top);
    put_image(b, &line->crop, line->crop_hash);
    put_image(b, &line->scaled, line->scaled_hash);
    PUT(b, float, line->scale);
    PUT(b, uint8_t, (uint8_t)line->pass_count);
    PUT(b, uint8_t, (uint8_t)line->kept);
    for (int i = 0; i < line->pass_count; i++)
        put_pass(b, &line->passes[i]);
    PUT(b, uint32_t, (uint32_t)line->text.word_count);
    for (size_t i = 0; i < line->text.word_count; i++)
        put_word(b, &line->text.words[i]);
    put(b, &line->cost, sizeof(line->cost));
}

static int writer_flush_to_disk(struct recording_writer *w, const struct buf *b, struct err *err)
{
    if (b->is_full)
        return err_set(err, ERR_LIMIT, "a line is too large to record");
    if (fwrite(b->data, 1, b->length, w->file) != b->length)
        return err_errno(err, ERR_IO, "writing a recording");
    return 0;
}

int recording_create(const char *path, const struct recording_head *head, int zstd_level,
                     struct recording_writer **ret, struct err *err)
{
    bool is_stdout = strcmp(path, "-") == 0;
    FILE *file = is_stdout ? stdout : fopen(path, "wb");
    struct recording_writer *w;
    int r;

    if (!file)
        return err_errno(err, ERR_IO, "%s", path);
    w = mem_alloc(sizeof(*w));
    *w = (struct recording_writer){.file = file, .is_stdout = is_stdout, .level = zstd_level};
    buf_init(&w->record, RECORD_BYTES_MAX);
    buf_init(&w->packed, ZSTD_compressBound(RECORD_BYTES_MAX));
    put(&w->record, MAGIC, sizeof(MAGIC) - 1);
    PUT(&w->record, uint32_t, FORMAT);
    put_text(&w->record, head->version);
    put_text(&w->record, head->model);
    put_text(&w->record, head->model_sha256);
    PUT(&w->record, uint8_t, head->without_dictionary);
    r = writer_flush_to_disk(w, &w->record, err);
    if (r < 0) {
        recording_finish(w, NULL);
        return r;
    }
    *ret = w;
    return 0;
}

int recording_add(struct recording_writer *w, const struct recorded_line *line, struct err *err)
{
    size_t bound, packed;
    char *room;

    buf_clear(&w->record);
    put_line(&w->record, line);
    if (w->record.is_full)
        return err_set(err, ERR_LIMIT, "a line is too large to record");
    bound = ZSTD_compressBound(w->record.length);
    buf_clear(&w->packed);
    PUT(&w->packed, uint32_t, (uint32_t)w->record.length);
    PUT(&w->packed, uint32_t, 0);
    room = buf_reserve(&w->packed, bound);
    packed = ZSTD_compress(room, bound, w->record.data, w->record.length, w->level);
    if (ZSTD_isError(packed))
        BUG("zstd: %s", ZSTD_getErrorName(packed));
    memcpy(w->packed.data + sizeof(uint32_t), &(uint32_t){(uint32_t)packed}, sizeof(uint32_t));
    w->packed.length += packed;
    return writer_flush_to_disk(w, &w->packed, err);
}

int recording_finish(struct recording_writer *w, struct err *err)
{
    bool failed;

    if (!w)
        return 0;
    failed = fflush(w->file) != 0 || ferror(w->file);
    if (!w->is_stdout)
        failed |= fclose(w->file) != 0;
    buf_release(&w->record);
    buf_release(&w->packed);
    free(w);
    return failed ? err_errno(err, ERR_IO, "writing a recording") : 0;
}

/* ---- reading ---- */

struct cursor {
    const unsigned char *at, *end;
    struct arena *arena;
    bool is_bad;
};

static const void *take(struct cursor *c, size_t length)
{
    const void *here = c->at;

    if (c->is_bad || length > (size_t)(c->end - c->at)) {
        c->is_bad = true;
        return NULL;
    }
    c->at += length;
    return here;
}

static void take_into(struct cursor *c, void *value, size_t length)
{
    const void *here = take(c, length);

    if (here)
        memcpy(value, here, length);
}

#define TAKE(c, type)                                                                              \
    ({                                                                                             \
        type value_ = 0;                                                                           \
        take_into(c, &value_, sizeof(value_));                                                     \
        value_;                                                                                    \
    })

/* A number from the file that counts something: between 0 and max. */
static int take_count(struct cursor *c, uint32_t max)
{
    uint32_t n = TAKE(c, uint32_t);

    if (n <= max)
        return (int)n;
    c->is_bad = true;
    return 0;
}

static const char *take_text(struct cursor *c)
{
    size_t length = (size_t)take_count(c, TEXT_MAX);
    const char *here = take(c, length);

    return here ? arena_strndup(c->arena, here, length) : "";
}

/* The values, copied so that they are aligned; NULL when they were left out. */
static void *take_array(struct cursor *c, int *ret_width, int *ret_height, size_t value_bytes,
                        uint64_t *ret_hash)
{
    int width = take_count(c, SIDE_MAX), height = take_count(c, SIDE_MAX);
    size_t length = (size_t)width * (size_t)height * value_bytes;
    const void *here;
    void *values;

    *ret_width = width;
    *ret_height = height;
    *ret_hash = TAKE(c, uint64_t);
    if (!TAKE(c, uint8_t))
        return NULL;
    here = take(c, length);
    if (!here)
        return NULL;
    if (recording_hash(here, length) != *ret_hash) {
        c->is_bad = true;
        return NULL;
    }
    values = arena_alloc(c->arena, length);
    memcpy(values, here, length);
    return values;
}

static void take_image(struct cursor *c, struct line_image *ret, uint64_t *ret_hash)
{
    ret->pixels = take_array(c, &ret->width, &ret->height, 1, ret_hash);
    ret->stride = ret->width;
}

static void take_pass(struct cursor *c, float scale, struct recorded_pass *ret)
{
    struct line_input *in = &ret->input;
    struct posteriors *out = &ret->posteriors;

    in->values = take_array(c, &in->width, &in->height, 1, &ret->input_hash);
    in->scale = scale;
    out->values = take_array(c, &out->classes, &out->steps, sizeof(float), &ret->posteriors_hash);
    out->pixels_per_step = 3 / scale;
}

static void take_word(struct cursor *c, struct recognised_word *ret)
{
    ret->text = take_text(c);
    take_into(c, &ret->box, sizeof(ret->box));
    ret->certainty = TAKE(c, float);
    ret->space_certainty = TAKE(c, float);
    ret->permuter = TAKE(c, int32_t);
    ret->symbol_count = (size_t)take_count(c, COUNT_MAX);
    ret->symbols = arena_alloc_array(c->arena, ret->symbol_count, sizeof(*ret->symbols));
    for (size_t i = 0; i < ret->symbol_count && !c->is_bad; i++) {
        struct recognised_symbol *symbol = &ret->symbols[i];

        symbol->text = take_text(c);
        symbol->certainty = TAKE(c, float);
        symbol->left = TAKE(c, int32_t);
        symbol->right = TAKE(c, int32_t);
    }
}

static void take_line(struct cursor *c, struct recorded_line *ret)
{
    ret->page = take_text(c);
    ret->left = TAKE(c, int32_t);
    ret->top = TAKE(c, int32_t);
    take_image(c, &ret->crop, &ret->crop_hash);
    take_image(c, &ret->scaled, &ret->scaled_hash);
    ret->scale = TAKE(c, float);
    ret->pass_count = TAKE(c, uint8_t);
    ret->kept = TAKE(c, uint8_t);
    if (ret->pass_count > 2 || ret->kept > 1 || (ret->kept && ret->pass_count < 2))
        c->is_bad = true;
    for (int i = 0; i < ret->pass_count && !c->is_bad; i++)
        take_pass(c, ret->scale, &ret->passes[i]);
    ret->text.is_inverted = ret->kept == 1;
    ret->text.word_count = (size_t)take_count(c, COUNT_MAX);
    ret->text.words = arena_alloc_array(c->arena, ret->text.word_count, sizeof(*ret->text.words));
    for (size_t i = 0; i < ret->text.word_count && !c->is_bad; i++)
        take_word(c, &ret->text.words[i]);
    take_into(c, &ret->cost, sizeof(ret->cost));
    if (c->at != c->end)
        c->is_bad = true;
}

/* Exactly `length` bytes of the file into `b`; 0 at its end when `may_end`. */
static int read_exactly(struct recording_reader *r, struct buf *b, size_t length, bool may_end,
                        struct err *err)
{
    char *room;
    size_t n;

    buf_clear(b);
    room = buf_reserve(b, length);
    if (!room)
        return err_set(err, ERR_INVALID, "a recording with a record of %zu bytes", length);
    n = fread(room, 1, length, r->file);
    b->length = n;
    if (n == length)
        return 1;
    if (ferror(r->file))
        return err_errno(err, ERR_IO, "reading a recording");
    if (n == 0 && may_end)
        return 0;
    return err_set(err, ERR_INVALID, "a recording that ends in the middle");
}

static struct cursor cursor_over(const struct buf *b, struct arena *a)
{
    const unsigned char *bytes = (const unsigned char *)b->data;

    return (struct cursor){bytes, bytes + b->length, a, false};
}

static int read_head_text(struct recording_reader *r, char *text, size_t size, struct err *err)
{
    uint32_t length;
    int got = read_exactly(r, &r->packed, sizeof(length), false, err);

    if (got < 0)
        return got;
    memcpy(&length, r->packed.data, sizeof(length));
    if (length >= size)
        return err_set(err, ERR_INVALID, "no recording: its head is too long");
    got = read_exactly(r, &r->packed, length, false, err);
    if (got < 0)
        return got;
    memcpy(text, r->packed.data, length);
    return 0;
}

static int read_head(struct recording_reader *r, struct err *err)
{
    struct recording_head *head = &r->head;
    int got = read_exactly(r, &r->packed, sizeof(MAGIC) - 1 + sizeof(uint32_t), false, err);

    if (got < 0)
        return got;
    if (memcmp(r->packed.data, MAGIC "\1\0\0\0", r->packed.length) != 0)
        return err_set(err, ERR_INVALID, "no recording of format %d", FORMAT);
    if ((got = read_head_text(r, head->version, sizeof(head->version), err)) < 0 ||
        (got = read_head_text(r, head->model, sizeof(head->model), err)) < 0 ||
        (got = read_head_text(r, head->model_sha256, sizeof(head->model_sha256), err)) < 0)
        return got;
    got = read_exactly(r, &r->packed, 1, false, err);
    if (got < 0)
        return got;
    head->without_dictionary = r->packed.data[0] != 0;
    return 0;
}

int recording_open(const char *path, struct recording_reader **ret, struct err *err)
{
    bool is_stdin = strcmp(path, "-") == 0;
    FILE *file = is_stdin ? stdin : fopen(path, "rb");
    struct recording_reader *r;
    int got;

    if (!file)
        return err_errno(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "%s", path);
    r = mem_alloc(sizeof(*r));
    *r = (struct recording_reader){.file = file, .is_stdin = is_stdin};
    buf_init(&r->record, RECORD_BYTES_MAX);
    buf_init(&r->packed, ZSTD_compressBound(RECORD_BYTES_MAX));
    got = read_head(r, err);
    if (got < 0) {
        recording_close(r);
        return err_wrap(err, got, "%s", path);
    }
    *ret = r;
    return 0;
}

const struct recording_head *recording_reader_head(const struct recording_reader *r)
{
    return &r->head;
}

static int unpack(struct recording_reader *r, size_t length, struct err *err)
{
    char *room;

    buf_clear(&r->record);
    room = buf_reserve(&r->record, length);
    if (!room || ZSTD_decompress(room, length, r->packed.data, r->packed.length) != length)
        return err_set(err, ERR_INVALID, "a recording with a damaged record");
    r->record.length = length;
    return 0;
}

int recording_next(struct recording_reader *r, struct arena *a, struct recorded_line *ret,
                   struct err *err)
{
    struct recorded_line line = {0};
    struct cursor c;
    uint32_t lengths[2];
    int got = read_exactly(r, &r->packed, sizeof(lengths), true, err);

    if (got <= 0)
        return got;
    memcpy(lengths, r->packed.data, sizeof(lengths));
    got = read_exactly(r, &r->packed, lengths[1], false, err);
    if (got < 0 || (got = unpack(r, lengths[0], err)) < 0)
        return got;
    c = cursor_over(&r->record, a);
    take_line(&c, &line);
    if (c.is_bad)
        return err_set(err, ERR_INVALID, "a recording with a damaged line");
    *ret = line;
    return 1;
}

void recording_close(struct recording_reader *r)
{
    if (!r)
        return;
    if (!r->is_stdin)
        fclose(r->file);
    buf_release(&r->record);
    buf_release(&r->packed);
    free(r);
}

int recording_read(struct arena *a, const char *path, struct recording_head *ret_head,
                   struct recorded_line **ret_lines, size_t *ret_count, struct err *err)
{
    struct recording_reader *r;
    struct recorded_line line, *lines = NULL;
    size_t count = 0;
    int got = recording_open(path, &r, err);

    if (got < 0)
        return got;
    while ((got = recording_next(r, a, &line, err)) > 0) {
        if ((count & (count - 1)) == 0) /* full at every power of two */
            lines = arena_grow_array(a, lines, count, count ? 2 * count : 1, sizeof(line));
        lines[count++] = line;
    }
    if (got == 0) {
        *ret_head = r->head;
        *ret_lines = lines;
        *ret_count = count;
    }
    recording_close(r);
    return got < 0 ? err_wrap(err, got, "%s", path) : 0;
}

static bool is_model(const char *path, const char *sha256)
{
    AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
    const unsigned char *bytes;
    size_t length;
    char hex[HASH_HEX_SIZE];

    if (fd < 0 || file_map(fd, &bytes, &length, NULL) < 0)
        return false;
    hash_bytes(bytes, length, hex);
    file_unmap(bytes, length);
    return strcmp(hex, sha256) == 0;
}

const char *recording_find_model(struct arena *a, const struct recording_head *head,
                                 const char *folder)
{
    const char *folders[] = {folder, "/usr/share/tesseract-ocr/5/tessdata"};

    for (size_t i = 0; i < ARRAY_LENGTH(folders); i++) {
        char *path = folders[i] ? arena_printf(a, "%s/%s.traineddata", folders[i], head->model)
                                : NULL;

        if (path && is_model(path, head->model_sha256))
            return path;
    }
    return NULL;
}
