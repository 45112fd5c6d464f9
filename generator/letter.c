/*
 * Business letters, and pages of no known kind: notes, minutes, menus and lists without the marks
 * of any type, so that a sorter learns to say "unknown".
 */
#include "generator/document.h"

static struct page *letter_page(struct document *doc, double *ret_y)
{
    const struct style *style = &doc->seller->style;
    const struct party *party = &doc->seller->party;
    struct font name = style_font(style, 1.5, true);
    struct font small = style_font(style, 0.8, false);
    struct font font = style_font(style, 1.05, false);
    struct page *page = document_add_page(doc, 595, 842);
    bool is_right = doc->seller->seed % 2 == 0;
    double x = is_right ? 545 : 60;
    enum align align = is_right ? ALIGN_RIGHT : ALIGN_LEFT;

    name.colour = style->accent;
    document_show(doc, page, F_SELLER_NAME, x, 56, align, &name);
    document_show_as(doc, page, F_SELLER_ADDRESS, x, 72, align, &small, party->street);
    document_show_as(doc, page, F_SELLER_ADDRESS, x, 82, align, &small, party->city);
    document_show(doc, page, F_SELLER_EMAIL, x, 92, align, &small);
    document_show(doc, page, F_BUYER_NAME, 60, 140, ALIGN_LEFT, &font);
    page_text(page, 60, 140 + font.size * 1.3, ALIGN_LEFT, &font, doc->buyer->person);
    document_show_as(doc, page, F_BUYER_ADDRESS, 60, 140 + font.size * 2.6, ALIGN_LEFT, &font,
                     doc->buyer->street);
    document_show_as(doc, page, F_BUYER_ADDRESS, 60, 140 + font.size * 3.9, ALIGN_LEFT, &font,
                     doc->buyer->city);
    *ret_y = 150 + font.size * 6.5;
    return page;
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

/* A heading and a list or some sentences: no sender, no date, nothing to act on. */
static void make_unknown(struct document *doc)
{
    struct font title = style_font(&doc->seller->style, 1.7, true);
    struct font font = style_font(&doc->seller->style, 1.1, false);
    struct page *page = document_add_page(doc, 595, 842);
    int rows = rng_range(&doc->rng, 5, 18);
    double y = 80;

    for (int field = 0; field < F_COUNT; field++)
        document_set(doc, (enum field)field, NULL, NULL);
    page_text(page, 70, y, ALIGN_LEFT, &title, words_pick(doc->words, "unknown.title", &doc->rng));
    y += 40;
    if (rng_chance(&doc->rng, 30)) {
        draw_body(doc, page, y, rng_range(&doc->rng, 2, 5));
        return;
    }
    for (int i = 0; i < rows; i++) {
        page_disc(page, 74, y - 3, 1.8, BLACK);
        y = page_paragraph(page, 84, y, 430, &font,
                           words_pick(doc->words, "unknown.row", &doc->rng)) +
            6;
    }
}

void letter_make(struct document *doc)
{
    if (doc->type == TYPE_UNKNOWN) {
        make_unknown(doc);
        return;
    }
    document_set_date(doc, F_ISSUE_DATE, &doc->issue);
    make_letter(doc);
}
