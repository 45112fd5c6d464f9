/*
 * The order of blocks on a trade paper, its later pages and their numbers.
 */
#include "generator/layout.h"

#include "generator/blocks.h"

#include "generator/noise.h"

/* "Page 2 of 3", which only the last page's count can tell. */
static void number_pages(struct flow *flow)
{
    struct document *doc = flow->doc;
    struct font small = style_font(flow->style, 0.8, false);
    double y = flow->style->layout.band == BAND_TOP ? A4_HEIGHT - 14 : 24;

    if (doc->pages->len == 1 && doc->seller->seed % 3 != 0)
        return;
    for (guint i = 0; i < doc->pages->len; i++) {
        g_autofree char *text = g_strdup_printf(document_label(doc, "page.of"), (int)i + 1,
                                                (int)doc->pages->len);

        page_text(document_page(doc, i), flow->right, y, ALIGN_RIGHT, &small, text);
    }
}

void flow_sync(struct flow *flow)
{
    flow->y = MAX(flow->near.y, flow->far.y);
    flow->near.y = flow->y;
    flow->far.y = flow->y;
}

/* Buyer, title and facts in the layout's order; each takes the lane it stands in. */
static void draw_middle(struct flow *flow)
{
    static void (*const blocks[][3])(struct flow * flow) = {
        [ORDER_BUYER_TITLE_META] = {block_buyer, block_title, block_meta},
        [ORDER_TITLE_BUYER_META] = {block_title, block_buyer, block_meta},
        [ORDER_TITLE_META_BUYER] = {block_title, block_meta, block_buyer}};

    for (int i = 0; i < 3; i++)
        blocks[flow->style->layout.order][i](flow);
}

static void flow_first_page(struct flow *flow)
{
    double top = flow->style->layout.band == BAND_TOP ? 80 : 36;

    flow->page = document_add_page(flow->doc, A4_WIDTH, A4_HEIGHT);
    flow->floor = flow->style->layout.foot == FOOT_NONE ? A4_HEIGHT - 40 : A4_HEIGHT - 84;
    flow->near = (struct lane){.x = flow->left, .width = flow->right - flow->left - 240, .y = top};
    flow->far = (struct lane){.x = flow->right - 225, .width = 225, .y = top};
    block_sender(flow);
    draw_middle(flow);
    flow_sync(flow);
    block_foot(flow);
}

/* Later pages repeat who and which, small, and go on. */
void flow_next_page(struct flow *flow)
{
    struct document *doc = flow->doc;
    struct font bold = style_font(flow->style, 1.1, true);
    struct font font = style_font(flow->style, 0.95, false);
    enum field number = doc->trade->identity;
    g_autofree char *label = flow_label(flow, doc->trade->number);
    double x = flow->left;

    flow->page = document_add_page(doc, A4_WIDTH, A4_HEIGHT);
    if (flow->style->layout.band == BAND_STRIPE)
        block_stripe(flow);
    flow->y = 50;
    page_text(flow->page, x, flow->y, ALIGN_LEFT, &bold, doc->seller->party.name);
    flow->y += bold.size * 1.4;
    if (doc->shown[number] != NULL) {
        x += page_text(flow->page, x, flow->y, ALIGN_LEFT, &font, label) + 5;
        document_show(doc, flow->page, number, x, flow->y, ALIGN_LEFT, &font);
    }
    flow->y += 16;
    block_foot(flow);
}

/* A sentence before the table, on the papers that have one. */
static void draw_note(struct flow *flow, const char *key)
{
    struct font font = style_font(flow->style, 1.0, false);
    g_autofree char *text = noise_fill(flow->doc, document_label(flow->doc, key));

    flow->y = page_paragraph(flow->page, flow->left, flow->y + 14, flow->right - flow->left, &font,
                             text);
}

void layout_trade_paper(struct document *doc)
{
    struct flow flow = {.doc = doc, .style = &doc->seller->style, .right = A4_WIDTH - 48};

    flow.left = flow.style->layout.band == BAND_STRIPE ? 62 : 52;
    flow_first_page(&flow);
    if (doc->type != TYPE_INVOICE || rng_chance(&doc->rng, 25))
        draw_note(&flow, doc->trade->note);
    block_table(&flow);
    if (doc->type != TYPE_DELIVERY_NOTE) {
        if (flow.y + totals_height(&flow) + payment_height(&flow) > flow.floor)
            flow_next_page(&flow);
        block_totals(&flow);
    }
    block_payment(&flow);
    number_pages(&flow);
}
