/* SPDX-License-Identifier: MIT */
#include "faces.h"
#include "test.h"

#include <string.h>

enum { COUNT = 48 * 48 };

static void
copy_row (nn_dataset *data, int from, int to)
{
  memcpy (data->pixels + (size_t) to * COUNT, data->pixels + (size_t) from * COUNT, COUNT);
}

/* 100 drawn faces, of which four outside Training are copies of others: of Training (found), one pixel off (not), of each other (not). */
static void
finds_copies_of_training_rows_only (void)
{
  nn_dataset *data = test_faces (60, 20, 20, 3);
  bool twins[100];
  copy_row (data, 5, 63);
  copy_row (data, 59, 99);
  copy_row (data, 7, 80);
  data->pixels[80 * COUNT + 2000] ^= 1;
  copy_row (data, 70, 90);
  copy_row (data, 10, 11);
  require (nn_dataset_twins (data, twins));
  for (int row = 0; row < 100; row++)
    check (twins[row] == (row == 63 || row == 99));
  nn_dataset_free (data);
}

static void
needs_no_training_rows (void)
{
  nn_dataset *data = test_faces (0, 3, 0, 3);
  bool twins[3] = { true, true, true };
  require (nn_dataset_twins (data, twins));
  check (!twins[0] && !twins[1] && !twins[2]);
  nn_dataset_free (data);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (finds_copies_of_training_rows_only), TEST (needs_no_training_rows), { 0 } });
}
