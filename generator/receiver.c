/*
 * Whom a paper goes to, where the goods go, and what it is.
 */
#include "generator/blocks.h"

/* A second address, of a branch or a building site: where the goods go, not who pays. */
static void deliver_to(struct flow *flow, struct lane *lane)
{
    struct document *doc = flow->doc;
    struct font body = style_font(flow->style, 0.95, false);
    struct font small = style_font(flow->style, 0.8, true);
    struct rng rng = {rng_mix(doc->seller->seed, "branch")};
    g_autofree char *street = g_strdup_printf("%s %d", words_pick(doc->words, "street", &rng),
                                              rng_range(&rng, 1, 90));

    lane->y += 10;
    lane_text(flow, lane, &small, F_COUNT, document_label(doc, "l.deliver_to"));
    lane_text(flow, lane, &body, F_COUNT, doc->buyer->name);
    lane_text(flow, lane, &body, F_COUNT, street);
    lane_text(flow, lane, &body, F_COUNT, words_pick(doc->words, "city", &rng));
}

static void draw_address(struct flow *flow, struct lane *lane, const struct font *body)
{
    struct document *doc = flow->doc;
    enum field address = receiver_field(flow, F_BUYER_ADDRESS);

    lane_name(flow, lane, body, receiver_field(flow, F_BUYER_NAME), doc->buyer->name,
              doc->seller->seed / 64 % 8 == 0);
    if (rng_chance(&doc->rng, 40))
        lane_text(flow, lane, body, F_COUNT, doc->buyer->person);
    lane_text(flow, lane, body, address, doc->buyer->street);
    lane_text(flow, lane, body, address, doc->buyer->city);
}

void block_buyer(struct flow *flow)
{
    struct document *doc = flow->doc;
    struct font body = style_font(flow->style, 1.0, false);
    struct font small = style_font(flow->style, 0.8, true);
    enum buyer place = (enum buyer)flow->style->layout.buyer;
    struct lane *lane = place == BUYER_RIGHT ? &flow->far : &flow->near;
    struct lane *other = place == BUYER_RIGHT ? &flow->near : &flow->far;
    struct lane inner;
    bool is_ours = doc->trade->is_ours;
    double top;

    lane->y += 14;
    inner = *lane;
    top = lane->y;
    if (place == BUYER_BOX) {
        inner.x += 7;
        inner.width = 216;
        inner.y += 4;
    }
    if (place == BUYER_BOX || place == BUYER_LABEL)
        lane_text(flow, &inner, &small, F_COUNT,
                  document_label(doc, is_ours ? "l.supplier" : "l.bill_to"));
    draw_address(flow, &inner, &body);
    if (place == BUYER_BOX) {
        inner.y += 8;
        page_box(flow->page, lane->x, top, 230, inner.y - top, 0.7, GREY);
    }
    lane->y = inner.y + 4;
    if (doc->seller->seed % 10 < 3 && !is_ours)
        deliver_to(flow, other);
}

/* The title, with the paper's number behind it where the supplier does so. */
static void left_title(struct flow *flow, struct font *font, const char *title)
{
    struct document *doc = flow->doc;
    struct lane *lane = &flow->near;
    struct font fitted = fit_font(doc->pen, font, title, lane->width * 0.6);
    enum field field = doc->trade->identity;
    double width;

    lane->y += fitted.size * 1.3 + 8;
    width = page_text(flow->page, lane->x, lane->y, ALIGN_LEFT, &fitted, title) + fitted.size * 0.4;
    if (doc->seller->seed % 4 == 0 && doc->shown[field] != NULL) {
        fitted = fit_font(doc->pen, &fitted, doc->shown[field], lane->width - width);
        document_show(doc, flow->page, field, lane->x + width, lane->y, ALIGN_LEFT, &fitted);
    }
    lane->y += 6;
}

void draw_title(struct flow *flow)
{
    struct document *doc = flow->doc;
    struct font font = style_font(flow->style, 2.0, true);
    const char *word = document_label(doc, doc->trade->title);
    g_autofree char *title = flow->style->has_capital_title ? g_utf8_strup(word, -1)
                                                            : g_strdup(word);
    struct lane wide = {flow->left, flow->right - flow->left, 0, ALIGN_CENTRE};

    switch (flow->style->layout.title) {
    case TITLE_NONE:
        return;
    case TITLE_BAND:
        font = fit_font(doc->pen, &font, title, wide.width * 0.42);
        font.colour = WHITE;
        page_text(flow->page, flow->right, 52, ALIGN_RIGHT, &font, title);
        return;
    case TITLE_RIGHT:
        font.colour = flow->style->accent;
        flow->far.y += 8;
        flow->far.align = doc->seller->seed % 2 == 0 ? ALIGN_RIGHT : ALIGN_LEFT;
        lane_text(flow, &flow->far, &font, F_COUNT, title);
        flow->far.align = ALIGN_LEFT;
        return;
    case TITLE_CENTRE:
    case TITLE_LEAD:
        flow_sync(flow);
        wide.y = flow->y + 6;
        wide.align = flow->style->layout.title == TITLE_LEAD ? ALIGN_LEFT : ALIGN_CENTRE;
        lane_text(flow, &wide, &font, F_COUNT, title);
        flow->near.y = wide.y + 8;
        flow_sync(flow);
        return;
    default:
        font.size *= 0.85;
        left_title(flow, &font, title);
        return;
    }
}

void block_title(struct flow *flow)
{
    if (flow->style->layout.title != TITLE_LEAD)
        draw_title(flow);
}
