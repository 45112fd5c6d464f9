#!/usr/bin/env python3
"""Is everything that was handed in still there, once, and provably so?   oracle.py DATA_DIR MANIFEST

MANIFEST has a line `sha256 name` for every file whose submission was acknowledged. This shares no code with the
product: it reads the databases with Python's sqlite3 and hashes with hashlib. Every broken promise is a line;
the exit status is 1 if there is one.
"""
import hashlib
import os
import sqlite3
import sys

ENDED = {"waiting", "posted", "filed", "rejected", "set_aside"}
broken = []


def promise(holds, text):
    if not holds:
        broken.append(text)


def rows(database, query, *values):
    return database.execute(query, values).fetchall()


def sha256_of(path):
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


def check_files(records, submitted):
    """Every submitted hash is in exactly one state."""
    for sha, name in submitted:
        states = rows(records, "SELECT state, stage FROM file WHERE sha256 = ? AND state <> 'duplicate'", sha)
        promise(len(states) == 1, f"{name} ({sha[:12]}) is in {len(states)} states: {states}")
        # a file whose machines are done stays in work while one of its documents waits for a person
        promise([s for s, stage in states if s in ("done", "set_aside") or stage == "done"], f"{name} ended as {states}")
    for name, state, reason in rows(records, "SELECT name, state, reason FROM file WHERE state = 'set_aside'"):
        promise(reason, f"{name} was set aside without a reason")
    known = {s for s, _ in submitted}
    for (sha,) in rows(records, "SELECT sha256 FROM file WHERE parent_id IS NULL"):
        promise(sha in known, f"a file nobody handed in: {sha[:12]}")


def check_pages(records):
    """Every sheet of every file is explained: in a document, blank, a separator, or unread with a reason."""
    for file_id, number, state, reason, document in rows(
            records, "SELECT file_id, number, state, reason, document_id FROM page"):
        where = f"file {file_id} page {number}"
        promise(state in ("done", "blank", "separator", "unread"), f"{where} is {state}")
        promise(state != "unread" or reason, f"{where} is unread without a reason")
        promise(state not in ("done", "unread") or document, f"{where} is {state} but in no document")
    for file_id, sheets, counted in rows(
            records, "SELECT f.id, f.n_pages, (SELECT count(*) FROM page p WHERE p.file_id = f.id) FROM file f"
            " WHERE f.state = 'done'"):
        promise(sheets == counted, f"file {file_id} has {sheets} sheets but {counted} rows")


def check_documents(records, ledger):
    """Posted once and only if posted; no posting without its document; debits equal credits."""
    posted = {}
    for key, document in rows(ledger, "SELECT posting_key, document_id FROM posting WHERE kind <> 'reversal'"):
        posted.setdefault(document, []).append(key)
    for document, keys in posted.items():
        promise(len(keys) == 1, f"document {document} was posted {len(keys)} times")
    for document, state, key in rows(records, "SELECT id, state, posting_key FROM document"):
        promise(state in ENDED, f"document {document} is still {state}")
        if state == "posted":
            promise(posted.get(document) == [key], f"document {document} says {key[:12]}, the ledger {posted.get(document)}")
        elif state in ("waiting", "rejected", "filed"):
            promise(document not in posted, f"document {document} is {state}, yet in the ledger")
    for seller, number, n in rows(
            ledger, "SELECT seller_id, invoice_key, count(*) FROM posting WHERE kind <> 'reversal' GROUP BY 1, 2, kind"):
        promise(n == 1, f"invoice {number} of {seller} was posted {n} times")
    for entry, total in rows(ledger, "SELECT posting_id, sum(amount_minor) FROM journal_line GROUP BY posting_id"):
        promise(total == 0, f"entry {entry} is off by {total}")
    return sum(len(k) for k in posted.values())


def check_objects(data, records):
    """Every object hashes to its name; every record, manifest and original is there."""
    have = set()
    for folder, _, names in os.walk(os.path.join(data, "objects")):
        for name in names:
            if len(name) == 64:
                have.add(name)
                promise(sha256_of(os.path.join(folder, name)) == name, f"object {name[:12]} does not hash right")
    for (sha,) in rows(records, "SELECT sha256 FROM file"):
        promise(sha in have, f"the original {sha[:12]} is gone")
    for document, record, manifest in rows(
            records, "SELECT id, record_sha256, manifest_sha256 FROM document WHERE state IN ('posted', 'filed')"):
        promise(record in have, f"document {document} has no record")
        promise(manifest in have, f"document {document} has no manifest")
    return len(have)


def check_chain(database, name):
    """h(n) = SHA-256(h(n-1) || n || at || who || act || object || detail), the items as netstrings."""
    last, count = "0" * 64, 0
    for number, at, who, act, about, detail, digest in rows(
            database, "SELECT number, at, who, act, object, detail, hash FROM audit ORDER BY number"):
        count += 1
        promise(number == count, f"{name} chain: row {number} where {count} belongs")
        h = hashlib.sha256(last.encode())
        for item in (str(number), str(at), who, act, about, detail):
            raw = item.encode()
            h.update(b"%d:%s," % (len(raw), raw))
        promise(h.hexdigest() == digest, f"{name} chain: row {number} does not fit")
        last = digest
    return count


def main():
    data, manifest = sys.argv[1:3]
    with open(manifest, encoding="utf-8") as f:
        submitted = [tuple(line.rstrip("\n").split(" ", 1)) for line in f]
    records = sqlite3.connect(os.path.join(data, "records.db"))
    ledger = sqlite3.connect(os.path.join(data, "accounting.db"))
    check_files(records, submitted)
    check_pages(records)
    postings = check_documents(records, ledger)
    objects = check_objects(data, records)
    chain = check_chain(records, "records") + check_chain(ledger, "accounting")
    for line in broken[:50]:
        print("broken:", line)
    print(f"oracle: {len(submitted)} submissions, {postings} postings, {objects} objects, {chain} audit rows,"
          f" {len(broken)} broken promises")
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
