/*
 * The characters a model knows: the unicharset component, text of one line an id
 * (ccutil/unicharset.cpp), and the recoder, which says with which classes of the network each is
 * written (ccutil/unicharcompress.cpp).
 *
 *   112
 *   NULL 0 Common 0
 *   A 5 0,255,0,255,0,0,0,0,0,0 Latin 84 0 4 A      # A [41 ]A
 *
 * A line has the character, its properties in hexadecimal, metrics that older files lack, and the
 * script; what follows is not needed.
 */
#include "recogniser/model_parts.h"

#include "base/mem.h"
#include "base/number.h"
#include "base/utf8.h"

enum { IS_ALPHA = 1, IS_DIGIT = 8, IS_PUNCTUATION = 16 };

#define UNICHARS_MAX 16384
#define UNICHAR_BYTES_MAX 64 /* Tesseract's own limit is 30 */
#define FIELD_BYTES_MAX 128

/* The next field of the line, "" when there is none; cut to the room there is. */
static void field_next(struct bytes *line, char field[FIELD_BYTES_MAX])
{
    size_t n = 0;

    for (; line->at < line->end && *line->at != ' '; line->at++)
        if (n + 1 < FIELD_BYTES_MAX)
            field[n++] = (char)*line->at;
    field[n] = '\0';
    if (line->at < line->end)
        line->at++;
}

/* The rest of the text without its next line, which is returned. */
static struct bytes line_next(struct bytes *text)
{
    const unsigned char *at = text->at;
    const unsigned char *end = memchr(at, '\n', (size_t)(text->end - at));

    text->at = end ? end + 1 : text->end;
    return (struct bytes){at, end ? end : text->end, false};
}

static int properties_parse(const char *field)
{
    int properties = 0;

    for (; *field; field++) {
        const char *digits = "0123456789abcdef";
        const char *digit = strchr(digits, *field);

        if (!digit || properties > 0xffff)
            return -1;
        properties = properties * 16 + (int)(digit - digits);
    }
    return properties;
}

/* Tesseract's rule, which takes each script on its own word. */
static bool script_has_spaces(const char *script)
{
    static const char *const dense[] = {"Han", "Thai", "Hangul", "Hiragana", "Katakana"};

    for (size_t i = 0; i < ARRAY_LENGTH(dense); i++)
        if (strcmp(script, dense[i]) == 0)
            return false;
    return true;
}

static int unichar_parse(struct bytes line, struct arena *a, struct unichar *ret, struct err *err)
{
    char text[FIELD_BYTES_MAX], field[FIELD_BYTES_MAX];
    int properties;

    field_next(&line, text);
    field_next(&line, field);
    properties = properties_parse(field);
    field_next(&line, field);
    if (strchr(field, ','))
        field_next(&line, field);
    if (text[0] == '\0' || strlen(text) > UNICHAR_BYTES_MAX || properties < 0 ||
        !utf8_is_valid(text, strlen(text)))
        return model_damaged(err, "a character that is none");
    if (!script_has_spaces(field))
        return model_unknown(err, "a script without spaces between words");
    ret->text = strcmp(text, "NULL") == 0 ? " " : arena_strdup(a, text);
    ret->is_alpha = properties & IS_ALPHA;
    ret->is_digit = properties & IS_DIGIT;
    ret->is_punctuation = properties & IS_PUNCTUATION;
    return 0;
}

static int unichars_parse(struct bytes text, struct arena *a, struct charset *ret, struct err *err)
{
    char field[FIELD_BYTES_MAX];
    struct bytes line = line_next(&text);
    int64_t count;

    field_next(&line, field);
    if (!number_parse(field, 1, UNICHARS_MAX, &count))
        return model_damaged(err, "the number of its characters");
    ret->unichars = arena_alloc_array(a, (size_t)count, sizeof *ret->unichars);
    ret->count = (int)count;
    for (int i = 0; i < ret->count; i++) {
        int r = unichar_parse(line_next(&text), a, &ret->unichars[i], err);

        if (r < 0)
            return r;
    }
    if (strcmp(ret->unichars[0].text, " ") != 0)
        return model_unknown(err, "its first character is not the space");
    return 0;
}

/* u32 count; an id: i8, i32 length, i32 codes. */
static int codes_parse(struct bytes b, int classes, struct charset *set, struct err *err)
{
    if (bytes_u32(&b) != (uint32_t)set->count)
        return model_damaged(err, "not a code for each character");
    for (int i = 0; i < set->count; i++) {
        struct unichar *u = &set->unichars[i];

        bytes_take(&b, 1);
        u->code_length = bytes_i32(&b);
        if (u->code_length < 1 || u->code_length > CODE_LENGTH_MAX)
            return model_damaged(err, "the length of a code");
        for (int j = 0; j < u->code_length; j++) {
            u->codes[j] = bytes_i32(&b);
            if (b.is_short || u->codes[j] < 0 || u->codes[j] >= classes)
                return model_damaged(err, "a code without a class");
        }
    }
    return 0;
}

int charset_parse(struct bytes unichars, struct bytes codes, int classes, struct arena *a,
                  struct charset *ret, struct err *err)
{
    int r = unichars_parse(unichars, a, ret, err);

    return r < 0 ? r : codes_parse(codes, classes, ret, err);
}
