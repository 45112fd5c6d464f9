/* Reads a certificate, checks its arithmetic, and says to which group a document belongs. */
#include "pipeline/extract/certificate.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char MAGIC[] = "bilag certificate 1\n";
enum { COUNT_MAX = 10000000 };

static const char *const group_names[CERTIFICATE_GROUPS] = {
    [GROUP_TEXT_NEW] = "text new",
    [GROUP_TEXT_KNOWN] = "text known",
    [GROUP_SCAN_NEW] = "scan new",
    [GROUP_SCAN_KNOWN] = "scan known",
};

const char *certificate_group_name(enum certificate_group group)
{
    return group_names[group];
}

/* How likely at most `wrong` of `n` are at a true rate of p, 0 < p < 1. */
static double chance(int wrong, int n, double p)
{
    double sum = 0;

    for (int i = 0; i <= wrong; i++)
        sum += exp(lgamma(n + 1.0) - lgamma(i + 1.0) - lgamma(n - i + 1.0) + i * log(p) +
                   (n - i) * log1p(-p));
    return sum;
}

/* The chance falls as the rate rises, so the rate is found by halving. */
double certificate_bound(int wrong, int n, double certainty)
{
    double low = 0, high = 1;

    if (wrong >= n)
        return 1;
    for (int i = 0; i < 60; i++) {
        double middle = (low + high) / 2;

        if (chance(wrong, n, middle) > 1 - certainty)
            low = middle;
        else
            high = middle;
    }
    return high;
}

static bool find_group(const char *source, const char *supplier, int *ret)
{
    char name[64];

    snprintf(name, sizeof name, "%s %s", source, supplier);
    for (*ret = 0; *ret < CERTIFICATE_GROUPS; ++*ret)
        if (strcmp(group_names[*ret], name) == 0)
            return true;
    return false;
}

static bool count(const char *text, int *ret)
{
    int64_t number;

    if (!number_parse(text, 0, COUNT_MAX, &number))
        return false;
    *ret = (int)number;
    return true;
}

static bool parse_row(struct certificate *c, const char *line)
{
    char source[16], supplier[16], name[32], threshold[16], seen[16], accepted[16], wrong[16];
    struct certificate_row row = {0};
    enum field_id id;
    double from = 0;
    int group, end = 0;

    if (sscanf(line, "accept %15s %15s %31s %15s %15s %15s %15s%n", source, supplier, name,
               threshold, seen, accepted, wrong, &end) != 7 ||
        line[end])
        return false;
    row.is_automated = strcmp(threshold, "-") != 0;
    if (!find_group(source, supplier, &group) || !field_parse(name, &id) ||
        c->rows[group][id].seen ||
        (row.is_automated && !number_parse_real(threshold, 0, 1, &from)) ||
        !count(seen, &row.seen) || !count(accepted, &row.accepted) || !count(wrong, &row.wrong) ||
        row.accepted > row.seen || row.wrong > row.accepted)
        return false;
    row.threshold = (float)from;
    c->rows[group][id] = row;
    return true;
}

/* Is the bound of its counts within the limit? One chance tells; the bound itself takes sixty. */
static bool is_carried(const struct certificate *c, const struct certificate_row *row)
{
    return row->wrong < row->accepted &&
           chance(row->wrong, row->accepted, c->limit) <= 1 - c->certainty;
}

/* Every threshold must follow from its counts. */
static int check(const struct certificate *c, struct err *err)
{
    for (int g = 0; g < CERTIFICATE_GROUPS; g++)
        for (int f = 0; f < FIELD_COUNT; f++) {
            const struct certificate_row *row = &c->rows[g][f];

            if (row->is_automated && !is_carried(c, row))
                return err_set(err, ERR_INVALID,
                               "certificate: %d wrong of %d do not carry %s of %s", row->wrong,
                               row->accepted, field_info((enum field_id)f)->name, group_names[g]);
        }
    return 0;
}

int certificate_parse(struct certificate *c, const char *bytes, size_t length, struct err *err)
{
    AUTO_FREE char *text = mem_strndup(bytes, length);
    char *rest = text + sizeof MAGIC - 1, *line;

    *c = (struct certificate){0};
    if (strncmp(text, MAGIC, sizeof MAGIC - 1) != 0)
        return err_set(err, ERR_INVALID, "no certificate");
    while ((line = strsep(&rest, "\n"))) {
        if (strncmp(line, "accept ", 7) == 0 && !parse_row(c, line))
            return err_set(err, ERR_INVALID, "certificate: damaged line \"%.60s\"", line);
        (void)sscanf(line, "name %31s", c->name);
        (void)sscanf(line, "limit %lf certainty %lf", &c->limit, &c->certainty);
    }
    if (!c->name[0] || !(c->limit > 0 && c->limit < 1) || !(c->certainty > 0 && c->certainty < 1))
        return err_set(err, ERR_INVALID, "certificate without name, limit or certainty");
    return check(c, err);
}

enum certificate_group certificate_group_of(const struct document *d)
{
    bool is_scan = false;
    bool is_known = d->fields[FIELD_SELLER_NAME].proofs & 1u << PROOF_SUPPLIER_KNOWN;

    for (int i = 0; i < FIELD_COUNT; i++)
        is_scan |= d->fields[i].value && d->fields[i].source == SOURCE_OCR;
    if (is_scan)
        return is_known ? GROUP_SCAN_KNOWN : GROUP_SCAN_NEW;
    return is_known ? GROUP_TEXT_KNOWN : GROUP_TEXT_NEW;
}
