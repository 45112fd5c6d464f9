/* The harmful proxy. One loop over all pairs of sockets; a pair ends when either end does. */
#include "tests/unit/queues/proxy.h"

#include <err.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAIRS_MAX = 8, TICK_MS = 1 };

struct pair {
    int client, server;
};

static int unix_socket(const char *path, struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        err(1, "socket");
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    snprintf(address->sun_path, sizeof address->sun_path, "%s", path);
    return fd;
}

static int listen_at(const char *path)
{
    struct sockaddr_un address;
    int fd = unix_socket(path, &address);

    if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 16) < 0)
        err(1, "listening at %s", path);
    return fd;
}

static void end_pair(struct pair *p)
{
    close(p->client);
    close(p->server);
    p->client = p->server = -1;
}

static void accept_pair(int listener, const char *server_path, struct pair *pairs)
{
    struct sockaddr_un address;

    for (int i = 0; i < PAIRS_MAX; i++)
        if (pairs[i].client < 0) {
            pairs[i].client = accept(listener, NULL, NULL);
            pairs[i].server = unix_socket(server_path, &address);
            if (connect(pairs[i].server, (struct sockaddr *)&address, sizeof address) < 0)
                end_pair(&pairs[i]);
            return;
        }
    errx(1, "the proxy has no pair left");
}

static bool send_all(int fd, const char *bytes, ssize_t length, bool is_slicing)
{
    while (length > 0) {
        ssize_t sent = send(fd, bytes, is_slicing ? 1 : (size_t)length, MSG_NOSIGNAL);

        if (sent <= 0)
            return false;
        bytes += sent;
        length -= sent;
    }
    return true;
}

static void pass_question(struct pair *p, const struct proxy_orders *orders)
{
    char bytes[65536];
    ssize_t n = recv(p->client, bytes, sizeof bytes, 0);

    if (n <= 0 || (orders->is_deaf && memmem(bytes, (size_t)n, "FCALL", 5)) ||
        !send_all(p->server, bytes, n, false))
        end_pair(p);
}

/* Keeps its books before it sends: who gets the answer may give the next order at once. */
static void pass_answer(struct pair *p, struct proxy_orders *orders)
{
    char bytes[65536];
    ssize_t n = recv(p->server, bytes, sizeof bytes, 0);
    bool is_cut = n <= 0;

    if (n > 0 && orders->cut_after >= 0) {
        is_cut = orders->cut_after < n;
        n = is_cut ? orders->cut_after : n;
        orders->cut_after -= n;
        orders->cuts += is_cut;
    }
    if (n > 0)
        orders->passed_bytes += n;
    if (!send_all(p->client, bytes, n, orders->is_slicing) || is_cut)
        end_pair(p);
}

static void run(int listener, const char *server_path, struct proxy_orders *orders)
{
    struct pair pairs[PAIRS_MAX];

    memset(pairs, -1, sizeof pairs);
    for (;;) {
        struct pollfd fds[1 + 2 * PAIRS_MAX] = {{.fd = listener, .events = POLLIN}};
        bool is_stalled = orders->is_stalled;

        for (int i = 0; i < PAIRS_MAX; i++) {
            fds[1 + 2 * i] = (struct pollfd){.fd = pairs[i].client, .events = POLLIN};
            fds[2 + 2 * i] = (struct pollfd){.fd = is_stalled ? -1 : pairs[i].server,
                                             .events = POLLIN};
        }
        poll(fds, 1 + 2 * PAIRS_MAX, TICK_MS); /* the tick sees orders that changed */
        for (int i = 0; i < PAIRS_MAX; i++) {
            if (fds[2 + 2 * i].revents && pairs[i].server >= 0)
                pass_answer(&pairs[i], orders);
            if (fds[1 + 2 * i].revents && pairs[i].client >= 0)
                pass_question(&pairs[i], orders);
        }
        if (fds[0].revents)
            accept_pair(listener, server_path, pairs);
    }
}

void proxy_start(struct proxy *p, const char *socket_path, const char *server_path)
{
    int listener = listen_at(socket_path);

    snprintf(p->socket_path, sizeof p->socket_path, "%s", socket_path);
    p->orders = mmap(NULL, sizeof *p->orders, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                     -1, 0);
    if (p->orders == MAP_FAILED)
        err(1, "mmap");
    p->orders->cut_after = -1;
    p->pid = fork();
    if (p->pid < 0)
        err(1, "fork");
    if (p->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        run(listener, server_path, p->orders);
    }
    close(listener);
}

void proxy_stop(struct proxy *p)
{
    kill(p->pid, SIGKILL);
    waitpid(p->pid, NULL, 0);
    munmap(p->orders, sizeof *p->orders);
    unlink(p->socket_path);
}
