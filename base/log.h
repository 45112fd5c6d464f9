/*
 * One line an event, as key=value pairs, on stderr (systemd's journal reads it from there).
 *
 *   log_info("job", "stage=%s ms=%d", …)  →  2026-11-21T14:03:59.123Z info worker job stage=…
 *
 * error: wake someone; warning: look tomorrow; info: history; debug: off. Values from outside go
 * through log_value() first. Only workers/ and tools log above debug. Never log document
 * text, account numbers or secrets above debug.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* `program` is borrowed for ever: "worker/1". Without it the level stays at warning. */
void log_init(const char *program, enum log_level level);

void log_error(const char *event, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_warning(const char *event, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_info(const char *event, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_debug(const char *event, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* `text` as one quoted value that cannot break the line or the terminal: control and bidirectional
 * characters dropped, line ends made spaces, bad bytes replaced, cut at a character to fit. */
struct log_value {
    char text[256];
};
struct log_value log_value(const char *text);

#endif
