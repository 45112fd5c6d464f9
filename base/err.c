/*
 * Errors as values: a code for the program, a token for machines, a sentence for people.
 * Text that does not fit is cut, never an error of its own.
 */
#include "base/err.h"

#include "base/mem.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    int code;
    const char *name;
    int exit_status;
} kinds[] = {
    {0, "ok", 0},
    {ERR_USAGE, "usage", 2},
    {ERR_IO, "io", 1},
    {ERR_NOT_FOUND, "not_found", 3},
    {ERR_CONFLICT, "conflict", 4},
    {ERR_UNREACHABLE, "unreachable", 5},
    {ERR_INVALID, "invalid", 1},
    {ERR_LIMIT, "limit", 1},
    {ERR_TIMEOUT, "timeout", 1},
    {ERR_CRASHED, "crashed", 1},
    {ERR_STALE, "stale", 4},
    {ERR_INTERNAL, "internal", 1},
};

static void fill(struct err *err, int code, const char *format, va_list args)
{
    err->code = code;
    err->reason = NULL;
    vsnprintf(err->text, sizeof err->text, format, args);
}

int err_set(struct err *err, int code, const char *format, ...)
{
    va_list args;

    if (!err)
        return code;
    va_start(args, format);
    fill(err, code, format, args);
    va_end(args);
    return code;
}

int err_errno(struct err *err, int code, const char *format, ...)
{
    int saved = errno;
    va_list args;
    size_t used;

    if (!err)
        return code;
    va_start(args, format);
    fill(err, code, format, args);
    va_end(args);
    used = strlen(err->text);
    snprintf(err->text + used, sizeof err->text - used, ": %s", strerror(saved));
    errno = saved;
    return code;
}

int err_wrap(struct err *err, int code, const char *format, ...)
{
    char inner[sizeof err->text];
    va_list args;
    size_t used;

    if (!err)
        return code;
    memcpy(inner, err->text, sizeof inner);
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    used = strlen(err->text);
    snprintf(err->text + used, sizeof err->text - used, ": %s", inner);
    err->code = code;
    return code;
}

const char *err_name(int code)
{
    for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
        if (kinds[i].code == code)
            return kinds[i].name;
    return "unknown";
}

int err_exit_status(int code)
{
    for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
        if (kinds[i].code == code)
            return kinds[i].exit_status;
    return 1;
}

_Noreturn void err_bug(const char *file, int line, const char *format, ...)
{
    va_list args;

    fprintf(stderr, "BUG %s:%d: ", file, line);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    abort();
}
