/*
 * Combs: a box parted by bars into a cell for each character. A recogniser reads the bars as
 * characters too, or glues them to one, or drops them.
 */
#ifndef TAUGHT_COMB_H
#define TAUGHT_COMB_H

enum { COMB_CHARACTERS_MAX = 96 };

struct comb_character {
    char c;  /* as it was read, in order */
    float x; /* about where its middle is */
};

/* Says in ret[i] what stands in the cell with its middle at middles[i], or '\0'. Characters beyond
 * COMB_CHARACTERS_MAX are not looked at; of `n_cells` there are 2 to half as many. */
void comb_read(const struct comb_character *read, int n_read, const float *middles, int n_cells,
               char *ret);

#endif
