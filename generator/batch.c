/*
 * A stack of paper as a scanner delivers it: several documents in one multi-page TIFF, with
 * separator sheets, blank sheets or nothing between them.
 */
#include "generator/run.h"
#include "generator/truth.h"

struct stack {
    GPtrArray *pages;     /* struct page, borrowed from documents or extras */
    GPtrArray *extras;    /* struct page: separators and blanks, ours */
    GPtrArray *documents; /* struct document */
    GString *separators;  /* page numbers, as JSON */
    GString *blanks;
};

static void stack_init(struct stack *stack)
{
    stack->pages = g_ptr_array_new();
    stack->extras = g_ptr_array_new_with_free_func((GDestroyNotify)page_free);
    stack->documents = g_ptr_array_new_with_free_func((GDestroyNotify)document_free);
    stack->separators = g_string_new(NULL);
    stack->blanks = g_string_new(NULL);
}

static void stack_release(struct stack *stack)
{
    g_ptr_array_unref(stack->pages);
    g_ptr_array_unref(stack->extras);
    g_ptr_array_unref(stack->documents);
    g_string_free(stack->separators, TRUE);
    g_string_free(stack->blanks, TRUE);
}

static void add_sheet(struct stack *stack, struct pen *pen, enum separator kind)
{
    GString *list = kind == SEPARATOR_BLANK ? stack->blanks : stack->separators;

    g_ptr_array_add(stack->extras, separator_page(pen, kind));
    g_ptr_array_add(stack->pages, g_ptr_array_index(stack->extras, stack->extras->len - 1));
    g_string_append_printf(list, "%s%u", list->len > 0 ? ", " : "", stack->pages->len);
}

static void add_document(struct stack *stack, struct run *run, const char *name,
                         struct document *doc)
{
    truth_write(run->truth, doc, name, (int)stack->pages->len + 1, "batch");
    for (guint i = 0; i < doc->pages->len; i++)
        g_ptr_array_add(stack->pages, document_page(doc, i));
    g_ptr_array_add(stack->documents, doc);
}

/* A paper narrower than A4 lies on an A4 sheet of the feeder all the same. */
static void widen(struct document *doc)
{
    for (guint i = 0; i < doc->pages->len; i++) {
        struct page *page = document_page(doc, i);

        page->width = MAX(page->width, 595);
        page->height = MAX(page->height, 842);
    }
}

static int write_batch(struct run *run, const struct plan *plan, int number, int *next)
{
    struct rng rng = {rng_nth(rng_mix(plan->seed, "batch"), (uint64_t)number)};
    int size = MIN(rng_range(&rng, 2, 5), plan->count - *next);
    enum separator kind = plan->separator;
    g_autofree char *name = g_strdup_printf("batch-%04d.tif", number);
    g_autofree char *path = g_build_filename(run->dir, name, NULL);
    struct stack stack;
    struct scan scan;
    int failed;

    if (kind == SEPARATOR_COUNT)
        kind = (enum separator)(number % SEPARATOR_COUNT);
    scan_choose(&scan, plan->degrade, &rng);
    scan.is_upside_down = plan->has_upside_down;
    stack_init(&stack);
    for (int i = 0; i < size; i++, (*next)++) {
        struct document *doc = plan_document(run, plan, *next, 0);

        widen(doc);
        if (i > 0 && kind != SEPARATOR_NONE)
            add_sheet(&stack, run->pen, kind);
        add_document(&stack, run, name, doc);
        if (rng_chance(&rng, 15) && kind != SEPARATOR_BLANK)
            add_sheet(&stack, run->pen, SEPARATOR_BLANK);
    }
    failed = output_tiff(stack.pages, &scan, &rng, path);
    fprintf(run->batches,
            "{\"file\": \"%s\", \"pages\": %u, \"documents\": %u, \"separators\": [%s], "
            "\"blanks\": [%s]}\n",
            name, stack.pages->len, stack.documents->len, stack.separators->str, stack.blanks->str);
    stack_release(&stack);
    return failed;
}

int run_batches(struct run *run, const struct plan *plan)
{
    int next = 0;
    int failed = 0;

    for (int number = 1; next < plan->count && failed == 0; number++)
        failed = write_batch(run, plan, number, &next);
    return failed;
}
