/*
 * Runs libtesseract over page images and records every line (recording.h):
 *
 *   bilag-oracle-record --model eng --models FOLDER --psm 4 [--no-dawg] [--level N] -o OUT IMAGE…
 *
 * One thread, no settings but the page mode. Pages that are neither bilevel nor grey are made grey
 * first. The dictionaries of a model cannot be switched off by a setting in 5.3.0, so --no-dawg
 * has Tesseract load a copy of the model without them. Exits 1 with a sentence when anything
 * fails: half a recording is of no use.
 */
#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/number.h"
#include "tests/oracle/tap.h"

#include <getopt.h>
#include <leptonica/allheaders.h>
#include <string.h>
#include <tesseract/capi.h>

#define MODEL_BYTES_MAX ((size_t)256 << 20)

struct job {
    const char *model, *models, *out;
    int64_t page_mode, level;
    bool without_dictionary;
    struct recording_writer *writer;
    size_t lines;
    struct err err; /* of the first line that could not be written */
};

static void take_line(const struct recorded_line *line, void *context)
{
    struct job *job = context;

    job->lines++;
    if (!job->err.code)
        recording_add(job->writer, line, &job->err);
}

static void read_page(TessBaseAPI *tess, PIX *page, const char *name)
{
    PIX *plain = pixRemoveColormap(page, REMOVE_CMAP_BASED_ON_SRC);
    PIX *grey = pixGetDepth(plain) == 1 ? pixClone(plain) : pixConvertTo8(plain, 0);

    tap_page(name, pixGetHeight(grey));
    TessBaseAPISetImage2(tess, grey);
    TessBaseAPISetSourceResolution(tess, pixGetXRes(page) > 0 ? pixGetXRes(page) : 300);
    TessBaseAPIRecognize(tess, NULL);
    TessBaseAPIClear(tess);
    pixDestroy(&grey);
    pixDestroy(&plain);
}

static int read_file(struct job *job, TessBaseAPI *tess, const char *path, struct err *err)
{
    l_int32 format = 0;
    PIXA *pages = NULL;

    if (findFileFormat(path, &format) == 0 && L_FORMAT_IS_TIFF(format)) {
        pages = pixaReadMultipageTiff(path);
    } else {
        PIX *page = pixRead(path);

        pages = pixaCreate(1);
        if (page)
            pixaAddPix(pages, page, L_INSERT);
    }
    if (!pages || pixaGetCount(pages) == 0) {
        pixaDestroy(&pages);
        return err_set(err, ERR_INVALID, "%s is no picture", path);
    }
    for (int i = 0; i < pixaGetCount(pages); i++) {
        PIX *page = pixaGetPix(pages, i, L_CLONE);
        AUTO_FREE char *name = i == 0 ? mem_strdup(file_base_name(path))
                                      : mem_printf("%s#%d", file_base_name(path), i + 1);

        read_page(tess, page, name);
        pixDestroy(&page);
    }
    pixaDestroy(&pages);
    return job->err.code ? err_wrap(&job->err, job->err.code, "%s", path) : 0;
}

/* A .traineddata file is a count of components, as many i64 offsets (-1: absent), and the
 * components themselves, each up to where the next begins. Components 18 to 20 are the LSTM's
 * punctuation, word and number lists: absent they are what Tesseract calls no dictionary. Their
 * bytes may stay where they are, as the tail of the component before, which is not read to its end.
 */
static int drop_word_lists(struct buf *model, struct err *err)
{
    enum { PUNCTUATION = 18, NUMBERS = 20 };
    uint32_t count = 0;
    int64_t absent = -1;

    if (model->length >= sizeof(count))
        memcpy(&count, model->data, sizeof(count));
    if (count <= NUMBERS || count > 64 || model->length < 4 + 8 * (size_t)count)
        return err_set(err, ERR_INVALID, "not a .traineddata file");
    for (size_t i = PUNCTUATION; i <= NUMBERS; i++)
        memcpy(model->data + 4 + 8 * i, &absent, sizeof(absent));
    return 0;
}

/* Loads the model, without its word lists from a folder that is gone afterwards. */
static int load(TessBaseAPI *tess, const struct job *job, struct buf *bytes, struct err *err)
{
    char folder[] = "/tmp/bilag-oracle-XXXXXX";
    AUTO_FREE char *path = NULL;
    int r;

    if (!job->without_dictionary) {
        r = TessBaseAPIInit2(tess, job->models, job->model, OEM_LSTM_ONLY);
        return r == 0 ? 0 : err_set(err, ERR_INVALID, "Tesseract does not load %s", job->model);
    }
    r = drop_word_lists(bytes, err);
    if (r < 0)
        return r;
    if (!mkdtemp(folder))
        return err_errno(err, ERR_IO, "%s", folder);
    path = mem_printf("%s/%s.traineddata", folder, job->model);
    r = file_write(path, bytes->data, bytes->length, 0600, err);
    if (r == 0 && TessBaseAPIInit2(tess, folder, job->model, OEM_LSTM_ONLY) != 0)
        r = err_set(err, ERR_INVALID, "Tesseract does not load %s without word lists", job->model);
    unlink(path);
    rmdir(folder);
    return r;
}

static int start(struct job *job, TessBaseAPI *tess, struct err *err)
{
    AUTO_FREE char *path = mem_printf("%s/%s.traineddata", job->models, job->model);
    AUTO_BUF struct buf bytes;
    struct recording_head head = {.without_dictionary = job->without_dictionary};
    int r;

    buf_init(&bytes, MODEL_BYTES_MAX);
    r = file_read(path, &bytes, err);
    if (r < 0)
        return err_wrap(err, r, "reading the model");
    snprintf(head.version, sizeof(head.version), "%s", TessVersion());
    snprintf(head.model, sizeof(head.model), "%s", job->model);
    hash_bytes(bytes.data, bytes.length, head.model_sha256);
    r = load(tess, job, &bytes, err);
    if (r < 0)
        return r;
    TessBaseAPISetPageSegMode(tess, (TessPageSegMode)job->page_mode);
    r = tap_open(take_line, job, err);
    return r < 0 ? r : recording_create(job->out, &head, (int)job->level, &job->writer, err);
}

static int record(struct job *job, char **paths, int count, struct err *err)
{
    TessBaseAPI *tess = TessBaseAPICreate();
    int r = start(job, tess, err);

    for (int i = 0; i < count && r == 0; i++) {
        size_t before = job->lines;

        r = read_file(job, tess, paths[i], err);
        fprintf(stderr, "%s: %zu lines\n", paths[i], job->lines - before);
    }
    TessBaseAPIEnd(tess);
    TessBaseAPIDelete(tess);
    if (r == 0)
        return recording_finish(job->writer, err);
    recording_finish(job->writer, NULL);
    if (job->err.code)
        *err = job->err;
    return r;
}

static bool take_options(int argc, char **argv, struct job *job)
{
    static const struct option options[] = {
        {"model", required_argument, NULL, 'm'},
        {"models", required_argument, NULL, 'f'},
        {"psm", required_argument, NULL, 'p'},
        {"level", required_argument, NULL, 'l'},
        {"no-dawg", no_argument, NULL, 'd'},
        {"out", required_argument, NULL, 'o'},
        {0},
    };
    int c;

    while ((c = getopt_long(argc, argv, "o:", options, NULL)) != -1) {
        if (c == 'm')
            job->model = optarg;
        else if (c == 'f')
            job->models = optarg;
        else if (c == 'o')
            job->out = optarg;
        else if (c == 'd')
            job->without_dictionary = true;
        else if (c == '?' || !number_parse(optarg, 0, 22, c == 'p' ? &job->page_mode : &job->level))
            return false;
    }
    return job->out && job->page_mode <= PSM_RAW_LINE && optind < argc;
}

int main(int argc, char **argv)
{
    struct job job = {.model = "eng",
                      .models = "/usr/share/tesseract-ocr/5/tessdata",
                      .page_mode = PSM_SINGLE_COLUMN,
                      .level = 3};
    struct err err = {0};

    if (!take_options(argc, argv, &job)) {
        fprintf(stderr, "usage: bilag-oracle-record [--model eng] [--models FOLDER] [--psm 4] "
                        "[--no-dawg] [--level 3] -o OUT IMAGE…\n");
        return 2;
    }
    /* OpenMP looks at its environment before main() does. */
    if (!getenv("OMP_THREAD_LIMIT")) {
        setenv("OMP_THREAD_LIMIT", "1", 1);
        execv("/proc/self/exe", argv);
        perror("bilag-oracle-record");
        return 1;
    }
    if (record(&job, argv + optind, argc - optind, &err) == 0)
        return 0;
    fprintf(stderr, "bilag-oracle-record: %s\n", err.text);
    return 1;
}
