/*
 * Several looks at one place, put to the vote.
 *
 * A misread digit is mostly a matter of where the cut and the threshold fell: the recogniser is
 * sure of a 3 in one picture and of an 8 in the next. So the same ink is shown up to seven ways,
 * three when these agree, and each has a vote. What all looks agree on is right far more often than
 * what one is sure of.
 */
#include "pipeline/read/look.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "pipeline/open/open.h"
#include "pipeline/read/engine.h"
#include "pipeline/read/line_grey.h"
#include "pipeline/read/sheet.h"
#include "recogniser/grammar.h"

#include <leptonica/allheaders.h>
#include <math.h>
#include <string.h>

enum { CROP_PX_MAX = 6000 };

#define PAPER 255
#define PADDING_PX 2 /* on every side, beside the look's own margin */

enum treatment { AS_IS, SMOOTH, SHARP, SPLIT, SPLIT_LIGHT };

/* The ways of looking: another margin is another scale too, for a crop is brought to one height. */
static const struct way {
    float margin; /* of the place's height, above and below */
    enum treatment treatment;
} ways[] = {{0.25f, AS_IS}, {0.38f, SMOOTH}, {0.18f, SPLIT},      {0.12f, AS_IS},
            {0.28f, SHARP}, {0.20f, SMOOTH}, {0.32f, SPLIT_LIGHT}};

enum { WAYS = ARRAY_LENGTH(ways), ENOUGH = 3 /* looks that all agree */ };

#define CURRENCY "(kr\\.?|NOK|SEK|DKK|EUR|GBP|HUF|USD|RM|Ft|€|$|£)"
#define MONTH "[A-Za-zäåæøéáűőúóíöü]+"

/* A figure within the letters of a name is a misread letter, but for "7-ELEVEN", "Q8" and a
 * company's number. */
#define NAME_LETTERS(more) "[A-ZÄÅÆØÉÁŰŐÚÍÓÖÜ&.,'()/" more "-]+"
#define COMPANY_NUMBER "[0-9]+([-.][0-9A-Z]+)*\\)?,?"
#define NAME_WORD(more)                                                                            \
    "(([0-9]+-?)?" NAME_LETTERS(more) "(\\(" COMPANY_NUMBER ")?|\\(?" COMPANY_NUMBER               \
                                      "|[A-Z]{1,2}[0-9]{1,2})"
#define NAME_WORDS(more) NAME_WORD(more) "( " NAME_WORD(more) ")*"

static const char *const patterns[LOOK_KIND_COUNT] = {
    [LOOK_AMOUNT] = " *-?(" CURRENCY " ?)?-?([0-9]{1,3}([ .,'][0-9]{3})*|[0-9]+)"
                    "([.,][0-9]{1,4}|,-|:-)?( ?" CURRENCY ")?-? *",
    [LOOK_DATE] = " *([0-9]{1,2}[./-] ?[0-9]{1,2}[./-] ?([0-9]{2}|[0-9]{4})|"
                  "[0-9]{4}[./-] ?[0-9]{2}[./-] ?[0-9]{2}\\.?|"
                  "[0-9]{1,2}[.-]? ?" MONTH "[.,-]?,? ?[0-9]{2,4}|"
                  "[0-9]{4}\\. ?" MONTH " ?[0-9]{1,2}\\.|" MONTH " [0-9]{1,2},? [0-9]{4}) *",
    [LOOK_DIGITS] = " *[0-9]+([ .-][0-9]+)*-? *",
    [LOOK_IDENTIFIER] = " *[0-9A-Za-z#]+([ ./_-][0-9A-Za-z]+)* *",
    [LOOK_IBAN] = " *[A-Z]{2}[0-9]{2} ?[0-9A-Z]{4}( ?[0-9A-Z]{1,4}){2,7} *",
    [LOOK_NAME] = " *" NAME_WORDS("a-zäåæøéáűőúíóöüß") " *",
    [LOOK_CAPITALS] = " *" NAME_WORDS("") " *",
};

struct looker {
    struct arena *a;
    const struct recogniser *r;
    struct grammar *grammars[LOOK_KIND_COUNT];
    PIX *page; /* grey or black and white, upright */
    float px_per_pt_x, px_per_pt_y;
    float cos, sin; /* of the skew */
};

/* --- the cut ------------------------------------------------------------------------------- */

static unsigned char pixel_at(PIX *pix, int x, int y)
{
    const l_uint32 *row;

    if (x < 0 || y < 0 || x >= pixGetWidth(pix) || y >= pixGetHeight(pix))
        return PAPER;
    row = pixGetData(pix) + (size_t)y * (size_t)pixGetWpl(pix);
    if (pixGetDepth(pix) == 8)
        return (unsigned char)GET_DATA_BYTE(row, x);
    return GET_DATA_BIT(row, x) ? 0 : PAPER;
}

/* The grey at a place between pixels. */
static unsigned char grey_at(PIX *pix, float x, float y)
{
    int left = (int)floorf(x), top = (int)floorf(y);
    float fx = x - (float)left, fy = y - (float)top;
    float above = (float)pixel_at(pix, left, top) * (1 - fx) +
                  (float)pixel_at(pix, left + 1, top) * fx;
    float below = (float)pixel_at(pix, left, top + 1) * (1 - fx) +
                  (float)pixel_at(pix, left + 1, top + 1) * fx;

    return (unsigned char)(above * (1 - fy) + below * fy + 0.5f);
}

/* The place with its margin as bytes, straightened: its box has the size of the straight words and
 * stands on their middle. False when it is nothing a line can be cut from. */
static bool cut(const struct looker *l, const struct box *at, float margin, struct line_image *ret)
{
    float wide = (at->x1 - at->x0) * l->px_per_pt_x, tall = (at->y1 - at->y0) * l->px_per_pt_y;
    float middle_x = (at->x0 + at->x1) / 2 * l->px_per_pt_x;
    float middle_y = (at->y0 + at->y1) / 2 * l->px_per_pt_y;
    float pad = margin * tall + PADDING_PX;
    unsigned char *pixels;
    int width, height;

    if (!(wide > 0 && tall > 0 && wide < CROP_PX_MAX && tall < CROP_PX_MAX))
        return false;
    width = (int)ceilf(wide + 2 * pad);
    height = (int)ceilf(tall + 2 * pad);
    pixels = arena_alloc(l->a, (size_t)width * (size_t)height);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            float along = (float)x - (float)(width - 1) / 2;
            float down = (float)y - (float)(height - 1) / 2;

            pixels[y * width + x] = grey_at(l->page,
                                            middle_x + l->cos * along - l->sin * down - 0.5f,
                                            middle_y + l->sin * along + l->cos * down - 0.5f);
        }
    *ret = (struct line_image){pixels, width, height, width};
    return true;
}

/* --- the treatment ------------------------------------------------------------------------- */

/* Midway between the darkest and the lightest parts of the crop, moved by `share` of the distance.
 */
static int split_at(const struct line_image *image, float share)
{
    int count[256] = {0}, total = image->width * image->height, dark = 0, light = 255, sum = 0;

    for (int i = 0; i < total; i++)
        count[image->pixels[i]]++;
    for (; dark < 255 && (sum += count[dark]) < total / 25; dark++)
        ;
    sum = 0;
    for (; light > 0 && (sum += count[light]) < total / 4; light--)
        ;
    return dark + (int)(share * (float)(light - dark));
}

static void treat(struct arena *a, struct line_image *image, enum treatment treatment)
{
    size_t size = (size_t)image->width * (size_t)image->height;
    unsigned char *made;
    int limit = treatment == SPLIT         ? split_at(image, 0.5f)
                : treatment == SPLIT_LIGHT ? split_at(image, 0.65f)
                                           : 0;

    if (treatment == AS_IS)
        return;
    made = arena_alloc(a, size);
    for (int y = 0; y < image->height; y++)
        for (int x = 0; x < image->width; x++) {
            int p = image->pixels[y * image->stride + x], out;

            if (treatment == SPLIT || treatment == SPLIT_LIGHT)
                out = p <= limit ? 0 : PAPER;
            else if (treatment == SMOOTH)
                out = mean_around(image, x, y);
            else
                out = 2 * p - mean_around(image, x, y);
            made[y * image->width + x] = (unsigned char)(out < 0 ? 0 : out > PAPER ? PAPER : out);
        }
    image->pixels = made;
}

/* --- the vote ------------------------------------------------------------------------------ */

static const char *trimmed(struct arena *a, const char *text)
{
    size_t length;

    text += strspn(text, " ");
    length = strnlen(text, LIMIT_WORD_BYTES);
    while (length && text[length - 1] == ' ')
        length--;
    return arena_strndup(a, text, length);
}

/* Whether two texts are the same but for spaces: how wide a gap is a space is no question here. */
static bool is_same(const char *a, const char *b)
{
    for (;;) {
        a += strspn(a, " ");
        b += strspn(b, " ");
        if (*a != *b || *a == '\0')
            return *a == *b;
        a++;
        b++;
    }
}

/* One reading more: the look's vote, and its probability for the mean of all. */
static void count_vote(struct look_reading *seen, int *count, const char *text, float probability)
{
    int i = 0;

    while (i < *count && !is_same(seen[i].text, text))
        i++;
    if (i == *count)
        seen[(*count)++] = (struct look_reading){.text = text};
    seen[i].share += probability;
    seen[i].votes++;
}

static int look_once(const struct looker *l, const struct look_place *place, const struct way *way,
                     struct look_reading *seen, int *count, struct err *err)
{
    struct grammar_reading reading;
    struct posteriors p = {0};
    struct line_image image;
    const char *text;
    int r;

    if (!cut(l, &place->box, way->margin, &image))
        return 0;
    treat(l->a, &image, way->treatment);
    r = recogniser_posteriors(l->r, l->a, &image, &p, err);
    if (r < 0 || p.steps == 0 || !grammar_read(l->grammars[place->kind], l->a, &p, &reading))
        return r;
    text = trimmed(l->a, reading.text);
    if (utf8_is_valid(text, strlen(text)))
        count_vote(seen, count, text, expf(reading.log_probability));
    return 0;
}

/* What more looks saw stands first; among equals, what they were surer of. */
static float weight(const struct look_reading *reading)
{
    return (float)reading->votes + reading->share;
}

static void rank(struct look_reading *seen, int count, int looks, struct look *ret)
{
    *ret = (struct look){.looks = looks};
    for (int i = 0; i < count; i++) {
        int at = ret->count;

        seen[i].share = fminf(seen[i].share / (float)looks, 1);

        while (at > 0 && weight(&ret->readings[at - 1]) < weight(&seen[i]))
            at--;
        if (at == LOOK_READINGS_MAX)
            continue;
        if (ret->count < LOOK_READINGS_MAX)
            ret->count++;
        for (int k = ret->count - 1; k > at; k--)
            ret->readings[k] = ret->readings[k - 1];
        ret->readings[at] = seen[i];
    }
}

static int look_at(struct looker *l, const struct look_place *place, struct look *ret,
                   struct err *err)
{
    const struct model *m = recogniser_model(l->r);
    struct look_reading seen[WAYS];
    int count = 0, looks = 0, r = 0;

    if (!l->grammars[place->kind])
        r = grammar_new(m, patterns[place->kind], &l->grammars[place->kind], err);
    while (r == 0 && looks < WAYS && !(looks == ENOUGH && count == 1 && seen[0].votes == ENOUGH))
        r = look_once(l, place, &ways[looks++], seen, &count, err);
    if (r == 0)
        rank(seen, count, looks, ret);
    return r;
}

static PIX *upright(PIX *pix, int rotation)
{
    PIX *grey = pix_grey(pix), *turned = grey ? pixRotateOrth(grey, rotation / 90) : NULL;

    pixDestroy(&grey);
    return turned;
}

int look_again(struct arena *a, const struct engine *engine, const struct page_image *image,
               int rotation, float skew_deg, const struct look_place *places, size_t count,
               struct look *ret, struct err *err)
{
    float skew = skew_deg * (float)M_PI / 180;
    struct looker l = {
        .a = a, .r = engine_recogniser(engine), .cos = cosf(skew), .sin = sinf(skew)};
    bool is_turned = rotation % 180 != 0;
    int r = 0;

    memset(ret, 0, count * sizeof *ret);
    l.page = l.r ? upright(image->pix, rotation) : NULL;
    if (!l.page)
        return 0;
    l.px_per_pt_x = (float)pixGetWidth(l.page) / (is_turned ? image->height_pt : image->width_pt);
    l.px_per_pt_y = (float)pixGetHeight(l.page) / (is_turned ? image->width_pt : image->height_pt);
    for (size_t i = 0; i < count && r == 0; i++)
        r = look_at(&l, &places[i], &ret[i], err);
    for (int kind = 0; kind < LOOK_KIND_COUNT; kind++)
        grammar_free(l.grammars[kind]);
    pixDestroy(&l.page);
    return r;
}
