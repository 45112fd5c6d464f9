/*
 * Patterns become positions while they are parsed: a piece of pattern is known by the positions
 * it may begin and end with and whether it may be empty, and joining two pieces says what may
 * follow what. A repetition with a count is parsed again for each copy.
 */
#include "recogniser/grammar_parts.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/utf8.h"

#include <string.h>

enum { SET_WORDS = GRAMMAR_POSITIONS_MAX / 64 + 1, DEPTH_MAX = 32, COUNT_MAX = 200 };
enum { ATOMS_MAX = 10000 }; /* copies of groups without a place would never end */

struct set {
    uint64_t bits[SET_WORDS];
};

struct piece {
    struct set first, last;
    bool may_be_empty;
};

struct parser {
    struct grammar *g;
    const char *pattern, *at;
    struct set before[GRAMMAR_POSITIONS_MAX + 1];
    int depth, atoms;
    struct err *err;
};

static void set_add(struct set *s, int n)
{
    s->bits[n / 64] |= (uint64_t)1 << n % 64;
}

static bool set_has(const struct set *s, int n)
{
    return s->bits[n / 64] >> n % 64 & 1;
}

static void set_join(struct set *s, const struct set *other)
{
    for (int i = 0; i < SET_WORDS; i++)
        s->bits[i] |= other->bits[i];
}

static int pattern_wrong(const struct parser *p, const char *what)
{
    return err_set(p->err, ERR_USAGE, "the pattern \"%s\" at %td: %s", p->pattern,
                   p->at - p->pattern, what);
}

/* ---- pieces ---- */

/* After any end of `a` may come any beginning of `b`. */
static void follow(struct parser *p, const struct set *ends, const struct set *beginnings)
{
    for (int i = 1; i <= p->g->position_count; i++)
        if (set_has(beginnings, i))
            set_join(&p->before[i], ends);
}

static void piece_append(struct parser *p, struct piece *a, const struct piece *b)
{
    follow(p, &a->last, &b->first);
    if (a->may_be_empty)
        set_join(&a->first, &b->first);
    if (!b->may_be_empty)
        a->last = (struct set){0};
    set_join(&a->last, &b->last);
    a->may_be_empty &= b->may_be_empty;
}

static void piece_or(struct piece *a, const struct piece *b)
{
    set_join(&a->first, &b->first);
    set_join(&a->last, &b->last);
    a->may_be_empty |= b->may_be_empty;
}

/* A position for `room` choices as a piece; NULL when there are too many. */
static struct grammar_position *position_new(struct parser *p, int room, struct piece *ret)
{
    struct grammar *g = p->g;
    struct grammar_position *position;

    if (g->position_count == GRAMMAR_POSITIONS_MAX) {
        err_set(p->err, ERR_LIMIT, "the pattern \"%s\" has more than %d places", p->pattern,
                GRAMMAR_POSITIONS_MAX);
        return NULL;
    }
    position = &g->positions[++g->position_count];
    position->choices = arena_alloc_array(&g->arena, (size_t)room, sizeof *position->choices);
    *ret = (struct piece){0};
    set_add(&ret->first, g->position_count);
    set_add(&ret->last, g->position_count);
    return position;
}

/* Two characters with one class: the later one is meant, as everywhere. */
static void choice_add(struct grammar_position *position, int class, int unichar)
{
    for (int i = 0; i < position->choice_count; i++)
        if (position->choices[i].class == class) {
            position->choices[i].unichar = unichar;
            return;
        }
    position->choices[position->choice_count++] = (struct grammar_choice){class, unichar};
}

/* A character of several codes: a position after the other. */
static int long_unichar(struct parser *p, int id, struct piece *ret)
{
    const struct unichar *u = &p->g->model->charset.unichars[id];

    *ret = (struct piece){.may_be_empty = true};
    for (int i = 0; i < u->code_length; i++) {
        struct piece one;
        struct grammar_position *position = position_new(p, 1, &one);

        if (!position)
            return ERR_LIMIT;
        choice_add(position, u->codes[i], i + 1 < u->code_length ? -1 : id);
        piece_append(p, ret, &one);
    }
    return 0;
}

/* ---- characters ---- */

struct range {
    uint32_t from, to;
};

static bool is_in(const struct unichar *u, const struct range *ranges, int count)
{
    const char *at = u->text;
    uint32_t c = utf8_next(&at);

    for (int i = 0; i < count && *at == '\0'; i++)
        if (c >= ranges[i].from && c <= ranges[i].to)
            return true;
    return false;
}

/* One of the model's characters in the ranges. */
static int characters(struct parser *p, const struct range *ranges, int count, struct piece *ret)
{
    const struct charset *set = &p->g->model->charset;
    struct grammar_position *position = position_new(p, set->count, ret);

    if (!position)
        return ERR_LIMIT;
    for (int id = 0; id < set->count; id++) {
        struct piece alone;

        if (!is_in(&set->unichars[id], ranges, count))
            continue;
        if (set->unichars[id].code_length == 1) {
            choice_add(position, set->unichars[id].codes[0], id);
        } else {
            int r = long_unichar(p, id, &alone);

            if (r < 0)
                return r;
            piece_or(ret, &alone);
        }
    }
    return 0;
}

/* The next character, unescaped; 0 at the end. */
static uint32_t character_next(struct parser *p)
{
    if (*p->at == '\\')
        p->at++;
    return utf8_next(&p->at);
}

static int set_parse(struct parser *p, struct piece *ret)
{
    enum { RANGES_MAX = 64 };
    struct range ranges[RANGES_MAX];
    int count = 0;

    while (*p->at && *p->at != ']') {
        if (count == RANGES_MAX)
            return pattern_wrong(p, "too much between [ and ]");
        ranges[count].from = ranges[count].to = character_next(p);
        if (p->at[0] == '-' && p->at[1] && p->at[1] != ']') {
            p->at++;
            ranges[count].to = character_next(p);
        }
        count++;
    }
    if (*p->at != ']')
        return pattern_wrong(p, "a [ without its ]");
    p->at++;
    return characters(p, ranges, count, ret);
}

/* ---- the pattern ---- */

static int alternatives_parse(struct parser *p, struct piece *ret);

static int group_parse(struct parser *p, struct piece *ret)
{
    int r;

    if (++p->depth > DEPTH_MAX)
        return pattern_wrong(p, "groups too deep");
    r = alternatives_parse(p, ret);
    if (r < 0)
        return r;
    p->depth--;
    if (*p->at != ')')
        return pattern_wrong(p, "a ( without its )");
    p->at++;
    return 0;
}

static int atom_parse(struct parser *p, struct piece *ret)
{
    struct range one;

    if (++p->atoms > ATOMS_MAX)
        return pattern_wrong(p, "too many repetitions");
    if (strchr("*+?{}]", *p->at))
        return pattern_wrong(p, "nothing to repeat, or a \\ is missing");
    if (*p->at == '(') {
        p->at++;
        return group_parse(p, ret);
    }
    if (*p->at == '[') {
        p->at++;
        return set_parse(p, ret);
    }
    one.from = one.to = character_next(p);
    return characters(p, &one, 1, ret);
}

struct times {
    int min, max; /* max 0: without end */
};

static int number_next(struct parser *p)
{
    int n = 0;

    while (*p->at >= '0' && *p->at <= '9' && n <= COUNT_MAX)
        n = n * 10 + (*p->at++ - '0');
    return n;
}

static int braces_parse(struct parser *p, struct times *ret)
{
    ret->min = ret->max = number_next(p);
    if (*p->at == ',') {
        p->at++;
        ret->max = number_next(p);
    }
    if (*p->at != '}' || ret->min > COUNT_MAX || ret->max > COUNT_MAX ||
        (ret->max && ret->max < ret->min) || (p->at[-1] != ',' && ret->max == 0))
        return pattern_wrong(p, "not a number of times");
    p->at++;
    return 0;
}

static int times_parse(struct parser *p, struct times *ret)
{
    static const struct {
        char sign;
        struct times times;
    } signs[] = {{'*', {0, 0}}, {'+', {1, 0}}, {'?', {0, 1}}};

    for (size_t i = 0; i < ARRAY_LENGTH(signs); i++)
        if (*p->at == signs[i].sign) {
            p->at++;
            *ret = signs[i].times;
            return 0;
        }
    if (*p->at != '{') {
        *ret = (struct times){1, 1};
        return 0;
    }
    p->at++;
    return braces_parse(p, ret);
}

static int repeated_parse(struct parser *p, struct piece *ret)
{
    const char *start = p->at, *end;
    struct piece copy;
    struct times times = {1, 1};
    int r = atom_parse(p, &copy);

    if (r == 0)
        r = times_parse(p, &times);
    if (r < 0)
        return r;
    end = p->at;
    *ret = (struct piece){.may_be_empty = true};
    for (int i = 0;;) {
        bool is_endless = times.max == 0 && i + 1 >= times.min;

        if (is_endless)
            follow(p, &copy.last, &copy.first);
        copy.may_be_empty |= i >= times.min;
        piece_append(p, ret, &copy);
        if (is_endless || ++i == times.max)
            break;
        p->at = start;
        r = atom_parse(p, &copy);
        if (r < 0)
            return r;
    }
    p->at = end;
    return 0;
}

static int sequence_parse(struct parser *p, struct piece *ret)
{
    *ret = (struct piece){.may_be_empty = true};
    while (*p->at && *p->at != '|' && *p->at != ')') {
        struct piece next;
        int r = repeated_parse(p, &next);

        if (r < 0)
            return r;
        piece_append(p, ret, &next);
    }
    return 0;
}

static int alternatives_parse(struct parser *p, struct piece *ret)
{
    int r = sequence_parse(p, ret);

    while (r == 0 && *p->at == '|') {
        struct piece other;

        p->at++;
        r = sequence_parse(p, &other);
        if (r == 0)
            piece_or(ret, &other);
    }
    return r;
}

/* ---- the automaton ---- */

static void before_list(struct grammar *g, const struct set *before, bool is_first, int *ret_list,
                        int *ret_count)
{
    *ret_count = 0;
    if (is_first)
        ret_list[(*ret_count)++] = 0;
    for (int i = 1; i <= g->position_count; i++)
        if (set_has(before, i))
            ret_list[(*ret_count)++] = i;
}

static void positions_finish(struct parser *p, const struct piece *all)
{
    struct grammar *g = p->g;
    int list[GRAMMAR_POSITIONS_MAX + 1];

    for (int i = 1; i <= g->position_count; i++) {
        struct grammar_position *position = &g->positions[i];

        position->is_last = set_has(&all->last, i);
        position->first_cell = g->cell_count;
        g->cell_count += position->choice_count;
        before_list(g, &p->before[i], set_has(&all->first, i), list, &position->before_count);
        position->before = arena_alloc_array(&g->arena, (size_t)position->before_count,
                                             sizeof *list);
        memcpy(position->before, list, (size_t)position->before_count * sizeof *list);
    }
    g->takes_nothing = all->may_be_empty;
}

int grammar_new(const struct model *m, const char *pattern, struct grammar **ret, struct err *err)
{
    struct grammar *g = mem_alloc(sizeof *g);
    AUTO_FREE struct parser *p = mem_alloc(sizeof *p);
    struct piece all;
    int r;

    arena_init(&g->arena, (size_t)64 << 20);
    g->model = m;
    p->g = g;
    p->pattern = p->at = pattern;
    p->err = err;
    r = alternatives_parse(p, &all);
    if (r == 0 && *p->at)
        r = pattern_wrong(p, "a ) without its (");
    if (r < 0) {
        grammar_free(g);
        return r;
    }
    positions_finish(p, &all);
    *ret = g;
    return 0;
}

void grammar_free(struct grammar *g)
{
    if (!g)
        return;
    arena_release(&g->arena);
    free(g);
}
