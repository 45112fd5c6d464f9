/* Job ids: what parses names a queued stage and prints as an id that parses to the same. */
#include "models/job.h"
#include "tests/fuzz/fuzz.h"

void fuzz_one(const char *bytes, size_t length)
{
    AUTO_FREE char *text = fuzz_text(bytes, length);
    char shown[JOB_ID_SIZE];
    struct job_id id, back;

    if (!job_id_parse(text, &id))
        return;
    MUST(stage_info(id.stage)->has_queue && id.object > 0);
    MUST((id.page > 0) == (stage_info(id.stage)->object == STAGE_OF_PAGE));
    job_id_format(&id, shown);
    MUST(job_id_parse(shown, &back));
    MUST(back.stage == id.stage && back.object == id.object && back.page == id.page);
}
