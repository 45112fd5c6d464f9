/*
 * Two line finders, one recogniser: each page is read by Tesseract with its own page layout and by
 * the lines of pipeline/read/layout, and the words are printed for scripts/layout to count.
 *
 *     layout-bench MODEL_FOLDER MODEL PAGE_MODE SCAN_SEED [--draw OUT.png] FILE…
 *
 * SCAN_SEED 0 takes the picture as it is; any other turns, blurs, dusts and thresholds it first. A
 * page prints "page FILE ENGINE layout_us total_us REFUSAL", then "word TEXT" in reading order.
 */
#include "base/arena.h"
#include "base/clock.h"
#include "base/number.h"
#include "pipeline/read/layout/layout.h"

#include <leptonica/allheaders.h>
#include <stdio.h>
#include <string.h>
#include <tesseract/capi.h>

struct bench {
    TessBaseAPI *api;
    int page_mode;
    const char *draw;
    const char *path;
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

static PIX *ink_of(PIX *pix)
{
    l_int32 threshold = 128;

    if (pixGetDepth(pix) == 1)
        return pixClone(pix);
    pixSplitDistributionFgBg(pix, 0.1f, 4, &threshold, NULL, NULL, NULL);
    return pixThresholdToBinary(pix, threshold < 90 ? 90 : threshold > 190 ? 190 : threshold);
}

static void print_words(char *text)
{
    char *rest = text, *word;

    while (rest && (word = strsep(&rest, " \n")))
        if (*word)
            printf("word %s\n", word);
}

static char *recognise(struct bench *b, PIX *pix, int page_mode)
{
    char *text;

    TessBaseAPISetPageSegMode(b->api, (TessPageSegMode)page_mode);
    TessBaseAPISetImage2(b->api, pix);
    TessBaseAPISetSourceResolution(b->api, 300);
    text = TessBaseAPIGetUTF8Text(b->api);
    TessBaseAPIClear(b->api);
    return text;
}

static void read_theirs(struct bench *b, PIX *pix)
{
    int64_t began = clock_cpu_us();
    char *text = recognise(b, pix, b->page_mode);

    printf("page\t%s\ttesseract\t0\t%ld\t-\n", b->path, (long)(clock_cpu_us() - began));
    print_words(text);
    TessDeleteText(text);
}

static void draw(const struct bench *b, PIX *pix, const struct layout *layout)
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
    pixWritePng(b->draw, canvas, 0);
    pixDestroy(&canvas);
}

static PIX *pix_of(const struct line_image *image)
{
    PIX *pix = pixCreate(image->width, image->height, 8);

    for (int y = 0; y < image->height; y++)
        for (int x = 0; x < image->width; x++)
            pixSetPixel(pix, x, y, image->pixels[y * image->stride + x]);
    return pix;
}

static void read_ours(struct bench *b, PIX *pix)
{
    AUTO_ARENA struct arena a = {.max = (size_t)1 << 30};
    PIX *ink = ink_of(pix);
    struct layout_page page = {.ink = pixGetData(ink),
                               .width = pixGetWidth(pix),
                               .height = pixGetHeight(pix),
                               .ink_words = pixGetWpl(ink),
                               .dpi = 300};
    struct layout layout;
    int64_t began = clock_cpu_us(), found;

    if (pixGetDepth(pix) == 8) {
        page.grey = pixGetData(pix);
        page.grey_words = pixGetWpl(pix);
    }
    layout_find(&a, &page, &layout);
    found = clock_cpu_us();
    if (b->draw)
        draw(b, pix, &layout);
    printf("page\t%s\town\t%ld\t0\t%s\n", b->path, (long)(found - began),
           layout.refusal ? layout.refusal : "-");
    for (size_t i = 0; i < layout.line_count; i++) {
        struct line_image image;
        PIX *line;
        char *text;

        layout_crop(&a, &page, &layout, &layout.lines[i], &image);
        line = pix_of(&image);
        text = recognise(b, line, 13);
        print_words(text);
        TessDeleteText(text);
        pixDestroy(&line);
    }
    pixDestroy(&ink);
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
    read_theirs(b, pix);
    read_ours(b, pix);
    pixDestroy(&grey);
    if (raw != pix)
        pixDestroy(&raw);
}

int main(int argc, char **argv)
{
    struct bench b = {.api = TessBaseAPICreate()};
    int64_t mode, seed;
    int at = 5;

    if (argc < 6 || !number_parse(argv[3], 0, 13, &mode) ||
        !number_parse(argv[4], 0, 1000000, &seed)) {
        fprintf(stderr, "usage: layout-bench MODEL_FOLDER MODEL PAGE_MODE SCAN_SEED [--draw "
                        "OUT.png] FILE…\n");
        return 2;
    }
    if (TessBaseAPIInit2(b.api, argv[1], argv[2], OEM_LSTM_ONLY) != 0)
        return 1;
    b.page_mode = (int)mode;
    if (strcmp(argv[at], "--draw") == 0) {
        b.draw = argv[at + 1];
        at += 2;
    }
    for (; at < argc; at++) {
        b.path = argv[at];
        read_file(&b, (unsigned)(seed ? seed + at : 0));
    }
    TessBaseAPIEnd(b.api);
    TessBaseAPIDelete(b.api);
    return 0;
}
