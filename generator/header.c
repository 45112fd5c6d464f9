/*
 * The letterhead: band, logo, and who sends the paper, in the eight ways of the grammar. A name
 * that stands in a band or a dark box is white; one that is hidden stands in the foot alone.
 */
#include "generator/blocks.h"

#include <string.h>

enum { BAND_HEIGHT = 74, LOGO_HEIGHT = 44 };

enum field sender_field(const struct flow *flow, enum field field)
{
    if (!flow->doc->trade->is_ours)
        return field;
    return field == F_SELLER_EMAIL ? F_COUNT : field - F_SELLER_NAME + F_BUYER_NAME;
}

enum field receiver_field(const struct flow *flow, enum field field)
{
    return flow->doc->trade->is_ours ? field - F_BUYER_NAME + F_SELLER_NAME : field;
}

/* Figures as companies have them; a letter in one is a picture, not text. */
static void draw_logo(struct flow *flow, double x, double y)
{
    struct page *page = flow->page;
    struct colour accent = flow->style->accent;
    struct font letter = style_font(flow->style, 2.0, true);
    g_autofree char *initial = g_utf8_substring(flow->doc->seller->party.name, 0, 1);

    letter.colour = WHITE;
    switch (flow->style->logo) {
    case 0:
        page_disc(page, x + 18, y + 18, 18, accent);
        page_stamp(page, x + 11, y + 26, 0, &letter, initial);
        break;
    case 1:
        page_ring(page, x + 14, y + 18, 12, 4, accent);
        page_ring(page, x + 28, y + 18, 12, 4, GREY);
        break;
    case 2:
        for (int i = 0; i < 4; i++)
            page_fill(page, x + i * 10, y + 30 - i * 8, 7, 6 + i * 8, accent);
        break;
    case 3:
        for (int i = 0; i < 5; i++)
            page_line(page, x + i * 9, y + 34, x + i * 9 + 16, y + 2, 3, accent);
        break;
    case 4:
        page_ring(page, x + 18, y + 18, 16, 2, accent);
        page_disc(page, x + 18, y + 18, 6, accent);
        break;
    default:
        page_fill(page, x, y, 36, 36, accent);
        page_stamp(page, x + 9, y + 26, 0, &letter, initial);
        break;
    }
}

void block_stripe(struct flow *flow)
{
    page_fill(flow->page, 0, 0, 20, flow->page->height, flow->style->accent);
}

/* The lane the sender stands in, and the other one. */
static struct lane *sender_lane(struct flow *flow)
{
    int place = flow->style->layout.sender;

    return place == SENDER_RIGHT || place == SENDER_WINDOW ? &flow->far : &flow->near;
}

static struct lane *other_lane(struct flow *flow)
{
    return sender_lane(flow) == &flow->near ? &flow->far : &flow->near;
}

static void lane_logo(struct flow *flow, struct lane *lane)
{
    draw_logo(flow, lane == &flow->far ? flow->right - 44 : lane->x, lane->y);
    lane->y += LOGO_HEIGHT;
}

static void sender_name(struct flow *flow, struct lane *lane)
{
    enum field field = sender_field(flow, F_SELLER_NAME);
    const char *name = flow->doc->shown[field];
    bool in_band = flow->style->layout.band == BAND_TOP;
    bool is_dark = flow->style->name == NAME_DARK && !in_band;
    struct font font = style_font(flow->style, 1.5, true);

    if (flow->style->name == NAME_WORDMARK) {
        font.family = flow->style->name_family;
        font.size *= 1.35;
        font.colour = flow->style->accent;
    }
    if (in_band || is_dark)
        font.colour = WHITE;
    if (is_dark) {
        struct font fitted = fit_font(flow->page->pen, &font, name, lane->width - 12);
        double width = pen_width(flow->page->pen, &fitted, name) + 12;
        double x = lane->align == ALIGN_RIGHT    ? lane->x + lane->width - width
                   : lane->align == ALIGN_CENTRE ? lane->x + (lane->width - width) / 2
                                                 : lane->x;
        struct lane inner = {x + 6, width - 12, lane->y + 2, ALIGN_CENTRE};

        page_fill(flow->page, x, lane->y, width, font.size * 1.9, flow->style->accent);
        lane_text(flow, &inner, &fitted, field, name);
        lane->y += font.size * 2.1;
    } else {
        lane_name(flow, lane, &font, field, name, flow->style->name == NAME_TWO_LINES);
    }
}

void sender_address(struct flow *flow, struct lane *lane, const struct font *font)
{
    const struct party *party = &flow->doc->seller->party;
    enum field field = sender_field(flow, F_SELLER_ADDRESS);

    if (flow->doc->seller->seed % 8 == 0) {
        g_autofree char *line = g_strdup_printf("%s, %s", party->street, party->city);

        lane_text(flow, lane, font, field, line);
        return;
    }
    lane_text(flow, lane, font, field, party->street);
    lane_text(flow, lane, font, field, party->city);
}

void sender_contact(struct flow *flow, struct lane *lane, const struct font *font)
{
    const struct party *party = &flow->doc->seller->party;
    g_autofree char *phone = g_strdup_printf("%s %s", document_label(flow->doc, "l.phone"),
                                             party->phone);

    lane_text(flow, lane, font, F_COUNT, phone);
    lane_text(flow, lane, font, sender_field(flow, F_SELLER_EMAIL), party->email);
    if (flow->doc->seller->seed % 3 == 0)
        lane_text(flow, lane, font, F_COUNT, party->web);
}

/* The country's ids, the way its companies print them: a Norwegian number carries MVA behind it. */
void sender_ids(struct flow *flow, struct lane *lane, const struct font *font)
{
    enum language language = flow->doc->seller->language;
    uint64_t seed = flow->doc->seller->seed;

    if (language != LANG_NB || seed % 3 == 0)
        lane_fact(flow, lane, font, "l.registration_id",
                  sender_field(flow, F_SELLER_REGISTRATION_ID));
    if (language != LANG_DA && (language != LANG_HU || seed % 3 != 0))
        lane_fact(flow, lane, font, "l.vat_id", sender_field(flow, F_SELLER_VAT_ID));
}

/* The single small line above the address in the window of an envelope. */
static void window_line(struct flow *flow, const struct font *font)
{
    const struct party *party = &flow->doc->seller->party;
    enum field address = sender_field(flow, F_SELLER_ADDRESS);
    g_autofree char *street = g_strdup_printf("· %s", party->street);
    g_autofree char *city = g_strdup_printf("· %s", party->city);
    g_autofree char *whole = g_strdup_printf("%s %s %s", party->name, street, city);
    struct font small = fit_font(flow->page->pen, font, whole, flow->near.width - 6);
    double x = flow->near.x;
    double y = MAX(flow->near.y + 10, 126);

    x += page_text(flow->page, x, y, ALIGN_LEFT, &small, party->name) + 3;
    x += document_show_as(flow->doc, flow->page, address, x, y, ALIGN_LEFT, &small, street) + 3;
    document_show_as(flow->doc, flow->page, address, x, y, ALIGN_LEFT, &small, city);
    page_line(flow->page, flow->near.x, y + 3, flow->near.x + 220, y + 3, 0.4, GREY);
    flow->near.y = y + 4;
}

/* Address, contact and, where the foot has none, ids: below the name or in the other lane. */
static void sender_facts(struct flow *flow, struct lane *lane)
{
    struct font body = style_font(flow->style, 0.92, false);

    sender_address(flow, lane, &body);
    sender_contact(flow, lane, &body);
    if (flow->style->layout.foot == FOOT_NONE)
        sender_ids(flow, lane, &body);
}

static void draw_centred(struct flow *flow)
{
    struct lane wide;

    flow_sync(flow);
    wide = (struct lane){flow->left, flow->right - flow->left, flow->y, ALIGN_CENTRE};
    sender_name(flow, &wide);
    sender_facts(flow, &wide);
    flow->near.y = wide.y;
    flow_sync(flow);
}

static void draw_sender(struct flow *flow)
{
    struct font small = style_font(flow->style, 0.72, false);
    struct lane *lane = sender_lane(flow);
    struct lane band = {flow->left, (flow->right - flow->left) * 0.52, 34, ALIGN_LEFT};

    lane->align = lane == &flow->far && flow->doc->seller->seed % 2 == 0 ? ALIGN_RIGHT : ALIGN_LEFT;
    switch (flow->style->layout.sender) {
    case SENDER_CENTRE:
        draw_centred(flow);
        break;
    case SENDER_BAND:
        sender_name(flow, &band);
        sender_facts(flow, lane);
        break;
    case SENDER_WINDOW:
        sender_name(flow, lane);
        sender_facts(flow, lane);
        window_line(flow, &small);
        break;
    case SENDER_FOOT:
        sender_name(flow, lane);
        break;
    case SENDER_HIDDEN:
        break;
    case SENDER_SPLIT:
        sender_name(flow, lane);
        flow->far.align = ALIGN_RIGHT;
        sender_facts(flow, &flow->far);
        break;
    default:
        sender_name(flow, lane);
        sender_facts(flow, lane);
        break;
    }
    flow->near.align = ALIGN_LEFT;
    flow->far.align = ALIGN_LEFT;
}

/* Bands that reach as far down as the sender does are drawn when that is known, below its text. */
void block_sender(struct flow *flow)
{
    static const struct colour pale = {0.90, 0.92, 0.94};
    enum band band = (enum band)flow->style->layout.band;
    guint bottom = flow->page->drawings->len;

    if (flow->style->layout.title == TITLE_LEAD)
        draw_title(flow);
    if (band == BAND_TOP)
        page_fill(flow->page, 0, 0, flow->page->width, BAND_HEIGHT, flow->style->accent);
    else if (band == BAND_STRIPE)
        block_stripe(flow);
    else if (band == BAND_LOGO)
        lane_logo(flow, other_lane(flow));
    else if (band == BAND_LOGO_NEAR)
        lane_logo(flow, sender_lane(flow));
    draw_sender(flow);
    if (band != BAND_RULE && band != BAND_SHADE)
        return;
    flow_sync(flow);
    flow->y += 8;
    if (band == BAND_RULE)
        page_line(flow->page, flow->left, flow->y, flow->right, flow->y, 2, flow->style->accent);
    else
        page_fill_under(flow->page, bottom, 0, 0, flow->page->width, flow->y, pale);
    flow->near.y = flow->y + 6;
    flow_sync(flow);
}
