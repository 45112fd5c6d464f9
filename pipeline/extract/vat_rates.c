/*
 * Rates in force since the day given, until a later row of the same country and rate class ends
 * them. Sources are the tax offices' published tables; temporary rates carry both ends.
 */
#include "pipeline/extract/vat_rates.h"

#include "base/mem.h"

#include "models/money.h"

#include <stdlib.h>
#include <string.h>

struct rate {
    char country[3];
    int bp;
    int from, to; /* YYYYMMDD, 0 for open */
};

static const struct rate rates[] = {
    {"NO", 2500, 0, 0},
    {"NO", 1500, 20120101, 0},
    {"NO", 1400, 20070101, 20111231},
    {"NO", 1200, 20180101, 0},
    {"NO", 1111, 0, 0},
    {"NO", 600, 20200401, 20210930},
    {"NO", 1000, 20160101, 20171231},
    {"NO", 800, 20060101, 20151231},
    {"SE", 2500, 0, 0},
    {"SE", 1200, 0, 0},
    {"SE", 600, 0, 0},
    {"DK", 2500, 0, 0},
    {"HU", 2700, 20120101, 0},
    {"HU", 1800, 0, 0},
    {"HU", 500, 0, 0},
    {"DE", 1900, 20070101, 20200630},
    {"DE", 1900, 20210101, 0},
    {"DE", 700, 0, 20200630},
    {"DE", 700, 20210101, 0},
    {"DE", 1600, 20200701, 20201231},
    {"DE", 500, 20200701, 20201231},
    {"GB", 2000, 20110104, 0},
    {"GB", 1750, 0, 20110103},
    {"GB", 500, 0, 0},
    {"AT", 2000, 0, 0},
    {"AT", 1300, 20160101, 0},
    {"AT", 1000, 0, 0},
    {"FI", 2400, 20130101, 20240831},
    {"FI", 2550, 20240901, 0},
    {"FI", 1400, 0, 0},
    {"FI", 1000, 0, 0},
    {"NL", 2100, 20121001, 0},
    {"NL", 900, 20190101, 0},
    {"BE", 2100, 0, 0},
    {"BE", 1200, 0, 0},
    {"BE", 600, 0, 0},
    {"FR", 2000, 20140101, 0},
    {"FR", 1000, 0, 0},
    {"FR", 550, 0, 0},
    {"PL", 2300, 20110101, 0},
    {"PL", 800, 0, 0},
    {"IT", 2200, 20131001, 0},
    {"IT", 1000, 0, 0},
    {"ES", 2100, 20120901, 0},
    {"ES", 1000, 0, 0},
    {"IE", 2300, 0, 0},
    {"IE", 1350, 0, 0},
    {"MY", 600, 20150401, 20180831},
};

bool vat_rate_is_legal(const char *country, struct civil_date day, int rate_bp)
{
    int number = day.year ? day.year * 10000 + day.month * 100 + day.day : 99991231;

    if (rate_bp == 0)
        return true;
    for (size_t i = 0; i < ARRAY_LENGTH(rates); i++)
        if (rates[i].bp == rate_bp && (!country[0] || strcmp(rates[i].country, country) == 0) &&
            (!rates[i].from || number >= rates[i].from) && (!rates[i].to || number <= rates[i].to))
            return true;
    return false;
}

bool vat_rate_fits(int64_t net, int64_t vat, int rate_bp)
{
    int64_t slack = net % 100 == 0 && vat % 100 == 0 ? 50 : 2;

    return llabs(money_percent(net, rate_bp) - vat) <= slack;
}

const int *vat_rates_known(void)
{
    static const int known[] = {2500, 2700, 1900, 2000, 1500, 1200, 600,  700,
                                500,  1800, 2100, 2400, 2550, 1600, 1400, 1000,
                                1300, 2300, 2200, 900,  800,  550,  0,    -1};

    return known;
}
