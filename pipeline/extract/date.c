/*
 * Reads printed dates: the text falls into three parts (numbers or a month's name), and the parts'
 * widths and values leave one order, or two that both make a day (03/04/2026), which are both
 * given.
 */
#include "pipeline/extract/date.h"

#include "base/utf8.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Names in six languages, folded; a printed word must be the beginning of one of its line. */
static const char *const months[12] = {
    "january januar januari januar januar",
    "february februar februari februar",
    "march mars marts marcius marz maerz",
    "april aprilis",
    "may mai maj majus",
    "june juni junius",
    "july juli julius",
    "august augusti augusztus",
    "september szeptember",
    "october oktober",
    "november",
    "december desember dezember",
};

struct part {
    int value, digits; /* digits 0: a month's name */
};

static int month_named(const char *folded, size_t length)
{
    for (int m = 0; m < 12 && length >= 3; m++)
        for (const char *name = months[m]; name;
             name = strchr(name, ' ') ? strchr(name, ' ') + 1 : NULL) {
            size_t size = strcspn(name, " ");

            if (length <= size && strncmp(name, folded, length) == 0)
                return m + 1;
        }
    return 0;
}

static bool is_separator(char c)
{
    return c == ' ' || c == '.' || c == '-' || c == '/' || c == ',';
}

/* "1st", "22nd", "3rd", "4th", "25." */
static size_t ordinal_length(const char *p)
{
    static const char *const endings[] = {"st", "nd", "rd", "th"};

    for (int i = 0; i < 4; i++)
        if (strncmp(p, endings[i], 2) == 0 && !isalpha((unsigned char)p[2]))
            return 2;
    return 0;
}

static int read_parts(const char *text, struct part parts[3], char *ret_mark)
{
    int count = 0;

    for (const char *p = text; *p;) {
        struct part part = {0, 0};

        if (is_separator(*p)) {
            if (*p == ',' || (count == 1 && *p != ' ' && *ret_mark != ','))
                *ret_mark = *p;
            p++;
            continue;
        }
        if (count == 3)
            return 0;
        if (isdigit((unsigned char)*p)) {
            for (; isdigit((unsigned char)*p) && part.digits < 9; p++, part.digits++)
                part.value = part.value * 10 + (*p - '0');
            p += ordinal_length(p);
        } else {
            size_t length = strspn(p, "abcdefghijklmnopqrstuvwxyz");

            part.value = month_named(p, length);
            if (part.value == 0)
                return 0;
            p += length;
        }
        parts[count++] = part;
    }
    return count;
}

static int full_year(struct part part)
{
    if (part.digits == 2)
        return 2000 + part.value;
    return part.digits == 4 && part.value >= 1990 && part.value <= 2099 ? part.value : 0;
}

static bool make(struct part year, struct part month, struct part day, struct civil_date *ret)
{
    struct civil_date date = {(int16_t)full_year(year),
                              (int8_t)(month.value > 12 ? 0 : month.value),
                              (int8_t)(day.value > 31 ? 0 : day.value)};

    if (date.year == 0 || month.digits > 2 || day.digits > 2 || day.digits == 0 ||
        !civil_date_is_valid(date))
        return false;
    *ret = date;
    return true;
}

static bool read_compact(struct part part, struct date_reading *ret)
{
    struct part year = {part.value / 10000, part.digits == 8 ? 4 : 2};
    struct part month = {part.value / 100 % 100, 2}, day = {part.value % 100, 2};

    ret->is_compact = true;
    return (part.digits == 8 || part.digits == 6) && make(year, month, day, &ret->date);
}

/* What `date` was, had its month or its day lost the 1 before it. */
static struct civil_date lengthen(struct civil_date date, bool month, bool day)
{
    if (month && date.month <= 2)
        date.month = (int8_t)(date.month + 10);
    else if (day)
        date.day = (int8_t)(date.day + 10);
    else
        date.year = 0;
    return civil_date_is_valid(date) ? date : (struct civil_date){0};
}

static bool read_three(const struct part p[3], char mark, bool month_first,
                       struct date_reading *ret)
{
    struct civil_date day_first = {0}, other = {0};

    ret->has_month_name = p[0].digits == 0 || p[1].digits == 0;
    ret->is_compact = mark == 0 && !ret->has_month_name && p[0].digits == 2 && p[2].digits == 2;
    for (int i = 0; i < 3; i++)
        ret->is_padded |= p[i].digits == 2 && p[i].value < 10 && !ret->has_month_name;
    if (mark == ',' && !ret->has_month_name)
        return false; /* "4, 4.30" is prices */
    if (p[0].digits == 0)
        return make(p[2], p[0], p[1], &ret->date);
    if (p[0].digits == 4) {
        bool is_date = make(p[0], p[1], p[2], &ret->date);

        ret->longer = lengthen(ret->date, p[1].digits == 1, p[2].digits == 1);
        return is_date;
    }
    if (p[2].digits != 4 && p[2].digits != 2)
        return false;
    make(p[2], p[1], p[0], &day_first);
    if (p[1].digits != 0 && mark == '/')
        make(p[2], p[0], p[1], &other);
    if (day_first.year && other.year && (p[0].value == p[1].value))
        other.year = 0;
    ret->date = day_first.year && !(month_first && other.year) ? day_first : other;
    ret->other = ret->date.year == 0 || !other.year || !day_first.year ? (struct civil_date){0}
                 : month_first                                         ? day_first
                                                                       : other;
    if (p[1].digits != 0 && ret->other.year == 0)
        ret->longer = lengthen(ret->date, p[1].digits == 1, p[0].digits == 1);
    return ret->date.year != 0;
}

bool date_parse(const char *text, bool month_first, struct date_reading *ret)
{
    char folded[64], mark = 0;
    struct part parts[3];
    struct date_reading reading = {0};
    int count;

    if (strlen(text) > 40 || !strpbrk(text, "0123456789"))
        return false;
    utf8_fold(text, folded, sizeof folded);
    count = read_parts(folded, parts, &mark);
    if (count == 1 ? !read_compact(parts[0], &reading)
                   : count != 3 || !read_three(parts, mark, month_first, &reading))
        return false;
    *ret = reading;
    return true;
}

/* Letters that look like figures become figures; false when others are left, or hardly any figure
 * was there. */
static bool letters_to_figures(char *text)
{
    static const char letters[] = "OoQIlLSB", figures[] = "00011158";
    size_t changed = 0, digits = 0;

    for (char *p = text; *p; p++) {
        const char *at = strchr(letters, *p);

        if (at) {
            *p = figures[at - letters];
            changed++;
        } else if (!isdigit((unsigned char)*p) && !is_separator(*p)) {
            return false;
        }
        digits += isdigit((unsigned char)*p) != 0;
    }
    return digits >= 5 && 2 * changed < digits;
}

/* Eight figures with one mark: the other one is put where day, month and year end. */
static bool restore_mark(const char *text, char out[16])
{
    size_t left = strspn(text, "0123456789"), right;
    const char *rest = text + left + 1;
    char mark = text[left];

    if (mark != '.' && mark != '-' && mark != '/')
        return false;
    right = strspn(rest, "0123456789");
    if (left + right != 8 || (rest[right] != '\0' && strcmp(rest + right, ".") != 0))
        return false;
    if (left == 2) /* 17.072025 */
        snprintf(out, 16, "%.2s%c%.2s%c%.4s", text, mark, rest, mark, rest + 2);
    else if (left == 6) /* 202507.17 */
        snprintf(out, 16, "%.4s%c%.2s%c%.2s", text, mark, text + 4, mark, rest);
    else if (left == 4 && (strncmp(text, "20", 2) != 0 || strncmp(rest, "20", 2) == 0))
        snprintf(out, 16, "%.2s%c%.2s%c%.4s", text, mark, text + 2, mark, rest);
    else if (left == 4) /* 2025.0717 */
        snprintf(out, 16, "%.4s%c%.2s%c%.2s", text, mark, rest, mark, rest + 2);
    else
        return false;
    return true;
}

/* The month one of whose names, cut to this length, has all letters but one; 0 for none or two. */
static int month_near(const char *folded, size_t length)
{
    int found = 0;

    for (int m = 0; m < 12; m++)
        for (const char *name = months[m]; name;
             name = strchr(name, ' ') ? strchr(name, ' ') + 1 : NULL) {
            size_t wrong = 0;

            for (size_t i = 0; i < length; i++)
                wrong += i >= strcspn(name, " ") || name[i] != folded[i];
            if (wrong == 1 && found && found != m + 1)
                return 0;
            found = wrong == 1 ? m + 1 : found;
        }
    return found;
}

/* "Nuv 3, 2026": a date to the year whose month has one letter wrong. */
static bool repair_month(const char *text, bool month_first, struct date_reading *ret)
{
    char folded[64], mended[64];
    size_t start, length, year;
    int month;

    utf8_fold(text, folded, sizeof folded);
    start = strcspn(folded, "abcdefghijklmnopqrstuvwxyz");
    length = strspn(folded + start, "abcdefghijklmnopqrstuvwxyz");
    year = strlen(folded) < 4 ? 0 : strlen(folded) - 4;
    if (length < 3 || strspn(folded + year, "0123456789") != 4 ||
        strpbrk(folded + start + length, "abcdefghijklmnopqrstuvwxyz"))
        return false;
    month = month_near(folded + start, length);
    if (month == 0)
        return false;
    snprintf(mended, sizeof mended, "%.*s%.3s%s", (int)start, folded, months[month - 1],
             folded + start + length);
    return date_parse(mended, month_first, ret);
}

bool date_repair(const char *text, bool month_first, struct date_reading *ret)
{
    char figures[32], marked[16];

    if (strlen(text) < 8 || strlen(text) >= sizeof figures)
        return false;
    if (repair_month(text, month_first, ret))
        return ret->is_repaired = true;
    memcpy(figures, text, strlen(text) + 1);
    if (!letters_to_figures(figures))
        return false;
    if (restore_mark(figures, marked))
        memcpy(figures, marked, sizeof marked);
    if (strcmp(figures, text) == 0 || !date_parse(figures, month_first, ret) || ret->is_compact)
        return false;
    return ret->is_repaired = true;
}
