/*
 * What a file is, by its first bytes and never by its name.
 *
 * Fixed signatures come first, then mail (two or more of the header fields only mail has), then a
 * PDF behind some junk, which the format's readers have always tolerated within 1,024 bytes (the
 * junk may be markup), and last XML, in any of the encodings an XML parser must know. A file we do
 * not open is named when its signature is well known, so that a clerk reads "a ZIP archive" and
 * not only "unknown".
 */
#include "pipeline/open/source.h"

#include "base/err.h"
#include "base/mem.h"
#include "models/fault.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static const char *const kind_names[FILE_KIND_COUNT] = {
    [FILE_PDF] = "pdf",   [FILE_TIFF] = "tiff", [FILE_PNG] = "png", [FILE_JPEG] = "jpeg",
    [FILE_WEBP] = "webp", [FILE_JP2] = "jp2",   [FILE_XML] = "xml", [FILE_MAIL] = "mail",
};

const char *file_kind_name(enum file_kind kind)
{
    if ((unsigned)kind >= FILE_KIND_COUNT)
        BUG("file kind %d", kind);
    return kind_names[kind];
}

#define PDF_JUNK_MAX 1024
#define MAIL_HEAD_MAX 16384 /* Received: lines of a much forwarded mail run to some kilobytes */

struct signature {
    const char *bytes;
    size_t length, offset;
    int kind;             /* enum file_kind, or -1 for a stranger */
    const char *stranger; /* what a stranger is */
};

#define BYTES(text) (text), sizeof(text) - 1

static const struct signature signatures[] = {
    {BYTES("%PDF-"), 0, FILE_PDF, NULL},
    {BYTES("II*\0"), 0, FILE_TIFF, NULL},
    {BYTES("MM\0*"), 0, FILE_TIFF, NULL},
    {BYTES("II+\0"), 0, FILE_TIFF, NULL},
    {BYTES("MM\0+"), 0, FILE_TIFF, NULL},
    {BYTES("\x89PNG\r\n\x1a\n"), 0, FILE_PNG, NULL},
    {BYTES("\xff\xd8\xff"), 0, FILE_JPEG, NULL},
    {BYTES("WEBPVP8"), 8, FILE_WEBP, NULL},
    {BYTES("\0\0\0\fjP  \r\n\x87\n"), 0, FILE_JP2, NULL},
    {BYTES("\xff\x4f\xff\x51"), 0, FILE_JP2, NULL},
    {BYTES("PK\3\4"), 0, -1, "a ZIP archive or an office file"},
    {BYTES("PK\5\6"), 0, -1, "an empty ZIP archive"},
    {BYTES("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), 0, -1, "an old office file"},
    {BYTES("{\\rtf"), 0, -1, "a rich text file"},
    {BYTES("GIF8"), 0, -1, "a GIF picture"},
    {BYTES("BM"), 0, -1, "a BMP picture"},
    {BYTES("ftyphei"), 4, -1, "a HEIC picture"},
    {BYTES("ftypavif"), 4, -1, "an AVIF picture"},
    {BYTES("\x1f\x8b"), 0, -1, "a gzip archive"},
    {BYTES("7z\xbc\xaf\x27\x1c"), 0, -1, "a 7-Zip archive"},
    {BYTES("Rar!"), 0, -1, "a RAR archive"},
    {BYTES("%!PS"), 0, -1, "a PostScript file"},
    {BYTES("\x78\x9f\x3e\x22"), 0, -1, "a winmail.dat that only Outlook opens"},
    {BYTES("\x7f\x45LF"), 0, -1, "a program"},
    {BYTES("MZ"), 0, -1, "a program"},
};

static const struct signature *find_signature(const unsigned char *bytes, size_t length)
{
    for (size_t i = 0; i < ARRAY_LENGTH(signatures); i++) {
        const struct signature *s = &signatures[i];

        if (length >= s->offset + s->length && memcmp(bytes + s->offset, s->bytes, s->length) == 0)
            return s;
    }
    return NULL;
}

static bool is_only_spaces(const unsigned char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (bytes[i] && !isspace(bytes[i]))
            return false;
    return true;
}

/* The first characters as ASCII, whatever of UTF-8, UTF-16 or UTF-32 they come in: NULs and byte
 * order marks go. Enough to recognise markup; the XML parser does it properly. */
static size_t squeeze(const unsigned char *bytes, size_t length, char *out, size_t size)
{
    size_t used = 0;

    for (size_t i = 0; i < length && used + 1 < size; i++)
        if (bytes[i] && bytes[i] < 0x80 && (used || !isspace(bytes[i])))
            out[used++] = (char)bytes[i];
        else if (bytes[i] >= 0x80 && i >= 4)
            break; /* behind a byte order mark, markup begins in ASCII */
    out[used] = '\0';
    return used;
}

/* Markup that begins otherwise is left to the XML parser, which says that it is no invoice. */
static bool is_html(const char *head)
{
    return strncasecmp(head, "<!doctype html", 14) == 0;
}

static bool is_xml(const char *head)
{
    return head[0] == '<' && (isalpha((unsigned char)head[1]) || strchr("?!_", head[1])) &&
           head[1] && !is_html(head);
}

/* Header fields that upload forms and other programs' output do not carry. */
static bool is_mail_field(const unsigned char *name, size_t length)
{
    static const char *const fields[] = {
        "From",           "To",           "Cc",         "Date",       "Subject",      "Received",
        "Return-Path",    "Delivered-To", "Sender",     "Message-ID", "MIME-Version", "Reply-To",
        "DKIM-Signature", "X-Mailer",     "In-Reply-To"};

    for (size_t i = 0; i < ARRAY_LENGTH(fields); i++)
        if (strlen(fields[i]) == length && strncasecmp(fields[i], (const char *)name, length) == 0)
            return true;
    return false;
}

/* Walks header lines; true at the second field of a mail, false at the first line that is none. */
static bool is_mail(const unsigned char *bytes, size_t length)
{
    const unsigned char *p = bytes,
                        *end = bytes + (length < MAIL_HEAD_MAX ? length : MAIL_HEAD_MAX);
    int fields = 0;

    if (length > 5 && memcmp(p, "From ", 5) == 0) /* the envelope line of an mbox */
        p = memchr(p, '\n', (size_t)(end - p)) ?: end;
    while (p < end) {
        const unsigned char *line = p, *colon;

        p = memchr(line, '\n', (size_t)(end - line));
        p = p ? p + 1 : end;
        if (*line == ' ' || *line == '\t' || *line == '\n') /* folded, or behind the envelope */
            continue;
        for (colon = line; colon<p && * colon> ' ' && *colon < 127 && *colon != ':'; colon++)
            ;
        if (colon == p || colon == line || *colon != ':')
            return false;
        fields += is_mail_field(line, (size_t)(colon - line));
        if (fields == 2)
            return true;
    }
    return false;
}

int kind_detect(const unsigned char *bytes, size_t length, enum file_kind *ret, struct err *err)
{
    const struct signature *s = find_signature(bytes, length);
    char head[64];

    if (s && s->kind >= 0) {
        *ret = (enum file_kind)s->kind;
        return 0;
    }
    if (s)
        return fault_set(err, FAULT_UNKNOWN_KIND, "%s", s->stranger);
    if (is_only_spaces(bytes, length))
        return fault_set(err, FAULT_EMPTY, "");
    squeeze(bytes, length, head, sizeof head);
    if (is_mail(bytes, length))
        *ret = FILE_MAIL;
    else if (memmem(bytes, length < PDF_JUNK_MAX ? length : PDF_JUNK_MAX, "%PDF-", 5))
        *ret = FILE_PDF;
    else if (is_xml(head))
        *ret = FILE_XML;
    else
        return fault_set(err, FAULT_UNKNOWN_KIND, "%s", is_html(head) ? "a web page" : "");
    return 0;
}
