/* E-invoices: refused with a fault, or a document that prints and parses again. */
#include "models/fault.h"
#include "pipeline/open/open.h"
#include "tests/fuzz/fuzz.h"

void fuzz_one(const char *bytes, size_t length)
{
    AUTO_ARENA struct arena a;
    AUTO_JSON json_t *json = NULL;
    struct document *d;
    struct err err = {0};

    arena_init(&a, (size_t)512 << 20);
    if (einvoice_parse(&a, (const unsigned char *)bytes, length, &d, &err) < 0) {
        MUST(fault_find(err.reason));
        return;
    }
    json = document_to_json(d);
    MUST(document_from_json(&a, json, &d, NULL) == 0);
}
