/*
 * Where the check boxes of a form are, learnt from filled forms whose boxes somebody told the state
 * of: the box that is selected on just those papers where the field is.
 */
#ifndef TAUGHT_PLACES_H
#define TAUGHT_PLACES_H

#include "pipeline/extract/taught/teach.h"

/*
 * `type` with a box for each mark that has none, and with anchors, where none are declared, of the
 * words that nearly all examples print in one place. The frame is that of the declared anchors, or
 * of the example most like the others. Boxes that fit a field equally well are told apart by its
 * labels; a mark that cannot be told stays without a box. In arena; `type` itself when nothing is
 * to be placed.
 */
const struct type *places_learn(struct arena *a, const struct type *type,
                                const struct teach_example *const *examples, size_t count);

#endif
