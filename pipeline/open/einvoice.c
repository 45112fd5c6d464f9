/*
 * E-invoice XML, hardened: what is common to UBL and CII.
 *
 * libxml2 parses from memory with no network, no entities replaced, no external subset and without
 * its "huge" option (256 levels, 10 MB a text). A DOCTYPE stops the parser the moment it is met, so
 * entity bombs and file readers never begin. The root's namespace decides the reader; each reader
 * is a table of paths, and everything it finds is proved "structured" with full confidence. Totals
 * stay as the sender wrote them, right or wrong: checking is extract's work.
 */
#include "pipeline/open/einvoice.h"

#include "base/arena.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "models/civil_date.h"
#include "models/fault.h"
#include "models/money.h"
#include "pipeline/open/source.h"

#include <ctype.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <string.h>

#define VAT_ROWS_MAX 100
#define PAGE_WIDTH_PT 595.28f /* nominal: an e-invoice has no paper */
#define PAGE_HEIGHT_PT 841.89f

#define UBL "urn:oasis:names:specification:ubl:schema:xsd:"

static const struct standard {
    const char *root, *uri, *family;
    void (*read)(struct einvoice *e, const xmlNode *root);
} standards[] = {
    {"Invoice", UBL "Invoice-2", UBL, einvoice_read_ubl},
    {"CreditNote", UBL "CreditNote-2", UBL, einvoice_read_ubl},
    {"CrossIndustryInvoice", "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
     "urn:un:unece:uncefact:data:standard:", einvoice_read_cii},
    {"CrossIndustryDocument", "urn:ferd:CrossIndustryDocument:invoice:1p0",
     "urn:", einvoice_read_cii}, /* ZUGFeRD 1.0 mixes two families */
};

const struct party_fields einvoice_seller = {FIELD_SELLER_NAME, FIELD_SELLER_VAT_ID,
                                             FIELD_SELLER_REGISTRATION_ID, FIELD_SELLER_ADDRESS};
const struct party_fields einvoice_buyer = {FIELD_BUYER_NAME, FIELD_BUYER_VAT_ID,
                                            FIELD_BUYER_REGISTRATION_ID, FIELD_BUYER_ADDRESS};

static bool is_of_family(const struct einvoice *e, const xmlNode *node)
{
    return node->type == XML_ELEMENT_NODE && node->ns &&
           strncmp((const char *)node->ns->href, e->family, strlen(e->family)) == 0;
}

/* Does `name` stand among the first `length` bytes, divided by '|'? */
static bool is_named(const char *name, const char *names, size_t length)
{
    size_t size = strlen(name);

    for (const char *p = names, *end = names + length; p < end;) {
        const char *bar = memchr(p, '|', (size_t)(end - p)) ?: end;

        if ((size_t)(bar - p) == size && memcmp(p, name, size) == 0)
            return true;
        p = bar + 1;
    }
    return false;
}

xmlNode *einvoice_find(const struct einvoice *e, const xmlNode *from, const char *path)
{
    size_t length = strcspn(path, "/");

    for (xmlNode *node = from ? from->children : NULL; node; node = node->next) {
        xmlNode *found = node;

        if (!is_of_family(e, node) || !is_named((const char *)node->name, path, length))
            continue;
        if (path[length])
            found = einvoice_find(e, node, path + length + 1);
        if (found)
            return found;
    }
    return NULL;
}

xmlNode *einvoice_next(const xmlNode *node)
{
    for (xmlNode *next = node->next; next; next = next->next)
        if (next->type == XML_ELEMENT_NODE && xmlStrEqual(next->name, node->name) &&
            next->ns == node->ns)
            return next;
    return NULL;
}

/* Bytes of `text` as a value: cut, cleaned, single spaces; NULL when nothing is left. */
static const char *value_of(const struct einvoice *e, const char *text)
{
    size_t length = strnlen(text, LIMIT_FIELD_BYTES), used = 0;
    char *clean = arena_alloc(e->arena, 3 * length + 1);

    for (size_t i = 0; i < length; i++)
        if (!isspace((unsigned char)text[i]))
            clean[used++] = text[i];
        else if (used && clean[used - 1] != ' ')
            clean[used++] = ' ';
    while (used && clean[used - 1] == ' ')
        used--;
    if (used == 0)
        return NULL;
    text = arena_strndup(e->arena, clean, used);
    utf8_clean(text, used, clean);
    return clean;
}

const char *einvoice_content(const struct einvoice *e, const xmlNode *node)
{
    xmlChar *content = node ? xmlNodeGetContent(node) : NULL;
    const char *text = content ? value_of(e, (const char *)content) : NULL;

    xmlFree(content);
    return text;
}

const char *einvoice_text(const struct einvoice *e, const xmlNode *from, const char *path)
{
    return einvoice_content(e, einvoice_find(e, from, path));
}

const char *einvoice_attribute(const struct einvoice *e, const xmlNode *node, const char *name)
{
    xmlChar *content = node ? xmlGetNoNsProp(node, (const xmlChar *)name) : NULL;
    const char *text = content ? value_of(e, (const char *)content) : NULL;

    xmlFree(content);
    return text ? text : "";
}

void einvoice_put(const struct einvoice *e, enum field_id id, const char *text)
{
    struct field *field = &e->document->fields[id];
    char normal[LIMIT_FIELD_BYTES + 1];

    if (!text || field->value)
        return;
    /* What has no normal form (a date that is none) is kept as it stands: review must see it. */
    if (field_normalise(id, text, e->currency, normal, sizeof normal))
        text = arena_strdup(e->arena, normal);
    *field = (struct field){
        .value = text, .confidence = 1, .source = SOURCE_XML, .proofs = 1u << PROOF_STRUCTURED};
}

void einvoice_put_paths(const struct einvoice *e, const xmlNode *from,
                        const struct einvoice_path *paths, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *text = einvoice_text(e, from, paths[i].path);

        if (field_info(paths[i].field)->kind == FIELD_DATE)
            text = einvoice_date(e, text);
        einvoice_put(e, paths[i].field, text);
    }
}

static bool is_iban_shaped(const char *text)
{
    size_t signs = 0;

    for (const char *p = text; *p; p++)
        signs += *p != ' ';
    return signs >= 15 && isalpha((unsigned char)text[0]) && isalpha((unsigned char)text[1]) &&
           isdigit((unsigned char)text[2]) && isdigit((unsigned char)text[3]);
}

void einvoice_put_account(const struct einvoice *e, const char *account, const char *scheme)
{
    if (!account)
        return;
    if (is_iban_shaped(account))
        einvoice_put(e, FIELD_IBAN, account);
    else if (scheme && strcasestr(scheme, "bankgiro"))
        einvoice_put(e, FIELD_BANKGIRO, account);
    else if (scheme && strcasestr(scheme, "plusgiro"))
        einvoice_put(e, FIELD_PLUSGIRO, account);
    else
        einvoice_put(e, FIELD_BANK_ACCOUNT, account);
}

const char *einvoice_join(const struct einvoice *e, const char *const *parts, size_t count)
{
    const char *joined = NULL;

    for (size_t i = 0; i < count; i++)
        if (parts[i])
            joined = joined ? arena_printf(e->arena, "%s, %s", joined, parts[i]) : parts[i];
    return joined;
}

const char *einvoice_date(const struct einvoice *e, const char *text)
{
    struct civil_date date;
    char iso[CIVIL_DATE_TEXT_SIZE];

    if (!text)
        return NULL;
    if (strlen(text) == 8 && strspn(text, "0123456789") == 8)
        snprintf(iso, sizeof iso, "%.4s-%.2s-%.2s", text, text + 4, text + 6);
    else
        snprintf(iso, sizeof iso, "%.10s", text);
    return civil_date_parse(iso, &date) ? arena_strdup(e->arena, iso) : text;
}

const char *einvoice_decimal(const struct einvoice *e, const xmlNode *from, const char *path)
{
    const char *text = einvoice_text(e, from, path);
    size_t length = text ? strlen(text) : 0;

    if (!length || !strchr(text, '.'))
        return text;
    while (text[length - 1] == '0')
        length--;
    if (text[length - 1] == '.')
        length--;
    return arena_strndup(e->arena, text, length);
}

const char *einvoice_money(const struct einvoice *e, const xmlNode *from, const char *path)
{
    const char *text = einvoice_text(e, from, path);
    char normal[MONEY_TEXT_SIZE];

    if (text && field_normalise(FIELD_TOTAL_NET, text, e->currency, normal, sizeof normal))
        return arena_strdup(e->arena, normal);
    return text;
}

struct line_item *einvoice_add_line(const struct einvoice *e, size_t *capacity)
{
    struct document *d = e->document;

    if (d->n_lines == LIMIT_LINES_A_DOCUMENT)
        return NULL;
    if (d->n_lines == *capacity) {
        size_t larger = *capacity ? 2 * *capacity : 16;

        d->lines = arena_grow_array(e->arena, d->lines, *capacity, larger, sizeof *d->lines);
        *capacity = larger;
    }
    return &d->lines[d->n_lines++];
}

struct vat_row *einvoice_add_vat(const struct einvoice *e)
{
    struct document *d = e->document;

    if (d->n_vat == VAT_ROWS_MAX)
        return NULL;
    d->vat = arena_grow_list(e->arena, d->vat, d->n_vat, sizeof *d->vat);
    return &d->vat[d->n_vat++];
}

static bool is_credit(const char *code, const char *gross)
{
    static const char *const credits[] = {"381", "396", "81",  "83",  "261",
                                          "262", "308", "420", "458", "532"};

    for (size_t i = 0; i < ARRAY_LENGTH(credits); i++)
        if (strcmp(code, credits[i]) == 0)
            return true;
    return strcmp(code, "384") == 0 && gross && gross[0] == '-';
}

void einvoice_put_type(struct einvoice *e, const char *code)
{
    struct document *d = e->document;

    d->type_code = code && code[0] ? code : NULL;
    d->type = d->type_code && is_credit(code, document_value(d, FIELD_TOTAL_GROSS))
                  ? DOCUMENT_CREDIT_NOTE
                  : DOCUMENT_INVOICE;
}

static void on_doctype(void *context, const xmlChar *name, const xmlChar *public_id,
                       const xmlChar *system_id)
{
    (void)name;
    (void)public_id;
    (void)system_id;
    xmlStopParser(context);
}

static bool is_too_deep(xmlParserCtxt *context)
{
    const xmlError *error = xmlCtxtGetLastError(context);

    return error && error->message && strstr(error->message, "depth");
}

static int parse_xml(const unsigned char *bytes, size_t length, xmlDoc **ret, struct err *err)
{
    xmlParserCtxt *context = length <= INT32_MAX
                                 ? xmlCreateMemoryParserCtxt((const char *)bytes, (int)length)
                                 : NULL;
    bool is_well_formed, is_deep;
    xmlDoc *doc;

    if (!context)
        return fault_set(err, FAULT_BAD_XML, "%zu bytes", length);
    xmlCtxtUseOptions(context, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                                   XML_PARSE_COMPACT);
    context->sax->internalSubset = on_doctype;
    xmlParseDocument(context);
    is_well_formed = context->wellFormed && context->disableSAX == 0;
    is_deep = is_too_deep(context);
    doc = context->myDoc;
    xmlFreeParserCtxt(context);
    if (!is_well_formed || !doc) {
        xmlFreeDoc(doc);
        return fault_set(err, is_deep ? FAULT_TOO_DEEP : FAULT_BAD_XML, "");
    }
    *ret = doc;
    return 0;
}

static const struct standard *find_standard(const xmlNode *root)
{
    for (size_t i = 0; root && root->ns && i < ARRAY_LENGTH(standards); i++)
        if (xmlStrEqual(root->name, (const xmlChar *)standards[i].root) &&
            xmlStrEqual(root->ns->href, (const xmlChar *)standards[i].uri))
            return &standards[i];
    return NULL;
}

int einvoice_parse(struct arena *a, const unsigned char *bytes, size_t length,
                   struct document **ret, struct err *err)
{
    struct einvoice e = {.arena = a, .document = document_new(a)};
    const struct standard *standard;
    xmlDoc *doc = NULL;
    int r = parse_xml(bytes, length, &doc, err);

    if (r < 0)
        return r;
    standard = find_standard(xmlDocGetRootElement(doc));
    if (standard) {
        e.family = standard->family;
        standard->read(&e, xmlDocGetRootElement(doc));
        e.document->type_confidence = 1;
        *ret = e.document;
    } else {
        r = fault_set(err, FAULT_NOT_AN_INVOICE, "");
    }
    xmlFreeDoc(doc);
    return r;
}

int einvoice_open(const struct source *src, struct opened *ret, struct err *err)
{
    struct document *document = NULL;
    int r = einvoice_parse(src->arena, src->bytes, src->length, &document, err);

    if (r < 0 || !document)
        return r;
    document->pages = arena_alloc(src->arena, sizeof *document->pages);
    document->pages[0] = 1;
    document->n_pages = 1;
    ret->einvoice = document;
    ret->pages = arena_alloc(src->arena, sizeof *ret->pages);
    ret->pages[0].page = page_new(src->arena, 1, PAGE_WIDTH_PT, PAGE_HEIGHT_PT);
    ret->pages[0].page->source = PAGE_XML;
    ret->n_pages = 1;
    return 0;
}
