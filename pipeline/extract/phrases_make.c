/*
 * Build tool: reads models/vocabulary/<language>.tsv and prints the sorted phrase table as C.
 * A concept that concept.def does not name stops the build with file and line.
 */
#include "pipeline/extract/phrases.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const concepts[] = {
#define CONCEPT(name) #name,
#include "pipeline/extract/concept.def"
#undef CONCEPT
};

static const char *const languages[] = {"en", "nb", "sv", "da", "hu", "de"};

struct table {
    struct phrase *rows;
    size_t count;
};

static void add_phrase(struct table *table, const char *text, int concept, int language)
{
    char key[PHRASE_KEY_SIZE];

    if (phrase_key(text, key, sizeof key) == 0)
        return;
    for (size_t i = 0; i < table->count; i++)
        if (strcmp(table->rows[i].key, key) == 0) {
            table->rows[i].concepts |= UINT64_C(1) << concept;
            table->rows[i].languages |= (uint8_t)(1 << language);
            return;
        }
    table->rows = mem_grow_array(table->rows, table->count + 1, sizeof *table->rows);
    table->rows[table->count++] = (struct phrase){.key = mem_strdup(key),
                                                  .concepts = UINT64_C(1) << concept,
                                                  .length = (uint8_t)strlen(key),
                                                  .languages = (uint8_t)(1 << language)};
}

static int concept_named(const char *name)
{
    for (int i = 0; i < CONCEPT_COUNT; i++)
        if (strcmp(concepts[i], name) == 0)
            return i;
    return -1;
}

static void read_language(struct table *table, const char *folder, int language)
{
    AUTO_FREE char *path = mem_printf("%s/%s.tsv", folder, languages[language]);
    AUTO_FCLOSE FILE *file = fopen(path, "r");
    char line[16384];

    if (!file) {
        perror(path);
        exit(1);
    }
    for (int number = 1; fgets(line, sizeof line, file); number++) {
        char *rest = line, *part = strsep(&rest, "\t\n");
        int concept = concept_named(part);

        if (concept < 0) {
            fprintf(stderr, "%s:%d: no concept \"%s\" in concept.def\n", path, number, part);
            exit(1);
        }
        while ((part = strsep(&rest, "\t\n")))
            add_phrase(table, part, concept, language);
    }
}

/* By length first, so that phrases of nearly the same length stand together. */
static int compare_rows(const void *x, const void *y)
{
    const struct phrase *a = x, *b = y;

    return a->length != b->length ? a->length - b->length : strcmp(a->key, b->key);
}

static void print_starts(const struct table *table)
{
    size_t row = 0;

    printf("};\n\nconst uint16_t phrase_starts[] = {\n");
    for (int length = 0; length <= PHRASE_KEY_SIZE; length++) {
        while (row < table->count && table->rows[row].length < length)
            row++;
        printf("%zu,\n", row);
    }
    printf("};\n\n");
}

int main(int argc, char **argv)
{
    struct table table = {0};

    if (argc != 2) {
        fprintf(stderr, "usage: phrases-make FOLDER\n");
        return 2;
    }
    for (int i = 0; i < (int)ARRAY_LENGTH(languages); i++)
        read_language(&table, argv[1], i);
    qsort(table.rows, table.count, sizeof *table.rows, compare_rows);
    printf("/* Made by phrases-make from models/vocabulary. */\n"
           "#include \"pipeline/extract/phrases.h\"\n\n"
           "const size_t phrase_count = %zu;\nconst struct phrase phrase_table[] = {\n",
           table.count);
    for (size_t i = 0; i < table.count; i++)
        printf("{\"%s\", UINT64_C(0x%llx), %d, %d},\n", table.rows[i].key,
               (unsigned long long)table.rows[i].concepts, table.rows[i].length,
               table.rows[i].languages);
    print_starts(&table);
    printf("const uint64_t phrase_bags[] = {\n");
    for (size_t i = 0; i < table.count; i++)
        printf("UINT64_C(0x%llx),\n", (unsigned long long)phrase_bag(table.rows[i].key));
    printf("};\n");
    return 0;
}
