/* Mail: refused with a fault, or attachments with names and bytes, no more than allowed. */
#include "base/utf8.h"
#include "models/fault.h"
#include "pipeline/open/source.h"
#include "tests/fuzz/fuzz.h"

#define ATTACHMENTS_MAX 5

void fuzz_one(const char *bytes, size_t length)
{
    static const struct open_limits limits = {.file_bytes = 1 << 20,
                                              .pages = 5,
                                              .pixels = 1000000,
                                              .attachments = ATTACHMENTS_MAX,
                                              .render_dpi = 300};
    AUTO_ARENA struct arena a;
    struct source source = {&a, (const unsigned char *)bytes, length, &limits, IMAGE_TO_KEEP};
    struct opened opened = {0};
    struct err err = {0};

    arena_init(&a, (size_t)512 << 20);
    if (mail_open(&source, &opened, &err) < 0) {
        MUST(fault_find(err.reason));
        return;
    }
    MUST(opened.n_attachments <= ATTACHMENTS_MAX);
    for (size_t i = 0; i < opened.n_attachments; i++) {
        const struct attachment *part = &opened.attachments[i];

        MUST(part->name && utf8_is_valid(part->name, strlen(part->name)));
        MUST(part->bytes || part->length == 0);
    }
}
