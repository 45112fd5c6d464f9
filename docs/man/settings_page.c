/* Prints bilag.yaml(5) for scdoc from the table of options: manual and program cannot differ. */
#include "base/buf.h"
#include "models/settings.h"

#include <stdio.h>
#include <string.h>

#define PAGE_MAX_BYTES ((size_t)1 << 20)

static const char head[] =
    "bilag.yaml(5)\n\n"
    "# NAME\n\n"
    "bilag.yaml - configuration of bilag\n\n"
    "# DESCRIPTION\n\n"
    "A YAML file of at most two levels. An option below is written as a key within the key of its "
    "group:\n\n"
    "```\nlimits:\n  pages: 200\ncompany:\n  name: Skog og Sag AS\n```\n\n"
    "Sources, the strongest first: *--set*, the environment, the file of *--config* or "
    "$BILAG_CONFIG, _" SETTINGS_FILE "_, the default. Unknown keys and values out of range are "
    "refused with file, line and column. *bilag config check* tries a file, *bilag config show "
    "--origin* tells where each value comes from.\n\n"
    "# OPTIONS\n\n";

static const char tail[] = "# SEE ALSO\n\n*bilag*(1), *bilagd*(8)\n";

/* scdoc takes "_" and "*" for emphasis. */
static void add_escaped(struct buf *b, const char *text)
{
    for (; *text; text++) {
        if (strchr("_*\\#`~", *text))
            buf_add_char(b, '\\');
        buf_add_char(b, *text);
    }
}

static void add_option(struct buf *b, const struct config_option *o)
{
    AUTO_BUF struct buf part;

    buf_init(&part, PAGE_MAX_BYTES);
    buf_add_char(b, '*');
    add_escaped(b, o->path);
    buf_add_text(b, "*\n\t");
    add_escaped(b, o->help);
    buf_add_text(b, ".\n\n\tTakes ");
    config_option_print_range(o, &part);
    add_escaped(b, part.data);
    if (o->default_text[0]) {
        buf_add_text(b, "; default ");
        add_escaped(b, o->default_text);
    }
    buf_add_text(b, ". Environment: ");
    buf_clear(&part);
    config_option_print_variable(o, SETTINGS_PREFIX, &part);
    add_escaped(b, part.data);
    buf_add_text(b, ".\n\n");
}

int main(void)
{
    AUTO_BUF struct buf page;
    struct settings s;

    buf_init(&page, PAGE_MAX_BYTES);
    settings_init(&s);
    buf_add_text(&page, head);
    for (size_t i = 0; i < s.config.count; i++)
        add_option(&page, &s.config.options[i]);
    buf_add_text(&page, tail);
    settings_release(&s);
    return page.is_full || fputs(page.data, stdout) < 0;
}
