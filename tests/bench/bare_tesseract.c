/*
 * The yardstick: libtesseract alone on the pages of TIFF files, nothing before, nothing after.
 * Prints pages and CPU seconds.   bare-tesseract MODEL_FOLDER MODEL PAGE_MODE FILE…
 */
#include "base/clock.h"
#include "base/number.h"

#include <leptonica/allheaders.h>
#include <stdio.h>
#include <tesseract/capi.h>

/* One file's pages, read by Leptonica as the `tesseract` command does. */
static int read_file(TessBaseAPI *api, const char *path)
{
    PIXA *pages = pixaReadMultipageTiff(path);
    int n = pages ? pixaGetCount(pages) : 0;

    for (int i = 0; i < n; i++) {
        PIX *page = pixaGetPix(pages, i, L_CLONE);
        char *text;

        TessBaseAPISetImage2(api, page);
        TessBaseAPISetSourceResolution(api, 300);
        text = TessBaseAPIGetUTF8Text(api);
        TessDeleteText(text);
        TessBaseAPIClear(api);
        pixDestroy(&page);
    }
    pixaDestroy(&pages);
    return n;
}

int main(int argc, char **argv)
{
    TessBaseAPI *api = TessBaseAPICreate();
    int64_t mode, began_us;
    int pages = 0;

    if (argc < 5 || !number_parse(argv[3], 0, 13, &mode)) {
        fprintf(stderr, "usage: bare-tesseract MODEL_FOLDER MODEL PAGE_MODE FILE…\n");
        return 2;
    }
    if (TessBaseAPIInit2(api, argv[1], argv[2], OEM_LSTM_ONLY) != 0)
        return 1;
    TessBaseAPISetPageSegMode(api, (TessPageSegMode)mode);
    began_us = clock_cpu_us();
    for (int i = 4; i < argc; i++)
        pages += read_file(api, argv[i]);
    printf("%d %.3f\n", pages, (double)(clock_cpu_us() - began_us) / 1e6);
    TessBaseAPIEnd(api);
    TessBaseAPIDelete(api);
    return 0;
}
