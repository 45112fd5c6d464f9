/*
 * The tables a search needs, made from the recoder: a tree of codes. Nearly all characters are one
 * class of the network, so the tree is a root with many ends. The order of branches is that of the
 * characters in the model, as in Tesseract: it decides between equal scores.
 */
#include "recogniser/beam_parts.h"

#include "base/mem.h"

#define TABLES_BYTES_MAX ((size_t)64 << 20)

/* The branch with this code, added when there is none. */
static struct branch *branch_find(struct decoder *d, struct branch **list, int *count, int code)
{
    for (int i = 0; i < *count; i++)
        if ((*list)[i].code == code)
            return &(*list)[i];
    if ((*count & (*count - 1)) == 0)
        *list = arena_grow_array(&d->arena, *list, (size_t)*count, *count ? (size_t)*count * 2 : 1,
                                 sizeof **list);
    (*list)[*count] = (struct branch){code, NOTHING};
    return &(*list)[(*count)++];
}

static int prefix_add(struct decoder *d)
{
    int n = d->prefix_count;

    if ((n & (n - 1)) == 0)
        d->prefixes = arena_grow_array(&d->arena, d->prefixes, (size_t)n, n ? (size_t)n * 2 : 1,
                                       sizeof *d->prefixes);
    d->prefixes[n] = (struct prefix){0};
    return d->prefix_count++;
}

static void unichar_add(struct decoder *d, int id, const struct unichar *u)
{
    int prefix = 0, last = u->code_length - 1;

    for (int i = 0; i < last; i++) {
        struct prefix *p = &d->prefixes[prefix];
        struct branch *b = branch_find(d, &p->goes_on, &p->on_count, u->codes[i]);

        if (b->target == NOTHING)
            b->target = prefix_add(d);
        prefix = b->target;
    }
    branch_find(d, &d->prefixes[prefix].ends, &d->prefixes[prefix].end_count, u->codes[last])
        ->target = id;
    for (int i = 0; i <= last; i++)
        if (u->codes[i] >= d->code_range)
            d->code_range = u->codes[i] + 1;
    if (u->code_length > d->code_length)
        d->code_length = u->code_length;
}

struct decoder *decoder_new(const struct model *m, bool without_dictionary)
{
    struct decoder *d = mem_alloc(sizeof *d);

    d->model = m;
    d->classes = m->network.classes;
    d->null_code = m->network.null_class;
    d->has_dictionary = !without_dictionary && dictionary_exists(m);
    arena_init(&d->arena, TABLES_BYTES_MAX);
    prefix_add(d);
    for (int i = 0; i < m->charset.count; i++)
        unichar_add(d, i, &m->charset.unichars[i]);
    branch_find(d, &d->prefixes[0].ends, &d->prefixes[0].end_count, d->null_code);
    d->ranks = arena_alloc_array(&d->arena, (size_t)d->classes, sizeof *d->ranks);
    for (int i = 0; i < d->classes; i++)
        d->ranks[i] = -1;
    for (int i = 0; i < d->prefixes[0].end_count; i++)
        d->ranks[d->prefixes[0].ends[i].code] = i;
    return d;
}

void decoder_free(struct decoder *d)
{
    if (!d)
        return;
    arena_release(&d->arena);
    free(d);
}
