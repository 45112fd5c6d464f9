/*
 * The real warm parent and the real jail around a child that misbehaves as the "file" says. It
 * knows nothing of documents: the file's text is the name of an act in the table below.
 */
#include "base/buf.h"
#include "base/frame.h"
#include "base/json.h"
#include "base/jail.h"
#include "base/mem.h"
#include "models/fault.h"
#include "models/page.h"
#include "workers/reader/reader_parent.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int send_text(const struct reader_work *work, char kind, const char *text)
{
    return frame_write(work->answer_fd, kind, text, strlen(text), NULL);
}

static int send_page(const struct reader_work *work, int number)
{
    static const char head[] = "\x17\0\0\0{\"needs_reading\":false}";
    struct word word = {.text = "Rechnung", .box = {1, 2, 3, 4}, .confidence = 1};
    struct page page = {
        .number = number, .width_pt = 595, .height_pt = 842, .words = &word, .n_words = 1};
    AUTO_BUF struct buf b;

    buf_init(&b, 1000);
    buf_add(&b, head, sizeof head - 1);
    page_pack(&page, &b);
    return frame_write(work->answer_fd, FRAME_PAGE, b.data, b.length, NULL);
}

static int answer_well(struct reader_work *work, struct err *err)
{
    static const char attachment[] = "\x0e\0\0\0{\"name\":\"a.b\"}hello";

    (void)err;
    if (work->verb == READER_READ)
        return send_page(work, 2);
    if (work->verb == READER_PREVIEW)
        return send_text(work, FRAME_PICTURE, "picture");
    if (work->verb == READER_RECORD)
        return send_text(work, FRAME_RECORD, "%PDF");
    if (work->verb == READER_LOOK)
        return send_text(work, FRAME_LOOKS,
                         "{\"looks\":[{\"looks\":7,\"readings\":[{\"text\":\"12,50\","
                         "\"share\":0.5,\"votes\":6}]}]}");
    send_text(work, FRAME_HEAD, "{\"kind\":0,\"pages\":2,\"attachments\":1}");
    send_page(work, 1);
    send_page(work, 2);
    return frame_write(work->answer_fd, FRAME_ATTACHMENT, attachment, sizeof attachment - 1, NULL);
}

/* 50 ms of CPU, more than any of the others takes. */
static int answer_late(struct reader_work *work, struct err *err)
{
    while (clock() < CLOCKS_PER_SEC / 20)
        continue;
    return answer_well(work, err);
}

static int refuse(struct reader_work *work, struct err *err)
{
    (void)work;
    return fault_set(err, FAULT_ENCRYPTED, "page %d", 3);
}

static int spin(struct reader_work *work, struct err *err)
{
    volatile int i = 0;

    (void)err;
    while (work)
        i++;
    return 0;
}

static int hang(struct reader_work *work, struct err *err)
{
    int word = 0;

    (void)err;
    while (work)
        syscall(SYS_futex, &word, 0 /* FUTEX_WAIT */, 0, NULL);
    return 0;
}

static int crash(struct reader_work *work, struct err *err)
{
    (void)err;
    raise(SIGSEGV);
    *(volatile char *)(uintptr_t)(work->verb) = 1;
    return 0;
}

static void eat_everything(void)
{
    void *volatile p;

    do
        p = malloc((size_t)1 << 20);
    while (p);
}

static int eat_and_abort(struct reader_work *work, struct err *err)
{
    (void)work;
    (void)err;
    eat_everything();
    abort();
}

static int eat_and_shrug(struct reader_work *work, struct err *err)
{
    (void)work;
    eat_everything();
    return fault_set(err, FAULT_CORRUPT, "%s", "");
}

static int eat_and_die(struct reader_work *work, struct err *err)
{
    (void)err;
    while (work)
        mem_alloc((size_t)1 << 20);
    return 0;
}

static int flood(struct reader_work *work, struct err *err)
{
    (void)err;
    while (work)
        fprintf(stderr, "Syntax Error: nothing is as it should be\n");
    return 0;
}

static int connect_out(struct reader_work *work, struct err *err)
{
    (void)err;
    return work ? socket(AF_INET, SOCK_STREAM, 0) : 0;
}

static int lie(struct reader_work *work, struct err *err)
{
    (void)err;
    return send_page(work, 7);
}

static int babble(struct reader_work *work, struct err *err)
{
    char noise[200];

    (void)err;
    memset(noise, 0xa5, sizeof noise);
    while (write(work->answer_fd, noise, sizeof noise) > 0)
        ;
    return 0;
}

static int fall_silent(struct reader_work *work, struct err *err)
{
    (void)work;
    (void)err;
    _exit(0);
}

/* Whether descriptors other than 0 to 3 are open, or the environment came along. */
static int look_around(struct reader_work *work, struct err *err)
{
    for (int fd = 4; fd < 64; fd++)
        if (fcntl(fd, F_GETFD) >= 0)
            return err_set(err, ERR_INTERNAL, "descriptor %d is open", fd);
    if (getenv("SECRET"))
        return err_set(err, ERR_INTERNAL, "the environment came along");
    return answer_well(work, err);
}

static bool has_more; /* the parent's, as each child finds it */

static int lack_more(struct reader_work *work, struct err *err)
{
    work->lacks_more = !has_more;
    return has_more ? answer_well(work, err) : err_set(err, ERR_NOT_FOUND, "not loaded yet");
}

static int never_have_enough(struct reader_work *work, struct err *err)
{
    work->lacks_more = true;
    return err_set(err, ERR_NOT_FOUND, "not loaded yet");
}

static const struct {
    const char *name;
    int (*act)(struct reader_work *, struct err *);
} acts[] = {
    {"answer well", answer_well},
    {"answer late", answer_late},
    {"lack more", lack_more},
    {"never have enough", never_have_enough},
    {"refuse", refuse},
    {"spin", spin},
    {"hang", hang},
    {"crash", crash},
    {"eat and abort", eat_and_abort},
    {"eat and shrug", eat_and_shrug},
    {"eat and die", eat_and_die},
    {"flood", flood},
    {"connect", connect_out},
    {"lie", lie},
    {"babble", babble},
    {"fall silent", fall_silent},
    {"look around", look_around},
};

static int work_as_told(struct reader_work *work, struct err *err)
{
    for (size_t i = 0; i < ARRAY_LENGTH(acts); i++)
        if (strlen(acts[i].name) == work->file_length &&
            memcmp(acts[i].name, work->file, work->file_length) == 0)
            return acts[i].act(work, err);
    return err_set(err, ERR_INTERNAL, "no such act");
}

static int prepare(void *user, const struct reader_order *order, struct err *err)
{
    (void)user;
    if (order->verb == READER_PREVIEW || strcmp(order->language, "hun") == 0)
        return err_set(err, ERR_NOT_FOUND, "no model");
    return 0;
}

static int load_more(void *user, struct err *err)
{
    (void)user;
    (void)err;
    has_more = true;
    return 0;
}

int main(void)
{
    static const struct jail_options jail = {.landlock_abi = JAIL_ABI_ASK};

    return reader_parent_run(&(struct reader_house){
        .prepare = prepare, .work = work_as_told, .load_more = load_more, .jail = &jail});
}
