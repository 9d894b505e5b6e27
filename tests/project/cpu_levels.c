/* SPDX-License-Identifier: MIT
 * Prints the values of NN_CPU, each with whether this CPU can run it, for `make check-cpu`. */
#include "kernels/kernels.h"

#include <stdio.h>

int
main (void)
{
  bool runs;
  const nn_kernels *level;
  for (int i = 0; (level = nn_kernels_level (i, &runs)); i++)
    printf ("%s %s\n", level->name, runs ? "yes" : "no");
  return 0;
}
