/*
 * Payment slips as the countries print them on the last third of the page: the Norwegian giro, the
 * Swedish bankgiro and plusgiro slip, the Danish payment card, the Hungarian cheque, the German
 * SEPA slip and the British credit. Each is a table of cells; the code line at the foot is in
 * OCR-B, as its readers want, and made of marks and figures by a pattern.
 */
#include "generator/blocks.h"

#include <string.h>

enum { SLIP_HEIGHT = 258 };

enum cell_kind { CELL_PLAIN, CELL_BOX, CELL_COMB, CELL_AMOUNT, CELL_PAYER, CELL_PAYEE };

struct cell {
    const char *key;
    enum field field;
    double x, y, width; /* from the left margin and the top of the slip */
    enum cell_kind kind;
};

/* Patterns of code lines: R the reference, K the amount, C its check digit, A the account's digits,
 * @ goes on at the next third; all else stands for itself. */
struct form {
    struct cell cells[14];
    const char *code;
    bool has_band; /* coloured, behind the code line */
    bool has_frame;
    struct colour colour;
};

static const struct form norwegian = {
    {{"giro.account", F_BANK_ACCOUNT, 0, 12, 140, CELL_PLAIN},
     {"giro.amount", F_AMOUNT_DUE, 150, 12, 120, CELL_AMOUNT},
     {"l.due_date", F_DUE_DATE, 300, 12, 120, CELL_PLAIN},
     {"giro.information", F_INVOICE_NUMBER, 0, 50, 240, CELL_PLAIN},
     {"giro.payer", F_BUYER_NAME, 0, 98, 222, CELL_PAYER},
     {"giro.payee", F_SELLER_NAME, 258, 98, 222, CELL_PAYEE},
     {"l.payment_reference", F_COUNT, 0, 190, 180, CELL_PLAIN},
     {"giro.amount", F_COUNT, 200, 190, 80, CELL_PLAIN},
     {"giro.account", F_COUNT, 330, 190, 140, CELL_PLAIN}},
    "H R # @ K <C> A #",
    true,
    false,
    {1, 0.95, 0.78}};

static const struct form norwegian_boxes = {
    {{"giro.title", F_COUNT, 0, 8, 200, CELL_PLAIN},
     {"l.payment_reference", F_PAYMENT_REFERENCE, 0, 26, 200, CELL_BOX},
     {"l.due_date", F_DUE_DATE, 210, 26, 110, CELL_BOX},
     {"giro.amount", F_AMOUNT_DUE, 330, 26, 150, CELL_AMOUNT},
     {"giro.payee", F_SELLER_NAME, 0, 70, 222, CELL_PAYEE},
     {"giro.payer", F_BUYER_NAME, 258, 70, 222, CELL_PAYER},
     {"giro.account", F_BANK_ACCOUNT, 0, 160, 150, CELL_BOX},
     {"l.invoice_number", F_INVOICE_NUMBER, 258, 160, 150, CELL_BOX}},
    "H R # @ K <C> A #",
    false,
    true,
    {0.75, 0.75, 0.75}};

static const struct form swedish_bankgiro = {
    {{"giro.title", F_COUNT, 0, 8, 200, CELL_PLAIN},
     {"l.bankgiro", F_BANKGIRO, 258, 8, 110, CELL_PLAIN},
     {"l.due_date", F_DUE_DATE, 380, 8, 110, CELL_PLAIN},
     {"l.payment_reference", F_PAYMENT_REFERENCE, 0, 36, 200, CELL_PLAIN},
     {"giro.payer", F_BUYER_NAME, 0, 86, 222, CELL_PAYER},
     {"giro.payee", F_SELLER_NAME, 258, 86, 222, CELL_PAYEE},
     {"giro.amount", F_AMOUNT_DUE, 258, 176, 140, CELL_AMOUNT}},
    "# R # @ K C > A#41#",
    false,
    false,
    {0, 0, 0}};

static const struct form swedish_plusgiro = {
    {{"giro.title", F_COUNT, 0, 8, 200, CELL_PLAIN},
     {"l.plusgiro", F_PLUSGIRO, 0, 30, 150, CELL_BOX},
     {"giro.payee", F_SELLER_NAME, 170, 24, 222, CELL_PAYEE},
     {"l.due_date", F_DUE_DATE, 400, 30, 90, CELL_BOX},
     {"l.payment_reference", F_PAYMENT_REFERENCE, 0, 66, 150, CELL_BOX},
     {"giro.payer", F_BUYER_NAME, 0, 112, 222, CELL_PAYER},
     {"giro.amount", F_AMOUNT_DUE, 300, 150, 150, CELL_AMOUNT}},
    "# R # @ K C > A#04#",
    false,
    true,
    {0.55, 0.7, 0.9}};

static const struct form danish = {
    {{"giro.title", F_COUNT, 0, 8, 200, CELL_PLAIN},
     {"giro.payer", F_BUYER_NAME, 0, 30, 222, CELL_PAYER},
     {"giro.payee", F_SELLER_NAME, 258, 30, 222, CELL_PAYEE},
     {"l.due_date", F_DUE_DATE, 0, 124, 90, CELL_PLAIN},
     {"giro.amount", F_AMOUNT_DUE, 100, 124, 120, CELL_AMOUNT},
     {"giro.account", F_BANK_ACCOUNT, 258, 124, 150, CELL_PLAIN},
     {"giro.information", F_INVOICE_NUMBER, 0, 164, 200, CELL_PLAIN}},
    "@ R",
    false,
    true,
    {0.8, 0.2, 0.2}};

static const struct form danish_receipt = {
    {{"giro.title", F_COUNT, 0, 8, 150, CELL_PLAIN},
     {"giro.account", F_BANK_ACCOUNT, 0, 30, 150, CELL_BOX},
     {"giro.payee", F_SELLER_NAME, 170, 24, 222, CELL_PAYEE},
     {"l.invoice_number", F_INVOICE_NUMBER, 0, 66, 150, CELL_BOX},
     {"giro.payer", F_BUYER_NAME, 170, 110, 222, CELL_PAYER},
     {"l.due_date", F_DUE_DATE, 0, 112, 150, CELL_BOX},
     {"giro.amount", F_AMOUNT_DUE, 0, 160, 150, CELL_AMOUNT}},
    "R",
    true,
    false,
    {1, 0.88, 0.85}};

static const struct form hungarian = {
    {{"giro.title", F_COUNT, 0, 8, 220, CELL_PLAIN},
     {"giro.account", F_BANK_ACCOUNT, 0, 26, 230, CELL_COMB},
     {"giro.amount", F_AMOUNT_DUE, 260, 26, 150, CELL_AMOUNT},
     {"giro.payer_id", F_PAYMENT_REFERENCE, 0, 66, 230, CELL_COMB},
     {"l.due_date", F_DUE_DATE, 260, 66, 120, CELL_BOX},
     {"giro.payee", F_SELLER_NAME, 0, 108, 222, CELL_PAYEE},
     {"giro.payer", F_BUYER_NAME, 258, 108, 222, CELL_PAYER},
     {"l.invoice_number", F_INVOICE_NUMBER, 0, 196, 200, CELL_PLAIN}},
    "R< @ A K 51<",
    true,
    false,
    {1, 0.93, 0.55}};

static const struct form german = {
    {{"giro.title", F_COUNT, 30, 6, 240, CELL_PLAIN},
     {"giro.payee", F_SELLER_NAME, 30, 22, 400, CELL_COMB},
     {"l.iban", F_IBAN, 30, 54, 400, CELL_COMB},
     {"l.bic", F_BIC, 30, 86, 200, CELL_COMB},
     {"giro.amount", F_AMOUNT_DUE, 240, 86, 190, CELL_AMOUNT},
     {"l.payment_reference", F_PAYMENT_REFERENCE, 30, 118, 400, CELL_COMB},
     {"giro.information", F_INVOICE_NUMBER, 30, 150, 400, CELL_COMB},
     {"giro.payer", F_BUYER_NAME, 30, 182, 400, CELL_COMB}},
    NULL,
    false,
    true,
    {0.85, 0.35, 0.3}};

static const struct form british = {
    {{"giro.title", F_COUNT, 0, 8, 240, CELL_PLAIN},
     {"giro.payee", F_SELLER_NAME, 0, 24, 222, CELL_PAYEE},
     {"l.bank_account", F_BANK_ACCOUNT, 258, 30, 200, CELL_BOX},
     {"l.iban", F_IBAN, 258, 66, 220, CELL_BOX},
     {"l.payment_reference", F_PAYMENT_REFERENCE, 0, 116, 200, CELL_BOX},
     {"giro.amount", F_AMOUNT_DUE, 258, 116, 150, CELL_AMOUNT},
     {"l.invoice_number", F_INVOICE_NUMBER, 0, 154, 200, CELL_BOX},
     {"giro.payer", F_BUYER_NAME, 258, 164, 222, CELL_PAYER}},
    NULL,
    false,
    false,
    {0, 0, 0}};

struct slip {
    struct flow *flow;
    const struct form *form;
    double top;
    struct font small, font, code;
};

/* Which account the slip pays into. */
static enum field account_of(const struct document *doc)
{
    return doc->shown[F_BANKGIRO] != NULL   ? F_BANKGIRO
           : doc->shown[F_PLUSGIRO] != NULL ? F_PLUSGIRO
                                            : F_BANK_ACCOUNT;
}

static const struct form *form_of(const struct document *doc)
{
    bool is_second = doc->seller->seed % 2 == 0;

    switch (doc->seller->language) {
    case LANG_NB:
        return is_second ? &norwegian_boxes : &norwegian;
    case LANG_SV:
        return account_of(doc) == F_PLUSGIRO ? &swedish_plusgiro : &swedish_bankgiro;
    case LANG_DA:
        return is_second ? &danish_receipt : &danish;
    case LANG_HU:
        return &hungarian;
    case LANG_DE:
        return &german;
    default:
        return &british;
    }
}

/* Who pays and who is paid, as framed addresses. */
static void draw_party(struct slip *slip, const struct cell *cell, double x, double y)
{
    bool is_seller = cell->kind == CELL_PAYEE;
    const struct party *party = is_seller ? &slip->flow->doc->seller->party
                                          : slip->flow->doc->buyer;
    enum field address = is_seller ? F_SELLER_ADDRESS : F_BUYER_ADDRESS;
    struct lane lane = {.x = x + 4, .width = cell->width - 8, .y = y + 13};

    page_box(slip->flow->page, x, y + 12, cell->width, 58, 0.5, GREY);
    lane_text(slip->flow, &lane, &slip->font, cell->field, party->name);
    lane_text(slip->flow, &lane, &slip->font, address, party->street);
    lane_text(slip->flow, &lane, &slip->font, address, party->city);
}

/* The small marks between the places of a comb: forms to be written in by hand have them. */
static void draw_comb(struct slip *slip, double x, double y, double width)
{
    page_box(slip->flow->page, x, y, width, 18, 0.5, slip->form->colour);
    for (double at = x + 13; at < x + width - 4; at += 13)
        page_line(slip->flow->page, at, y + 14, at, y + 18, 0.4, slip->form->colour);
}

static void draw_cell(struct slip *slip, const struct cell *cell)
{
    struct document *doc = slip->flow->doc;
    struct page *page = slip->flow->page;
    double x = slip->flow->left + cell->x;
    double y = slip->top + cell->y;
    const char *label = document_label(doc, cell->key);
    struct font small = fit_font(doc->pen, &slip->small, label, cell->width - 4);
    struct font font;

    if (cell->field != F_COUNT && doc->shown[cell->field] == NULL)
        return;
    page_text(page, x, y + small.size * 1.2, ALIGN_LEFT, &small, label);
    if (cell->field == F_COUNT)
        return;
    if (cell->kind == CELL_PAYER || cell->kind == CELL_PAYEE) {
        draw_party(slip, cell, x, y);
        return;
    }
    if (cell->kind == CELL_BOX || cell->kind == CELL_AMOUNT)
        page_box(page, x, y + 11, cell->width, 18, 0.5, GREY);
    else if (cell->kind == CELL_COMB)
        draw_comb(slip, x, y + 11, cell->width);
    if (cell->kind == CELL_AMOUNT) {
        flow_total(slip->flow, cell->field, x + cell->width - 4, y + 24, &slip->font);
        return;
    }
    font = fit_font(doc->pen, &slip->font, doc->shown[cell->field], cell->width - 6);
    document_show(doc, page, cell->field, x + 4, y + 24, ALIGN_LEFT, &font);
}

/* Kroner and øre stand apart in a code line. */
static char *code_amount(const struct document *doc)
{
    int64_t due = doc->amount[F_AMOUNT_DUE];

    if (doc->seller->language == LANG_HU)
        return g_strdup_printf("%" PRId64, due / 100);
    return g_strdup_printf("%" PRId64 " %02d", due / 100, (int)(due % 100));
}

/* The weighted mod 10 digit banks print after the amount, so that the line checks itself. */
static char *amount_digit(int64_t minor)
{
    int sum = 0;

    for (int weight = 2; minor > 0; minor /= 10, weight = 3 - weight) {
        int digit = (int)(minor % 10) * weight;

        sum += digit / 10 + digit % 10;
    }
    return g_strdup_printf("%d", (10 - sum % 10) % 10);
}

static char *digits_of(const char *text)
{
    GString *out = g_string_new(NULL);

    for (; *text != '\0'; text++) {
        if (g_ascii_isdigit(*text))
            g_string_append_c(out, *text);
    }
    return g_string_free(out, FALSE);
}

/* One figure of the pattern, and the field it is; NULL for a mark. */
static char *code_figure(const struct document *doc, char letter, enum field *ret_field)
{
    const char *reference = doc->value[F_PAYMENT_REFERENCE];

    switch (letter) {
    case 'R':
        *ret_field = F_PAYMENT_REFERENCE;
        return g_strdup(reference != NULL ? reference : "");
    case 'K':
        *ret_field = F_AMOUNT_DUE;
        return code_amount(doc);
    case 'C':
        *ret_field = F_COUNT;
        return amount_digit(doc->amount[F_AMOUNT_DUE]);
    case 'A':
        *ret_field = account_of(doc);
        return digits_of(doc->shown[*ret_field]);
    default:
        return NULL;
    }
}

static double code_run(struct slip *slip, double x, enum field field, const char *text)
{
    double y = slip->top + SLIP_HEIGHT - 16;

    if (field == F_COUNT)
        return x + page_text(slip->flow->page, x, y, ALIGN_LEFT, &slip->code, text);
    return x + document_show_as(slip->flow->doc, slip->flow->page, field, x, y, ALIGN_LEFT,
                                &slip->code, text);
}

/* A word of the pattern is one word of the line: its marks touch its figures. */
static double code_word(struct slip *slip, double x, const char *word)
{
    for (; *word != '\0'; word++) {
        const char mark[] = {*word, '\0'};
        enum field field = F_COUNT;
        g_autofree char *figure = code_figure(slip->flow->doc, *word, &field);

        x = code_run(slip, x, field, figure != NULL ? figure : mark);
    }
    return x;
}

static void draw_code(struct slip *slip)
{
    g_auto(GStrv) words = g_strsplit(slip->form->code, " ", -1);
    double left = slip->flow->left;
    double x = left;

    for (int i = 0; words[i] != NULL; i++) {
        if (strcmp(words[i], "@") == 0)
            x = MAX(x, left + 165);
        else
            x = code_word(slip, x, words[i]) + 9;
    }
}

void block_giro(struct flow *flow)
{
    struct slip slip = {.flow = flow,
                        .form = form_of(flow->doc),
                        .top = A4_HEIGHT - SLIP_HEIGHT,
                        .small = style_font(flow->style, 0.72, false),
                        .font = style_font(flow->style, 1.0, false),
                        .code = {.family = "OCR B", .size = 10.5}};
    double top = slip.top;

    slip.font.size = MIN(slip.font.size, 9.5);
    for (double x = 0; x < A4_WIDTH; x += 6)
        page_line(flow->page, x, top, x + 3, top, 0.5, GREY);
    if (slip.form->has_band)
        page_fill(flow->page, 0, top + 224, A4_WIDTH, 28, slip.form->colour);
    if (slip.form->has_frame)
        page_box(flow->page, flow->left - 6, top + 4, flow->right - flow->left + 12, 218, 0.6,
                 slip.form->colour);
    for (size_t i = 0; i < G_N_ELEMENTS(slip.form->cells) && slip.form->cells[i].key != NULL; i++)
        draw_cell(&slip, &slip.form->cells[i]);
    if (slip.form->code != NULL)
        draw_code(&slip);
}
