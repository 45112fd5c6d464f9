/*
 * The container of a .traineddata file: a table of offsets, then the components one after
 * another. The format is Tesseract's (ccutil/tessdatamanager.h): u32 count, i64 offsets from the
 * start of the file, -1 for a component that is not there; one ends where the next begins.
 *
 * The file is mapped and stays so: the Latin word list alone has 89 MB, and a process that never
 * meets a rare letter never reads its pages.
 */
#include "recogniser/model.h"

#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "recogniser/model_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

/* Components we use; the others belong to Tesseract's older engine. */
enum { NETWORK = 17, PUNCTUATION, WORDS, NUMBERS, UNICHARS, CODES, COMPONENTS_MIN };

#define COMPONENTS_MAX 64 /* 24 today; a file of the other byte order has millions */
#define ARENA_BYTES_MAX ((size_t)16 << 20)

int model_damaged(struct err *err, const char *what)
{
    err_set(err, ERR_INVALID, "a damaged recognition model: %s", what);
    if (err)
        err->reason = "model_damaged";
    return ERR_INVALID;
}

int model_unknown(struct err *err, const char *what)
{
    err_set(err, ERR_LIMIT, "not a recognition model this program runs: %s", what);
    if (err)
        err->reason = "model_unknown";
    return ERR_LIMIT;
}

/* Where each component lies; at is NULL for one that is not there. */
static int components_parse(struct bytes file, struct bytes ret[COMPONENTS_MAX], struct err *err)
{
    const unsigned char *start = file.at, *end = file.end;
    uint32_t count = bytes_u32(&file);
    size_t next = (size_t)(end - start);
    int64_t offsets[COMPONENTS_MAX];

    if (file.is_short || count > COMPONENTS_MAX)
        return model_damaged(err, "no table of components");
    if (count < COMPONENTS_MIN)
        return model_unknown(err, "older than the networks");
    for (uint32_t i = 0; i < count; i++)
        offsets[i] = (int64_t)bytes_u64(&file);
    if (file.is_short)
        return model_damaged(err, "its table of components is cut off");
    for (uint32_t i = count; i-- > 0;) {
        ret[i] = (struct bytes){0};
        if (offsets[i] == -1)
            continue;
        if (offsets[i] < file.at - start || (uint64_t)offsets[i] > next)
            return model_damaged(err, "a component outside the file");
        ret[i] = (struct bytes){.at = start + offsets[i], .end = start + next};
        next = (size_t)offsets[i];
    }
    return 0;
}

static int parts_parse(struct bytes parts[COMPONENTS_MAX], struct model *m, struct err *err)
{
    int r;

    if (!parts[NETWORK].at || !parts[UNICHARS].at || !parts[CODES].at)
        return model_unknown(err, "it has no network");
    r = network_parse(parts[NETWORK], &m->arena, &m->network, err);
    if (r == 0)
        r = charset_parse(parts[UNICHARS], parts[CODES], m->network.classes, &m->arena, &m->charset,
                          err);
    if (r == 0)
        r = dawg_parse(parts[PUNCTUATION], &m->punctuation, err);
    if (r == 0)
        r = dawg_parse(parts[WORDS], &m->words, err);
    if (r == 0)
        r = dawg_parse(parts[NUMBERS], &m->numbers, err);
    return r;
}

int model_parse(const unsigned char *bytes, size_t length, struct model *ret, struct err *err)
{
    struct bytes parts[COMPONENTS_MAX];
    struct model m = {0};
    int r;

    if (length == 0)
        return model_damaged(err, "an empty file");
    r = components_parse((struct bytes){bytes, bytes + length, false}, parts, err);
    if (r < 0)
        return r;
    arena_init(&m.arena, ARENA_BYTES_MAX);
    r = parts_parse(parts, &m, err);
    if (r < 0) {
        arena_release(&m.arena);
        return r;
    }
    *ret = m;
    return 0;
}

/* Unlike other files a model may be a symbolic link: packages install them so. */
static int file_map_path(const char *path, const unsigned char **ret_bytes, size_t *ret_length,
                         struct err *err)
{
    AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;

    if (fd < 0 && errno == ENOENT)
        return err_set(err, ERR_NOT_FOUND, "%s: no such file", path);
    if (fd < 0 || fstat(fd, &st) < 0)
        return err_errno(err, ERR_IO, "opening %s", path);
    if (!S_ISREG(st.st_mode))
        return err_set(err, ERR_IO, "%s: not a regular file", path);
    return file_map(fd, ret_bytes, ret_length, err);
}

int model_open(const char *path, struct model *ret, struct err *err)
{
    const unsigned char *map = NULL;
    size_t length = 0;
    int r = file_map_path(path, &map, &length, err);

    if (r < 0)
        return r;
    r = model_parse(map, length, ret, err);
    if (r < 0) {
        file_unmap(map, length);
        return err_wrap(err, r, "%s", path);
    }
    ret->map = map;
    ret->map_length = length;
    return 0;
}

void model_close(struct model *m)
{
    arena_release(&m->arena);
    file_unmap(m->map, m->map_length);
    *m = (struct model){0};
}
