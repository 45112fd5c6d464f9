/*
 * What a page carries besides words: bar codes, separator patches, check boxes, or nothing at all.
 */
#ifndef PIPELINE_READ_MARKS_H
#define PIPELINE_READ_MARKS_H

#include "models/page.h"

struct arena;
struct sheet;

/* The bar codes of a straightened sheet, each once. A page without any costs a few milliseconds. */
void find_barcodes(struct arena *a, struct sheet *s, struct page *page);

/* Puts the check boxes of a straightened sheet on the page. */
void find_check_boxes(struct arena *a, struct sheet *s, struct page *page);

/* Adds separator patches ("PATCH-T" …) to `ret`, which has `room`; returns how many. */
size_t find_patches(const struct sheet *s, struct barcode *ret, size_t room);

/* Nothing but dust, punch holes, streaks and what shines through. In doubt it is not blank: a page
 * read for nothing costs a second, a page thrown away costs an invoice. */
bool sheet_is_blank(struct sheet *s);

#endif
