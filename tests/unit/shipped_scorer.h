/* The field scorer as it is shipped: what extraction is tested with. */
#ifndef TESTS_SHIPPED_SCORER_H
#define TESTS_SHIPPED_SCORER_H

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "pipeline/extract/score.h"
#include "tests/unit/unit.h"

static inline struct scorer *shipped_scorer(void)
{
    static struct scorer scorer;
    AUTO_BUF struct buf bytes;
    struct err err = {0};

    buf_init(&bytes, 1 << 20);
    if (file_read(TEST_SOURCE_DIR "/../models/trained/" SCORE_FILE, &bytes, &err) < 0 ||
        scorer_parse(&scorer, bytes.data, bytes.length, &err) < 0)
        fail_msg("%s", err.text);
    return &scorer;
}

#endif
