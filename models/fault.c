/* The table of faults. Sentences speak to a clerk, remedies say what helps. */
#include "models/fault.h"

#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct fault_info table[FAULT_COUNT] = {
    [FAULT_EMPTY] = {"empty", "the file is empty", "scan or send it again", true},
    [FAULT_TOO_LARGE] = {"too_large", "the file is larger than allowed",
                         "split it, or raise limits.file_bytes", true},
    [FAULT_TOO_MANY_PAGES] = {"too_many_pages", "the file has more pages than allowed",
                              "split it, or raise limits.pages", true},
    [FAULT_TOO_MANY_PIXELS] = {"too_many_pixels", "a page is larger than allowed",
                               "scan at 300 dpi, or raise limits.pixels", true},
    [FAULT_UNKNOWN_KIND] = {"unknown_kind", "this is no kind of file bilag opens",
                            "send PDF, TIFF, PNG, JPEG, WebP, JPEG 2000, e-invoice XML or mail",
                            true},
    [FAULT_ENCRYPTED] = {"encrypted", "the file is locked with a password",
                         "ask the sender for an open copy", true},
    [FAULT_TRUNCATED] = {"truncated", "the file ends too early", "scan or send it again", true},
    [FAULT_CORRUPT] = {"corrupt", "the file is damaged", "scan or send it again", true},
    [FAULT_CYCLIC] = {"cyclic", "the file refers to itself without end",
                      "ask the sender for another copy", true},
    [FAULT_NO_PAGES] = {"no_pages", "the document has no pages", "scan or send it again", true},
    [FAULT_BAD_XML] = {"bad_xml", "the XML is not well-formed or holds a DOCTYPE",
                       "ask the sender for a correct e-invoice", true},
    [FAULT_NOT_AN_INVOICE] = {"not_an_invoice", "the XML is neither a UBL nor a CII invoice",
                              "ask the sender for a supported e-invoice", true},
    [FAULT_TOO_DEEP] = {"too_deep", "the file is nested too deeply",
                        "send the inner files by themselves", true},
    [FAULT_TOO_MANY_PARTS] = {"too_many_parts", "the file holds more attachments than allowed",
                              "send the attachments in several mails", true},
    [FAULT_TIMEOUT] = {"timeout", "the reader ran out of time",
                       "try again, or key it by hand; limits.page_seconds sets the time", false},
    [FAULT_CRASHED] = {"crashed", "the reader died on it", "try again, or key it by hand", false},
    [FAULT_TOO_BIG_IN_MEMORY] = {"too_big_in_memory", "reading it needs more memory than allowed",
                                 "scan it smaller, or raise limits.reader_memory_mb", false},
    [FAULT_LOG_FLOOD] = {"log_flood", "the libraries complained about it without end",
                         "ask the sender for another copy", false},
    [FAULT_BAD_ANSWER] = {"bad_answer", "the reader's answer broke the rules",
                          "try again; report it if it stays", false},
};

const struct fault_info *fault_info(enum fault fault)
{
    if ((unsigned)fault >= FAULT_COUNT)
        BUG("fault %d", fault);
    return &table[fault];
}

const struct fault_info *fault_find(const char *name)
{
    for (int i = 0; name && i < FAULT_COUNT; i++)
        if (strcmp(table[i].name, name) == 0)
            return &table[i];
    return NULL;
}

static int code_of(enum fault fault)
{
    switch (fault) {
    case FAULT_TOO_LARGE:
    case FAULT_TOO_MANY_PAGES:
    case FAULT_TOO_MANY_PIXELS:
    case FAULT_TOO_MANY_PARTS:
        return ERR_LIMIT;
    case FAULT_TIMEOUT:
        return ERR_TIMEOUT;
    case FAULT_CRASHED:
        return ERR_CRASHED;
    default:
        return ERR_INVALID;
    }
}

int fault_set(struct err *err, enum fault fault, const char *format, ...)
{
    const struct fault_info *info = fault_info(fault);
    char detail[256];
    va_list args;
    int code;

    va_start(args, format);
    vsnprintf(detail, sizeof detail, format, args);
    va_end(args);
    code = err_set(err, code_of(fault), detail[0] ? "%s (%s)" : "%s%s", info->sentence, detail);
    if (err)
        err->reason = info->name;
    return code;
}
