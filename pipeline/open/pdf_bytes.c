/*
 * What a PDF's bytes tell without a parser: whether the end is missing, and which images it holds.
 * Dictionaries of streams are never compressed or encrypted, so a search finds them all; a file
 * that hides them from a search only loses a shortcut.
 */
#include "pipeline/open/pdf.h"

#include <ctype.h>
#include <string.h>

/* A linearised file says its own length near its start: "/L 12345". */
static bool is_shorter_than_it_says(const struct source *src)
{
    size_t head = src->length < 1024 ? src->length : 1024;
    const char *p = memmem(src->bytes, head, "/Linearized", 11);
    const char *end = (const char *)src->bytes + head;
    size_t length = 0;

    p = p ? memmem(p, (size_t)(end - p), "/L ", 3) : NULL;
    for (p = p ? p + 3 : end; p < end && isdigit((unsigned char)*p) && length < SIZE_MAX / 16; p++)
        length = length * 10 + (size_t)(*p - '0');
    return length > src->length;
}

bool pdf_is_cut(const struct source *src)
{
    return !memmem(src->bytes, src->length, "%%EOF", 5) || is_shorter_than_it_says(src);
}

/* The integer behind `key` within the dictionary around `at`, or 0. */
static int dictionary_number(const struct source *src, const unsigned char *at, const char *key)
{
    const unsigned char *begin = at - src->bytes > 512 ? at - 512 : src->bytes;
    const unsigned char *end = src->bytes + src->length, *p;
    int value = 0;

    for (p = at; p > begin && memcmp(p, "<<", 2) != 0; p--)
        ;
    end = (size_t)(end - p) > 1536 ? p + 1536 : end;
    end = memmem(p, (size_t)(end - p), "stream", 6) ?: end;
    p = memmem(p, (size_t)(end - p), key, strlen(key));
    for (p = p ? p + strlen(key) : end; p < end && isspace(*p); p++)
        ;
    for (; p < end && isdigit(*p) && value < 100000000; p++)
        value = value * 10 + (*p - '0');
    return value;
}

/* The next "/Image" that is a whole name, "/ImageB" and its like being none; NULL at the end. */
static const unsigned char *next_image(const unsigned char *p, const unsigned char *end)
{
    while ((p = memmem(p, (size_t)(end - p), "/Image", 6)) && p + 6 < end && isalnum(p[6]))
        p += 6;
    return p;
}

size_t pdf_image_sizes(const struct source *src, struct pdf_image_size *sizes, size_t max)
{
    const unsigned char *p = src->bytes, *end = src->bytes + src->length;
    size_t count = 0;

    while (count < max && (p = next_image(p, end))) {
        struct pdf_image_size size = {dictionary_number(src, p, "/Width"),
                                      dictionary_number(src, p, "/Height")};

        if (size.width_px > 0 && size.height_px > 0)
            sizes[count++] = size;
        p += 6;
    }
    return count;
}

bool pdf_has_images(const struct source *src)
{
    return next_image(src->bytes, src->bytes + src->length) != NULL;
}
