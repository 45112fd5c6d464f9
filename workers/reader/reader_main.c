/*
 * bilag-reader: the only program that parses files. Started by a worker or by `bilag read` with a
 * socket as descriptor 3; a person has no use for it.
 *
 * What libraries load late (character sets, fonts, a random seed) is loaded here, before the first
 * fork, because the jailed child may read fonts and nothing else.
 */
#include "base/jail.h"
#include "base/json.h"
#include "base/mem.h"
#include "pipeline/open/open.h"
#include "workers/reader/reader_verbs.h"

#include <iconv.h>
#include <stdlib.h>
#include <sys/stat.h>

/* Where fonts, character maps of PDFs, the colour profile and Tesseract's PDF font lie. */
static const char *const readable[] = {
    "/etc/fonts",
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/usr/share/fontconfig",
    "/var/cache/fontconfig",
    "/usr/share/poppler",
    "/usr/share/ghostscript",
    "/usr/share/color/icc",
    "/usr/share/tesseract-ocr",
    NULL,
};

/* Mail speaks these; glibc has each in a library of its own, which stays loaded while one
 * descriptor is open. */
static void load_character_sets(void)
{
    static const char *const sets[] = {"ISO-8859-1",   "ISO-8859-2",   "ISO-8859-9",
                                       "ISO-8859-15",  "WINDOWS-1252", "WINDOWS-1250",
                                       "WINDOWS-1257", "UTF-16",       "IBM850"};

    for (size_t i = 0; i < ARRAY_LENGTH(sets); i++)
        if (iconv_open("UTF-8", sets[i]) == (iconv_t)-1)
            fprintf(stderr, "bilag-reader: no character set %s\n", sets[i]);
}

int main(int argc, char **argv)
{
    struct reader_tools tools = {
        .model = argv[1], .models = argc > 2 ? argv[2] : NULL, .is_tesseract = argc > 3};
    const struct jail_options jail = {.readable = readable,
                                      .landlock_abi = JAIL_ABI_ASK,
                                      .names_calls = getenv("BILAG_JAIL_NAMES") != NULL};
    const struct reader_house house = {.prepare = reader_verbs_prepare,
                                       .work = reader_verbs_work,
                                       .load_more = reader_verbs_load_more,
                                       .jail = &jail,
                                       .user = &tools};
    struct stat st;

    if (argc < 3 || fstat(READER_SOCKET_FD, &st) < 0 || !S_ISSOCK(st.st_mode)) {
        fprintf(stderr, "bilag-reader is started by bilag-worker and `bilag read`\n");
        return 2;
    }
    load_character_sets();
    json_object_seed(0); /* from /dev/urandom; in the jail it would be the clock */
    open_warm();
    return reader_parent_run(&house);
}
