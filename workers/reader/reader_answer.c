/*
 * Parsing what a jailed child wrote. Each frame kind is a row: which verb it belongs to, whether
 * it stands behind a head, how large it may be, who takes it. A hostile child can make us refuse,
 * never make us allocate out of proportion: what a frame may grow into is held against the arena
 * first.
 */
#include "workers/reader/reader_answer.h"

#include "base/arena.h"
#include "base/frame.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "models/fault.h"

#include <string.h>

#define JSON_FRAME_BYTES ((size_t)8 << 20) /* packed pages are smaller */
#define GROWTH 8 /* most arena bytes a byte of a document's JSON or a packed page turns into, */
#define GROWTH_BYTES ((size_t)4 << 20) /* beside arrays whose counts are capped */

enum { LOOKS_MAX = 100 }; /* at one place */

typedef int take_fn(struct reader_answer *, const char *, size_t, struct err *);

static int bad(struct err *err, const char *what)
{
    return fault_set(err, FAULT_BAD_ANSWER, "%s", what);
}

static bool may_grow(const struct reader_answer *answer, size_t length)
{
    return length * GROWTH + GROWTH_BYTES <= answer->arena->max - answer->arena->used;
}

static int parse(struct reader_answer *answer, const char *bytes, size_t length, json_t **ret,
                 struct err *err)
{
    json_t *json = NULL;

    if (!may_grow(answer, length))
        return bad(err, "more than fits");
    if (json_parse(bytes, length, &json, NULL) < 0)
        return bad(err, "no JSON");
    if (!json_is_object(json)) {
        json_decref(json);
        return bad(err, "no JSON object");
    }
    *ret = json;
    return 0;
}

/* A frame's JSON head, owned, and the bytes behind it. */
static int parse_headed(struct reader_answer *answer, const char *bytes, size_t length,
                        json_t **ret_head, const char **ret_rest, size_t *ret_length,
                        struct err *err)
{
    uint32_t head = 0;
    int r;

    if (length < sizeof head)
        return bad(err, "a frame without its head");
    memcpy(&head, bytes, sizeof head);
    if (head > length - sizeof head)
        return bad(err, "a frame without its head");
    r = parse(answer, bytes + sizeof head, head, ret_head, err);
    if (r < 0)
        return r;
    *ret_rest = bytes + sizeof head + head;
    *ret_length = length - sizeof head - head;
    return 0;
}

static int copy_bytes(struct reader_answer *answer, const char *bytes, size_t length,
                      const unsigned char **ret, struct err *err)
{
    unsigned char *copy;

    if (length + 64 > answer->arena->max - answer->arena->used)
        return bad(err, "more than fits");
    copy = arena_alloc(answer->arena, length + 1);
    memcpy(copy, bytes, length);
    *ret = copy;
    return 0;
}

static int take_head(struct reader_answer *answer, const char *bytes, size_t length,
                     struct err *err)
{
    struct opened *o = &answer->opened;
    AUTO_JSON json_t *json = NULL;
    int64_t kind, pages, attachments;
    int r = parse(answer, bytes, length, &json, err);

    if (r < 0)
        return r;
    kind = json_get_int(json, "kind", -1);
    pages = json_get_int(json, "pages", -1);
    attachments = json_get_int(json, "attachments", -1);
    if (kind < 0 || kind >= FILE_KIND_COUNT || pages < 0 || pages > answer->limits->pages ||
        attachments < 0 || attachments > answer->limits->attachments)
        return bad(err, "counts out of range");
    o->kind = (enum file_kind)kind;
    o->producer = arena_strdup(answer->arena, json_get_text(json, "producer", ""));
    o->has_outline = json_get_bool(json, "outline", false);
    answer->expected_pages = (size_t)pages;
    answer->expected_attachments = (size_t)attachments;
    o->pages = arena_alloc_array(answer->arena, (size_t)pages, sizeof *o->pages);
    o->attachments = arena_alloc_array(answer->arena, (size_t)attachments, sizeof *o->attachments);
    return 0;
}

static int take_opened_page(struct reader_answer *answer, const json_t *head, struct page *page,
                            struct err *err)
{
    struct opened *o = &answer->opened;

    if (o->n_pages == answer->expected_pages || o->n_attachments)
        return bad(err, "a page too many");
    if (page->number != (int)o->n_pages + 1)
        return bad(err, "not the page that was due");
    o->pages[o->n_pages++] = (struct opened_page){
        .page = page,
        .needs_reading = json_get_bool(head, "needs_reading", true),
        .why_read = arena_strdup(answer->arena, json_get_text(head, "why_read", NULL)),
    };
    return 0;
}

static long time_at(const json_t *head, size_t i)
{
    return (long)json_integer_value(json_array_get(json_object_get(head, "times"), i));
}

enum { FALLBACK_MAX = 40 };

/* A token such as "many_marks", or NULL; anything else is none. */
static const char *fallback_of(struct arena *a, const json_t *head)
{
    const char *text = json_get_text(head, "fallback", "");
    size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz_");

    return n > 0 && n <= FALLBACK_MAX && text[n] == '\0' ? arena_strdup(a, text) : NULL;
}

static int take_read_page(struct reader_answer *answer, const json_t *head, struct page *page,
                          struct err *err)
{
    if (answer->read.page)
        return bad(err, "a page too many");
    if (page->number != answer->page_number)
        return bad(err, "not the page that was due");
    answer->read.page = page;
    page->fallback = fallback_of(answer->arena, head);
    answer->read.times = (struct read_times){time_at(head, 0), time_at(head, 1), time_at(head, 2),
                                             time_at(head, 3)};
    return 0;
}

static int take_page(struct reader_answer *answer, const char *bytes, size_t length,
                     struct err *err)
{
    AUTO_JSON json_t *head = NULL;
    const char *packed;
    size_t packed_length;
    struct page *page;
    int r = parse_headed(answer, bytes, length, &head, &packed, &packed_length, err);

    if (r < 0)
        return r;
    if (!may_grow(answer, packed_length))
        return bad(err, "more than fits");
    if (page_unpack(answer->arena, packed, packed_length, &page, NULL) < 0)
        return bad(err, "malformed page");
    return answer->verb == READER_OPEN ? take_opened_page(answer, head, page, err)
                                       : take_read_page(answer, head, page, err);
}

static int take_attachment(struct reader_answer *answer, const char *bytes, size_t length,
                           struct err *err)
{
    struct opened *o = &answer->opened;
    AUTO_JSON json_t *head = NULL;
    const unsigned char *copy;
    const char *content;
    size_t content_length;
    int r;

    if (o->n_attachments == answer->expected_attachments)
        return bad(err, "an attachment too many");
    r = parse_headed(answer, bytes, length, &head, &content, &content_length, err);
    if (r == 0)
        r = copy_bytes(answer, content, content_length, &copy, err);
    if (r < 0)
        return r;
    o->attachments[o->n_attachments++] = (struct attachment){
        .name = arena_strdup(answer->arena, json_get_text(head, "name", "")),
        .media_type = arena_strdup(answer->arena, json_get_text(head, "media_type", "")),
        .bytes = copy,
        .length = content_length,
    };
    return 0;
}

static int take_einvoice(struct reader_answer *answer, const char *bytes, size_t length,
                         struct err *err)
{
    AUTO_JSON json_t *json = NULL;
    int r = answer->opened.einvoice ? bad(err, "two e-invoices")
                                    : parse(answer, bytes, length, &json, err);

    if (r < 0)
        return r;
    if (document_from_json(answer->arena, json, &answer->opened.einvoice, NULL) < 0)
        return bad(err, "malformed e-invoice");
    return 0;
}

static int take_picture(struct reader_answer *answer, const char *bytes, size_t length,
                        struct err *err)
{
    if (answer->read.picture)
        return bad(err, "two pictures");
    answer->read.picture_length = length;
    return copy_bytes(answer, bytes, length, &answer->read.picture, err);
}

static int take_record(struct reader_answer *answer, const char *bytes, size_t length,
                       struct err *err)
{
    if (answer->record)
        return bad(err, "two records");
    answer->record = mem_alloc(length + 1);
    memcpy(answer->record, bytes, length);
    answer->record_length = length;
    return 0;
}

/* A reading is shown to people and parsed as words are, so it is cleaned and cut like one. */
static bool take_reading(struct arena *a, const json_t *json, int looks, struct look_reading *ret)
{
    const char *text = json_get_text(json, "text", "");
    double share = json_get_real(json, "share", -1);
    int64_t votes = json_get_int(json, "votes", -1);

    *ret = (struct look_reading){arena_strdup(a, text), (float)share, (int)votes};
    return text[0] && strlen(text) <= LIMIT_WORD_BYTES && share >= 0 && share <= 1 && votes >= 0 &&
           votes <= looks;
}

static bool take_look(struct arena *a, const json_t *json, struct look *ret)
{
    const json_t *readings = json_object_get(json, "readings");
    size_t count = json_array_size(readings);
    int64_t looks = json_get_int(json, "looks", -1);

    if (looks < 0 || looks > LOOKS_MAX || count > LOOK_READINGS_MAX)
        return false;
    *ret = (struct look){.looks = (int)looks, .count = (int)count};
    for (size_t i = 0; i < count; i++)
        if (!take_reading(a, json_array_get(readings, i), ret->looks, &ret->readings[i]))
            return false;
    return true;
}

static int take_looks(struct reader_answer *answer, const char *bytes, size_t length,
                      struct err *err)
{
    AUTO_JSON json_t *json = NULL;
    const json_t *looks;
    int r = answer->looks ? bad(err, "two answers") : parse(answer, bytes, length, &json, err);

    if (r < 0)
        return r;
    looks = json_object_get(json, "looks");
    if (json_array_size(looks) != answer->n_places)
        return bad(err, "not the places that were asked for");
    answer->looks = arena_alloc_array(answer->arena, answer->n_places, sizeof *answer->looks);
    for (size_t i = 0; i < answer->n_places; i++)
        if (!take_look(answer->arena, json_array_get(looks, i), &answer->looks[i]))
            return bad(err, "a malformed look");
    return 0;
}

/* The child's own refusal. Its words are shown to people, so they are cleaned; its token must be
 * one of ours. */
static int take_error(struct reader_answer *answer, const char *bytes, size_t length,
                      struct err *err)
{
    AUTO_JSON json_t *json = NULL;
    const struct fault_info *fault;
    AUTO_FREE char *clean = NULL;
    const char *text;
    int64_t code;
    int r = parse(answer, bytes, length, &json, err);

    if (r < 0)
        return r;
    code = json_get_int(json, "code", 0);
    if (code > ERR_USAGE || code < ERR_INTERNAL)
        return bad(err, "an error without a code");
    text = json_get_text(json, "text", "");
    clean = mem_alloc(strlen(text) * 3 + 1);
    utf8_clean(text, strlen(text), clean);
    fault = fault_find(json_get_text(json, "reason", NULL));
    err_set(&answer->refusal, (int)code, "%s", clean);
    answer->refusal.reason = fault ? fault->name : NULL;
    return 0;
}

static int take_end(struct reader_answer *answer, const char *bytes, size_t length, struct err *err)
{
    const struct opened *o = &answer->opened;
    bool is_whole[READER_VERB_COUNT] = {
        [READER_OPEN] = o->producer && o->n_pages == answer->expected_pages &&
                        o->n_attachments == answer->expected_attachments,
        [READER_READ] = answer->read.page != NULL,
        [READER_PREVIEW] = answer->read.picture != NULL,
        [READER_RECORD] = answer->record != NULL,
        [READER_LOOK] = answer->looks != NULL,
    };

    (void)bytes;
    return length || !is_whole[answer->verb] ? bad(err, "it ends too early") : 0;
}

#define VERB(name) (1u << READER_##name)
#define ANY_VERB (VERB(OPEN) | VERB(READ) | VERB(PREVIEW) | VERB(RECORD) | VERB(LOOK))

static const struct {
    enum reader_frame kind;
    unsigned verbs; /* in whose answers it may stand */
    size_t max_bytes;
    bool needs_head; /* stands behind an open's head */
    take_fn *take;
} table[] = {
    {FRAME_HEAD, VERB(OPEN), JSON_FRAME_BYTES, false, take_head},
    {FRAME_PAGE, VERB(OPEN) | VERB(READ), JSON_FRAME_BYTES, true, take_page},
    {FRAME_ATTACHMENT, VERB(OPEN), LIMIT_FRAME_BYTES, true, take_attachment},
    {FRAME_EINVOICE, VERB(OPEN), JSON_FRAME_BYTES, true, take_einvoice},
    {FRAME_PICTURE, VERB(READ) | VERB(PREVIEW), LIMIT_FRAME_BYTES, false, take_picture},
    {FRAME_RECORD, VERB(RECORD), LIMIT_FRAME_BYTES, false, take_record},
    {FRAME_LOOKS, VERB(LOOK), JSON_FRAME_BYTES, false, take_looks},
    {FRAME_ERROR, ANY_VERB, JSON_FRAME_BYTES, false, take_error},
    {FRAME_END, ANY_VERB, 0, false, take_end},
};

static int take_frame(struct reader_answer *answer, char kind, const char *bytes, size_t length,
                      struct err *err)
{
    bool has_head = answer->verb != READER_OPEN || answer->opened.producer;

    if (answer->last == FRAME_END || answer->last == FRAME_ERROR)
        return bad(err, "more after the end");
    answer->last = kind;
    for (size_t i = 0; i < ARRAY_LENGTH(table); i++) {
        if ((char)table[i].kind != kind)
            continue;
        if (!(table[i].verbs & 1u << answer->verb) || length > table[i].max_bytes ||
            (table[i].needs_head && !has_head) || (kind == FRAME_HEAD && answer->opened.producer))
            return bad(err, "a frame out of place");
        return table[i].take(answer, bytes, length, err);
    }
    return bad(err, "a frame of no known kind");
}

void reader_answer_init(struct reader_answer *answer, enum reader_verb verb, int page_number,
                        const struct open_limits *limits, struct arena *arena)
{
    *answer = (struct reader_answer){
        .verb = verb, .page_number = page_number, .limits = limits, .arena = arena};
    buf_init(&answer->bytes, LIMIT_FRAME_BYTES * 2);
}

void reader_answer_release(struct reader_answer *answer)
{
    buf_release(&answer->bytes);
    free(take_ptr(&answer->record));
}

/* Drops the frames already taken once they outweigh what follows. */
static void compact(struct reader_answer *answer)
{
    struct buf *b = &answer->bytes;

    if (answer->taken < b->length - answer->taken)
        return;
    memmove(b->data, b->data + answer->taken, b->length - answer->taken);
    b->length -= answer->taken;
    answer->taken = 0;
}

int reader_answer_feed(struct reader_answer *answer, const void *bytes, size_t length,
                       struct err *err)
{
    const char *payload;
    size_t size;
    char kind;
    int r;

    buf_add(&answer->bytes, bytes, length);
    if (answer->bytes.is_full)
        return bad(err, "a frame too large");
    while ((r = frame_take(&answer->bytes, answer->taken, &kind, &payload, &size, NULL)) > 0) {
        r = take_frame(answer, kind, payload, size, err);
        if (r < 0)
            return r;
        answer->taken += FRAME_HEAD_BYTES + size;
    }
    if (r < 0)
        return bad(err, "a frame too large");
    compact(answer);
    return 0;
}

int reader_answer_finish(struct reader_answer *answer, struct err *err)
{
    bool has_rest = answer->taken != answer->bytes.length;

    if (answer->last == FRAME_ERROR && !has_rest) {
        if (err)
            *err = answer->refusal;
        return answer->refusal.code;
    }
    return answer->last == FRAME_END && !has_rest ? 0 : bad(err, "it ends too early");
}
