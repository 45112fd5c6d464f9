/* Declarations of document types: accepted ones keep their promises, all others are refused. */
#include "base/arena.h"
#include "models/type.h"
#include "tests/fuzz/fuzz.h"

void fuzz_one(const char *bytes, size_t length)
{
    AUTO_ARENA struct arena a;
    struct type *type;

    arena_init(&a, 16 << 20);
    if (length > TYPE_BYTES_MAX || type_parse(&a, "fuzz", bytes, length, &type, NULL) < 0)
        return;
    MUST(type->name[0] && type->n_fields > 0 && type->n_fields <= TYPE_FIELDS_MAX);
    MUST(type->n_anchors == 0 || type->n_anchors >= 3);
    for (size_t i = 0; i < type->n_fields; i++) {
        const struct type_field *f = &type->fields[i];

        MUST(type_find(type, f->name) == f);
        MUST((f->kind == FIELD_CODE) == (f->n_choices > 0));
        MUST(!f->page || (type->n_anchors && f->box.x0 < f->box.x1 && f->box.y0 < f->box.y1));
    }
}
