/*
 * Two line finders, one recognition model: pages are read by Tesseract with its own layout, or by
 * recogniser/ with the lines of pipeline/read/layout, and the words printed for scripts/layout.
 *
 *     layout-bench tesseract|own MODEL_FOLDER MODEL PAGE_MODE SCAN_SEED FILE…
 *     layout-bench draw=OUT.png  the same
 *
 * SCAN_SEED 0 takes the picture as it is; any other turns, blurs, dusts and thresholds it first. A
 * page prints "page FILE ENGINE layout_us total_us REFUSAL", then "word TEXT" in reading order.
 */
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/number.h"
#include "pipeline/read/layout/layout.h"

#include <leptonica/allheaders.h>
#include <stdio.h>
#include <string.h>
#include <tesseract/capi.h>

enum { NARROW_PX = 1700, DPI_MIN = 100 }; /* narrow: a receipt, or A4 at 200 dots an inch */

struct bench {
    TessBaseAPI *api;
    struct recogniser *recogniser;
    int page_mode;
    const char *engine, *path;
};

/* A scan of middling quality; which one depends on the seed only. */
static PIX *scanned(PIX *grey, unsigned seed)
{
    float angles[] = {0.3f, -0.4f, 0.5f, -0.7f, 0.6f, -0.3f};
    float angle = angles[seed % 6] * 3.14159265f / 180;
    PIX *turned, *soft, *noisy, *ink;

    srand(seed);
    turned = pixRotate(grey, angle, L_ROTATE_AREA_MAP, L_BRING_IN_WHITE, 0, 0);
    soft = pixBlockconvGray(turned, NULL, 1, 1);
    noisy = pixAddGaussianNoise(soft, 22);
    ink = pixThresholdToBinary(noisy, 130 + (int)(seed % 5) * 8);
    pixDestroy(&turned);
    pixDestroy(&soft);
    pixDestroy(&noisy);
    return ink;
}

/* What the file says, or a guess. */
static int dpi_of(PIX *pix)
{
    if (pixGetXRes(pix) >= DPI_MIN)
        return pixGetXRes(pix);
    return pixGetWidth(pix) < NARROW_PX ? 200 : 300;
}

static void read_theirs(struct bench *b, PIX *pix)
{
    int64_t began_us = clock_cpu_us();
    char *text, *rest, *word;

    TessBaseAPISetPageSegMode(b->api, (TessPageSegMode)b->page_mode);
    TessBaseAPISetImage2(b->api, pix);
    TessBaseAPISetSourceResolution(b->api, dpi_of(pix));
    text = rest = TessBaseAPIGetUTF8Text(b->api);
    printf("page\t%s\ttesseract\t0\t%ld\t-\n", b->path, (long)(clock_cpu_us() - began_us));
    while (rest && (word = strsep(&rest, " \n")))
        if (*word)
            printf("word %s\n", word);
    TessDeleteText(text);
    TessBaseAPIClear(b->api);
}

static void draw(const char *path, PIX *pix, const struct layout *layout)
{
    PIX *canvas = pixConvertTo32(pix);

    for (size_t i = 0; i < layout->line_count; i++) {
        const struct layout_line *l = &layout->lines[i];
        BOX *box = boxCreate(l->box.x0, l->box.y0, l->box.x1 - l->box.x0, l->box.y1 - l->box.y0);

        pixRenderBoxArb(canvas, box, 2, l->turn ? 255 : 0, l->block % 2 ? 160 : 0,
                        l->is_inverted ? 0 : 255);
        boxDestroy(&box);
    }
    for (size_t i = 0; i < layout->rule_count; i++) {
        const struct layout_box *r = &layout->rules[i].box;
        BOX *box = boxCreate(r->x0, r->y0, r->x1 - r->x0, r->y1 - r->y0);

        pixRenderBoxArb(canvas, box, 2, 255, 0, 0);
        boxDestroy(&box);
    }
    pixWritePng(path, canvas, 0);
    pixDestroy(&canvas);
}

static void print_lines(const struct recognised_line *texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < texts[i].word_count; k++)
            printf("word %s\n", texts[i].words[k].text);
}

static void read_ours(struct bench *b, PIX *pix)
{
    AUTO_ARENA struct arena a = {.max = (size_t)1 << 30};
    struct layout_page page = {
        .width = pixGetWidth(pix), .height = pixGetHeight(pix), .dpi = (float)dpi_of(pix)};
    int64_t began_us = clock_cpu_us(), found_us;
    struct recognised_line *texts;
    struct line_image *images;
    const char *refusal;
    struct layout layout;
    struct err err = {0};

    if (pixGetDepth(pix) == 8) {
        page.grey = pixGetData(pix);
        page.grey_words = pixGetWpl(pix);
        layout_ink(&a, &page);
    } else {
        page.ink = pixGetData(pix);
        page.ink_words = pixGetWpl(pix);
    }
    layout_find(&a, &page, &layout);
    found_us = clock_cpu_us();
    if (strncmp(b->engine, "draw=", 5) == 0)
        draw(b->engine + 5, pix, &layout);
    images = arena_alloc_array(&a, layout.line_count, sizeof *images);
    texts = arena_alloc_array(&a, layout.line_count, sizeof *texts);
    for (size_t i = 0; i < layout.line_count; i++)
        layout_crop(&a, &page, &layout, &layout.lines[i], &images[i]);
    if (recogniser_read(b->recogniser, &a, images, layout.line_count, texts, &err) < 0)
        fprintf(stderr, "layout-bench: %s\n", err.text);
    refusal = layout_verdict(&layout, texts);
    printf("page\t%s\town\t%ld\t%ld\t%s\n", b->path, (long)(found_us - began_us),
           (long)(clock_cpu_us() - began_us), refusal ? refusal : "-");
    print_lines(texts, layout.line_count);
}

static void read_file(struct bench *b, unsigned seed)
{
    PIX *raw = pixRead(b->path), *grey = raw && pixGetDepth(raw) > 8 ? pixConvertTo8(raw, 0) : NULL;
    PIX *pix = grey ? grey : raw;

    if (!pix)
        return;
    if (seed && pixGetDepth(pix) == 8) {
        PIX *scan = scanned(pix, seed);

        pixDestroy(&grey);
        grey = pix = scan;
    }
    if (b->api)
        read_theirs(b, pix);
    else
        read_ours(b, pix);
    if (raw != pix)
        pixDestroy(&raw);
    if (grey != pix)
        pixDestroy(&grey);
    pixDestroy(&pix);
}

static int load(struct bench *b, const char *folder, const char *model)
{
    AUTO_FREE char *path = mem_printf("%s/%s.traineddata", folder, model);
    struct recogniser_options options = {.path = path};
    struct err err = {0};

    if (strcmp(b->engine, "tesseract") == 0) {
        b->api = TessBaseAPICreate();
        return TessBaseAPIInit2(b->api, folder, model, OEM_LSTM_ONLY);
    }
    if (recogniser_new(&options, &b->recogniser, &err) == 0)
        return 0;
    fprintf(stderr, "layout-bench: %s\n", err.text);
    return -1;
}

int main(int argc, char **argv)
{
    struct bench b = {.engine = argc > 1 ? argv[1] : ""};
    int64_t mode, seed;

    if (argc < 7 || !number_parse(argv[4], 0, 13, &mode) ||
        !number_parse(argv[5], 0, 1000000, &seed)) {
        fprintf(stderr, "usage: layout-bench tesseract|own|draw=OUT.png MODEL_FOLDER MODEL "
                        "PAGE_MODE SCAN_SEED FILE…\n");
        return 2;
    }
    if (load(&b, argv[2], argv[3]) != 0)
        return 1;
    b.page_mode = (int)mode;
    for (int i = 6; i < argc; i++) {
        b.path = argv[i];
        read_file(&b, (unsigned)(seed ? seed + i - 6 : 0));
    }
    if (b.api)
        TessBaseAPIEnd(b.api);
    TessBaseAPIDelete(b.api);
    recogniser_free(b.recogniser);
    return 0;
}
