/*
 * The network component: a tree of nodes, written by Tesseract's Network::Serialize and its
 * descendants (folder lstm), then the recogniser's own numbers.
 *
 * The tree is not interpreted: only the shape of the shipped models is read, and the first node
 * that is something else makes the model unknown. So what the forward pass may rely on is what
 * model.h draws, with every dimension checked against its neighbours.
 *
 *   Series
 *     Input  height x any width x 1
 *     Series ─ Convolve 3 x 3 ─ Tanh
 *     Maxpool 3 x 3
 *     XYTranspose ─ SummLSTM
 *     LSTM, or RTLReversed ─ LSTM     one to eight times
 *     Softmax
 *
 * A node is: i8 0; type; i8 training; i8 backprop; i32 flags, inputs, outputs, weights; name; body.
 */
#include "recogniser/model_parts.h"

#include <math.h>

enum {
    WEIGHTS_INT8 = 1,
    WEIGHTS_ADAM = 4, /* how they were trained: says nothing about the layout of int8 */
    WEIGHTS_DOUBLE_SCALES = 128,
    NODE_OWN_LEARNING_RATES = 64,
    TRAINING_INT8 = 1,
    TRAINING_RECODED = 64,
    CHILDREN_BESIDE_LAYERS = 5,
};

#define SCALE_MAX 1e6 /* of a weight; the largest shipped is 0.6. Keeps every float finite. */
#define INT8_SCALE 127

struct parser {
    struct bytes b;
    struct arena *arena;
    struct err *err;
};

struct node {
    const unsigned char *type;
    uint32_t type_length;
    int32_t flags, inputs, outputs;
};

static void text_skip(struct bytes *b)
{
    uint32_t length = bytes_u32(b);

    bytes_take(b, length);
}

static int node_read(struct parser *p, struct node *ret)
{
    uint8_t old_type = bytes_u8(&p->b);

    ret->type_length = bytes_u32(&p->b);
    ret->type = bytes_take(&p->b, ret->type_length);
    bytes_take(&p->b, 2);
    ret->flags = bytes_i32(&p->b);
    ret->inputs = bytes_i32(&p->b);
    ret->outputs = bytes_i32(&p->b);
    bytes_i32(&p->b);
    text_skip(&p->b);
    if (p->b.is_short)
        return model_damaged(p->err, "its network is cut off");
    return old_type == 0 ? 0 : model_unknown(p->err, "a node of an old form");
}

static bool node_is(const struct node *n, const char *type)
{
    return n->type_length == strlen(type) && memcmp(n->type, type, n->type_length) == 0;
}

static int node_expect(struct parser *p, const char *type, struct node *ret)
{
    int r = node_read(p, ret);

    if (r < 0)
        return r;
    return node_is(ret, type) ? 0 : model_unknown(p->err, "a node of another kind");
}

/* The node's numbers must be exactly these. */
static int body_expect(struct parser *p, const int32_t *numbers, size_t count)
{
    bool is_same = true;

    for (size_t i = 0; i < count; i++)
        is_same &= bytes_i32(&p->b) == numbers[i];
    if (p->b.is_short)
        return model_damaged(p->err, "its network is cut off");
    return is_same ? 0 : model_unknown(p->err, "a node of another size");
}

/* What a node with children has behind them. */
static int children_end(struct parser *p, const struct node *n)
{
    if (n->flags & NODE_OWN_LEARNING_RATES)
        bytes_take(&p->b, (size_t)bytes_u32(&p->b) * sizeof(float));
    return p->b.is_short ? model_damaged(p->err, "its network is cut off") : 0;
}

static int scales_parse(struct parser *p, struct weights *w)
{
    float *scales = arena_alloc_array(p->arena, (size_t)w->rows, sizeof *scales);

    for (int i = 0; i < w->rows; i++) {
        double scale = bytes_double(&p->b);

        if (!isfinite(scale) || scale < 0 || scale > SCALE_MAX)
            return model_damaged(p->err, "a weight that is no number");
        scales[i] = (float)(scale / INT8_SCALE);
    }
    w->scales = scales;
    return 0; /* what follows the last scale finds out whether the file is cut off here */
}

/* u8 mode; i32 rows, cols; i8 for rows past the end; the bytes; u32 count; scales. */
static int weights_parse(struct parser *p, int rows, int cols, struct weights *ret)
{
    uint8_t mode = bytes_u8(&p->b);
    int32_t found_rows = bytes_i32(&p->b), found_cols = bytes_i32(&p->b);

    if (!p->b.is_short &&
        (mode | WEIGHTS_ADAM) != (WEIGHTS_INT8 | WEIGHTS_ADAM | WEIGHTS_DOUBLE_SCALES))
        return model_unknown(p->err, "its weights are not integers");
    if (!p->b.is_short && (found_rows != rows || found_cols != cols))
        return model_damaged(p->err, "a weight matrix does not fit its layer");
    bytes_take(&p->b, 1);
    ret->rows = rows;
    ret->cols = cols;
    ret->values = (const int8_t *)bytes_take(&p->b, (size_t)rows * (size_t)cols);
    if (bytes_u32(&p->b) != (uint32_t)rows || p->b.is_short)
        return model_damaged(p->err, "its weights are cut off");
    return scales_parse(p, ret);
}

static int input_parse(struct parser *p, struct network *net)
{
    enum { BATCH, HEIGHT, WIDTH, DEPTH, LOSS, COUNT };
    int32_t shape[COUNT];
    struct node n;
    int r = node_expect(p, "Input", &n);

    if (r < 0)
        return r;
    for (int i = 0; i < COUNT; i++)
        shape[i] = bytes_i32(&p->b);
    if (shape[WIDTH] != 0 || shape[DEPTH] != 1 || shape[HEIGHT] < POOL_SIDE ||
        shape[HEIGHT] > NETWORK_HEIGHT_MAX || shape[HEIGHT] % POOL_SIDE != 0)
        return model_unknown(p->err, "an input of another shape");
    net->height = shape[HEIGHT];
    return 0;
}

static int convolve_parse(struct parser *p, struct network *net)
{
    struct node series, n;
    int r = node_expect(p, "Series", &series);

    if (r == 0)
        r = body_expect(p, (const int32_t[]){2}, 1);
    if (r == 0)
        r = node_expect(p, "Convolve", &n);
    if (r == 0)
        r = body_expect(p, (const int32_t[]){1, 1}, 2);
    if (r == 0)
        r = node_expect(p, "Tanh", &n);
    if (r < 0)
        return r;
    if (n.outputs < 1 || n.outputs > NETWORK_FILTERS_MAX)
        return model_unknown(p->err, "the number of its filters");
    r = weights_parse(p, n.outputs, CONVOLVE_INPUTS + 1, &net->convolve);
    return r < 0 ? r : children_end(p, &series);
}

static int maxpool_parse(struct parser *p)
{
    struct node n;
    int r = node_expect(p, "Maxpool", &n);

    return r < 0 ? r : body_expect(p, (const int32_t[]){POOL_SIDE, POOL_SIDE}, 2);
}

/* The body of an LSTM node that has been read. */
static int lstm_parse(struct parser *p, const struct node *n, int inputs, struct lstm_layer *ret)
{
    int r;

    if (n->outputs < 1 || n->outputs > NETWORK_CELLS_MAX || n->inputs != inputs)
        return model_unknown(p->err, "the size of a layer");
    ret->inputs = inputs;
    ret->cells = n->outputs;
    r = body_expect(p, &(int32_t){inputs + ret->cells}, 1);
    for (int gate = 0; r == 0 && gate < GATE_COUNT; gate++)
        r = weights_parse(p, ret->cells, inputs + ret->cells + 1, &ret->gates[gate]);
    return r;
}

/* A node around one LSTM of type `type`; the outer node has been read. */
static int wrapped_parse(struct parser *p, const struct node *outer, const char *type, int inputs,
                         struct lstm_layer *ret)
{
    struct node inner;
    int r = body_expect(p, (const int32_t[]){1}, 1);

    if (r == 0)
        r = node_expect(p, type, &inner);
    if (r == 0)
        r = lstm_parse(p, &inner, inputs, ret);
    return r < 0 ? r : children_end(p, outer);
}

static int column_parse(struct parser *p, struct network *net)
{
    struct node n;
    int r = node_expect(p, "XYTranspose", &n);

    return r < 0 ? r : wrapped_parse(p, &n, "SummLSTM", net->convolve.rows, &net->column);
}

static int layer_parse(struct parser *p, int inputs, struct lstm_layer *ret)
{
    struct node n;
    int r = node_read(p, &n);

    if (r < 0)
        return r;
    if (node_is(&n, "LSTM"))
        return lstm_parse(p, &n, inputs, ret);
    if (!node_is(&n, "RTLReversed"))
        return model_unknown(p->err, "a node of another kind");
    ret->is_reversed = true;
    return wrapped_parse(p, &n, "LSTM", inputs, ret);
}

static int softmax_parse(struct parser *p, int inputs, struct network *net)
{
    struct node n;
    int r = node_expect(p, "Softmax", &n);

    if (r < 0)
        return r;
    if (n.outputs < 2 || n.outputs > NETWORK_CLASSES_MAX)
        return model_unknown(p->err, "the number of its classes");
    net->classes = n.outputs;
    return weights_parse(p, n.outputs, inputs + 1, &net->softmax);
}

static int layers_parse(struct parser *p, struct network *net)
{
    int r = input_parse(p, net), inputs;

    if (r == 0)
        r = convolve_parse(p, net);
    if (r == 0)
        r = maxpool_parse(p);
    if (r == 0)
        r = column_parse(p, net);
    inputs = net->column.cells;
    for (int i = 0; r == 0 && i < net->layer_count; i++) {
        r = layer_parse(p, inputs, &net->layers[i]);
        inputs = net->layers[i].cells;
    }
    return r < 0 ? r : softmax_parse(p, inputs, net);
}

static int tree_parse(struct parser *p, struct network *net)
{
    struct node n;
    int r = node_expect(p, "Series", &n);

    if (r < 0)
        return r;
    net->layer_count = bytes_i32(&p->b) - CHILDREN_BESIDE_LAYERS;
    if (net->layer_count < 1 || net->layer_count > MODEL_LAYERS_MAX)
        return model_unknown(p->err, "the number of its layers");
    r = layers_parse(p, net);
    return r < 0 ? r : children_end(p, &n);
}

/* text spec; i32 training flags, iteration, sample iteration, null class; three floats. */
static int trailer_parse(struct parser *p, struct network *net)
{
    int32_t flags;

    text_skip(&p->b);
    flags = bytes_i32(&p->b);
    bytes_i32(&p->b);
    net->sample_iteration = bytes_i32(&p->b);
    net->null_class = bytes_i32(&p->b);
    if (p->b.is_short)
        return model_damaged(p->err, "its network is cut off");
    if (!(flags & TRAINING_INT8) || !(flags & TRAINING_RECODED))
        return model_unknown(p->err, "neither integers nor recoded characters");
    if (net->null_class < 0 || net->null_class >= net->classes)
        return model_damaged(p->err, "its class for nothing does not exist");
    return 0;
}

int network_parse(struct bytes b, struct arena *a, struct network *ret, struct err *err)
{
    struct parser p = {b, a, err};
    int r = tree_parse(&p, ret);

    return r < 0 ? r : trailer_parse(&p, ret);
}
