/*
 * Specks, creases and pieces of rules are recognised as letters all the same, but never surely. A
 * line is weighed as a whole: one doubtful word among good ones is print, and a lone doubtful
 * letter is seldom. The limits are where nine of ten such lines were no print.
 */
#include "pipeline/read/layout/layout.h"

#define SHORT_CERTAINTY (-2.0f) /* the mean, of lines of a few letters */
#define CERTAINTY (-3.0f)

enum { SHORT_LINE = 3 };

bool layout_is_junk(const struct recognised_line *text)
{
    size_t letters = 0;
    float sum = 0;

    for (size_t i = 0; i < text->word_count; i++) {
        letters += text->words[i].symbol_count;
        sum += text->words[i].certainty * (float)text->words[i].symbol_count;
    }
    return sum < (letters <= SHORT_LINE ? SHORT_CERTAINTY : CERTAINTY) * (float)letters;
}
