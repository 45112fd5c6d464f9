/* JSON: what parses prints, and what was printed parses to the same. */
#include "tests/fuzz/fuzz.h"

void fuzz_one(const char *bytes, size_t length)
{
    AUTO_JSON json_t *json = NULL, *again = NULL;
    AUTO_FREE char *text = NULL, *text_again = NULL;

    if (json_parse(bytes, length, &json, NULL) < 0)
        return;
    text = json_text(json);
    MUST(json_parse(text, strlen(text), &again, NULL) == 0);
    text_again = json_text(again);
    MUST(strcmp(text, text_again) == 0);
}
