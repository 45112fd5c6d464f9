/*
 * The records database by version. A migration is never edited once released: add another.
 * States and stages stand as words, so that `sqlite3 records.db` can be read by an auditor.
 */
#include "stores/records_private.h"

#include "base/mem.h"

/*
 * file_once is the promise that the same bytes are worked on once. The *_in_work indexes hold only
 * what is unfinished: the housekeeper stays quick when a million documents are done.
 */
static const char version_1[] =
    "CREATE TABLE batch("
    " id INTEGER PRIMARY KEY, name TEXT NOT NULL, source TEXT NOT NULL,"
    " created_at INTEGER NOT NULL) STRICT;"

    "CREATE TABLE file("
    " id INTEGER PRIMARY KEY, batch_id INTEGER NOT NULL REFERENCES batch,"
    " parent_id INTEGER REFERENCES file, duplicate_of INTEGER REFERENCES file,"
    " name TEXT NOT NULL, sha256 TEXT NOT NULL CHECK(length(sha256) = 64),"
    " size INTEGER NOT NULL, kind TEXT NOT NULL DEFAULT '', producer TEXT NOT NULL DEFAULT '',"
    " stage TEXT NOT NULL, state TEXT NOT NULL"
    "  CHECK(state IN ('in_work', 'duplicate', 'set_aside', 'done')),"
    " fence INTEGER NOT NULL DEFAULT 0, sheets INTEGER NOT NULL, n_pages INTEGER NOT NULL DEFAULT "
    "0,"
    " reason TEXT NOT NULL DEFAULT '', message TEXT NOT NULL DEFAULT '', einvoice TEXT,"
    " created_at INTEGER NOT NULL, changed_at INTEGER NOT NULL,"
    " CHECK((duplicate_of IS NOT NULL) = (state = 'duplicate'))) STRICT;"
    "CREATE UNIQUE INDEX file_once ON file(sha256) WHERE state <> 'duplicate';"
    "CREATE INDEX file_batch ON file(batch_id, id);"
    "CREATE INDEX file_in_work ON file(stage, id) WHERE state = 'in_work';"
    "CREATE INDEX file_parent ON file(parent_id) WHERE parent_id IS NOT NULL;"

    "CREATE TABLE document("
    " id INTEGER PRIMARY KEY, file_id INTEGER NOT NULL REFERENCES file,"
    " type TEXT NOT NULL, language TEXT NOT NULL, department TEXT NOT NULL,"
    " stage TEXT NOT NULL, state TEXT NOT NULL"
    "  CHECK(state IN ('in_work', 'waiting', 'posted', 'filed', 'rejected', 'set_aside')),"
    " fence INTEGER NOT NULL DEFAULT 0, version INTEGER NOT NULL DEFAULT 1,"
    " first_page INTEGER NOT NULL, n_pages INTEGER NOT NULL,"
    " supplier TEXT NOT NULL DEFAULT '', supplier_folded TEXT NOT NULL DEFAULT '',"
    " supplier_key TEXT NOT NULL DEFAULT '', number TEXT NOT NULL DEFAULT '',"
    " number_key TEXT NOT NULL DEFAULT '', issue_date TEXT NOT NULL DEFAULT '',"
    " due_date TEXT NOT NULL DEFAULT '', currency TEXT NOT NULL DEFAULT '', gross_minor INTEGER,"
    " reason TEXT NOT NULL DEFAULT '', message TEXT NOT NULL DEFAULT '',"
    " posting_key TEXT NOT NULL DEFAULT '', record_sha256 TEXT NOT NULL DEFAULT '',"
    " manifest_sha256 TEXT NOT NULL DEFAULT '', retention_until TEXT NOT NULL DEFAULT '',"
    " created_at INTEGER NOT NULL, changed_at INTEGER NOT NULL) STRICT;"
    "CREATE INDEX document_file ON document(file_id, state);"
    "CREATE INDEX document_state ON document(state, id);"
    "CREATE INDEX document_in_work ON document(stage, id) WHERE state = 'in_work';"
    "CREATE INDEX document_supplier ON document(supplier_key, number_key)"
    " WHERE supplier_key <> '';"

    "CREATE TABLE document_body("
    " document_id INTEGER PRIMARY KEY REFERENCES document, json TEXT NOT NULL) STRICT;"

    "CREATE TABLE page("
    " id INTEGER PRIMARY KEY, file_id INTEGER NOT NULL REFERENCES file,"
    " number INTEGER NOT NULL, state TEXT NOT NULL"
    "  CHECK(state IN ('in_work', 'done', 'blank', 'separator', 'unread')),"
    " source TEXT NOT NULL, fence INTEGER NOT NULL DEFAULT 0,"
    " document_id INTEGER REFERENCES document, position INTEGER NOT NULL DEFAULT 0,"
    " picture_sha256 TEXT NOT NULL DEFAULT '', n_words INTEGER NOT NULL DEFAULT 0,"
    " reason TEXT NOT NULL DEFAULT '', message TEXT NOT NULL DEFAULT '',"
    " changed_at INTEGER NOT NULL, UNIQUE(file_id, number)) STRICT;"
    "CREATE INDEX page_document ON page(document_id, position) WHERE document_id IS NOT NULL;"
    "CREATE INDEX page_in_work ON page(file_id, number) WHERE state = 'in_work';"

    /* apart from page, so that moving a page through its states does not rewrite its words */
    "CREATE TABLE page_words("
    " page_id INTEGER PRIMARY KEY REFERENCES page, words BLOB NOT NULL) STRICT;"

    "CREATE TABLE field_change("
    " id INTEGER PRIMARY KEY, document_id INTEGER NOT NULL REFERENCES document,"
    " at INTEGER NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL, old_value TEXT NOT NULL,"
    " new_value TEXT NOT NULL, why TEXT NOT NULL) STRICT;"
    "CREATE INDEX field_change_document ON field_change(document_id, id);"
    "CREATE TRIGGER field_change_stays BEFORE UPDATE ON field_change BEGIN"
    " SELECT raise(ABORT, 'the history is never changed'); END;"
    "CREATE TRIGGER field_change_keeps BEFORE DELETE ON field_change BEGIN"
    " SELECT raise(ABORT, 'the history is never removed'); END;"

    "CREATE TABLE supplier_value("
    " field TEXT NOT NULL, value TEXT NOT NULL, supplier TEXT NOT NULL,"
    " document_id INTEGER NOT NULL REFERENCES document, PRIMARY KEY(field, value)"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE pause("
    " stage TEXT PRIMARY KEY, who TEXT NOT NULL, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;"

    "CREATE VIRTUAL TABLE record_text"
    " USING fts5(text, tokenize = 'unicode61 remove_diacritics 2');"

    AUDIT_SCHEMA;

/*
 * Suppliers of their own: until now a supplier was the name beside each number. One number may be
 * shared (a factoring bank's account), so the supplier is part of the key.
 */
static const char version_2[] =
    "CREATE TABLE supplier("
    " id INTEGER PRIMARY KEY, name TEXT NOT NULL, lessons_version INTEGER NOT NULL DEFAULT 0,"
    " created_at INTEGER NOT NULL, changed_at INTEGER NOT NULL) STRICT;"

    "CREATE TABLE supplier_sign("
    " kind TEXT NOT NULL, value TEXT NOT NULL, supplier_id INTEGER NOT NULL REFERENCES supplier,"
    " document_id INTEGER NOT NULL REFERENCES document, is_approved INTEGER NOT NULL,"
    " PRIMARY KEY(kind, value, supplier_id)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX supplier_sign_of ON supplier_sign(supplier_id, kind);"

    "CREATE TABLE supplier_lessons("
    " supplier_id INTEGER NOT NULL REFERENCES supplier, version INTEGER NOT NULL,"
    " at INTEGER NOT NULL, who TEXT NOT NULL, act TEXT NOT NULL,"
    " document_id INTEGER REFERENCES document, note TEXT NOT NULL, lessons TEXT NOT NULL,"
    " PRIMARY KEY(supplier_id, version)) STRICT, WITHOUT ROWID;"

    "ALTER TABLE document ADD COLUMN supplier_id INTEGER REFERENCES supplier;"
    "CREATE INDEX document_of_supplier ON document(supplier_id, id)"
    " WHERE supplier_id IS NOT NULL;"

    "INSERT INTO supplier(name, created_at, changed_at)"
    " SELECT v.supplier, min(d.created_at), max(d.changed_at) FROM supplier_value AS v"
    "  JOIN document AS d ON d.id = v.document_id GROUP BY v.supplier;"
    "INSERT INTO supplier_sign(kind, value, supplier_id, document_id, is_approved)"
    " SELECT v.field, v.value, s.id, v.document_id, 1 FROM supplier_value AS v"
    "  JOIN supplier AS s ON s.name = v.supplier;"
    "UPDATE document SET supplier_id = (SELECT id FROM supplier WHERE name = document.supplier)"
    " WHERE state IN ('posted', 'filed');"
    "DROP TABLE supplier_value;";

/* One purchase that came twice is found by its amount, whatever was read of its supplier. */
static const char version_3[] = "CREATE INDEX document_gross ON document(gross_minor, currency)"
                                " WHERE gross_minor IS NOT NULL;";

static const char *const migrations[] = {version_1, version_2, version_3};

const struct db_schema records_schema = {
    .name = "records",
    .application_id = 0x62696c72, /* "bilr" */
    .migrations = migrations,
    .n_migrations = ARRAY_LENGTH(migrations),
};
