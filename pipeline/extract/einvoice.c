/*
 * XML and picture. What the XML says wins; where the page prints the same value, the field gains
 * its place and a proof. A total or number the page states differently, and proves, is a
 * contradiction somebody must look at: the picture is what people saw, the XML what machines book.
 */
#include "pipeline/extract/einvoice.h"

#include "base/arena.h"
#include "models/money.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool same_letters(const char *a, const char *b)
{
    for (;; a++, b++) {
        while (*a && !isalnum((unsigned char)*a))
            a++;
        while (*b && !isalnum((unsigned char)*b))
            b++;
        if (tolower((unsigned char)*a) != tolower((unsigned char)*b) || !*a)
            return *a == *b;
    }
}

static bool same_amount(const struct candidate *c, const char *value)
{
    int64_t minor;

    return money_parse(value, 2, &minor) && !c->amount.is_percent &&
           (llabs(amount_to_minor(c->amount.value)) == llabs(minor) ||
            (c->amount.is_ambiguous && llabs(amount_to_minor(c->amount.other)) == llabs(minor)));
}

/* The candidate that prints this value, or NULL. */
static const struct candidate *find_printed(const struct candidates *c, enum field_kind kind,
                                            const char *value)
{
    for (int i = 0; i < c->count; i++) {
        const struct candidate *item = &c->items[i];
        bool is_same = item->kind == CANDIDATE_AMOUNT
                           ? kind == FIELD_AMOUNT && same_amount(item, value)
                           : kind != FIELD_AMOUNT && item->value &&
                                 same_letters(item->value, value);

        if (is_same)
            return item;
    }
    return NULL;
}

static void merge_field(enum field_id id, const struct field *xml, const struct candidates *c,
                        const struct sheet *s, struct arena *a, struct document *d)
{
    struct field *field = &d->fields[id], words = *field;
    const struct candidate *printed = find_printed(c, field_info(id)->kind, xml->value);

    *field = *xml;
    field->source = SOURCE_XML;
    field->proofs |= 1u << PROOF_STRUCTURED;
    if (words.value && same_letters(words.value, xml->value)) {
        field->page = words.page;
        field->box = words.box;
        field->proofs |= words.proofs | 1u << PROOF_PRINTED_TWICE;
    } else if (printed) {
        field->page = s->pages[printed->page]->number;
        field->box = printed->printed;
        field->proofs |= 1u << PROOF_PRINTED_TWICE;
    } else if (words.value && words.confidence > 0.85f &&
               (id == FIELD_TOTAL_GROSS || id == FIELD_INVOICE_NUMBER)) {
        field->alternative = words.value;
        document_add_reason(d, a, "xml_disagrees", (int)id,
                            "xml and picture disagree: %s in the XML, %s on the page", xml->value,
                            words.value);
    }
}

void einvoice_merge(const struct document *einvoice, const struct candidates *c,
                    const struct sheet *s, struct arena *a, struct document *d)
{
    for (int i = 0; i < FIELD_COUNT; i++)
        if (einvoice->fields[i].value)
            merge_field((enum field_id)i, &einvoice->fields[i], c, s, a, d);
        else if (field_info((enum field_id)i)->kind == FIELD_AMOUNT)
            d->fields[i] = (struct field){0}; /* sums the XML leaves out do not exist */
    if (einvoice->n_lines > 0) {
        d->lines = einvoice->lines;
        d->n_lines = einvoice->n_lines;
    }
    if (einvoice->n_vat > 0) {
        d->vat = einvoice->vat;
        d->n_vat = einvoice->n_vat;
    }
    if (einvoice->type != DOCUMENT_UNKNOWN) {
        d->type = einvoice->type;
        d->type_confidence = 1;
        d->type_code = einvoice->type_code;
    }
    if (einvoice->language[0] && !d->language[0])
        d->language = einvoice->language;
}
