/*
 * Characters the recogniser wrote twice: "HU8S5" for HU85, "Erdóő" for Erdő, "kontoọo" for konto.
 */
#ifndef PIPELINE_READ_TWINS_H
#define PIPELINE_READ_TWINS_H

struct arena;
struct recognised_word;

/* The word's text without them, in the arena. `width` is that of a character in the middle of its
 * line, in pixels. */
const char *twins_drop(struct arena *a, const struct recognised_word *word, float width);

#endif
