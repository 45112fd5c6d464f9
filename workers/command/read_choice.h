/*
 * What a person may choose for `bilag read`: which pages, and in which language.
 */
#ifndef WORKERS_READ_CHOICE_H
#define WORKERS_READ_CHOICE_H

#include <stdbool.h>
#include <stddef.h>

struct err;

#define PAGE_RANGES_MAX 64

struct page_ranges {
    struct {
        int first, last;
    } items[PAGE_RANGES_MAX];
    size_t count; /* 0: every page */
};

/* "1-3,7,9-": ERR_USAGE for anything else. */
int page_ranges_parse(const char *text, struct page_ranges *ret, struct err *err);
bool page_ranges_hold(const struct page_ranges *ranges, int number);

struct language_choice {
    const char *tag; /* BCP 47, for the PDF; "" when several were asked for */
    char *model;     /* owned; path of another model, or NULL: the Latin one serves */
};

/* "eng", "deu+nor", "de", "Latin" as OCRmyPDF and Tesseract spell them. English, German, Norwegian,
 * Swedish, Danish and Hungarian are all read by the one Latin model; exactly one other language
 * takes the model of that name in `folder` or its script/. ERR_NOT_FOUND naming the package to
 * install, ERR_USAGE when others are mixed. */
int language_choose(const char *text, const char *folder, struct language_choice *ret,
                    struct err *err);

#endif
