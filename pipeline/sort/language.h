/* Which of the six languages a text is in. */
#ifndef SORT_LANGUAGE_H
#define SORT_LANGUAGE_H

#include "pipeline/extract/sheet.h"

/* "en", "nb", "sv", "da", "hu", "de", or "" when the words do not say. */
const char *language_of(const struct sheet *s);

#endif
