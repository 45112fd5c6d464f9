/*
 * What a jailed child may send: byte 0 chooses the verb, byte 1 how the bytes arrive, the rest is
 * the answer. Believed answers keep the promises of reader_answer.h; all others are refused with a
 * code.
 */
#include "base/utf8.h"
#include "models/fault.h"
#include "tests/fuzz/fuzz.h"
#include "workers/reader/reader_answer.h"

#define PAGE_ASKED 2
#define PLACES_ASKED 2

static void check_text(const char *text)
{
    MUST(text && utf8_is_valid(text, strlen(text)));
}

static void check_opened(const struct opened *o, const struct open_limits *limits)
{
    MUST(o->n_pages <= (size_t)limits->pages);
    MUST(o->n_attachments <= (size_t)limits->attachments);
    check_text(o->producer);
    for (size_t i = 0; i < o->n_pages; i++)
        MUST(o->pages[i].page->number == (int)i + 1);
    for (size_t i = 0; i < o->n_attachments; i++) {
        check_text(o->attachments[i].name);
        MUST(o->attachments[i].bytes || !o->attachments[i].length);
    }
}

static void check_looks(const struct look *looks)
{
    for (int i = 0; i < PLACES_ASKED; i++)
        for (int k = 0; k < looks[i].count; k++) {
            check_text(looks[i].readings[k].text);
            MUST(looks[i].readings[k].votes <= looks[i].looks);
            MUST(looks[i].readings[k].share >= 0 && looks[i].readings[k].share <= 1);
        }
}

static void check(const struct reader_answer *answer)
{
    switch (answer->verb) {
    case READER_OPEN:
        check_opened(&answer->opened, answer->limits);
        break;
    case READER_READ:
        MUST(answer->read.page && answer->read.page->number == PAGE_ASKED);
        break;
    case READER_PREVIEW:
        MUST(answer->read.picture);
        break;
    case READER_LOOK:
        check_looks(answer->looks);
        break;
    default:
        MUST(answer->record);
    }
}

void fuzz_one(const char *bytes, size_t length)
{
    static const struct open_limits limits = {.pages = 3, .attachments = 2};
    struct arena arena;
    struct reader_answer answer;
    struct err err = {0};
    size_t step;
    int r = 0;

    if (length < 2)
        return;
    step = (unsigned char)bytes[1] + 1u;
    arena_init(&arena, (size_t)8 << 20);
    reader_answer_init(&answer, (enum reader_verb)((unsigned char)bytes[0] % READER_VERB_COUNT),
                       PAGE_ASKED, &limits, &arena);
    answer.n_places = PLACES_ASKED;
    for (size_t at = 2; at < length && r == 0; at += step)
        r = reader_answer_feed(&answer, bytes + at, length - at < step ? length - at : step, &err);
    if (r == 0)
        r = reader_answer_finish(&answer, &err);
    if (r == 0)
        check(&answer);
    else
        MUST(err.code == r && (!err.reason || fault_find(err.reason)));
    reader_answer_release(&answer);
    arena_release(&arena);
}
