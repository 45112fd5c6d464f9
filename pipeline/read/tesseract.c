/*
 * One Tesseract handle a process. Each page gets a cleared handle, so no page knows of another.
 * Tesseract's own look at inverted lines is off: dark blocks are turned over before (clean.c), and
 * its retries would double the time of a noisy page.
 *
 * The library is loaded when a page first needs it and not linked: it brings 21 others, the whole
 * of curl among them, which every process would start with and every forked child copy, and most
 * days need none. Only <tesseract/capi.h>'s types are compiled in; the functions are looked up.
 *
 * The model comes as bytes, so a jailed process can load it too. Fails when it is no model, or when
 * OpenMP would use threads: a forked child cannot join its parent's threads, and they cost seven
 * times the time of one.
 */
#include "pipeline/read/tesseract.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "pipeline/read/clean.h"
#include "pipeline/read/sheet.h"

#include <dlfcn.h>
#include <leptonica/allheaders.h>
#include <limits.h>
#include <string.h>
#include <tesseract/capi.h>

#define PAGE_MODE PSM_SINGLE_COLUMN /* 3 drops narrow columns of tables */

struct tesseract {
    TessBaseAPI *tess;
};

int omp_get_thread_limit(void); /* libgomp's, which libtesseract brings along */

#define LIBRARY "libtesseract.so.5"
#define FUNCTIONS(X)                                                                               \
    X(TessBaseAPICreate)                                                                           \
    X(TessBaseAPIDelete)                                                                           \
    X(TessBaseAPIEnd)                                                                              \
    X(TessBaseAPIClear)                                                                            \
    X(TessBaseAPIInit5)                                                                            \
    X(TessBaseAPISetVariable)                                                                      \
    X(TessBaseAPISetPageSegMode)                                                                   \
    X(TessBaseAPISetImage2)                                                                        \
    X(TessBaseAPISetSourceResolution)                                                              \
    X(TessBaseAPIRecognize)                                                                        \
    X(TessBaseAPIMeanTextConf)                                                                     \
    X(TessBaseAPIGetIterator)                                                                      \
    X(TessResultIteratorDelete)                                                                    \
    X(TessResultIteratorNext)                                                                      \
    X(TessResultIteratorGetUTF8Text)                                                               \
    X(TessResultIteratorConfidence)                                                                \
    X(TessResultIteratorGetPageIteratorConst)                                                      \
    X(TessPageIteratorBoundingBox)                                                                 \
    X(TessPageIteratorIsAtBeginningOf)                                                             \
    X(TessDeleteText)                                                                              \
    X(omp_get_thread_limit)

#define DECLARE(function) __typeof__(function) *function;
static struct {
    FUNCTIONS(DECLARE)
} library; /* all of it, or all NULL */

#define LOOK_UP(function) {#function, offsetof(__typeof__(library), function)},
static const struct {
    const char *name;
    size_t at;
} functions[] = {FUNCTIONS(LOOK_UP)};

static const struct {
    const char *name, *value;
} variables[] = {
    {"debug_file", "/dev/null"},
    {"invert_threshold", "0"},
    {"tessedit_do_invert", "0"},
};

static int load_model(TessBaseAPI *tess, const void *model, size_t length, struct err *err)
{
    char *names[ARRAY_LENGTH(variables)], *values[ARRAY_LENGTH(variables)];

    for (size_t i = 0; i < ARRAY_LENGTH(variables); i++) {
        names[i] = (char *)variables[i].name;
        values[i] = (char *)variables[i].value;
    }
    if (length > INT_MAX ||
        library.TessBaseAPIInit5(tess, model, (int)length, "model", OEM_LSTM_ONLY, NULL, 0, names,
                                 values, ARRAY_LENGTH(variables), 0) != 0)
        return err_set(err, ERR_INVALID, "Tesseract cannot load the model");
    return 0;
}

/* Recognises an empty picture: what is set up on first use is then set up before a fork and the
 * jail, the debug file above all. */
static void warm_up(struct tesseract *t)
{
    PIX *white = pixCreate(200, 100, 8);

    pixSetAll(white);
    tesseract_line_confidence(t, white, 300);
    pixDestroy(&white);
}

/* Lets libtesseract open its debug file, which it does at its first complaint and a jailed process
 * may not: here it is made to complain that nothing is no model. */
static void complain_once(void)
{
    TessBaseAPI *tess = library.TessBaseAPICreate();

    library.TessBaseAPISetVariable(tess, variables[0].name, variables[0].value);
    library.TessBaseAPIInit5(tess, "", 0, "none", OEM_LSTM_ONLY, NULL, 0, NULL, NULL, 0, 0);
    library.TessBaseAPIDelete(tess);
}

bool tesseract_is_loaded(void)
{
    return library.TessBaseAPICreate != NULL;
}

int tesseract_load(struct err *err)
{
    __typeof__(library) found;
    void *handle;

    if (tesseract_is_loaded())
        return 0;
    handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    for (size_t i = 0; i < ARRAY_LENGTH(functions); i++) {
        void *function = handle ? dlsym(handle, functions[i].name) : NULL;

        if (!function)
            return err_set(err, ERR_NOT_FOUND, "loading Tesseract: %s", dlerror());
        memcpy((char *)&found + functions[i].at, &function, sizeof function);
    }
    library = found;
    complain_once();
    return 0;
}

int tesseract_new(const void *model, size_t length, struct tesseract **ret, struct err *err)
{
    struct tesseract *t;
    int r;

    if (library.omp_get_thread_limit() != 1)
        return err_set(err, ERR_USAGE, "Tesseract must be started with OMP_THREAD_LIMIT=1");
    t = mem_alloc(sizeof *t);
    t->tess = library.TessBaseAPICreate();
    r = load_model(t->tess, model, length, err);
    if (r < 0) {
        tesseract_free(t);
        return r;
    }
    warm_up(t);
    *ret = t;
    return 0;
}

void tesseract_free(struct tesseract *t)
{
    if (!t)
        return;
    library.TessBaseAPIEnd(t->tess);
    library.TessBaseAPIDelete(t->tess);
    free(t);
}

static int recognise(struct tesseract *t, PIX *pix, int dpi, TessPageSegMode page_mode)
{
    library.TessBaseAPISetPageSegMode(t->tess, page_mode);
    library.TessBaseAPISetImage2(t->tess, pix);
    library.TessBaseAPISetSourceResolution(t->tess, dpi);
    return library.TessBaseAPIRecognize(t->tess, NULL);
}

/* Tesseract's text, cleaned and cut, in the arena; NULL when there is none. */
static const char *take_text(struct arena *a, TessResultIterator *at)
{
    char *raw = library.TessResultIteratorGetUTF8Text(at, RIL_WORD), *clean;

    if (!raw)
        return NULL;
    clean = utf8_cleaned(a, raw, strnlen(raw, LIMIT_WORD_BYTES / 3));
    library.TessDeleteText(raw);
    return clean[0] ? clean : NULL;
}

static bool take_word(struct arena *a, TessResultIterator *at, struct word *ret)
{
    const TessPageIterator *page = library.TessResultIteratorGetPageIteratorConst(at);
    const char *text = take_text(a, at);
    int left, top, right, bottom;

    if (!text || !library.TessPageIteratorBoundingBox(page, RIL_WORD, &left, &top, &right, &bottom))
        return false;
    ret->text = text;
    ret->box = (struct box){left, top, right, bottom};
    ret->confidence = library.TessResultIteratorConfidence(at, RIL_WORD) / 100;
    return true;
}

static void collect(struct arena *a, TessResultIterator *at, struct found_words *ret)
{
    size_t capacity = 256, count = 0;
    struct word *words = arena_alloc_array(a, capacity, sizeof *words);
    const TessPageIterator *page = library.TessResultIteratorGetPageIteratorConst(at);
    int line = -1, block = -1;

    do {
        line += library.TessPageIteratorIsAtBeginningOf(page, RIL_TEXTLINE) || line < 0;
        block += library.TessPageIteratorIsAtBeginningOf(page, RIL_BLOCK) || block < 0;
        if (count == capacity) {
            words = arena_grow_array(a, words, count, 2 * capacity, sizeof *words);
            capacity *= 2;
        }
        if (!take_word(a, at, &words[count]))
            continue;
        words[count].line = (uint16_t)line;
        words[count].block = (uint16_t)block;
        count++;
    } while (count < LIMIT_WORDS_A_PAGE && library.TessResultIteratorNext(at, RIL_WORD));
    ret->words = words;
    ret->count = count;
}

int tesseract_read(struct arena *a, struct tesseract *t, struct sheet *s, struct found_words *ret,
                   struct err *err)
{
    struct found_words found = {0};
    TessResultIterator *at;
    int r = 0;

    clean_inverse(s);
    clean_rules(a, s, &found.rules, &found.n_rules);
    if (recognise(t, s->pix, (int)(s->dpi + 0.5f), PAGE_MODE) != 0)
        r = err_set(err, ERR_INTERNAL, "Tesseract gave up on a picture of %d x %d",
                    pixGetWidth(s->pix), pixGetHeight(s->pix));
    at = r == 0 ? library.TessBaseAPIGetIterator(t->tess) : NULL;
    if (at)
        collect(a, at, &found);
    library.TessResultIteratorDelete(at);
    library.TessBaseAPIClear(t->tess);
    if (r == 0)
        *ret = found;
    return r;
}

float tesseract_line_confidence(struct tesseract *t, struct Pix *line, int dpi)
{
    float confidence = 0;

    if (recognise(t, line, dpi, PSM_SINGLE_LINE) == 0)
        confidence = library.TessBaseAPIMeanTextConf(t->tess) / 100.0f;
    library.TessBaseAPIClear(t->tess);
    return confidence;
}
