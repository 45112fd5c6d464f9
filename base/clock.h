/*
 * Time. Pipeline code never asks for it (the caller passes dates in); processes ask here, so that
 * tests can set both clocks.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

int64_t clock_now_ms(void);  /* since 1970 UTC; may jump */
int64_t clock_mono_ms(void); /* for durations and deadlines; never jumps */
int64_t clock_cpu_us(void);  /* CPU time of this process */

#define CLOCK_TEXT_SIZE 25 /* "2026-11-21T14:03:59.123Z" and its NUL */
void clock_format(int64_t unix_ms, char text[CLOCK_TEXT_SIZE]);

/* Tests only: both clocks stand at these values until set again; a negative value lets go. */
void clock_fake(int64_t now_ms, int64_t mono_ms);

#endif
