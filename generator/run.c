/*
 * Makes the documents of a plan one by one, each from a seed of its own, so that the n-th is the
 * same whatever the others are; writes file, truth and, when asked, words.
 */
#include "generator/run.h"

#include "generator/truth.h"

#include <errno.h>
#include <string.h>

struct document *plan_document(const struct run *run, const struct plan *plan, int n, int attempt)
{
    enum language language = plan->languages[n % plan->language_count];
    enum type type = plan->types[n / plan->language_count % plan->type_count];
    struct rng rng = {rng_nth(rng_mix(plan->seed, "world"), (uint64_t)n)};
    uint64_t seed = rng_nth(rng_mix(plan->seed, "document"), (uint64_t)n);

    return document_new(run->worlds[rng_below(&rng, run->world_count)], run->pen, type, language,
                        seed + (uint64_t)attempt);
}

/* A file of one picture holds one page, and a plan may want slips: others are drawn until a
 * document is that short and asks to be paid so. */
static struct document *make_document(const struct run *run, const struct plan *plan, int n,
                                      bool is_picture)
{
    struct document *doc = plan_document(run, plan, n, 0);

    for (int attempt = 1; (is_picture && doc->pages->len > 1) ||
                          (plan->has_giro && doc->seller->style.layout.payment != PAYMENT_GIRO);
         attempt++) {
        document_free(doc);
        doc = plan_document(run, plan, n, attempt);
    }
    return doc;
}

/* The form's turn comes at another pace than the type's and the language's. */
static enum form choose_form(const struct plan *plan, int n, enum type type)
{
    for (int i = 0; i < plan->form_count; i++) {
        enum form form = plan->forms[(n + n / plan->language_count + i) % plan->form_count];

        if (form_suits(form, type))
            return form;
    }
    return FORM_PDF;
}

static int write_document(struct run *run, const struct plan *plan, int n, int number)
{
    enum type type = plan->types[n / plan->language_count % plan->type_count];
    enum form form = choose_form(plan, n, type);
    struct document *doc = make_document(run, plan, n, form == FORM_JPEG || form == FORM_PNG);
    struct rng rng = {rng_nth(rng_mix(plan->seed, "scan"), (uint64_t)n)};
    g_autofree char *name = g_strdup_printf("%s-%s-%04d.%s", type_name(doc->type),
                                            doc->seller->locale->language, number,
                                            form_extension(form));
    g_autofree char *path = g_build_filename(run->dir, name, NULL);
    struct scan scan;
    int failed;

    scan_choose(&scan, plan->degrade, &rng);
    scan.is_upside_down = plan->has_upside_down;
    if (doc->type == TYPE_RECEIPT && scan.level != DEGRADE_CLEAN && rng_chance(&rng, 35))
        scan_as_photo(&scan);
    failed = output_write(doc, form, &scan, &rng, path);
    truth_write(run->truth, doc, name, 1, form_is_scan(form) ? degrade_name(scan.level) : "none");
    if (run->words != NULL)
        truth_write_pages(run->words, doc, name);
    document_free(doc);
    return failed;
}

static FILE *open_in(const char *dir, const char *name)
{
    g_autofree char *path = dir != NULL ? g_build_filename(dir, name, NULL) : g_strdup(name);
    FILE *file = fopen(path, "w");

    if (file == NULL)
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
    return file;
}

static int close_file(FILE **file)
{
    FILE *open = *file;

    *file = NULL;
    if (open == NULL || fclose(open) == 0)
        return 0;
    fprintf(stderr, "truth: %s\n", strerror(errno));
    return -1;
}

static int open_truth(struct run *run, const struct plan *plan)
{
    if (g_mkdir_with_parents(run->dir, 0777) != 0) {
        fprintf(stderr, "%s: %s\n", run->dir, strerror(errno));
        return -1;
    }
    run->truth = open_in(run->dir, "truth.jsonl");
    if (plan->has_words)
        run->words = open_in(run->dir, "words.jsonl");
    if (plan->is_batched)
        run->batches = open_in(run->dir, "batches.jsonl");
    return run->truth == NULL || (plan->has_words && run->words == NULL) ||
                   (plan->is_batched && run->batches == NULL)
               ? -1
               : 0;
}

static int close_truth(struct run *run)
{
    int failed = close_file(&run->truth);

    failed |= close_file(&run->words);
    return failed | close_file(&run->batches);
}

int run_files(struct run *run, const struct plan *plan)
{
    int failed = open_truth(run, plan);

    if (failed == 0 && plan->is_batched)
        failed = run_batches(run, plan);
    for (int i = 0; i < plan->count && failed == 0 && !plan->is_batched; i++)
        failed = write_document(run, plan, i, i + 1);
    return close_truth(run) | failed;
}

int run_training(struct run *run, const struct plan *plan, const char *path)
{
    FILE *out = open_in(NULL, path);

    if (out == NULL)
        return -1;
    for (int i = 0; i < plan->count; i++) {
        struct document *doc = plan_document(run, plan, i, 0);
        g_autofree char *name = g_strdup_printf("training-%06d", i + 1);

        truth_write_pages(out, doc, name);
        document_free(doc);
    }
    return close_file(&out);
}

/* One of each kind worth showing, every language at least twice; the last is a batch. */
static const struct {
    enum type type;
    enum language language;
    enum form form;
    enum degrade degrade;
    int n;
} samples[] = {
    {TYPE_INVOICE, LANG_NB, FORM_PDF, DEGRADE_CLEAN, 4},
    {TYPE_INVOICE, LANG_SV, FORM_TIFF, DEGRADE_OFFICE, 9},
    {TYPE_INVOICE, LANG_DA, FORM_SCANPDF, DEGRADE_OFFICE, 3},
    {TYPE_INVOICE, LANG_HU, FORM_PDF, DEGRADE_CLEAN, 4},
    {TYPE_INVOICE, LANG_DE, FORM_FACTURX, DEGRADE_CLEAN, 5},
    {TYPE_INVOICE, LANG_EN, FORM_JPEG, DEGRADE_OFFICE, 6},
    {TYPE_INVOICE, LANG_NB, FORM_TIFF, DEGRADE_POOR, 7},
    {TYPE_CREDIT_NOTE, LANG_NB, FORM_UBL, DEGRADE_CLEAN, 8},
    {TYPE_RECEIPT, LANG_DA, FORM_PNG, DEGRADE_OFFICE, 9},
    {TYPE_REMINDER, LANG_SV, FORM_PDF, DEGRADE_CLEAN, 10},
    {TYPE_BANK_STATEMENT, LANG_EN, FORM_PDF, DEGRADE_CLEAN, 11},
    {TYPE_LETTER, LANG_DE, FORM_TIFF, DEGRADE_OFFICE, 12},
    {TYPE_FORM, LANG_HU, FORM_SCANPDF, DEGRADE_OFFICE, 13},
};

int run_sample(struct run *run)
{
    struct plan plan = {.seed = 2026, .type_count = 1, .language_count = 1, .form_count = 1};
    int failed;

    plan.is_batched = true;
    failed = open_truth(run, &plan);
    for (size_t i = 0; i < G_N_ELEMENTS(samples) && failed == 0; i++) {
        plan.types[0] = samples[i].type;
        plan.languages[0] = samples[i].language;
        plan.forms[0] = samples[i].form;
        plan.degrade = samples[i].degrade;
        failed = write_document(run, &plan, samples[i].n, (int)i + 1);
    }
    plan.types[0] = TYPE_INVOICE;
    plan.languages[0] = LANG_NB;
    plan.languages[1] = LANG_SV;
    plan.languages[2] = LANG_DA;
    plan.language_count = 3;
    plan.count = 3;
    plan.degrade = DEGRADE_OFFICE;
    plan.separator = SEPARATOR_PATCH;
    if (failed == 0)
        failed = run_batches(run, &plan);
    return close_truth(run) | failed;
}
