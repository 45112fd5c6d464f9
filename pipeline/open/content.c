/*
 * A reader of drawing instructions that gives up early: operators it does not list, painted paths,
 * visible text, a second picture or a picture within the stream end it with "no", and somebody else
 * paints the page.
 */
#include "pipeline/open/content.h"

#include "base/mem.h"

#include <math.h>
#include <string.h>

#define NUMBERS_MAX 6
#define NESTING_MAX 32
#define INVISIBLE 3 /* text rendering mode */
#define FAR 1e9

struct state {
    double a, b, c, d, e, f;
    double clip_x0, clip_y0, clip_x1, clip_y1;
    int text_mode;
    bool is_fill_black;
};

struct content {
    const unsigned char *p, *end;
    double numbers[NUMBERS_MAX]; /* the last operands, the newest last */
    char name[CONTENT_NAME_BYTES];
    struct state stack[NESTING_MAX];
    int depth;
    bool has_rectangle, has_clip, has_picture;
    double rectangle[4];
    struct content_picture *ret;
};

static struct state *now(struct content *c)
{
    return &c->stack[c->depth];
}

/* ---- operators: each says whether the page may still be one picture ---- */

static bool nothing(struct content *c)
{
    (void)c;
    return true;
}

static bool save(struct content *c)
{
    if (c->depth + 1 == NESTING_MAX)
        return false;
    c->depth++;
    c->stack[c->depth] = c->stack[c->depth - 1];
    return true;
}

static bool restore(struct content *c)
{
    return c->depth-- > 0;
}

static bool transform(struct content *c)
{
    const double *n = c->numbers;
    struct state *s = now(c), old = *s;

    s->a = n[0] * old.a + n[1] * old.c;
    s->b = n[0] * old.b + n[1] * old.d;
    s->c = n[2] * old.a + n[3] * old.c;
    s->d = n[2] * old.b + n[3] * old.d;
    s->e = n[4] * old.a + n[5] * old.c + old.e;
    s->f = n[4] * old.b + n[5] * old.d + old.f;
    return true;
}

static bool rectangle(struct content *c)
{
    const struct state *s = now(c);
    const double *n = &c->numbers[NUMBERS_MAX - 4];
    double x0 = s->a * n[0] + s->c * n[1] + s->e, y0 = s->b * n[0] + s->d * n[1] + s->f;
    double x1 = x0 + s->a * n[2] + s->c * n[3], y1 = y0 + s->b * n[2] + s->d * n[3];
    bool is_upright = (s->b == 0 && s->c == 0) || (s->a == 0 && s->d == 0);

    if (c->has_rectangle || !is_upright)
        return false;
    c->has_rectangle = true;
    c->rectangle[0] = fmin(x0, x1);
    c->rectangle[1] = fmin(y0, y1);
    c->rectangle[2] = fmax(x0, x1);
    c->rectangle[3] = fmax(y0, y1);
    return true;
}

static bool clip(struct content *c)
{
    c->has_clip = true;
    return c->has_rectangle;
}

static bool end_path(struct content *c)
{
    struct state *s = now(c);

    if (c->has_clip) {
        s->clip_x0 = fmax(s->clip_x0, c->rectangle[0]);
        s->clip_y0 = fmax(s->clip_y0, c->rectangle[1]);
        s->clip_x1 = fmin(s->clip_x1, c->rectangle[2]);
        s->clip_y1 = fmin(s->clip_y1, c->rectangle[3]);
    }
    c->has_clip = c->has_rectangle = false;
    return true;
}

static bool fill_grey(struct content *c)
{
    now(c)->is_fill_black = c->numbers[5] == 0;
    return true;
}

static bool fill_rgb(struct content *c)
{
    now(c)->is_fill_black = c->numbers[3] == 0 && c->numbers[4] == 0 && c->numbers[5] == 0;
    return true;
}

static bool fill_cmyk(struct content *c)
{
    now(c)->is_fill_black = c->numbers[5] == 1;
    return true;
}

static bool fill_other(struct content *c)
{
    now(c)->is_fill_black = false;
    return true;
}

static bool text_mode(struct content *c)
{
    now(c)->text_mode = (int)fmax(-1, fmin(c->numbers[5], 9));
    return true;
}

static bool show_text(struct content *c)
{
    return now(c)->text_mode == INVISIBLE;
}

static bool use_state(struct content *c)
{
    if (c->ret->n_states == CONTENT_STATES_MAX)
        return false;
    memcpy(c->ret->states[c->ret->n_states++], c->name, sizeof c->name);
    return true;
}

static bool draw(struct content *c)
{
    const struct state *s = now(c);
    struct content_picture *to = c->ret;

    if (c->has_picture || c->has_rectangle)
        return false;
    c->has_picture = true;
    memcpy(to->name, c->name, sizeof to->name);
    to->a = s->a;
    to->b = s->b;
    to->c = s->c;
    to->d = s->d;
    to->e = s->e;
    to->f = s->f;
    to->clip_x0 = s->clip_x0;
    to->clip_y0 = s->clip_y0;
    to->clip_x1 = s->clip_x1;
    to->clip_y1 = s->clip_y1;
    to->is_fill_black = s->is_fill_black;
    return true;
}

static const struct {
    const char *name;
    bool (*act)(struct content *c);
} operators[] = {
    {"q", save},        {"Q", restore},     {"cm", transform},   {"Do", draw},
    {"gs", use_state},  {"re", rectangle},  {"W", clip},         {"W*", clip},
    {"n", end_path},    {"g", fill_grey},   {"rg", fill_rgb},    {"k", fill_cmyk},
    {"cs", fill_other}, {"sc", fill_other}, {"scn", fill_other}, {"Tr", text_mode},
    {"Tj", show_text},  {"TJ", show_text},  {"'", show_text},    {"\"", show_text},
    {"BT", nothing},    {"ET", nothing},    {"Tf", nothing},     {"Td", nothing},
    {"TD", nothing},    {"Tm", nothing},    {"T*", nothing},     {"TL", nothing},
    {"Tc", nothing},    {"Tw", nothing},    {"Tz", nothing},     {"Ts", nothing},
    {"w", nothing},     {"J", nothing},     {"j", nothing},      {"M", nothing},
    {"d", nothing},     {"ri", nothing},    {"i", nothing},      {"G", nothing},
    {"RG", nothing},    {"K", nothing},     {"CS", nothing},     {"SC", nothing},
    {"SCN", nothing},   {"BMC", nothing},   {"BDC", nothing},    {"EMC", nothing},
    {"MP", nothing},    {"DP", nothing},    {"BX", nothing},     {"EX", nothing},
    {"true", nothing},  {"false", nothing}, {"null", nothing},
};

/* ---- tokens ---- */

static bool is_space(unsigned char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == '\0';
}

static bool is_regular(unsigned char c)
{
    return !is_space(c) && !strchr("()<>[]{}/%", c);
}

/* How many regular characters from here on. */
static size_t measure(const struct content *c)
{
    size_t n = 0;

    while (c->p + n < c->end && is_regular(c->p[n]))
        n++;
    return n;
}

static void skip_string(struct content *c)
{
    int depth = 0;

    for (; c->p < c->end; c->p++) {
        if (*c->p == '\\')
            c->p++;
        else if (*c->p == '(')
            depth++;
        else if (*c->p == ')' && --depth == 0)
            break;
    }
    c->p = c->p < c->end ? c->p + 1 : c->end;
}

static bool take_name(struct content *c)
{
    size_t n;

    c->p++;
    n = measure(c);
    if (n + 2 > sizeof c->name || memchr(c->p, '#', n))
        return false;
    memset(c->name, 0, sizeof c->name);
    c->name[0] = '/';
    memcpy(c->name + 1, c->p, n);
    c->p += n;
    return strcmp(c->name, "/OC") != 0; /* content that can be switched off */
}

static bool take_number(struct content *c, size_t length)
{
    const unsigned char *p = c->p, *end = p + length;
    double value = 0, step = 1, sign = 1;

    if (p < end && (*p == '-' || *p == '+'))
        sign = *p++ == '-' ? -1 : 1;
    for (; p < end && *p >= '0' && *p <= '9'; p++)
        value = value * 10 + (*p - '0');
    if (p < end && *p == '.')
        for (p++; p < end && *p >= '0' && *p <= '9'; p++)
            value += (*p - '0') * (step /= 10);
    if (p < end)
        return false;
    memmove(c->numbers, c->numbers + 1, sizeof c->numbers - sizeof *c->numbers);
    c->numbers[NUMBERS_MAX - 1] = sign * value;
    c->p = end;
    return true;
}

static bool take_operator(struct content *c, size_t length)
{
    for (size_t i = 0; i < ARRAY_LENGTH(operators); i++)
        if (strlen(operators[i].name) == length && memcmp(operators[i].name, c->p, length) == 0) {
            c->p += length;
            return operators[i].act(c);
        }
    return false;
}

static bool take_token(struct content *c)
{
    size_t length = measure(c);

    if (length > 0)
        return strchr("0123456789+-.", *c->p) ? take_number(c, length) : take_operator(c, length);
    if (*c->p == '/')
        return take_name(c);
    if (*c->p == '%')
        while (c->p < c->end && *c->p != '\n' && *c->p != '\r')
            c->p++;
    else if (*c->p == '(')
        skip_string(c);
    else if (*c->p == '<' && c->p + 1 < c->end && c->p[1] != '<')
        c->p = memchr(c->p, '>', (size_t)(c->end - c->p)) ?: c->end;
    else
        c->p++; /* brackets: their contents are operands like others */
    return true;
}

bool content_is_picture(const unsigned char *bytes, size_t length, struct content_picture *ret)
{
    struct content c = {
        .p = bytes, .end = bytes + length, .ret = ret, .stack[0] = {.is_fill_black = true}};
    struct state *s = &c.stack[0];

    s->a = s->d = 1;
    s->clip_x0 = s->clip_y0 = -FAR;
    s->clip_x1 = s->clip_y1 = FAR;
    *ret = (struct content_picture){0};
    while (c.p < c.end) {
        if (is_space(*c.p))
            c.p++;
        else if (!take_token(&c))
            return false;
    }
    return c.has_picture && c.depth >= 0;
}
