/*
 * A trade paper laid out: the blocks its supplier's layout names, in their order, on as many pages
 * as they take.
 */
#ifndef GENERATOR_LAYOUT_H
#define GENERATOR_LAYOUT_H

struct document;

/* Lays out an invoice, credit note, reminder, order or delivery note. */
void layout_trade_paper(struct document *doc);

#endif
