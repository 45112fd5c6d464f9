/*
 * A line with an unsure number is shown smoothed, stretched in contrast and as it is, each at
 * another scale, for a line is brought to one height. One reading that says the same settles the
 * word. Otherwise the word is what more of the four say than said it at first; nothing is replaced
 * by what was seen once. Words cut out of their line were read worse than they had been.
 */
#include "pipeline/read/reread.h"

#include "base/arena.h"
#include "pipeline/read/line_grey.h"

#include <stdbool.h>
#include <string.h>

#define UNSURE -0.6f   /* certainty: most misread words are below, one right of fifteen */
#define JUNK -12.0f    /* no print at all */
#define SETTLED 0.5f   /* of a word's doubt is left when the first other reading says the same */
#define DISPUTED -2.0f /* how sure a word is at most that no other reading confirms */
#define DARK_RANK 0.04f
#define PAPER_RANK 0.75f

enum { LINES_MAX = 150 };

enum treatment { SMOOTH, STRETCH, AS_IS };

static const struct way {
    enum treatment treatment;
    float margin; /* paper above and below, of the line's height */
} ways[REREAD_WAYS] = {{SMOOTH, 0.1f}, {STRETCH, 0}, {AS_IS, 0.13f}};

/* A line that is read again. */
struct doubtful {
    const struct line_image *image;
    struct recognised_line *text, readings[REREAD_WAYS];
    int count;
};

/* --- the picture --------------------------------------------------------------------------- */

/* The grey that `share` of the line is not lighter than. */
static int grey_rank(const struct line_image *line, float share)
{
    size_t count[256] = {0}, sum = 0, all = (size_t)line->width * (size_t)line->height;
    int grey = 0;

    for (int y = 0; y < line->height; y++)
        for (int x = 0; x < line->width; x++)
            count[line->pixels[y * line->stride + x]]++;
    while (grey < 255 && (float)(sum += count[grey]) < share * (float)all)
        grey++;
    return grey;
}

static struct line_image show(struct arena *a, const struct line_image *line, const struct way *way)
{
    int above = (int)(way->margin * (float)line->height), height = line->height + 2 * above;
    int paper = grey_rank(line, PAPER_RANK), dark = grey_rank(line, DARK_RANK);
    int range = paper > dark ? paper - dark : 1;
    unsigned char *pixels = arena_alloc(a, (size_t)line->width * (size_t)height);

    memset(pixels, way->treatment == STRETCH ? 255 : paper, (size_t)line->width * (size_t)height);
    for (int y = 0; y < line->height; y++)
        for (int x = 0; x < line->width; x++) {
            int grey = line->pixels[y * line->stride + x];

            if (way->treatment == SMOOTH)
                grey = mean_around(line, x, y);
            else if (way->treatment == STRETCH)
                grey = (grey - dark) * 255 / range;
            pixels[(y + above) * line->width + x] = (unsigned char)(grey < 0     ? 0
                                                                    : grey > 255 ? 255
                                                                                 : grey);
        }
    return (struct line_image){pixels, line->width, height, line->width};
}

/* --- the vote ------------------------------------------------------------------------------ */

/* The one word of a reading that stands where `word` does; NULL when none or several do. */
static const struct recognised_word *same_place(const struct recognised_word *word,
                                                const struct recognised_line *reading)
{
    const struct recognised_word *found = NULL;

    for (size_t i = 0; i < reading->word_count; i++) {
        const struct line_box *box = &reading->words[i].box;
        int middle = (box->left + box->right) / 2;

        if (middle < word->box.left || middle >= word->box.right)
            continue;
        if (found)
            return NULL;
        found = &reading->words[i];
    }
    return found;
}

static int votes_for(const struct recognised_word *word, const char *text,
                     const struct recognised_line *readings, int count)
{
    int votes = strcmp(word->text, text) == 0;

    for (int i = 0; i < count; i++) {
        const struct recognised_word *other = same_place(word, &readings[i]);

        votes += other && strcmp(other->text, text) == 0;
    }
    return votes;
}

void reread_vote(struct recognised_word *word, const struct recognised_line *readings, int count)
{
    const struct recognised_word *best = NULL;
    int first = votes_for(word, word->text, readings, count), most = first;

    for (int i = 0; i < count; i++) {
        const struct recognised_word *other = same_place(word, &readings[i]);
        int votes = other ? votes_for(word, other->text, readings, count) : 0;

        if (votes > most) {
            most = votes;
            best = other;
        }
    }
    if (first == 1 && word->certainty > DISPUTED)
        word->certainty = DISPUTED;
    else if (first > 1 && votes_for(word, word->text, readings, 1) > 1)
        word->certainty *= SETTLED;
    if (best) {
        word->text = best->text;
        word->symbols = best->symbols;
        word->symbol_count = best->symbol_count;
    }
}

/* A misread letter costs a name its accent, a misread digit the document: voting on words without
 * digits mended two names in 60 invoices, and cost as much as all else here. */
static bool is_unsure(const struct recognised_word *word)
{
    return word->certainty < UNSURE && word->certainty > JUNK && strpbrk(word->text, "0123456789");
}

/* Whether a word of the line is unsure that no reading has confirmed yet. */
static bool is_open(const struct doubtful *line)
{
    for (size_t i = 0; i < line->text->word_count; i++) {
        const struct recognised_word *word = &line->text->words[i];

        if (is_unsure(word) && votes_for(word, word->text, line->readings, line->count) == 1)
            return true;
    }
    return false;
}

int reread_lines(struct arena *a, const struct recogniser *r, const struct line_image *images,
                 struct recognised_line *texts, size_t count, struct err *err)
{
    struct doubtful *lines = arena_alloc_array(a, LINES_MAX, sizeof *lines), *open[LINES_MAX];
    struct line_image shown[LINES_MAX];
    struct recognised_line readings[LINES_MAX];
    size_t n = 0;
    int status = 0;

    for (size_t i = 0; i < count && n < LINES_MAX; i++) {
        lines[n] = (struct doubtful){.image = &images[i], .text = &texts[i]};
        n += !texts[i].is_inverted && is_open(&lines[n]);
    }
    for (int way = 0; way < REREAD_WAYS && status == 0; way++) {
        size_t left = 0;

        for (size_t i = 0; i < n; i++)
            if (is_open(&lines[i])) {
                shown[left] = show(a, lines[i].image, &ways[way]);
                open[left++] = &lines[i];
            }
        status = recogniser_read(r, a, shown, left, readings, err);
        for (size_t i = 0; i < left && status == 0; i++)
            open[i]->readings[open[i]->count++] = readings[i];
    }
    for (size_t i = 0; i < n && status == 0; i++)
        for (size_t k = 0; k < lines[i].text->word_count; k++)
            if (is_unsure(&lines[i].text->words[k]))
                reread_vote(&lines[i].text->words[k], lines[i].readings, lines[i].count);
    return status;
}
