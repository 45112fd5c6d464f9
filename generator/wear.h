/*
 * What wears a picture of paper: single effects on an 8-bit grey picture, in place. Each costs one
 * pass over the pixels it touches.
 */
#ifndef GENERATOR_WEAR_H
#define GENERATOR_WEAR_H

#include "generator/rng.h"

#include <leptonica/allheaders.h>

/* A soft lens: the mean of each pixel and its right and lower neighbours. */
void wear_blur(PIX *pix);

/* Light that falls off by up to `shade` grey levels, and noise of up to `noise`. */
void wear_light(PIX *pix, int shade, int noise, struct rng *rng);

/* Dust, dark and light, one to four pixels wide. */
void wear_speckle(PIX *pix, int count, struct rng *rng);

/* Blots of coffee or grease, some millimetres wide, that darken without hiding. */
void wear_blots(PIX *pix, int count, struct rng *rng);

/* Creases across the page: a dark line beside a light one. */
void wear_folds(PIX *pix, int count, struct rng *rng);

/* Lines down the page from dirt on the scanner's glass. */
void wear_streaks(PIX *pix, int count, struct rng *rng);

/* A dark border at one side, as where a lid did not close. */
void wear_edge(PIX *pix, int width, struct rng *rng);

/* Print that has faded to this share of its black. */
void wear_fade(PIX *pix, double ink);

/* The back of the sheet shining through by this share: the page itself, mirrored and moved down. */
void wear_bleed(PIX *pix, double share);

/* Seen askew by a camera: a new picture (pixDestroy), and what it does to points (9 numbers, by
 * rows). */
PIX *wear_photo(PIX *pix, struct rng *rng, double ret_matrix[9]);

#endif
