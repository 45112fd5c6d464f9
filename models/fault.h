/*
 * What can be wrong with a file or a page: a token for programs, a sentence and remedy for people.
 *
 * Pipeline code calls fault_set(); the token travels in err->reason, ends in SQL and is shown by
 * `bilag doc why`. A permanent fault is not retried: the same bytes fail the same way.
 */
#ifndef MODELS_FAULT_H
#define MODELS_FAULT_H

#include <stdbool.h>

struct err;

enum fault {
    FAULT_EMPTY,             /* no bytes, or nothing but spaces */
    FAULT_TOO_LARGE,         /* over the configured size in bytes */
    FAULT_TOO_MANY_PAGES,    /* over the configured page count */
    FAULT_TOO_MANY_PIXELS,   /* over the configured pixels of one page */
    FAULT_UNKNOWN_KIND,      /* no format we open */
    FAULT_ENCRYPTED,         /* wants a password */
    FAULT_TRUNCATED,         /* ends too early */
    FAULT_CORRUPT,           /* structure is broken */
    FAULT_CYCLIC,            /* refers to itself without end */
    FAULT_NO_PAGES,          /* a document without pages */
    FAULT_BAD_XML,           /* not well-formed, or holds a DOCTYPE */
    FAULT_NOT_AN_INVOICE,    /* XML, but neither UBL nor CII invoice */
    FAULT_TOO_DEEP,          /* mail within mail, elements within elements */
    FAULT_TOO_MANY_PARTS,    /* more attachments than allowed */
    FAULT_TIMEOUT,           /* the reader ran out of time */
    FAULT_CRASHED,           /* the reader died on it */
    FAULT_TOO_BIG_IN_MEMORY, /* the reader ran out of memory */
    FAULT_LOG_FLOOD,         /* the libraries printed without end */
    FAULT_BAD_ANSWER,        /* the reader's answer broke its own rules */
    FAULT_COUNT
};

struct fault_info {
    const char *name;     /* "pdf_encrypted"-like token: "encrypted" */
    const char *sentence; /* what is wrong, for a clerk */
    const char *remedy;   /* what to do about it */
    bool is_permanent;
};

const struct fault_info *fault_info(enum fault fault);

/* The row with this token, or NULL. */
const struct fault_info *fault_find(const char *name);

/* Fills err with ERR_INVALID (or ERR_LIMIT for limits), the token and "sentence (detail)"; returns
 * the code. `format` tells the place or figure and may be "". */
int fault_set(struct err *err, enum fault fault, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
