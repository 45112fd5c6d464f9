/*
 * The seven verbs, spelled once: queue names, log lines, metrics, states in SQL and the command
 * line all take their words from this table.
 */
#ifndef MODELS_STAGE_H
#define MODELS_STAGE_H

#include <stdbool.h>

enum stage {
    STAGE_OPEN,
    STAGE_READ,
    STAGE_SORT,
    STAGE_EXTRACT,
    STAGE_REVIEW,
    STAGE_POST,
    STAGE_FILE,
    STAGE_DONE, /* nothing left to do: the object's state says how it ended */
    STAGE_COUNT
};

enum stage_object { STAGE_OF_FILE, STAGE_OF_PAGE, STAGE_OF_DOCUMENT };

struct stage_info {
    const char *name;
    enum stage_object object; /* what one job of this stage works on */
    bool has_queue;           /* review waits for people in SQL, done waits for nothing */
    bool needs_reader;        /* hostile bytes: done in the jail */
};

const struct stage_info *stage_info(enum stage stage);
const char *stage_name(enum stage stage);

/* False, and *ret_stage untouched, for a word that is no stage. */
bool stage_parse(const char *name, enum stage *ret_stage);

#endif
