/*
 * A day as printed: 12.03.2026, 2026-03-12, 2026. március 12., March 12, 2026, 12/3-26, 260312.
 */
#ifndef EXTRACT_DATE_H
#define EXTRACT_DATE_H

#include "models/civil_date.h"

#include <stdbool.h>

struct date_reading {
    struct civil_date date;
    struct civil_date other; /* a second reading (day and month swapped), or year 0 */
    bool has_month_name;
    bool is_compact;          /* no separators but spaces: only a label makes it a date */
    bool is_repaired;         /* by date_repair() */
    bool is_padded;           /* a day or month below ten has its zero … */
    struct civil_date longer; /* or it has not: the same with a digit before it, or year 0 */
};

/* Whole string or nothing. `month_first`: slashes are read month/day unless that is no date. */
bool date_parse(const char *text, bool month_first, struct date_reading *ret);

/* The date a recognised text was that is none as it stands: letters for figures ("II-05-2025",
 * "O6.01.2026"), or a mark lost between figures ("2701.2025"). */
bool date_repair(const char *text, bool month_first, struct date_reading *ret);

#endif
