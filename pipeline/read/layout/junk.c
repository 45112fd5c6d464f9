/*
 * Specks, creases and pieces of rules are recognised as letters all the same, but never surely. A
 * line is weighed as a whole: one doubtful word among good ones is print, and a lone doubtful
 * letter is seldom. The limits are where nine of ten such lines were no print. Pictures around a
 * page of print make no junk, so whether another layout is asked is decided here, when the page has
 * been read, not by the look of it alone.
 */
#include "pipeline/read/layout/layout.h"

#define SHORT_CERTAINTY (-2.0f) /* the mean, of lines of a few letters */
#define CERTAINTY (-3.0f)
#define TEXTURE_CERTAINTY (-0.35f) /* in a picture: of a few letters, */
#define PICTURE_CERTAINTY                                                                          \
    (-1.5f)             /* and of more; print does not stand in pictures a letter at a time */
#define JUNK_SHARE 0.5f /* of a page's letters: what looked like no text is none */

enum { SHORT_LINE = 3, TEXTURE_LINE = 8 };

/* The mean certainty of a line's letters must not be below this. */
static float least_certainty(const struct layout_line *line, size_t letters)
{
    if (line->is_pictured)
        return letters == 1 ? 0 : letters <= TEXTURE_LINE ? TEXTURE_CERTAINTY : PICTURE_CERTAINTY;
    return letters <= SHORT_LINE ? SHORT_CERTAINTY : CERTAINTY;
}

/* How many letters a line has, and whether it is junk. */
static size_t letters_of(const struct layout_line *line, const struct recognised_line *text,
                         bool *ret_is_junk)
{
    size_t letters = 0;
    float sum = 0;

    for (size_t i = 0; i < text->word_count; i++) {
        letters += text->words[i].symbol_count;
        sum += text->words[i].certainty * (float)text->words[i].symbol_count;
    }
    *ret_is_junk = sum < least_certainty(line, letters) * (float)letters;
    return letters;
}

const char *layout_verdict(const struct layout *layout, struct recognised_line *texts)
{
    size_t all = 0, junk = 0;

    for (size_t i = 0; i < layout->line_count; i++) {
        bool is_junk;
        size_t letters = letters_of(&layout->lines[i], &texts[i], &is_junk);

        all += letters;
        if (!is_junk)
            continue;
        junk += letters;
        texts[i].word_count = 0;
    }
    return (float)junk < JUNK_SHARE * (float)all ? NULL : layout->refusal;
}
