/* SQLite's files as the system keeps them, but for one sync a transaction: private to db.c. */
#ifndef STORES_DB_JOURNAL_H
#define STORES_DB_JOURNAL_H

/* The name to open databases with. */
const char *db_journal_vfs(void);

#endif
