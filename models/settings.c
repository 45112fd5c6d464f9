/*
 * THE table of options, and the order in which a program gathers them. Defaults that depend on the
 * machine (where data and the model lie) are worked out here and count as defaults.
 */
#include "models/settings.h"

#include "base/err.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/spawn.h"

#include <string.h>
#include <unistd.h>

#define AT(member) offsetof(struct settings, member)
#define INT(path, member, min, max, fallback, unit, help)                                          \
    {                                                                                              \
        path, OPTION_INT, AT(member), min, max, fallback, unit, help, NULL                         \
    }
#define REAL(path, member, min, max, fallback, unit, help)                                         \
    {                                                                                              \
        path, OPTION_REAL, AT(member), min, max, fallback, unit, help, NULL                        \
    }
#define BOOL(path, member, fallback, help)                                                         \
    {                                                                                              \
        path, OPTION_BOOL, AT(member), 0, 0, fallback, "", help, NULL                              \
    }
#define TEXT(path, member, bytes, fallback, help)                                                  \
    {                                                                                              \
        path, OPTION_TEXT, AT(member), 0, bytes, fallback, "", help, NULL                          \
    }
#define CHOICE(path, member, fallback, help, choices)                                              \
    {                                                                                              \
        path, OPTION_CHOICE, AT(member), 0, 0, fallback, "", help, choices                         \
    }

#define PATH_BYTES 1000

static const char *const log_levels[] = {"error", "warning", "info", "debug", NULL};
static const char *const engines[] = {"own", "tesseract", NULL};
static const char *const picture_kinds[] = {"webp", "jpeg", NULL};
static const char *const pdfa_kinds[] = {"1b", "2b", NULL};

/* clang-format off */
static const struct config_option table[] = {
    TEXT("data_dir", data_dir, PATH_BYTES, "",
         "folder of all that bilag keeps; /var/lib/bilag for root, ~/.local/state/bilag else"),
    INT("workers", workers, 0, 512, "0", "processes",
        "worker processes on this machine; 0 means one a core"),
    CHOICE("log.level", log.level, "info", "the least important lines that are logged", log_levels),

    TEXT("redis.socket", redis.socket, 107, "",
         "unix socket of a Redis server; without it and redis.host a private server is started"),
    TEXT("redis.host", redis.host, 255, "", "host name of a Redis server reached by TCP"),
    INT("redis.port", redis.port, 1, 65535, "6379", "", "TCP port at redis.host"),
    TEXT("redis.user", redis.user, 100, "", "ACL user; empty for the default user"),
    TEXT("redis.password_file", redis.password_file, PATH_BYTES, "",
         "file whose first line is the password; never the password itself"),
    INT("redis.maxmemory_mb", redis.maxmemory_mb, 16, 1048576, "512", "MB",
        "memory the private server may use"),

    INT("limits.file_bytes", limits.file_bytes, 1000, 2000000000, "50000000", "bytes",
        "largest file that is opened"),
    INT("limits.pages", limits.pages, 1, 10000, "500", "pages", "most pages of one file"),
    INT("limits.pixels", limits.pixels, 1000000, 1000000000, "100000000", "pixels",
        "largest picture of one page"),
    INT("limits.page_seconds", limits.page_seconds, 1, 3600, "60", "seconds",
        "wall time the reader gets for one page"),
    INT("limits.cpu_seconds", limits.cpu_seconds, 1, 3600, "45", "seconds",
        "CPU time the reader gets for one page"),
    INT("limits.reader_memory_mb", limits.reader_memory_mb, 200, 65536, "1500", "MB",
        "address space of one reader child"),
    INT("limits.attachments", limits.attachments, 0, LIMIT_ATTACHMENTS, "100", "files",
        "most attachments of one mail or PDF"),

    CHOICE("read.engine", read.engine, "own",
           "who reads pages; libtesseract reads what our own refuses either way", engines),
    TEXT("read.model", read.model, PATH_BYTES, "",
         "recognition model, a .traineddata file; Latin.traineddata of this installation"),
    TEXT("read.models", read.models, PATH_BYTES, "/usr/share/tesseract-ocr/5/tessdata",
         "folder of the models of one language each, for second readings and bilag read -l"),
    INT("read.readings", read.readings, 1, 3, "3", "",
        "how often a page is read, in other ways, while its fields are unsure"),
    TEXT("read.languages", read.languages, 100, "nb,sv,da,en,hu,de",
         "languages to expect, ISO 639-1, the likeliest first"),
    CHOICE("read.picture", read.picture, "jpeg", "format of the page pictures on the screen",
           picture_kinds),
    INT("read.picture_height_px", read.picture_height_px, 200, 6000, "1100", "pixels",
        "height of the page pictures on the screen"),
    INT("read.picture_quality", read.picture_quality, 1, 100, "50", "",
        "quality of the page pictures, 100 is best"),
    BOOL("read.trust_text_layer", read.trust_text_layer, "true",
         "use a PDF's own text when it is sound; no means every page is recognised"),

    INT("queue.lease_seconds", queue.lease_seconds, 5, 3600, "60", "seconds",
        "how long a silent worker keeps its job"),
    INT("queue.failures", queue.failures, 1, 100, "5", "tries",
        "failures after which a job is set aside"),
    INT("queue.crashes", queue.crashes, 1, 100, "2", "tries",
        "deaths of the reader after which a job is set aside"),
    INT("queue.orphans", queue.orphans, 1, 100, "5", "tries",
        "lost workers after which a job is set aside"),

    TEXT("company.name", company.name, 200, "", "our name, as invoices to us spell it"),
    TEXT("company.country", company.country, 2, "NO", "our country, ISO 3166-1"),
    TEXT("company.currency", company.currency, 3, "NOK", "the currency of our books, ISO 4217"),
    TEXT("company.vat_id", company.vat_id, 30, "", "our VAT number"),
    TEXT("company.registration_id", company.registration_id, 30, "", "our organisation number"),

    TEXT("accounts.expense", accounts.expense, 60, "6790", "account debited with the net amount"),
    TEXT("accounts.input_vat", accounts.input_vat, 60, "2710", "account debited with the VAT"),
    TEXT("accounts.supplier", accounts.supplier, 60, "2400",
         "account credited with the gross amount"),

    BOOL("post.enabled", post.is_enabled, "true",
         "post proven invoices without a person; no sends every invoice to review"),
    REAL("post.confidence", post.confidence, 0, 1, "0.9", "",
         "least probability of each posted field, where the certificate asks for less"),

    CHOICE("file.pdfa", file.pdfa, "1b", "conformance of the PDF/A made from scans", pdfa_kinds),

    INT("retention_years.default", retention_years.standard, 1, 100, "10", "years",
        "how long a record is kept when its country is not listed"),
    INT("retention_years.NO", retention_years.no, 1, 100, "5", "years",
        "Norway: bokføringsloven § 13"),
    INT("retention_years.SE", retention_years.se, 1, 100, "7", "years",
        "Sweden: bokföringslagen 7 kap. 2 §"),
    INT("retention_years.DK", retention_years.dk, 1, 100, "5", "years",
        "Denmark: bogføringsloven § 12"),
    INT("retention_years.HU", retention_years.hu, 1, 100, "8", "years",
        "Hungary: 2000. évi C. törvény 169. §"),
    INT("retention_years.DE", retention_years.de, 1, 100, "8", "years",
        "Germany: § 147 AO"),
    INT("retention_years.GB", retention_years.gb, 1, 100, "6", "years",
        "United Kingdom: VAT Notice 700/21"),
};
/* clang-format on */

/* Where data lies when nobody said: the owner of an unprivileged run is a person with a home. */
static char *default_data(void)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    AUTO_FREE char *path = NULL;

    if (geteuid() == 0)
        path = mem_strdup("/var/lib/bilag");
    else if (state && *state == '/')
        path = mem_printf("%s/bilag", state);
    else if (home && *home == '/')
        path = mem_printf("%s/.local/state/bilag", home);
    return path && strlen(path) <= PATH_BYTES ? take_ptr(&path) : mem_strdup("/tmp/bilag");
}

static char *default_model(void)
{
    AUTO_FREE char *share = spawn_share_folder();

    return mem_printf("%s/Latin.traineddata", share);
}

static void set_default(struct settings *s, const char *path, const char *text)
{
    struct err err = {0};

    if (config_set(&s->config, path, text, CONFIG_DEFAULT, "default", &err) < 0)
        BUG("%s", err.text);
}

void settings_init(struct settings *s)
{
    AUTO_FREE char *data = default_data(), *model = NULL;

    *s = (struct settings){0};
    config_init(&s->config, table, ARRAY_LENGTH(table), s);
    set_default(s, "data_dir", data);
    model = default_model();
    set_default(s, "read.model", model);
}

void settings_release(struct settings *s)
{
    config_release(&s->config);
}

static int set_flag(struct config *c, const char *flag, struct err *err)
{
    const char *equals = strchr(flag, '=');
    AUTO_FREE char *path = NULL, *place = NULL;

    if (!equals)
        return err_set(err, ERR_USAGE, "--set %s: write it as option=value", flag);
    path = mem_strndup(flag, (size_t)(equals - flag));
    place = mem_printf("--set %s", path);
    return config_set(c, path, equals + 1, CONFIG_FLAG, place, err);
}

/* BILAG_DATA is the short name people type for BILAG_DATA_DIR, which wins over it. */
static int load_environment(struct config *c, struct err *err)
{
    const char *data = getenv(SETTINGS_PREFIX "_DATA");
    int r = 0;

    if (data && *data)
        r = config_set(c, "data_dir", data, CONFIG_ENVIRONMENT, SETTINGS_PREFIX "_DATA", err);
    return r < 0 ? r : config_load_environment(c, SETTINGS_PREFIX, err);
}

int settings_load(struct settings *s, const char *file, const char *const *flags, size_t flag_count,
                  struct err *err)
{
    int r = 0;

    settings_init(s);
    if (!file)
        file = getenv(SETTINGS_PREFIX "_CONFIG");
    if (file_exists(SETTINGS_FILE))
        r = config_load_file(&s->config, SETTINGS_FILE, CONFIG_SYSTEM_FILE, err);
    if (r == 0 && file && *file)
        r = config_load_file(&s->config, file, CONFIG_USER_FILE, err);
    if (r == 0)
        r = load_environment(&s->config, err);
    for (size_t i = 0; i < flag_count && r == 0; i++)
        r = set_flag(&s->config, flags[i], err);
    return r;
}

int64_t settings_retention_years(const struct settings *s, const char *country)
{
    char path[32];
    const struct config_option *o;

    snprintf(path, sizeof path, "retention_years.%s", country);
    o = config_find(&s->config, path);
    return o ? *(const int64_t *)((const char *)s + o->offset) : s->retention_years.standard;
}
