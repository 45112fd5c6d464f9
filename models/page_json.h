/*
 * A page's words as JSON, one object a page: what `bilag read --words` prints and what training,
 * teaching and error ledgers read.
 *
 *     {"file": "a.pdf", "page": 1, "pages": 2, "width": 595.0, "height": 842.0, "source": "ocr",
 *      "words": [["Total", 56.5, 20.2, 114.5, 25.9, 0.988], …]}
 *
 * A word is its text, its box in points and, unless it is certain, its confidence. A page that lay
 * askew has "skew", in degrees clockwise; one whose picture is cut has "lost_percent", of its rows;
 * one with check boxes has "check_boxes": [[left, top, right, bottom, ink], …].
 */
#ifndef MODELS_PAGE_JSON_H
#define MODELS_PAGE_JSON_H

#include "models/page.h"

struct arena;
struct err;
struct json_t;

/* `page` is the `number`-th of `count` read of this file. Owned. */
struct json_t *page_to_json(const struct page *page, const char *file, int number, int count);

/* ERR_INVALID when a word or a measure is not what it should be. In the arena. */
int page_from_json(struct arena *a, const struct json_t *json, struct page **ret, struct err *err);

#endif
