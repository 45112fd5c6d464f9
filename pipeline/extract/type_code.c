/*
 * Codes of UNTDID 1001 (EN 16931, BT-3) from words. A title names its kind ("Corrected invoice"),
 * or prints the code in brackets behind it; that it is self-billed may stand anywhere on the first
 * page, in the words VAT law prescribes (directive 2006/112/EC, article 226, point 10a). Whatever
 * says nothing is a plain invoice or credit note. A correction may go either way: its signs say, or
 * a person.
 */
#include "pipeline/extract/type_code.h"
#include "pipeline/extract/sheet.h"

#include "base/mem.h"
#include "models/document.h"

#include <string.h>

static const struct kind {
    const char *code, *phrase;
    bool is_anywhere; /* else at the start of a cell in the upper part of the first page */
} kinds[] = {
    {"389", "self billing", true},
    {"389", "self billed", true},
    {"389", "selbst ausgestellte rechnung", true},
    {"389", "gutschriftsverfahren", true},
    {"389", "gutschrift gemäß § 14", true},
    {"389", "utstedt av kjøper", true},
    {"389", "selvfakturering", true},
    {"389", "självfakturering", true},
    {"389", "självfaktura", true},
    {"389", "önszámlázás", true},
    {"384", "corrected invoice", false},
    {"384", "corrective invoice", false},
    {"384", "amended invoice", false},
    {"384", "correction invoice", false},
    {"384", "korrigert faktura", false},
    {"384", "korreksjonsfaktura", false},
    {"384", "rettet faktura", false},
    {"384", "korrigeret faktura", false},
    {"384", "rättad faktura", false},
    {"384", "korrigerad faktura", false},
    {"384", "rechnungskorrektur", false},
    {"384", "korrekturrechnung", false},
    {"384", "korrigierte rechnung", false},
    {"384", "berichtigte rechnung", false},
    {"384", "rechnungsberichtigung", false},
    {"384", "helyesbítő számla", false},
    {"384", "helyesbítő okirat", false},
    {"384", "módosító számla", false},
    {"386", "prepayment invoice", false},
    {"386", "advance invoice", false},
    {"386", "down payment invoice", false},
    {"386", "forskuddsfaktura", false},
    {"386", "forudfaktura", false},
    {"386", "acontofaktura", false},
    {"386", "förskottsfaktura", false},
    {"386", "anzahlungsrechnung", false},
    {"386", "vorauszahlungsrechnung", false},
    {"386", "előlegszámla", false},
};

/* Codes a title may carry in brackets, as viewers of e-invoices print them. */
static const char *const codes[] = {"326", "380", "381", "383", "384", "386", "387", "388",
                                    "389", "393", "396", "575", "875", "876", "877"};

static const float TITLES_END = 0.45f; /* of the page's height */

static bool is_title_place(const struct sheet *s, int token)
{
    const struct token *t = &s->tokens[token];

    return t->page == 0 && t->box.y0 < TITLES_END * s->pages[0]->height_pt &&
           token == s->cells[t->cell].first;
}

static const char *code_in_words(const struct sheet *s)
{
    for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
        int count, at = sheet_find_phrase(s, kinds[i].phrase, 0, &count);

        while (at >= 0 && s->tokens[at].page == 0) {
            if (kinds[i].is_anywhere || is_title_place(s, at))
                return kinds[i].code;
            at = sheet_find_phrase(s, kinds[i].phrase, at + 1, &count);
        }
    }
    return NULL;
}

static const char *code_of_token(const char *text)
{
    for (size_t i = 0; i < ARRAY_LENGTH(codes); i++)
        if (text[0] == '(' && strncmp(text + 1, codes[i], 3) == 0 && strcmp(text + 4, ")") == 0)
            return codes[i];
    return NULL;
}

/* "Invoice of the insurer (575)": behind a title, in its row. */
static const char *code_in_brackets(const struct sheet *s)
{
    const uint64_t titles = CONCEPT_BIT(title_invoice) | CONCEPT_BIT(title_credit_note);

    for (int m = 0; m < s->n_mentions; m++) {
        const struct mention *title = &s->mentions[m];
        const struct row *row = &s->rows[title->row];

        for (int i = title->first + title->count;
             (title->concepts & titles) && title->page == 0 && i < row->first + row->count; i++)
            if (code_of_token(s->tokens[i].text))
                return code_of_token(s->tokens[i].text);
    }
    return NULL;
}

static bool is_credit(const char *code)
{
    return strcmp(code, "381") == 0 || strcmp(code, "396") == 0;
}

void type_code_decide(const struct sheet *s, struct document *d)
{
    bool has_code = d->type == DOCUMENT_INVOICE || d->type == DOCUMENT_CREDIT_NOTE;
    const char *code = s->n_pages > 0 && s->pages[0] ? code_in_brackets(s) : NULL;

    if (code && (has_code || d->type == DOCUMENT_UNKNOWN)) {
        d->type = is_credit(code) ? DOCUMENT_CREDIT_NOTE : DOCUMENT_INVOICE;
        d->type_code = code;
        return;
    }
    if (!has_code)
        return;
    code = s->n_pages > 0 && s->pages[0] ? code_in_words(s) : NULL;
    if (code && strcmp(code, "389") == 0)
        d->type = DOCUMENT_INVOICE;
    d->type_code = code ? code : d->type == DOCUMENT_INVOICE ? "380" : "381";
}

/* The title is a credit note's, and the type model saw an invoice; a self-billed one is one. */
static bool is_titled_credit(const struct sheet *s, const struct document *d)
{
    const struct mention *title = sheet_main_title(s);

    return d->type == DOCUMENT_INVOICE && strcmp(d->type_code, "389") != 0 && title &&
           (title->concepts & CONCEPT_BIT(title_credit_note)) &&
           !(title->concepts & CONCEPT_BIT(title_invoice));
}

void type_code_settle(const struct sheet *s, bool is_negative, struct arena *a, struct document *d)
{
    bool is_correction, is_credit_note;

    if (!d->type_code)
        return;
    is_correction = strcmp(d->type_code, "384") == 0;
    is_credit_note = !is_correction && is_titled_credit(s, d);
    if ((is_correction || is_credit_note) && is_negative) {
        d->type = DOCUMENT_CREDIT_NOTE;
        d->type_code = is_correction ? d->type_code : "381";
    } else if (is_correction) {
        document_add_reason(d, a, "correction", -1,
                            "titled a correction: whether it is paid or credited is not clear");
    } else if (is_credit_note) {
        document_add_reason(d, a, "correction", -1,
                            "titled a credit note, but laid out and worded like an invoice");
    } else if (d->type == DOCUMENT_INVOICE && is_negative) {
        document_add_reason(d, a, "correction", -1,
                            "the total is negative, and the title is no credit note's");
    }
}
