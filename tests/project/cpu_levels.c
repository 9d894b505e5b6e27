/* SPDX-License-Identifier: MIT
 * Prints the values of NN_CPU that this CPU can run, for `make check-cpu`. */
#include "kernels/kernels.h"

#include <stdio.h>

int
main (void)
{
  bool runs;
  for (int i = 0; nn_kernels_level (i, &runs); i++)
    if (runs)
      puts (nn_kernels_level (i, &runs)->name);
}
