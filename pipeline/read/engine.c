/*
 * One Tesseract handle a process, loaded once and inherited by every forked child. Each page gets a
 * cleared handle, so no page knows of another. Tesseract's own look at inverted lines is off: dark
 * blocks are turned over before (clean.c), and its retries would double the time of a noisy page.
 *
 * Fails when the model is missing, or when OpenMP would use threads: a forked child cannot join its
 * parent's threads, and they cost seven times the time of one.
 */
#include "pipeline/read/engine.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/utf8.h"

#include <leptonica/allheaders.h>
#include <string.h>
#include <tesseract/capi.h>

struct engine {
    TessBaseAPI *tess;
    int page_mode;
};

int omp_get_thread_limit(void); /* libgomp's, which libtesseract brings along */

static const struct {
    const char *name, *value;
} variables[] = {
    {"debug_file", "/dev/null"},
    {"invert_threshold", "0"},
    {"tessedit_do_invert", "0"},
};

static int load_model(TessBaseAPI *tess, const struct engine_options *options, struct err *err)
{
    char *names[ARRAY_LENGTH(variables)], *values[ARRAY_LENGTH(variables)];

    for (size_t i = 0; i < ARRAY_LENGTH(variables); i++) {
        names[i] = (char *)variables[i].name;
        values[i] = (char *)variables[i].value;
    }
    if (TessBaseAPIInit4(tess, options->model_folder, options->model, OEM_LSTM_ONLY, NULL, 0, names,
                         values, ARRAY_LENGTH(variables), 0) != 0)
        return err_set(err, ERR_NOT_FOUND, "the model %s/%s.traineddata cannot be loaded",
                       options->model_folder, options->model);
    return 0;
}

/* Recognises an empty picture: what is set up on first use is then set up before the fork and the
 * jail, the debug file above all. */
static void warm_up(struct engine *engine)
{
    PIX *white = pixCreate(200, 100, 8);

    pixSetAll(white);
    engine_line_confidence(engine, white, 300);
    pixDestroy(&white);
}

int engine_new(const struct engine_options *options, struct engine **ret, struct err *err)
{
    struct engine *engine;
    int r;

    if (omp_get_thread_limit() != 1)
        return err_set(err, ERR_USAGE, "the recogniser must be started with OMP_THREAD_LIMIT=1");
    setMsgSeverity(L_SEVERITY_NONE);
    engine = mem_alloc(sizeof *engine);
    engine->tess = TessBaseAPICreate();
    engine->page_mode = options->page_mode;
    r = load_model(engine->tess, options, err);
    if (r < 0) {
        engine_free(engine);
        return r;
    }
    warm_up(engine);
    *ret = engine;
    return 0;
}

void engine_free(struct engine *engine)
{
    if (!engine)
        return;
    TessBaseAPIEnd(engine->tess);
    TessBaseAPIDelete(engine->tess);
    free(engine);
}

static int recognise(struct engine *engine, PIX *pix, int dpi, int page_mode)
{
    TessBaseAPISetPageSegMode(engine->tess, (TessPageSegMode)page_mode);
    TessBaseAPISetImage2(engine->tess, pix);
    TessBaseAPISetSourceResolution(engine->tess, dpi);
    return TessBaseAPIRecognize(engine->tess, NULL);
}

/* Tesseract's text, cleaned and cut, in the arena; NULL when there is none. */
static const char *take_text(struct arena *a, TessResultIterator *at)
{
    char *raw = TessResultIteratorGetUTF8Text(at, RIL_WORD), *clean;
    size_t length;

    if (!raw)
        return NULL;
    length = strnlen(raw, LIMIT_WORD_BYTES / 3);
    clean = arena_alloc(a, 3 * length + 1);
    utf8_clean(raw, length, clean);
    TessDeleteText(raw);
    return clean[0] ? clean : NULL;
}

static bool take_word(struct arena *a, TessResultIterator *at, struct word *ret)
{
    const TessPageIterator *page = TessResultIteratorGetPageIteratorConst(at);
    const char *text = take_text(a, at);
    int left, top, right, bottom;

    if (!text || !TessPageIteratorBoundingBox(page, RIL_WORD, &left, &top, &right, &bottom))
        return false;
    ret->text = text;
    ret->box = (struct box){left, top, right, bottom};
    ret->confidence = TessResultIteratorConfidence(at, RIL_WORD) / 100;
    return true;
}

static void collect(struct arena *a, TessResultIterator *at, struct found_words *ret)
{
    size_t capacity = 256, count = 0;
    struct word *words = arena_alloc_array(a, capacity, sizeof *words);
    const TessPageIterator *page = TessResultIteratorGetPageIteratorConst(at);
    int line = -1, block = -1;

    do {
        line += TessPageIteratorIsAtBeginningOf(page, RIL_TEXTLINE) || line < 0;
        block += TessPageIteratorIsAtBeginningOf(page, RIL_BLOCK) || block < 0;
        if (count == capacity) {
            words = arena_grow_array(a, words, count, 2 * capacity, sizeof *words);
            capacity *= 2;
        }
        if (!take_word(a, at, &words[count]))
            continue;
        words[count].line = (uint16_t)line;
        words[count].block = (uint16_t)block;
        count++;
    } while (count < LIMIT_WORDS_A_PAGE && TessResultIteratorNext(at, RIL_WORD));
    ret->words = words;
    ret->count = count;
}

int engine_read(struct arena *a, struct engine *engine, struct Pix *pix, int dpi,
                struct found_words *ret, struct err *err)
{
    struct found_words found = {0};
    TessResultIterator *at;
    int r = 0;

    if (recognise(engine, pix, dpi, engine->page_mode) != 0)
        r = err_set(err, ERR_INTERNAL, "the recogniser gave up on a picture of %d x %d",
                    pixGetWidth(pix), pixGetHeight(pix));
    at = r == 0 ? TessBaseAPIGetIterator(engine->tess) : NULL;
    if (at)
        collect(a, at, &found);
    TessResultIteratorDelete(at);
    TessBaseAPIClear(engine->tess);
    if (r == 0)
        *ret = found;
    return r;
}

float engine_line_confidence(struct engine *engine, struct Pix *line, int dpi)
{
    float confidence = 0;

    if (recognise(engine, line, dpi, PSM_SINGLE_LINE) == 0)
        confidence = TessBaseAPIMeanTextConf(engine->tess) / 100.0f;
    TessBaseAPIClear(engine->tess);
    return confidence;
}
