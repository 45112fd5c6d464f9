/*
 * The upper part and the foot of a paper: band or logo, who sends it, whom it goes to, what it is.
 */
#include "generator/blocks.h"

static const char *const title_keys[TYPE_COUNT] = {
    [TYPE_INVOICE] = "title.invoice", [TYPE_CREDIT_NOTE] = "title.credit_note",
    [TYPE_RECEIPT] = "title.receipt", [TYPE_REMINDER] = "title.reminder",
    [TYPE_ORDER] = "title.order",     [TYPE_DELIVERY_NOTE] = "title.delivery_note",
};

/* An order goes the other way: whose letterhead it is, is the buyer. */
static enum field sender_field(const struct flow *flow, enum field field)
{
    if (flow->doc->type != TYPE_ORDER)
        return field;
    return field == F_SELLER_EMAIL ? F_COUNT : field - F_SELLER_NAME + F_BUYER_NAME;
}

static enum field receiver_field(const struct flow *flow, enum field field)
{
    return flow->doc->type == TYPE_ORDER ? field - F_BUYER_NAME + F_SELLER_NAME : field;
}

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
    default:
        page_fill(page, x, y, 36, 36, accent);
        page_stamp(page, x + 9, y + 26, 0, &letter, initial);
        break;
    }
}

void block_band(struct flow *flow)
{
    struct page *page = flow->page;

    switch (flow->style->layout->band) {
    case BAND_TOP:
        page_fill(page, 0, 0, page->width, 74, flow->style->accent);
        break;
    case BAND_STRIPE:
        page_fill(page, 0, 0, 20, page->height, flow->style->accent);
        break;
    case BAND_LOGO:
        if (flow->style->layout->sender == SENDER_RIGHT)
            draw_logo(flow, flow->left, 34);
        else
            draw_logo(flow, flow->right - 44, 34);
        break;
    case BAND_RULE: /* drawn under the sender, however tall that is */
    case BAND_NONE:
        break;
    }
}

/* One line of the sender's facts: "Org.nr 987 654 321". */
static void sender_fact(struct flow *flow, const char *key, enum field field, double x, double y,
                        enum align align, const struct font *font)
{
    struct document *doc = flow->doc;
    enum field own = sender_field(flow, field);
    g_autofree char *label = flow_label(flow, key);
    double space = pen_width(doc->pen, font, "  ");
    double width;

    if (own == F_COUNT || doc->shown[own] == NULL)
        return;
    if (align == ALIGN_RIGHT) {
        width = document_show(doc, flow->page, own, x, y, ALIGN_RIGHT, font);
        page_text(flow->page, x - width - space, y, ALIGN_RIGHT, font, label);
        return;
    }
    if (align == ALIGN_CENTRE)
        x -= (pen_width(doc->pen, font, label) + space +
              pen_width(doc->pen, font, doc->shown[own])) /
             2;
    width = page_text(flow->page, x, y, ALIGN_LEFT, font, label);
    document_show(doc, flow->page, own, x + width + space, y, ALIGN_LEFT, font);
}

/* The country's ids, the way its companies print them: a Norwegian number carries MVA behind it. */
static double sender_ids(struct flow *flow, double x, double y, enum align align,
                         const struct font *font)
{
    enum language language = flow->doc->seller->language;
    uint64_t seed = flow->doc->seller->seed;

    if (language != LANG_NB || seed % 3 == 0) {
        sender_fact(flow, "l.registration_id", F_SELLER_REGISTRATION_ID, x, y, align, font);
        y += font->size * 1.25;
    }
    if (language != LANG_DA && (language != LANG_HU || seed % 3 != 0)) {
        sender_fact(flow, "l.vat_id", F_SELLER_VAT_ID, x, y, align, font);
        y += font->size * 1.25;
    }
    return y;
}

static double sender_contact(struct flow *flow, double x, double y, enum align align,
                             const struct font *font)
{
    const struct party *party = &flow->doc->seller->party;
    g_autofree char *phone = g_strdup_printf("%s %s", document_label(flow->doc, "l.phone"),
                                             party->phone);
    enum field mail = sender_field(flow, F_SELLER_EMAIL);

    page_text(flow->page, x, y, align, font, phone);
    y += font->size * 1.25;
    if (mail == F_COUNT)
        page_text(flow->page, x, y, align, font, party->email);
    else
        document_show(flow->doc, flow->page, mail, x, y, align, font);
    return y + font->size * 1.25;
}

static double sender_address(struct flow *flow, double x, double y, enum align align,
                             const struct font *font)
{
    const struct party *party = &flow->doc->seller->party;
    enum field field = sender_field(flow, F_SELLER_ADDRESS);

    document_show_as(flow->doc, flow->page, field, x, y, align, font, party->street);
    y += font->size * 1.25;
    document_show_as(flow->doc, flow->page, field, x, y, align, font, party->city);
    return y + font->size * 1.25;
}

/* The single small line above the address in the window of an envelope. */
static void sender_window(struct flow *flow)
{
    const struct party *party = &flow->doc->seller->party;
    struct font small = style_font(flow->style, 0.75, false);
    struct font name = style_font(flow->style, 1.7, true);
    enum field address = sender_field(flow, F_SELLER_ADDRESS);
    g_autofree char *street = g_strdup_printf("· %s", party->street);
    g_autofree char *city = g_strdup_printf("· %s", party->city);
    double x = flow->left;

    name.colour = flow->style->accent;
    document_show(flow->doc, flow->page, sender_field(flow, F_SELLER_NAME), flow->right, 58,
                  ALIGN_RIGHT, &name);
    sender_contact(flow, flow->right, 74, ALIGN_RIGHT, &small);
    x += page_text(flow->page, x, 126, ALIGN_LEFT, &small, party->name) + 3;
    x += document_show_as(flow->doc, flow->page, address, x, 126, ALIGN_LEFT, &small, street) + 3;
    document_show_as(flow->doc, flow->page, address, x, 126, ALIGN_LEFT, &small, city);
    page_line(flow->page, flow->left, 129, flow->left + 220, 129, 0.4, GREY);
    flow->y = 130;
}

/* A long name or title is set smaller, so that both find room in one line. */
static void fit_line(const struct flow *flow, struct font *font, const char *text, double share)
{
    double width = pen_width(flow->page->pen, font, text);

    font->size *= MIN(1, share * (flow->right - flow->left) / width);
}

void block_sender(struct flow *flow)
{
    enum sender place = flow->style->layout->sender;
    struct font name = style_font(flow->style, 1.5, true);
    struct font body = style_font(flow->style, 0.92, false);
    enum align align = ALIGN_LEFT;
    double x = flow->left;
    double y = 52;

    if (place == SENDER_WINDOW) {
        sender_window(flow);
        return;
    }
    if (place == SENDER_RIGHT) {
        align = ALIGN_RIGHT;
        x = flow->right;
    } else if (place == SENDER_CENTRE) {
        align = ALIGN_CENTRE;
        x = (flow->left + flow->right) / 2;
    }
    if (place == SENDER_BAND || flow->style->layout->band == BAND_TOP)
        name.colour = WHITE;
    fit_line(flow, &name, flow->doc->seller->party.name, place == SENDER_CENTRE ? 0.9 : 0.52);
    document_show(flow->doc, flow->page, sender_field(flow, F_SELLER_NAME), x, y, align, &name);
    y = flow->style->layout->band == BAND_TOP ? 92 : y + name.size * 1.1;
    if (place != SENDER_FOOT) {
        y = sender_address(flow, x, y, align, &body);
        if (place != SENDER_CENTRE)
            y = sender_contact(flow, x, y, align, &body);
        if (flow->style->layout->foot == FOOT_NONE)
            y = sender_ids(flow, x, y, align, &body);
    }
    if (flow->style->layout->band == BAND_RULE) {
        y = MAX(y, 104);
        page_line(flow->page, flow->left, y, flow->right, y, 2, flow->style->accent);
    }
    flow->y = y > 120 ? y : 120;
}

/* A second address, of a branch or a building site: where the goods go, not who pays. */
static void deliver_to(struct flow *flow, double top, const struct font *small,
                       const struct font *body)
{
    struct document *doc = flow->doc;
    struct rng rng = {rng_mix(doc->seller->seed, "branch")};
    g_autofree char *street = g_strdup_printf("%s %d", words_pick(doc->words, "street", &rng),
                                              rng_range(&rng, 1, 90));
    double x = flow->left + 270;

    page_text(flow->page, x, top, ALIGN_LEFT, small, document_label(doc, "l.deliver_to"));
    top += body->size * 1.3;
    page_text(flow->page, x, top, ALIGN_LEFT, body, doc->buyer->name);
    page_text(flow->page, x, top + body->size * 1.3, ALIGN_LEFT, body, street);
    page_text(flow->page, x, top + body->size * 2.6, ALIGN_LEFT, body,
              words_pick(doc->words, "city", &rng));
}

void block_buyer(struct flow *flow)
{
    struct document *doc = flow->doc;
    struct font body = style_font(flow->style, 1.0, false);
    struct font small = style_font(flow->style, 0.8, true);
    enum buyer place = flow->style->layout->buyer;
    bool is_order = doc->type == TYPE_ORDER;
    double x = place == BUYER_RIGHT ? flow->right - 190 : flow->left;
    double y = flow->y + 18;
    double box_end = 0;

    if (place == BUYER_BOX) {
        box_end = y - 6 + body.size * 7.4;
        page_box(flow->page, x - 6, y - 6, 230, body.size * 7.4, 0.7, GREY);
        y += body.size * 0.8;
        page_text(flow->page, x, y, ALIGN_LEFT, &small,
                  document_label(doc, is_order ? "l.supplier" : "l.bill_to"));
        y += body.size * 1.3;
    }
    if (doc->seller->seed % 10 < 4 && place != BUYER_RIGHT && !is_order &&
        flow->style->layout->meta >= META_GRID)
        deliver_to(flow, y - body.size * 1.3, &small, &body);
    document_show(doc, flow->page, receiver_field(flow, F_BUYER_NAME), x, y, ALIGN_LEFT, &body);
    y += body.size * 1.3;
    if (rng_chance(&doc->rng, 40)) {
        page_text(flow->page, x, y, ALIGN_LEFT, &body, doc->buyer->person);
        y += body.size * 1.3;
    }
    document_show_as(doc, flow->page, receiver_field(flow, F_BUYER_ADDRESS), x, y, ALIGN_LEFT,
                     &body, doc->buyer->street);
    y += body.size * 1.3;
    document_show_as(doc, flow->page, receiver_field(flow, F_BUYER_ADDRESS), x, y, ALIGN_LEFT,
                     &body, doc->buyer->city);
    flow->y = MAX(y + body.size * 1.3, box_end + 4);
}

static const char *identity_field(const struct document *doc, enum field *ret_field)
{
    *ret_field = doc->type == TYPE_ORDER           ? F_ORDER_REFERENCE
                 : doc->type == TYPE_DELIVERY_NOTE ? F_DELIVERY_NOTE_NUMBER
                                                   : F_INVOICE_NUMBER;
    return doc->shown[*ret_field];
}

void block_title(struct flow *flow)
{
    struct document *doc = flow->doc;
    const struct layout *layout = flow->style->layout;
    struct font font = style_font(flow->style, 2.0, true);
    const char *word = document_label(doc, title_keys[doc->type]);
    g_autofree char *title = flow->style->has_capital_title ? g_utf8_strup(word, -1)
                                                            : g_strdup(word);
    enum field field;
    double width;

    fit_line(flow, &font, title, 0.42);
    if (layout->title == TITLE_BAND) {
        font.colour = WHITE;
        page_text(flow->page, flow->right, 52, ALIGN_RIGHT, &font, title);
    } else if (layout->title == TITLE_RIGHT_TOP) {
        font.colour = flow->style->accent;
        page_text(flow->page, flow->right, layout->sender == SENDER_LEFT ? 56 : flow->y + 22,
                  ALIGN_RIGHT, &font, title);
    } else if (layout->title == TITLE_CENTRE) {
        flow->y += 30;
        page_text(flow->page, (flow->left + flow->right) / 2, flow->y, ALIGN_CENTRE, &font, title);
        flow->y += 12;
    } else {
        font.size *= 0.85;
        flow->y += 30;
        width = page_text(flow->page, flow->left, flow->y, ALIGN_LEFT, &font, title);
        if (doc->seller->seed % 4 == 0 && identity_field(doc, &field) != NULL)
            document_show(doc, flow->page, field, flow->left + width + font.size * 0.4, flow->y,
                          ALIGN_LEFT, &font);
        flow->y += 10;
    }
}

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

    if (flow->doc->type == TYPE_ORDER)
        return flow->right;
    flow_account_entries(flow, &accounts);
    for (int i = 0; i < accounts.count; i++)
        width = MAX(width, entry_width(flow, &accounts.items[i], font));
    for (int i = 0; i < accounts.count; i++) {
        g_autofree char *label = flow_label(flow, accounts.items[i].key);
        double x = flow->right - width;

        x += page_text(flow->page, x, y + i * font->size * 1.25, ALIGN_LEFT, font, label) + 3;
        flow_value(flow, &accounts.items[i], x, y + i * font->size * 1.25, font);
    }
    return flow->right - width;
}

static void foot_columns(struct flow *flow, double y)
{
    const struct party *party = &flow->doc->seller->party;
    struct font small = style_font(flow->style, 0.68, false);
    double step = (foot_accounts(flow, y, &small) - flow->left) / 3;
    double line = small.size * 1.25;
    struct font name = small;

    name.size *= MIN(1, (step - 8) / pen_width(flow->page->pen, &small, party->name));
    page_text(flow->page, flow->left, y, ALIGN_LEFT, &name, party->name);
    sender_address(flow, flow->left, y + line, ALIGN_LEFT, &small);
    sender_contact(flow, flow->left + step, y, ALIGN_LEFT, &small);
    page_text(flow->page, flow->left + step, y + 2 * line, ALIGN_LEFT, &small, party->web);
    sender_ids(flow, flow->left + 2 * step - 8, y, ALIGN_LEFT, &small);
}

void block_foot(struct flow *flow)
{
    const struct party *party = &flow->doc->seller->party;
    struct font small = style_font(flow->style, 0.75, false);
    double y = flow->page->height - 52;
    double middle = (flow->left + flow->right) / 2;
    g_autofree char *line = NULL;

    switch (flow->style->layout->foot) {
    case FOOT_COLUMNS:
        page_line(flow->page, flow->left, y - 12, flow->right, y - 12, 0.6, flow->style->accent);
        foot_columns(flow, y);
        break;
    case FOOT_BOX:
        page_box(flow->page, flow->left - 6, y - 12, flow->right - flow->left + 12, 46, 0.6, GREY);
        foot_columns(flow, y);
        break;
    case FOOT_LINE:
        line = g_strdup_printf("%s · %s · %s · %s", party->name, party->street, party->city,
                               party->web);
        page_text(flow->page, middle, y, ALIGN_CENTRE, &small, line);
        sender_ids(flow, middle, y + small.size * 1.3, ALIGN_CENTRE, &small);
        break;
    case FOOT_NONE:
        break;
    }
}
