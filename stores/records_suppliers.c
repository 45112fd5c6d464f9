/*
 * Suppliers and their signs. A document's supplier is found by registered number, else by name
 * where no number speaks against it, and made when there is none.
 */
#include "stores/records_suppliers.h"

#include "stores/records_private.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"

#include <string.h>

#define IS_APPROVED                                                                                \
    "(d.state IN ('posted', 'filed')"                                                              \
    " OR (d.state = 'in_work' AND d.stage IN ('post', 'file')))"
#define ACCOUNT_KINDS "('iban', 'bank_account', 'bankgiro', 'plusgiro')"
/* Records know a supplier by its name where a document has no number: namesakes count as one. */
#define IS_NAMESAKE                                                                                \
    "supplier_id IN (SELECT id FROM supplier"                                                      \
    " WHERE name = (SELECT name FROM supplier WHERE id = ?1)) "

enum { TALLIES_MAX = 32, LOOKS_MAX = 60, LOOKS_NEEDED = 5 };

/* ---- signs ---- */

enum sign_rank { RANK_NUMBER, RANK_ACCOUNT, RANK_NAME, RANK_LOOK };

static const struct {
    enum field_id field;
    enum sign_rank rank;
} ranks[] = {
    {FIELD_SELLER_VAT_ID, RANK_NUMBER}, {FIELD_SELLER_REGISTRATION_ID, RANK_NUMBER},
    {FIELD_IBAN, RANK_ACCOUNT},         {FIELD_BANK_ACCOUNT, RANK_ACCOUNT},
    {FIELD_BANKGIRO, RANK_ACCOUNT},     {FIELD_PLUSGIRO, RANK_ACCOUNT},
    {FIELD_SELLER_NAME, RANK_NAME},     {FIELD_SELLER_EMAIL, RANK_NAME},
};

/* What a sign says for a supplier; the look needs LOOKS_NEEDED words, most of those known. */
static const int rank_scores[] = {
    [RANK_NUMBER] = 100, [RANK_ACCOUNT] = 30, [RANK_NAME] = 20, [RANK_LOOK] = 1};

static enum sign_rank rank_of(const char *kind)
{
    for (size_t i = 0; i < ARRAY_LENGTH(ranks); i++)
        if (strcmp(field_info(ranks[i].field)->name, kind) == 0)
            return ranks[i].rank;
    return RANK_LOOK;
}

static int add_sign(struct records *r, int64_t id, int64_t document_id, const char *kind,
                    const char *value, bool is_approved, struct err *err)
{
    int n = db_run(r->db, err,
                   "INSERT INTO supplier_sign(kind, value, supplier_id, document_id, is_approved)"
                   " VALUES(?, ?, ?, ?, ?) ON CONFLICT DO UPDATE"
                   " SET is_approved = max(is_approved, excluded.is_approved)",
                   "ttiii", kind, value, id, document_id, (int64_t)is_approved);

    return n < 0 ? n : 0;
}

static int add_signs(struct records *r, int64_t id, int64_t document_id, const struct document *d,
                     enum sign_rank rank, bool is_approved, struct err *err)
{
    int code = 0;

    for (size_t i = 0; code == 0 && i < ARRAY_LENGTH(ranks); i++) {
        const char *value = document_value(d, ranks[i].field);

        if (ranks[i].rank == rank && value)
            code = add_sign(r, id, document_id, field_info(ranks[i].field)->name, value,
                            is_approved, err);
    }
    return code;
}

int records_add_look(struct records *r, int64_t supplier_id, int64_t document_id,
                     const struct supplier_sign *signs, size_t n, struct err *err)
{
    int64_t count = 0;
    int code = db_begin(r->db, err);

    if (code < 0)
        return code;
    code = db_get_int(r->db, &count, err,
                      "SELECT count(*) FROM supplier_sign WHERE supplier_id = ? AND kind = ?", "it",
                      supplier_id, SIGN_LOOK);
    for (size_t i = 0; code == 0 && i < n && count < LOOKS_MAX; i++)
        if (strcmp(signs[i].kind, SIGN_LOOK) == 0) {
            code = add_sign(r, supplier_id, document_id, SIGN_LOOK, signs[i].value, false, err);
            count++;
        }
    return db_end(r->db, code, err);
}

/* ---- a document's supplier ---- */

/* The first column of the first row; 0 without one. */
static int find_id(struct records *r, int64_t *ret, struct err *err, const char *sql,
                   const char *kind, const char *value)
{
    struct err why = {0};
    int code = db_get_int(r->db, ret, &why, sql, "tt", kind, value);

    if (code != ERR_NOT_FOUND)
        return code < 0 ? err_set(err, code, "%s", why.text) : 0;
    *ret = 0;
    return 0;
}

static int find_by_number(struct records *r, const struct document *d, int64_t *ret, bool *ret_has,
                          struct err *err)
{
    int code = 0;

    *ret = 0;
    *ret_has = false;
    for (size_t i = 0; code == 0 && *ret == 0 && i < ARRAY_LENGTH(ranks); i++) {
        const char *value = document_value(d, ranks[i].field);

        if (ranks[i].rank != RANK_NUMBER || !value)
            continue;
        *ret_has = true;
        code = find_id(r, ret, err,
                       "SELECT supplier_id FROM supplier_sign WHERE kind = ? AND value = ?"
                       " ORDER BY is_approved DESC, supplier_id LIMIT 1",
                       field_info(ranks[i].field)->name, value);
    }
    return code;
}

/* A name names a supplier only where no registered number says otherwise. */
static int find_supplier(struct records *r, const struct document *d, int64_t *ret, struct err *err)
{
    const char *name = document_value(d, FIELD_SELLER_NAME);
    bool has_number;
    int code = find_by_number(r, d, ret, &has_number, err);

    if (code < 0 || *ret || !name)
        return code;
    return find_id(r, ret, err,
                   has_number
                       ? "SELECT s.supplier_id FROM supplier_sign AS s WHERE s.kind = ?"
                         " AND s.value = ? AND NOT EXISTS(SELECT 1 FROM supplier_sign AS o"
                         "  WHERE o.supplier_id = s.supplier_id"
                         "  AND o.kind IN ('seller_vat_id', 'seller_registration_id')) LIMIT 1"
                       : "SELECT supplier_id FROM supplier_sign WHERE kind = ? AND value = ?"
                         " ORDER BY supplier_id LIMIT 1",
                   field_info(FIELD_SELLER_NAME)->name, name);
}

static int note_supplier(struct records *r, const char *who, const char *act, int64_t id,
                         json_t *detail, struct err *err)
{
    AUTO_FREE char *text = json_text(detail);

    return audit_add(&r->audit, who, act, "supplier", id, text, err);
}

static int make_supplier(struct records *r, int64_t document_id, const char *name, const char *who,
                         int64_t *ret, struct err *err)
{
    AUTO_JSON json_t *detail = json_object();
    int64_t now = clock_now_ms();
    int n = db_run(r->db, err, "INSERT INTO supplier(name, created_at, changed_at) VALUES(?, ?, ?)",
                   "tii", name, now, now);

    if (n < 0)
        return n;
    *ret = db_last_id(r->db);
    json_set_text(detail, "name", name);
    json_set_int(detail, "document", document_id);
    return note_supplier(r, who, "meet", *ret, detail, err);
}

/* Finds or makes the supplier, and says so in the document's row. */
static int settle_supplier(struct records *r, int64_t document_id, const struct document *d,
                           const char *who, int64_t *ret, struct err *err)
{
    const char *name = document_value(d, FIELD_SELLER_NAME);
    int code = find_supplier(r, d, ret, err);

    if (code == 0 && *ret == 0)
        code = make_supplier(r, document_id, name ? name : "", who, ret, err);
    if (code == 0)
        code = db_run(r->db, err, "UPDATE document SET supplier_id = ? WHERE id = ?", "ii", *ret,
                      document_id);
    return code < 0 ? code : 0;
}

/* Accounts known of the supplier, and its documents, but for this one, that may have asked to be
 * paid. */
static int count_paid(struct records *r, int64_t id, int64_t document_id, int64_t *ret,
                      struct err *err)
{
    return db_get_int(r->db, ret, err,
                      "SELECT (SELECT count(*) FROM supplier_sign WHERE " IS_NAMESAKE
                      "  AND is_approved AND kind IN " ACCOUNT_KINDS ")"
                      " + (SELECT count(*) FROM document AS d WHERE d." IS_NAMESAKE
                      "  AND d.id <> ?2 AND d.type <> 'credit_note' AND " IS_APPROVED ")",
                      "ii", id, document_id);
}

int supplier_learn(struct records *r, int64_t document_id, const struct document *d,
                   const char *who, struct err *err)
{
    bool is_person = strcmp(who, RECORDS_LINE) != 0;
    int64_t id, paid = 0;
    int code;

    if (d->type == DOCUMENT_ORDER ||
        (!document_value(d, FIELD_SELLER_NAME) && !document_value(d, FIELD_SELLER_VAT_ID) &&
         !document_value(d, FIELD_SELLER_REGISTRATION_ID)))
        return 0;
    code = settle_supplier(r, document_id, d, who, &id, err);
    if (code == 0)
        code = count_paid(r, id, document_id, &paid, err);
    if (code == 0)
        code = add_signs(r, id, document_id, d, RANK_NUMBER, true, err);
    if (code == 0)
        code = add_signs(r, id, document_id, d, RANK_NAME, true, err);
    if (code == 0 && (is_person || paid == 0))
        code = add_signs(r, id, document_id, d, RANK_ACCOUNT, true, err);
    return code;
}

static bool is_sure(const struct document *d, enum field_id id)
{
    return d->fields[id].value &&
           (d->fields[id].proofs &
            (1u << PROOF_CHECKSUM | 1u << PROOF_STRUCTURED | 1u << PROOF_PERSON));
}

int records_meet_supplier(struct records *r, int64_t document_id, const struct document *d,
                          const char *who, int64_t *ret_id, struct err *err)
{
    int64_t id = 0;
    int code;

    if (d->type == DOCUMENT_ORDER ||
        (!is_sure(d, FIELD_SELLER_VAT_ID) && !is_sure(d, FIELD_SELLER_REGISTRATION_ID)))
        return err_set(err, ERR_NOT_FOUND, "no registered number proves who the supplier is");
    code = db_begin(r->db, err);
    if (code < 0)
        return code;
    code = settle_supplier(r, document_id, d, who, &id, err);
    if (code == 0)
        code = add_signs(r, id, document_id, d, RANK_NUMBER, false, err);
    code = db_end(r->db, code, err);
    if (code == 0)
        *ret_id = id;
    return code;
}

int records_supplier_of(struct records *r, int64_t document_id, int64_t *ret_id, struct err *err)
{
    return db_get_int(r->db, ret_id, err,
                      "SELECT supplier_id FROM document WHERE id = ? AND supplier_id IS NOT NULL",
                      "i", document_id);
}

/* ---- whose signs ---- */

struct tally {
    int64_t id;
    int score, numbers, looks;
    unsigned ranks; /* bit 1u << enum sign_rank */
};

static struct tally *tally_of(struct tally tallies[TALLIES_MAX], int64_t id)
{
    for (int i = 0; i < TALLIES_MAX; i++)
        if (tallies[i].id == id || tallies[i].id == 0) {
            tallies[i].id = id;
            return &tallies[i];
        }
    return NULL;
}

static int count_sign(struct records *r, const struct supplier_sign *sign,
                      struct tally tallies[TALLIES_MAX], struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    enum sign_rank rank = rank_of(sign->kind);
    int code = db_select(r->db, &rows, err,
                         "SELECT supplier_id FROM supplier_sign WHERE kind = ? AND value = ?"
                         " LIMIT 32",
                         "tt", sign->kind, sign->value);

    while (code == 0 && (code = db_next(&rows, err)) > 0) {
        struct tally *tally = tally_of(tallies, db_int(&rows, 0));

        if (tally) {
            tally->score += rank_scores[rank];
            tally->numbers += rank == RANK_NUMBER;
            tally->looks += rank == RANK_LOOK;
            tally->ranks |= 1u << rank;
        }
        code = 0;
    }
    return code;
}

/* Beside somebody else's number two kinds of other signs must agree: our supplier's own number may
 * be unreadable, and the stranger's be that of the bank that collects. */
static bool outweighs_number(const struct tally *tally)
{
    unsigned others = tally->ranks & ~(1u << RANK_LOOK);

    return tally->numbers || (others & (others - 1)) || (others && tally->looks >= LOOKS_NEEDED);
}

/* Nothing but the look: most of its words must be there. */
static int looks_enough(struct records *r, const struct tally *tally, bool *ret, struct err *err)
{
    int64_t known = 0;
    int code = 0;

    *ret = tally->score >= rank_scores[RANK_NAME];
    if (tally->score > tally->looks || tally->looks < LOOKS_NEEDED)
        return 0;
    code = db_get_int(r->db, &known, err,
                      "SELECT count(*) FROM supplier_sign WHERE supplier_id = ? AND kind = ?", "it",
                      tally->id, SIGN_LOOK);
    *ret = 5 * tally->looks >= 3 * known;
    return code;
}

static int recall(struct records *r, const struct supplier_sign *signs, size_t n, int64_t *ret_id,
                  struct err *err)
{
    struct tally tallies[TALLIES_MAX] = {{0}}, best = {0};
    bool has_number = false, is_enough = false;
    int code = 0, second = 0;

    for (size_t i = 0; code == 0 && i < n; i++) {
        has_number |= rank_of(signs[i].kind) == RANK_NUMBER;
        code = count_sign(r, &signs[i], tallies, err);
    }
    for (int i = 0; i < TALLIES_MAX; i++)
        if (tallies[i].score > best.score) {
            second = best.score;
            best = tallies[i];
        } else if (tallies[i].score > second) {
            second = tallies[i].score;
        }
    if (code == 0 && best.id)
        code = looks_enough(r, &best, &is_enough, err);
    if (code < 0)
        return code;
    if (!is_enough || best.score == second || (has_number && !outweighs_number(&best)))
        return err_set(err, ERR_NOT_FOUND, "no supplier has these signs");
    *ret_id = best.id;
    return 0;
}

int records_recall_supplier(struct records *r, const struct supplier_sign *signs, size_t n,
                            int64_t *ret_id, struct err *err)
{
    int code = db_begin_read(r->db, err); /* one lock for some forty look-ups */

    return code < 0 ? code : db_end(r->db, recall(r, signs, n, ret_id, err), err);
}

int records_find_supplier(struct records *r, enum field_id field, const char *value,
                          const char *preferred, struct arena *a, const char **ret_name,
                          struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    int code = db_select(r->db, &rows, err,
                         "SELECT s.name FROM supplier_sign AS v"
                         " JOIN supplier AS s ON s.id = v.supplier_id"
                         " WHERE v.kind = ? AND v.value = ? AND v.is_approved"
                         " ORDER BY s.name = ? DESC, v.document_id LIMIT 1",
                         "ttt", field_info(field)->name, value, preferred ? preferred : "");

    if (code == 0)
        code = db_next(&rows, err);
    if (code < 0)
        return code;
    if (code == 0)
        return err_set(err, ERR_NOT_FOUND, "no supplier with this value");
    *ret_name = db_copy(&rows, 0, a);
    return 0;
}

int records_list_accounts(struct records *r, const char *name, struct arena *a,
                          const char *const **ret, struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    const char **list = arena_alloc(a, sizeof *list);
    int64_t id = 0, paid = 0;
    size_t n = 0;
    int code = db_get_int(r->db, &id, err, "SELECT id FROM supplier WHERE name = ? ORDER BY id",
                          "t", name);

    if (code == 0)
        code = count_paid(r, id, 0, &paid, err);
    if (code == 0 && paid == 0)
        return err_set(err, ERR_NOT_FOUND, "nothing was to be paid to \"%s\" yet", name);
    if (code == 0)
        code = db_select(r->db, &rows, err,
                         "SELECT value FROM supplier_sign WHERE " IS_NAMESAKE
                         "AND is_approved AND kind IN " ACCOUNT_KINDS " ORDER BY kind, value",
                         "i", id);
    while (code == 0 && (code = db_next(&rows, err)) > 0) {
        list = arena_grow_array(a, list, n + 1, n + 2, sizeof *list);
        list[n++] = db_copy(&rows, 0, a);
        code = 0;
    }
    if (code == 0)
        *ret = list;
    return code;
}

/* ---- lists ---- */

#define SUPPLIER_SELECT                                                                            \
    "SELECT s.id, s.name, s.lessons_version, s.created_at, s.changed_at,"                          \
    " (SELECT count(*) FROM document AS d WHERE d.supplier_id = s.id AND " IS_APPROVED ")"         \
    " FROM supplier AS s "

static void supplier_row_read(const struct db_rows *rows, struct arena *a, struct supplier_row *ret)
{
    *ret = (struct supplier_row){.id = db_int(rows, 0),
                                 .name = db_copy(rows, 1, a),
                                 .version = db_int(rows, 2),
                                 .created_at = db_int(rows, 3),
                                 .changed_at = db_int(rows, 4),
                                 .documents = db_int(rows, 5)};
}

int records_list_suppliers(struct records *r, struct arena *a, struct supplier_row **ret,
                           size_t *ret_n, struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    struct supplier_row *list = NULL;
    size_t n = 0;
    int code = db_select(r->db, &rows, err, SUPPLIER_SELECT "ORDER BY s.name, s.id", "");

    while (code == 0 && (code = db_next(&rows, err)) > 0) {
        list = arena_grow_list(a, list, n, sizeof *list);
        supplier_row_read(&rows, a, &list[n++]);
        code = 0;
    }
    if (code < 0)
        return code;
    *ret = list;
    *ret_n = n;
    return 0;
}

int records_load_supplier(struct records *r, int64_t id, struct arena *a, struct supplier_row *ret,
                          struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    int code = db_select(r->db, &rows, err, SUPPLIER_SELECT "WHERE s.id = ?", "i", id);

    if (code == 0)
        code = db_next(&rows, err);
    if (code == 0)
        return err_set(err, ERR_NOT_FOUND, "supplier %lld: no such supplier", (long long)id);
    if (code < 0)
        return code;
    supplier_row_read(&rows, a, ret);
    return 0;
}

int records_list_signs(struct records *r, int64_t supplier_id, struct arena *a,
                       struct sign_row **ret, size_t *ret_n, struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    struct sign_row *list = NULL;
    size_t n = 0;
    int code = db_select(r->db, &rows, err,
                         "SELECT kind, value, is_approved, document_id FROM supplier_sign"
                         " WHERE supplier_id = ? ORDER BY kind = 'look', kind, document_id, value",
                         "i", supplier_id);

    while (code == 0 && (code = db_next(&rows, err)) > 0) {
        list = arena_grow_list(a, list, n, sizeof *list);
        list[n++] = (struct sign_row){db_copy(&rows, 0, a), db_copy(&rows, 1, a),
                                      db_int(&rows, 2) != 0, db_int(&rows, 3)};
        code = 0;
    }
    if (code < 0)
        return code;
    *ret = list;
    *ret_n = n;
    return 0;
}

int records_list_supplier_documents(struct records *r, int64_t supplier_id, size_t limit,
                                    struct arena *a, int64_t **ret, size_t *ret_n, struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    int64_t *list = arena_alloc_array(a, limit, sizeof *list);
    size_t n = 0;
    int code = db_select(r->db, &rows, err,
                         "SELECT d.id FROM document AS d WHERE d.supplier_id = ? AND " IS_APPROVED
                         " ORDER BY d.id DESC LIMIT ?",
                         "ii", supplier_id, (int64_t)limit);

    while (code == 0 && (code = db_next(&rows, err)) > 0) {
        list[n++] = db_int(&rows, 0);
        code = 0;
    }
    if (code < 0)
        return code;
    *ret = list;
    *ret_n = n;
    return 0;
}
