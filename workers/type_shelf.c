/* Folders of declarations are listed by name, so that what is found first never depends on the
 * disk. */
#include "workers/type_shelf.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/spawn.h"
#include "models/settings.h"
#include "pipeline/extract/taught/declared.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

enum { TYPES_MAX = 500, TAUGHT_BYTES_MAX = 16 << 20 };

static const char ENDING[] = ".yaml";

static bool has_ending(const char *path)
{
    size_t n = strlen(path);

    return n > sizeof ENDING - 1 && strcmp(path + n - (sizeof ENDING - 1), ENDING) == 0;
}

/* "types/w9.yaml" without its ending. */
static char *stem_of(struct arena *a, const char *path)
{
    return arena_strndup(a, path, strlen(path) - (has_ending(path) ? sizeof ENDING - 1 : 0));
}

static int load_weights(struct arena *a, const char *declaration, const struct type *type,
                        struct taught *ret, struct err *err)
{
    AUTO_BUF struct buf b;
    int r;

    buf_init(&b, TAUGHT_BYTES_MAX);
    r = file_read(arena_printf(a, "%s.taught", stem_of(a, declaration)), &b, err);
    if (r == ERR_NOT_FOUND) {
        taught_init_untaught(ret, a, type);
        return 0;
    }
    return r < 0 ? r : taught_parse(a, type, b.data, b.length, ret, err);
}

static void load_type(struct shelf_type *item, struct arena *a)
{
    struct type *type;
    int r = type_load(a, item->path, &type, &item->why);

    if (r == 0 && strcmp(type->name, item->name) != 0)
        r = err_set(&item->why, ERR_INVALID, "%s: is named \"%s\"; file and name must agree",
                    item->path, type->name);
    if (r < 0)
        return;
    item->taught.declared = type;
    load_weights(a, item->path, type, &item->taught, &item->why);
}

static int compare_items(const void *x, const void *y)
{
    const struct shelf_type *a = x, *b = y;

    return strcmp(a->name, b->name);
}

static bool is_there(const struct type_shelf *shelf, const char *name)
{
    for (size_t i = 0; i < shelf->n; i++)
        if (strcmp(shelf->items[i].name, name) == 0)
            return true;
    return false;
}

static void load_folder(struct type_shelf *shelf, struct arena *a, const char *folder, bool is_own)
{
    DIR *d = opendir(folder);
    const struct dirent *entry;

    while (d && (entry = readdir(d)) != NULL) {
        const char *name = has_ending(entry->d_name) ? stem_of(a, entry->d_name) : NULL;
        struct shelf_type *item = &shelf->items[shelf->n];

        if (!name || is_there(shelf, name) || shelf->n == TYPES_MAX)
            continue;
        *item = (struct shelf_type){.name = name,
                                    .path = arena_printf(a, "%s/%s", folder, entry->d_name),
                                    .is_own = is_own};
        load_type(item, a);
        shelf->n++;
    }
    if (d)
        closedir(d);
}

void type_shelf_load(struct type_shelf *shelf, struct arena *a, const struct settings *s)
{
    AUTO_FREE char *share = spawn_share_folder();

    *shelf = (struct type_shelf){
        .arena = a, .items = arena_alloc_array(a, TYPES_MAX + 1, sizeof *shelf->items)};
    load_folder(shelf, a, arena_printf(a, "%s/types", s->data_dir), true);
    load_folder(shelf, a, arena_printf(a, "%s/types", share), false);
    qsort(shelf->items, shelf->n, sizeof *shelf->items, compare_items);
}

static void put_in_front(struct type_shelf *shelf, const char *path)
{
    struct shelf_type *item = shelf->items;

    memmove(item + 1, item, shelf->n++ * sizeof *item);
    *item = (struct shelf_type){.path = arena_strdup(shelf->arena, path),
                                .name = file_base_name(stem_of(shelf->arena, path)),
                                .is_named = true};
    load_type(item, shelf->arena);
}

int type_shelf_find_declared(struct type_shelf *shelf, const char *name_or_path,
                             const struct shelf_type **ret, struct err *err)
{
    const struct shelf_type *item = shelf->items;

    if (strchr(name_or_path, '/') || has_ending(name_or_path)) {
        if (shelf->n > TYPES_MAX)
            return err_set(err, ERR_LIMIT, "more than %d document types", TYPES_MAX);
        put_in_front(shelf, name_or_path);
    } else {
        while (item < shelf->items + shelf->n && strcmp(item->name, name_or_path) != 0)
            item++;
    }
    if (item == shelf->items + shelf->n)
        return err_set(err, ERR_NOT_FOUND, "no document type '%s'; `bilag type ls` lists them",
                       name_or_path);
    if (!item->taught.declared) {
        *err = item->why;
        return item->why.code;
    }
    *ret = item;
    return 0;
}

int type_shelf_find(struct type_shelf *shelf, const char *name_or_path,
                    const struct shelf_type **ret, struct err *err)
{
    const struct shelf_type *item;
    int r = type_shelf_find_declared(shelf, name_or_path, &item, err);

    if (r == 0 && !item->taught.type) {
        *err = item->why;
        return item->why.code;
    }
    if (r == 0)
        *ret = item;
    return r;
}

const struct taught *type_shelf_pick(const struct type_shelf *shelf, const struct sheet *s,
                                     const struct document *d)
{
    const char *sorted = document_type_name(d->type);

    for (size_t i = 0; i < shelf->n; i++) {
        const struct shelf_type *item = &shelf->items[i];

        if (item->taught.type && strcmp(item->name, d->declared ? d->declared : sorted) == 0 &&
            (d->declared || !item->taught.is_untaught))
            return &item->taught;
    }
    for (size_t i = 0; i < shelf->n && !d->declared; i++) {
        const struct shelf_type *item = &shelf->items[i];

        if (!item->taught.type || !item->taught.type->n_known_by)
            continue;
        if (declared_is_known(item->taught.type, s))
            return &item->taught;
    }
    return NULL;
}
