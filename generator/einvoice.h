/*
 * The same truth as an electronic invoice: UBL 2.1 and UN/CEFACT CII by EN 16931, and CII inside a
 * PDF (Factur-X). Only for invoices and credit notes.
 */
#ifndef GENERATOR_EINVOICE_H
#define GENERATOR_EINVOICE_H

#include "generator/document.h"

/* The XML, owned. Every field it carries is marked visible. */
char *einvoice_ubl(struct document *doc);
char *einvoice_cii(struct document *doc);

/* The unit's code by UN/ECE recommendation 20; C62 ("one") where none fits better. */
const char *einvoice_unit(const struct document *doc, const struct line *line);

/* A city line in its two parts, both owned: "0155 Oslo" is 0155 and Oslo. */
void einvoice_split_city(const struct document *doc, const char *city, char **ret_code,
                         char **ret_town);

/* Formats into XML, every %s escaped. */
void einvoice_put(GString *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Formats a field into XML and marks it visible; nothing where the field has no value. */
void einvoice_field(GString *out, struct document *doc, enum field field, const char *format);

/* Attaches the XML to the PDF at `path` as factur-x.xml. Returns 0, or -1 after telling why. */
int facturx_attach(const char *path, const char *xml);

#endif
