/*
 * What worker and reader say to each other.
 *
 *   worker                    warm parent                       child
 *     │── order + 3 fds ─────────▶│                               │
 *     │      (SEQPACKET, fd 3)    │── fork ──────────────────────▶│ jail, work
 *     │◀══════════ frames on the answer pipe ═════════════════════│
 *     │                           │◀── stderr, capped ────────────│
 *     │                           │◀── end ───────────────────────┘
 *     │◀── report ────────────────│
 *
 * An order travels with the file (sealed memfd), the request (memfd of frames: H with the limits as
 * JSON; for a record its pages, P and packed) and the write end of the answer pipe. One order at a
 * time; the next follows the report. Orders come from the owner and reports from the warm parent,
 * who has seen no hostile byte: both are plain structs. Frames (base/frame.h) come from the child,
 * who has: nothing in them is believed.
 */
#ifndef WORKERS_READER_H
#define WORKERS_READER_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define READER_SOCKET_FD 3
#define READER_FAULT_BYTES 24
#define READER_LANGUAGE_BYTES 4 /* as Tesseract names models of one language */

enum reader_verb {
    READER_OPEN,
    READER_READ,
    READER_PREVIEW,
    READER_RECORD,
    READER_LOOK,
    READER_VERB_COUNT
};

/* The descriptors beside an order, in this order. */
enum { READER_FD_FILE, READER_FD_REQUEST, READER_FD_ANSWER, READER_FD_COUNT };

struct reader_order {
    int32_t verb;
    int32_t wall_ms;     /* then the child is killed */
    int32_t cpu_seconds; /* likewise */
    int64_t memory_bytes;
    char language[READER_LANGUAGE_BYTES]; /* "nor": by its model; "": by the configured one */
};

struct reader_report {
    char fault[READER_FAULT_BYTES]; /* a token of models/fault.h for how the child failed, or "" */
    int64_t cpu_us;
    int64_t max_rss_kb;
    struct err err; /* code not 0: the warm parent itself failed; `reason` is not valid */
};

/*
 * Kinds of frames. An answer is H P… A… X? Z for open, P I? Z for read, I Z for preview, R Z for
 * record, L Z for look; or E at any place, alone and last. "Headed" is u32 length of a JSON head,
 * the head, bytes.
 */
enum reader_frame {
    FRAME_HEAD = 'H',       /* {"kind", "pages", "attachments", "producer", "outline"} */
    FRAME_PAGE = 'P',       /* headed: {"needs_reading", "why_read", "times"}, a packed page */
    FRAME_ATTACHMENT = 'A', /* headed: {"name", "media_type"}, its bytes */
    FRAME_EINVOICE = 'X',   /* a document, as "bilag/1" */
    FRAME_PICTURE = 'I',    /* WebP or JPEG */
    FRAME_RECORD = 'R',     /* PDF */
    FRAME_LOOKS = 'L',      /* {"looks": [{"looks", "readings": [{"text", "share", "votes"}]}]} */
    FRAME_ERROR = 'E',      /* {"code", "reason", "text"} */
    FRAME_END = 'Z',        /* empty */
};

#endif
