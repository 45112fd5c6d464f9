/*
 * Request in, pipeline, frames out. Runs in the jail, one order a process. The engine is loaded by
 * the warm parent before the first page that needs it, so a day of born-digital mail never pays.
 */
#include "workers/reader/reader_verbs.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/frame.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/mem.h"
#include "pipeline/file/file_record.h"
#include "pipeline/open/open.h"
#include "pipeline/read/look.h"
#include "pipeline/read/read.h"

#include <string.h>

/* Where Debian puts what a record needs: icc-profiles-free and tesseract-ocr. */
#define ICC_PATH "/usr/share/color/icc/sRGB.icc"
#define FONT_PATH "/usr/share/tesseract-ocr/5/tessdata/pdf.ttf"

/* What the owner asks, parsed. Texts are borrowed from `json`. */
struct request {
    json_t *json; /* owned */
    size_t next;  /* where the page frames begin */
    int page;
    struct open_limits limits;
    struct read_options read;
};

static void request_release(struct request *request)
{
    json_decref(request->json);
}

static int write_json(const struct reader_work *work, char kind, const json_t *json,
                      struct err *err)
{
    AUTO_BUF struct buf b;

    buf_init(&b, LIMIT_FRAME_BYTES);
    json_print(json, &b);
    if (b.is_full)
        return err_set(err, ERR_LIMIT, "an answer of more than %zu bytes", b.max);
    return frame_write(work->answer_fd, kind, b.data, b.length, err);
}

/* A "headed" frame of workers/reader/reader.h. */
static int write_headed(const struct reader_work *work, char kind, const json_t *head,
                        const void *bytes, size_t length, struct err *err)
{
    AUTO_BUF struct buf b;
    uint32_t head_length = 0;

    buf_init(&b, LIMIT_FRAME_BYTES);
    buf_add(&b, &head_length, sizeof head_length);
    json_print(head, &b);
    head_length = (uint32_t)(b.length - sizeof head_length);
    memcpy(b.data, &head_length, sizeof head_length);
    buf_add(&b, bytes, length);
    if (b.is_full)
        return err_set(err, ERR_LIMIT, "an answer of more than %zu bytes", b.max);
    return frame_write(work->answer_fd, kind, b.data, b.length, err);
}

static int write_page(const struct reader_work *work, const json_t *head, const struct page *page,
                      struct err *err)
{
    AUTO_BUF struct buf packed;

    buf_init(&packed, LIMIT_FRAME_BYTES);
    page_pack(page, &packed);
    return write_headed(work, FRAME_PAGE, head, packed.data, packed.length, err);
}

/* The next frame of the request: 1, or 0 at its end. */
static int next_frame(const struct reader_work *work, size_t *at, const char **ret_payload,
                      size_t *ret_length, struct err *err)
{
    const struct buf all = {.data = (char *)(uintptr_t)work->request,
                            .length = work->request_length};
    char kind;
    int r = frame_take(&all, *at, &kind, ret_payload, ret_length, err);

    if (r > 0)
        *at += FRAME_HEAD_BYTES + *ret_length;
    return r;
}

static int request_parse(const struct reader_work *work, struct request *ret, struct err *err)
{
    const json_t *json;
    const char *payload;
    size_t length;
    int r = next_frame(work, &ret->next, &payload, &length, err);

    if (r == 0)
        r = err_set(err, ERR_INTERNAL, "an order without a request");
    if (r > 0)
        r = json_parse(payload, length, &ret->json, err);
    if (r < 0)
        return r;
    json = ret->json;
    ret->page = (int)json_get_int(json, "page", 0);
    ret->limits = (struct open_limits){
        .file_bytes = (size_t)json_get_int(json, "file_bytes", 0),
        .pages = (int)json_get_int(json, "pages", 0),
        .pixels = json_get_int(json, "pixels", 0),
        .attachments = (int)json_get_int(json, "attachments", 0),
        .render_dpi = (int)json_get_int(json, "render_dpi", 0),
        .trust_text_layer = json_get_bool(json, "trust_text_layer", true),
    };
    ret->read = (struct read_options){
        .way = json_get_int(json, "way", READ_FIRST) == READ_LARGE ? READ_LARGE : READ_FIRST,
        .picture_height_px = (int)json_get_int(json, "picture_height_px", 0),
        .picture_is_webp = json_get_bool(json, "picture_is_webp", true),
        .picture_quality = (int)json_get_int(json, "picture_quality", 0),
    };
    return 0;
}

static int write_head(const struct reader_work *work, const struct opened *o, struct err *err)
{
    AUTO_JSON json_t *json = json_object();

    json_set_int(json, "kind", o->kind);
    json_set_int(json, "pages", (int64_t)o->n_pages);
    json_set_int(json, "attachments", (int64_t)o->n_attachments);
    json_set_text(json, "producer", o->producer ? o->producer : "");
    json_set(json, "outline", json_boolean(o->has_outline));
    return write_json(work, FRAME_HEAD, json, err);
}

static int write_opened_page(const struct reader_work *work, const struct opened_page *page,
                             struct err *err)
{
    AUTO_JSON json_t *json = json_object();

    json_set(json, "needs_reading", json_boolean(page->needs_reading));
    json_set_text(json, "why_read", page->why_read);
    return write_page(work, json, page->page, err);
}

static int write_attachment(const struct reader_work *work, const struct attachment *attachment,
                            struct err *err)
{
    AUTO_JSON json_t *json = json_object();

    json_set_text(json, "name", attachment->name ? attachment->name : "");
    json_set_text(json, "media_type", attachment->media_type ? attachment->media_type : "");
    return write_headed(work, FRAME_ATTACHMENT, json, attachment->bytes, attachment->length, err);
}

static int do_open(struct reader_work *work, const struct request *request, struct err *err)
{
    struct opened o = {0};
    int r = open_file(work->arena, work->file, work->file_length, &request->limits, &o, err);

    if (r == 0)
        r = write_head(work, &o, err);
    for (size_t i = 0; i < o.n_pages && r == 0; i++)
        r = write_opened_page(work, &o.pages[i], err);
    for (size_t i = 0; i < o.n_attachments && r == 0; i++)
        r = write_attachment(work, &o.attachments[i], err);
    if (r == 0 && o.einvoice) {
        AUTO_JSON json_t *json = document_to_json(o.einvoice);

        r = write_json(work, FRAME_EINVOICE, json, err);
    }
    return r;
}

static int write_read(const struct reader_work *work, const struct read_result *result,
                      struct err *err)
{
    const struct read_times *t = &result->times;
    AUTO_JSON json_t *json = json_object();
    int r;

    json_set(json, "times",
             json_pack("[I,I,I,I]", (json_int_t)t->clean_us, (json_int_t)t->barcode_us,
                       (json_int_t)t->recognise_us, (json_int_t)t->picture_us));
    json_set_text(json, "fallback", result->page->fallback);
    r = write_page(work, json, result->page, err);
    if (r == 0 && result->picture)
        r = frame_write(work->answer_fd, FRAME_PICTURE, result->picture, result->picture_length,
                        err);
    return r;
}

static int do_read(struct reader_work *work, const struct request *request, struct err *err)
{
    const struct reader_tools *tools = work->user;
    struct page_image image = {0};
    struct read_result result = {0};
    int r = open_page_grey(work->arena, work->file, work->file_length, request->page,
                           &request->limits, &image, err);

    if (r == 0)
        r = read_page(work->arena, tools->chosen, &image, request->page, &request->read, &result,
                      err);
    work->lacks_more = r < 0 && engine_lacks_tesseract(tools->chosen);
    return r < 0 ? r : write_read(work, &result, err);
}

/* The places of the request; what is none of them ends the list. */
static size_t load_places(const struct request *request, struct look_place *ret)
{
    const json_t *list = json_object_get(request->json, "places");
    size_t n = 0;

    while (n < LOOK_PLACES_MAX && n < json_array_size(list)) {
        const json_t *item = json_array_get(list, n);
        int kind = (int)json_integer_value(json_array_get(item, 4));
        float side[4];

        for (size_t k = 0; k < 4; k++)
            side[k] = (float)json_number_value(json_array_get(item, k));
        if (kind < 0 || kind >= LOOK_KIND_COUNT)
            break;
        ret[n++] = (struct look_place){{side[0], side[1], side[2], side[3]}, (enum look_kind)kind};
    }
    return n;
}

static int write_looks(const struct reader_work *work, const struct look *looks, size_t count,
                       struct err *err)
{
    AUTO_JSON json_t *json = json_object();
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++) {
        json_t *look = json_object(), *readings = json_array();

        for (int k = 0; k < looks[i].count; k++) {
            json_t *reading = json_object();

            json_set_text(reading, "text", looks[i].readings[k].text);
            json_set_real(reading, "share", (double)looks[i].readings[k].share, 4);
            json_set_int(reading, "votes", looks[i].readings[k].votes);
            json_array_append_new(readings, reading);
        }
        json_set_int(look, "looks", looks[i].looks);
        json_set(look, "readings", readings);
        json_array_append_new(list, look);
    }
    json_set(json, "looks", list);
    return write_json(work, FRAME_LOOKS, json, err);
}

static int do_look(struct reader_work *work, const struct request *request, struct err *err)
{
    const struct reader_tools *tools = work->user;
    struct page_image image = {0};
    struct look_place places[LOOK_PLACES_MAX];
    struct look looks[LOOK_PLACES_MAX];
    size_t count = load_places(request, places);
    int r = open_page_grey(work->arena, work->file, work->file_length, request->page,
                           &request->limits, &image, err);

    if (r == 0)
        r = look_again(
            work->arena, tools->chosen, &image, (int)json_get_int(request->json, "rotation", 0),
            (float)json_get_real(request->json, "skew_deg", 0), places, count, looks, err);
    return r < 0 ? r : write_looks(work, looks, count, err);
}

static int do_preview(struct reader_work *work, const struct request *request, struct err *err)
{
    struct Pix *pix = NULL;
    const unsigned char *bytes = NULL;
    size_t length = 0;
    int r = open_page_preview(work->arena, work->file, work->file_length, request->page,
                              request->read.picture_height_px, &request->limits, &pix, err);

    if (r == 0)
        r = read_picture(work->arena, pix, &request->read, &bytes, &length, err);
    return r < 0 ? r : frame_write(work->answer_fd, FRAME_PICTURE, bytes, length, err);
}

/* The page's picture untouched where reading found that possible, else decoded again. */
static int load_record_image(const struct reader_work *work, const struct request *request,
                             const struct page *page, struct page_image *ret, struct err *err)
{
    return (page->is_stored ? open_page_stored : open_page_image)(
        work->arena, work->file, work->file_length, page->number, &request->limits, ret, err);
}

/* The pages of the request, with their pictures unless the file is kept. */
static int load_record_pages(struct reader_work *work, const struct request *request,
                             bool has_pictures, struct record_page **ret, size_t *ret_count,
                             struct err *err)
{
    size_t max = (size_t)request->limits.pages, at = request->next, n = 0;
    struct record_page *pages = arena_alloc_array(work->arena, max, sizeof *pages);

    for (;;) {
        struct page_image *image = arena_alloc(work->arena, sizeof *image);
        struct page *page = NULL;
        const char *packed;
        size_t length;
        int r = next_frame(work, &at, &packed, &length, err);

        if (r == 0)
            break;
        if (r > 0 && n == max)
            r = err_set(err, ERR_INTERNAL, "a record of more than %zu pages", max);
        if (r > 0)
            r = page_unpack(work->arena, packed, length, &page, err);
        if (r == 0 && has_pictures)
            r = load_record_image(work, request, page, image, err);
        if (r < 0)
            return r;
        pages[n++] = (struct record_page){.page = page, .image = image};
    }
    *ret = pages;
    *ret_count = n;
    return 0;
}

static int do_record(struct reader_work *work, const struct request *request, struct err *err)
{
    const json_t *json = request->json;
    struct record_options options = {
        .part = (int)json_get_int(json, "part", 1),
        .title = json_get_text(json, "title", ""),
        .language = json_get_text(json, "language", ""),
        .created_ms = json_get_int(json, "created_ms", 0),
        .icc_path = json_get_text(json, "icc_path", ICC_PATH),
        .font_path = json_get_text(json, "font_path", FONT_PATH),
        .keeps_file = json_get_bool(json, "keeps_file", false),
        .keeps_metadata = json_get_bool(json, "keeps_metadata", false),
    };
    struct record_page *pages;
    unsigned char *bytes;
    size_t n_pages, length;
    int r = load_record_pages(work, request, !options.keeps_file, &pages, &n_pages, err);

    if (r == 0 && options.keeps_metadata)
        record_read_metadata(work->arena, work->file, work->file_length, &options);
    if (r == 0 && options.keeps_file)
        r = record_overlay(work->file, work->file_length, pages, n_pages, &options, &bytes, &length,
                           err);
    else if (r == 0)
        r = record_pdf(pages, n_pages, &options, &bytes, &length, err);
    return r < 0 ? r : frame_write(work->answer_fd, FRAME_RECORD, bytes, length, err);
}

static int (*const verbs[READER_VERB_COUNT])(struct reader_work *, const struct request *,
                                             struct err *) = {
    [READER_OPEN] = do_open,     [READER_READ] = do_read, [READER_PREVIEW] = do_preview,
    [READER_RECORD] = do_record, [READER_LOOK] = do_look,
};

int reader_verbs_work(struct reader_work *work, struct err *err)
{
    struct request request __attribute__((cleanup(request_release))) = {0};
    int r = request_parse(work, &request, err);

    if (r < 0)
        return r;
    if ((unsigned)work->verb >= READER_VERB_COUNT)
        return err_set(err, ERR_INTERNAL, "verb %d", (int)work->verb);
    return verbs[work->verb](work, &request, err);
}

/* The engine of one language, loaded when it is first asked for. */
static int choose_other(struct reader_tools *tools, const char *language, struct err *err)
{
    AUTO_FREE char *path = mem_printf("%s/%s.traineddata", tools->models, language);
    const struct engine_options options = {path, tools->is_tesseract};
    struct language_engine *other = tools->others;
    int r = 0;

    while (other->engine && strcmp(other->language, language) != 0)
        if (++other == tools->others + READER_LANGUAGES_MAX)
            return err_set(err, ERR_LIMIT, "more than %d languages", READER_LANGUAGES_MAX);
    if (!other->engine)
        r = engine_new(&options, &other->engine, err);
    if (r < 0)
        return r;
    memcpy(other->language, language, strlen(language) + 1);
    tools->chosen = other->engine;
    return 0;
}

int reader_verbs_prepare(void *user, const struct reader_order *order, struct err *err)
{
    struct reader_tools *tools = user;
    const struct engine_options options = {tools->model, tools->is_tesseract};
    int r = 0;

    if (order->verb != READER_READ && order->verb != READER_LOOK)
        return 0;
    if (order->language[0])
        return choose_other(tools, order->language, err);
    if (!tools->engine)
        r = engine_new(&options, &tools->engine, err);
    tools->chosen = tools->engine;
    return r;
}

int reader_verbs_load_more(void *user, struct err *err)
{
    (void)user;
    return engine_load_tesseract(err);
}
