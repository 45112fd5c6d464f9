/*
 * Pages of no known type, so that a sorter learns to say "unknown": lists, price lists,
 * advertisements, contracts, time sheets, reports, certificates and covers; and running text of
 * any size in a language nobody knows. Some look much like a type: offers and statements of
 * account are trade papers in all but what they ask for (sales.c).
 */
#include "generator/blocks.h"
#include "generator/noise.h"

#include <string.h>

enum { LEFT = 56, WIDTH = 483, BOTTOM = 780 };

struct leaf {
    struct document *doc;
    struct page *page;
    struct font font, bold, small, title;
    double y;
};

static const char *pick(struct leaf *leaf, const char *key)
{
    return words_pick(leaf->doc->words, key, &leaf->doc->rng);
}

static void put_title(struct leaf *leaf, const char *key)
{
    bool is_centred = rng_chance(&leaf->doc->rng, 40);

    page_text(leaf->page, is_centred ? LEFT + WIDTH / 2.0 : LEFT, leaf->y,
              is_centred ? ALIGN_CENTRE : ALIGN_LEFT, &leaf->title, pick(leaf, key));
    leaf->y += leaf->title.size * 1.8;
}

static void put_paragraph(struct leaf *leaf, double x, double width, const struct font *font,
                          const char *text)
{
    g_autofree char *filled = noise_fill(leaf->doc, text);

    leaf->y = page_paragraph(leaf->page, x, leaf->y, width, font, filled) + 4;
}

/* The company the page is from, for pages that say so. */
static void put_company(struct leaf *leaf)
{
    const struct party *party = &leaf->doc->seller->party;
    g_autofree char *address = g_strdup_printf("%s, %s", party->street, party->city);

    page_text(leaf->page, LEFT, 44, ALIGN_LEFT, &leaf->bold, party->name);
    page_text(leaf->page, LEFT + WIDTH, 44, ALIGN_RIGHT, &leaf->small, address);
    leaf->y = 84;
}

static void draw_notes(struct leaf *leaf)
{
    int rows = rng_range(&leaf->doc->rng, 5, 18);

    put_title(leaf, "unknown.title");
    for (int i = 0; i < rows; i++) {
        page_disc(leaf->page, LEFT + 4, leaf->y - 3, 1.8, BLACK);
        put_paragraph(leaf, LEFT + 14, WIDTH - 40, &leaf->font, pick(leaf, "unknown.row"));
    }
}

static void draw_prose(struct leaf *leaf)
{
    int paragraphs = rng_range(&leaf->doc->rng, 2, 8);

    put_company(leaf);
    put_title(leaf, "u.report");
    for (int i = 0; i < paragraphs && leaf->y < BOTTOM - 90; i++) {
        if (rng_chance(&leaf->doc->rng, 40)) {
            page_text(leaf->page, LEFT, leaf->y, ALIGN_LEFT, &leaf->bold,
                      pick(leaf, "u.clause_head"));
            leaf->y += leaf->font.size * 1.5;
        }
        for (int n = rng_range(&leaf->doc->rng, 1, 3); n > 0; n--)
            put_paragraph(leaf, LEFT, WIDTH, &leaf->font, pick(leaf, "letter.sentence"));
        leaf->y += 8;
    }
}

/* An item of the shop lists in its parts: text, price, and the rest. */
static char **pick_item(struct leaf *leaf)
{
    static const char *const keys[] = {"item.office",  "item.build",     "item.food",
                                       "item.service", "item.transport", "item.it"};

    return g_strsplit(pick(leaf, keys[rng_below(&leaf->doc->rng, G_N_ELEMENTS(keys))]), "|", 4);
}

static void draw_prices(struct leaf *leaf)
{
    static const char *const heads[] = {"c.article", "c.description", "c.unit", "c.unit_price"};
    static const double places[] = {LEFT, LEFT + 70, LEFT + 350, LEFT + WIDTH};
    int rows = rng_range(&leaf->doc->rng, 12, 38);

    put_company(leaf);
    put_title(leaf, "u.list");
    for (int i = 0; i < 4; i++) {
        const char *text = document_label(leaf->doc, heads[i]);
        struct font fitted = fit_font(leaf->doc->pen, &leaf->bold, text, i == 1 ? 260 : 62);

        page_text(leaf->page, places[i], leaf->y, i == 3 ? ALIGN_RIGHT : ALIGN_LEFT, &fitted, text);
    }
    page_line(leaf->page, LEFT, leaf->y + 4, LEFT + WIDTH, leaf->y + 4, 0.8, BLACK);
    leaf->y += leaf->font.size * 1.9;
    for (int i = 0; i < rows && leaf->y < BOTTOM; i++) {
        g_auto(GStrv) item = pick_item(leaf);
        g_autofree char *code = g_strdup_printf("%d", rng_range(&leaf->doc->rng, 1000, 99999));
        g_autofree char *price = document_money(leaf->doc,
                                                (int64_t)g_ascii_strtoull(item[2], NULL, 10) * 100);

        page_text(leaf->page, places[0], leaf->y, ALIGN_LEFT, &leaf->font, code);
        page_text(leaf->page, places[1], leaf->y, ALIGN_LEFT, &leaf->font, item[0]);
        page_text(leaf->page, places[2], leaf->y, ALIGN_LEFT, &leaf->font, item[1]);
        page_text(leaf->page, places[3], leaf->y, ALIGN_RIGHT, &leaf->font, price);
        leaf->y += leaf->font.size * 1.6;
    }
}

/* Cells with a name and a big price, a slogan in a band: what lies in every letter box. */
static void draw_advertisement(struct leaf *leaf)
{
    struct colour accent = leaf->doc->seller->style.accent;
    struct font price = leaf->title;
    struct font slogan = leaf->title;
    int columns = rng_range(&leaf->doc->rng, 2, 3);
    double step = (double)WIDTH / columns;
    int cells = columns * rng_range(&leaf->doc->rng, 2, 4);

    slogan.colour = WHITE;
    price.size *= 1.3;
    price.colour = accent;
    page_fill(leaf->page, 0, 30, leaf->page->width, 60, accent);
    page_text(leaf->page, leaf->page->width / 2, 68, ALIGN_CENTRE, &slogan, pick(leaf, "u.ad"));
    leaf->y = 124;
    put_paragraph(leaf, LEFT, WIDTH, &leaf->bold, pick(leaf, "u.slogan"));
    for (int i = 0; i < cells; i++) {
        g_auto(GStrv) item = pick_item(leaf);
        double x = LEFT + (i % columns) * step;
        double y = leaf->y + 20 + i / columns * 130.0;
        g_autofree char *amount = document_money(
            leaf->doc, (int64_t)g_ascii_strtoull(item[2], NULL, 10) * 100);

        page_box(leaf->page, x, y - 14, step - 10, 116, 0.6, GREY);
        page_fill(leaf->page, x + 10, y + 34, step * 0.4, 44, (struct colour){0.88, 0.88, 0.86});
        page_paragraph(leaf->page, x + 8, y, step - 26, &leaf->font, item[0]);
        page_text(leaf->page, x + step - 18, y + 94, ALIGN_RIGHT, &price, amount);
    }
    leaf->y = BOTTOM + 20;
    put_paragraph(leaf, LEFT, WIDTH, &leaf->small, document_label(leaf->doc, "r.hours"));
}

static void draw_contract(struct leaf *leaf)
{
    bool is_small_print = rng_chance(&leaf->doc->rng, 35);
    const struct font *font = is_small_print ? &leaf->small : &leaf->font;
    int clauses = is_small_print ? 22 : rng_range(&leaf->doc->rng, 4, 9);

    if (rng_chance(&leaf->doc->rng, 60))
        put_company(leaf);
    put_title(leaf, "u.contract");
    for (int i = 1; i <= clauses && leaf->y < BOTTOM - 60; i++) {
        g_autofree char *head = g_strdup_printf(rng_chance(&leaf->doc->rng, 50) ? "§ %d  %s"
                                                                                : "%d.  %s",
                                                i, pick(leaf, "u.clause_head"));

        page_text(leaf->page, LEFT, leaf->y, ALIGN_LEFT, &leaf->bold, head);
        leaf->y += font->size * 1.6;
        for (int n = rng_range(&leaf->doc->rng, 1, 3); n > 0; n--)
            put_paragraph(leaf, LEFT + 14, WIDTH - 14, font, pick(leaf, "u.clause"));
        leaf->y += 6;
    }
    if (rng_chance(&leaf->doc->rng, 50)) {
        page_line(leaf->page, LEFT, BOTTOM, LEFT + 180, BOTTOM, 0.6, BLACK);
        page_line(leaf->page, LEFT + 260, BOTTOM, LEFT + 440, BOTTOM, 0.6, BLACK);
        page_text(leaf->page, LEFT, BOTTOM + 12, ALIGN_LEFT, &leaf->small,
                  document_label(leaf->doc, "form.signature"));
    }
}

/* Who worked when: a grid of names, days and hours. */
static void draw_sheet(struct leaf *leaf)
{
    struct document *doc = leaf->doc;
    int rows = rng_range(&doc->rng, 6, 26);
    double height = leaf->font.size * 1.9;
    int columns = rng_range(&doc->rng, 3, 7);
    double step = (WIDTH - 150.0) / columns;

    put_company(leaf);
    put_title(leaf, "u.sheet");
    page_text(leaf->page, LEFT + 4, leaf->y, ALIGN_LEFT, &leaf->bold,
              document_label(doc, "u.name"));
    page_text(leaf->page, LEFT + 154, leaf->y, ALIGN_LEFT, &leaf->bold,
              document_label(doc, "u.hours"));
    for (int i = 0; i < rows; i++) {
        g_autofree char *name = g_strdup_printf("%s %s", pick(leaf, "person.first"),
                                                pick(leaf, "person.last"));

        leaf->y += height;
        page_line(leaf->page, LEFT, leaf->y - height * 0.7, LEFT + WIDTH, leaf->y - height * 0.7,
                  0.4, GREY);
        page_text(leaf->page, LEFT + 4, leaf->y, ALIGN_LEFT, &leaf->font, name);
        for (int n = 0; n < columns; n++) {
            g_autofree char *hours = quantity_text(rng_range(&doc->rng, 0, 20) * 500,
                                                   doc->seller->style.amount->decimal);

            page_text(leaf->page, LEFT + 150 + (n + 0.6) * step, leaf->y, ALIGN_RIGHT, &leaf->font,
                      hours);
        }
    }
}

static void draw_certificate(struct leaf *leaf)
{
    struct colour accent = leaf->doc->seller->style.accent;
    struct font big = leaf->title;

    big.size *= 1.4;
    page_box(leaf->page, 30, 30, leaf->page->width - 60, leaf->page->height - 60, 3, accent);
    page_text(leaf->page, leaf->page->width / 2, 200, ALIGN_CENTRE, &big,
              pick(leaf, "u.certificate"));
    page_text(leaf->page, leaf->page->width / 2, 290, ALIGN_CENTRE, &leaf->title,
              leaf->doc->buyer->person);
    leaf->y = 340;
    put_paragraph(leaf, 130, 340, &leaf->font, pick(leaf, "letter.sentence"));
    put_paragraph(leaf, 130, 340, &leaf->font, "{date}");
    page_text(leaf->page, leaf->page->width / 2, 620, ALIGN_CENTRE, &leaf->bold,
              leaf->doc->seller->party.name);
}

/* Nearly empty pages: a cover, a slip, an address. */
static void draw_cover(struct leaf *leaf)
{
    const struct party *party = &leaf->doc->seller->party;

    leaf->y = rng_range(&leaf->doc->rng, 90, 300);
    put_title(leaf, "u.mail");
    page_text(leaf->page, LEFT, leaf->y + 20, ALIGN_LEFT, &leaf->font, leaf->doc->buyer->person);
    page_text(leaf->page, LEFT, leaf->y + 36, ALIGN_LEFT, &leaf->font, leaf->doc->buyer->name);
    if (rng_chance(&leaf->doc->rng, 50))
        page_text(leaf->page, LEFT, leaf->y + 64, ALIGN_LEFT, &leaf->small, party->phone);
}

/* Words of a few syllables: what is left of a text whose words say nothing to the reader. */
static char *made_up_text(struct rng *rng, int words)
{
    static const char *const parts[] = {"ka",  "lor", "mi",  "sten", "ve",  "tua",
                                        "ri",  "gon", "pel", "sa",   "ne",  "dri",
                                        "cho", "ba",  "ul",  "wet",  "fin", "ou"};
    GString *text = g_string_new(NULL);

    for (int i = 0; i < words; i++) {
        bool is_first = i == 0 || text->str[text->len - 1] == '.';
        gsize start;

        if (i > 0)
            g_string_append_c(text, ' ');
        start = text->len;
        for (int n = rng_range(rng, 1, 4); n > 0; n--)
            g_string_append(text, parts[rng_below(rng, G_N_ELEMENTS(parts))]);
        if (is_first || rng_chance(rng, 6))
            text->str[start] = g_ascii_toupper(text->str[start]);
        if (rng_chance(rng, 9) || i + 1 == words)
            g_string_append_c(text, '.');
        else if (rng_chance(rng, 8))
            g_string_append_c(text, ',');
        if (rng_chance(rng, 3))
            g_string_append_printf(text, " %d", rng_range(rng, 1, 2030));
    }
    return g_string_free(text, FALSE);
}

/* A sentence with a share of its longer words unheard of: what stays is how the language runs,
 * whatever it is about. */
static char *estrange(struct rng *rng, const char *sentence, int percent)
{
    g_auto(GStrv) words = g_strsplit(sentence, " ", -1);

    for (char **word = words; *word; word++) {
        g_autofree char *made = NULL;

        if (g_utf8_strlen(*word, -1) < 5 || !rng_chance(rng, percent))
            continue;
        made = made_up_text(rng, 1);
        *strchr(made, '.') = '\0';
        g_free(*word);
        *word = g_ascii_strdown(made, -1);
    }
    return g_strjoinv(" ", words);
}

/* Sentences about anything but business, as a book, a manual, a leaflet or a paper of science has
 * them: in one or two columns, with or without a headline, some of them points of a list. */
static void draw_article(struct leaf *leaf)
{
    struct rng *rng = &leaf->doc->rng;
    int columns = rng_range(rng, 1, 2), strange = rng_range(rng, 0, 80);
    int points = rng_chance(rng, 30) ? 60 : 0;
    double step = (WIDTH + 24.0) / columns, top = 60;
    double bottom = rng_range(rng, 260, BOTTOM);

    if (rng_chance(rng, 60)) {
        page_text(leaf->page, LEFT, 60, ALIGN_LEFT, &leaf->title, pick(leaf, "unknown.title"));
        top = 90;
    }
    for (int c = 0; c < columns; c++)
        for (leaf->y = top; leaf->y < bottom;) {
            GString *text = g_string_new(rng_chance(rng, points) ? "• " : NULL);

            for (int n = rng_range(rng, 1, 5); n > 0; n--) {
                g_autofree char *sentence = estrange(rng, pick(leaf, "u.prose"), strange);

                g_string_append_printf(text, "%s ", sentence);
            }
            put_paragraph(leaf, LEFT + c * step, step - 24, &leaf->font, text->str);
            leaf->y += rng_chance(rng, 30) ? leaf->font.size : 0;
            g_string_free(text, TRUE);
        }
}

/* Chapters with dots to their pages. */
static void draw_contents(struct leaf *leaf)
{
    struct rng *rng = &leaf->doc->rng;
    int page = 1;

    put_title(leaf, "unknown.title");
    for (int i = 1; leaf->y < BOTTOM - 60 && i < 34; i++) {
        g_autofree char *head = made_up_text(rng, rng_range(rng, 1, 5));
        g_autofree char *text = g_strdup_printf("%d.%d  %s", i / 5 + 1, i % 5 + 1, head);
        g_autofree char *number = g_strdup_printf("%d", page += rng_range(rng, 0, 9));

        page_dots(leaf->page,
                  LEFT + 8 + page_text(leaf->page, LEFT, leaf->y, ALIGN_LEFT, &leaf->font, text),
                  LEFT + WIDTH - 26, leaf->y);
        page_text(leaf->page, LEFT + WIDTH, leaf->y, ALIGN_RIGHT, &leaf->font, number);
        leaf->y += leaf->font.size * 1.6;
    }
}

/* What printers and programs are tried with: letters in rows, sizes, numbered samples. */
static void draw_test_page(struct leaf *leaf)
{
    static const char *const rows[] = {"ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz",
                                       "0123456789 !\"#%&/()=?", "RGB 128 128 128",
                                       "0 25 50 75 100 %"};
    struct rng *rng = &leaf->doc->rng;

    for (int n = rng_range(rng, 4, 24); n > 0 && leaf->y < BOTTOM; n--) {
        struct font font = leaf->font;
        g_autofree char *word = made_up_text(rng, rng_range(rng, 1, 4));
        g_autofree char *sample = g_strdup_printf("%d: %s", n, word);
        double x = rng_range(rng, LEFT, LEFT + 120);

        font.size = rng_range(rng, 6, 26);
        leaf->y += font.size * 1.3;
        page_text(leaf->page, x, leaf->y, ALIGN_LEFT, &font,
                  rng_chance(rng, 40) ? rows[rng_below(rng, G_N_ELEMENTS(rows))] : sample);
        if (rng_chance(rng, 25))
            page_box(leaf->page, x + 200, leaf->y - 10, rng_range(rng, 20, 200),
                     rng_range(rng, 8, 60), 0.7, BLACK);
    }
}

/* A program's text or what it printed: short lines, indented, full of signs. */
static void draw_code(struct leaf *leaf)
{
    static const char *const lines[] = {
        "if (%s > %d) {", "}",       "%s = %s + %d;",  "return %s;", "[%d] %s: ok",
        "%s: %d",         "# %s %s", "<%s id=\"%d\">", "0x%04x  %s"};
    struct rng *rng = &leaf->doc->rng;
    struct font mono = leaf->font;

    mono.family = "Liberation Mono";
    mono.size = rng_range(rng, 7, 11);
    for (int n = rng_range(rng, 8, 50); n > 0 && leaf->y < BOTTOM; n--) {
        const char *pattern = lines[rng_below(rng, G_N_ELEMENTS(lines))];
        GString *text = g_string_new(NULL);

        for (const char *p = pattern; *p != '\0'; p++) {
            g_autofree char *word = made_up_text(rng, 1);

            if (*p != '%') {
                g_string_append_c(text, *p);
                continue;
            }
            p += strcspn(p, "sdx");
            if (*p == 's')
                g_string_append_len(text, word, (gssize)strcspn(word, ". "));
            else
                g_string_append_printf(text, "%d", rng_range(rng, 0, 4096));
        }
        page_text(leaf->page, LEFT + 18 * rng_below(rng, 4), leaf->y, ALIGN_LEFT, &mono, text->str);
        leaf->y += mono.size * 1.35;
        g_string_free(text, TRUE);
    }
}

/* A grid of measurements under made-up heads: numbers, but nobody's money. */
static void draw_measurements(struct leaf *leaf)
{
    struct rng *rng = &leaf->doc->rng;
    int columns = rng_range(rng, 3, 8), rows = rng_range(rng, 5, 34), digits = rng_below(rng, 4);
    double step = (double)WIDTH / columns;

    if (rng_chance(rng, 60))
        put_paragraph(leaf, LEFT, WIDTH, &leaf->font, pick(leaf, "u.prose"));
    for (int r = 0; r <= rows && leaf->y < BOTTOM; r++) {
        for (int c = 0; c < columns; c++) {
            g_autofree char *cell = r == 0 || (c == 0 && digits > 1)
                                        ? made_up_text(rng, 1)
                                        : g_strdup_printf("%.*f", digits, rng_real(rng, 0, 900));
            struct font fitted = fit_font(leaf->doc->pen, r == 0 ? &leaf->bold : &leaf->font, cell,
                                          step - 4);

            page_text(leaf->page, LEFT + (c + 0.9) * step, leaf->y, ALIGN_RIGHT, &fitted, cell);
        }
        leaf->y += leaf->font.size * 1.5;
    }
}

/* A few words in large letters. */
static void draw_poster(struct leaf *leaf)
{
    struct font big = leaf->title;

    big.size *= rng_real(&leaf->doc->rng, 1.2, 2.4);
    leaf->y = rng_range(&leaf->doc->rng, 90, 300);
    for (int n = rng_range(&leaf->doc->rng, 1, 5); n > 0; n--) {
        const char *text = pick(leaf, n % 2 ? "unknown.row" : "unknown.title");
        struct font fitted = fit_font(leaf->doc->pen, &big, text, WIDTH);

        page_text(leaf->page, LEFT + WIDTH / 2.0, leaf->y, ALIGN_CENTRE, &fitted, text);
        leaf->y += big.size * rng_range(&leaf->doc->rng, 2, 4);
    }
}

/* How many made-up words surely fit between leaf->y and the foot of the page. */
static int words_that_fit(const struct leaf *leaf, double width)
{
    double size = leaf->font.size;
    int across = (int)(width / (6 * size));
    int down = (int)((leaf->page->height - 16 - leaf->y) / (1.5 * size));

    return (across > 1 ? across : 1) * (down > 0 ? down : 0);
}

/* An article, a page of a book, a clipping, a slide: one to three columns on paper of any size,
 * none so narrow that the longest word runs into the next. */
static void draw_running_text(struct leaf *leaf)
{
    struct rng *rng = &leaf->doc->rng;
    double width = leaf->page->width - 48;
    int columns = rng_range(rng, 1, 3), most = (int)(width / (11 * leaf->font.size + 14));
    double step = width / (columns < most ? columns : most);
    double top = 40, bottom = leaf->page->height - rng_range(rng, 20, (int)leaf->page->height / 2);

    if (rng_chance(rng, 60)) {
        g_autofree char *title = made_up_text(rng, leaf->page->width > 420 ? 2 : 1);

        page_text(leaf->page, 24, top + 10, ALIGN_LEFT, &leaf->title, title);
        top += leaf->title.size * 2;
    }
    for (double x = 24; x + step <= 24 + width + 1; x += step)
        for (leaf->y = top + 10; leaf->y < bottom;) {
            int words = rng_range(rng, 4, 60), room = words_that_fit(leaf, step - 14);
            g_autofree char *text = made_up_text(rng, words < room ? words : room);

            if (room == 0)
                break;
            put_paragraph(leaf, x, step - 14, &leaf->font, text);
        }
}

void unknown_make(struct document *doc)
{
    static void (*const draws[])(struct leaf * leaf) = {
        draw_notes,     draw_prose,       draw_prices,  draw_advertisement, draw_contract,
        draw_sheet,     draw_certificate, draw_cover,   draw_running_text,  draw_running_text,
        draw_article,   draw_article,     draw_article, draw_contents,      draw_test_page,
        draw_test_page, draw_code,        draw_code,    draw_measurements,  draw_poster};
    int chosen;
    const struct style *style = &doc->seller->style;
    struct leaf leaf = {.doc = doc,
                        .font = style_font(style, 1.05, false),
                        .bold = style_font(style, 1.05, true),
                        .small = style_font(style, 0.75, false),
                        .title = style_font(style, 1.8, true),
                        .y = 80};

    if (rng_chance(&doc->rng, 25)) {
        sales_make_unknown(doc);
        return;
    }
    chosen = rng_below(&doc->rng, G_N_ELEMENTS(draws));
    if (draws[chosen] == draw_running_text && rng_chance(&doc->rng, 50))
        leaf.page = document_add_page(doc, rng_range(&doc->rng, 220, 842),
                                      rng_range(&doc->rng, 160, 842));
    else
        leaf.page = document_add_page(doc, 595, 842);
    draws[chosen](&leaf);
    document_wipe(doc);
}
