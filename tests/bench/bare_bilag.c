/*
 * bilag's own reading alone, on the pages of TIFF files: line finder and recogniser, nothing
 * before, nothing after; what bare-tesseract is to libtesseract.
 *
 *   bare-bilag MODEL KERNEL ROUNDS FILE…      KERNEL: "-" for the fastest here
 *
 * Prints pages, CPU seconds, and the peak of private memory in kB (the mapped model is not) after
 * the first round and after the last.
 */
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/number.h"
#include "pipeline/read/layout/layout.h"
#include "recogniser/recogniser.h"

#include <leptonica/allheaders.h>
#include <stdio.h>
#include <string.h>

static void read_page_words(const struct recogniser *r, struct arena *a, PIX *pix)
{
    struct layout_page page = {.width = pixGetWidth(pix), .height = pixGetHeight(pix), .dpi = 300};
    struct recognised_line *texts;
    struct line_image *images;
    struct layout layout;
    struct err err = {0};

    if (pixGetDepth(pix) == 8) {
        page.grey = pixGetData(pix);
        page.grey_words = pixGetWpl(pix);
        layout_ink(a, &page);
    } else {
        page.ink = pixGetData(pix);
        page.ink_words = pixGetWpl(pix);
    }
    layout_find(a, &page, &layout);
    images = arena_alloc_array(a, layout.line_count, sizeof *images);
    texts = arena_alloc_array(a, layout.line_count, sizeof *texts);
    for (size_t i = 0; i < layout.line_count; i++)
        layout_crop(a, &page, &layout, &layout.lines[i], &images[i]);
    if (recogniser_read(r, a, images, layout.line_count, texts, &err) < 0)
        fprintf(stderr, "bare-bilag: %s\n", err.text);
}

/* Page by page, as the line does: a file of many pages is never in memory whole. */
static int read_file(const struct recogniser *r, struct arena *a, const char *path)
{
    size_t offset = 0;
    int n = 0;

    do {
        PIX *page = pixReadFromMultipageTiff(path, &offset), *grey;

        if (!page)
            break;
        grey = pixGetDepth(page) > 8 ? pixConvertTo8(page, 0) : pixClone(page);
        read_page_words(r, a, grey);
        arena_clear(a);
        pixDestroy(&grey);
        pixDestroy(&page);
        n++;
    } while (offset != 0);
    return n;
}

/* The most memory of this process that no file backs, so far: all it ever held less what is
 * mapped. */
static long private_kb(void)
{
    AUTO_FCLOSE FILE *in = fopen("/proc/self/status", "r");
    char line[200];
    long peak_kb = 0, mapped_kb = 0;

    while (in && fgets(line, sizeof line, in)) {
        sscanf(line, "VmHWM: %ld", &peak_kb);
        sscanf(line, "RssFile: %ld", &mapped_kb);
    }
    return peak_kb - mapped_kb;
}

int main(int argc, char **argv)
{
    struct recogniser_options options = {.path = argc > 2 ? argv[1] : "",
                                         .kernel = argc > 2 && argv[2][0] != '-' ? argv[2] : NULL};
    struct recogniser *r;
    struct err err = {0};
    AUTO_ARENA struct arena a = {.max = (size_t)1 << 30};
    int64_t rounds, began_us;
    long first_kb = 0, pages = 0;

    if (argc < 5 || !number_parse(argv[3], 1, 1000000, &rounds)) {
        fprintf(stderr, "usage: bare-bilag MODEL KERNEL ROUNDS FILE…\n");
        return 2;
    }
    if (recogniser_new(&options, &r, &err) < 0) {
        fprintf(stderr, "bare-bilag: %s\n", err.text);
        return 1;
    }
    began_us = clock_cpu_us();
    for (int64_t round = 0; round < rounds; round++) {
        for (int i = 4; i < argc; i++)
            pages += read_file(r, &a, argv[i]);
        first_kb = round ? first_kb : private_kb();
    }
    printf("%ld %.3f %ld %ld\n", pages, (double)(clock_cpu_us() - began_us) / 1e6, first_kb,
           private_kb());
    recogniser_free(r);
    return 0;
}
