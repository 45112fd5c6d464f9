/* Frames: each taken frame lies within the bytes received, and taking ends. */
#include "base/buf.h"
#include "base/frame.h"
#include "base/limits.h"
#include "tests/fuzz/fuzz.h"

void fuzz_one(const char *bytes, size_t length)
{
    AUTO_BUF struct buf in;
    const char *payload;
    size_t offset = 0, n;
    char kind;

    buf_init(&in, length);
    buf_add(&in, bytes, length);
    while (frame_take(&in, offset, &kind, &payload, &n, NULL) == 1) {
        MUST(n <= LIMIT_FRAME_BYTES);
        offset += FRAME_HEAD_BYTES + n;
        MUST(offset <= length);
        MUST(payload + n == in.data + offset);
    }
}
