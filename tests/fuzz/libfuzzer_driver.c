/* libFuzzer's entry: hands its bytes to the harness. */
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    fuzz_one((const char *)bytes, length);
    return 0;
}
