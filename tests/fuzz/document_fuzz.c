/* Documents from the jail or from SQL: refused, or good enough to print, and the print parses
 * again. */
#include "models/document.h"
#include "tests/fuzz/fuzz.h"

void fuzz_one(const char *bytes, size_t length)
{
    AUTO_ARENA struct arena a;
    AUTO_JSON json_t *json = NULL, *again = NULL;
    struct document *d;

    arena_init(&a, (size_t)512 << 20);
    if (json_parse(bytes, length, &json, NULL) < 0 || document_from_json(&a, json, &d, NULL) < 0)
        return;
    again = document_to_json(d);
    MUST(document_from_json(&a, again, &d, NULL) == 0);
}
