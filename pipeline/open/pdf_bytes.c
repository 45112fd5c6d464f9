/*
 * What a PDF's bytes tell without a parser: whether the end is missing, whether its objects could
 * be mistaken for one another, and which images it holds. Dictionaries of streams are never
 * compressed or encrypted, so a search finds them all; a file that hides them from a search only
 * loses a shortcut.
 */
#include "pipeline/open/pdf.h"

#include "base/mem.h"

#include <ctype.h>
#include <string.h>

#define OBJECTS_MAX ((size_t)1 << 20)

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

/* White space, then digits; 0 where there are none. */
static int number_after(const struct source *src, const unsigned char *p)
{
    const unsigned char *end = src->bytes + src->length;
    int value = 0;

    while (p < end && isspace(*p))
        p++;
    for (; p < end && isdigit(*p) && value < 100000000; p++)
        value = value * 10 + (*p - '0');
    return value;
}

/* Digits that end before `*at`, white space between; moves it to where they begin. -1: none. */
static int64_t number_before(const unsigned char *begin, const unsigned char **at)
{
    const unsigned char *p = *at, *end;
    int64_t value = 0;

    while (p > begin && isspace(p[-1]))
        p--;
    for (end = p; p > begin && isdigit(p[-1]) && end - p < 10; p--)
        ;
    for (*at = p; p < end; p++)
        value = 10 * value + (*p - '0');
    return *at < end ? value : -1;
}

/* Where "N G obj" stands, N; -1 where this "obj" is none such. */
static int64_t object_number(const struct source *src, const unsigned char *obj)
{
    const unsigned char *at = obj;

    return number_before(src->bytes, &at) < 0 ? -1 : number_before(src->bytes, &at);
}

static bool objects_are_unique(const struct source *src)
{
    const unsigned char *p = src->bytes, *end = src->bytes + src->length;
    AUTO_FREE bool *seen = mem_alloc_array(OBJECTS_MAX, sizeof *seen);

    for (; (p = memmem(p, (size_t)(end - p), "obj", 3)); p += 3) {
        int64_t number = object_number(src, p);

        if (number < 0)
            continue;
        if (number >= (int64_t)OBJECTS_MAX || seen[number])
            return false;
        seen[number] = true;
    }
    return true;
}

/* Every trailer names the same one. */
static bool root_is_unique(const struct source *src)
{
    const unsigned char *p = src->bytes, *end = src->bytes + src->length;
    int first = 0;

    for (; (p = memmem(p, (size_t)(end - p), "/Root", 5)); p += 5) {
        int root = number_after(src, p + 5);

        if (first && root != first)
            return false;
        first = root;
    }
    return first > 0;
}

bool pdf_is_unambiguous(const struct source *src)
{
    return !memmem(src->bytes, src->length, "/ObjStm", 7) && root_is_unique(src) &&
           objects_are_unique(src);
}

/* The integer behind `key` within the dictionary around `at`, or 0. */
static int dictionary_number(const struct source *src, const unsigned char *at, const char *key)
{
    const unsigned char *begin = at - src->bytes > 512 ? at - 512 : src->bytes;
    const unsigned char *end = src->bytes + src->length, *p;

    for (p = at; p > begin && memcmp(p, "<<", 2) != 0; p--)
        ;
    end = (size_t)(end - p) > 1536 ? p + 1536 : end;
    end = memmem(p, (size_t)(end - p), "stream", 6) ?: end;
    p = memmem(p, (size_t)(end - p), key, strlen(key));
    return p ? number_after(src, p + strlen(key)) : 0;
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
