/* The stage table. Adding a verb means adding a row here and a handler in workers/. */
#include "models/stage.h"

#include "base/err.h"

#include <string.h>

static const struct stage_info table[STAGE_COUNT] = {
    [STAGE_OPEN] = {"open", STAGE_OF_FILE, true, true},
    [STAGE_READ] = {"read", STAGE_OF_PAGE, true, true},
    [STAGE_SORT] = {"sort", STAGE_OF_FILE, true, false},
    [STAGE_EXTRACT] = {"extract", STAGE_OF_DOCUMENT, true, false},
    [STAGE_REVIEW] = {"review", STAGE_OF_DOCUMENT, false, false},
    [STAGE_POST] = {"post", STAGE_OF_DOCUMENT, true, false},
    [STAGE_FILE] = {"file", STAGE_OF_DOCUMENT, true, true},
    [STAGE_DONE] = {"done", STAGE_OF_DOCUMENT, false, false},
};

const struct stage_info *stage_info(enum stage stage)
{
    if ((unsigned)stage >= STAGE_COUNT)
        BUG("stage %d", stage);
    return &table[stage];
}

const char *stage_name(enum stage stage)
{
    return stage_info(stage)->name;
}

bool stage_parse(const char *name, enum stage *ret_stage)
{
    for (int i = 0; i < STAGE_COUNT; i++)
        if (strcmp(table[i].name, name) == 0) {
            *ret_stage = (enum stage)i;
            return true;
        }
    return false;
}
