/*
 * Seller and buyer. Every line that could be a company's name is a candidate; an address under it,
 * a legal form, large print, a place at the head or the foot, contact facts beside it and an e-mail
 * domain that spells it speak for the seller; a label, a window position and our own name for the
 * buyer. Lines with the same name pool their evidence; the best pair wins.
 */
#include "pipeline/extract/party.h"
#include "pipeline/extract/company.h"
#include "pipeline/extract/extract.h"
#include "pipeline/extract/party_domain.h"
#include "pipeline/extract/party_name.h"

#include "base/arena.h"
#include "base/mem.h"
#include "base/utf8.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

enum { NAMES_MAX = 96, ADDRESS_LINES = 3, ORPHANS_MAX = 8, LETTERS_AN_EDIT = 8 };

/* How far below its heading a line is still of that party, in heights: without and with "Name:". */
static const float LINE_REACH = 9, BLOCK_REACH = 14;

/* What a delivery address, or a second address, says about whose name it is. */
static const float GOODS_GO_THERE = 0.8f;

struct name {
    int line;                   /* index of its best line */
    int address[ADDRESS_LINES]; /* line indices down to the town */
    int n_address;
    char key[PHRASE_KEY_SIZE];
    float seller, buyer;
    bool is_labelled_buyer;
    bool is_labelled;       /* "Name:" stands before it */
    int n_seen, n_delivery; /* places it stands in, and those that are delivery addresses */
    bool has_delivery_address;
    bool has_two_towns; /* its blocks are in different places: invoices and goods go apart */
};

struct search {
    const struct sheet *s;
    const struct company *company;
    struct party_lines lines;
    struct name names[NAMES_MAX];
    int n_names;
    int orphans[ORPHANS_MAX][2]; /* street and town under nobody's name */
    int n_orphans;
    float body_height; /* of most words, at least 4 points */
};

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

/* The role label that stands nearest above, within so many heights, or left of a line whose box and
 * first token are given. */
static uint64_t role_above(const struct sheet *s, const struct box *box, int first, float reach)
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
        else if (dy > -0.3f * height && dy < reach * height && dx < 1.5f * height &&
                 dx > -18 * height)
            distance = dy / height + fabsf(dx) / (4 * height);
        else
            continue;
        if (distance < best) {
            best = distance;
            role = mention->concepts & ROLE_CONCEPTS;
        }
    }
    return best < reach ? role : 0;
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
        if (other->cell != line->cell && !party_same_column(&other->box, &line->box, height))
            continue;
        if (concepts_in(q->s, other->first, other->count) & contact)
            score += 0.5f;
    }
    return score;
}

/* Whether a mail address or web page on the paper spells the name's first word. */
static float domain_spells(const struct search *q, const struct name *name)
{
    switch (party_domain(q->s, q->lines.items[name->line].first)) {
    case DOMAIN_EXACT:
    case DOMAIN_SAME:
        return 1.5f;
    case DOMAIN_BEGINS:
        return 1.0f;
    default:
        return 0;
    }
}

static bool is_company(const struct company *company, const char *key)
{
    char own[PHRASE_KEY_SIZE];

    if (!company || !company->name || phrase_key(company->name, own, sizeof own) < 3)
        return false;
    return strncmp(key, own, strlen(own)) == 0 || strncmp(own, key, strlen(key)) == 0;
}

/* An address where the window of an envelope is, or near it. */
static float address_score(const struct search *q, const struct name *name, int at)
{
    const struct party_line *line = &q->lines.items[at];
    float place = line->box.y0 / q->s->pages[line->page]->height_pt;

    return name->n_address > 0 && place > 0.05f && place < 0.4f ? 0.6f : 0;
}

/* "Invoice of the insurer (575)" is large and first, and nobody's name. */
static bool begins_with_title(const struct sheet *s, const struct party_line *line)
{
    return !line->has_legal_form && (concepts_in(s, line->first, 1) & CONCEPT_TITLES);
}

/* "Jalan Melati 5": in Malaysia streets, estates and plots say first what they are. "Thank you for
 * shopping", "Velkommen igjen": a till is polite to nobody by name. */
static bool begins_as_no_name(const struct sheet *s, const struct party_line *line)
{
    static const char *const words[] = {
        "jalan",     "jln",       "jl",         "taman",  "lorong", "lebuh",    "kampung",
        "kawasan",   "persiaran", "lot",        "plot",   "thank",  "thanks",   "tq",
        "please",    "welcome",   "terima",     "tak",    "takk",   "tack",     "velkommen",
        "valkommen", "danke",     "willkommen", "vielen", "goods",  "koszonjuk"};
    char first[PHRASE_KEY_SIZE];

    utf8_fold(s->tokens[line->first].text, first, sizeof first);
    first[strcspn(first, ".,:!")] = '\0';
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        if (!line->has_legal_form && strcmp(first, words[i]) == 0)
            return true;
    return false;
}

/* "Fill in all fields. Send it to …": mostly small words, and a stop. */
static bool is_sentence(const struct sheet *s, const struct party_line *line)
{
    int small = 0, stops = 0;

    for (int i = line->first; i < line->first + line->count; i++) {
        const char *text = s->tokens[i].text;
        size_t n = strlen(text);

        small += islower((unsigned char)text[0]) != 0;
        stops += n > 3 && text[n - 1] == '.' && islower((unsigned char)text[n - 2]);
    }
    return !line->has_legal_form && line->count >= 4 && stops > 0 && small * 2 > line->count;
}

/* Gives whether this place is a delivery address, which names nobody's role. */
static bool judge(struct search *q, struct name *name, int at)
{
    const struct party_line *line = &q->lines.items[at];
    const struct page *page = q->s->pages[line->page];
    uint64_t role = role_above(q->s, &line->box, line->first, LINE_REACH);
    float place = line->box.y0 / page->height_pt, size = box_height(&line->box) / q->body_height;
    float seller = 0, buyer = 0;
    bool is_delivery = false;

    seller += line->has_legal_form ? 0.6f : 0;
    seller += place < 0.12f ? 0.6f : place < 0.2f ? 0.25f : place > 0.86f ? 0.5f : 0;
    seller += fminf(fmaxf(size - 1.15f, 0), 1);
    seller += contact_below(q, at);
    seller += line->page == 0 ? 0.1f : 0;
    buyer += address_score(q, name, at);
    buyer += line->has_legal_form ? 0.2f : 0;
    if (role & CONCEPT_BIT(buyer)) {
        buyer += 1.8f;
        name->is_labelled_buyer = true;
    } else if (role & CONCEPT_BIT(seller))
        seller += 1.8f;
    else if (role & CONCEPT_BIT(deliver_to))
        is_delivery = true;
    if (line->is_label || begins_with_title(q->s, line) || begins_as_no_name(q->s, line) ||
        is_sentence(q->s, line))
        seller -= 1.5f;
    if (!line->has_legal_form && islower((unsigned char)q->s->tokens[line->first].text[0]))
        seller -= 0.8f; /* rather what is left of a picture */
    name->seller = name->seller > 0 ? fmaxf(name->seller, seller) + 0.35f : seller;
    name->buyer = fmaxf(name->buyer, buyer);
    name->n_seen++;
    name->n_delivery += is_delivery;
    return is_delivery;
}

static struct name *name_with(struct search *q, int at)
{
    char key[PHRASE_KEY_SIZE] = "";
    size_t used = party_line_key(q->s, &q->lines.items[at], key, 0);

    for (int i = 0; i < q->n_names; i++)
        if (strcmp(q->names[i].key, key) == 0)
            return &q->names[i];
    if (q->n_names == NAMES_MAX || used < 3)
        return NULL;
    q->names[q->n_names] = (struct name){.line = at};
    memcpy(q->names[q->n_names].key, key, sizeof key);
    return &q->names[q->n_names++];
}

/* Whether `town` is another than that of the name's address, misread letters apart. */
static bool is_elsewhere(const struct search *q, const struct name *name, int town)
{
    char known[PHRASE_KEY_SIZE] = "", other[PHRASE_KEY_SIZE] = "";
    int limit;

    if (name->n_address == 0)
        return false;
    party_line_key(q->s, &q->lines.items[name->address[name->n_address - 1]], known, 0);
    party_line_key(q->s, &q->lines.items[town], other, 0);
    limit = (int)strlen(known) / 3;
    return phrase_distance(known, other, limit) > limit && !strstr(known, other) &&
           !strstr(other, known);
}

/* From a town upwards: street, maybe a person, and at the top the name. */
static void add_block(struct search *q, int town)
{
    int up[6], n = 0, top = -1;
    struct name *name;
    bool is_delivery;

    for (int at = party_line_above(&q->lines, town); at >= 0 && n < 5;
         at = party_line_above(&q->lines, at)) {
        if (q->lines.items[at].is_label || q->lines.items[at].is_town)
            break;
        up[n++] = at;
    }
    for (int i = 0; i < n && top < 0; i++)
        if (q->lines.items[up[i]].has_legal_form)
            top = i;
    for (int i = n - 1; i > 0 && top < 0; i--)
        if (q->lines.items[up[i]].is_wordy && !q->lines.items[up[i]].has_digit)
            top = i;
    if (top < 0) {
        if (n > 0 && q->lines.items[up[0]].has_digit && q->n_orphans < ORPHANS_MAX)
            memcpy(q->orphans[q->n_orphans++], (const int[]){up[0], town}, sizeof *q->orphans);
        return;
    }
    name = name_with(q, up[top]);
    if (!name)
        return;
    is_delivery = judge(q, name, up[top]);
    name->has_two_towns |= is_elsewhere(q, name, town);
    if (name->n_address == 0 || (name->has_delivery_address && !is_delivery)) {
        name->n_address = 0;
        name->has_delivery_address = is_delivery;
        for (int i = top - 1; i >= 0 && name->n_address < ADDRESS_LINES - 1; i--)
            if (q->lines.items[up[i]].has_digit || i == 0)
                name->address[name->n_address++] = up[i];
        name->address[name->n_address++] = town;
        name->buyer = fmaxf(name->buyer, address_score(q, name, up[top]));
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
        role = role_above(q->s, &mention->box, mention->first, BLOCK_REACH);
        for (int i = 0; i < q->lines.count && role; i++) {
            const struct party_line *line = &q->lines.items[i];
            struct name *name = line->first == next && line->row == mention->row ? name_with(q, i)
                                                                                 : NULL;

            if (!name)
                continue;
            name->line = i;
            name->is_labelled = true;
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
                        !line->has_digit;
        bool is_large = line->page == 0 && line->is_wordy && !line->is_label && !line->has_digit &&
                        box_height(&line->box) > 1.3f * q->body_height &&
                        line->box.y0 < 0.2f * q->s->pages[0]->height_pt;
        struct name *name;

        if (is_first)
            first_wordy = i;
        if (begins_as_no_name(q->s, line) || (!line->has_legal_form && !is_first && !is_large) ||
            line->count > 9)
            continue;
        name = name_with(q, i);
        if (name)
            judge(q, name, i);
        if (name && is_first)
            name->seller += 0.3f;
    }
    find_labelled_names(q);
}

/* Whether the name is another printing of one that is taken, or a line of it. */
static bool is_same_name(const struct name *name, const char *taken)
{
    int limit = (int)strlen(name->key) / LETTERS_AN_EDIT;

    return taken[0] && (strstr(taken, name->key) || strncmp(name->key, taken, strlen(taken)) == 0 ||
                        phrase_distance(name->key, taken, limit) <= limit);
}

/* `taken` is the key of the other party's name, or "". */
static struct name *choose(struct search *q, bool is_seller, const char *taken)
{
    struct name *best = NULL;
    float top = is_seller ? 0.5f : 0.2f;

    for (int i = 0; i < q->n_names; i++) {
        struct name *name = &q->names[i];
        float score = is_seller ? name->seller - name->buyer
                                : name->buyer - 0.2f * fminf(name->seller, 1);

        if (is_same_name(name, taken) ||
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

/* An address without a name, beside a letterhead that has none: with telephone or mail below it. */
static void fill_orphan(const struct search *q, struct arena *a, float confidence,
                        struct field *address)
{
    float best = 0.4f;

    for (int i = 0; i < q->n_orphans; i++) {
        float contact = fmaxf(contact_below(q, q->orphans[i][0]), /* both may stand in one row */
                              contact_below(q, q->orphans[i][1]));

        if (contact <= best)
            continue;
        best = contact;
        party_name_fill_lines(&q->lines, q->s, a, q->orphans[i], 2, ", ", confidence, address);
    }
}

/* The buyer's facts stand from a line above the name to some lines under the town. A name printed
 * beside the address and not over it is another block's, where goods go. */
static void mark_buyer(const struct search *q, const struct name *buyer, struct parties *p)
{
    const struct party_line *line = &q->lines.items[buyer->line];
    bool has_box = false;

    p->buyer_page = line->page;
    for (int i = 0; i < buyer->n_address; i++) {
        const struct box *box = &q->lines.items[buyer->address[i]].box;

        p->buyer_box = has_box ? box_union(p->buyer_box, *box) : *box;
        has_box = true;
    }
    if (!has_box || box_overlap_x(&p->buyer_box, &line->box) > 0)
        p->buyer_box = has_box ? box_union(p->buyer_box, line->box) : line->box;
    else
        p->buyer_box.y0 -= 1.5f * q->body_height; /* the name's other printing, over the address */
    p->buyer_box.x0 -= 10 * q->body_height;
    p->buyer_box.x1 += 6 * q->body_height;
    p->buyer_box.y0 -= q->body_height;
    p->buyer_box.y1 += 4.5f * q->body_height;
}

/* Fills both; `key`, of PHRASE_KEY_SIZE, becomes that of the whole name. An address may stand under
 * another line or printing of it. */
static void fill_party(const struct search *q, const struct name *party, struct arena *a,
                       float confidence, struct field *name, struct field *address, char *key)
{
    const struct name *with = party;

    party_name_fill(&q->lines, q->s, a, party->line, party->is_labelled, confidence, name);
    phrase_key(name->value, key, PHRASE_KEY_SIZE);
    for (int i = 0; i < q->n_names && with->n_address == 0; i++)
        if (q->names[i].n_address > 0 && is_same_name(&q->names[i], key))
            with = &q->names[i];
    if (with->n_address > 0)
        party_name_fill_lines(&q->lines, q->s, a, with->address, with->n_address, ", ", confidence,
                              address);
}

void parties_find(struct parties *p, const struct sheet *s, const struct company *company,
                  struct arena *a, struct document *d)
{
    struct search *q = arena_alloc(a, sizeof *q);
    struct name *seller, *buyer;
    char taken[PHRASE_KEY_SIZE] = "", bought[PHRASE_KEY_SIZE];

    *p = (struct parties){.buyer_page = -1, .company = company};
    q->s = s;
    q->company = company;
    q->body_height = fmaxf(sheet_body_height(s), 4);
    party_lines_find(&q->lines, a, s);
    find_names(q);
    for (int i = 0; i < q->n_names; i++) {
        struct name *name = &q->names[i];

        name->seller += domain_spells(q, name);
        /* Goods go to the buyer; on an order the buyer is the one who writes. */
        if (d->type != DOCUMENT_ORDER && (name->n_delivery > 0 || name->has_two_towns)) {
            name->buyer += GOODS_GO_THERE;
            name->seller -= GOODS_GO_THERE;
        }
        if (is_company(company, name->key)) {
            name->buyer += 5;
            name->seller -= 5;
        }
    }
    seller = choose(q, true, "");
    if (seller) {
        float confidence = fminf(0.4f + 0.2f * (seller->seller - seller->buyer), 0.97f);

        fill_party(q, seller, a, confidence, &d->fields[FIELD_SELLER_NAME],
                   &d->fields[FIELD_SELLER_ADDRESS], taken);
        if (!d->fields[FIELD_SELLER_ADDRESS].value)
            fill_orphan(q, a, confidence, &d->fields[FIELD_SELLER_ADDRESS]);
    }
    buyer = choose(q, false, taken);
    if (buyer) {
        fill_party(q, buyer, a, fminf(0.4f + 0.25f * buyer->buyer, 0.97f),
                   &d->fields[FIELD_BUYER_NAME], &d->fields[FIELD_BUYER_ADDRESS], bought);
        mark_buyer(q, buyer, p);
    }
}

bool parties_is_buyers(const struct parties *p, const struct box *box, int page, const char *value)
{
    if (company_has_number(p->company, value))
        return true;
    return page == p->buyer_page && box->x0 >= p->buyer_box.x0 && box->x1 <= p->buyer_box.x1 &&
           box->y0 >= p->buyer_box.y0 && box->y1 <= p->buyer_box.y1;
}
