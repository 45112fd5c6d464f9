/* Mail: attachments become files, logos do not, and a mail of words alone is a page. */
#include "tests/unit/pipeline-open/made.h"

#include <leptonica/allheaders.h>

#define HEAD "From: Kari <kari@example.no>\r\nTo: bilag@example.no\r\nSubject: Faktura\r\n"
#define MULTIPART HEAD "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
#define PDF_PART                                                                                   \
    "--b\r\nContent-Type: application/octet-stream; name=\"a.pdf\"\r\n\r\n%PDF-1.4 x\r\n"

static void mail(struct made *m, const char *text)
{
    made_init(m);
    buf_add_text(&m->file, text);
}

static void attachments_become_files(void **state)
{
    struct made m;

    (void)state;
    mail(&m,
         MULTIPART "--b\r\nContent-Type: text/plain\r\n\r\nSee attached.\r\n" PDF_PART
                   "--b\r\nContent-Type: application/xml\r\nContent-Transfer-Encoding: base64\r\n"
                   "Content-Disposition: inline; filename=\"=?utf-8?q?=C3=A5.xml?=\"\r\n\r\n"
                   "PEludm9pY2UvPg==\r\n--b--\r\n");
    made_open(&m);
    assert_int_equal(m.opened.kind, FILE_MAIL);
    assert_int_equal(m.opened.n_pages, 0);
    assert_int_equal(m.opened.n_attachments, 2);
    assert_string_equal(m.opened.attachments[0].name, "a.pdf");
    assert_int_equal(m.opened.attachments[0].length, 10);
    assert_string_equal(m.opened.attachments[1].name, "å.xml");
    assert_string_equal(m.opened.attachments[1].media_type, "application/xml");
    assert_memory_equal(m.opened.attachments[1].bytes, "<Invoice/>", 10);
    made_release(&m);
}

static void a_mail_of_words_is_a_page(void **state)
{
    struct made m;
    const struct word *total;

    (void)state;
    mail(&m, HEAD "Content-Type: text/plain; charset=iso-8859-1\r\n\r\nHei,\r\n\r\n"
                  "Sum \xe5 betale: 1.250,00\r\n");
    made_open(&m);
    assert_int_equal(m.opened.n_pages, 1);
    assert_false(m.opened.pages[0].needs_reading);
    assert_int_equal(m.opened.pages[0].page->source, PAGE_TEXT);
    assert_non_null(made_word(&m, "Faktura"));
    assert_non_null(made_word(&m, "å"));
    total = made_word(&m, "1.250,00");
    assert_non_null(total);
    assert_int_equal(total->line, made_word(&m, "Sum")->line);
    assert_int_not_equal(total->block, made_word(&m, "Hei,")->block);
    made_release(&m);
}

static void html_alone_is_read_as_text(void **state)
{
    struct made m;

    (void)state;
    mail(&m, HEAD "Content-Type: text/html; charset=utf-8\r\n\r\n"
                  "<html><style>p{x:y}</style><p>Total&nbsp;due</p><p>99.00</p></html>");
    made_open(&m);
    assert_int_equal(m.opened.n_pages, 1);
    assert_non_null(made_word(&m, "99.00"));
    assert_null(made_word(&m, "p{x:y}"));
    made_release(&m);
}

/* A picture of this size, named in the HTML or not; how many attachments come out. */
static size_t pictures_kept(int width, bool is_shown)
{
    struct made m;
    PIX *pix = pixCreate(width, width, 8);
    l_uint8 *bytes = NULL;
    size_t length = 0, kept;
    char *encoded;
    l_int32 encoded_length = 0;

    pixWriteMem(&bytes, &length, pix, IFF_PNG);
    encoded = encodeBase64(bytes, (l_int32)length, &encoded_length);
    mail(&m, MULTIPART);
    buf_printf(&m.file,
               "--b\r\nContent-Type: text/html\r\n\r\n<img src='%s'>\r\n--b\r\n"
               "Content-Type: image/png; name=p.png\r\nContent-ID: <logo@x>\r\n"
               "Content-Transfer-Encoding: base64\r\n\r\n",
               is_shown ? "cid:logo@x" : "");
    buf_add(&m.file, encoded, (size_t)encoded_length);
    buf_add_text(&m.file, "\r\n--b--\r\n");
    made_open(&m);
    kept = m.opened.n_attachments;
    made_release(&m);
    lept_free(bytes);
    lept_free(encoded);
    pixDestroy(&pix);
    return kept;
}

static void logos_in_the_body_are_no_documents(void **state)
{
    (void)state;
    assert_int_equal(pictures_kept(100, true), 0);
    assert_int_equal(pictures_kept(100, false), 1);
    assert_int_equal(pictures_kept(900, true), 1); /* a page pasted into the mail */
}

static void mails_within_mails_are_walked(void **state)
{
    struct made m;

    (void)state;
    mail(&m, HEAD "MIME-Version: 1.0\r\nContent-Type: message/rfc822\r\n\r\n" MULTIPART PDF_PART
                  "--b--\r\n");
    made_open(&m);
    assert_int_equal(m.opened.n_attachments, 1);
    made_release(&m);
}

static void but_not_without_end(void **state)
{
    struct made m;

    (void)state;
    made_init(&m);
    for (int i = 0; i < 30; i++)
        buf_add_text(&m.file, HEAD "MIME-Version: 1.0\r\nContent-Type: message/rfc822\r\n\r\n");
    buf_add_text(&m.file, HEAD "\r\nhello\r\n");
    made_refused(&m, "too_deep");
    made_release(&m);
}

static void too_many_parts_are_refused(void **state)
{
    struct made m;

    (void)state;
    mail(&m, MULTIPART);
    for (int i = 0; i < made_limits.attachments + 1; i++)
        buf_add_text(&m.file, PDF_PART);
    buf_add_text(&m.file, "--b--\r\n");
    made_refused(&m, "too_many_parts");
    made_release(&m);
}

static void signatures_and_calendars_are_left_out(void **state)
{
    struct made m;

    (void)state;
    mail(&m, MULTIPART PDF_PART
         "--b\r\nContent-Type: text/calendar; name=i.ics\r\n\r\nBEGIN:VCALENDAR\r\n"
         "--b\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\n\r\nx\r\n--b--\r\n");
    made_open(&m);
    assert_int_equal(m.opened.n_attachments, 1);
    made_release(&m);
}

/* What Outlook packed into it, perhaps the invoice, must not vanish: a person has to ask for it. */
static void what_outlook_packed_is_kept(void **state)
{
    struct made m;

    (void)state;
    mail(&m, MULTIPART
         "--b\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\n\r\nx\r\n--b--\r\n");
    made_open(&m);
    assert_int_equal(m.opened.n_attachments, 1);
    assert_string_equal(m.opened.attachments[0].name, "winmail.dat");
    made_release(&m);
}

static void a_mail_can_be_shown(void **state)
{
    struct made m;
    struct Pix *pix = NULL;

    (void)state;
    mail(&m, HEAD "\r\nhello\r\n");
    assert_int_equal(open_page_preview(&m.arena, (const unsigned char *)m.file.data, m.file.length,
                                       1, 300, &made_limits, &pix, &m.err),
                     0);
    assert_int_equal(pixGetHeight(pix), 300);
    made_release(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attachments_become_files),
        cmocka_unit_test(a_mail_of_words_is_a_page),
        cmocka_unit_test(html_alone_is_read_as_text),
        cmocka_unit_test(logos_in_the_body_are_no_documents),
        cmocka_unit_test(mails_within_mails_are_walked),
        cmocka_unit_test(but_not_without_end),
        cmocka_unit_test(too_many_parts_are_refused),
        cmocka_unit_test(signatures_and_calendars_are_left_out),
        cmocka_unit_test(what_outlook_packed_is_kept),
        cmocka_unit_test(a_mail_can_be_shown),
    };

    open_warm();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
