/* Weights of a taught type: whatever is accepted scores spans without harm. */
#include "base/arena.h"
#include "base/err.h"
#include "pipeline/extract/taught/taught.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static const char DECLARATION[] = "name: t\nfields:\n  a: {kind: amount}\n  b: {kind: text}\n";

/* The head is the input's; the weights behind it are its bytes over and over. */
void fuzz_one(const char *bytes, size_t length)
{
    const size_t body = (size_t)4 * SPAN_BUCKETS;
    AUTO_ARENA struct arena a;
    struct taught_answer answers[2];
    struct taught_sheet sheet;
    struct taught taught;
    struct type *type;
    struct page *page;
    char *file;

    arena_init(&a, 64 << 20);
    MUST(type_parse(&a, "fuzz", DECLARATION, sizeof DECLARATION - 1, &type, NULL) == 0);
    file = arena_alloc(&a, length + body);
    memcpy(file, bytes, length);
    for (size_t i = 0; length && i < body; i++)
        file[length + i] = bytes[i % length];
    if (taught_parse(&a, type, file, length, &taught, NULL) < 0 &&
        taught_parse(&a, type, file, length + body, &taught, NULL) < 0)
        return;
    page = page_new(&a, 1, 595, 842);
    page->words = (struct word[]){{"Total", {50, 50, 80, 60}, 1, 0, 0},
                                  {"12.50", {90, 50, 120, 60}, 1, 0, 0},
                                  {"Number", {50, 300, 90, 310}, 1, 1, 0}};
    page->n_words = 3;
    taught_sheet_init(&sheet, &a, &page, 1, type);
    taught_answer(&taught, &a, &sheet, answers);
    for (int i = 0; i < 2; i++)
        MUST(!answers[i].value || (answers[i].confidence >= 0 && answers[i].confidence <= 1));
}
