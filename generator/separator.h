/*
 * Sheets a mailroom lays between documents, and blank ones.
 */
#ifndef GENERATOR_SEPARATOR_H
#define GENERATOR_SEPARATOR_H

#include "generator/paper.h"

enum separator {
    SEPARATOR_NONE,
    SEPARATOR_BLANK,
    SEPARATOR_PATCH,
    SEPARATOR_CODE39,
    SEPARATOR_QR,
    SEPARATOR_COUNT
};

/* The kind with this name ("none", "blank", "patch", "code39", "qr"), or SEPARATOR_COUNT. */
enum separator separator_named(const char *name);

/* An A4 page of this kind (page_free); not for SEPARATOR_NONE. */
struct page *separator_page(struct pen *pen, enum separator kind);

#endif
