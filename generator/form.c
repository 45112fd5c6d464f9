/*
 * A filled-in form in the manner of tax and registration forms: numbered boxes with small print,
 * check boxes with one crossed, a signature. Three arrangements, by supplier; two suppliers in five
 * have an authority's grid instead (form_grid.c).
 */
#include "generator/form.h"

#include "generator/noise.h"

enum arrangement { BOXES, LINES, SHADED, ARRANGEMENTS };

struct blank {
    struct document *doc;
    struct page *page;
    enum arrangement arrangement;
    struct font label, value, bold;
    double y;
    int number;
};

static void make_truth(struct document *doc)
{
    const struct party *party = &doc->seller->party;
    int chosen = rng_below(&doc->rng, words_count(doc->words, "form.class"));

    for (int field = 0; field < F_COUNT; field++)
        document_set(doc, (enum field)field, NULL, NULL);
    document_set_text(doc, F_FULL_NAME, party->person);
    if (rng_chance(&doc->rng, 70))
        document_set_text(doc, F_BUSINESS_NAME, party->name);
    document_set_text(doc, F_CLASSIFICATION, words_at(doc->words, "form.class", chosen));
    document_set_text(doc, F_STREET, party->street);
    document_set_text(doc, F_CITY, party->city);
    if (doc->seller->language == LANG_DE || doc->seller->language == LANG_EN)
        document_set(doc, F_TAX_ID, g_strdup(party->vat), g_strdup(party->vat_shown));
    else
        document_set(doc, F_TAX_ID, g_strdup(party->registration),
                     g_strdup(party->registration_shown));
    if (rng_chance(&doc->rng, 50))
        document_set(doc, F_IBAN, g_strdup(doc->seller->account.iban),
                     g_strdup(doc->seller->account.iban_shown));
    document_set_date(doc, F_SIGNED_DATE, &doc->issue);
}

/* Label above, value below, framed as the arrangement wants. */
static void entry(struct blank *blank, const char *key, enum field field, double x, double width)
{
    static const struct colour pale = {0.94, 0.94, 0.92};
    g_autofree char *label = g_strdup_printf("%d  %s", ++blank->number,
                                             document_label(blank->doc, key));

    if (blank->arrangement == SHADED)
        page_fill(blank->page, x, blank->y, width, 32, pale);
    if (blank->arrangement == LINES)
        page_line(blank->page, x, blank->y + 32, x + width, blank->y + 32, 0.7, BLACK);
    else
        page_box(blank->page, x, blank->y, width, 34, 0.6, BLACK);
    page_text(blank->page, x + 4, blank->y + 9, ALIGN_LEFT, &blank->label, label);
    document_show(blank->doc, blank->page, field, x + 10, blank->y + 26, ALIGN_LEFT, &blank->value);
}

/* A cross, a tick or a filled box: all three are met on real forms. */
static void mark(struct blank *blank, double x, double y)
{
    struct page *page = blank->page;

    switch (blank->doc->seller->seed / 3 % 3) {
    case 0:
        page_line(page, x - 1, y - 1, x + 9, y + 9, 1.2, BLACK);
        page_line(page, x - 1, y + 9, x + 9, y - 1, 1.2, BLACK);
        break;
    case 1:
        page_line(page, x + 1, y + 4, x + 4, y + 8, 1.3, BLACK);
        page_line(page, x + 4, y + 8, x + 10, y - 2, 1.3, BLACK);
        break;
    default:
        page_fill(page, x + 1.5, y + 1.5, 5, 5, BLACK);
        break;
    }
}

static void draw_classes(struct blank *blank)
{
    struct document *doc = blank->doc;
    g_autofree char *label = g_strdup_printf("%d  %s", ++blank->number,
                                             document_label(doc, "form.classification"));
    int count = words_count(doc->words, "form.class");
    double x = 60;

    page_text(blank->page, 54, blank->y + 9, ALIGN_LEFT, &blank->label, label);
    for (int i = 0; i < count; i++) {
        const char *option = words_at(doc->words, "form.class", i);
        double width = pen_width(doc->pen, &blank->value, option) + 34;
        double y = blank->y + 18;

        if (x + width > 540) {
            x = 60;
            blank->y += 18;
            y += 18;
        }
        page_box(blank->page, x, y, 8, 8, 0.8, BLACK);
        if (g_strcmp0(option, doc->value[F_CLASSIFICATION]) == 0) {
            mark(blank, x, y);
            document_show(doc, blank->page, F_CLASSIFICATION, x + 14, y + 8, ALIGN_LEFT,
                          &blank->value);
        } else {
            page_text(blank->page, x + 14, y + 8, ALIGN_LEFT, &blank->value, option);
        }
        x += width;
    }
    blank->y += 40;
}

static void draw_title(struct blank *blank)
{
    struct document *doc = blank->doc;
    struct font title = style_font(&doc->seller->style, 1.8, true);
    g_autofree char *number = g_strdup_printf(document_label(doc, "form.number"),
                                              100 + (int)(doc->seller->seed % 800));

    page_text(blank->page, 50, 46, ALIGN_LEFT, &blank->bold, number);
    if (blank->arrangement == SHADED) {
        page_fill(blank->page, 50, 56, 495, 28, doc->seller->style.accent);
        title.colour = WHITE;
    }
    page_text(blank->page, 297, 76, ALIGN_CENTRE, &title, document_label(doc, "form.title"));
    page_line(blank->page, 50, 88, 545, 88, 1.5, BLACK);
    blank->y = page_paragraph(blank->page, 50, 104, 495, &blank->value,
                              document_label(doc, "form.intro")) +
               4;
}

static void draw_part(struct blank *blank, int n)
{
    g_autofree char *text = g_strdup_printf("%s %s", document_label(blank->doc, "form.part"),
                                            n == 1   ? "I"
                                            : n == 2 ? "II"
                                                     : "III");

    blank->y += 12;
    page_text(blank->page, 50, blank->y, ALIGN_LEFT, &blank->bold, text);
    page_line(blank->page, 50, blank->y + 4, 545, blank->y + 4, 0.8, BLACK);
    blank->y += 10;
}

static void draw_signature(struct blank *blank)
{
    struct document *doc = blank->doc;
    struct font hand = {.family = "Z003", .size = 20, .colour = {0.1, 0.1, 0.5}};

    draw_part(blank, 3);
    page_text(blank->page, 54, blank->y + 8, ALIGN_LEFT, &blank->value,
              document_label(doc, "form.certify"));
    blank->y += 22;
    page_text(blank->page, 54, blank->y + 30, ALIGN_LEFT, &blank->label,
              document_label(doc, "form.signature"));
    page_line(blank->page, 110, blank->y + 32, 360, blank->y + 32, 0.7, BLACK);
    page_stamp(blank->page, 125, blank->y + 27, -0.05, &hand, doc->seller->party.person);
    entry(blank, "form.date", F_SIGNED_DATE, 390, 155);
    blank->y += 48;
}

/* What other forms ask: more labels with room to write beside, and the law they are made under. */
static void draw_more(struct blank *blank)
{
    static const char *const keys[] = {"u.name",    "form.item", "l.phone",         "form.item",
                                       "form.item", "s.text",    "l.our_reference", "form.item",
                                       "l.date",    "form.item"};
    struct document *doc = blank->doc;
    int count = rng_range(&doc->rng, 0, (int)G_N_ELEMENTS(keys));

    for (int i = 0; i < count; i++) {
        g_autofree char *label = g_strdup_printf("%d. (%c) %s:", ++blank->number, 'a' + i % 3,
                                                 words_pick(doc->words, keys[i], &doc->rng));

        blank->y += 18;
        page_text(blank->page, 54, blank->y, ALIGN_LEFT, &blank->value, label);
        page_line(blank->page, 240, blank->y + 2, 540, blank->y + 2, 0.5, BLACK);
    }
    blank->y += 8;
}

static void draw_answers(struct blank *blank)
{
    for (int i = 0; i < 2; i++) {
        page_box(blank->page, 70 + 80 * i, blank->y, 8, 8, 0.8, BLACK);
        page_text(blank->page, 84 + 80 * i, blank->y + 8, ALIGN_LEFT, &blank->value,
                  words_at(blank->doc->words, "form.answer", i));
    }
}

/* Numbered questions in sentences, with a yes and a no to cross or lines to write on. */
static void draw_questions(struct blank *blank)
{
    struct document *doc = blank->doc;

    for (int n = rng_range(&doc->rng, 0, 6); n > 0 && blank->y < 590; n--) {
        const char *question = words_pick(doc->words, "form.question", &doc->rng);
        g_autofree char *text = g_strdup_printf("%d.  %s", ++blank->number, question);

        blank->y = page_paragraph(blank->page, 54, blank->y + 12, 480, &blank->value, text) + 4;
        if (rng_chance(&doc->rng, 50))
            draw_answers(blank);
        else
            page_line(blank->page, 70, blank->y + 10, 530, blank->y + 10, 0.5, BLACK);
        blank->y += 14;
    }
}

static void draw_law(struct blank *blank)
{
    for (int n = rng_range(&blank->doc->rng, 0, 5); n > 0 && blank->y < 760; n--) {
        const char *clause = words_pick(blank->doc->words, "u.clause", &blank->doc->rng);
        g_autofree char *text = noise_fill(blank->doc, clause);

        blank->y = page_paragraph(blank->page, 50, blank->y + 6, 480, &blank->label, text);
    }
}

static void draw_instructions(struct blank *blank)
{
    int count = words_count(blank->doc->words, "form.instruction");

    for (int i = 0; i < count; i++)
        blank->y = page_paragraph(blank->page, 50, blank->y + 6, 480, &blank->label,
                                  words_at(blank->doc->words, "form.instruction", i));
}

void form_make(struct document *doc)
{
    const struct style *style = &doc->seller->style;
    struct blank blank = {.doc = doc,
                          .arrangement = (enum arrangement)(doc->seller->seed % ARRANGEMENTS),
                          .label = style_font(style, 0.78, false),
                          .value = style_font(style, 1.0, false),
                          .bold = style_font(style, 1.05, true)};

    make_truth(doc);
    if (doc->seller->seed % 5 < 2) {
        form_draw_grid(doc);
        return;
    }
    blank.page = document_add_page(doc, 595, 842);
    draw_title(&blank);
    draw_part(&blank, 1);
    entry(&blank, "form.full_name", F_FULL_NAME, 50, 495);
    blank.y += 38;
    entry(&blank, "form.business_name", F_BUSINESS_NAME, 50, 495);
    blank.y += 38;
    draw_classes(&blank);
    entry(&blank, "form.street", F_STREET, 50, 280);
    entry(&blank, "form.city", F_CITY, 330, 215);
    blank.y += 38;
    draw_part(&blank, 2);
    entry(&blank, "form.tax_id", F_TAX_ID, 50, 220);
    entry(&blank, "form.account", F_IBAN, 280, 265);
    blank.y += 38;
    draw_more(&blank);
    draw_questions(&blank);
    draw_signature(&blank);
    draw_instructions(&blank);
    draw_law(&blank);
}
