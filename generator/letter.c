/*
 * Business letters: a letterhead left, right or in the middle, reference lines now and then, and
 * amounts in the text that nobody owes.
 */
#include "generator/document.h"

#include "generator/noise.h"

static struct page *letter_page(struct document *doc, double *ret_y)
{
    static const enum align aligns[] = {ALIGN_LEFT, ALIGN_RIGHT, ALIGN_CENTRE};
    static const double places[] = {60, 545, 300};
    const struct style *style = &doc->seller->style;
    const struct party *party = &doc->seller->party;
    struct font name = style_font(style, 1.5, true);
    struct font small = style_font(style, 0.8, false);
    struct font font = style_font(style, 1.05, false);
    struct page *page = document_add_page(doc, 595, 842);
    int habit = (int)(doc->seller->seed % 3);
    enum align align = aligns[habit];
    double x = places[habit];
    double top = doc->seller->seed % 5 == 0 ? 158 : 140;

    name.colour = style->accent;
    document_show(doc, page, F_SELLER_NAME, x, 56, align, &name);
    document_show_as(doc, page, F_SELLER_ADDRESS, x, 72, align, &small, party->street);
    document_show_as(doc, page, F_SELLER_ADDRESS, x, 82, align, &small, party->city);
    document_show(doc, page, F_SELLER_EMAIL, x, 92, align, &small);
    if (doc->seller->seed % 4 == 0)
        page_line(page, 50, 102, 545, 102, 1, style->accent);
    document_show(doc, page, F_BUYER_NAME, 60, top, ALIGN_LEFT, &font);
    page_text(page, 60, top + font.size * 1.3, ALIGN_LEFT, &font, doc->buyer->person);
    document_show_as(doc, page, F_BUYER_ADDRESS, 60, top + font.size * 2.6, ALIGN_LEFT, &font,
                     doc->buyer->street);
    document_show_as(doc, page, F_BUYER_ADDRESS, 60, top + font.size * 3.9, ALIGN_LEFT, &font,
                     doc->buyer->city);
    *ret_y = top + 10 + font.size * 6.5;
    return page;
}

/* "Your reference … Our reference …" over the width, as offices had it and some still have. */
static double draw_references(struct document *doc, struct page *page, double y)
{
    static const char *const keys[] = {"l.buyer_reference", "l.our_reference", "l.phone"};
    struct font small = style_font(&doc->seller->style, 0.78, false);
    const char *const values[] = {doc->buyer->person, doc->seller->party.person,
                                  doc->seller->party.phone};

    if (doc->seller->seed % 5 > 1)
        return y;
    for (int i = 0; i < 3; i++) {
        page_text(page, 60 + i * 170, y, ALIGN_LEFT, &small, document_label(doc, keys[i]));
        page_text(page, 60 + i * 170, y + 11, ALIGN_LEFT, &small, values[i]);
    }
    return y + 30;
}

/* "Oslo, 3 March 2026" at the right, as most letters have it. */
static void draw_date(struct document *doc, struct page *page, double y)
{
    const struct style *style = &doc->seller->style;
    struct font font = style_font(style, 1.05, false);
    const char *city = doc->seller->party.city;
    const char *town = city;
    g_autofree char *place = NULL;
    double width;

    while (g_ascii_isdigit(*town) || *town == ' ')
        town++;
    place = g_strdup_printf("%s,", town);
    width = document_show(doc, page, F_ISSUE_DATE, 545, y, ALIGN_RIGHT, &font);
    page_text(page, 545 - width - 4, y, ALIGN_RIGHT, &font, place);
}

/* A few paragraphs of sentences on one subject, never the same sentence twice. */
static double draw_body(struct document *doc, struct page *page, double y, int paragraphs)
{
    struct font font = style_font(&doc->seller->style, 1.05, false);
    int total = words_count(doc->words, "letter.sentence");
    int next = rng_below(&doc->rng, total);

    for (int i = 0; i < paragraphs; i++) {
        GString *text = g_string_new(NULL);

        for (int n = rng_range(&doc->rng, 2, 4); n > 0; n--, next += 5)
            g_string_append_printf(text, "%s ",
                                   words_at(doc->words, "letter.sentence", next % total));
        if (rng_chance(&doc->rng, 15)) {
            g_autofree char *note = noise_text(doc, "x.note");

            g_string_append(text, note);
        }
        y = page_paragraph(page, 60, y, 480, &font, text->str) + 8;
        g_string_free(text, TRUE);
    }
    return y;
}

static void make_letter(struct document *doc)
{
    struct font font = style_font(&doc->seller->style, 1.05, false);
    struct font bold = style_font(&doc->seller->style, 1.1, true);
    double y;
    struct page *page = letter_page(doc, &y);

    document_set_text(doc, F_SUBJECT, words_pick(doc->words, "letter.subject", &doc->rng));
    y = draw_references(doc, page, y);
    draw_date(doc, page, y);
    y += 30;
    document_show(doc, page, F_SUBJECT, 60, y, ALIGN_LEFT, &bold);
    y += 26;
    page_text(page, 60, y, ALIGN_LEFT, &font, document_label(doc, "letter.greeting"));
    y = draw_body(doc, page, y + 20, rng_range(&doc->rng, 2, 6));
    page_text(page, 60, y + 10, ALIGN_LEFT, &font, document_label(doc, "letter.close"));
    page_text(page, 60, y + 56, ALIGN_LEFT, &font, doc->seller->party.person);
    page_text(page, 60, y + 56 + font.size * 1.3, ALIGN_LEFT, &font, doc->seller->party.name);
}

void letter_make(struct document *doc)
{
    document_set_date(doc, F_ISSUE_DATE, &doc->issue);
    make_letter(doc);
}
