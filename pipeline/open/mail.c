/*
 * Mail: its attachments become files of their own; a mail without any is a page of text itself.
 *
 * What a part is, its bytes say: senders call PDFs octet streams and give no disposition. Left out
 * are bodies, signatures, calendars and the small pictures that the HTML body shows in place
 * (logos); everything else is handed on, so that a clerk sees also what bilag cannot open. Mail
 * within mail is walked through to MAIL_DEPTH_MAX levels, then the file is refused as too deep.
 * Bodies count only when no attachment was found: then header and text are laid out as lines of a
 * page, so that a letter in a mail is sorted and filed like any other.
 */
#include "pipeline/open/source.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "models/fault.h"
#include "pipeline/open/surface.h"

#include <leptonica/allheaders.h>
#include <gmime/gmime.h>
#include <libxml/HTMLparser.h>
#include <math.h>
#include <string.h>
#include <strings.h>

#define MAIL_DEPTH_MAX 10
#define PARTS_MAX 1000
#define LOGO_PIXELS_MAX 300000 /* a page of A4 at 72 dpi has 500,000 */
#define BODY_BYTES_MAX ((size_t)1 << 20)

#define PAGE_WIDTH_PT 595.28f
#define PAGE_HEIGHT_PT 841.89f
#define MARGIN_PT 56.0f
#define LINE_PT 13.0f
#define FONT_PT 10.0f
#define SIGN_PT 6.0f /* the width of a sign of a monospaced 10 pt font */
#define SIGNS_A_LINE 80

/* A mail while its parts go by. */
struct walk {
    const struct source *src;
    struct opened *opened;
    struct buf body, html;
    int n_parts;
};

void mail_warm(void)
{
    g_mime_init();
}

static int parse(const struct source *src, GMimeMessage **ret, struct err *err)
{
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer((const char *)src->bytes, src->length);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    GMimeMessage *message;

    if (src->length > 5 && memcmp(src->bytes, "From ", 5) == 0)
        g_mime_parser_set_format(parser, GMIME_FORMAT_MBOX);
    message = g_mime_parser_construct_message(parser, NULL);
    g_object_unref(parser);
    g_object_unref(stream);
    if (!message)
        return fault_set(err, FAULT_CORRUPT, "mail");
    arena_defer(src->arena, g_object_unref, message);
    *ret = message;
    return 0;
}

/* The part's decoded bytes, borrowed until the arena is cleared. */
static void decode(struct walk *w, GMimePart *part, const unsigned char **ret, size_t *ret_length)
{
    GMimeDataWrapper *content = g_mime_part_get_content(part);
    GMimeStream *stream = g_mime_stream_mem_new();
    GByteArray *array;

    arena_defer(w->src->arena, g_object_unref, stream);
    if (content)
        g_mime_data_wrapper_write_to_stream(content, stream);
    array = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
    *ret = array->data ? array->data : (const unsigned char *)"";
    *ret_length = array->len;
}

static bool is_shown_in_body(const struct walk *w, GMimePart *part)
{
    const char *id = g_mime_part_get_content_id(part);
    AUTO_FREE char *reference = id && *id ? mem_printf("cid:%s", id) : NULL;

    return reference && memmem(w->html.data, w->html.length, reference, strlen(reference));
}

static bool is_logo(const struct walk *w, GMimePart *part, const unsigned char *bytes,
                    size_t length)
{
    GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(part));
    l_int32 format, width, height, bits, samples, has_map;

    if (!g_mime_content_type_is_type(type, "image", "*") || !is_shown_in_body(w, part))
        return false;
    if (pixReadHeaderMem(bytes, length, &format, &width, &height, &bits, &samples, &has_map) != 0)
        return true;
    return (int64_t)width * height < LOGO_PIXELS_MAX;
}

/* Parts that are about the mail, not documents. Outlook's winmail.dat is none of them: it holds the
 * mail's attachments, and set aside it is seen. */
static bool is_machinery(GMimePart *part)
{
    static const char *const types[][2] = {{"text", "calendar"},
                                           {"application", "pkcs7-signature"},
                                           {"application", "x-pkcs7-signature"},
                                           {"application", "pgp-signature"},
                                           {"message", "delivery-status"}};
    GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(part));

    for (size_t i = 0; i < ARRAY_LENGTH(types); i++)
        if (g_mime_content_type_is_type(type, types[i][0], types[i][1]))
            return true;
    return false;
}

static bool is_body(GMimePart *part)
{
    return GMIME_IS_TEXT_PART(part) && !g_mime_part_is_attachment(part) &&
           !g_mime_part_get_filename(part) &&
           (g_mime_content_type_is_type(g_mime_object_get_content_type(GMIME_OBJECT(part)), "text",
                                        "plain") ||
            g_mime_content_type_is_type(g_mime_object_get_content_type(GMIME_OBJECT(part)), "text",
                                        "html"));
}

static int add_attachment(struct walk *w, GMimePart *part, struct err *err)
{
    GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(part));
    struct attachment attachment = {
        .name = open_clean_name(w->src->arena, g_mime_part_get_filename(part))};
    const unsigned char *bytes;
    char *media_type;

    decode(w, part, &bytes, &attachment.length);
    if (attachment.length == 0 || is_logo(w, part, bytes, attachment.length))
        return 0;
    if (w->opened->n_attachments == (size_t)w->src->limits->attachments)
        return fault_set(err, FAULT_TOO_MANY_PARTS, "more than %d", w->src->limits->attachments);
    media_type = g_mime_content_type_get_mime_type(type);
    attachment.media_type = open_clean_name(w->src->arena, media_type);
    attachment.bytes = bytes;
    g_free(media_type);
    w->opened->attachments[w->opened->n_attachments++] = attachment;
    return 0;
}

static void add_body(struct walk *w, GMimePart *part)
{
    GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(part));
    char *text = g_mime_text_part_get_text(GMIME_TEXT_PART(part));
    struct buf *to = g_mime_content_type_is_type(type, "text", "html") ? &w->html : &w->body;

    buf_add_text(to, text ? text : "");
    buf_add_char(to, '\n');
    g_free(text);
}

enum pass { PASS_BODIES, PASS_ATTACHMENTS }; /* logos are known only when all HTML was seen */

static int walk_part(struct walk *w, GMimeObject *part, int depth, enum pass pass, struct err *err);

static int walk_children(struct walk *w, GMimeMultipart *parts, int depth, enum pass pass,
                         struct err *err)
{
    int count = g_mime_multipart_get_count(parts), r = 0;

    for (int i = 0; i < count && r == 0; i++)
        r = walk_part(w, g_mime_multipart_get_part(parts, i), depth + 1, pass, err);
    return r;
}

static int walk_part(struct walk *w, GMimeObject *part, int depth, enum pass pass, struct err *err)
{
    if (!part)
        return 0;
    if (depth > MAIL_DEPTH_MAX)
        return fault_set(err, FAULT_TOO_DEEP, "more than %d levels", MAIL_DEPTH_MAX);
    if (++w->n_parts > 2 * PARTS_MAX)
        return fault_set(err, FAULT_TOO_MANY_PARTS, "more than %d", PARTS_MAX);
    if (GMIME_IS_MULTIPART(part))
        return walk_children(w, GMIME_MULTIPART(part), depth, pass, err);
    if (GMIME_IS_MESSAGE_PART(part)) {
        GMimeMessage *inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(part));

        return inner ? walk_part(w, g_mime_message_get_mime_part(inner), depth + 1, pass, err) : 0;
    }
    if (!GMIME_IS_PART(part) || is_machinery(GMIME_PART(part)))
        return 0;
    if (is_body(GMIME_PART(part))) {
        if (pass == PASS_BODIES)
            add_body(w, GMIME_PART(part));
        return 0;
    }
    return pass == PASS_ATTACHMENTS ? add_attachment(w, GMIME_PART(part), err) : 0;
}

/* Elements that begin a line of their own. */
static bool breaks_line(const xmlNode *node)
{
    static const char *const names[] = {"p", "div", "br", "tr", "li", "h1", "h2", "h3", "table"};

    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        if (node->name && strcasecmp((const char *)node->name, names[i]) == 0)
            return true;
    return false;
}

/* The parser holds its depth below 256, so recursion is bounded. */
static void add_html_text(struct buf *body, const xmlNode *node)
{
    for (; node; node = node->next) {
        if (node->type == XML_TEXT_NODE)
            buf_add_text(body, (const char *)node->content);
        if (node->name && (strcasecmp((const char *)node->name, "style") == 0 ||
                           strcasecmp((const char *)node->name, "script") == 0))
            continue;
        if (breaks_line(node))
            buf_add_char(body, '\n');
        add_html_text(body, node->children);
        if (node->name && strcasecmp((const char *)node->name, "td") == 0)
            buf_add_char(body, ' ');
    }
}

static void html_to_text(struct walk *w)
{
    htmlDocPtr doc = htmlReadMemory(w->html.data, (int)w->html.length, NULL, "UTF-8",
                                    HTML_PARSE_NONET | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                                        HTML_PARSE_RECOVER);

    if (doc)
        add_html_text(&w->body, xmlDocGetRootElement(doc));
    xmlFreeDoc(doc);
}

/* Where the next word goes. */
struct cursor {
    struct page *page;
    size_t capacity;
    int line, sign; /* sign: column, from 0 */
    uint16_t block;
};

static void put_word(struct arena *a, struct cursor *c, const char *text, size_t length)
{
    char *clean = utf8_cleaned(a, text, length < LIMIT_WORD_BYTES ? length : LIMIT_WORD_BYTES);
    int signs = (int)utf8_count(clean);
    float x, y;

    if (signs == 0 || c->page->n_words == LIMIT_WORDS_A_PAGE || c->line == UINT16_MAX)
        return;
    if (c->sign && c->sign + signs > SIGNS_A_LINE) {
        c->line++;
        c->sign = 0;
    }
    if (c->page->n_words == c->capacity) {
        size_t larger = c->capacity ? 2 * c->capacity : 256;

        c->page->words = arena_grow_array(a, c->page->words, c->capacity, larger,
                                          sizeof *c->page->words);
        c->capacity = larger;
    }
    x = MARGIN_PT + (float)c->sign * SIGN_PT;
    y = MARGIN_PT + (float)c->line * LINE_PT;
    c->page->words[c->page->n_words++] = (struct word){
        .text = clean,
        .box = {x, y, x + (float)signs * SIGN_PT, y + FONT_PT},
        .confidence = 1,
        .line = (uint16_t)c->line,
        .block = c->block};
    c->sign += signs + 1;
}

/* Lays lines of text out from the top; an empty line starts a new block. */
static void put_text(struct arena *a, struct cursor *c, const char *text)
{
    while (*text) {
        size_t spaces = strspn(text, " \t\r"), length = strcspn(text + spaces, " \t\r\n");

        c->sign += c->sign ? 0 : (int)(spaces < SIGNS_A_LINE / 2 ? spaces : 0);
        put_word(a, c, text + spaces, length);
        text += spaces + length;
        if (*text == '\n') {
            c->block += text[1] == '\n' || (text[1] == '\r' && text[2] == '\n');
            c->line++;
            c->sign = 0;
            text++;
        }
    }
}

static void put_header(struct arena *a, struct cursor *c, GMimeMessage *message)
{
    static const char *const names[] = {"From", "To", "Date", "Subject"};

    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        const char *raw = g_mime_object_get_header(GMIME_OBJECT(message), names[i]);
        char *value = raw ? g_mime_utils_header_decode_text(NULL, raw) : NULL;

        if (value)
            put_text(a, c, arena_printf(a, "%s: %s\n", names[i], value));
        g_free(value);
    }
    put_text(a, c, "\n");
    c->block++;
}

static void make_page(struct walk *w, GMimeMessage *message)
{
    struct arena *a = w->src->arena;
    struct cursor c = {.page = page_new(a, 1, PAGE_WIDTH_PT, PAGE_HEIGHT_PT)};
    struct opened *opened = w->opened;

    if (w->body.length < 2 && w->html.length)
        html_to_text(w);
    put_header(a, &c, message);
    put_text(a, &c, w->body.data);
    c.page->source = c.page->n_words ? PAGE_TEXT : PAGE_NO_WORDS;
    c.page->is_blank = c.page->n_words == 0;
    c.page->height_pt = fmaxf(PAGE_HEIGHT_PT, 2 * MARGIN_PT + (float)(c.line + 1) * LINE_PT);
    opened->pages = arena_alloc(a, sizeof *opened->pages);
    opened->pages[0].page = c.page;
    opened->n_pages = 1;
}

static void walk_release(struct walk *w)
{
    buf_release(&w->body);
    buf_release(&w->html);
}

int mail_open(const struct source *src, struct opened *ret, struct err *err)
{
    struct walk w __attribute__((cleanup(walk_release))) = {.src = src, .opened = ret};
    GMimeMessage *message;
    GMimeObject *root;
    int r;

    g_mime_init();
    r = parse(src, &message, err);
    if (r < 0)
        return r;
    root = g_mime_message_get_mime_part(message);
    ret->attachments = arena_alloc_array(src->arena, (size_t)src->limits->attachments,
                                         sizeof *ret->attachments);
    buf_init(&w.body, BODY_BYTES_MAX);
    buf_init(&w.html, BODY_BYTES_MAX);
    r = walk_part(&w, root, 0, PASS_BODIES, err);
    if (r == 0)
        r = walk_part(&w, root, 0, PASS_ATTACHMENTS, err);
    if (r == 0 && ret->n_attachments == 0)
        make_page(&w, message);
    return r;
}

/* The laid-out words, painted as they lie. */
static void paint_words(cairo_t *cairo, const struct page *page)
{
    cairo_select_font_face(cairo, "monospace", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(cairo, FONT_PT);
    for (size_t i = 0; i < page->n_words; i++) {
        cairo_move_to(cairo, page->words[i].box.x0, page->words[i].box.y1 - 2);
        cairo_show_text(cairo, page->words[i].text);
    }
}

int mail_preview(const struct source *src, int number, int height_px, struct Pix **ret,
                 struct err *err)
{
    struct opened opened = {0};
    const struct page *page;
    cairo_surface_t *surface;
    cairo_t *cairo;
    double scale;
    PIX *pix;
    int r = mail_open(src, &opened, err);

    if (r < 0)
        return r;
    if (number != 1 || opened.n_pages != 1)
        return err_set(err, ERR_NOT_FOUND, "page %d of %zu", number, opened.n_pages);
    page = opened.pages[0].page;
    scale = height_px / (double)page->height_pt;
    surface = surface_new((int)(page->width_pt * scale), height_px);
    if (!surface)
        return err_set(err, ERR_LIMIT, "a picture %d pixels high", height_px);
    cairo = cairo_create(surface);
    cairo_scale(cairo, scale, scale);
    paint_words(cairo, page);
    cairo_destroy(cairo);
    pix = surface_to_pix(surface);
    cairo_surface_destroy(surface);
    *ret = pix_keep(src->arena, pix);
    return 0;
}
