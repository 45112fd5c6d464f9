/*
 * Lines of text one below the other in a lane, made smaller where the lane is too narrow.
 */
#include "generator/blocks.h"

#include <string.h>

struct font fit_font(struct pen *pen, const struct font *font, const char *text, double room)
{
    struct font fitted = *font;
    double width = pen_width(pen, font, text);

    if (width > room)
        fitted.size *= MAX(room / width, 0.45);
    return fitted;
}

static double lane_x(const struct lane *lane)
{
    return lane->align == ALIGN_RIGHT    ? lane->x + lane->width
           : lane->align == ALIGN_CENTRE ? lane->x + lane->width / 2
                                         : lane->x;
}

void lane_text(struct flow *flow, struct lane *lane, const struct font *font, enum field field,
               const char *text)
{
    struct font fitted = fit_font(flow->page->pen, font, text, lane->width);

    lane->y += font->size * 1.25;
    if (field == F_COUNT)
        page_text(flow->page, lane_x(lane), lane->y, lane->align, &fitted, text);
    else
        document_show_as(flow->doc, flow->page, field, lane_x(lane), lane->y, lane->align, &fitted,
                         text);
}

void lane_name(struct flow *flow, struct lane *lane, const struct font *font, enum field field,
               const char *name, bool is_broken)
{
    g_auto(GStrv) words = g_strsplit(name, " ", -1);
    int count = (int)g_strv_length(words);
    const int habits[] = {2, 1, count / 2, 2};
    int above = count - habits[flow->doc->seller->seed / 16 % G_N_ELEMENTS(habits)];
    const char *below = name;
    g_autofree char *upper = NULL;

    if (!is_broken || above < 1 || above >= count) {
        lane_text(flow, lane, font, field, name);
        return;
    }
    for (int i = 0; i < above; i++)
        below += strlen(words[i]) + 1;
    upper = g_strndup(name, (gsize)(below - name - 1));
    lane_text(flow, lane, font, field, upper);
    lane_text(flow, lane, font, field, below);
}

void lane_fact(struct flow *flow, struct lane *lane, const struct font *font, const char *key,
               enum field field)
{
    struct document *doc = flow->doc;
    g_autofree char *label = NULL;
    g_autofree char *whole = NULL;
    struct font fitted;
    double width;
    double x;

    if (field == F_COUNT || doc->shown[field] == NULL)
        return;
    label = flow_label(flow, key);
    whole = g_strdup_printf("%s  %s", label, doc->shown[field]);
    fitted = fit_font(doc->pen, font, whole, lane->width);
    width = pen_width(doc->pen, &fitted, whole);
    x = lane_x(lane);
    if (lane->align == ALIGN_RIGHT)
        x -= width;
    else if (lane->align == ALIGN_CENTRE)
        x -= width / 2;
    lane->y += font->size * 1.25;
    page_text(flow->page, x, lane->y, ALIGN_LEFT, &fitted, label);
    document_show(doc, flow->page, field, x + width, lane->y, ALIGN_RIGHT, &fitted);
}
