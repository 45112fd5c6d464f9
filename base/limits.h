/*
 * Every maximum that is not configuration, on one page. A number from outside is compared with one
 * of these before anything is allocated for it.
 */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

#define LIMIT_FRAME_BYTES ((size_t)64 << 20) /* one frame from the reader: a PDF/A of a long scan */
#define LIMIT_JSON_BYTES ((size_t)16 << 20)  /* one JSON text */
#define LIMIT_READER_LOG_BYTES ((size_t)64 << 10) /* what one reader child may print */
#define LIMIT_WORDS_A_PAGE 20000                  /* a dense A4 of 6 pt text has about 2,000 */
#define LIMIT_PAGE_NUMBER 1000000                 /* page numbers in messages and job ids */
#define LIMIT_BOX_PT 100000.0                     /* coordinates in messages: 35 metres of paper */
#define LIMIT_WORD_BYTES 512                      /* longer "words" are cut */
#define LIMIT_BARCODES_A_PAGE 64
#define LIMIT_ATTACHMENTS 200         /* files within one mail or PDF */
#define LIMIT_LINES_A_DOCUMENT 10000  /* invoice lines */
#define LIMIT_REASONS_A_DOCUMENT 1000 /* why it waits: one an unread page, some a field */
#define LIMIT_FIELD_BYTES 2000        /* the text of one field */
#define LIMIT_JOB_ARENA_BYTES ((size_t)512 << 20)
#define LIMIT_CONFIG_BYTES ((size_t)1 << 20)
#define LIMIT_JOB_ID_BYTES 120
#define LIMIT_NAME_BYTES 255 /* a file's name as it was submitted */

#endif
