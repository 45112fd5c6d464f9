/*
 * What went wrong, told once by whoever knows, wrapped on the way up.
 *
 * A function that can fail returns 0 or a negative ERR_* and fills the caller's struct err; on
 * success the struct is untouched. `reason` is a short token a program can act on
 * ("pdf_encrypted"); `text` is a sentence for people. Neither carries document text.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

enum {
    ERR_USAGE = -1, /* the caller's words are wrong */
    ERR_IO = -2,    /* the world below us: disk, pipe, descriptor */
    ERR_NOT_FOUND = -3,
    ERR_CONFLICT = -4,    /* somebody else changed it, or it exists already */
    ERR_UNREACHABLE = -5, /* Redis or the database does not answer */
    ERR_INVALID = -6,     /* bytes from outside that are not what they should be */
    ERR_LIMIT = -7,       /* outside a configured or built-in limit */
    ERR_TIMEOUT = -8,
    ERR_CRASHED = -9,   /* a child died without an answer */
    ERR_STALE = -10,    /* our fence is old: the job belongs to someone else */
    ERR_INTERNAL = -11, /* our own mistake, caught */
};

struct err {
    int code;           /* ERR_*, or 0 while nothing failed */
    const char *reason; /* static token, or NULL */
    char text[400];     /* UTF-8, one line, cut if too long */
};

/* Fills `err` (may be NULL) and returns `code`. */
int err_set(struct err *err, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* As err_set, with strerror(errno) behind the text; returns `code`. */
int err_errno(struct err *err, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts "what we were doing: " in front of the text; returns `code`. */
int err_wrap(struct err *err, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The name of a code for logs and JSON: "not_found"; "unknown" for anything else. */
const char *err_name(int code);

/* The exit status the command line promises for a code (0 to 5). */
int err_exit_status(int code);

/* Our own mistake: says where, and aborts, in release builds too. */
#define BUG(...) err_bug(__FILE__, __LINE__, __VA_ARGS__)
_Noreturn void err_bug(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
