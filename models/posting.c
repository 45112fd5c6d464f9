/* Postings: their hash, and the two keys by which one invoice is known again. */
#include "models/posting.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "models/document.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const kind_names[POSTING_KIND_COUNT] = {
    [POSTING_INVOICE] = "invoice",
    [POSTING_CREDIT_NOTE] = "credit_note",
    [POSTING_REVERSAL] = "reversal",
};

const char *posting_kind_name(enum posting_kind kind)
{
    return kind_names[kind];
}

bool posting_kind_parse(const char *name, enum posting_kind *ret_kind)
{
    for (int i = 0; i < POSTING_KIND_COUNT; i++)
        if (strcmp(kind_names[i], name) == 0) {
            *ret_kind = (enum posting_kind)i;
            return true;
        }
    return false;
}

/* Length in front, so that no two lists of texts run together to the same bytes. */
static void add_text(struct hash *h, const char *text)
{
    char length[24];
    size_t n = strlen(text);

    hash_add(h, length, (size_t)snprintf(length, sizeof length, "%zu:", n));
    hash_add(h, text, n);
}

static void add_number(struct hash *h, int64_t number)
{
    char text[24];

    snprintf(text, sizeof text, "%" PRId64, number);
    add_text(h, text);
}

static void add_date(struct hash *h, struct civil_date date)
{
    char text[CIVIL_DATE_TEXT_SIZE] = "";

    if (date.year)
        civil_date_format(date, text);
    add_text(h, text);
}

void posting_hash(const struct posting *p, char ret_sha256[HASH_HEX_SIZE])
{
    const char *const texts[] = {
        p->key,         posting_kind_name(p->kind), p->company,         p->seller_id,
        p->seller_name, p->invoice_number,          p->document_sha256, p->currency,
        p->text};
    struct hash h;

    hash_init(&h);
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        add_text(&h, texts[i]);
    add_number(&h, p->document_id);
    add_date(&h, p->date);
    add_date(&h, p->due_date);
    for (size_t i = 0; i < p->n_lines; i++) {
        add_text(&h, p->lines[i].account);
        add_number(&h, p->lines[i].amount_minor);
        add_text(&h, p->lines[i].text);
    }
    hash_finish(&h, ret_sha256);
}

static bool is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

void posting_normalise_number(const char *number, char *out, size_t size)
{
    char folded[512];
    size_t n = 0;

    utf8_fold(number, folded, sizeof folded);
    for (const char *p = folded; *p && n + 1 < size; p++)
        if (is_letter_or_digit(*p) && (n > 0 || *p != '0'))
            out[n++] = *p;
    out[n] = '\0';
}

static void copy_digits(const char *text, char *out, size_t size)
{
    size_t n = 0;

    for (; *text && n + 1 < size; text++)
        if (*text >= '0' && *text <= '9')
            out[n++] = *text;
    out[n] = '\0';
}

void posting_seller_key(const struct document *d, char *out, size_t size)
{
    const char *registration = document_value(d, FIELD_SELLER_REGISTRATION_ID);
    const char *vat_id = document_value(d, FIELD_SELLER_VAT_ID);
    const char *name = document_value(d, FIELD_SELLER_NAME);

    /* The VAT number first: a German "HRB 12345" is another company in every town. In the north its
     * digits are the organisation number's, in Sweden with "01" behind. */
    copy_digits(vat_id ? vat_id : registration ? registration : "", out, size);
    if (vat_id && strncmp(vat_id, "SE", 2) == 0 && strlen(out) == 12)
        out[10] = '\0';
    if (!out[0])
        posting_normalise_number(name ? name : "", out, size);
}
