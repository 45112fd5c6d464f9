/*
 * Every option of bilag, as the programs see it. The table in settings.c is the only place that
 * spells an option: the configuration file, the environment, --set, the messages and the manual
 * page bilag.yaml(5) all follow from it.
 */
#ifndef MODELS_SETTINGS_H
#define MODELS_SETTINGS_H

#include "base/config.h"

#define SETTINGS_FILE "/etc/bilag/bilag.yaml"
#define SETTINGS_PREFIX "BILAG" /* of environment variables */

enum read_engine { ENGINE_OWN, ENGINE_TESSERACT };
enum picture_kind { PICTURE_WEBP, PICTURE_JPEG };
enum pdfa_kind { PDFA_1B, PDFA_2B };

/* Texts are never NULL; "" means not given. */
struct settings {
    const char *data_dir;
    int64_t workers; /* 0: one a core */

    struct {
        int level; /* enum log_level */
    } log;

    struct {
        const char *socket, *host; /* both "": bilagd runs a private server under data_dir */
        int64_t port;
        const char *user, *password_file;
        int64_t maxmemory_mb;
    } redis;

    struct {
        int64_t file_bytes, pages, pixels, page_seconds, cpu_seconds, reader_memory_mb, attachments;
    } limits;

    struct {
        int engine;            /* enum read_engine */
        const char *model;     /* path of the .traineddata file */
        const char *models;    /* folder of the models of one language each */
        int64_t readings;      /* of a page that is doubtful */
        const char *languages; /* "nb,sv,da,en,hu,de": ISO 639-1, by falling likelihood */
        int picture;           /* enum picture_kind */
        int64_t picture_height_px, picture_quality;
        bool trust_text_layer;
    } read;

    struct {
        int64_t lease_seconds, failures, crashes, orphans;
    } queue;

    struct {
        const char *name, *country, *currency, *vat_id, *registration_id;
    } company;

    struct {
        const char *expense, *input_vat, *supplier;
    } accounts;

    struct {
        bool is_enabled;
        double confidence;
    } post;

    struct {
        int pdfa; /* enum pdfa_kind */
    } file;

    struct {
        int64_t standard, no, se, dk, hu, de, gb;
    } retention_years;

    struct config config; /* the same values with their origins, for `bilag config show` */
};

/*
 * Fills `s` from all sources. `file` is --config, or NULL for $BILAG_CONFIG; a file that was named
 * must exist, /etc/bilag/bilag.yaml need not. `flags` are "path=value" words of --set. Fails like
 * config_load_file and config_set. Release `s` in either case.
 */
int settings_load(struct settings *s, const char *file, const char *const *flags, size_t flag_count,
                  struct err *err);

/* Only the defaults, for tests and for the manual. */
void settings_init(struct settings *s);
void settings_release(struct settings *s);

/* How long a record of a supplier in `country` ("NO") is kept; the standard for any other. */
int64_t settings_retention_years(const struct settings *s, const char *country);

#endif
