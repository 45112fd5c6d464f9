/*
 * Orders out, answers in. The warm parent is a pipe's length away and one poll loop watches it:
 * answer bytes, its report, our clock. Whatever goes wrong on its side of the wire ends in killing
 * it, because a fresh one costs 100 ms and a confused one costs trust.
 *
 * A warm parent that dies has seen no hostile byte, so the file is not to blame: the order is given
 * once more to a new one. When that dies too, the file is charged with a crash.
 */
#include "workers/reader/reader_client.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/frame.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/spawn.h"
#include "models/fault.h"
#include "models/settings.h"
#include "workers/reader/reader_answer.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

#define RENDER_DPI 300
#define GRACE_MS 15000 /* for the warm parent to load its model and to report */
#define STOP_GRACE_MS 200
#define RECORD_PAGE_MS 2000 /* more wall and CPU time a page of a record */
#define REFUSAL_BYTES ((size_t)16 << 20)
#define READ_STEP_BYTES ((size_t)128 << 10)

enum { PARENT_GONE = 1 }; /* beside 0 and ERR_* */

struct reader {
    struct reader_options options;
    struct child parent;
    int socket; /* -1: no warm parent */
    int64_t last_tick_ms;
    struct reader_usage usage;
    char *chunk; /* READ_STEP_BYTES */
};

void reader_options_from(const struct settings *s, struct reader_options *ret)
{
    *ret = (struct reader_options){
        .model = s->read.model,
        .models = s->read.models,
        .is_tesseract = s->read.engine == ENGINE_TESSERACT,
        .readings = (int)s->read.readings,
        .limits = {.file_bytes = (size_t)s->limits.file_bytes,
                   .pages = (int)s->limits.pages,
                   .pixels = s->limits.pixels,
                   .attachments = (int)s->limits.attachments,
                   .render_dpi = RENDER_DPI,
                   .trust_text_layer = s->read.trust_text_layer},
        .read = {.picture_height_px = (int)s->read.picture_height_px,
                 .picture_is_webp = s->read.picture == PICTURE_WEBP,
                 .picture_quality = (int)s->read.picture_quality},
        .page_seconds = (int)s->limits.page_seconds,
        .cpu_seconds = (int)s->limits.cpu_seconds,
        .memory_bytes = (size_t)s->limits.reader_memory_mb << 20,
    };
}

struct reader *reader_new(const struct reader_options *options)
{
    struct reader *reader = mem_alloc(sizeof *reader);

    reader->options = *options;
    reader->socket = -1;
    reader->chunk = mem_alloc(READ_STEP_BYTES);
    return reader;
}

static void end_parent(struct reader *reader, int grace_ms)
{
    if (reader->socket >= 0)
        close(reader->socket);
    reader->socket = -1;
    spawn_stop(&reader->parent, grace_ms);
}

void reader_free(struct reader *reader)
{
    if (!reader)
        return;
    end_parent(reader, STOP_GRACE_MS);
    free(reader->chunk);
    free(reader);
}

struct reader_usage reader_take_usage(struct reader *reader)
{
    struct reader_usage usage = reader->usage;

    reader->usage = (struct reader_usage){0};
    return usage;
}

int reader_readings(const struct reader *reader)
{
    return reader->options.readings;
}

int reader_pid(const struct reader *reader)
{
    return (int)reader->parent.pid;
}

/* A child lives for one page and touches 40 MB of fresh memory: in pages of 4 kB the faults alone
 * were a fifth of its time. So its heap grows in large steps, in huge pages where the kernel lets
 * it ask for them, and gives nothing back. */
#define MALLOC_TUNABLES                                                                            \
    "GLIBC_TUNABLES=glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=1073741824:"                \
    "glibc.malloc.trim_threshold=1073741824:glibc.malloc.top_pad=67108864"

/* What the reader may know of our environment: nothing but this. OpenMP must be held back before
 * the program starts: libgomp reads its limit once, and without it a page takes seven times. */
static void fill_environment(const char *ret[], size_t size)
{
    static const char *const passed[] = {"BILAG_JAIL_NAMES", "ASAN_OPTIONS", "UBSAN_OPTIONS"};
    size_t n = 0;

    ret[n++] = "OMP_THREAD_LIMIT=1";
    ret[n++] = "LANG=C.UTF-8";
    ret[n++] = "LD_BIND_NOW=1"; /* once in the warm parent, not in every child */
    ret[n++] = MALLOC_TUNABLES;
    for (size_t i = 0; i < ARRAY_LENGTH(passed); i++)
        for (char **e = environ; *e; e++)
            if (strncmp(*e, passed[i], strlen(passed[i])) == 0 && n + 1 < size)
                ret[n++] = *e;
    ret[n] = NULL;
}

static int start_parent(struct reader *reader, struct err *err)
{
    const char *configured = getenv("BILAG_READER");
    AUTO_FREE char *beside = spawn_path_beside("bilag-reader");
    const char *program = reader->options.program ? reader->options.program
                          : configured            ? configured
                                                  : beside;
    const char *arguments[] = {program, reader->options.model, reader->options.models,
                               reader->options.is_tesseract ? "tesseract" : NULL, NULL},
               *environment[9];
    int ends[2], r;

    if (reader->socket >= 0)
        return 0;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return err_errno(err, ERR_IO, "socket for the reader");
    fill_environment(environment, ARRAY_LENGTH(environment));
    r = spawn_start(&(struct spawn_options){.program = program,
                                            .arguments = arguments,
                                            .environment = environment,
                                            .fds = &ends[1],
                                            .n_fds = 1,
                                            .log_fd = -1},
                    &reader->parent, err);
    close(ends[1]);
    if (r < 0) {
        close(ends[0]);
        return r;
    }
    reader->socket = ends[0];
    return 0;
}

static int send_order(struct reader *reader, const struct reader_order *order,
                      const int fds[READER_FD_COUNT])
{
    union {
        char bytes[CMSG_SPACE(sizeof(int) * READER_FD_COUNT)];
        struct cmsghdr aligned;
    } control = {{0}};
    struct iovec body = {(void *)(uintptr_t)order, sizeof *order};
    struct msghdr message = {.msg_iov = &body,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);

    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof(int) * READER_FD_COUNT);
    memcpy(CMSG_DATA(head), fds, sizeof(int) * READER_FD_COUNT);
    return sendmsg(reader->socket, &message, MSG_NOSIGNAL) == (ssize_t)sizeof *order ? 0
                                                                                     : PARENT_GONE;
}

static void tick(struct reader *reader)
{
    int64_t now = clock_mono_ms();

    if (!reader->options.tick || now - reader->last_tick_ms < reader->options.tick_ms)
        return;
    reader->last_tick_ms = now;
    reader->options.tick(reader->options.user);
}

/* 1: bytes were taken, 0: end of the answer. */
static int take_bytes(struct reader *reader, int answer_fd, struct reader_answer *answer,
                      struct err *err)
{
    ssize_t n = read(answer_fd, reader->chunk, READ_STEP_BYTES);
    int r;

    if (n < 0)
        return errno == EINTR ? 1 : err_errno(err, ERR_IO, "reading the reader's answer");
    if (n == 0)
        return 0;
    r = reader_answer_feed(answer, reader->chunk, (size_t)n, err);
    return r < 0 ? r : 1;
}

/* Collects answer and report. ERR_* when the answer is refused or time is up, PARENT_GONE. */
static int await_answer(struct reader *reader, int answer_fd, int64_t deadline_ms,
                        struct reader_answer *answer, struct reader_report *report, struct err *err)
{
    struct pollfd watched[2] = {{answer_fd, POLLIN, 0}, {reader->socket, POLLIN, 0}};

    while (watched[0].fd >= 0 || watched[1].fd >= 0) {
        int64_t left = deadline_ms - clock_mono_ms();
        int wait = reader->options.tick && reader->options.tick_ms < left ? reader->options.tick_ms
                                                                          : (int)left;
        int r = 1;

        if (left <= 0)
            return fault_set(err, FAULT_TIMEOUT, "the warm parent did not end it");
        if (poll(watched, 2, wait) < 0 && errno != EINTR)
            return err_errno(err, ERR_IO, "waiting for the reader");
        tick(reader);
        if (watched[0].revents)
            r = take_bytes(reader, answer_fd, answer, err);
        if (r < 0)
            return r;
        if (r == 0)
            watched[0].fd = -1;
        if (watched[1].revents) {
            if (recv(reader->socket, report, sizeof *report, 0) != (ssize_t)sizeof *report)
                return PARENT_GONE;
            watched[1].fd = -1;
        }
        watched[0].revents = watched[1].revents = 0;
    }
    return 0;
}

/* What the report says about an answer that was received whole. */
static int judge(const struct reader_report *report, struct reader_answer *answer, struct err *err)
{
    const struct fault_info *info = fault_find(report->fault);

    if (report->err.code) {
        if (err) {
            *err = report->err;
            err->reason = NULL;
        }
        return report->err.code;
    }
    for (int i = 0; info && i < FAULT_COUNT; i++)
        if (fault_info((enum fault)i) == info)
            return fault_set(err, (enum fault)i, "%s", "");
    return reader_answer_finish(answer, err);
}

static int try_order(struct reader *reader, const struct reader_order *order, int file_fd,
                     int request_fd, struct reader_answer *answer, struct err *err)
{
    struct reader_report report = {0};
    int ends[2], r = start_parent(reader, err);

    if (r < 0)
        return r;
    if (pipe2(ends, O_CLOEXEC) < 0)
        return err_errno(err, ERR_IO, "pipe for the reader's answer");
    r = send_order(reader, order, (const int[READER_FD_COUNT]){file_fd, request_fd, ends[1]});
    close(ends[1]);
    if (r == 0)
        r = await_answer(reader, ends[0], clock_mono_ms() + order->wall_ms + GRACE_MS, answer,
                         &report, err);
    close(ends[0]);
    if (r != 0) {
        end_parent(reader, 0);
        return r;
    }
    reader->usage.cpu_us += report.cpu_us;
    if (report.max_rss_kb > reader->usage.max_rss_kb)
        reader->usage.max_rss_kb = report.max_rss_kb;
    return judge(&report, answer, err);
}

static struct reader_order order_of(const struct reader *reader, enum reader_verb verb, int more_ms)
{
    const struct reader_options *o = &reader->options;

    return (struct reader_order){.verb = verb,
                                 .wall_ms = o->page_seconds * 1000 + more_ms,
                                 .cpu_seconds = o->cpu_seconds + more_ms / 1000,
                                 .memory_bytes = (int64_t)o->memory_bytes};
}

static int give_order(struct reader *reader, const struct reader_order *order, int file_fd,
                      int request_fd, struct reader_answer *answer, struct err *err)
{
    int r = try_order(reader, order, file_fd, request_fd, answer, err);
    if (r == PARENT_GONE) {
        struct arena *arena = answer->arena;
        int number = answer->page_number;
        size_t n_places = answer->n_places;

        reader_answer_release(answer);
        reader_answer_init(answer, (enum reader_verb)order->verb, number, &reader->options.limits,
                           arena);
        answer->n_places = n_places;
        r = try_order(reader, order, file_fd, request_fd, answer, err);
    }
    return r == PARENT_GONE ? fault_set(err, FAULT_CRASHED, "with the warm reader, twice") : r;
}

static json_t *describe(const struct reader *reader, int page_number)
{
    const struct open_limits *limits = &reader->options.limits;
    const struct read_options *read = &reader->options.read;
    json_t *json = json_object();

    json_set_int(json, "file_bytes", (int64_t)limits->file_bytes);
    json_set_int(json, "pages", limits->pages);
    json_set_int(json, "pixels", limits->pixels);
    json_set_int(json, "attachments", limits->attachments);
    json_set_int(json, "render_dpi", limits->render_dpi);
    json_set(json, "trust_text_layer", json_boolean(limits->trust_text_layer));
    json_set_int(json, "page", page_number);
    json_set_int(json, "picture_height_px", read->picture_height_px);
    json_set(json, "picture_is_webp", json_boolean(read->picture_is_webp));
    json_set_int(json, "picture_quality", read->picture_quality);
    return json;
}

static int add_frame(int fd, char kind, const json_t *json, struct err *err)
{
    AUTO_FREE char *text = json_text(json);

    return frame_write(fd, kind, text, strlen(text), err);
}

/* A memfd with the request's head frame; the caller may add pages. Takes `head`. */
static int open_request(json_t *head, struct err *err)
{
    AUTO_JSON json_t *owned = head;
    AUTO_CLOSE int fd = memfd_create("request", MFD_CLOEXEC);
    int r;

    if (fd < 0)
        return err_errno(err, ERR_IO, "memfd for a request");
    r = add_frame(fd, FRAME_HEAD, owned, err);
    return r < 0 ? r : take_fd(&fd);
}

int reader_open(struct reader *reader, int file_fd, struct arena *arena, struct opened *ret,
                struct err *err)
{
    struct reader_answer answer __attribute__((cleanup(reader_answer_release)));
    const struct reader_order order = order_of(reader, READER_OPEN, 0);
    AUTO_CLOSE int request = open_request(describe(reader, 0), err);
    int r = request;

    reader_answer_init(&answer, READER_OPEN, 0, &reader->options.limits, arena);
    if (r >= 0)
        r = give_order(reader, &order, file_fd, request, &answer, err);
    if (r == 0)
        *ret = answer.opened;
    return r;
}

/* Takes `head`, the request. */
static int ask_for_page(struct reader *reader, const struct reader_order *order, int file_fd,
                        int number, json_t *head, struct arena *arena, struct read_result *ret,
                        struct err *err)
{
    struct reader_answer answer __attribute__((cleanup(reader_answer_release)));
    AUTO_CLOSE int request = open_request(head, err);
    int r = request;

    reader_answer_init(&answer, (enum reader_verb)order->verb, number, &reader->options.limits,
                       arena);
    if (r >= 0)
        r = give_order(reader, order, file_fd, request, &answer, err);
    if (r == 0)
        *ret = answer.read;
    return r;
}

int reader_read(struct reader *reader, int file_fd, int page_number, struct arena *arena,
                struct read_result *ret, struct err *err)
{
    const struct reader_order order = order_of(reader, READER_READ, 0);

    return ask_for_page(reader, &order, file_fd, page_number, describe(reader, page_number), arena,
                        ret, err);
}

/* Tesseract's names of the models Debian has for our languages: networks of their own, which err
 * elsewhere than the Latin one. */
static const char *model_of(const char *language)
{
    static const char *const models[][2] = {{"nb", "nor"}, {"sv", "swe"}, {"da", "dan"},
                                            {"hu", "hun"}, {"de", "deu"}, {"en", "eng"}};
    size_t i = 0;

    while (i + 1 < ARRAY_LENGTH(models) && strcmp(models[i][0], language) != 0)
        i++;
    return models[i][1];
}

int reader_read_again(struct reader *reader, int file_fd, int page_number,
                      const struct reader_again *again, struct arena *arena,
                      struct read_result *ret, struct err *err)
{
    struct reader_order order = order_of(reader, READER_READ, 0);
    json_t *head = describe(reader, page_number);

    if (again->language)
        snprintf(order.language, sizeof order.language, "%s", model_of(again->language));
    json_set_int(head, "picture_height_px", 0);
    json_set_int(head, "way", again->way);
    return ask_for_page(reader, &order, file_fd, page_number, head, arena, ret, err);
}

int reader_preview(struct reader *reader, int file_fd, int page_number, struct arena *arena,
                   const unsigned char **ret_bytes, size_t *ret_length, struct err *err)
{
    const struct reader_order order = order_of(reader, READER_PREVIEW, 0);
    struct read_result result = {0};
    int r = ask_for_page(reader, &order, file_fd, page_number, describe(reader, page_number), arena,
                         &result, err);

    if (r < 0)
        return r;
    *ret_bytes = result.picture;
    *ret_length = result.picture_length;
    return 0;
}

static int open_record_request(const struct reader *reader, struct page *const *pages,
                               size_t n_pages, const struct record_options *o, struct err *err)
{
    json_t *head = describe(reader, 0);
    AUTO_CLOSE int fd = -1;
    int r = 0;

    json_set_int(head, "part", o->part);
    json_set_text(head, "title", o->title);
    json_set_text(head, "language", o->language);
    json_set_int(head, "created_ms", o->created_ms);
    json_set_text(head, "icc_path", o->icc_path);
    json_set_text(head, "font_path", o->font_path);
    json_set(head, "keeps_file", json_boolean(o->keeps_file));
    json_set(head, "keeps_metadata", json_boolean(o->keeps_metadata));
    fd = open_request(head, err);
    if (fd < 0)
        return fd;
    for (size_t i = 0; i < n_pages && r == 0; i++) {
        AUTO_BUF struct buf packed;

        buf_init(&packed, LIMIT_FRAME_BYTES);
        page_pack(pages[i], &packed);
        r = frame_write(fd, FRAME_PAGE, packed.data, packed.length, err);
    }
    return r < 0 ? r : take_fd(&fd);
}

int reader_record(struct reader *reader, int file_fd, struct page *const *pages, size_t n_pages,
                  const struct record_options *options, unsigned char **ret_bytes,
                  size_t *ret_length, struct err *err)
{
    struct reader_answer answer __attribute__((cleanup(reader_answer_release)));
    struct arena arena __attribute__((cleanup(arena_release))); /* for a refusal's few words */
    AUTO_CLOSE int request = open_record_request(reader, pages, n_pages, options, err);
    const struct reader_order order = order_of(reader, READER_RECORD,
                                               (int)n_pages * RECORD_PAGE_MS);
    int r = request;

    arena_init(&arena, REFUSAL_BYTES);
    reader_answer_init(&answer, READER_RECORD, 0, &reader->options.limits, &arena);
    if (r >= 0)
        r = give_order(reader, &order, file_fd, request, &answer, err);
    if (r < 0)
        return r;
    *ret_bytes = take_ptr(&answer.record);
    *ret_length = answer.record_length;
    return 0;
}

static json_t *describe_look(const struct reader *reader, const struct page *page,
                             const struct look_place *places, size_t count)
{
    json_t *head = describe(reader, page->number), *list = json_array();

    for (size_t i = 0; i < count; i++) {
        const struct box *box = &places[i].box;

        json_array_append_new(list,
                              json_pack("[f,f,f,f,i]", (double)box->x0, (double)box->y0,
                                        (double)box->x1, (double)box->y1, (int)places[i].kind));
    }
    json_set_int(head, "rotation", page->rotation);
    json_set_real(head, "skew_deg", (double)page->skew_deg, 3);
    json_set(head, "places", list);
    return head;
}

int reader_look(struct reader *reader, int file_fd, const struct page *page,
                const struct look_place *places, size_t count, struct arena *arena,
                struct look *ret, struct err *err)
{
    struct reader_answer answer __attribute__((cleanup(reader_answer_release)));
    const struct reader_order order = order_of(reader, READER_LOOK, 0);
    AUTO_CLOSE int request = open_request(describe_look(reader, page, places, count), err);
    int r = request;

    reader_answer_init(&answer, READER_LOOK, page->number, &reader->options.limits, arena);
    answer.n_places = count;
    if (r >= 0)
        r = give_order(reader, &order, file_fd, request, &answer, err);
    if (r == 0)
        memcpy(ret, answer.looks, count * sizeof *ret);
    return r;
}
