/*
 * The facts about a paper (number, dates, references) in the six ways offices set them.
 */
#include "generator/blocks.h"

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

void entries_clear(struct entries *entries)
{
    for (int i = 0; i < entries->count; i++)
        g_free(entries->items[i].text);
    entries->count = 0;
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

/* The font made smaller where the value would be wider than `room`. */
static struct font value_font(const struct flow *flow, const struct entry *entry, double room,
                              const struct font *font)
{
    struct font fitted = *font;
    double width = value_width(flow, entry, font);

    if (width > room)
        fitted.size *= MAX(room / width, 0.6);
    return fitted;
}

double flow_value(struct flow *flow, const struct entry *entry, double x, double y,
                  const struct font *font)
{
    const char *dash = period_dash(entry);
    double width;

    if (entry->field == F_COUNT)
        return page_text(flow->page, x, y, ALIGN_LEFT, font, entry->text);
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
        g_autofree char *label = flow_label(flow, entry->key);
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

void flow_list(struct flow *flow, const struct entries *entries, double x, double gap)
{
    struct font label_font = style_font(flow->style, 0.95, flow->style->has_bold_labels);
    struct font font = style_font(flow->style, 0.95, false);

    for (int i = 0; i < entries->count; i++) {
        g_autofree char *label = flow_label(flow, entries->items[i].key);
        double width = page_text(flow->page, x, flow->y, ALIGN_LEFT, &label_font, label);
        double value_x = x + MAX(gap, width + 6);
        struct font fitted = value_font(flow, &entries->items[i], flow->right - value_x, &font);

        flow_value(flow, &entries->items[i], value_x, flow->y, &fitted);
        flow->y += font.size * 1.35;
    }
}

static const char *number_key(const struct document *doc)
{
    return doc->type == TYPE_CREDIT_NOTE ? "l.credit_note_number" : "l.invoice_number";
}

void flow_meta_entries(const struct flow *flow, struct entries *entries)
{
    struct document *doc = flow->doc;
    const struct supplier *seller = doc->seller;
    bool is_invoice = doc->type == TYPE_INVOICE || doc->type == TYPE_CREDIT_NOTE;

    entries_add(entries, doc, "l.delivery_note_number", F_DELIVERY_NOTE_NUMBER);
    if (doc->type == TYPE_ORDER)
        entries_add(entries, doc, "l.order_number", F_ORDER_REFERENCE);
    else
        entries_add(entries, doc, number_key(doc), F_INVOICE_NUMBER);
    entries_add(entries, doc, is_invoice ? "l.issue_date" : "l.date", F_ISSUE_DATE);
    entries_add(entries, doc, "l.due_date", F_DUE_DATE);
    entries_add(entries, doc, "l.preceding_invoice", F_PRECEDING_INVOICE);
    if (seller->seed % 10 < 7)
        entries_add_text(entries, "l.customer_number",
                         g_strdup_printf("%d", 1000 + (int)(seller->seed % 89000)));
    if (doc->type != TYPE_ORDER)
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
    if (seller->seed % 10 > 6 && doc->type != TYPE_ORDER)
        entries_add(entries, doc, "l.buyer_vat_id", F_BUYER_VAT_ID);
}

static void meta_right(struct flow *flow, const struct entries *entries, double top, bool is_boxed)
{
    double x = flow->right - 225;
    double keep = flow->y;

    flow->y = top;
    flow_list(flow, entries, x, 110);
    if (is_boxed)
        page_box(flow->page, x - 8, top - 14, flow->right - x + 8, flow->y - top + 10, 0.8,
                 flow->style->accent);
    flow->y = MAX(keep, flow->y);
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
                  document_label(flow->doc, entries->items[i].key));
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
    flow_list(flow, &half, flow->left, 100);
    bottom = flow->y;
    half.count = 0;
    for (int i = split; i < entries->count; i++)
        half.items[half.count++] = entries->items[i];
    flow->y = top;
    flow_list(flow, &half, middle, 100);
    flow->y = MAX(bottom, flow->y);
}

void block_meta(struct flow *flow)
{
    struct entries entries = {0};
    double top = flow->style->layout->band == BAND_TOP ? 112 : 136;

    flow_meta_entries(flow, &entries);
    switch (flow->style->layout->meta) {
    case META_RIGHT:
    case META_RIGHT_BOX:
        if (flow->style->layout->sender == SENDER_RIGHT)
            top = 176;
        meta_right(flow, &entries, top, flow->style->layout->meta == META_RIGHT_BOX);
        break;
    case META_GRID:
        meta_grid(flow, &entries);
        break;
    case META_LEFT:
        flow->y += 14;
        flow_list(flow, &entries, flow->left, 115);
        break;
    case META_INLINE:
        flow->y += flow->style->size * 1.5;
        flow_inline(flow, &entries, 22);
        break;
    case META_TWO_COLUMNS:
        meta_two_columns(flow, &entries);
        break;
    }
    entries_clear(&entries);
}
