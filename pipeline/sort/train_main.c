/*
 * bilag-train: makes models/trained/type.model and score.model from generated documents, and tries
 * them on others.
 *
 *   bilag-train type TRAINING.jsonl OUT.model PROVENANCE    trains; PROVENANCE is a line of text
 *   bilag-train fields PRIOR TRAINING.jsonl OUT.model PROVENANCE
 *   bilag-train test MODELS TRAINING.jsonl                  prints a confusion table
 *   bilag-train read MODELS WORDS.jsonl                     prints what `bilag read --jsonl` would
 *   bilag-train explain MODELS WORDS.jsonl                  … and what was considered
 *   bilag-train known MODELS WORDS.jsonl                    … with a memory that truth corrects
 *   bilag-train features                                    names what is calibrated
 *
 * The files are the words `bilag-generate --training` writes, without recognition, or those of
 * `bilag read --words`, to which the truth may be added.
 */
#include "pipeline/extract/calibration.h"
#include "pipeline/extract/certificate.h"
#include "pipeline/extract/score.h"
#include "pipeline/sort/sort.h"
#include "pipeline/sort/train_fields.h"
#include "pipeline/sort/train_read.h"
#include "pipeline/sort/type_model.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"

#include <linear.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_BYTES = 256 << 20, OUTPUT_BYTES = 64 << 20 };

static int fail(const struct err *err)
{
    fprintf(stderr, "bilag-train: %s\n", err->text);
    return 1;
}

static struct feature_node *sparse(const struct features *f)
{
    size_t n = 0;
    struct feature_node *nodes;

    for (int i = 0; i < FEATURE_COUNT; i++)
        n += f->value[i] != 0;
    nodes = mem_alloc_array(n + 1, sizeof *nodes);
    n = 0;
    for (int i = 0; i < FEATURE_COUNT; i++)
        if (f->value[i] != 0)
            nodes[n++] = (struct feature_node){i + 1, (double)f->value[i]};
    nodes[n].index = -1;
    return nodes;
}

static void add_sample(struct problem *problem, const struct features *features,
                       enum document_type type)
{
    size_t n = (size_t)problem->l + 1;

    problem->x = mem_grow_array(problem->x, n, sizeof(struct feature_node *));
    problem->y = mem_grow_array(problem->y, n, sizeof *problem->y);
    problem->x[problem->l] = sparse(features);
    problem->y[problem->l++] = type;
}

static void find_features(struct features *features, struct arena *a,
                          const struct training_document *t, const struct familiar *familiar)
{
    struct sheet sheet;

    sheet_init(&sheet, a, t->pages, (size_t)t->n_pages);
    features_find(features, &sheet, familiar);
}

/* Words of at least one in 300 papers of a type that is known. */
static int find_familiar(FILE *in, struct familiar *ret, struct err *err)
{
    static uint16_t seen[1 << FAMILIAR_BITS];
    struct training_document t;
    struct arena arena;
    int r, n = 0;

    arena_init(&arena, ARENA_BYTES);
    while ((r = training_read(&arena, in, &t, err)) > 0) {
        struct sheet sheet;

        if (t.type != DOCUMENT_UNKNOWN) {
            sheet_init(&sheet, &arena, t.pages, (size_t)t.n_pages);
            features_count_words(&sheet, seen);
            n++;
        }
        arena_clear(&arena);
    }
    arena_release(&arena);
    for (int i = 0; i < 1 << FAMILIAR_BITS; i++)
        if (300 * seen[i] >= n && seen[i] > 1)
            ret->bits[i / 8] |= (uint8_t)(1u << i % 8);
    rewind(in);
    return r;
}

/* The same paper from a world with other words: most are not familiar, and some labels are none
 * we know. What is left is how such a paper is laid out. */
static void estrange(struct features *f, uint32_t seed)
{
    uint32_t state = seed * 2654435761u + 1, share = 40 + training_roll(&state) % 60;

    for (int i = 0; i < HASHED_FEATURES; i++)
        if (f->value[i] != 0 && training_roll(&state) % 100 < share)
            f->value[i] = 0;
    f->value[HASHED_FEATURES + LAYOUT_FAMILIAR] *= 1 - (float)share / 100;
    features_finish(f);
    for (int i = FEATURE_COUNT - CONCEPT_FEATURES; i < FEATURE_COUNT; i++)
        if (training_roll(&state) % 100 < share / 3)
            f->value[i] = 0;
}

/* Reads all documents as one liblinear problem, each as it is, once spoiled, and both estranged. */
static int read_problem(FILE *in, const struct familiar *familiar, struct problem *problem,
                        struct err *err)
{
    struct features *features = mem_alloc(sizeof *features);
    struct training_document t;
    struct arena arena;
    int r;

    arena_init(&arena, ARENA_BYTES);
    while ((r = training_read(&arena, in, &t, err)) > 0) {
        for (int spoiled = 0; spoiled < 2; spoiled++) {
            if (spoiled)
                training_spoil(&arena, &t, (uint32_t)problem->l);
            find_features(features, &arena, &t, familiar);
            add_sample(problem, features, t.type);
            estrange(features, (uint32_t)problem->l);
            add_sample(problem, features, t.type);
        }
        arena_clear(&arena);
    }
    problem->n = FEATURE_COUNT;
    problem->bias = -1;
    arena_release(&arena);
    free(features);
    return r;
}

static void problem_release(struct problem *problem)
{
    for (int i = 0; i < problem->l; i++)
        free(problem->x[i]);
    free(problem->x);
    free(problem->y);
}

static void silent(const char *text)
{
    (void)text;
}

/* liblinear's one-vs-rest weights, in the order of our types. */
static void copy_weights(const struct model *model,
                         float weights[DOCUMENT_TYPE_COUNT][FEATURE_COUNT])
{
    for (int k = 0; k < model->nr_class; k++)
        for (int i = 0; i < FEATURE_COUNT; i++)
            weights[model->label[k]][i] = (float)model->w[i * model->nr_class + k];
}

static int train_type(const char *input, const char *output, const char *how, struct err *err)
{
    static float weights[DOCUMENT_TYPE_COUNT][FEATURE_COUNT];
    static struct familiar familiar;
    struct parameter parameter = {.solver_type = L2R_LR, .eps = 0.01, .C = 4, .p = 0.1};
    AUTO_FCLOSE FILE *in = fopen(input, "r");
    AUTO_FREE char *provenance = NULL;
    AUTO_BUF struct buf out;
    struct problem problem = {0};
    struct model *model;
    int r;

    buf_init(&out, OUTPUT_BYTES);
    if (!in)
        return err_errno(err, ERR_IO, "opening %s", input);
    r = find_familiar(in, &familiar, err);
    if (r == 0)
        r = read_problem(in, &familiar, &problem, err);
    if (r < 0)
        return r;
    set_print_string_function(silent);
    model = train(&problem, &parameter);
    copy_weights(model, weights);
    provenance = mem_printf("made: %s\nsamples: %d, half of them spoiled, half estranged\nsolver: "
                            "liblinear %d, L2R_LR, C %g\n",
                            how, problem.l, LIBLINEAR_VERSION, parameter.C);
    type_model_print(&familiar, weights, provenance, &out);
    free_and_destroy_model(&model);
    problem_release(&problem);
    return file_write(output, out.data, out.length, 0644, err);
}

struct confusion {
    int count[DOCUMENT_TYPE_COUNT][DOCUMENT_TYPE_COUNT];
    int total, right, language_right, whole;
};

static int test_one(struct arena *a, const struct sorter *sorter, struct training_document *t,
                    struct confusion *table, struct err *err)
{
    struct sorted sorted;
    int r = sort_pages(a, sorter, t->pages, (size_t)t->n_pages, NULL, &sorted, err);

    if (r < 0 || sorted.n_documents == 0)
        return r;
    table->count[t->type][sorted.documents[0]->type]++;
    table->total++;
    table->right += t->type == sorted.documents[0]->type;
    table->language_right += strcmp(t->language, sorted.documents[0]->language) == 0;
    table->whole += sorted.n_documents == 1;
    return 0;
}

static void print_confusion(const struct confusion *table)
{
    printf("%-16s", "generated");
    for (int t = 0; t < DOCUMENT_TYPE_COUNT; t++)
        printf(" %6.6s", document_type_name((enum document_type)t));
    printf("\n");
    for (int t = 0; t < DOCUMENT_TYPE_COUNT; t++) {
        printf("%-16s", document_type_name((enum document_type)t));
        for (int p = 0; p < DOCUMENT_TYPE_COUNT; p++)
            printf(" %6d", table->count[t][p]);
        printf("\n");
    }
    printf("generated documents %d: type %.4f, language %.4f, kept whole %.4f\n", table->total,
           (double)table->right / table->total, (double)table->language_right / table->total,
           (double)table->whole / table->total);
}

static int test(const char *folder, const char *input, struct err *err)
{
    AUTO_FCLOSE FILE *in = fopen(input, "r");
    struct confusion table = {0};
    struct sorter *sorter = NULL;
    struct training_document t;
    struct arena arena;
    int r = sorter_new(folder, &sorter, err);

    if (r < 0)
        return r;
    if (!in) {
        sorter_free(sorter);
        return err_errno(err, ERR_IO, "opening %s", input);
    }
    arena_init(&arena, ARENA_BYTES);
    while (r >= 0 && (r = training_read(&arena, in, &t, err)) > 0) {
        r = test_one(&arena, sorter, &t, &table, err);
        arena_clear(&arena);
    }
    if (r == 0)
        print_confusion(&table);
    arena_release(&arena);
    sorter_free(sorter);
    return r;
}

/* ---- read ---- */

static int load_scorer(const char *folder, struct scorer *scorer, struct err *err)
{
    AUTO_BUF struct buf weights;
    AUTO_FREE char *path = mem_printf("%s/%s", folder, SCORE_FILE);
    int r;

    buf_init(&weights, OUTPUT_BYTES);
    r = file_read(path, &weights, err);
    if (r == 0)
        r = scorer_parse(scorer, weights.data, weights.length, err);
    return r < 0 ? err_wrap(err, r, "%s, which `scripts/train BUILD fields` makes", path) : 0;
}

/* A folder without the file is one that is being made: then nothing is calibrated, or certified. */
static int load_trust(const char *folder, struct calibration *calibration,
                      struct certificate *certificate, struct train_reader *reader, struct err *err)
{
    AUTO_BUF struct buf weights, thresholds;
    AUTO_FREE char *first = mem_printf("%s/%s", folder, CALIBRATION_FILE);
    AUTO_FREE char *second = mem_printf("%s/%s", folder, CERTIFICATE_FILE);
    int r = 0;

    buf_init(&weights, OUTPUT_BYTES);
    buf_init(&thresholds, OUTPUT_BYTES);
    if (file_exists(first)) {
        r = file_read(first, &weights, err);
        if (r == 0)
            r = calibration_parse(calibration, weights.data, weights.length, err);
        reader->calibration = calibration;
    }
    if (r == 0 && file_exists(second)) {
        r = file_read(second, &thresholds, err);
        if (r == 0)
            r = certificate_parse(certificate, thresholds.data, thresholds.length, err);
        reader->certificate = certificate;
    }
    return r;
}

static int read_all(const char *folder, const char *input, struct train_reader *reader,
                    struct err *err)
{
    static struct calibration calibration;
    static struct certificate certificate;
    static struct scorer scorer;
    AUTO_FCLOSE FILE *in = fopen(input, "r");
    struct sorter *sorter = NULL;
    struct training_document t;
    struct arena arena;
    int r = sorter_new(folder, &sorter, err);

    if (r == 0 && !in)
        r = err_errno(err, ERR_IO, "opening %s", input);
    if (r == 0)
        r = load_scorer(folder, &scorer, err);
    if (r == 0)
        r = load_trust(folder, &calibration, &certificate, reader, err);
    reader->sorter = sorter;
    reader->scorer = &scorer;
    arena_init(&arena, ARENA_BYTES);
    while (r >= 0 && (r = training_read(&arena, in, &t, err)) > 0) {
        r = train_reader_print(reader, &arena, &t, err);
        arena_clear(&arena);
    }
    arena_release(&arena);
    sorter_free(sorter);
    return r;
}

static int run_read(char **arguments, struct err *err)
{
    struct train_reader reader = {.has_candidates = strcmp(arguments[1], "explain") == 0,
                                  .has_features = strcmp(arguments[1], "read") != 0};
    int r;

    if (strcmp(arguments[1], "known") == 0)
        reader.known = known_new();
    r = read_all(arguments[2], arguments[3], &reader, err);
    known_free(reader.known);
    return r;
}

static int print_features(void)
{
    for (int i = 0; i < CALIBRATION_COUNT; i++)
        printf("%s ", calibration_feature_name(i));
    return 0;
}

static bool is_reading(const char *verb)
{
    return strcmp(verb, "read") == 0 || strcmp(verb, "explain") == 0 || strcmp(verb, "known") == 0;
}

int main(int argc, char **argv)
{
    struct err err = {0};
    int r;

    if (argc == 5 && strcmp(argv[1], "type") == 0)
        r = train_type(argv[2], argv[3], argv[4], &err);
    else if (argc == 6 && strcmp(argv[1], "fields") == 0)
        r = train_fields(argv[2], argv[3], argv[4], argv[5], &err);
    else if (argc == 4 && strcmp(argv[1], "test") == 0)
        r = test(argv[2], argv[3], &err);
    else if (argc == 2 && strcmp(argv[1], "features") == 0)
        r = print_features();
    else if (argc == 4 && is_reading(argv[1]))
        r = run_read(argv, &err);
    else {
        fprintf(stderr, "usage: bilag-train VERB …: see the head of train_main.c\n");
        return 2;
    }
    return r < 0 ? fail(&err) : 0;
}
