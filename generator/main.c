/*
 * bilag-generate: paper of our own. Reads the options, makes documents and writes them with their
 * truth beside them. A failed write ends the run with status 1, a wrong option with 2.
 */
#include "generator/output.h"
#include "generator/truth.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

struct options {
    char *out;
    int seed;
    int count;
    char *types;
    char *languages;
    char *forms;
    char *degrade;
    char *buyer;
    char *data;
    char *synonyms;
    int universe;
    gboolean has_sample;
    gboolean has_words;
    gboolean has_upside_down;
    int training;
    char **rest;
};

/* What a run makes, by number: the lists of the options, decoded. */
struct plan {
    enum type types[TYPE_COUNT];
    int type_count;
    enum language languages[LANG_COUNT];
    int language_count;
    enum form forms[FORM_COUNT];
    int form_count;
    enum degrade degrade;
    bool has_upside_down;
    uint64_t seed;
};

struct run {
    const struct world *world;
    struct pen *pen;
    const char *dir;
    FILE *truth;
    FILE *words; /* NULL unless asked for */
};

static const char USAGE[] =
    "bilag-generate --out DIR [--count N] [--seed N] [--types a,b] [--languages nb,sv]\n"
    "               [--forms pdf,tiff,scanpdf,jpeg,png] [--degrade clean|office|poor|mix]\n"
    "bilag-generate --out DIR --sample\n"
    "bilag-generate --training N OUT.jsonl";

static void read_options(struct options *options, int argc, char **argv)
{
    const GOptionEntry entries[] = {
        {"out", 'o', 0, G_OPTION_ARG_FILENAME, &options->out, "Directory to write to", "DIR"},
        {"seed", 0, 0, G_OPTION_ARG_INT, &options->seed, "Same seed, same bytes (1)", "N"},
        {"count", 'n', 0, G_OPTION_ARG_INT, &options->count, "How many documents (10)", "N"},
        {"types", 0, 0, G_OPTION_ARG_STRING, &options->types, "invoice,credit_note,…", "LIST"},
        {"languages", 0, 0, G_OPTION_ARG_STRING, &options->languages, "en,nb,sv,da,hu,de", "LIST"},
        {"forms", 0, 0, G_OPTION_ARG_STRING, &options->forms, "pdf,tiff,scanpdf,jpeg,png", "LIST"},
        {"degrade", 0, 0, G_OPTION_ARG_STRING, &options->degrade, "clean, office, poor or mix (office)",
         "LEVEL"},
        {"upside-down", 0, 0, G_OPTION_ARG_NONE, &options->has_upside_down,
         "Some scanned pages lie upside down", NULL},
        {"buyer", 0, 0, G_OPTION_ARG_STRING, &options->buyer, "Who gets the papers", "NAME"},
        {"universe", 0, 0, G_OPTION_ARG_INT, &options->universe,
         "Which suppliers exist (1): another number, other companies", "N"},
        {"synonyms", 0, 0, G_OPTION_ARG_STRING, &options->synonyms,
         "Labels from all words, those for training, or the held-out ones", "all|train|held"},
        {"pages-text", 0, 0, G_OPTION_ARG_NONE, &options->has_words,
         "Also write DIR/words.jsonl: the words of each page with boxes", NULL},
        {"sample", 0, 0, G_OPTION_ARG_NONE, &options->has_sample, "A small fixed showcase", NULL},
        {"training", 0, 0, G_OPTION_ARG_INT, &options->training,
         "Only words and truth of N documents, into the file named", "N"},
        {"data", 0, 0, G_OPTION_ARG_FILENAME, &options->data, "Word lists", "DIR"},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->rest, NULL, NULL},
        {0}};
    GOptionContext *context = g_option_context_new(NULL);
    GError *error = NULL;

    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        fprintf(stderr, "%s\n%s\n", error->message, USAGE);
        exit(2);
    }
    g_option_context_free(context);
}

static void refuse(const char *what, const char *name)
{
    fprintf(stderr, "unknown %s: %s\n", what, name);
    exit(2);
}

static void plan_types(struct plan *plan, const char *list)
{
    g_auto(GStrv) names = g_strsplit(list, ",", TYPE_COUNT);

    for (int i = 0; names[i] != NULL; i++) {
        enum type type = type_named(names[i]);

        if (type == TYPE_COUNT)
            refuse("type", names[i]);
        plan->types[plan->type_count++] = type;
    }
}

static void plan_languages(struct plan *plan, const char *list)
{
    g_auto(GStrv) names = g_strsplit(list, ",", LANG_COUNT);

    for (int i = 0; names[i] != NULL; i++) {
        enum language language = language_named(names[i]);

        if (language == LANG_COUNT)
            refuse("language", names[i]);
        plan->languages[plan->language_count++] = language;
    }
}

static void plan_forms(struct plan *plan, const char *list)
{
    g_auto(GStrv) names = g_strsplit(list, ",", FORM_COUNT);

    for (int i = 0; names[i] != NULL; i++) {
        enum form form = form_named(names[i]);

        if (form == FORM_COUNT)
            refuse("form", names[i]);
        plan->forms[plan->form_count++] = form;
    }
}

static enum degrade plan_degrade(const char *name)
{
    for (int level = DEGRADE_CLEAN; level <= DEGRADE_MIX; level++) {
        if (strcmp(name, degrade_name((enum degrade)level)) == 0)
            return (enum degrade)level;
    }
    refuse("level", name);
    return DEGRADE_CLEAN;
}

static enum synonyms plan_synonyms(const char *name)
{
    static const char *const names[] = {"all", "train", "held"};

    for (int i = 0; i < (int)G_N_ELEMENTS(names); i++) {
        if (strcmp(name, names[i]) == 0)
            return (enum synonyms)i;
    }
    refuse("share of synonyms", name);
    return SYNONYMS_ALL;
}

static struct document *make_document(const struct run *run, const struct plan *plan, int n)
{
    enum language language = plan->languages[n % plan->language_count];
    enum type type = plan->types[n / plan->language_count % plan->type_count];

    return document_new(run->world, run->pen, type, language,
                        rng_nth(rng_mix(plan->seed, "document"), (uint64_t)n));
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

static int write_document(struct run *run, const struct plan *plan, int n)
{
    struct document *doc = make_document(run, plan, n);
    enum form form = choose_form(plan, n, doc->type);
    struct rng rng = {rng_nth(rng_mix(plan->seed, "scan"), (uint64_t)n)};
    g_autofree char *name = g_strdup_printf("%s-%s-%04d.%s", type_name(doc->type),
                                            doc->seller->locale->language, n + 1,
                                            form_extension(form));
    g_autofree char *path = g_build_filename(run->dir, name, NULL);
    struct scan scan;
    int failed;

    scan_choose(&scan, plan->degrade, &rng);
    scan.is_upside_down = plan->has_upside_down;
    failed = output_write(doc, form, &scan, &rng, path);
    truth_write(run->truth, doc, name, 1, form_is_scan(form) ? degrade_name(scan.level) : "none");
    if (run->words != NULL)
        truth_write_pages(run->words, doc, name);
    document_free(doc);
    return failed;
}

static FILE *open_in(const char *dir, const char *name)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);
    FILE *file = fopen(path, "w");

    if (file == NULL) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        exit(1);
    }
    return file;
}

static int write_files(struct run *run, const struct plan *plan, const struct options *options)
{
    int failed = 0;

    g_mkdir_with_parents(options->out, 0777);
    run->dir = options->out;
    run->truth = open_in(run->dir, "truth.jsonl");
    if (options->has_words)
        run->words = open_in(run->dir, "words.jsonl");
    for (int i = 0; i < options->count && failed == 0; i++)
        failed = write_document(run, plan, i);
    if (run->words != NULL && fclose(run->words) != 0)
        failed = -1;
    if (fclose(run->truth) != 0)
        failed = -1;
    return failed;
}

static int write_training(const struct run *run, const struct plan *plan, int count,
                          const char *path)
{
    FILE *out = open_in(".", path);

    for (int i = 0; i < count; i++) {
        struct document *doc = make_document(run, plan, i);
        g_autofree char *name = g_strdup_printf("training-%06d", i + 1);

        truth_write_pages(out, doc, name);
        document_free(doc);
    }
    return fclose(out) != 0 ? -1 : 0;
}

int main(int argc, char **argv)
{
    struct options options = {.seed = 1, .count = 10, .universe = 1};
    struct plan plan = {0};
    struct run run = {0};
    struct world *world;
    int failed;

    read_options(&options, argc, argv);
    plan_types(&plan, options.types != NULL ? options.types : "invoice,credit_note,receipt,letter");
    plan_languages(&plan, options.languages != NULL ? options.languages : "en,nb,sv,da,hu,de");
    plan_forms(&plan, options.forms != NULL ? options.forms : "pdf,tiff");
    plan.degrade = plan_degrade(options.degrade != NULL ? options.degrade : "office");
    plan.seed = (uint64_t)options.seed;
    plan.has_upside_down = options.has_upside_down;
    if ((options.out == NULL && options.training == 0) ||
        (options.training > 0 && (options.rest == NULL || options.rest[1] != NULL))) {
        fprintf(stderr, "%s\n", USAGE);
        return 2;
    }
    world = world_open(options.data != NULL ? options.data : GENERATOR_DATA,
                       (uint64_t)options.universe,
                       plan_synonyms(options.synonyms != NULL ? options.synonyms : "all"),
                       options.buyer);
    run.world = world;
    run.pen = pen_new();
    failed = options.training > 0 ? write_training(&run, &plan, options.training, options.rest[0])
                                  : write_files(&run, &plan, &options);
    pen_free(run.pen);
    world_close(world);
    return failed != 0 ? 1 : 0;
}
