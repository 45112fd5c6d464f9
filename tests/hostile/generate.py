#!/usr/bin/env python3
"""Writes files that nobody honest would send: generate.py FOLDER

Beside them comes expected.tsv: file, then the outcomes that are right for it, parted by commas. An
outcome is an error code of `bilag read`, or "read" for a file that was read as far as it is one.
The same run gives the same bytes.
"""
import base64
import os
import struct
import subprocess
import sys
import zlib

OUT = sys.argv[1]
EXPECTED = []
DAMAGED = "read,corrupt,truncated,no_pages,unknown_kind,empty,bad_xml,not_an_invoice"


def put(name, content, outcome):
    if isinstance(content, str):
        content = content.encode()
    with open(os.path.join(os.fsencode(OUT), os.fsencode(name)), "wb") as f:
        f.write(content)
    EXPECTED.append((name, outcome))


# --- PDF -----------------------------------------------------------------------------------------


def pdf(objects, trailer=b""):
    """A PDF of these objects (bytes, from number 1) with a right cross-reference table."""
    out, at = bytearray(b"%PDF-1.7\n"), []
    for i, body in enumerate(objects, 1):
        at.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (i, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for offset in at:
        out += b"%010d 00000 n \n" % offset
    out += b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1, trailer, start)
    return bytes(out)


def stream(data, extra=b""):
    return b"<</Length %d%s>>\nstream\n%s\nendstream" % (len(data), extra, data)


FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
TEXT = b"BT /F1 12 Tf 72 700 Td (Invoice 10482 total 1250.00) Tj 0 -20 Td (Due 2026-12-01) Tj ET"


def page_pdf(content=TEXT, box=b"0 0 595 842", resources=b"/Font<</F1 5 0 R>>", more=()):
    return pdf([
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[%s]/Contents 4 0 R/Resources<<%s>>>>"
        % (box, resources),
        content if content.startswith(b"<<") else stream(content),
        FONT, *more])


def pdfs():
    good = page_pdf()
    put("good.pdf", good, "read")
    put("named-wrongly.jpg", good, "read")
    put("junk-before.pdf", b"HTTP/1.1 200 OK\r\nServer: x\r\n\r\n" + good, "read")
    put("page-and-pdf.pdf", b"<html>\n" * 20 + good, "read,bad_xml,unknown_kind")
    put("junk-behind.pdf", good + b"\0" * 5000, "read")
    put("only-a-header.pdf", b"%PDF-1.4\n%%EOF\n", "corrupt,truncated,no_pages")
    for percent in range(5, 100, 5):
        put(f"cut-{percent:02}.pdf", good[:len(good) * percent // 100], DAMAGED)
    put("deep-arrays.pdf", page_pdf(more=[b"[" * 100000 + b"]" * 100000]), "read,corrupt")
    put("deep-content.pdf", page_pdf(b"[" * 100000 + b"]" * 100000 + b" TJ"), DAMAGED)
    put("deep-dictionaries.pdf", page_pdf(b"/A " + b"<</A " * 100000 + b" BDC"), DAMAGED)
    put("deep-states.pdf", page_pdf(b"q " * 200000 + TEXT), "read,corrupt,log_flood")
    put("page-tree-cycle.pdf", pdf([b"<</Type/Catalog/Pages 2 0 R>>",
                                    b"<</Type/Pages/Kids[2 0 R]/Count 1>>"]),
        "cyclic,no_pages,corrupt")
    put("page-tree-long-cycle.pdf", pdf([b"<</Type/Catalog/Pages 2 0 R>>",
                                         b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
                                         b"<</Type/Pages/Kids[2 0 R]/Count 1/Parent 2 0 R>>"]),
        "cyclic,no_pages,corrupt")
    put("catalog-is-itself.pdf", pdf([b"1 0 R"]), "cyclic,no_pages,corrupt")
    put("length-is-itself.pdf", page_pdf(b"<</Length 4 0 R>>\nstream\n" + TEXT + b"\nendstream"),
        "read,corrupt,no_pages")
    put("form-paints-itself.pdf",
        page_pdf(b"/X Do", resources=b"/XObject<</X 6 0 R>>",
                 more=[stream(b"/X Do", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]"
                                        b"/Resources<</XObject<</X 6 0 R>>>>")]),
        "read,cyclic,corrupt,log_flood")
    forms = [stream(b"/X Do " * 10, b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]"
                                    b"/Resources<</XObject<</X %d 0 R>>>>" % (i + 1))
             for i in range(6, 26)]
    put("forms-a-billion.pdf", page_pdf(b"/X Do", resources=b"/XObject<</X 6 0 R>>",
                                        more=[*forms, FONT]),
        "timeout,read,log_flood,too_big_in_memory")
    again = b"/Root 1 0 R/Prev %d" % good.rindex(b"xref\n0")
    put("xref-cycle.pdf", good.replace(b"/Root 1 0 R", again), "read,cyclic,corrupt")
    kids = b" ".join(b"%d 0 R" % (i + 3) for i in range(10001))
    put("10001-pages.pdf", pdf([b"<</Type/Catalog/Pages 2 0 R>>",
                                b"<</Type/Pages/Count 10001/Kids[%s]>>" % kids,
                                *[b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"] * 10001]),
        "too_many_pages")
    put("a-billion-pages.pdf", good.replace(b"/Count 1>>", b"/Count 1000000000>>"),
        "too_many_pages,read,corrupt,no_pages")
    put("giant-page.pdf", page_pdf(box=b"0 0 99999999 99999999"), "too_many_pixels,read,corrupt")
    put("giant-blank-page.pdf", page_pdf(b"0 0 m", box=b"0 0 14400 14400"), "read,too_many_pixels")
    put("odd-box.pdf", page_pdf(box=b"nan 1e400 -5 0"), "read,corrupt,too_many_pixels,no_pages")
    put("inside-out-box.pdf", page_pdf(box=b"595 842 0 0"), "read")
    put("no-contents.pdf", page_pdf().replace(b"/Contents 4 0 R", b""), "read")


def bombs():
    picture = (b"/Type/XObject/Subtype/Image/ColorSpace/DeviceGray/Filter/FlateDecode"
               b"/BitsPerComponent %d")
    do = dict(content=b"595 0 0 842 0 0 cm /X Do", resources=b"/XObject<</X 6 0 R>>")
    zeros = zlib.compress(b"\0" * (35000 * 35000 // 8), 9)
    put("huge-picture.pdf", page_pdf(**do, more=[stream(
        zeros, picture % 1 + b"/Width 35000/Height 35000")]), "too_many_pixels")
    put("picture-of-nothing.pdf", page_pdf(**do, more=[stream(
        b"", picture % 8 + b"/Width 5000/Height 5000")]), "read,corrupt,truncated")
    put("picture-size-overflows.pdf", page_pdf(**do, more=[stream(
        b"x", picture % 8 + b"/Width 2147483647/Height 2147483647")]),
        "too_many_pixels,corrupt,read")
    flat = zlib.compress(zlib.compress(zlib.compress(b" " * 500_000_000, 9), 9), 9)
    put("three-filters.pdf", page_pdf(stream(
        flat, b"/Filter[/FlateDecode/FlateDecode/FlateDecode]")),
        "read,timeout,too_big_in_memory,corrupt")
    put("log-flood.pdf", page_pdf(b"frobnicate " * 400_000), "log_flood,read,timeout")
    put("paint-bomb.pdf", page_pdf(b"0 0 595 842 re f " * 300_000), "read,timeout,log_flood")
    put("tiling.pdf", page_pdf(
        b"/Pattern cs /P scn 0 0 595 842 re f", resources=b"/Pattern<</P 6 0 R>>",
        more=[stream(b"0 0 1 1 re f", b"/Type/Pattern/PatternType 1/PaintType 1/TilingType 1"
                                      b"/BBox[0 0 1 1]/XStep 0.001/YStep 0.001/Resources<<>>")]),
        "read,timeout,too_big_in_memory,log_flood")


def locked():
    path = os.path.join(OUT, "good.pdf")
    put("locked.pdf", b"", "encrypted")
    subprocess.run(["qpdf", "--encrypt", "open", "sesame", "256", "--", path,
                    os.path.join(OUT, "locked.pdf")], check=True)


# --- pictures ------------------------------------------------------------------------------------


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, data, before=b""):
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + before + chunk(b"IDAT", data)
            + chunk(b"IEND", b""))


def tiff(tags, next_ifd=0, data=b""):
    """One directory at 8; `tags` as (tag, type, count, value); data behind it at 8 + its size."""
    out = b"II*\0\x08\0\0\0" + struct.pack("<H", len(tags))
    for tag, kind, count, value in tags:
        out += struct.pack("<HHII", tag, kind, count, value)
    return out + struct.pack("<I", next_ifd) + data


def tiff_tags(width, height, strips=1, offset=200, size=64):
    return [(256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8), (259, 3, 1, 1),
            (262, 3, 1, 1), (273, 4, strips, offset), (277, 3, 1, 1), (278, 4, 1, height),
            (279, 4, strips, size)]


def jpeg(width, height, scans=1, progressive=False):
    table = b"\xff\xdb\0\x43\0" + b"\x01" * 64
    frame = b"\xff" + (b"\xc2" if progressive else b"\xc0") + struct.pack(
        ">HBHHBBBB", 11, 8, height, width, 1, 1, 0x11, 0)
    huffman = b"".join(b"\xff\xc4\0\x14" + bytes([c]) + b"\1" + b"\0" * 16 for c in (0, 0x10))
    scan = b"\xff\xda\0\x08\1\1\0" + (b"\1\x3f\0" if progressive else b"\0\x3f\0") + b"\0"
    return b"\xff\xd8" + table + frame + huffman + scan * scans + b"\xff\xd9"


def pictures():
    rows = zlib.compress((b"\0" + b"\xff" * 64) * 64)
    good = png(64, 64, rows)
    put("good.png", good, "read")
    put("bad-checksum.png", good[:-20] + b"\0\0\0\0" + good[-16:], "read,corrupt,truncated")
    put("huge.png", png(1_000_000, 1_000_000, rows), "too_many_pixels")
    put("huge-side.png", png(2_000_000_000, 1, rows), "too_many_pixels,corrupt")
    put("no-size.png", png(0, 0, rows), "corrupt,no_pages")
    text = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"A" * 200_000_000, 9))
    put("text-bomb.png", png(64, 64, rows, text), "read,corrupt,too_big_in_memory")
    put("rows-bomb.png", png(9000, 9000, zlib.compress(b"\0" * (9001 * 9000), 9)), "read,timeout")
    put("huge.tif", tiff(tiff_tags(1_000_000, 1_000_000)), "too_many_pixels,corrupt,truncated")
    put("endless-directories.tif", tiff(tiff_tags(8, 8, offset=130), 8, b"\xff" * 64),
        "cyclic,read,corrupt,too_many_pages")
    put("a-billion-strips.tif", tiff(tiff_tags(64, 64, strips=1 << 30)), "corrupt,truncated,read")
    put("strip-elsewhere.tif", tiff(tiff_tags(64, 64, offset=0xFFFFFFF0)), "corrupt,truncated,read")
    put("no-directory.tif", b"II*\0\xff\xff\xff\x7f", "corrupt,truncated,no_pages")
    put("huge.jpg", jpeg(65500, 65500), "too_many_pixels")
    put("empty-scan.jpg", jpeg(64, 64), "read,corrupt,truncated")
    put("80000-scans.jpg", jpeg(4000, 4000, 80_000, True), "timeout,corrupt,read")
    put("huge.webp", b"RIFF\x24\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + b"\xff" * 6 + b"\0" * 12,
        "too_many_pixels,corrupt,truncated")
    put("huge.jp2", b"\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x14ftypjp2 \0\0\0\0jp2 "
        b"\0\0\0\x2djp2h\0\0\0\x16ihdr\x7f\xff\xff\xff\x7f\xff\xff\xff\0\1\x07\x07\0\0"
        b"\0\0\0\x0fcolr\1\0\0\0\0\0\x11", "too_many_pixels,corrupt,truncated")
    small = tiff(tiff_tags(8, 8, offset=122, size=64), 0, b"\xff" * 64)
    for kind, whole in (("png", good), ("tif", small), ("jpg", jpeg(64, 64))):
        for percent in range(10, 100, 10):
            put(f"cut-{percent}.{kind}", whole[:len(whole) * percent // 100], DAMAGED)


# --- XML -----------------------------------------------------------------------------------------

SCHEMA = "urn:oasis:names:specification:ubl:schema:xsd"
UBL = (f'<Invoice xmlns="{SCHEMA}:Invoice-2" xmlns:b="{SCHEMA}:CommonBasicComponents-2">'
       "<b:ID>%s</b:ID></Invoice>")


def xmls():
    good = '<?xml version="1.0" encoding="UTF-8"?>\n' + UBL % "10482"
    put("good.xml", good, "read")
    laughs = "".join(f'<!ENTITY l{i + 1} "{f"&l{i};" * 10}">' for i in range(9))
    put("billion-laughs.xml",
        f'<!DOCTYPE Invoice [<!ENTITY l0 "lol">{laughs}]>' + UBL % "&l9;", "bad_xml")
    put("quadratic.xml",
        f'<!DOCTYPE Invoice [<!ENTITY a "{"a" * 100000}">]>' + UBL % ("&a;" * 50000), "bad_xml")
    put("reads-a-file.xml",
        '<!DOCTYPE Invoice [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + UBL % "&a;", "bad_xml")
    put("calls-home.xml",
        '<!DOCTYPE Invoice SYSTEM "http://127.0.0.1:9/a.dtd">' + UBL % "1", "bad_xml")
    put("parameter-entity.xml", '<!DOCTYPE Invoice [<!ENTITY % a SYSTEM "file:///etc/passwd">%a;]>'
        + UBL.replace("%s", "1"), "bad_xml")
    put("xinclude.xml", UBL % '<i:include xmlns:i="http://www.w3.org/2001/XInclude" parse="text"'
        ' href="file:///etc/passwd"/>', "read,not_an_invoice,bad_xml")
    put("deep.xml", UBL % ("<a>" * 100_000 + "</a>" * 100_000), "too_deep,bad_xml")
    put("long-attribute.xml", UBL.replace("<b:ID>", '<b:ID a="%s">' % ("a" * 20_000_000)) % "1",
        "read,bad_xml,too_large")
    put("other.xml", "<Order/>", "not_an_invoice")
    put("utf-16.xml", b"\xff\xfe" + good.replace("UTF-8", "UTF-16").encode("utf-16-le"), "read")
    put("wrong-declaration.xml", good.replace("UTF-8", "UTF-16").encode(), "read,bad_xml")
    put("latin-1-said-utf-8.xml", good.replace("10482", "bl\xe5").encode("latin-1"), "bad_xml")
    put("utf-7.xml", '<?xml version="1.0" encoding="UTF-7"?>' + UBL % "+ADw-", "bad_xml,read")
    put("nul.xml", good.replace("10482", "1\0"), "bad_xml,unknown_kind")
    put("markup-in-a-field.xml", UBL % "&lt;script&gt;alert(1)&lt;/script&gt;", "read")
    for percent in range(10, 100, 10):
        put(f"cut-{percent}.xml", good[:len(good) * percent // 100], DAMAGED)


# --- mail ----------------------------------------------------------------------------------------

HEAD = "From: a@example.org\r\nTo: b@example.org\r\nSubject: bill\r\nMIME-Version: 1.0\r\n"


def multipart(parts, boundary="b"):
    body = "".join(f"--{boundary}\r\n{p}\r\n" for p in parts)
    return (f'{HEAD}Content-Type: multipart/mixed; boundary="{boundary}"\r\n\r\n'
            f"{body}--{boundary}--\r\n")


def part(name, content, kind="application/pdf"):
    code = base64.encodebytes(content).decode()
    return (f'Content-Type: {kind}\r\nContent-Disposition: attachment; filename="{name}"\r\n'
            f"Content-Transfer-Encoding: base64\r\n\r\n{code}")


def mails():
    good = page_pdf()
    put("good.eml", multipart([part("bill.pdf", good)]), "read")
    names = ("../../etc/passwd", "a\u202efdp.exe", "CON", "-rf", "x" * 300, "")
    put("names.eml", multipart([part(name, good) for name in names]), "read")
    put("1000-parts.eml",
        multipart([part(f"{i}.pdf", b"x") for i in range(1000)]), "too_many_parts")
    inner = multipart([part("bill.pdf", good)])
    for i in range(50):
        inner = multipart([f"Content-Type: message/rfc822\r\n\r\n{inner}"], f"b{i}")
    put("mail-in-mail.eml", inner, "too_deep,read")
    nested = "".join(f'Content-Type: multipart/mixed; boundary="n{i}"\r\n\r\n--n{i}\r\n'
                     for i in range(2000))
    put("parts-in-parts.eml", HEAD + nested, "too_deep,read,corrupt,empty,no_pages")
    put("no-body.eml", HEAD + "\r\n", "read,empty,no_pages")
    put("bad-base64.eml",
        multipart(["Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n"
                   'Content-Disposition: attachment; filename="a.pdf"\r\n\r\n%%%!!!***\r\n']),
        DAMAGED)
    put("long-header.eml",
        HEAD + "X-Long: " + "a" * 5_000_000 + "\r\n\r\nhello\r\n", "read,corrupt")
    put("endless-boundary.eml", multipart(["x"], "b" * 100_000), "read,corrupt,empty,no_pages")
    put("odd-charset.eml",
        HEAD + "Content-Type: text/plain; charset=klingon\r\n\r\nBeløp \xff\r\n", "read")


# --- files that are none -------------------------------------------------------------------------


def others():
    put("empty.pdf", b"", "empty")
    put("one-byte", b"%", "unknown_kind")
    put("spaces", b" \r\n" * 1000, "empty")
    put("zip-said-pdf.pdf", b"PK\x03\x04" + b"\0" * 100, "unknown_kind")
    put("page.html", "<!doctype html><p>Invoice 10482", "unknown_kind,bad_xml,not_an_invoice")
    put("program", b"\x7fELF" + b"\0" * 100, "unknown_kind")
    put("text.txt", "Invoice 10482, total 1250.00\n", "unknown_kind")
    put("=cmd|' -C calc'!A0.pdf", page_pdf(), "read")
    put("new\nline.pdf", page_pdf(), "read")
    put("right\u202eto-left.pdf", page_pdf(), "read")
    put(b"not-utf-8-\xff.pdf".decode("utf-8", "surrogateescape"), page_pdf(), "read")
    put("sparse.pdf", b"", "too_large")
    os.truncate(os.path.join(OUT, "sparse.pdf"), 1 << 40)
    for name, make in (("folder.pdf", os.mkdir), ("fifo.pdf", os.mkfifo),
                       ("link.pdf", lambda p: os.symlink("/etc/passwd", p))):
        make(os.path.join(OUT, name))
        EXPECTED.append((name, "invalid"))


if __name__ == "__main__":
    os.makedirs(OUT, exist_ok=True)
    for family in (pdfs, bombs, locked, pictures, xmls, mails, others):
        family()
    with open(os.path.join(OUT, "expected.tsv"), "w", errors="surrogateescape") as f:
        for file_name, right in EXPECTED:
            f.write(f"{file_name!r}\t{right}\n")
