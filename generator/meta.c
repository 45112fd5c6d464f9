/*
 * The facts about a paper (number, dates, references) in the eight ways offices set them.
 */
#include "generator/blocks.h"

#include "generator/noise.h"

#include <string.h>

void entries_add(struct entries *entries, const struct document *doc, const char *key,
                 enum field field)
{
    if (doc->shown[field] != NULL)
        entries->items[entries->count++] = (struct entry){.key = key, .field = field};
}

void entries_add_text(struct entries *entries, const char *key, char *text)
{
    entries->items[entries->count++] = (struct entry){.key = key, .field = F_COUNT, .text = text};
}

/* "Label|{value}" of the word list, the n-th this supplier has. */
static void entries_add_noise(struct entries *entries, struct document *doc, int n)
{
    const char *text = words_label(doc->words, "x.meta", rng_nth(doc->seller->seed, (uint64_t)n));
    const char *bar = strchr(text, '|');
    g_autofree char *label = g_strndup(text, (gsize)(bar - text));

    for (int i = 0; i < entries->count; i++) {
        if (g_strcmp0(entries->items[i].label, label) == 0)
            return;
    }
    entries->items[entries->count++] = (struct entry){
        .label = g_steal_pointer(&label), .field = F_COUNT, .text = noise_fill(doc, bar + 1)};
}

void entries_clear(struct entries *entries)
{
    for (int i = 0; i < entries->count; i++) {
        g_free(entries->items[i].text);
        g_free(entries->items[i].label);
    }
    entries->count = 0;
}

static const char *entry_label(const struct flow *flow, const struct entry *entry)
{
    return entry->label != NULL ? entry->label : document_label(flow->doc, entry->key);
}

/* The label with or without a colon; owned. */
static char *entry_text(const struct flow *flow, const struct entry *entry)
{
    return g_strconcat(entry_label(flow, entry), flow->style->has_colons ? ":" : "", NULL);
}

char *flow_label(const struct flow *flow, const char *key)
{
    return g_strconcat(document_label(flow->doc, key), flow->style->has_colons ? ":" : "", NULL);
}

/* What stands between the dates of a period; NULL for all other entries. */
static const char *period_dash(const struct entry *entry)
{
    return entry->field == F_PERIOD_START ? " - " : NULL;
}

static double value_width(const struct flow *flow, const struct entry *entry,
                          const struct font *font)
{
    struct pen *pen = flow->page->pen;
    struct document *doc = flow->doc;
    const char *dash = period_dash(entry);
    double width = pen_width(pen, font,
                             entry->field == F_COUNT ? entry->text : doc->shown[entry->field]);

    if (dash != NULL)
        width += pen_width(pen, font, dash) + pen_width(pen, font, doc->shown[F_PERIOD_END]);
    return width;
}

/* The same for an entry's value. */
static struct font value_font(const struct flow *flow, const struct entry *entry, double room,
                              const struct font *font)
{
    struct font fitted = *font;
    double width = value_width(flow, entry, font);

    if (width > room)
        fitted.size *= MAX(room / width, 0.45);
    return fitted;
}

double flow_value(struct flow *flow, const struct entry *entry, double x, double y,
                  const struct font *font)
{
    const char *dash = period_dash(entry);
    double width;

    if (entry->field == F_COUNT) {
        page_tag(flow->page, "noise", -1);
        width = page_text(flow->page, x, y, ALIGN_LEFT, font, entry->text);
        page_tag(flow->page, NULL, -1);
        return width;
    }
    width = document_show(flow->doc, flow->page, entry->field, x, y, ALIGN_LEFT, font);
    if (dash != NULL) {
        width += page_text(flow->page, x + width, y, ALIGN_LEFT, font, dash);
        width += document_show(flow->doc, flow->page, F_PERIOD_END, x + width, y, ALIGN_LEFT, font);
    }
    return width;
}

void flow_inline(struct flow *flow, const struct entries *entries, double gap)
{
    struct font label_font = style_font(flow->style, 0.95, flow->style->has_bold_labels);
    struct font font = style_font(flow->style, 0.95, false);
    double x = flow->left;

    for (int i = 0; i < entries->count; i++) {
        const struct entry *entry = &entries->items[i];
        g_autofree char *label = entry_text(flow, entry);
        double offset = pen_width(flow->page->pen, &label_font, label) + 4;
        double width = offset + value_width(flow, entry, &font);

        if (x > flow->left && x + width > flow->right) {
            x = flow->left;
            flow->y += font.size * 1.4;
        }
        page_text(flow->page, x, flow->y, ALIGN_LEFT, &label_font, label);
        flow_value(flow, entry, x + offset, flow->y, &font);
        x += width + gap;
    }
    flow->y += font.size * 1.4;
}

void flow_list(struct flow *flow, const struct entries *entries, double x, double gap, double right)
{
    struct font label_font = style_font(flow->style, 0.95, flow->style->has_bold_labels);
    struct font font = style_font(flow->style, 0.95, false);

    for (int i = 0; i < entries->count; i++) {
        g_autofree char *label = entry_text(flow, &entries->items[i]);
        double width = page_text(flow->page, x, flow->y, ALIGN_LEFT, &label_font, label);
        double value_x = x + MAX(gap, width + 6);
        struct font fitted = value_font(flow, &entries->items[i], right - value_x, &font);

        flow_value(flow, &entries->items[i], value_x, flow->y, &fitted);
        flow->y += font.size * 1.35;
    }
}

void flow_meta_entries(const struct flow *flow, struct entries *entries)
{
    struct document *doc = flow->doc;
    const struct supplier *seller = doc->seller;
    bool is_invoice = doc->type == TYPE_INVOICE || doc->type == TYPE_CREDIT_NOTE;

    entries_add(entries, doc, doc->trade->number, doc->trade->identity);
    entries_add(entries, doc, is_invoice ? "l.issue_date" : "l.date", F_ISSUE_DATE);
    entries_add(entries, doc, "l.due_date", F_DUE_DATE);
    entries_add(entries, doc, "l.preceding_invoice", F_PRECEDING_INVOICE);
    if (seller->seed % 10 < 7)
        entries_add_text(entries, "l.customer_number",
                         g_strdup_printf("%d", 1000 + (int)(seller->seed % 89000)));
    if (doc->trade->identity != F_ORDER_REFERENCE)
        entries_add(entries, doc, "l.order_reference", F_ORDER_REFERENCE);
    entries_add(entries, doc, "l.buyer_reference", F_BUYER_REFERENCE);
    if (seller->seed % 10 < 5)
        entries_add_text(entries, "l.our_reference", g_strdup(seller->party.person));
    entries_add(entries, doc, "l.delivery_date", F_DELIVERY_DATE);
    entries_add(entries, doc, "l.period", F_PERIOD_START);
    entries_add(entries, doc, "l.contract_reference", F_CONTRACT_REFERENCE);
    entries_add(entries, doc, "l.payment_terms", F_PAYMENT_TERMS);
    if (seller->seed % 10 < 2)
        entries_add(entries, doc, "l.currency", F_CURRENCY);
    if (seller->seed % 10 > 6 && !doc->trade->is_ours)
        entries_add(entries, doc, "l.buyer_vat_id", F_BUYER_VAT_ID);
    for (int i = 0; i < flow->style->noise; i++)
        entries_add_noise(entries, doc, i);
}

static void meta_lane(struct flow *flow, const struct entries *entries, struct lane *lane,
                      double gap, bool is_boxed)
{
    double top = lane->y + 6;
    double indent = is_boxed ? 8 : 0;

    flow->y = top + flow->style->size * 1.2 + indent / 2;
    flow_list(flow, entries, lane->x + indent, gap, lane->x + lane->width - indent / 2);
    lane->y = flow->y - flow->style->size * 0.6;
    if (is_boxed)
        page_box(flow->page, lane->x, top, lane->width, lane->y - top, 0.8, flow->style->accent);
}

/* Each value below its label, as narrow columns at the side have it. */
static void meta_stack(struct flow *flow, const struct entries *entries)
{
    struct font small = style_font(flow->style, 0.72, true);
    struct font font = style_font(flow->style, 0.95, false);
    struct lane *lane = &flow->far;

    for (int i = 0; i < entries->count; i++) {
        struct font fitted = value_font(flow, &entries->items[i], lane->width - 60, &font);

        lane->y += 3;
        lane->x += 60;
        lane_text(flow, lane, &small, F_COUNT, entry_label(flow, &entries->items[i]));
        lane->x -= 60;
        lane->y += font.size * 1.2;
        flow_value(flow, &entries->items[i], lane->x + 60, lane->y, &fitted);
    }
}

void flow_strip(struct flow *flow, const struct entries *entries)
{
    struct font small = style_font(flow->style, 0.78, flow->style->has_bold_labels);
    struct font font = style_font(flow->style, 0.95, false);
    int per_row = entries->count > 8 ? 4 : 5;
    double step = (flow->right - flow->left) / MIN(per_row, entries->count);

    flow->y += 8;
    for (int i = 0; i < entries->count; i++) {
        const char *label = entry_label(flow, &entries->items[i]);
        double x = flow->left + (i % per_row) * step;
        struct font fitted = value_font(flow, &entries->items[i], step - 6, &font);
        struct font head = fit_font(flow->page->pen, &small, label, step - 6);

        if (i > 0 && i % per_row == 0)
            flow->y += font.size * 3.2;
        if (i % per_row == 0)
            page_line(flow->page, flow->left, flow->y, flow->right, flow->y, 0.5, GREY);
        page_text(flow->page, x, flow->y + small.size * 1.3, ALIGN_LEFT, &head, label);
        flow_value(flow, &entries->items[i], x, flow->y + font.size * 2.5, &fitted);
    }
    flow->y += font.size * 3.2;
    page_line(flow->page, flow->left, flow->y, flow->right, flow->y, 0.5, GREY);
}

/* Cells in rows of four, a small label over each value, as pre-printed forms have it. */
static void meta_grid(struct flow *flow, const struct entries *entries)
{
    struct font small = style_font(flow->style, 0.7, false);
    struct font font = style_font(flow->style, 0.95, flow->style->has_bold_labels);
    double step = (flow->right - flow->left) / 4;
    double height = font.size * 2.5;

    flow->y += 8;
    for (int i = 0; i < entries->count; i++) {
        double x = flow->left + (i % 4) * step;
        double y = flow->y + (i / 4) * height;
        struct font fitted = value_font(flow, &entries->items[i], step - 8, &font);

        page_box(flow->page, x, y, step, height, 0.5, GREY);
        page_text(flow->page, x + 4, y + small.size * 1.1, ALIGN_LEFT, &small,
                  entry_label(flow, &entries->items[i]));
        flow_value(flow, &entries->items[i], x + 4, y + height - 5, &fitted);
    }
    flow->y += ((entries->count + 3) / 4) * height + 14;
}

static void meta_two_columns(struct flow *flow, const struct entries *entries)
{
    struct entries half = {0};
    double top = flow->y + 16;
    double middle = (flow->left + flow->right) / 2 + 10;
    int split = (entries->count + 1) / 2;
    double bottom;

    for (int i = 0; i < split; i++)
        half.items[half.count++] = entries->items[i];
    flow->y = top;
    flow_list(flow, &half, flow->left, 100, middle - 8);
    bottom = flow->y;
    half.count = 0;
    for (int i = split; i < entries->count; i++)
        half.items[half.count++] = entries->items[i];
    flow->y = top;
    flow_list(flow, &half, middle, 100, flow->right);
    flow->y = MAX(bottom, flow->y);
}

/* Forms over the whole width begin below both lanes. */
static void draw_wide(struct flow *flow, const struct entries *entries)
{
    flow_sync(flow);
    switch (flow->style->layout.meta) {
    case META_GRID:
        meta_grid(flow, entries);
        break;
    case META_INLINE:
        flow->y += flow->style->size * 1.8;
        flow_inline(flow, entries, 22);
        break;
    case META_STRIP:
        flow_strip(flow, entries);
        break;
    default:
        meta_two_columns(flow, entries);
        break;
    }
    flow->near.y = flow->y;
    flow_sync(flow);
}

void block_meta(struct flow *flow)
{
    struct entries entries = {0};

    flow_meta_entries(flow, &entries);
    switch (flow->style->layout.meta) {
    case META_RIGHT:
    case META_RIGHT_BOX:
        meta_lane(flow, &entries, &flow->far, 105, flow->style->layout.meta == META_RIGHT_BOX);
        break;
    case META_LEFT:
        meta_lane(flow, &entries, &flow->near, 105, false);
        break;
    case META_STACK:
        meta_stack(flow, &entries);
        break;
    default:
        draw_wide(flow, &entries);
        break;
    }
    entries_clear(&entries);
}
