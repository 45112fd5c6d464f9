/* Log lines written with one write(2) each, so that processes sharing stderr do not mix them. */
#include "base/log.h"

#include "base/clock.h"
#include "base/utf8.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES 2048
#define VALUE_MAX_BYTES 256

static const char *program_name = "bilag";
static enum log_level level_max = LOG_LEVEL_WARNING;
static const char *const level_names[] = {"error", "warning", "info", "debug"};

void log_init(const char *program, enum log_level level)
{
    program_name = program;
    level_max = level;
}

static void write_line(enum log_level level, const char *event, const char *format, va_list args)
{
    char line[LINE_MAX_BYTES], when[CLOCK_TEXT_SIZE];
    int saved = errno;
    size_t used;
    int n;

    if (level > level_max)
        return;
    clock_format(clock_now_ms(), when);
    n = snprintf(line, sizeof line, "%s %s %s %s ", when, level_names[level], program_name, event);
    used = n < 0 ? 0 : (size_t)n;
    if (used < sizeof line - 1)
        vsnprintf(line + used, sizeof line - used, format, args);
    used = strnlen(line, sizeof line - 1);
    line[used] = '\n';
    if (write(STDERR_FILENO, line, used + 1) < 0)
        errno = saved; /* nowhere left to say it */
    errno = saved;
}

#define LOG_FUNCTION(name, level)                                                                  \
    void name(const char *event, const char *format, ...)                                          \
    {                                                                                              \
        va_list args;                                                                              \
                                                                                                   \
        va_start(args, format);                                                                    \
        write_line(level, event, format, args);                                                    \
        va_end(args);                                                                              \
    }

LOG_FUNCTION(log_error, LOG_LEVEL_ERROR)
LOG_FUNCTION(log_warning, LOG_LEVEL_WARNING)
LOG_FUNCTION(log_info, LOG_LEVEL_INFO)
LOG_FUNCTION(log_debug, LOG_LEVEL_DEBUG)

struct log_value log_value(const char *text)
{
    struct log_value v;
    char clean[3 * VALUE_MAX_BYTES + 1];
    size_t used = 0, room = sizeof v.text - 2;
    const char *p = clean, *next = clean;

    text = text ? text : "";
    utf8_clean(text, strnlen(text, VALUE_MAX_BYTES), clean);
    v.text[used++] = '"';
    for (; utf8_next(&next) && used + 1 + (size_t)(next - p) < room; p = next) {
        if (*p == '"' || *p == '\\')
            v.text[used++] = '\\';
        memcpy(v.text + used, p, (size_t)(next - p));
        used += (size_t)(next - p);
    }
    v.text[used++] = '"';
    v.text[used] = '\0';
    return v;
}
