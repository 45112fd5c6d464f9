/*
 * The ledger as text that hledger reads: declarations, then one transaction an entry.
 * Text of documents is cleaned first, so no name can end a line, a comment or an account.
 */
#ifndef PIPELINE_HLEDGER_H
#define PIPELINE_HLEDGER_H

#include "models/posting.h"

struct buf;

/* One account of the chart: "account 2400  ; type:L, Supplier debt". `type` is 'A', 'L' or 'X'. */
void hledger_account(struct buf *out, const char *code, const char *name, char type);

/* How amounts of a currency are written: "commodity 1000.00 NOK". */
void hledger_currency(struct buf *out, const char *currency);

/* `entry_id` becomes the transaction's code; the posting's key a tag. */
void hledger_entry(struct buf *out, int64_t entry_id, const struct posting *p);

#endif
