/*
 * bilag accuracy: the certificate in force. A row a field and group of papers: how many were looked
 * at, from which probability on it is believed, how many that accepted and how many of those were
 * wrong, and the rate of errors this leaves possible.
 */
#include "workers/command/commands.h"

#include "pipeline/extract/certificate.h"

#include <stdio.h>

/* A number for programs, text of so many decimals for people. */
static void set_number(json_t *json, const char *key, double value, int decimals, bool is_json)
{
    char text[32];

    if (is_json) {
        json_set_real(json, key, value, decimals);
        return;
    }
    snprintf(text, sizeof text, "%.*f", decimals, value);
    json_set_text(json, key, text);
}

static json_t *row_to_json(const struct certificate *c, int group, int field, bool is_json)
{
    const struct certificate_row *row = &c->rows[group][field];
    json_t *json = json_object();

    json_set_text(json, "certificate", c->name);
    json_set_text(json, "papers", certificate_group_name((enum certificate_group)group));
    json_set_text(json, "field", field_info((enum field_id)field)->name);
    json_set_int(json, "seen", row->seen);
    if (!row->is_automated) {
        json_set_text(json, "why", "too few labels, or too many errors: a person looks");
        return json;
    }
    set_number(json, "threshold", (double)row->threshold, 3, is_json);
    json_set_int(json, "accepted", row->accepted);
    json_set_int(json, "wrong", row->wrong);
    set_number(json, "at_most", certificate_bound(row->wrong, row->accepted, c->certainty), 4,
               is_json);
    set_number(json, "share", row->accepted / (double)row->seen, 3, is_json);
    return json;
}

static int show(struct house *house, const struct cli *cli, struct err *err)
{
    static const struct column columns[] = {{"papers", "PAPERS", CELL_TEXT, 0},
                                            {"field", "FIELD", CELL_TEXT, 0},
                                            {"seen", "SEEN", CELL_NUMBER, 0},
                                            {"threshold", "FROM", CELL_NUMBER, 0},
                                            {"accepted", "ACCEPTED", CELL_NUMBER, 0},
                                            {"wrong", "WRONG", CELL_NUMBER, 0},
                                            {"at_most", "ERRORS AT MOST", CELL_NUMBER, 0},
                                            {"share", "SHARE", CELL_NUMBER, 0},
                                            {"why", "WHY NOT", CELL_TEXT, 0},
                                            {0}};
    const struct certificate *c = house->certificate;
    AUTO_JSON json_t *rows = json_array();

    (void)err;
    for (int g = 0; g < CERTIFICATE_GROUPS; g++)
        for (int f = 0; f < FIELD_COUNT; f++)
            if (c->rows[g][f].seen)
                json_array_append_new(rows, row_to_json(c, g, f, cli->is_json));
    if (!cli->is_json)
        printf("Certificate %s: of what is accepted at most %g %% is wrong, with %g %% certainty.\n"
               "Set on generated papers that taught nothing (docs/ACCURACY.md).\n\n",
               c->name, 100 * c->limit, 100 * c->certainty);
    cli_print_rows(rows, columns, cli->is_json, "The certificate accepts nothing.");
    return 0;
}

const struct command commands_accuracy[] = {{"accuracy", NULL, "",
                                             "How sure a field must be, and what that was found to "
                                             "be worth",
                                             NULL, 0, 0, HOUSE_TRUST, show},
                                            {0}};
