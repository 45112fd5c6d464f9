/*
 * The natural logarithm with the bits of Debian 12's C library (glibc 2.36, logf), so that
 * certainties do not depend on the C library of the day.
 */
#ifndef RECOGNISER_NATURAL_LOG_H
#define RECOGNISER_NATURAL_LOG_H

/* For positive normal numbers; anything else gives some number, or none. */
float natural_log(float x);

#endif
