/*
 * Seller and buyer. Every line that could be a company's name is a candidate; an address under it,
 * a legal form, large print, a place at the head or the foot, contact facts beside it and an e-mail
 * domain that spells it speak for the seller; a label, a window position and our own name for the
 * buyer. Lines with the same name pool their evidence; the best pair wins.
 */
#include "pipeline/extract/party.h"
#include "pipeline/extract/extract.h"
#include "pipeline/extract/party_lines.h"

#include "base/arena.h"
#include "base/limits.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

enum { NAMES_MAX = 96, ADDRESS_LINES = 3 };

struct name {
    int line;                   /* index of its best line */
    int address[ADDRESS_LINES]; /* line indices down to the town */
    int n_address;
    char key[PHRASE_KEY_SIZE];
    float seller, buyer;
    bool is_labelled_buyer;
    int n_seen, n_delivery; /* places it stands in, and those that are delivery addresses */
    bool has_delivery_address;
    int other_line; /* a second line that reads the same, or -1 */
};

struct search {
    const struct sheet *s;
    const struct company *company;
    struct party_lines lines;
    struct name names[NAMES_MAX];
    int n_names;
    float body_height; /* of the page's median row */
};

static bool same_column(const struct box *a, const struct box *b, float height)
{
    return fabsf(a->x0 - b->x0) < 0.8f * height || fabsf(a->x1 - b->x1) < 0.8f * height ||
           fabsf(a->x0 + a->x1 - b->x0 - b->x1) < 1.6f * height;
}

/* The line right above `at` in the same column, or the one before it in the same cell; -1. */
static int line_above(const struct search *q, int at)
{
    const struct party_line *line = &q->lines.items[at];
    float height = fmaxf(box_height(&line->box), 4);

    if (at > 0 && q->lines.items[at - 1].cell == line->cell)
        return at - 1;
    for (int i = at - 1; i >= 0; i--) {
        const struct party_line *other = &q->lines.items[i];
        float gap = line->box.y0 - other->box.y1;

        if (other->page != line->page || gap > 3 * height)
            return -1;
        if (other->row < line->row && gap < 1.6f * height &&
            same_column(&other->box, &line->box, height) &&
            (i == 0 || q->lines.items[i - 1].cell != other->cell))
            return i;
    }
    return -1;
}

static uint64_t concepts_in(const struct sheet *s, int first, int count)
{
    uint64_t concepts = 0;

    for (int m = 0; m < s->n_mentions; m++)
        if (s->mentions[m].first >= first && s->mentions[m].first < first + count)
            concepts |= s->mentions[m].concepts;
    return concepts;
}

static const uint64_t ROLE_CONCEPTS = CONCEPT_BIT(seller) | CONCEPT_BIT(buyer) |
                                      CONCEPT_BIT(deliver_to);

/* The role label that stands nearest above or left of a line whose box and first token are given.
 */
static uint64_t role_above(const struct sheet *s, const struct box *box, int first)
{
    const struct token *start = &s->tokens[first];
    float height = fmaxf(box_height(box), 4), best = 1e9f;
    uint64_t role = 0;

    for (int m = 0; m < s->n_mentions; m++) {
        const struct mention *mention = &s->mentions[m];
        float dy = box->y0 - mention->box.y1, dx = mention->box.x0 - box->x0, distance;

        if (!(mention->concepts & ROLE_CONCEPTS) || mention->page != start->page ||
            mention->is_inside || mention->first >= first)
            continue;
        if (mention->row == start->row && box->x0 - mention->box.x1 < 12 * height)
            distance = 0;
        else if (dy > -0.3f * height && dy < 9 * height && dx < 1.5f * height && dx > -18 * height)
            distance = dy / height + fabsf(dx) / (4 * height);
        else
            continue;
        if (distance < best) {
            best = distance;
            role = mention->concepts & ROLE_CONCEPTS;
        }
    }
    return best < 9 ? role : 0;
}

/* Contact facts within the next six lines of the column speak for a seller. */
static float contact_below(const struct search *q, int at)
{
    const struct party_line *line = &q->lines.items[at];
    const uint64_t contact = CONCEPT_BIT(phone) | CONCEPT_BIT(email) | CONCEPT_BIT(web) |
                             CONCEPT_BIT(vat_id) | CONCEPT_BIT(registration_id) |
                             CONCEPT_BIT(iban) | CONCEPT_BIT(account);
    float height = q->body_height, score = 0;

    for (int i = at + 1; i < q->lines.count && score < 1; i++) {
        const struct party_line *other = &q->lines.items[i];

        if (other->page != line->page || other->box.y0 - line->box.y1 > 9 * height)
            break;
        if (other->cell != line->cell && !same_column(&other->box, &line->box, height))
            continue;
        if (concepts_in(q->s, other->first, other->count) & contact)
            score += 0.5f;
    }
    return score;
}

/* Whether a mail address or web page on the paper spells the name's first word. */
static float domain_spells(const struct search *q, const struct name *name)
{
    const char *key = q->s->tokens[q->lines.items[name->line].first].key;
    size_t n = strlen(key);

    for (int i = 0; i < q->s->n_tokens; i++) {
        const struct token *token = &q->s->tokens[i];
        const char *at = strchr(token->text, '@');
        char domain[PHRASE_KEY_SIZE];

        if (!at && strncmp(token->text, "www.", 4) != 0)
            continue;
        phrase_key(at ? at + 1 : token->text + 4, domain, sizeof domain);
        if (n >= 4 && strncmp(domain, key, n) == 0)
            return n >= 6 ? 1.5f : 1.0f;
    }
    return 0;
}

static bool is_company(const struct company *company, const char *key)
{
    char own[PHRASE_KEY_SIZE];

    if (!company || !company->name || phrase_key(company->name, own, sizeof own) < 3)
        return false;
    return strncmp(key, own, strlen(own)) == 0 || strncmp(own, key, strlen(key)) == 0;
}

/* An address where the window of an envelope is. */
static float address_score(const struct search *q, const struct name *name)
{
    const struct party_line *line = &q->lines.items[name->line];
    float place = line->box.y0 / q->s->pages[line->page]->height_pt;

    return name->n_address > 0 && place > 0.1f && place < 0.4f ? 0.6f : 0;
}

/* "Invoice of the insurer (575)" is large and first, and nobody's name. */
static bool begins_with_title(const struct sheet *s, const struct party_line *line)
{
    const uint64_t titles = CONCEPT_BIT(title_invoice) | CONCEPT_BIT(title_credit_note) |
                            CONCEPT_BIT(title_receipt) | CONCEPT_BIT(title_reminder) |
                            CONCEPT_BIT(title_order) | CONCEPT_BIT(title_delivery_note) |
                            CONCEPT_BIT(title_statement) | CONCEPT_BIT(title_form);

    return !line->has_legal_form && (concepts_in(s, line->first, 1) & titles);
}

/* Gives whether this place is a delivery address, which names nobody's role. */
static bool judge(struct search *q, struct name *name, int at)
{
    const struct party_line *line = &q->lines.items[at];
    const struct page *page = q->s->pages[line->page];
    uint64_t role = role_above(q->s, &line->box, line->first);
    float place = line->box.y0 / page->height_pt, size = box_height(&line->box) / q->body_height;
    float seller = 0, buyer = 0;
    bool is_delivery = false;

    seller += line->has_legal_form ? 0.6f : 0;
    seller += place < 0.12f ? 0.6f : place < 0.2f ? 0.25f : place > 0.86f ? 0.5f : 0;
    seller += fminf(fmaxf(size - 1.15f, 0), 1);
    seller += contact_below(q, at);
    seller += line->page == 0 ? 0.1f : 0;
    buyer += address_score(q, name);
    buyer += line->has_legal_form ? 0.2f : 0;
    if (role & CONCEPT_BIT(buyer)) {
        buyer += 1.8f;
        name->is_labelled_buyer = true;
    } else if (role & CONCEPT_BIT(seller))
        seller += 1.8f;
    else if (role & CONCEPT_BIT(deliver_to))
        is_delivery = true;
    if (line->is_label || begins_with_title(q->s, line))
        seller -= 1.5f;
    name->seller = name->seller > 0 ? fmaxf(name->seller, seller) + 0.35f : seller;
    name->buyer = fmaxf(name->buyer, buyer);
    name->n_seen++;
    if (at != name->line)
        name->other_line = at;
    name->n_delivery += is_delivery;
    return is_delivery;
}

static struct name *name_with(struct search *q, int at)
{
    const struct party_line *line = &q->lines.items[at];
    char key[PHRASE_KEY_SIZE] = "";
    size_t used = 0;

    for (int i = line->first; i < line->first + line->count; i++) {
        size_t n = strlen(q->s->tokens[i].key);

        if (used + n >= sizeof key)
            break;
        memcpy(key + used, q->s->tokens[i].key, n + 1);
        used += n;
    }
    for (int i = 0; i < q->n_names; i++)
        if (strcmp(q->names[i].key, key) == 0)
            return &q->names[i];
    if (q->n_names == NAMES_MAX || used < 3)
        return NULL;
    q->names[q->n_names] = (struct name){.line = at, .other_line = -1};
    memcpy(q->names[q->n_names].key, key, sizeof key);
    return &q->names[q->n_names++];
}

static bool has_digit(const struct sheet *s, const struct party_line *line)
{
    for (int i = line->first; i < line->first + line->count; i++)
        if (strpbrk(s->tokens[i].text, "0123456789"))
            return true;
    return false;
}

/* From a town upwards: street, maybe a person, and at the top the name. */
static void add_block(struct search *q, int town)
{
    int up[6], n = 0, top = -1;
    struct name *name;
    bool is_delivery;

    for (int at = line_above(q, town); at >= 0 && n < 5; at = line_above(q, at)) {
        if (q->lines.items[at].is_label || q->lines.items[at].is_town)
            break;
        up[n++] = at;
    }
    for (int i = 0; i < n && top < 0; i++)
        if (q->lines.items[up[i]].has_legal_form)
            top = i;
    for (int i = n - 1; i > 0 && top < 0; i--)
        if (q->lines.items[up[i]].is_wordy && !has_digit(q->s, &q->lines.items[up[i]]))
            top = i;
    if (top < 0)
        return;
    name = name_with(q, up[top]);
    if (!name)
        return;
    is_delivery = judge(q, name, up[top]);
    if (name->n_address == 0 || (name->has_delivery_address && !is_delivery)) {
        name->n_address = 0;
        name->has_delivery_address = is_delivery;
        for (int i = top - 1; i >= 0 && name->n_address < ADDRESS_LINES - 1; i--)
            if (has_digit(q->s, &q->lines.items[up[i]]) || i == 0)
                name->address[name->n_address++] = up[i];
        name->address[name->n_address++] = town;
        name->buyer = fmaxf(name->buyer, address_score(q, name));
    }
}

/* "Name: Nordlys AS" under a heading "Seller": the surest names there are. */
static void find_labelled_names(struct search *q)
{
    for (int m = 0; m < q->s->n_mentions; m++) {
        const struct mention *mention = &q->s->mentions[m];
        int next = mention->first + mention->count;
        uint64_t role;

        if (!(mention->concepts & CONCEPT_BIT(name)) || mention->is_inside ||
            mention->first != q->s->cells[q->s->tokens[mention->first].cell].first)
            continue;
        role = role_above(q->s, &mention->box, mention->first);
        for (int i = 0; i < q->lines.count && role; i++) {
            const struct party_line *line = &q->lines.items[i];
            struct name *name = line->first == next && line->row == mention->row ? name_with(q, i)
                                                                                 : NULL;

            if (!name)
                continue;
            name->seller += role & CONCEPT_BIT(seller) ? 2.5f : 0;
            name->buyer += role & CONCEPT_BIT(buyer) ? 2.5f : 0;
            name->is_labelled_buyer |= (role & CONCEPT_BIT(buyer)) != 0;
        }
    }
}

static void find_names(struct search *q)
{
    int first_wordy = -1;

    for (int i = 0; i < q->lines.count; i++)
        if (q->lines.items[i].is_town)
            add_block(q, i);
    for (int i = 0; i < q->lines.count; i++) {
        const struct party_line *line = &q->lines.items[i];
        bool is_first = first_wordy < 0 && line->page == 0 && line->is_wordy && !line->is_label &&
                        !has_digit(q->s, line);
        bool is_large = line->page == 0 && line->is_wordy && !line->is_label &&
                        !has_digit(q->s, line) && box_height(&line->box) > 1.3f * q->body_height &&
                        line->box.y0 < 0.2f * q->s->pages[0]->height_pt;
        struct name *name;

        if (is_first)
            first_wordy = i;
        if ((!line->has_legal_form && !is_first && !is_large) || line->count > 9)
            continue;
        name = name_with(q, i);
        if (name)
            judge(q, name, i);
        if (name && is_first)
            name->seller += 0.3f;
    }
    find_labelled_names(q);
}

static void measure_body(struct search *q)
{
    int bins[64] = {0}, best = 0;

    for (int i = 0; i < q->s->n_tokens; i++) {
        int h = (int)(box_height(&q->s->tokens[i].box) * 2);

        if (h > 0 && h < 64)
            bins[h]++;
    }
    for (int h = 1; h < 64; h++)
        if (bins[h] > bins[best])
            best = h;
    q->body_height = fmaxf((float)best / 2, 4);
}

/* "1/S", "l/S" and "A/5" at the end are the Danish forms, whatever the recogniser thought. */
static void repair_legal_form(char *text)
{
    size_t n = strlen(text);
    char *end = text + n - 3;

    if (n < 5 || end[-1] != ' ' || end[1] != '/')
        return;
    if ((end[0] == '1' || end[0] == 'l') && end[2] == 'S')
        end[0] = 'I';
    if ((end[0] == 'A' || end[0] == 'I') && end[2] == '5')
        end[2] = 'S';
}

/* Does `longer` begin with all the words of `name`, and end in a legal form? */
static bool is_full_name(const struct search *q, struct arena *a, const struct party_line *name,
                         const struct party_line *longer)
{
    int last = longer->first + longer->count - 1;

    if (!longer->has_legal_form || longer->count <= name->count || longer->count > 9 ||
        !text_has_legal_form(sheet_text(q->s, a, last - 1, 2)))
        return false;
    for (int i = 0; i < name->count; i++)
        if (strcmp(q->s->tokens[name->first + i].key, q->s->tokens[longer->first + i].key) != 0)
            return false;
    return true;
}

/* A letterhead often shows the brand alone; the company's whole name then stands in small print. */
static int full_name(const struct search *q, struct arena *a, int at)
{
    const struct party_line *name = &q->lines.items[at];

    for (int i = 0; i < q->lines.count && !name->has_legal_form; i++)
        if (is_full_name(q, a, name, &q->lines.items[i]))
            return i;
    return at;
}

static void fill_name(const struct search *q, const struct name *name, struct arena *a,
                      struct field *field, float confidence)
{
    const struct party_line *line = &q->lines.items[name->line];
    struct box printed = q->s->tokens[line->first].printed;
    float worst = 1; /* a name is only as sure as its worst word */
    char *text = sheet_text(q->s, a, line->first, line->count);
    size_t n = strlen(text);

    if (n > 1 && text[n - 1] == ',')
        text[n - 1] = '\0';
    for (int i = line->first; i < line->first + line->count; i++) {
        printed = box_union(printed, q->s->tokens[i].printed);
        worst = fminf(worst, q->s->tokens[i].confidence);
    }
    if (q->s->tokens[line->first].is_ocr)
        repair_legal_form(text);
    if (name->other_line >= 0)
        worst = fmaxf(worst, 0.97f); /* nobody misreads the same way in two places */
    *field = (struct field){.value = text,
                            .confidence = confidence * (0.4f + 0.6f * worst),
                            .reading = worst,
                            .proofs = name->other_line >= 0 ? 1u << PROOF_PRINTED_TWICE : 0,
                            .page = q->s->pages[line->page]->number,
                            .box = printed,
                            .source = q->s->tokens[line->first].is_ocr ? SOURCE_OCR : SOURCE_TEXT};
}

static void fill_address(const struct search *q, const struct name *name, struct arena *a,
                         struct field *field, float confidence)
{
    const char *text = "";

    for (int i = 0; i < name->n_address; i++) {
        const struct party_line *line = &q->lines.items[name->address[i]];
        char *part = sheet_text(q->s, a, line->first, line->count);
        size_t n = strlen(part);
        struct field piece;

        if (n > 1 && part[n - 1] == ',')
            part[n - 1] = '\0';
        if (strlen(text) + strlen(part) + 3 > LIMIT_FIELD_BYTES)
            return;
        text = i == 0 ? part : arena_printf(a, "%s, %s", text, part);
        fill_name(q, &(struct name){.line = name->address[i], .other_line = -1}, a, &piece,
                  confidence);
        piece.box = i == 0 ? piece.box : box_union(field->box, piece.box);
        *field = piece;
        field->value = text;
    }
}

static struct name *choose(struct search *q, bool is_seller, const struct name *taken)
{
    struct name *best = NULL;
    float top = is_seller ? 0.5f : 0.2f;

    for (int i = 0; i < q->n_names; i++) {
        struct name *name = &q->names[i];
        float score = is_seller ? name->seller - name->buyer
                                : name->buyer - 0.2f * fminf(name->seller, 1);

        if (name == taken ||
            (!is_seller && ((name->n_delivery == name->n_seen && !name->is_labelled_buyer) ||
                            name->buyer < 0.6f)))
            continue;
        if (score > top) {
            top = score;
            best = name;
        }
    }
    return best;
}

/* The buyer's facts stand from a line above the name to some lines under the town. */
static void mark_buyer(const struct search *q, const struct name *buyer, struct parties *p)
{
    const struct party_line *line = &q->lines.items[buyer->line];

    p->buyer_page = line->page;
    p->buyer_box = line->box;
    for (int i = 0; i < buyer->n_address; i++)
        p->buyer_box = box_union(p->buyer_box, q->lines.items[buyer->address[i]].box);
    p->buyer_box.x0 -= 10 * q->body_height;
    p->buyer_box.x1 += 6 * q->body_height;
    p->buyer_box.y0 -= q->body_height;
    p->buyer_box.y1 += 4.5f * q->body_height;
}

void parties_find(struct parties *p, const struct sheet *s, const struct company *company,
                  struct arena *a, struct document *d)
{
    struct search *q = arena_alloc(a, sizeof *q);
    struct name *seller, *buyer;

    *p = (struct parties){.buyer_page = -1, .company = company};
    q->s = s;
    q->company = company;
    measure_body(q);
    party_lines_find(&q->lines, a, s);
    find_names(q);
    for (int i = 0; i < q->n_names; i++) {
        struct name *name = &q->names[i];

        name->seller += domain_spells(q, name);
        if (is_company(company, name->key)) {
            name->buyer += 5;
            name->seller -= 5;
        }
    }
    seller = choose(q, true, NULL);
    buyer = choose(q, false, seller);
    if (seller) {
        float confidence = fminf(0.4f + 0.2f * (seller->seller - seller->buyer), 0.97f);

        seller->line = full_name(q, a, seller->line);
        fill_name(q, seller, a, &d->fields[FIELD_SELLER_NAME], confidence);
        fill_address(q, seller, a, &d->fields[FIELD_SELLER_ADDRESS], confidence);
    }
    if (buyer) {
        float confidence = fminf(0.4f + 0.25f * buyer->buyer, 0.97f);

        fill_name(q, buyer, a, &d->fields[FIELD_BUYER_NAME], confidence);
        fill_address(q, buyer, a, &d->fields[FIELD_BUYER_ADDRESS], confidence);
        mark_buyer(q, buyer, p);
    }
}

static bool same_digits(const char *a, const char *b)
{
    for (;; a++, b++) {
        while (*a && !isdigit((unsigned char)*a))
            a++;
        while (*b && !isdigit((unsigned char)*b))
            b++;
        if (*a != *b || !*a)
            return *a == *b;
    }
}

bool parties_is_buyers(const struct parties *p, const struct box *box, int page, const char *value)
{
    const struct company *own = p->company;

    if (own && own->vat_id && own->vat_id[0] && same_digits(own->vat_id, value))
        return true;
    if (own && own->registration_id && own->registration_id[0] &&
        same_digits(own->registration_id, value))
        return true;
    return page == p->buyer_page && box->x0 >= p->buyer_box.x0 && box->x1 <= p->buyer_box.x1 &&
           box->y0 >= p->buyer_box.y0 && box->y1 <= p->buyer_box.y1;
}
