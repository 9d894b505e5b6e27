/* SPDX-License-Identifier: MIT
 * Every build of the pooling kernels against the reference, over channels around vectors, windows and steps. `--bench` times both. */
#include "kernels/kernels.h"
#include "test.h"

#include <string.h>
#include <time.h>

static bool bench;

static double
seconds (void)
{
  struct timespec now;
  clock_gettime (CLOCK_MONOTONIC, &now);
  return (double) now.tv_sec + (double) now.tv_nsec * 1e-9;
}

/* The shortest time of a call, in seconds. */
static double
time_of (nn_pool_fn *pool, const nn_pool_job *job, const nn_real *x, nn_real *y)
{
  double best = HUGE_VAL, end = seconds () + (bench ? 0.2 : 0), start;
  do {
    start = seconds ();
    pool (job, x, y);
    best = fmin (best, seconds () - start);
  } while (start < end);
  return best;
}

/* Exact sizes, so that an address sanitizer sees every access past the end. */
static void
compare (nn_pool_job job)
{
  size_t n_x = (size_t) ((job.w - 1) * job.x_step + (job.rows - 1) * job.x_row + (job.columns - 1) * job.x_column + job.c), n_y = (size_t) job.w * job.c;
  nn_real *x = malloc (n_x * sizeof *x), *expected = malloc (n_y * sizeof *x), *got = malloc (n_y * sizeof *x);
  nn_random random = nn_random_new (1, 0, n_x, NN_FOR_TEST);
  for (size_t i = 0; i < n_x; i++)
    x[i] = nn_random_normal (&random);
  bool runs;
  const nn_kernels *kernels;
  for (int i = 0; (kernels = nn_kernels_level (i, &runs)); i++)
    for (int mean = 0; mean < 2 && runs; mean++) {
      const nn_pool_kernels *const pools[2] = { &nn_pool_ref, kernels->pool };
      double plain = time_of (mean ? pools[0]->mean : pools[0]->max, &job, x, expected), fast = time_of (mean ? pools[1]->mean : pools[1]->max, &job, x, got);
      for (size_t j = 0; j < n_y; j++)
        check_near (got[j], expected[j], mean ? 1e-6 * job.rows * job.columns * (double) job.scale + 1e-7 : 0);
      if (bench)
        test_note ("%-7s %s of %dx%d, c %d: %.2f us, %.1f GB/s, %.3f of the reference", kernels->name, mean ? "mean" : "max", job.rows, job.columns,
                   job.c, fast * 1e6, (double) (n_y * sizeof *x) * job.rows * job.columns / fast * 1e-9, fast / plain);
    }
  free (x);
  free (expected);
  free (got);
}

/* Exact sizes; what no window sees stays as it was. */
static void
compare_slopes (nn_pool_job job)
{
  size_t n_x = (size_t) ((job.w - 1) * job.x_step + (job.rows - 1) * job.x_row + (job.columns - 1) * job.x_column + job.c), n_y = (size_t) job.w * job.c;
  nn_real *x = malloc (n_x * sizeof *x), *dy = malloc (n_y * sizeof *x), *expected = malloc (n_x * sizeof *x), *got = malloc (n_x * sizeof *x);
  nn_random random = nn_random_new (1, 0, n_x, NN_FOR_TEST);
  for (size_t i = 0; i < n_x; i++)
    x[i] = floorf (3 * nn_random_uniform (&random)); /* many maxima are there twice */
  for (size_t i = 0; i < n_y; i++)
    dy[i] = nn_random_normal (&random);
  bool runs;
  const nn_kernels *kernels;
  for (int i = 0; (kernels = nn_kernels_level (i, &runs)); i++)
    for (int mean = 0; mean < 2 && runs; mean++) {
      for (size_t j = 0; j < n_x; j++)
        expected[j] = got[j] = 7;
      (mean ? nn_pool_ref.mean_slope : nn_pool_ref.max_slope) (&job, x, dy, expected);
      (mean ? kernels->pool->mean_slope : kernels->pool->max_slope) (&job, x, dy, got);
      check (!memcmp (expected, got, n_x * sizeof *got));
    }
  free (x);
  free (dy);
  free (expected);
  free (got);
}

static void
slopes_equal_reference (void)
{
  static const int windows[][2] = { { 1, 1 }, { 2, 2 }, { 3, 3 }, { 1, 4 }, { 5, 2 } };
  for (int c = 1; c <= 67; c += c < 35 ? 1 : 8)
    for (size_t i = 0; i < sizeof windows / sizeof *windows; i++) {
      int rows = windows[i][0], columns = windows[i][1];
      compare_slopes ((nn_pool_job) { 3, c, rows, columns, 20 * c, c, columns * c, (nn_real) 1 / (rows * columns) });
      compare_slopes ((nn_pool_job) { 2, c, rows, columns, 20 * c, c, (columns + 2) * c, (nn_real) 1 / (rows * columns) });
    }
}

static void
equals_reference (void)
{
  static const int windows[][2] = { { 1, 1 }, { 2, 2 }, { 3, 3 }, { 1, 4 }, { 5, 2 } };
  for (int c = 1; c <= 67; c += c < 35 ? 1 : 8)
    for (size_t i = 0; i < sizeof windows / sizeof *windows; i++)
      for (int step = 1; step <= 3; step++) {
        int rows = windows[i][0], columns = windows[i][1];
        compare ((nn_pool_job) { step + 1, c, rows, columns, 20 * c, step == 3 ? 2 * c : c, step * c, (nn_real) 1 / (rows * columns) });
      }
}

static void
planes_of_networks (void)
{
  compare ((nn_pool_job) { 24, 32, 2, 2, 48 * 32, 32, 64, 0.25f });
  compare ((nn_pool_job) { 12, 64, 3, 3, 24 * 64, 64, 128, 1.0f / 9 });
  compare ((nn_pool_job) { 1, 256, 6, 6, 6 * 256, 256, 0, 1.0f / 36 });
}

int
main (int argc, char **argv)
{
  bench = argc > 1 && !strcmp (argv[1], "--bench");
  if (bench)
    return test_run ((test_case[]) { TEST (planes_of_networks), { 0 } });
  return test_run ((test_case[]) { TEST (equals_reference), TEST (slopes_equal_reference), TEST (planes_of_networks), { 0 } });
}
