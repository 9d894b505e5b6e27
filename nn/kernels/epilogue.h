/* SPDX-License-Identifier: MIT
 * What happens to the sum of an output before it is stored, while it is in a register: y = clamp (sum + bias + add, low, high).
 * No activation, relu and clip are such clamps; the other activations stay passes of their own. NaN stays NaN. */
#ifndef NN_KERNELS_EPILOGUE_H
#define NN_KERNELS_EPILOGUE_H

#include "../nn.h"

#include <math.h>

typedef struct nn_epilogue {
  const nn_real *bias;            /* (k); NULL: none */
  const nn_real *add;             /* (n, h, w, k), its pixels as far apart as the output's, which it may be itself; NULL: nothing */
  ptrdiff_t add_row, add_image;   /* elements from row to row and from image to image */
  nn_real low, high;
} nn_epilogue;

#define NN_EPILOGUE_NONE ((nn_epilogue) { .low = -INFINITY, .high = INFINITY })

static inline nn_real
nn_clamp (nn_real x, nn_real low, nn_real high)
{
  nn_real y = low > x ? low : x;
  return high < y ? high : y;
}

#endif
