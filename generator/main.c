/*
 * bilag-generate: paper of our own. Reads the options and starts the run. A failed write ends it
 * with status 1, a wrong option with 2.
 */
#include "generator/run.h"

#include <string.h>

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
    char *part;
    int layouts;
    gboolean has_labels;
    char *batch;
    int universe;
    int universes;
    gboolean has_sample;
    gboolean has_words;
    gboolean has_upside_down;
    gboolean has_giro;
    int training;
    char **rest;
};

static const char USAGE[] =
    "bilag-generate --out DIR [--count N] [--seed N] [--types a,b] [--languages nb,sv]\n"
    "               [--forms pdf,tiff,scanpdf,jpeg,png,ubl,cii,facturx]\n"
    "               [--degrade clean|office|poor|mix] [--batch none|blank|patch|code39|qr|mix]\n"
    "bilag-generate --out DIR --sample\n"
    "bilag-generate --training N OUT.jsonl\n"
    "bilag-generate --layouts N | --labels";

static void read_options(struct options *options, int argc, char **argv)
{
    const GOptionEntry entries[] = {
        {"out", 'o', 0, G_OPTION_ARG_FILENAME, &options->out, "Directory to write to", "DIR"},
        {"seed", 0, 0, G_OPTION_ARG_INT, &options->seed, "Same seed, same bytes (1)", "N"},
        {"count", 'n', 0, G_OPTION_ARG_INT, &options->count, "How many documents (10)", "N"},
        {"types", 0, 0, G_OPTION_ARG_STRING, &options->types,
         "invoice, credit_note, receipt, reminder, order, delivery_note, bank_statement, letter, "
         "form, unknown (all)",
         "LIST"},
        {"languages", 0, 0, G_OPTION_ARG_STRING, &options->languages, "en,nb,sv,da,hu,de", "LIST"},
        {"forms", 0, 0, G_OPTION_ARG_STRING, &options->forms,
         "pdf, tiff, scanpdf, jpeg, png, ubl, cii, facturx (pdf,tiff)", "LIST"},
        {"degrade", 0, 0, G_OPTION_ARG_STRING, &options->degrade,
         "clean, office, poor or mix (office)", "LEVEL"},
        {"batch", 0, 0, G_OPTION_ARG_STRING, &options->batch,
         "Several documents a TIFF, with none, blank, patch, code39, qr or mix between", "KIND"},
        {"upside-down", 0, 0, G_OPTION_ARG_NONE, &options->has_upside_down,
         "Some scanned pages lie upside down", NULL},
        {"giro", 0, 0, G_OPTION_ARG_NONE, &options->has_giro,
         "Only papers of suppliers with a payment slip at the foot", NULL},
        {"buyer", 0, 0, G_OPTION_ARG_STRING, &options->buyer, "Who gets the papers", "NAME"},
        {"universe", 0, 0, G_OPTION_ARG_INT, &options->universe,
         "Which suppliers exist (1): another number, other companies", "N"},
        {"universes", 0, 0, G_OPTION_ARG_INT, &options->universes,
         "How many universes in turn, from that number on (1)", "N"},
        {"synonyms", 0, 0, G_OPTION_ARG_STRING, &options->synonyms,
         "Labels from all words, those for training, or the held-out ones", "all|train|held"},
        {"part", 0, 0, G_OPTION_ARG_STRING, &options->part,
         "Layouts and label words of this part: what test shows, train never does",
         "all|train|test"},
        {"words", 0, 0, G_OPTION_ARG_NONE, &options->has_words,
         "Also write DIR/words.jsonl: the words of each page with boxes", NULL},
        {"layouts", 0, 0, G_OPTION_ARG_INT, &options->layouts,
         "Draw N layouts, print each different one, and count them", "N"},
        {"labels", 0, 0, G_OPTION_ARG_NONE, &options->has_labels,
         "Print every label word of the part", NULL},
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

static void options_release(struct options *options)
{
    char *texts[] = {options->out,     options->types, options->languages, options->forms,
                     options->degrade, options->buyer, options->data,      options->synonyms,
                     options->part,    options->batch};

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
    g_strfreev(options->rest);
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

static void plan_batch(struct plan *plan, const char *name)
{
    if (name == NULL)
        return;
    plan->is_batched = true;
    plan->separator = separator_named(name);
    if (plan->separator == SEPARATOR_COUNT && strcmp(name, "mix") != 0)
        refuse("separator", name);
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

static enum part part_named(const char *name)
{
    static const char *const names[][2] = {[PART_ALL] = {"all", "all"},
                                           [PART_TRAIN] = {"train", "train"},
                                           [PART_TEST] = {"test", "held"}};

    for (int i = 0; name != NULL && i < (int)G_N_ELEMENTS(names); i++) {
        if (strcmp(name, names[i][0]) == 0 || strcmp(name, names[i][1]) == 0)
            return (enum part)i;
    }
    if (name != NULL)
        refuse("part", name);
    return PART_ALL;
}

static void plan_init(struct plan *plan, const struct options *options)
{
    static const char ALL_TYPES[] = "invoice,credit_note,receipt,reminder,order,delivery_note,"
                                    "bank_statement,letter,form,unknown";

    plan_types(plan, options->types != NULL ? options->types : ALL_TYPES);
    plan_languages(plan, options->languages != NULL ? options->languages : "en,nb,sv,da,hu,de");
    plan_forms(plan, options->forms != NULL ? options->forms : "pdf,tiff");
    plan_batch(plan, options->batch);
    plan->degrade = plan_degrade(options->degrade != NULL ? options->degrade : "office");
    plan->seed = (uint64_t)options->seed;
    plan->count = options->training > 0 ? options->training : options->count;
    plan->has_upside_down = options->has_upside_down;
    plan->has_giro = options->has_giro;
    plan->has_words = options->has_words;
}

/* Either a directory to fill, or one file for training. */
static bool is_complete(const struct options *options)
{
    int files = options->rest != NULL ? (int)g_strv_length(options->rest) : 0;

    return options->training > 0 ? files == 1 : options->out != NULL && files == 0;
}

/* Fewer fonts are less to learn from: said, not refused. */
static void tell_fonts(void)
{
    int known;
    int installed = style_families(&known);

    if (installed < known)
        fprintf(stderr,
                "bilag-generate: %d of %d font families are installed; "
                "\"scripts/install fonts\" brings the others\n",
                installed, known);
}

static void open_run(struct run *run, const struct options *options)
{
    const char *data = options->data != NULL ? options->data : GENERATOR_DATA;
    enum part layouts = part_named(options->part);
    enum part words = options->synonyms != NULL ? part_named(options->synonyms) : layouts;

    run->pen = pen_new();
    run->dir = options->out;
    run->world_count = MAX(options->universes, 1);
    run->worlds = g_new0(struct world *, run->world_count);
    for (int i = 0; i < run->world_count; i++)
        run->worlds[i] = world_open(data, (uint64_t)(options->universe + i), words, layouts,
                                    options->buyer);
}

static void close_run(struct run *run)
{
    for (int i = 0; i < run->world_count; i++)
        world_close(run->worlds[i]);
    g_free(run->worlds);
    pen_free(run->pen);
}

/* Each different layout on a line of its own, then how many were drawn and how many there are. */
static void print_layouts(const struct options *options)
{
    GHashTable *seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    struct rng rng = {rng_mix((uint64_t)options->seed, "layouts")};

    for (int i = 0; i < options->layouts; i++) {
        struct layout layout;
        char *key;

        layout_draw(&layout, part_named(options->part), &rng);
        key = layout_key(&layout);
        if (!g_hash_table_contains(seen, key))
            printf("%s\n", key);
        g_hash_table_add(seen, key);
    }
    fprintf(stderr, "%d layouts drawn, %u different, of %" PRIu64 " the grammar has\n",
            options->layouts, g_hash_table_size(seen), layout_count());
    g_hash_table_unref(seen);
}

static void print_label(const char *key, const char *word, void *language)
{
    printf("%s\t%s\t%s\n", (const char *)language, key, word);
}

static void print_labels(const struct options *options)
{
    const char *data = options->data != NULL ? options->data : GENERATOR_DATA;

    for (int i = 0; i < LANG_COUNT; i++) {
        char *code = g_strdup(locale_of((enum language)i)->language);
        struct words *words = words_open(data, code, part_named(options->part));

        words_labels(words, print_label, code);
        words_close(words);
        g_free(code);
    }
}

static void print_lists(const struct options *options)
{
    if (options->layouts > 0)
        print_layouts(options);
    if (options->has_labels)
        print_labels(options);
}

int main(int argc, char **argv)
{
    struct options options = {.seed = 1, .count = 10, .universe = 1, .universes = 1};
    struct plan plan = {0};
    struct run run = {0};
    int failed;

    read_options(&options, argc, argv);
    plan_init(&plan, &options);
    if (options.layouts > 0 || options.has_labels) {
        print_lists(&options);
        options_release(&options);
        return 0;
    }
    if (!is_complete(&options)) {
        fprintf(stderr, "%s\n", USAGE);
        return 2;
    }
    tell_fonts();
    open_run(&run, &options);
    if (options.training > 0)
        failed = run_training(&run, &plan, options.rest[0]);
    else if (options.has_sample)
        failed = run_sample(&run);
    else
        failed = run_files(&run, &plan);
    close_run(&run);
    options_release(&options);
    return failed != 0 ? 1 : 0;
}
