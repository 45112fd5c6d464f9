"""Papers of the generator, judged by other means: check digits, sums, bytes, pages and words.

papers_test.py BILAG-GENERATE. Every rule of a register or payment system is written here anew, from its
description and in another language, so that a mistake must be made twice to pass.
"""
import json
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import unittest
import zlib
import xml.etree.ElementTree as ET
from decimal import ROUND_HALF_UP, Decimal

GENERATE = sys.argv.pop(1)
CENT = Decimal("0.01")


def generate(folder, *options):
    subprocess.run([GENERATE, "--out", folder, *options], check=True)
    lines = pathlib.Path(folder, "truth.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def digits(text):
    return [int(c) for c in text if c.isdigit()]


def luhn(text):
    doubled = [d if i % 2 == 0 else sum(divmod(2 * d, 10)) for i, d in enumerate(digits(text)[::-1])]
    return sum(doubled) % 10 == 0


def mod11(text, weights):
    return sum(d * w for d, w in zip(digits(text), weights)) % 11 == 0


def kid(text):
    if luhn(text) and text[-1] != "-":
        return True
    values = [10 if c == "-" else int(c) for c in text[::-1]]
    return (values[0] + sum(v * (2 + i % 6) for i, v in enumerate(values[1:]))) % 11 == 0


def mod97(text):
    turned = text[4:] + text[:4]
    return int("".join(str(int(c, 36)) for c in turned)) % 97 == 1


def iban(text):
    length = {"NO": 15, "SE": 24, "DK": 18, "HU": 28, "DE": 22, "GB": 22}
    return len(text) == length[text[:2]] and mod97(text)


def german_vat(text):
    product = 10
    for digit in digits(text)[:8]:
        product = ((digit + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == digits(text)[8]


def hungarian(text):
    return sum(d * (9, 7, 3, 1)[i % 4] for i, d in enumerate(digits(text))) % 10 == 0


VAT_ID = {
    "NO": lambda t: re.fullmatch(r"NO\d{9}MVA", t) and mod11(t, (3, 2, 7, 6, 5, 4, 3, 2, 1)),
    "SE": lambda t: re.fullmatch(r"SE\d{10}01", t) and luhn(t[2:12]),
    "DK": lambda t: re.fullmatch(r"DK\d{8}", t) and mod11(t, (2, 7, 6, 5, 4, 3, 2, 1)),
    "HU": lambda t: re.fullmatch(r"HU\d{8}", t) and hungarian(t),
    "DE": lambda t: re.fullmatch(r"DE\d{9}", t) and german_vat(t),
    "GB": lambda t: re.fullmatch(r"GB\d{9}", t)
    and sum(d * w for d, w in zip(digits(t), (8, 7, 6, 5, 4, 3, 2, 10, 1))) % 97 == 0,
}


def reference(text, language):
    if text.startswith("RF"):
        return mod97(text)
    if language == "da":
        match = re.fullmatch(r"\+(?:71<(\d{15})|75<(\d{16})|73<)\+\d{8}<", text)
        return match and luhn(match[1] or match[2] or "0")
    return kid(text) if language == "nb" else luhn(text)


def listed(*options):
    run = subprocess.run([GENERATE, *options], check=True, capture_output=True, text=True)
    return run.stdout.splitlines()


def overlap(one, other):
    """Points by which two word boxes lie over each other, across and down."""
    return (min(one[3], other[3]) - max(one[1], other[1]), min(one[4], other[4]) - max(one[2], other[2]))


def tiff_pages(path):
    data = path.read_bytes()
    order = "<" if data[:2] == b"II" else ">"
    (at,) = struct.unpack_from(order + "I", data, 4)
    pages = 0
    while at:
        (entries,) = struct.unpack_from(order + "H", data, at)
        (at,) = struct.unpack_from(order + "I", data, at + 2 + 12 * entries)
        pages += 1
    return pages


def png_pixels(path):
    """Width, height and rows of grey of an 8-bit PNG without interlacing."""
    data = path.read_bytes()
    at, packed = 8, b""
    while at < len(data):
        (length,), kind = struct.unpack_from(">I", data, at), data[at + 4:at + 8]
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack_from(">IIBB", data, at + 8)
            assert depth == 8 and colour == 0
        if kind == b"IDAT":
            packed += data[at + 8:at + 8 + length]
        at += 12 + length
    raw, rows, above = zlib.decompress(packed), [], bytearray(width)
    for y in range(height):
        kind, row = raw[y * (width + 1)], bytearray(raw[y * (width + 1) + 1:(y + 1) * (width + 1)])
        for x in range(width if kind else 0):
            left = row[x - 1] if x else 0
            corner = above[x - 1] if x else 0
            guess = left + above[x] - corner
            nearest = min((abs(guess - left), 0, left), (abs(guess - above[x]), 1, above[x]),
                          (abs(guess - corner), 2, corner))[2]
            row[x] = (row[x] + (0, left, above[x], (left + above[x]) // 2, nearest)[kind]) & 255
        rows.append(row)
        above = row
    return width, height, rows


class Papers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temp = tempfile.TemporaryDirectory()
        cls.root = pathlib.Path(cls.temp.name)
        cls.pdf = generate(cls.root / "pdf", "--count", "120", "--forms", "pdf", "--seed", "11")
        path = cls.root / "training.jsonl"
        subprocess.run([GENERATE, "--training", "720", "--universe", "7", "--universes", "6", path], check=True)
        cls.pages = [json.loads(line) for line in path.read_text().splitlines()]

    @classmethod
    def tearDownClass(cls):
        cls.temp.cleanup()

    def test_identifiers_are_valid(self):
        for paper in self.pdf:
            with self.subTest(paper["file"]):
                for field in ("seller_vat_id", "buyer_vat_id"):
                    if field in paper:
                        self.assertTrue(VAT_ID[paper[field][:2]](paper[field]), paper[field])
                for field in ("bankgiro", "plusgiro"):
                    if field in paper:
                        self.assertTrue(luhn(paper[field]), paper[field])
                if "iban" in paper:
                    self.assertTrue(iban(paper["iban"]), paper["iban"])
                if "payment_reference" in paper:
                    given = paper["payment_reference"]
                    self.assertTrue(reference(given, paper["language"]), given)

    def test_accounts_are_valid(self):
        for paper in self.pdf:
            account = paper.get("bank_account")
            if account and paper["language"] == "nb":
                self.assertTrue(mod11(account, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)), account)
            if account and paper["language"] == "hu":
                self.assertTrue(hungarian(account[:8]) and hungarian(account[8:]), account)

    def test_swedish_references_hold_their_length(self):
        found = [p["payment_reference"] for p in self.pdf
                 if p["language"] == "sv" and p.get("payment_reference")]
        self.assertTrue(any(len(r) % 10 == int(r[-2]) for r in found))

    def test_amounts_add_up(self):
        checked = 0
        for paper in self.pdf:
            if "total_net" not in paper:
                continue
            with self.subTest(paper["file"]):
                amount = lambda name: Decimal(paper.get(name, "0"))
                lines = sum(Decimal(line["amount"]) for line in paper["lines"])
                parts = paper["vat_breakdown"]
                self.assertEqual(amount("total_gross"), amount("total_net") + amount("total_vat"))
                self.assertEqual(amount("total_vat"), sum(Decimal(p["vat"]) for p in parts))
                self.assertEqual(amount("total_net"), sum(Decimal(p["net"]) for p in parts))
                if paper["type"] == "receipt":
                    self.assertEqual(amount("total_gross"), lines)
                    continue
                self.assertEqual(amount("total_lines"), lines)
                self.assertEqual(amount("total_net"), lines - amount("total_allowances")
                                 + amount("total_charges"))
                if "amount_due" in paper:
                    self.assertEqual(amount("amount_due"), amount("total_gross")
                                     - amount("prepaid") + amount("rounding"))
                step = Decimal(1) if paper["currency"] == "HUF" else CENT
                for part in parts:
                    vat = Decimal(part["net"]) * Decimal(part["rate"]) / 100
                    self.assertLessEqual(abs(vat - Decimal(part["vat"])), step)
                    self.assertEqual(vat.quantize(CENT, ROUND_HALF_UP).quantize(step, ROUND_HALF_UP),
                                     Decimal(part["vat"]).quantize(step))
                checked += 1
        self.assertGreater(checked, 30)

    def test_statements_balance(self):
        for paper in self.pdf:
            if paper["type"] == "bank_statement":
                moved = sum(Decimal(line["amount"]) for line in paper["lines"])
                self.assertEqual(Decimal(paper["opening_balance"]) + moved,
                                 Decimal(paper["closing_balance"]))

    def test_every_layout_type_and_language_is_met(self):
        self.assertGreaterEqual(len({paper["layout"] for paper in self.pdf}), 12)
        self.assertEqual(len({paper["type"] for paper in self.pdf}), 10)
        self.assertEqual(len({paper["language"] for paper in self.pdf}), 6)

    def test_what_is_visible_stands_on_the_page(self):
        squeeze = lambda text: re.sub(r"[^0-9a-z]", "", text.lower())
        for paper in self.pdf[:30]:
            text = subprocess.run(["pdftotext", "-layout", self.root / "pdf" / paper["file"], "-"],
                                  check=True, capture_output=True, text=True).stdout
            for field in ("invoice_number", "iban", "payment_reference", "order_reference",
                          "bank_account", "bankgiro"):
                if field in paper["visible"]:
                    with self.subTest(paper["file"], field=field):
                        self.assertIn(squeeze(paper[field]), squeeze(text))

    def test_same_seed_same_bytes(self):
        options = ("--count", "12", "--types", "receipt,invoice",
                   "--languages", "nb,sv", "--degrade", "mix",
                   "--forms", "pdf,tiff,scanpdf,jpeg,png,ubl,cii,facturx")
        generate(self.root / "one", *options)
        generate(self.root / "two", *options)
        generate(self.root / "other", "--seed", "2", *options, "--forms", "pdf")
        for path in sorted((self.root / "one").iterdir()):
            with self.subTest(path.name):
                self.assertEqual(path.read_bytes(), (self.root / "two" / path.name).read_bytes())
        self.assertNotEqual((self.root / "one" / "truth.jsonl").read_bytes(),
                            (self.root / "other" / "truth.jsonl").read_bytes())

    def test_a_picture_holds_the_whole_document(self):
        papers = generate(self.root / "pictures", "--count", "12", "--types", "invoice",
                          "--languages", "nb,hu", "--forms", "jpeg,png", "--degrade", "clean")
        self.assertEqual([paper["pages"] for paper in papers], [[1]] * 12)

    def test_xml_says_what_the_truth_says(self):
        papers = generate(self.root / "xml", "--count", "24", "--types", "invoice,credit_note",
                          "--forms", "ubl,cii")
        for paper in papers:
            tree = ET.parse(self.root / "xml" / paper["file"])
            text = {}
            for element in tree.iter():
                text.setdefault(element.tag.split("}")[1], []).append((element.text or "").strip())
            gross = text.get("TaxInclusiveAmount") or text["GrandTotalAmount"]
            lines = text.get("InvoicedQuantity", []) + text.get("CreditedQuantity", []) \
                + text.get("BilledQuantity", [])
            self.assertEqual(gross, [paper["total_gross"]])
            self.assertEqual(len(lines), len(paper["lines"]))
            self.assertIn(paper["invoice_number"], text["ID"])

    def test_batches_account_for_every_page(self):
        papers = generate(self.root / "batch", "--count", "12", "--batch", "mix", "--types",
                          "invoice,letter,receipt")
        lines = (self.root / "batch" / "batches.jsonl").read_text().splitlines()
        for batch in map(json.loads, lines):
            pages = batch["separators"] + batch["blanks"]
            for paper in papers:
                if paper["file"] == batch["file"]:
                    pages += paper["pages"]
            self.assertEqual(sorted(pages), list(range(1, batch["pages"] + 1)))
            self.assertEqual(tiff_pages(self.root / "batch" / batch["file"]), batch["pages"])

    def test_layouts_are_thousands(self):
        keys = listed("--layouts", "3000")
        self.assertGreaterEqual(len(set(keys)), 2000)
        slots = zip(*(key.split(".") for key in keys))
        self.assertEqual([len(set(slot)) for slot in slots], [7, 8, 7, 5, 6, 4, 3, 8, 3, 7, 34, 4, 6, 3])

    def test_papers_are_laid_out_in_as_many_ways(self):
        where = lambda page, field: [(int(w[1] / 20), int(w[2] / 20)) for w in page["words"]
                                     if len(w) > 5 and w[5] == field][:1]
        layouts, shapes = set(), set()
        for page in self.pages:
            if page["page"] == 1 and page["type"] in ("invoice", "credit_note", "reminder", "order"):
                layouts.add(page["truth"]["layout"])
                shapes.add(str([where(page, field) for field in ("seller_name", "buyer_name", "issue_date",
                                                                 "total_gross", "line_amount")]))
        self.assertGreaterEqual(len(layouts), 220)
        self.assertGreaterEqual(len(shapes), 220)

    def test_parts_share_no_layout(self):
        train = set(listed("--layouts", "3000", "--part", "train"))
        test = set(listed("--layouts", "3000", "--part", "test"))
        self.assertFalse(train & test)
        skeleton = lambda key: tuple(key.split(".")[i] for i in (1, 2, 4, 7, 10, 12))
        self.assertFalse(set(map(skeleton, train)) & set(map(skeleton, test)))
        for part, wanted in (("train", train), ("test", test)):
            papers = generate(self.root / part, "--count", "30", "--part", part, "--forms", "pdf")
            self.assertEqual({paper["part"] for paper in papers}, {part})

    def test_parts_share_no_wording(self):
        train = {tuple(line.split("\t")) for line in listed("--labels", "--part", "train")}
        test = {tuple(line.split("\t")) for line in listed("--labels", "--part", "test")}
        self.assertFalse({(t[0], t[2]) for t in train} & {(t[0], t[2]) for t in test})
        self.assertGreater(len(test), 500)
        titles = {(t[0], t[2].casefold()) for t in test if t[1] == "title.invoice"}
        path = self.root / "train.jsonl"
        subprocess.run([GENERATE, "--training", "240", "--types", "invoice", "--part", "train", path], check=True)
        for line in path.read_text().splitlines():
            page = json.loads(line)
            for word in page["words"]:
                self.assertNotIn((page["language"], word[0].casefold()), titles)

    def test_words_do_not_lie_over_each_other(self):
        for page in self.pages:
            words = sorted(page["words"], key=lambda word: word[2])
            for i, one in enumerate(words):
                for other in words[i + 1:]:
                    if other[2] > one[4]:
                        break
                    across, down = overlap(one, other)
                    self.assertFalse(across > 2 and down > 2.5, (page["file"], one, other, page["truth"]["layout"]))

    def test_currencies_printed_are_the_truth(self):
        euro = 0
        for page in self.pages:
            wanted = page["truth"].get("currency")
            euro += wanted == "EUR" and page["language"] != "de"
            for word in page["words"] if wanted else []:
                found = re.search(r"\b(NOK|SEK|DKK|EUR|GBP|HUF)\b", word[0])
                if found and (len(word) < 6 or word[5] != "noise"):
                    self.assertEqual(found[1], wanted, (page["file"], word))
        self.assertGreater(euro, 3)

    def test_lines_say_what_is_printed_and_where(self):
        many = 0
        pages = {}
        for page in self.pages:
            if page["type"] in ("invoice", "credit_note", "order"):
                pages.setdefault(page["file"], []).append(page)
        for document in pages.values():
            truth = document[0]["truth"]
            many += len(document) > 1
            for row, line in enumerate(truth["lines"]):
                shown = {}
                for page in document:
                    for word in page["words"]:
                        if len(word) > 6 and word[6] == row:
                            shown.setdefault(word[5], []).append((page["page"], word[0]))
                self.assertEqual({at for at, _ in shown["line_amount"]}, {line["page"]})
                printed = {name[5:] for name in shown} & {"description", "quantity", "unit_price", "vat_rate",
                                                          "amount", "article"}
                self.assertEqual(printed, set(truth["line_visible"]), (document[0]["file"], row))
                digits_of = lambda text: re.sub(r"\D", "", text)
                amount = digits_of("".join(text for _, text in shown["line_amount"]))
                self.assertIn(amount, (digits_of(line["amount"]), digits_of(line["amount"])[:-2]))
        self.assertGreater(many, 5)

    def test_words_lie_where_the_picture_shows_them(self):
        generate(self.root / "seen", "--count", "2", "--types", "receipt", "--forms", "png", "--words",
                 "--degrade", "office", "--languages", "nb,de", "--seed", "3")
        cameras = 0
        for line in (self.root / "seen" / "words.jsonl").read_text().splitlines():
            page = json.loads(line)
            width, height, grey = png_pixels(self.root / "seen" / page["file"])
            m = page["picture"]["to_pixels"]
            self.assertEqual((width, height), (page["picture"]["width"], page["picture"]["height"]))
            inked = 0
            for word in page["words"]:
                corners = [((m[0] * x + m[1] * y + m[2]) / (m[6] * x + m[7] * y + m[8]),
                            (m[3] * x + m[4] * y + m[5]) / (m[6] * x + m[7] * y + m[8]))
                           for x in (word[1], word[3]) for y in (word[2], word[4])]
                xs, ys = zip(*corners)
                box = [grey[int(y)][int(min(xs)):int(max(xs)) + 1] for y in range(int(min(ys)), int(max(ys)))]
                values = sorted(value for row in box for value in row)
                inked += values[len(values) // 20] < values[len(values) * 3 // 4] - 60
            self.assertGreater(inked, 0.97 * len(page["words"]))
            cameras += m[6] != 0
        self.assertEqual(cameras, 1)

    def test_words_know_their_field(self):
        for page in self.pages:
            fields = {}
            for word in page["words"]:
                self.assertTrue(0 <= word[1] < word[3] <= page["width"], word)
                self.assertTrue(0 <= word[2] < word[4] <= page["height"], word)
                if len(word) > 5:
                    fields.setdefault(word[5], []).append(word[0])
            number = page["truth"].get("invoice_number")
            if "invoice_number" in fields:
                self.assertEqual(set(fields["invoice_number"]), {number})


if __name__ == "__main__":
    unittest.main()
