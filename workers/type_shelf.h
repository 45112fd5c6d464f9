/*
 * The document types that a process knows: those shipped beside the programs (share/types) and
 * those of the data folder (types/NAME.yaml, with NAME.taught when it was taught), which win over a
 * shipped one of the same name. A broken one is kept with its reason and used for nothing.
 */
#ifndef WORKERS_TYPE_SHELF_H
#define WORKERS_TYPE_SHELF_H

#include "base/err.h"
#include "models/document.h"
#include "pipeline/extract/taught/taught.h"

struct settings;

struct shelf_type {
    const char *name;     /* of the file, without ".yaml" */
    const char *path;     /* of the declaration */
    struct taught taught; /* type NULL when broken, declared NULL when the declaration is */
    bool is_own;          /* of the data folder */
    bool is_named;        /* by its path */
    struct err why;       /* of a broken one */
};

struct type_shelf {
    struct arena *arena;
    struct shelf_type *items; /* by name */
    size_t n;
};

/* Loads all of them into the arena. A folder that is not there holds none. */
void type_shelf_load(struct type_shelf *shelf, struct arena *a, const struct settings *s);

/* One by its name, or by the path of its declaration (a word with '/' or ending in ".yaml"), which
 * is put on the shelf and wins over its namesakes. ERR_NOT_FOUND, or what is wrong with it. */
int type_shelf_find(struct type_shelf *shelf, const char *name_or_path,
                    const struct shelf_type **ret, struct err *err);

/* The same of one whose weights may be broken: it can be taught again. */
int type_shelf_find_declared(struct type_shelf *shelf, const char *name_or_path,
                             const struct shelf_type **ret, struct err *err);

/* The type of a document: the one it names, else a taught one of the type it was sorted as, else
 * one that its first page is known by; NULL for none. `s` is of the pages of `d`. */
const struct taught *type_shelf_pick(const struct type_shelf *shelf, const struct sheet *s,
                                     const struct document *d);

#endif
