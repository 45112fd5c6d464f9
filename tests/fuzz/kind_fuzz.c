/* The kind of a file by its bytes: a kind of ours, or a fault with a name. */
#include "models/fault.h"
#include "pipeline/open/source.h"
#include "tests/fuzz/fuzz.h"

void fuzz_one(const char *bytes, size_t length)
{
    enum file_kind kind = FILE_KIND_COUNT;
    struct err err = {0};

    if (kind_detect((const unsigned char *)bytes, length, &kind, &err) == 0)
        MUST(kind < FILE_KIND_COUNT);
    else
        MUST(fault_find(err.reason));
}
