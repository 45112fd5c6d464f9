/*
 * Functions of libtesseract 5.3.0 with a listener in front.
 *
 *   LSTMRecognizeWord            a line begins and ends; all CPU spent on it
 *     RecognizeLine              the crop and its box
 *       PrepareLSTMInputs        the scaled image
 *       PreparePixInput          the network's input, once or (inverted) twice
 *       Series::Forward          the class probabilities of each
 *       RecodeBeamSearch::Decode which of the two is read
 *       ExtractBestPathAsWords   words: the characters from ExtractPathAsUnicharIds, their limits
 *                                from InitializeWord, boxes from FakeBlob, permuter from
 *                                FakeWordFromRatings
 *
 * The names, the order of arguments, and the two objects looked into (a box of four int16, the
 * arrays of NetworkIO) are those of the C++ ABI of Debian's package; what is read by layout is
 * compared with what Tesseract's own accessor says, line by line, and a difference aborts. Objects
 * that only pass through are void *. Time spent here is taken out of all times told.
 */
#include "tests/oracle/tap.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/mem.h"

#include <dlfcn.h>
#include <leptonica/allheaders.h>
#include <string.h>
#include <tesseract/capi.h>
#include <time.h>

#define LINE_ARENA_BYTES ((size_t)1 << 30)

/* tesseract::TBOX: y grows upwards; right and top are exclusive. */
struct tess_box {
    int16_t left, bottom, right, top;
};

/* tesseract::NetworkIO, its beginning: two arrays of steps x features, one of them in use. */
struct tess_network_io {
    const void *float_methods;
    const float *floats;
    float unused_float;
    int float_steps, float_features, float_allocated;
    const void *int_methods;
    const int8_t *ints;
    int8_t unused_int;
    int int_steps, int_features, int_allocated;
    bool is_int;
};

/* std::vector of ints or floats. */
struct std_vector {
    const void *begin, *end, *limit;
};

#define NAME_LINE                                                                                  \
    "_ZN9tesseract9Tesseract17LSTMRecognizeWordERKNS_5BLOCKEPNS_3ROWEPNS_8WERD_"                   \
    "RESEPNS_13PointerVectorIS6_EE"
#define NAME_RECOGNISE                                                                             \
    "_ZN9tesseract14LSTMRecognizer13RecognizeLineERKNS_9ImageDataEfbdRKNS_4TBOXEPNS_"              \
    "13PointerVectorINS_8WERD_RESEEEii"
#define NAME_PREPARE                                                                               \
    "_ZN9tesseract5Input17PrepareLSTMInputsERKNS_9ImageDataEPKNS_7NetworkEiPNS_5TRandEPf"
#define NAME_INPUT                                                                                 \
    "_ZN9tesseract5Input15PreparePixInputERKNS_11StaticShapeENS_5ImageEPNS_5TRandEPNS_9NetworkIOE"
#define NAME_FORWARD                                                                               \
    "_ZN9tesseract6Series7ForwardEbRKNS_9NetworkIOEPKNS_15TransposedArrayEPNS_"                    \
    "14NetworkScratchEPS1_"
#define NAME_DECODE "_ZN9tesseract16RecodeBeamSearch6DecodeERKNS_9NetworkIOEdddPKNS_10UNICHARSETEi"
#define NAME_WORDS                                                                                 \
    "_ZN9tesseract16RecodeBeamSearch22ExtractBestPathAsWordsERKNS_4TBOXEfbPKNS_10UNICHARSETEPNS_"  \
    "13PointerVectorINS_8WERD_RESEEEi"
#define NAME_IDS                                                                                   \
    "_ZN9tesseract16RecodeBeamSearch23ExtractPathAsUnicharIdsERKSt6vectorIPKNS_"                   \
    "10RecodeNodeESaIS4_EEPS1_IiSaIiEEPS1_IfSaIfEESE_SB_SB_"
#define NAME_WORD                                                                                  \
    "_ZN9tesseract16RecodeBeamSearch14InitializeWordEbRKNS_4TBOXEiifPKNS_"                         \
    "10UNICHARSETERKSt6vectorIiSaIiEEf"
#define NAME_BLOB "_ZN9tesseract6C_BLOB8FakeBlobERKNS_4TBOXE"
#define NAME_PERMUTER "_ZN9tesseract8WERD_RES19FakeWordFromRatingsENS_12PermuterTypeE"

/* Named for C here, for the dynamic linker as libtesseract spells them. */
void tap_line(void *self, const void *block, void *row, void *word, void *words) __asm__(NAME_LINE);
void tap_recognise(void *self, const void *image, float invert_below, bool debug, double worst,
                   const struct tess_box *box, void *words, int choice_mode,
                   int choice_count) __asm__(NAME_RECOGNISE);
PIX *tap_prepare(const void *image, const void *network, int min_width, void *random,
                 float *ret_scale) __asm__(NAME_PREPARE);
void tap_input(const void *shape, PIX *pix, void *random,
               struct tess_network_io *ret) __asm__(NAME_INPUT);
void tap_forward(void *self, bool debug, const void *input, const void *transposed, void *scratch,
                 struct tess_network_io *ret) __asm__(NAME_FORWARD);
void tap_decode(void *self, const struct tess_network_io *output, double dict_ratio,
                double cert_offset, double worst, const void *charset,
                int choice_mode) __asm__(NAME_DECODE);
void tap_words(void *self, const struct tess_box *box, float scale, bool debug, const void *charset,
               void *words, int choice_mode) __asm__(NAME_WORDS);
void tap_ids(const void *nodes, struct std_vector *ids, struct std_vector *certainties,
             void *ratings, void *xs, void *bounds) __asm__(NAME_IDS);
void *tap_word(void *self, bool leading_space, const struct tess_box *box, int start, int end,
               float space_certainty, const void *charset, const void *xs,
               float scale) __asm__(NAME_WORD);
void *tap_blob(const struct tess_box *box) __asm__(NAME_BLOB);
void tap_permuter(void *self, int permuter) __asm__(NAME_PERMUTER);

/* libtesseract's own, found behind ours; two more that are only asked. */
static struct {
    __typeof__(tap_line) *line;
    __typeof__(tap_recognise) *recognise;
    __typeof__(tap_prepare) *prepare;
    __typeof__(tap_input) *input;
    __typeof__(tap_forward) *forward;
    __typeof__(tap_decode) *decode;
    __typeof__(tap_words) *words;
    __typeof__(tap_ids) *ids;
    __typeof__(tap_word) *word;
    __typeof__(tap_blob) *blob;
    __typeof__(tap_permuter) *permuter;
    PIX *(*image_pix)(const void *image);
    void (*read_step)(const struct tess_network_io *io, int step, float *ret);
    const char *(*unichar)(const void *charset, int id);
} real;

static const struct {
    void *slot;
    const char *name;
} names[] = {
    {&real.line, NAME_LINE},
    {&real.recognise, NAME_RECOGNISE},
    {&real.prepare, NAME_PREPARE},
    {&real.input, NAME_INPUT},
    {&real.forward, NAME_FORWARD},
    {&real.decode, NAME_DECODE},
    {&real.words, NAME_WORDS},
    {&real.ids, NAME_IDS},
    {&real.word, NAME_WORD},
    {&real.blob, NAME_BLOB},
    {&real.permuter, NAME_PERMUTER},
    {&real.image_pix, "_ZNK9tesseract9ImageData6GetPixEv"},
    {&real.read_step, "_ZNK9tesseract9NetworkIO12ReadTimeStepEiPf"},
    {&real.unichar, "_ZNK9tesseract10UNICHARSET17id_to_unichar_extEi"},
};

/* One thread recognises, one line at a time: what is known of it so far. */
static struct {
    tap_line_fn *tell;
    void *context;
    const char *page;
    int page_height;
    uint64_t own_ns; /* spent here, not in libtesseract */

    struct arena arena;
    struct recorded_line line;
    struct tess_box box;
    bool has_line;
    int depth; /* of Series::Forward: a network may hold another */
    const void *charset;
    const int *ids; /* of the whole line, copied */
    const float *certainties;
    size_t id_count;
    struct recognised_word *word; /* between InitializeWord's call and return */
    size_t blob_count;
} tap;

static uint64_t thread_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* CPU time as if nobody listened. */
static uint64_t tess_ns(void)
{
    return thread_ns() - tap.own_ns;
}

static void expect(bool is_so, const char *what)
{
    if (!is_so)
        BUG("libtesseract is not as known: %s", what);
}

int tap_open(tap_line_fn *tell, void *context, struct err *err)
{
    if (strcmp(TessVersion(), "5.3.0") != 0)
        return err_set(err, ERR_INVALID, "libtesseract is %s, not 5.3.0", TessVersion());
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        void *function = dlsym(RTLD_NEXT, names[i].name);

        if (!function)
            return err_set(err, ERR_INVALID, "libtesseract has no %s", names[i].name);
        memcpy(names[i].slot, &function, sizeof(function));
    }
    tap.tell = tell;
    tap.context = context;
    arena_init(&tap.arena, LINE_ARENA_BYTES);
    return 0;
}

void tap_page(const char *name, int height_px)
{
    tap.page = name;
    tap.page_height = height_px;
}

static void copy_pix(PIX *pix, struct line_image *ret)
{
    int width = pixGetWidth(pix), height = pixGetHeight(pix);
    unsigned char *pixels = arena_alloc_array(&tap.arena, (size_t)width, (size_t)height);

    expect(pixGetDepth(pix) == 8, "a line image is not grey");
    for (int y = 0; y < height; y++) {
        const l_uint32 *row = pixGetData(pix) + (size_t)y * (size_t)pixGetWpl(pix);

        for (int x = 0; x < width; x++)
            pixels[(size_t)y * (size_t)width + (size_t)x] = (unsigned char)GET_DATA_BYTE(row, x);
    }
    *ret = (struct line_image){pixels, width, height, width};
}

void tap_line(void *self, const void *block, void *row, void *word, void *words)
{
    uint64_t begun = tess_ns(), own;

    tap.line = (struct recorded_line){.page = tap.page};
    tap.has_line = false;
    real.line(self, block, row, word, words);
    tap.line.cost.line = tess_ns() - begun;

    own = thread_ns();
    if (tap.has_line)
        tap.tell(&tap.line, tap.context);
    arena_clear(&tap.arena);
    tap.own_ns += thread_ns() - own;
}

void tap_recognise(void *self, const void *image, float invert_below, bool debug, double worst,
                   const struct tess_box *box, void *words, int choice_mode, int choice_count)
{
    uint64_t own = thread_ns();
    PIX *pix = real.image_pix(image);
    struct line_image *crop = &tap.line.crop;

    copy_pix(pix, crop);
    pixDestroy(&pix);
    tap.box = *box;
    tap.line.left = box->left;
    tap.line.top = tap.page_height - box->top;
    expect(box->right - box->left == crop->width || box->right - box->left == crop->height,
           "a line's box has another size than its image");
    tap.has_line = true;
    tap.own_ns += thread_ns() - own;
    real.recognise(self, image, invert_below, debug, worst, box, words, choice_mode, choice_count);
}

PIX *tap_prepare(const void *image, const void *network, int min_width, void *random,
                 float *ret_scale)
{
    uint64_t begun = tess_ns(), own;
    PIX *pix = real.prepare(image, network, min_width, random, ret_scale);

    tap.line.cost.scale = tess_ns() - begun;
    own = thread_ns();
    tap.line.scale = *ret_scale;
    if (pix)
        copy_pix(pix, &tap.line.scaled);
    tap.own_ns += thread_ns() - own;
    return pix;
}

void tap_input(const void *shape, PIX *pix, void *random, struct tess_network_io *ret)
{
    uint64_t begun = tess_ns(), own;
    struct line_input *in;
    int width = tap.line.scaled.width, height = tap.line.scaled.height;
    size_t length = (size_t)width * (size_t)height;

    real.input(shape, pix, random, ret);
    tap.line.cost.input += tess_ns() - begun;
    own = thread_ns();
    expect(tap.line.pass_count < 2, "a line has a third pass");
    expect(ret->is_int && ret->int_features == 1 && (size_t)ret->int_steps == length,
           "the network's input is not one int8 a pixel");
    in = &tap.line.passes[tap.line.pass_count++].input;
    *in = (struct line_input){arena_alloc(&tap.arena, length), width, height, tap.line.scale};
    memcpy(in->values, ret->ints, length);
    tap.own_ns += thread_ns() - own;
}

/* Tesseract's own accessor says the same of the first and the last step. */
static void check_floats(const struct tess_network_io *io)
{
    size_t features = (size_t)io->float_features;
    int last = io->float_steps - 1;
    float *step = arena_alloc_array(&tap.arena, features, sizeof(*step));

    expect(!io->is_int && io->float_steps > 0 && features > 1, "the output is not of floats");
    real.read_step(io, 0, step);
    expect(memcmp(step, io->floats, features * sizeof(*step)) == 0, "the first step differs");
    real.read_step(io, last, step);
    expect(memcmp(step, io->floats + features * (size_t)last, features * sizeof(*step)) == 0,
           "the last step differs");
}

void tap_forward(void *self, bool debug, const void *input, const void *transposed, void *scratch,
                 struct tess_network_io *ret)
{
    uint64_t begun = tess_ns(), own;
    struct posteriors *out;
    size_t bytes;

    tap.depth++;
    real.forward(self, debug, input, transposed, scratch, ret);
    tap.depth--;
    if (tap.depth > 0)
        return;
    tap.line.cost.forward += tess_ns() - begun;
    own = thread_ns();
    expect(tap.line.pass_count > 0, "a forward pass without an input");
    check_floats(ret);
    out = &tap.line.passes[tap.line.pass_count - 1].posteriors;
    bytes = (size_t)ret->float_steps * (size_t)ret->float_features * sizeof(float);
    *out = (struct posteriors){arena_alloc(&tap.arena, bytes), ret->float_steps,
                               ret->float_features, 3 / tap.line.scale};
    memcpy(out->values, ret->floats, bytes);
    tap.own_ns += thread_ns() - own;
}

void tap_decode(void *self, const struct tess_network_io *output, double dict_ratio,
                double cert_offset, double worst, const void *charset, int choice_mode)
{
    uint64_t own = thread_ns(), begun;
    const struct posteriors *last = &tap.line.passes[tap.line.pass_count - 1].posteriors;
    size_t bytes = (size_t)last->steps * (size_t)last->classes * sizeof(float);

    if (tap.line.pass_count == 2)
        tap.line.kept = memcmp(last->values, output->floats, bytes) == 0;
    tap.line.text.is_inverted = tap.line.kept == 1;
    tap.own_ns += thread_ns() - own;

    begun = tess_ns();
    real.decode(self, output, dict_ratio, cert_offset, worst, charset, choice_mode);
    tap.line.cost.decode += tess_ns() - begun;
}

void tap_words(void *self, const struct tess_box *box, float scale, bool debug, const void *charset,
               void *words, int choice_mode)
{
    uint64_t begun = tess_ns();

    tap.charset = charset;
    real.words(self, box, scale, debug, charset, words, choice_mode);
    tap.charset = NULL;
    tap.line.cost.decode += tess_ns() - begun;
}

void tap_ids(const void *nodes, struct std_vector *ids, struct std_vector *certainties,
             void *ratings, void *xs, void *bounds)
{
    uint64_t own;
    int *id_copy;
    float *certainty_copy;

    real.ids(nodes, ids, certainties, ratings, xs, bounds);
    own = thread_ns();
    tap.id_count = (size_t)((const int *)ids->end - (const int *)ids->begin);
    tap.ids = id_copy = arena_alloc_array(&tap.arena, tap.id_count, sizeof(int));
    tap.certainties = certainty_copy = arena_alloc_array(&tap.arena, tap.id_count, sizeof(float));
    if (tap.id_count) {
        memcpy(id_copy, ids->begin, tap.id_count * sizeof(int));
        memcpy(certainty_copy, certainties->begin, tap.id_count * sizeof(float));
    }
    tap.own_ns += thread_ns() - own;
}

/* A further word of the line with its characters; the boxes follow. */
static void add_word(int start, int end, float space_certainty)
{
    struct recognised_line *text = &tap.line.text;
    struct recognised_word *word;
    const char *joined = "";

    expect(tap.charset && start >= 0 && start < end && (size_t)end <= tap.id_count,
           "a word beyond its line's characters");
    text->words = arena_grow_array(&tap.arena, text->words, text->word_count, text->word_count + 1,
                                   sizeof(*word));
    tap.word = word = &text->words[text->word_count++];
    word->space_certainty = space_certainty;
    word->symbol_count = (size_t)(end - start);
    word->symbols = arena_alloc_array(&tap.arena, word->symbol_count, sizeof(*word->symbols));
    word->certainty = tap.certainties[start];
    for (int i = start; i < end; i++) {
        struct recognised_symbol *symbol = &word->symbols[i - start];

        symbol->text = arena_strdup(&tap.arena, real.unichar(tap.charset, tap.ids[i]));
        symbol->certainty = tap.certainties[i];
        if (symbol->certainty < word->certainty)
            word->certainty = symbol->certainty;
        joined = arena_printf(&tap.arena, "%s%s", joined, symbol->text);
    }
    word->text = joined;
    tap.blob_count = 0;
}

void *tap_word(void *self, bool leading_space, const struct tess_box *box, int start, int end,
               float space_certainty, const void *charset, const void *xs, float scale)
{
    uint64_t own = thread_ns();
    void *word;

    add_word(start, end, space_certainty);
    tap.own_ns += thread_ns() - own;
    word = real.word(self, leading_space, box, start, end, space_certainty, charset, xs, scale);
    expect(tap.blob_count == tap.word->symbol_count, "a word has not a box a character");
    tap.word = NULL;
    return word;
}

void *tap_blob(const struct tess_box *box)
{
    struct recognised_word *word = tap.word;

    if (word) {
        struct recognised_symbol *symbol;
        struct line_box found = {box->left - tap.box.left, tap.box.top - box->top,
                                 box->right - tap.box.left, tap.box.top - box->bottom};

        expect(tap.blob_count < word->symbol_count, "a word has more boxes than characters");
        symbol = &word->symbols[tap.blob_count++];
        symbol->left = found.left;
        symbol->right = found.right;
        if (tap.blob_count == 1)
            word->box = found;
        if (found.left < word->box.left)
            word->box.left = found.left;
        if (found.right > word->box.right)
            word->box.right = found.right;
    }
    return real.blob(box);
}

void tap_permuter(void *self, int permuter)
{
    if (tap.charset) {
        expect(tap.line.text.word_count > 0, "a permuter before its word");
        tap.line.text.words[tap.line.text.word_count - 1].permuter = permuter;
    }
    real.permuter(self, permuter);
}
