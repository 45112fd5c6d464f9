#!/usr/bin/env python3
"""The whole line as its people use it: mailroom, accounts payable, operator, auditor.   line.py BIN_DIR

Real programs on a folder of their own, real Redis, Tesseract and SQLite; the papers are generated, so what they say is known.
"""
import contextlib
import email.message
import json
import os
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import zlib

BIN = sys.argv.pop(1) if len(sys.argv) > 1 else "build/bin"
CONFIG = """
workers: 2
company:
  name: Fjordlys Handel AS
  registration_id: "943100365"
  vat_id: NO943100365MVA
"""


class House(unittest.TestCase):
    """One running line with a folder of its own, and what people do with it."""
    settings = ""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="bilag-line-")
        cls.data = os.path.join(cls.folder, "d")
        os.mkdir(cls.data)
        config = os.path.join(cls.folder, "bilag.yaml")
        with open(config, "w", encoding="utf-8") as f:
            f.write(CONFIG + cls.settings)
        cls.env = dict(os.environ, BILAG_DATA=cls.data, BILAG_CONFIG=config)
        cls.log = open(os.path.join(cls.folder, "log"), "wb")
        cls.up = subprocess.Popen([os.path.join(BIN, "bilag"), "up"], env=cls.env, stderr=cls.log,
                                  stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while cls.run_bilag("queue", "ls").returncode != 0:
            if time.monotonic() > deadline or cls.up.poll() is not None:
                cls.tearDownClass()
                raise AssertionError("bilag up did not come up")
            time.sleep(0.05)

    @classmethod
    def tearDownClass(cls):
        cls.up.terminate()
        code = cls.up.wait(timeout=120)
        cls.log.close()
        if code != 0:
            with open(cls.log.name, encoding="utf-8", errors="replace") as f:
                print(f.read()[-3000:])
        shutil.rmtree(cls.folder)

    @classmethod
    def run_bilag(cls, *words):
        return subprocess.run([os.path.join(BIN, "bilag"), *words], env=cls.env, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=300)

    def bilag(self, *words, status=0):
        done = self.run_bilag(*words)
        self.assertEqual(done.returncode, status, f"bilag {' '.join(words)}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done.stdout

    def rows(self, *words, status=0):
        return [json.loads(line) for line in self.bilag(*words, "--json", status=status).splitlines()]

    def generate(self, name, *words):
        out = os.path.join(self.folder, name)
        subprocess.run([os.path.join(BIN, "bilag-generate"), "--out", out, *words], check=True,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        with open(os.path.join(out, "truth.jsonl"), encoding="utf-8") as f:
            truth = {}
            for line in f:
                t = json.loads(line)
                truth.setdefault(t["file"], []).append(t)
        return out, truth

    def submit(self, *paths, status=0):
        """The batch's document and file rows, and its balance."""
        rows = self.rows("submit", "--wait", "--timeout", "240", *paths, status=status)
        batch = rows.pop()
        self.assertTrue(batch["balances"], batch)
        self.assertEqual(batch["in_work"], 0)
        return rows, batch

    def until(self, doc, state):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            row = self.document(doc)
            if row["outcome"] == state:
                return row
            time.sleep(0.1)
        self.fail(f"document {doc} did not become {state}: {row}")

    def document(self, doc):
        return json.loads(self.bilag("doc", "show", str(doc), "--json"))["row"]


class LineTest(House):
    def test_e_invoices_are_posted_right_and_without_a_person(self):
        out, truth = self.generate("xml", "--count", "6", "--seed", "1", "--forms", "ubl,cii", "--types", "invoice")
        rows, batch = self.submit(*[os.path.join(out, name) for name in truth])
        self.assertEqual({r["outcome"] for r in rows}, {"posted"}, rows)
        self.assertEqual(batch["posted"], len(truth))
        for row in rows:
            self.assertEqual(row["gross"], truth[row["file"]][0]["total_gross"], row["file"])
            self.assertGreaterEqual(row["keep_until"], f"{time.gmtime().tm_year + 5}-12-31", "five years in Norway")

    def test_what_is_posted_is_right_and_posted_once(self):
        out, truth = self.generate("born", "--count", "8", "--seed", "5", "--forms", "pdf", "--types", "invoice",
                                   "--languages", "nb,sv,da,de")
        files = [os.path.join(out, name) for name in truth]
        rows, _ = self.submit(*files)
        self.assertEqual(len(rows), 8)
        self.assertGreaterEqual(sum(r["outcome"] == "posted" for r in rows), 4, rows)
        for row in rows:
            self.assertEqual(row["type"], "invoice", row)
            row = self.decide(row, truth[row["file"]][0])
            self.assertEqual(row["gross"], truth[row["file"]][0]["total_gross"], row["file"])
            self.assertEqual(row["record"], row["sha256"], "a born-digital original is kept as it is")
        docs = {r["doc"] for r in rows}
        entries = {(e["entry"], e["doc"]) for e in self.rows("ledger", "ls") if e["doc"] in docs}
        self.assertEqual(sorted(doc for _, doc in entries), sorted(docs), "one entry a document")
        self.undo(min(entries)[0])
        before = len(self.rows("ledger", "ls"))
        again, batch = self.submit(*files)
        self.assertEqual({r["outcome"] for r in again}, {"duplicate"})
        self.assertEqual(batch["sheets"], 0)
        self.assertEqual(len(self.rows("ledger", "ls")), before)

    def undo(self, entry):
        self.bilag("ledger", "reverse", str(entry), status=2)
        self.bilag("ledger", "reverse", "99999", "--why", "no such entry", status=3)
        said = self.bilag("ledger", "reverse", str(entry), "--why", "posted by mistake")
        self.assertEqual(self.bilag("ledger", "reverse", str(entry), "--why", "again"), said, "once is enough")
        lines = self.rows("ledger", "ls")
        reversal = [line for line in lines if line["entry"] == int(said.split()[1])]
        self.assertEqual({line["kind"] for line in reversal}, {"reversal"})
        self.assertIn("posted by mistake", reversal[0]["text"])
        self.assertEqual([line["amount"].lstrip("-") for line in reversal],
                         [line["amount"].lstrip("-") for line in lines if line["entry"] == entry])

    def test_a_scan_becomes_a_searchable_record(self):
        out, truth = self.generate("scan", "--count", "2", "--seed", "6", "--forms", "tiff", "--types", "invoice",
                                   "--languages", "en", "--degrade", "clean")
        rows, _ = self.submit(*[os.path.join(out, name) for name in truth])
        row = self.decide(rows[0], truth[rows[0]["file"]][0])
        self.assertNotEqual(row["record"], row["sha256"])
        pdf = os.path.join(self.folder, "record.pdf")
        self.bilag("doc", "export", str(row["doc"]), "--out", pdf)
        text = subprocess.run(["pdftotext", pdf, "-"], capture_output=True, text=True, check=True).stdout
        word = truth[row["file"]][0]["seller_name"].split()[0]
        self.assertIn(word.lower(), text.lower())
        self.bilag("doc", "export", str(row["doc"]), "--what", "manifest", "--out", pdf + ".json")
        with open(pdf + ".json", encoding="utf-8") as f:
            manifest = json.load(f)
        self.assertEqual(manifest["versions"]["engine"], "own")
        found = self.rows("doc", "search", word)
        self.assertIn(row["doc"], [r["doc"] for r in found])
        self.bilag("doc", "export", str(row["doc"]), "--what", "picture", "--out", pdf + ".jpg")
        self.assertGreater(os.path.getsize(pdf + ".jpg"), 5000)

    def decide(self, row, truth):
        """The document posted: at once, or after a person has corrected and approved what waits."""
        if row["outcome"] == "waiting":
            self.assertIn("waits for a person", self.bilag("doc", "why", str(row["doc"])))
            self.bilag("doc", "set", str(row["doc"]), *self.correction(truth))
            self.bilag("doc", "approve", str(row["doc"]), "--why", "seen on paper")
            return self.until(row["doc"], "posted")
        self.assertEqual(row["outcome"], "posted", row)
        return row

    def correction(self, truth):
        names = ("invoice_number", "issue_date", "seller_name", "seller_vat_id", "currency", "total_net", "total_vat",
                 "total_gross")
        return [f"{n}={truth[n]}" for n in names if truth.get(n)] + ["type=invoice"]

    def test_letters_are_filed_without_a_posting(self):
        out, truth = self.generate("letters", "--count", "3", "--seed", "5", "--forms", "pdf", "--types", "letter")
        rows, batch = self.submit(*[os.path.join(out, name) for name in truth])
        self.assertIn("filed", {r["outcome"] for r in rows}, rows)
        for row in rows:
            if row["outcome"] == "waiting":
                self.bilag("doc", "set", str(row["doc"]), "type=letter")
                self.bilag("doc", "approve", str(row["doc"]))
                row = self.until(row["doc"], "filed")
            self.assertEqual(row["outcome"], "filed", row)
        self.assertEqual(batch["posted"], 0)

    def test_what_is_broken_does_not_delay_its_neighbours(self):
        out, truth = self.generate("mixed", "--count", "2", "--seed", "8", "--forms", "pdf", "--types", "invoice")
        with open(os.path.join(out, next(iter(truth))), "rb") as f:
            half = f.read()[:2000]
        bad = {"empty.pdf": b"", "cut.pdf": half,
               "words.docx": b"PK\x03\x04 no such thing", "bomb.xml": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}
        for name, content in bad.items():
            with open(os.path.join(out, name), "wb") as f:
                f.write(content)
        rows, batch = self.submit(*[os.path.join(out, n) for n in [*bad, *truth]])
        by_name = {r["file"]: r for r in rows}
        for name in bad:
            self.assertEqual(by_name[name]["outcome"], "set_aside", by_name[name])
            self.assertTrue(by_name[name]["reason"], name)
            self.assertTrue(by_name[name]["why"], name)
            self.assertTrue(by_name[name]["helps"], name)
        for name in truth:
            self.assertIn(by_name[name]["outcome"], ("posted", "waiting"))
        self.assertEqual(batch["set_aside"], len(bad))
        listed = [r for r in self.rows("job", "ls") if r.get("file") == "empty.pdf"]
        self.assertEqual(len(listed), 1)
        self.bilag("job", "retry", listed[0]["job"])
        cut = str(by_name["cut.pdf"]["file_id"])
        self.bilag("file", "reject", cut, status=2)
        self.bilag("file", "reject", cut, "--why", "sent again on paper")
        self.bilag("file", "reject", cut, "--why", "too late", status=4)
        self.bilag("file", "reject", "1000000", "--why", "no such file", status=3)
        shown = self.rows("batch", "show", str(batch["batch"]))
        self.assertEqual([r["why"] for r in shown if r.get("outcome") == "rejected"], ["sent again on paper"])
        self.assertEqual(shown[-1]["rejected"], 1)
        self.assertTrue(shown[-1]["balances"])

    def test_a_page_that_could_not_be_read_says_why(self):
        name = os.path.join(self.folder, "torn.png")
        parts = b"\x89PNG\r\n\x1a\n"
        for kind, content in ((b"IHDR", struct.pack(">IIBBBBB", 400, 400, 8, 0, 0, 0, 0)),
                              (b"IDAT", zlib.compress(bytes(i * i % 251 for i in range(401 * 400))))):
            parts += struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        with open(name, "wb") as f:
            f.write(parts[:len(parts) // 2])
        rows, _ = self.submit(name)
        self.assertEqual(rows[0]["outcome"], "waiting", rows)
        why = self.bilag("doc", "why", str(rows[0]["doc"]))
        self.assertRegex(why, "page 1 was not read: the file ends too early.*\nwhat helps: scan or send it again")

    def test_a_name_cannot_speak_to_the_terminal(self):
        name = os.path.join(self.folder, "red\x1b[31m.eml")
        with open(name, "w", encoding="utf-8") as f:
            f.write("From: kari@example.org\nSubject: Hei\n\nHei og takk.\n")
        rows, _ = self.submit(name)
        self.assertNotIn("\x1b", self.bilag("doc", "show", str(rows[0]["doc"])))
        self.assertNotIn("\x1b", self.run_bilag("submit", name + ".none").stderr)

    def test_a_disk_that_cannot_be_written_says_what_was_taken(self):
        names = [os.path.join(self.folder, "whole.eml"), os.path.join(self.folder, "second.eml")]
        for name in names:
            with open(name, "w", encoding="utf-8") as f:
                f.write(f"From: kari@example.org\nSubject: Hei\n\nHei på deg, {os.path.basename(name)}.\n")
        self.submit(names.pop())
        name = names.pop()
        aside = os.path.join(self.data, "aside")
        os.rename(aside, aside + ".away")
        with open(aside, "wb"):
            pass
        try:
            refused = self.run_bilag("submit", name)
        finally:
            os.unlink(aside)
            os.rename(aside + ".away", aside)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("has 0 files; submit all of them again", refused.stderr)
        self.submit(name)

    def test_a_person_decides_once(self):
        name = os.path.join(self.folder, "note.eml")
        with open(name, "w", encoding="utf-8") as f:
            f.write("From: kari@example.org\nSubject: Zzyx qwop\nMIME-Version: 1.0\n"
                    "Content-Type: text/plain\n\nZzyx qwop blorf 17.\n")
        rows, _ = self.submit(name)
        doc = str(rows[0]["doc"])
        if rows[0]["outcome"] != "waiting":
            self.skipTest(f"the nonsense letter does not wait: {rows[0]}")
        self.assertIn("waits for a person", self.bilag("doc", "why", doc))
        self.bilag("doc", "set", doc, "total_gross=12,50", status=2)
        self.bilag("doc", "set", doc, "nonsense=1", status=2)
        self.bilag("doc", "reject", doc, status=2)
        self.bilag("doc", "set", doc, "type=letter", "seller_name=Kari Nordmann")
        self.bilag("doc", "approve", doc)
        self.until(doc, "filed")
        self.bilag("doc", "approve", doc, status=4)
        self.bilag("doc", "reject", doc, "--why", "too late", status=4)
        self.bilag("doc", "reject", "1000000", "--why", "no such document", status=3)
        self.bilag("doc", "approve", "x", status=2)

    def test_a_mail_is_its_attachments(self):
        out, truth = self.generate("mail", "--count", "2", "--seed", "41", "--forms", "facturx", "--types", "invoice",
                                   "--languages", "nb")
        mail = email.message.EmailMessage()
        mail["From"], mail["Subject"] = "faktura@example.org", "Fakturaer"
        mail.set_content("Se vedlegg.")
        for name in truth:
            with open(os.path.join(out, name), "rb") as f:
                mail.add_attachment(f.read(), maintype="application", subtype="pdf", filename=name)
        path = os.path.join(self.folder, "two.eml")
        with open(path, "wb") as f:
            f.write(mail.as_bytes())
        rows, batch = self.submit(path)
        by_name = {r["file"]: r for r in rows}
        for name, documents in truth.items():
            row = by_name[f"two.eml/{name}"]
            self.assertIn(row["outcome"], ("posted", "waiting"))
            self.assertEqual(row["number"], documents[0]["invoice_number"])
        self.assertEqual(by_name["two.eml"]["outcome"], "done")
        self.assertEqual(batch["sheets"], sum(len(t[0]["pages"]) for t in truth.values()))

    def test_a_paused_stage_takes_nothing(self):
        out, truth = self.generate("paused", "--count", "1", "--seed", "31", "--forms", "pdf", "--types", "letter")
        self.bilag("queue", "pause", "file")
        try:
            self.bilag("submit", *[os.path.join(out, n) for n in truth])
            deadline = time.monotonic() + 60
            while self.queue("file")["waiting"] == 0 and time.monotonic() < deadline:
                time.sleep(0.05)
            self.assertEqual(self.queue("file")["state"], "paused")
            self.assertEqual((self.queue("file")["waiting"], self.queue("file")["active"]), (1, 0))
        finally:
            self.bilag("queue", "resume", "file")
        deadline = time.monotonic() + 60
        while self.queue("file")["waiting"] and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertEqual(self.queue("file")["waiting"], 0)

    def queue(self, name):
        return {r["queue"]: r for r in self.rows("queue", "ls")}[name]

    def test_the_books_and_the_chains_hold(self):
        journal = os.path.join(self.folder, "ledger.journal")
        with open(journal, "w", encoding="utf-8") as f:
            f.write(self.bilag("ledger", "export"))
        if shutil.which("hledger"):
            checked = subprocess.run(["hledger", "-f", journal, "check", "--strict"], capture_output=True, text=True)
            self.assertEqual(checked.returncode, 0, checked.stderr)
        heads = os.path.join(self.folder, "heads")
        with open(heads, "w", encoding="utf-8") as f:
            f.write(self.bilag("audit", "sign"))
        checks = self.rows("audit", "verify", "--heads", heads)
        self.assertEqual(len(checks), 6)
        for row in checks:
            self.assertTrue(row["holds"], row)
        with open(heads, encoding="utf-8") as f:
            forged = f.read().replace('"rows":', '"rows":1', 1)
        with open(heads, "w", encoding="utf-8") as f:
            f.write(forged)
        self.assertFalse(self.rows("audit", "verify", "--heads", heads, status=1)[-1]["holds"])
        self.bilag("doctor")

    def test_words_nobody_knows_are_refused(self):
        self.assertIn("has:", self.run_bilag("doc", "frobnicate").stderr)
        self.bilag("nothing", status=2)
        self.bilag("doc", "ls", "--state", "nowhere", status=2)
        self.bilag("batch", "show", "999999", status=3)


class CautiousTest(House):
    settings = "post:\n  enabled: no\n"

    def test_nothing_is_posted_before_a_person_said_so(self):
        out, truth = self.generate("xml", "--count", "2", "--seed", "1", "--forms", "ubl", "--types", "invoice")
        rows, batch = self.submit(*[os.path.join(out, name) for name in truth])
        self.assertEqual({r["outcome"] for r in rows}, {"waiting"}, rows)
        self.assertEqual((batch["posted"], self.rows("ledger", "ls")), (0, []))
        for row in rows:
            doc = str(row["doc"])
            self.assertIn("post.enabled", self.bilag("doc", "why", doc))
            self.bilag("doc", "set", doc, "total_gross=")
            self.assertIn("total_gross=…", self.bilag("doc", "why", doc))
            refused = self.run_bilag("doc", "approve", doc)
            self.assertEqual((refused.returncode, self.document(doc)["outcome"]), (1, "waiting"))
            self.assertIn("cannot be posted: there is no total", refused.stderr)
            self.bilag("doc", "set", doc, f"total_gross={row['gross']}")
            self.bilag("doc", "approve", doc)
            self.until(row["doc"], "posted")
        self.assertEqual(len({e["doc"] for e in self.rows("ledger", "ls")}), len(rows))


class TamperedTest(House):
    """The books and the papers changed behind the line's back, by hands that know SQL."""

    def sql(self, sql, *values):
        with contextlib.closing(sqlite3.connect(os.path.join(self.data, "records.db"))) as db, db:
            return db.execute(sql, values).fetchone()

    def broken(self):
        return [row["check"] for row in self.rows("audit", "verify", status=1) if not row["holds"]]

    def test_a_paper_changed_after_it_was_filed_is_found(self):
        out, truth = self.generate("xml", "--count", "1", "--seed", "1", "--forms", "ubl", "--types", "invoice")
        rows, _ = self.submit(*[os.path.join(out, name) for name in truth])
        self.assertEqual(rows[0]["outcome"], "posted", rows)
        self.bilag("audit", "verify")
        for table, column, wrong in (("document_body", "json", lambda was: was.replace(rows[0]["gross"], "1.00")),
                                     ("document", "gross_minor", lambda was: was + 100),
                                     ("document", "posting_key", lambda was: "0" * len(was))):
            was, = self.sql(f"SELECT {column} FROM {table}")
            self.sql(f"UPDATE {table} SET {column} = ?", wrong(was))
            self.assertEqual(self.broken(), ["papers as filed"], column)
            self.sql(f"UPDATE {table} SET {column} = ?", was)
        self.bilag("audit", "verify")
        os.unlink(os.path.join(self.data, "objects", rows[0]["record"][:2], rows[0]["record"]))
        self.assertEqual(self.broken(), ["papers as filed"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
