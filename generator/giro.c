/*
 * Payment slips as the countries print them on the last third of the page: the Norwegian giro, the
 * Swedish bankgiro slip, the Danish FIK card, and a plain transfer form for the others. The code
 * line at the foot is in OCR-B, as its readers want.
 */
#include "generator/blocks.h"

#include <string.h>

enum { SLIP_HEIGHT = 258 };

struct slip {
    struct flow *flow;
    double top;
    struct font small, font, code;
};

static void slip_label(struct slip *slip, double x, double y, const char *key)
{
    page_text(slip->flow->page, x, y, ALIGN_LEFT, &slip->small,
              document_label(slip->flow->doc, key));
}

static void slip_field(struct slip *slip, enum field field, double x, double y)
{
    document_show(slip->flow->doc, slip->flow->page, field, x, y, ALIGN_LEFT, &slip->font);
}

/* Who pays and who is paid, as framed addresses. */
static void slip_party(struct slip *slip, double x, double y, const char *key, bool is_seller)
{
    struct document *doc = slip->flow->doc;
    const struct party *party = is_seller ? &doc->seller->party : doc->buyer;
    enum field name = is_seller ? F_SELLER_NAME : F_BUYER_NAME;
    enum field address = is_seller ? F_SELLER_ADDRESS : F_BUYER_ADDRESS;
    double step = slip->font.size * 1.3;

    slip_label(slip, x, y, key);
    page_box(slip->flow->page, x - 4, y + 4, 222, 56, 0.5, GREY);
    slip_field(slip, name, x, y + 18);
    document_show_as(doc, slip->flow->page, address, x, y + 18 + step, ALIGN_LEFT, &slip->font,
                     party->street);
    document_show_as(doc, slip->flow->page, address, x, y + 18 + 2 * step, ALIGN_LEFT, &slip->font,
                     party->city);
}

/* Kroner and øre stand apart on a slip. */
static char *slip_amount(const struct document *doc)
{
    int64_t due = doc->amount[F_AMOUNT_DUE];

    return g_strdup_printf("%" PRId64 " %02d", due / 100, (int)(due % 100));
}

/* The weighted mod 10 digit banks print after the amount, so that the line checks itself. */
static int amount_digit(int64_t minor)
{
    int sum = 0;

    for (int weight = 2; minor > 0; minor /= 10, weight = 3 - weight) {
        int digit = (int)(minor % 10) * weight;

        sum += digit / 10 + digit % 10;
    }
    return (10 - sum % 10) % 10;
}

/* Draws the parts of a code line one behind the other; the marks between are part of no field. */
static double code_text(struct slip *slip, double x, const char *text)
{
    return x +
           page_text(slip->flow->page, x, slip->top + SLIP_HEIGHT - 16, ALIGN_LEFT, &slip->code,
                     text) +
           8;
}

static double code_field(struct slip *slip, double x, enum field field, const char *text)
{
    return x +
           document_show_as(slip->flow->doc, slip->flow->page, field, x,
                            slip->top + SLIP_HEIGHT - 16, ALIGN_LEFT, &slip->code, text) +
           8;
}

static void draw_norwegian(struct slip *slip)
{
    struct document *doc = slip->flow->doc;
    double left = slip->flow->left;
    double top = slip->top;
    g_autofree char *amount = slip_amount(doc);
    g_autofree char *check = g_strdup_printf("<%d>", amount_digit(doc->amount[F_AMOUNT_DUE]));
    double x = left;

    slip_label(slip, left, top + 18, "giro.account");
    slip_field(slip, F_BANK_ACCOUNT, left, top + 32);
    slip_label(slip, left + 150, top + 18, "giro.amount");
    flow_total(slip->flow, F_AMOUNT_DUE, left + 240, top + 32, &slip->font);
    slip_label(slip, left + 300, top + 18, "l.due_date");
    slip_field(slip, F_DUE_DATE, left + 300, top + 32);
    slip_label(slip, left, top + 60, "giro.information");
    slip_field(slip, F_INVOICE_NUMBER, left, top + 76);
    slip_party(slip, left, top + 108, "giro.payer", false);
    slip_party(slip, left + 258, top + 108, "giro.payee", true);
    slip_label(slip, left, top + 200, "l.payment_reference");
    slip_label(slip, left + 220, top + 200, "giro.amount");
    slip_label(slip, left + 330, top + 200, "giro.account");
    page_fill(slip->flow->page, 0, top + 224, A4_WIDTH, 28, (struct colour){1, 0.95, 0.78});
    x = code_text(slip, x, "H");
    if (doc->shown[F_PAYMENT_REFERENCE] != NULL)
        x = code_field(slip, x, F_PAYMENT_REFERENCE, doc->shown[F_PAYMENT_REFERENCE]);
    x = code_field(slip, MAX(x, left + 220), F_AMOUNT_DUE, amount);
    x = code_text(slip, x, check);
    code_field(slip, x, F_BANK_ACCOUNT, doc->value[F_BANK_ACCOUNT]);
}

static void draw_swedish(struct slip *slip)
{
    struct document *doc = slip->flow->doc;
    enum field giro = doc->shown[F_BANKGIRO] != NULL ? F_BANKGIRO : F_PLUSGIRO;
    double left = slip->flow->left;
    double top = slip->top;
    g_autofree char *amount = slip_amount(doc);
    g_autofree char *check = g_strdup_printf("%d >", amount_digit(doc->amount[F_AMOUNT_DUE]));
    g_autofree char *account = g_strdup_printf("%s#41#", doc->shown[giro]);
    double x = left;

    slip->font.is_bold = true;
    slip_label(slip, left, top + 20, "giro.title");
    slip->font.is_bold = false;
    slip_label(slip, left + 258, top + 20, giro == F_BANKGIRO ? "l.bankgiro" : "l.plusgiro");
    slip_field(slip, giro, left + 258, top + 36);
    slip_label(slip, left + 380, top + 20, "l.due_date");
    slip_field(slip, F_DUE_DATE, left + 380, top + 36);
    slip_label(slip, left, top + 44, "l.payment_reference");
    slip_field(slip, F_PAYMENT_REFERENCE, left, top + 60);
    slip_party(slip, left, top + 96, "giro.payer", false);
    slip_party(slip, left + 258, top + 96, "giro.payee", true);
    slip_label(slip, left + 258, top + 186, "giro.amount");
    flow_total(slip->flow, F_AMOUNT_DUE, left + 400, top + 200, &slip->font);
    x = code_text(slip, x, "#");
    if (doc->shown[F_PAYMENT_REFERENCE] != NULL)
        x = code_field(slip, x, F_PAYMENT_REFERENCE, doc->shown[F_PAYMENT_REFERENCE]);
    x = code_text(slip, x, "#");
    x = code_field(slip, MAX(x, left + 200), F_AMOUNT_DUE, amount);
    x = code_text(slip, x, check);
    code_field(slip, x + 20, giro, account);
}

static void draw_danish(struct slip *slip)
{
    struct document *doc = slip->flow->doc;
    double left = slip->flow->left;
    double top = slip->top;

    slip_label(slip, left, top + 20, "giro.title");
    slip_party(slip, left, top + 40, "giro.payer", false);
    slip_party(slip, left + 258, top + 40, "giro.payee", true);
    slip_label(slip, left, top + 130, "l.due_date");
    slip_field(slip, F_DUE_DATE, left, top + 146);
    slip_label(slip, left + 110, top + 130, "giro.amount");
    flow_total(slip->flow, F_AMOUNT_DUE, left + 210, top + 146, &slip->font);
    slip_label(slip, left + 258, top + 130, "giro.account");
    slip_field(slip, F_BANK_ACCOUNT, left + 258, top + 146);
    page_box(slip->flow->page, left - 6, top + 6, slip->flow->right - left + 12, 200, 0.6,
             (struct colour){0.8, 0.2, 0.2});
    if (doc->shown[F_PAYMENT_REFERENCE] != NULL)
        code_field(slip, left + 60, F_PAYMENT_REFERENCE, doc->shown[F_PAYMENT_REFERENCE]);
}

/* A transfer form with a box a line, as German and British banks hand out. */
static void draw_transfer(struct slip *slip)
{
    static const struct {
        const char *key;
        enum field field;
    } rows[] = {{"giro.payee", F_SELLER_NAME},
                {"l.iban", F_IBAN},
                {"l.bic", F_BIC},
                {"l.bank_account", F_BANK_ACCOUNT},
                {"giro.amount", F_AMOUNT_DUE},
                {"l.payment_reference", F_PAYMENT_REFERENCE},
                {"l.invoice_number", F_INVOICE_NUMBER},
                {"giro.payer", F_BUYER_NAME}};
    struct document *doc = slip->flow->doc;
    double left = slip->flow->left + 40;
    double y = slip->top + 30;

    slip_label(slip, left, slip->top + 16, "giro.title");
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (doc->shown[rows[i].field] == NULL)
            continue;
        slip_label(slip, left, y, rows[i].key);
        page_box(slip->flow->page, left - 4, y - 8, 360, 26, 0.5, slip->flow->style->accent);
        if (rows[i].field == F_AMOUNT_DUE)
            flow_total(slip->flow, F_AMOUNT_DUE, left + 340, y + 13, &slip->font);
        else
            slip_field(slip, rows[i].field, left, y + 13);
        y += 27;
    }
}

void block_giro(struct flow *flow)
{
    static void (*const draws[LANG_COUNT])(struct slip * slip) = {
        [LANG_EN] = draw_transfer, [LANG_NB] = draw_norwegian, [LANG_SV] = draw_swedish,
        [LANG_DA] = draw_danish,   [LANG_HU] = draw_transfer,  [LANG_DE] = draw_transfer};
    struct slip slip = {.flow = flow,
                        .top = A4_HEIGHT - SLIP_HEIGHT,
                        .small = style_font(flow->style, 0.75, false),
                        .font = style_font(flow->style, 1.0, false),
                        .code = {.family = "OCR B", .size = 10.5}};
    double y = slip.top;

    for (double x = 0; x < A4_WIDTH; x += 6)
        page_line(flow->page, x, y, x + 3, y, 0.5, GREY);
    draws[flow->doc->seller->language](&slip);
}
