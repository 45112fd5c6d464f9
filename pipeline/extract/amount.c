/*
 * Reads printed amounts: currency signs and signs are peeled off both ends, what is left must be
 * digits in groups. The last mark is the decimal mark unless three digits follow it alone; then the
 * text itself cannot tell and both readings are given.
 */
#include "pipeline/extract/amount.h"

#include "base/arena.h"
#include "base/mem.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { DIGITS_MAX = 14, CORE_SIZE = 64 }; /* times AMOUNT_SCALE it fits 64 bits */

#define SIGN(text, code)                                                                           \
    {                                                                                              \
        text, code, sizeof text - 1                                                                \
    }

static const struct {
    const char *sign, *code;
    size_t length;
} signs[] = {
    SIGN("NOK", "NOK"),  SIGN("SEK", "SEK"), SIGN("DKK", "DKK"), SIGN("EUR", "EUR"),
    SIGN("HUF", "HUF"),  SIGN("GBP", "GBP"), SIGN("USD", "USD"), SIGN("CHF", "CHF"),
    SIGN("€", "EUR"),    SIGN("£", "GBP"),   SIGN("US$", "USD"), SIGN("$", "USD"),
    SIGN("Ft.", "HUF"),  SIGN("Ft", "HUF"),  SIGN("kr.", "kr"),  SIGN("kr", "kr"),
    SIGN("RM", "MYR"),   SIGN("MYR", "MYR"), SIGN("PLN", "PLN"), SIGN("CZK", "CZK"),
    SIGN("Euro", "EUR"),
};

/* Whatever the case. Asked a thousand times a page: case is one bit of a byte, so the first byte
 * alone mostly says no. */
static inline bool is_same(const char *text, const char *sign, size_t length)
{
    return ((text[0] ^ sign[0]) & ~0x20) == 0 && strncasecmp(text, sign, length) == 0;
}

const char *currency_of_sign(const char *text, int length)
{
    for (size_t i = 0; i < ARRAY_LENGTH(signs); i++)
        if (signs[i].length == (size_t)length && is_same(text, signs[i].sign, signs[i].length))
            return signs[i].code;
    return NULL;
}

struct span {
    const char *start, *end;
};

static void note_currency(struct amount *amount, const char *code)
{
    if (strcmp(code, "kr") == 0)
        amount->has_krone = true;
    else
        amount->currency = code;
}

/* Removes a currency from either end; the longest sign first by the order of the table. */
static bool peel_currency(struct span *s, struct amount *amount)
{
    for (size_t i = 0; i < ARRAY_LENGTH(signs); i++) {
        size_t n = signs[i].length;

        if ((size_t)(s->end - s->start) <= n)
            continue;
        if (is_same(s->start, signs[i].sign, n)) {
            s->start += n;
            note_currency(amount, signs[i].code);
            return true;
        }
        if (is_same(s->end - n, signs[i].sign, n)) {
            s->end -= n;
            note_currency(amount, signs[i].code);
            return true;
        }
    }
    return false;
}

static inline bool peel_text(struct span *s, const char *text, bool at_end)
{
    size_t n = strlen(text);

    if ((size_t)(s->end - s->start) <= n)
        return false;
    if (!is_same(at_end ? s->end - n : s->start, text, n))
        return false;
    if (at_end)
        s->end -= n;
    else
        s->start += n;
    return true;
}

/* Everything around the digits: signs, currencies, ",-", percent. Gives whether it is negative. */
static bool peel_all(struct span *s, struct amount *amount)
{
    static const char *const minus[] = {"-", "−", "–", "—", "‐", "‑"};
    bool is_negative = false, changed = true;

    while (changed) {
        changed = peel_text(s, " ", false) || peel_text(s, " ", true) || peel_text(s, "+", false) ||
                  peel_text(s, "*", true) || peel_text(s, ":", false) || peel_text(s, "=", false) ||
                  peel_currency(s, amount);
        if (peel_text(s, "CR", true) || (s->start[0] == '(' && peel_text(s, ")", true)))
            changed = is_negative = true;
        if (s->start[0] == '(')
            changed |= peel_text(s, "(", false);
        if (peel_text(s, ",-", true) || peel_text(s, ":-", true) || peel_text(s, ".-", true) ||
            peel_text(s, ",--", true) || peel_text(s, ",–", true) || peel_text(s, ",—", true)) {
            amount->decimals = 0;
            changed = true;
        }
        if (peel_text(s, "%", true))
            changed = amount->is_percent = true;
        for (size_t i = 0; i < ARRAY_LENGTH(minus); i++)
            if (peel_text(s, minus[i], false) || peel_text(s, minus[i], true))
                changed = is_negative = true;
    }
    return is_negative;
}

static char repair(char c)
{
    static const char from[] = "OoQDlI|SsBZz", to[] = "000011155822";
    const char *at = c ? strchr(from, c) : NULL;

    return at ? to[at - from] : c;
}

/* Copies the digits and marks with every kind of space and apostrophe made one. */
static bool copy_core(const struct span *s, bool may_repair, char core[CORE_SIZE],
                      struct amount *amount)
{
    int used = 0, digits = 0, letters = 0;

    for (const char *p = s->start; p < s->end; p++) {
        char c = *p;

        if (used + 1 >= CORE_SIZE)
            return false;
        if (strncmp(p, "\u00a0", 2) == 0 || strncmp(p, "\u2019", 3) == 0 ||
            strncmp(p, "\u202f", 3) == 0 || strncmp(p, "\u2009", 3) == 0) {
            c = ' ';
            p += (unsigned char)*p == 0xc2 ? 1 : 2;
        }
        if (may_repair && isalpha((unsigned char)c) && repair(c) != c) {
            letters++;
            c = repair(c);
        }
        digits += isdigit((unsigned char)c) != 0;
        if (c == '\'')
            c = ' ';
        if (c == ':' && s->end - p == 3) /* "1 250:00", kronor and öre */
            c = ',';
        if (may_repair && c == ' ' && used > 0 && (core[used - 1] == ',' || core[used - 1] == '.'))
            continue; /* "55948, 23" */
        if (may_repair && c == ':' && used > 0 && p + 1 < s->end && p[1] == ' ')
            continue; /* "77: 688,91", a speck */
        if (!isdigit((unsigned char)c) && c != ' ' && c != '.' && c != ',')
            return false;
        core[used++] = c;
    }
    core[used] = '\0';
    amount->is_repaired = letters > 0;
    return used > 0 && digits > 0 && (digits - letters) * 10 >= digits * 6 &&
           isdigit((unsigned char)core[0]) && isdigit((unsigned char)core[used - 1]);
}

/* Where the marks stand, and how many digits follow each. */
struct marks {
    int count, position[8], after[8];
    char mark[8];
    int digits, before;
};

static bool find_marks(const char *core, struct marks *m)
{
    *m = (struct marks){0};
    for (int i = 0; core[i]; i++) {
        if (isdigit((unsigned char)core[i])) {
            m->digits++;
            if (m->count == 0)
                m->before++;
            else
                m->after[m->count - 1]++;
            continue;
        }
        if (m->count == 8 || (i > 0 && !isdigit((unsigned char)core[i - 1])))
            return false;
        m->mark[m->count] = core[i];
        m->position[m->count++] = i;
    }
    return m->digits <= DIGITS_MAX;
}

/* The number with the last `decimals` digits behind the point, in ten-thousandths. */
static int64_t scaled(const char *core, int decimals)
{
    int64_t value = 0;

    for (const char *p = core; *p; p++)
        if (isdigit((unsigned char)*p))
            value = value * 10 + (*p - '0');
    for (int i = decimals; i < 4; i++)
        value *= 10;
    for (int i = 4; i < decimals; i++)
        value /= 10;
    return value;
}

/* Recognisers lose the first space of "1 246 090": then four or more digits stand before a group,
 * which only a currency or a zero at its head tells from a number of its own. */
static bool groups_are_whole(const struct marks *m, int count, bool may_repair)
{
    int most = may_repair && count > 0 && m->mark[0] == ' ' ? 6 : 3;

    if (count > 0 && (m->before > most || m->before < 1))
        return false;
    for (int i = 0; i < count; i++)
        if (m->after[i] != 3 || m->mark[i] != m->mark[0])
            return false;
    return true;
}

static bool is_one_number(const char *core, const struct marks *m, const struct amount *amount)
{
    return amount->decimals == 0 || amount->currency || amount->has_krone ||
           core[m->position[0] + 1] == '0';
}

static bool read_core(const char *core, const struct marks *m, bool may_repair,
                      struct amount *amount)
{
    int last = m->count - 1, decimals = m->count ? m->after[last] : 0;

    if (m->count == 0) {
        amount->value = scaled(core, 0);
        return true;
    }
    amount->has_group = true;
    if (groups_are_whole(m, m->count, may_repair && is_one_number(core, m, amount)) &&
        (m->count > 1 || m->mark[0] == ' ')) {
        amount->value = scaled(core, 0);
        return true;
    }
    if (may_repair && m->count == 1 && m->mark[0] == ' ' && decimals == 2 && amount->decimals < 0 &&
        (amount->currency || amount->has_krone)) { /* "RM9 50" */
        amount->has_group = false;
        amount->decimals = 2;
        amount->value = scaled(core, 2);
        return true;
    }
    if (m->mark[last] == ' ' || decimals > 6 || !groups_are_whole(m, last, may_repair) ||
        (last > 0 && m->mark[last] == m->mark[0]))
        return false;
    amount->decimal_mark = m->mark[last];
    amount->has_group = last > 0;
    if (decimals == 3 && last == 0 && m->before <= 3 && core[0] != '0') {
        amount->is_ambiguous = true;
        amount->other = scaled(core, 3);
        amount->value = scaled(core, 0);
        amount->has_group = true;
        return true;
    }
    amount->decimals = (int8_t)decimals;
    amount->value = scaled(core, decimals);
    return true;
}

bool amount_parse(const char *text, bool may_repair, struct amount *ret)
{
    struct amount amount = {.decimals = -1};
    struct span span = {text, text + strlen(text)};
    char core[CORE_SIZE];
    struct marks marks;
    bool is_negative;

    if (span.start == span.end)
        return false;
    is_negative = peel_all(&span, &amount);
    if (may_repair && span.end - span.start > 5 &&
        memchr(span.start, ' ', (size_t)(span.end - span.start)))
        peel_text(&span, ",", true); /* "2 310 250,": the dash behind it is lost */
    if (!copy_core(&span, may_repair, core, &amount) || !find_marks(core, &marks) ||
        !read_core(core, &marks, may_repair, &amount))
        return false;
    if (is_negative) {
        amount.value = -amount.value;
        amount.other = -amount.other;
    }
    *ret = amount;
    return true;
}

int64_t amount_to_minor(int64_t value)
{
    return (value + (value < 0 ? -50 : 50)) / 100;
}

/* quantity x price in ten-thousandths, rounded; saturates far above any price. */
static int64_t product(int64_t a, int64_t b)
{
    __int128 wide = (__int128)a * b;

    if (wide < 0)
        wide = -wide;
    wide = (wide + AMOUNT_SCALE / 2) / AMOUNT_SCALE;
    return wide > INT64_MAX / 4 ? INT64_MAX / 4 : (int64_t)wide;
}

bool amount_multiplies(int64_t quantity, int64_t price, int64_t amount)
{
    int64_t difference = llabs(product(quantity, price) - llabs(amount));

    return amount != 0 && difference <= 100; /* one minor unit */
}

const char *amount_text(struct arena *a, int64_t value, int decimals)
{
    int places = 4;
    int64_t scale = AMOUNT_SCALE, part = llabs(value);

    while (places > decimals && part % 10 == 0) {
        part /= 10;
        scale /= 10;
        places--;
    }
    if (places == 0)
        return arena_printf(a, "%s%lld", value < 0 ? "-" : "", (long long)part);
    return arena_printf(a, "%s%lld.%0*lld", value < 0 ? "-" : "", (long long)(part / scale), places,
                        (long long)(part % scale));
}
