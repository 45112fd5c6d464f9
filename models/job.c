/* Job ids to and from text. Redis is outside, so what comes back is parsed strictly. */
#include "models/job.h"

#include "base/limits.h"
#include "base/number.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void job_id_format(const struct job_id *id, char text[JOB_ID_SIZE])
{
    if (stage_info(id->stage)->object == STAGE_OF_PAGE)
        snprintf(text, JOB_ID_SIZE, "%s:%" PRId64 ":%d", stage_name(id->stage), id->object,
                 id->page);
    else
        snprintf(text, JOB_ID_SIZE, "%s:%" PRId64, stage_name(id->stage), id->object);
}

bool job_id_parse(const char *text, struct job_id *ret_id)
{
    char copy[JOB_ID_SIZE], *object, *page = NULL;
    struct job_id id = {0};
    int64_t n = 0;

    if (strlen(text) >= sizeof copy)
        return false;
    memcpy(copy, text, strlen(text) + 1);
    object = strchr(copy, ':');
    if (!object)
        return false;
    *object++ = '\0';
    if (!stage_parse(copy, &id.stage) || !stage_info(id.stage)->has_queue)
        return false;
    if (stage_info(id.stage)->object == STAGE_OF_PAGE) {
        page = strchr(object, ':');
        if (!page)
            return false;
        *page++ = '\0';
        if (!number_parse(page, 1, LIMIT_PAGE_NUMBER, &n))
            return false;
        id.page = (int)n;
    }
    if (!number_parse(object, 1, INT64_MAX, &id.object))
        return false;
    *ret_id = id;
    return true;
}
