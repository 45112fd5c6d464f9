/* Two clocks, which tests can set and hold still, and a CPU meter. */
#include "base/clock.h"

#include <stdio.h>
#include <time.h>

static int64_t fake_now_ms = -1, fake_mono_ms = -1;

static int64_t read_us(clockid_t id)
{
    struct timespec t;

    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t clock_now_ms(void)
{
    return fake_now_ms >= 0 ? fake_now_ms : read_us(CLOCK_REALTIME) / 1000;
}

int64_t clock_mono_ms(void)
{
    return fake_mono_ms >= 0 ? fake_mono_ms : read_us(CLOCK_MONOTONIC) / 1000;
}

int64_t clock_cpu_us(void)
{
    return read_us(CLOCK_PROCESS_CPUTIME_ID);
}

void clock_format(int64_t unix_ms, char text[CLOCK_TEXT_SIZE])
{
    time_t seconds = unix_ms / 1000;
    struct tm tm;
    char date[20];

    gmtime_r(&seconds, &tm);
    strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(text, CLOCK_TEXT_SIZE, "%s.%03dZ", date, (int)(unix_ms % 1000));
}

void clock_fake(int64_t now_ms, int64_t mono_ms)
{
    fake_now_ms = now_ms;
    fake_mono_ms = mono_ms;
}
