/* What was taken out of a page's ink: rules, frames, pictures, the edge of the paper. */
#ifndef PIPELINE_READ_LAYOUT_GONE_H
#define PIPELINE_READ_LAYOUT_GONE_H

#include "pipeline/read/layout/layout.h"

/* Was this pixel dark, and taken out? False outside the page. */
bool is_gone(const struct layout_page *page, const struct layout *layout, int x, int y);

/* Each row of the page: what was taken out and a pixel around it, less the text, as words of the
 * text's bitmap; or NULL. In the arena. */
uint64_t **gone_around(struct arena *a, const struct layout_page *page,
                       const struct layout *layout);

#endif
