/* SPDX-License-Identifier: MIT */
#include "grad.h"

enum { TILE = 16 }; /* rows and columns whose cache lines are used whole */

void
nn_grad_transpose (size_t rows, size_t columns, const nn_real *from, nn_real *to)
{
  for (size_t r0 = 0; r0 < rows; r0 += TILE)
    for (size_t c0 = 0; c0 < columns; c0 += TILE)
      for (size_t c = c0; c < columns && c < c0 + TILE; c++)
        for (size_t r = r0; r < rows && r < r0 + TILE; r++)
          to[c * rows + r] = from[r * columns + c];
}
