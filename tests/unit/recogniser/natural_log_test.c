/* The logarithm is the C library's of Debian 12, bit by bit. */
#include "recogniser/natural_log.h"

#include "tests/unit/unit.h"

#include <math.h>

/* Every 997th float between exp(-20) and 3: 256,000 of them. */
static void bits_are_those_of_logf(void **state)
{
    float x = 0x1.1b4866p-29F, last = 3;
    uint32_t bits, end;

    (void)state;
    memcpy(&bits, &x, sizeof bits);
    memcpy(&end, &last, sizeof end);
    for (; bits <= end; bits += 997) {
        float ours, theirs;

        memcpy(&x, &bits, sizeof x);
        ours = natural_log(x);
        theirs = logf(x);
        if (memcmp(&ours, &theirs, sizeof ours) != 0)
            fail_msg("log %a: %a, not %a", x, ours, theirs);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(bits_are_those_of_logf)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
