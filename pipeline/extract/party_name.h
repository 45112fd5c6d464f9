/*
 * A company's whole name, from one line of it. Letterheads break long names over lines or show the
 * brand alone, scanners lose legal forms; where the paper prints the name again, the printings are
 * compared. Private to party*.c.
 */
#ifndef EXTRACT_PARTY_NAME_H
#define EXTRACT_PARTY_NAME_H

#include "models/field.h"
#include "pipeline/extract/party_lines.h"

/* Fills `field` with the name that line `at` is part of. A fuller printing elsewhere takes its
 * place unless `is_whole`: a label says that this is the name. `confidence` is that the line names
 * the party; a printing that differs lowers it and becomes the alternative. */
void party_name_fill(const struct party_lines *lines, const struct sheet *s, struct arena *a,
                     int at, bool is_whole, float confidence, struct field *field);

/* Fills `field` with these lines from the top down, `between` them. */
void party_name_fill_lines(const struct party_lines *lines, const struct sheet *s, struct arena *a,
                           const int *at, int count, const char *between, float confidence,
                           struct field *field);

#endif
