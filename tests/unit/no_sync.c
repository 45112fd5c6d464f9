/*
 * In every unit test syncing is nothing but a check of the descriptor. Here processes die and never
 * the machine, so what is on the disk changes no outcome, and waiting for it was nine tenths of
 * some tests' time. SQLite calls these too. Weak, for a test that counts them.
 */
#include <fcntl.h>
#include <unistd.h>

__attribute__((weak)) int fsync(int fd)
{
    return fcntl(fd, F_GETFD) < 0 ? -1 : 0;
}

__attribute__((weak)) int fdatasync(int fd)
{
    return fsync(fd);
}
