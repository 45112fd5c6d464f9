/*
 * The foot of a page: who sends it once more, ids and accounts, in columns, a line, a box or a dark
 * band. On some papers it is the only place that names the sender.
 */
#include "generator/blocks.h"

static double entry_width(const struct flow *flow, const struct entry *entry,
                          const struct font *font)
{
    g_autofree char *label = flow_label(flow, entry->key);

    return pen_width(flow->page->pen, font, label) + 3 +
           pen_width(flow->page->pen, font, flow->doc->shown[entry->field]);
}

/* The accounts stand right-most, as wide as they are; the other columns share what is left. */
static double foot_accounts(struct flow *flow, double y, const struct font *font)
{
    struct entries accounts = {0};
    double width = 0;

    if (flow->doc->trade->is_ours)
        return flow->right;
    flow_account_entries(flow, &accounts);
    for (int i = 0; i < accounts.count; i++)
        width = MAX(width, entry_width(flow, &accounts.items[i], font));
    for (int i = 0; i < accounts.count; i++) {
        g_autofree char *label = flow_label(flow, accounts.items[i].key);
        double line = y + (i + 1) * font->size * 1.25;
        double x = flow->right - width;

        x += page_text(flow->page, x, line, ALIGN_LEFT, font, label) + 3;
        flow_value(flow, &accounts.items[i], x, line, font);
    }
    return flow->right - width;
}

static void foot_columns(struct flow *flow, double y, struct colour colour)
{
    const struct party *party = &flow->doc->seller->party;
    struct font small = style_font(flow->style, 0.68, false);
    struct lane lane = {.x = flow->left, .y = y};
    double step;

    small.colour = colour;
    step = (foot_accounts(flow, y, &small) - flow->left) / 3;
    lane.width = step - 8;
    lane_text(flow, &lane, &small, sender_field(flow, F_SELLER_NAME), party->name);
    sender_address(flow, &lane, &small);
    lane.x += step;
    lane.y = y;
    sender_contact(flow, &lane, &small);
    lane.x += step;
    lane.y = y;
    sender_ids(flow, &lane, &small);
}

static void foot_line(struct flow *flow, double y)
{
    const struct party *party = &flow->doc->seller->party;
    struct font small = style_font(flow->style, 0.75, false);
    struct lane lane = {flow->left, flow->right - flow->left, y, ALIGN_CENTRE};
    g_autofree char *line = g_strdup_printf("%s · %s · %s · %s", party->name, party->street,
                                            party->city, party->web);

    if (flow->style->layout.sender == SENDER_HIDDEN)
        lane_text(flow, &lane, &small, sender_field(flow, F_SELLER_NAME), party->name);
    else
        lane_text(flow, &lane, &small, F_COUNT, line);
    sender_ids(flow, &lane, &small);
}

void block_foot(struct flow *flow)
{
    double y = flow->page->height - 62;
    double width = flow->right - flow->left;

    switch (flow->style->layout.foot) {
    case FOOT_COLUMNS:
        page_line(flow->page, flow->left, y, flow->right, y, 0.6, flow->style->accent);
        foot_columns(flow, y + 1, BLACK);
        break;
    case FOOT_BOX:
        page_box(flow->page, flow->left - 6, y, width + 12, 44, 0.6, GREY);
        foot_columns(flow, y + 2, BLACK);
        break;
    case FOOT_DARK:
        page_fill(flow->page, 0, y - 4, flow->page->width, 54, flow->style->accent);
        foot_columns(flow, y, WHITE);
        break;
    case FOOT_LINE:
        foot_line(flow, y);
        break;
    default:
        break;
    }
}
