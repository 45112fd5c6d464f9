/*
 * The choice of who reads. Our recogniser is there from the start and shared by every forked child;
 * libtesseract is loaded when a page first needs it, because most days none does: the library by
 * the warm parent, which a jailed child asks by engine_lacks_tesseract(), the model by the child. A
 * model our recogniser does not know is libtesseract's from the start.
 */
#include "pipeline/read/engine.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "pipeline/read/own.h"
#include "pipeline/read/sheet.h"
#include "pipeline/read/tesseract.h"
#include "recogniser/recogniser.h"

#include <fcntl.h>
#include <leptonica/allheaders.h>

struct engine {
    struct recogniser *own;      /* NULL: libtesseract reads everything */
    const char *why_not;         /* then: a token for the reason */
    struct tesseract *tesseract; /* NULL until a page needs it */
    const unsigned char *model;  /* mapped */
    size_t model_length;
    bool lacks_tesseract;
};

static int map_model(struct engine *e, const char *path, struct err *err)
{
    AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return err_errno(err, ERR_NOT_FOUND, "opening the model %s", path);
    return file_map(fd, &e->model, &e->model_length, err);
}

static int need_tesseract(struct engine *e, struct err *err)
{
    if (e->tesseract)
        return 0;
    e->lacks_tesseract = !tesseract_is_loaded();
    if (e->lacks_tesseract)
        return err_set(err, ERR_NOT_FOUND, "the page needs Tesseract, which is not loaded");
    return tesseract_new(e->model, e->model_length, &e->tesseract, err);
}

static int begin_with_tesseract(struct engine *e, const char *why, struct err *err)
{
    int r = tesseract_load(err);

    e->why_not = why;
    return r < 0 ? r : need_tesseract(e, err);
}

static int load(struct engine *e, const struct engine_options *options, struct err *err)
{
    const struct recogniser_options own = {.path = options->model};
    struct err refused = {0};
    int r = map_model(e, options->model, err);

    if (r < 0)
        return r;
    if (options->is_tesseract)
        return begin_with_tesseract(e, "configured", err);
    r = recogniser_new(&own, &e->own, &refused);
    if (r != ERR_LIMIT) {
        if (r < 0 && err)
            *err = refused;
        return r;
    }
    return begin_with_tesseract(e, refused.reason, err);
}

int engine_new(const struct engine_options *options, struct engine **ret, struct err *err)
{
    struct engine *e = mem_alloc(sizeof *e);
    int r;

    setMsgSeverity(L_SEVERITY_NONE);
    r = load(e, options, err);
    if (r < 0) {
        engine_free(e);
        return r;
    }
    *ret = e;
    return 0;
}

void engine_free(struct engine *e)
{
    if (!e)
        return;
    recogniser_free(e->own);
    tesseract_free(e->tesseract);
    file_unmap(e->model, e->model_length);
    free(e);
}

bool engine_lacks_tesseract(const struct engine *e)
{
    return e->lacks_tesseract;
}

int engine_load_tesseract(struct err *err)
{
    return tesseract_load(err);
}

const struct recogniser *engine_recogniser(const struct engine *e)
{
    return e->own;
}

int engine_read(struct arena *a, struct engine *e, struct sheet *s, struct found_words *ret,
                struct err *err)
{
    struct found_words found = {.fallback = e->why_not};
    const char *why;
    int r = e->own ? own_read(a, e->own, s, &found, err) : 0;

    if (r == 0 && found.fallback && !(e->own && s->is_pale)) {
        why = found.fallback;
        r = need_tesseract(e, err);
        if (r == 0)
            r = tesseract_read(a, e->tesseract, s, &found, err);
        found.fallback = why;
    }
    if (r == 0)
        *ret = found;
    return r;
}

float engine_line_confidence(struct engine *e, struct Pix *line, int dpi)
{
    return e->own ? own_line_confidence(e->own, line)
                  : tesseract_line_confidence(e->tesseract, line, dpi);
}
