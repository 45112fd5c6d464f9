/* UTF-8: cleaned and folded texts are valid, folding fits any room and does nothing the second
 * time. */
#include "base/log.h"
#include "base/utf8.h"
#include "tests/fuzz/fuzz.h"

void fuzz_one(const char *bytes, size_t length)
{
    AUTO_FREE char *text = fuzz_text(bytes, length), *clean = mem_alloc(3 * length + 1),
                   *folded = mem_alloc(4 * length + 1), *twice = mem_alloc(16 * length + 1);
    struct log_value value;

    utf8_clean(bytes, length, clean);
    MUST(utf8_is_valid(clean, strlen(clean)));
    utf8_fold(clean, folded, 4 * length + 1);
    MUST(utf8_is_valid(folded, strlen(folded)));
    utf8_fold(folded, twice, 16 * length + 1);
    MUST(strcmp(folded, twice) == 0);
    MUST(utf8_count(clean) <= strlen(clean));
    value = log_value(text);
    MUST(utf8_is_valid(value.text, strlen(value.text)) && !strpbrk(value.text, "\n\x1b"));
}
