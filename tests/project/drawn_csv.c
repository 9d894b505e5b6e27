/* SPDX-License-Identifier: MIT
 * Prints drawn faces as FER-2013's CSV, for the README's lines. */
#include "faces.h"

#include <stdio.h>

int
main (void)
{
  nn_dataset *data = test_faces (28, 7, 7, 1);
  size_t plane = (size_t) data->h * (size_t) data->w;
  puts ("emotion,pixels,Usage");
  for (size_t i = 0; i < (size_t) data->n; i++) {
    printf ("%d,", data->labels[i]);
    for (size_t p = 0; p < plane; p++)
      printf (p ? " %d" : "%d", data->pixels[i * plane + p]);
    printf (",%s\n", nn_split_names[data->splits[i]]);
  }
  nn_dataset_free (data);
}
