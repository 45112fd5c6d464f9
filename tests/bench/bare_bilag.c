/*
 * bilag's own reading alone, on the pages of TIFF files: decoder, line finder and recogniser,
 * nothing between, nothing after; what bare-tesseract is to libtesseract.
 *
 *   bare-bilag MODEL KERNEL ROUNDS FILE…      KERNEL: "-" for the fastest here
 *
 * Prints pages, CPU seconds, and the peak of private memory in kB (the mapped model is not) after
 * the first round and after the last.
 */
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/number.h"
#include "pipeline/open/open.h"
#include "pipeline/read/layout/layout.h"
#include "recogniser/recogniser.h"

#include <fcntl.h>
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

/* The most memory of this process that no file backs, since it was last asked: all it held less
 * what is mapped. */
static long private_kb(void)
{
    AUTO_FCLOSE FILE *in = fopen("/proc/self/status", "r");
    AUTO_FCLOSE FILE *out = fopen("/proc/self/clear_refs", "w");
    char line[200];
    long peak_kb = 0, mapped_kb = 0;

    while (in && fgets(line, sizeof line, in)) {
        sscanf(line, "VmHWM: %ld", &peak_kb);
        sscanf(line, "RssFile: %ld", &mapped_kb);
    }
    if (out)
        fputs("5", out);
    return peak_kb - mapped_kb;
}

/* Page by page, decoded as in the line: a file of many pages is never in memory whole. Returns how
 * many there were. */
static int read_file(const struct recogniser *r, struct arena *a, const char *path, long *peak_kb)
{
    static const struct open_limits limits = {
        .file_bytes = (size_t)1 << 30, .pages = 1000, .pixels = 100000000, .render_dpi = 300};
    AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct page_image image = {0};
    const unsigned char *bytes;
    size_t length;
    int n = 0;

    if (fd < 0 || file_map(fd, &bytes, &length, NULL) < 0)
        return 0;
    while (open_page_grey(a, bytes, length, n + 1, &limits, &image, NULL) == 0) {
        long kb;

        read_page_words(r, a, image.pix);
        arena_clear(a);
        kb = private_kb();
        *peak_kb = kb > *peak_kb ? kb : *peak_kb;
        n++;
    }
    arena_clear(a);
    file_unmap(bytes, length);
    return n;
}

int main(int argc, char **argv)
{
    struct recogniser_options options = {.path = argc > 2 ? argv[1] : "",
                                         .kernel = argc > 2 && argv[2][0] != '-' ? argv[2] : NULL};
    struct recogniser *r;
    struct err err = {0};
    AUTO_ARENA struct arena a = {.max = (size_t)1 << 30};
    int64_t rounds, began_us;
    long first_kb = 0, peak_kb = 0, pages = 0;

    if (argc < 5 || !number_parse(argv[3], 1, 1000000, &rounds)) {
        fprintf(stderr, "usage: bare-bilag MODEL KERNEL ROUNDS FILE…\n");
        return 2;
    }
    if (recogniser_new(&options, &r, &err) < 0) {
        fprintf(stderr, "bare-bilag: %s\n", err.text);
        return 1;
    }
    open_warm();
    began_us = clock_cpu_us();
    for (int64_t round = 0; round < rounds; round++) {
        for (int i = 4; i < argc; i++)
            pages += read_file(r, &a, argv[i], &peak_kb);
        first_kb = round ? first_kb : peak_kb;
    }
    printf("%ld %.3f %ld %ld\n", pages, (double)(clock_cpu_us() - began_us) / 1e6, first_kb,
           peak_kb);
    recogniser_free(r);
    return 0;
}
