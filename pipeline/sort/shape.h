/*
 * How a document is laid out and written, in any language: counts and shares that need no word to
 * be known, and a few of which words are labels. What the type classifier falls back on where a
 * paper is from a world with other words.
 */
#ifndef SORT_SHAPE_H
#define SORT_SHAPE_H

#include "pipeline/extract/sheet.h"

enum { SHAPE_FACTS = 46 };

/* Fills every fact; all but a few lie between 0 and 1. */
void shape_find(float facts[SHAPE_FACTS], const struct sheet *s);

/* 0 for none, 0.17 for one, 1 for 63. */
float shape_squash(int count);

#endif
