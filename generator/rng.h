/*
 * A small seeded random source. The same seed always gives the same stream, on every machine.
 *
 * A stream is one 64-bit number (splitmix64), so a copy of the struct is a fork of the stream, and
 * independent streams are made by mixing names into a seed: rng_mix(seed, "style").
 */
#ifndef GENERATOR_RNG_H
#define GENERATOR_RNG_H

#include <stdbool.h>
#include <inttypes.h>

struct rng {
    uint64_t state;
};

static inline uint64_t rng_next(struct rng *rng)
{
    uint64_t z = (rng->state += 0x9e3779b97f4a7c15u);

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* A number from 0 to limit - 1. */
static inline int rng_below(struct rng *rng, int limit)
{
    return (int)(rng_next(rng) % (uint64_t)limit);
}

/* A number from low to high, both included. */
static inline int rng_range(struct rng *rng, int low, int high)
{
    return low + rng_below(rng, high - low + 1);
}

static inline bool rng_chance(struct rng *rng, int percent)
{
    return rng_below(rng, 100) < percent;
}

/* A number from low to high with a fraction. */
static inline double rng_real(struct rng *rng, double low, double high)
{
    return low + (high - low) * (double)(rng_next(rng) >> 11) / 9007199254740992.0;
}

/* A seed for what `name` stands for under `seed` (FNV-1a over the name, then one step). */
static inline uint64_t rng_mix(uint64_t seed, const char *name)
{
    struct rng rng = {seed ^ 0xcbf29ce484222325u};

    for (; *name != '\0'; name++)
        rng.state = (rng.state ^ (unsigned char)*name) * 0x100000001b3u;
    return rng_next(&rng);
}

/* The seed of the n-th member of a family. */
static inline uint64_t rng_nth(uint64_t seed, uint64_t n)
{
    struct rng rng = {seed + n * 0xd1342543de82ef95u};

    return rng_next(&rng);
}

#endif
