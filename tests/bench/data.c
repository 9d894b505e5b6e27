/* SPDX-License-Identifier: MIT
 * What data costs a training: reading the CSV, copying a picture, augmenting it. CPU time of this thread, the best of several rounds. */
#include "faces.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { FACES = 500, ROUNDS = 7 };

static const nn_input input = { .h = 48, .w = 48, .per_image = true, .sd_floor = 8 };
static const nn_augment augment = { .rotation = 15, .zoom = 0.1f, .shift = 0.05f, .flip = 0.5f, .contrast = 0.2f, .erase = 0.3f };

typedef struct job {
  const nn_dataset *data;
  char *csv;
  size_t csv_size;
} job;

static double
now (void)
{
  struct timespec t;
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &t);
  return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

static double
best_time (void (*run) (const job *), const job *j)
{
  double best = 1e9;
  for (int round = 0; round < ROUNDS; round++) {
    double start = now ();
    run (j);
    double seconds = now () - start;
    best = seconds < best ? seconds : best;
  }
  return best;
}

static void
parse (const job *j)
{
  nn_error error;
  nn_dataset *data = nn_dataset_parse_csv (j->csv, j->csv_size, &error);
  if (!data)
    fprintf (stderr, "%s\n", error.text);
  nn_dataset_free (data);
}

static void
copy (const job *j)
{
  float out[48 * 48];
  for (int row = 0; row < FACES; row++)
    nn_dataset_image (j->data, row, &input, NULL, NULL, out);
}

static void
distort (const job *j)
{
  float out[48 * 48];
  for (int row = 0; row < FACES; row++) {
    nn_random random = nn_random_new (1, 1, (uint64_t) row, NN_FOR_AUGMENT);
    nn_dataset_image (j->data, row, &input, &augment, &random, out);
  }
}

static bool
print_csv (job *j)
{
  FILE *file = open_memstream (&j->csv, &j->csv_size);
  if (!file)
    return false;
  fprintf (file, "emotion,pixels,Usage\n");
  for (int row = 0; row < FACES; row++) {
    fprintf (file, "%d,", j->data->labels[row]);
    for (int i = 0; i < 48 * 48; i++)
      fprintf (file, "%s%d", i ? " " : "", j->data->pixels[row * 48 * 48 + i]);
    fprintf (file, ",Training\n");
  }
  return fclose (file) == 0;
}

int
main (void)
{
  nn_dataset *data = test_faces (FACES, 0, 0, 1);
  job j = { .data = data };
  if (!print_csv (&j))
    return 1;
  printf ("CSV          %7.0f MB/s\n", (double) j.csv_size * 1e-6 / best_time (parse, &j));
  printf ("copy 48x48   %7.1f us\n", best_time (copy, &j) / FACES * 1e6);
  printf ("augment      %7.1f us\n", best_time (distort, &j) / FACES * 1e6);
  free (j.csv);
  nn_dataset_free (data);
  return 0;
}
