/* The system call filter of the jail, compiled once; private to base/jail*.c. */
#ifndef BASE_JAIL_CALLS_H
#define BASE_JAIL_CALLS_H

#include <linux/filter.h>
#include <stdbool.h>

struct err;

/* Builds the program (owned: free ret->filter). `may_open`: files may be opened for reading. */
int jail_calls_build(bool may_open, bool names_calls, struct sock_fprog *ret, struct err *err);

/* Answers a trapped call with its name on stderr and the end of the process. */
void jail_calls_name_on_trap(void);

#endif
