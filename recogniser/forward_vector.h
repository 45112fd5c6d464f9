/*
 * The forward pass for processors with vectors, whatever their width: a kernel's file says what
 * its processor has and includes this.
 *
 *   LANES               32-bit lanes of a vector (before forward_lanes.h)
 *   OFFSET              what is added to an activation in memory: 128 where the dot product wants
 *                       unsigned bytes, else 0
 *   WEIGHT_VECTORS      1: weights lie in memory as they are; 2: a vector of magnitudes, then one
 *                       of bytes with all bits where the weight is negative
 *   lanes_dot()         sum + four products of activations and weights in each lane; of two
 *                       vectors it may make the products of ~x with a negative weight's magnitude
 *   lanes_look_up()     the points of a curve at an index in each lane
 *   lanes_exp_table()   exp_table[] at an index in each wide lane
 *   lanes_complement_of_negative()  x, or 1 - x where another is negative
 *   lanes_least(), lanes_most(), lanes_larger(), lanes_fused()
 *   lanes_load_bytes(), lanes_store_bytes()  unsigned, one a lane
 *
 * A vector holds rows of a weight matrix, one a lane: LANES cells. Four such vectors (the gates of
 * the same cells; or simply the next rows) make a block, and in a block's weights four inputs
 * follow each other in each lane, so that one broadcast of four activations serves a whole block
 * of SEQUENCES sequences. Gates, state and the new activation are made of the sums in registers.
 * What the products have too much is taken back by the sum a block starts with.
 */
#ifndef RECOGNISER_FORWARD_VECTOR_H
#define RECOGNISER_FORWARD_VECTOR_H

#include "recogniser/vector_convolve.h"
#include "recogniser/vector_lstm.h"
#include "recogniser/vector_softmax.h"

#define VECTOR_KERNEL(its_name, its_is_supported)                                                  \
    {                                                                                              \
        .name = its_name, .is_supported = its_is_supported, .batch = 4 * SEQUENCES, .granule = 16, \
        .convolve_pack = convolve_pack, .lstm_pack = lstm_pack, .softmax_pack = softmax_pack,      \
        .convolve = convolve, .lstm = lstm, .softmax = softmax,                                    \
    }

#endif
