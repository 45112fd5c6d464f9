/*
 * libtesseract behind one small door: it reads the pages that our own recogniser refuses, and all
 * of them under `engine: tesseract`.
 */
#ifndef PIPELINE_READ_TESSERACT_H
#define PIPELINE_READ_TESSERACT_H

#include "pipeline/read/engine.h"

struct tesseract;

/* Loads the library, once a process and before any jail. ERR_NOT_FOUND when it is not installed. */
int tesseract_load(struct err *err);
bool tesseract_is_loaded(void);

/* `model` holds the bytes of a .traineddata file; they are copied. tesseract_load() comes first. */
int tesseract_new(const void *model, size_t length, struct tesseract **ret, struct err *err);
void tesseract_free(struct tesseract *t);

/* Recognises a sheet with Tesseract's own layout, after its dark blocks were turned over and its
 * rules painted over, which the sheet keeps. ERR_INTERNAL when it gives up. */
int tesseract_read(struct arena *a, struct tesseract *t, struct sheet *s, struct found_words *ret,
                   struct err *err);

/* How sure it is of a picture of one line: mean confidence, 0 to 1; 0 when it sees nothing. */
float tesseract_line_confidence(struct tesseract *t, struct Pix *line, int dpi);

#endif
