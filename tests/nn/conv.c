/* SPDX-License-Identifier: MIT
 * Every build of the convolution kernels against the reference, over sizes around tiles and vectors and over the real layers' planes.
 * `--bench` also times both, in one run. */
#include "kernels/conv.h"
#include "test.h"

#include <string.h>
#include <time.h>

static const char *const builds[] = { "generic", "avx2", "avx512" };
#define N_BUILDS (int) (sizeof builds / sizeof *builds)

static bool bench;

typedef struct problem {
  int n, h, w, k, c, kh, kw, stride_h, stride_w;
  int apart; /* elements between the pixels of y */
  bool replace;
} problem;

/* Parts of an epilogue. */
enum { BIAS = 1, ADD = 2, CLAMP = 4 };

typedef struct buffers {
  nn_conv_job job;
  size_t n_x, n_w, n_y;
  nn_real *x, *w, *y, *dw, *bias, *add;
  nn_epilogue epilogue;
} buffers;

static nn_real *
random_numbers (size_t count, uint64_t sample)
{
  nn_random random = nn_random_new (1, 0, sample, NN_FOR_TEST);
  nn_real *numbers = malloc (count * sizeof *numbers);
  for (size_t i = 0; numbers && i < count; i++)
    numbers[i] = nn_random_uniform (&random) - 0.5f;
  return numbers;
}

/* Exact sizes, so that an address sanitizer sees every read and write past the end. Rows of y are 3 pixels apart, rows of what is added 1. */
static bool
buffers_init (buffers *b, const problem *p, int parts)
{
  ptrdiff_t x_row = (ptrdiff_t) ((p->w - 1) * p->stride_w + p->kw) * p->c, x_rows = (p->h - 1) * p->stride_h + p->kh;
  ptrdiff_t y_pixel = p->k + p->apart, y_row = (p->w + 3) * y_pixel;
  b->job = (nn_conv_job) { p->n, p->h, p->w, p->k, p->c, p->kh, p->kw, p->stride_h, p->stride_w, x_row, x_rows * x_row, y_row, p->h * y_row,
                           p->apart ? y_pixel : 0, p->replace };
  b->n_x = (size_t) p->n * x_rows * x_row;
  b->n_y = (size_t) p->n * p->h * y_row - 3 * y_pixel - p->apart;
  b->n_w = (size_t) p->k * p->kh * p->kw * p->c;
  b->x = random_numbers (b->n_x, 1);
  b->w = random_numbers (b->n_w, 2);
  b->y = random_numbers (b->n_y, 3);
  b->dw = random_numbers (b->n_w, 4);
  b->bias = random_numbers (p->k, 5);
  ptrdiff_t add_row = (p->w + 1) * y_pixel;
  b->add = random_numbers (p->n * p->h * add_row - y_pixel - p->apart, 6);
  b->epilogue = (nn_epilogue) { parts & BIAS ? b->bias : NULL, parts & ADD ? b->add : NULL, add_row, p->h * add_row, -INFINITY, INFINITY };
  if (parts & CLAMP)
    b->epilogue.low = -0.125f, b->epilogue.high = 0.25f;
  return b->x && b->w && b->y && b->dw && b->bias && b->add;
}

static void
buffers_clear (buffers *b)
{
  free (b->x);
  free (b->w);
  free (b->y);
  free (b->dw);
  free (b->bias);
  free (b->add);
}

static double
seconds (void)
{
  struct timespec now;
  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec + now.tv_nsec * 1e-9;
}

/* Packs exactly, runs both kernels of a build; returns their times. */
static void
run (const nn_conv_kernels *kernels, buffers *b, double times[2])
{
  const nn_conv_job *job = &b->job;
  nn_real *packed = malloc (nn_conv_packed_size (kernels, job->k, job->c, job->kh, job->kw) * sizeof *packed);
  nn_conv_steps steps = { (ptrdiff_t) job->kh * job->kw * job->c, (ptrdiff_t) job->kw * job->c, job->c, 1 };
  nn_conv_pack (kernels, job->k, job->c, job->kh, job->kw, b->w, steps, packed);
  times[0] = seconds ();
  kernels->weight_gradient (job, b->x, b->y, b->dw);
  times[1] = seconds ();
  times[0] = times[1] - times[0];
  kernels->forward (job, b->x, packed, &b->epilogue, b->y);
  times[1] = seconds () - times[1];
  free (packed);
}

static double
largest_difference (const nn_real *a, const nn_real *b, size_t count)
{
  double largest = 0;
  for (size_t i = 0; i < count; i++)
    largest = test_worse (largest, fabs ((double) a[i] - (double) b[i]));
  return largest;
}

static void
compare_ending (const problem *p, int parts)
{
  buffers expected = { 0 };
  double ref[2];
  require (buffers_init (&expected, p, parts));
  run (nn_conv_kernels_for ("ref"), &expected, ref);
  for (int i = 0; i < N_BUILDS; i++) {
    const nn_conv_kernels *kernels = nn_conv_kernels_for (builds[i]);
    buffers got = { 0 };
    double times[2];
    if (!kernels)
      continue;
    require (buffers_init (&got, p, parts));
    run (kernels, &got, times);
    /* Sums of products of numbers up to 0.5: the error grows with the square root of their number. */
    double forward = largest_difference (expected.y, got.y, got.n_y), gradient = largest_difference (expected.dw, got.dw, got.n_w);
    bool good = forward <= 2e-7 * sqrt (p->kh * p->kw * p->c) && gradient <= 4e-7 * sqrt (p->n * p->h * p->w);
    if (!good || bench)
      test_note ("%-8s n %d h %d w %d c %d k %d %dx%d stride %d,%d: error %.1e, %.1e; %.2fx, %.2fx of ref, %.1f, %.1f GFLOP/s", builds[i], p->n, p->h,
                 p->w, p->c, p->k, p->kh, p->kw, p->stride_h, p->stride_w, forward, gradient, times[1] / ref[1], times[0] / ref[0],
                 2e-9 * p->n * p->h * p->w * (double) got.n_w / times[1], 2e-9 * p->n * p->h * p->w * (double) got.n_w / times[0]);
    check (good);
    buffers_clear (&got);
  }
  buffers_clear (&expected);
}

static void
compare (const problem *p)
{
  compare_ending (p, 0);
}

static void
equals_reference_around_tiles_and_vectors (void)
{
  static const int ks[] = { 1, 3, 4, 7, 8, 9, 16, 23, 24, 25, 32, 33, 48, 50, 64, 65 };
  for (int w = 1; w <= 14; w++)
    for (size_t i = 0; i < sizeof ks / sizeof *ks; i++)
      compare (&(problem) { 2, 3, w, ks[i], 1 + w % 3, 3, 3, 1, 1, (int) i % 3, i % 2 });
}

static void
equals_reference_for_windows_and_strides (void)
{
  for (int kh = 1; kh <= 5; kh += 2)
    for (int kw = 1; kw <= 5; kw += 2)
      for (int stride = 1; stride <= 3; stride++)
        for (int c = 1; c <= 13; c += 4)
          compare (&(problem) { 3, 4, 7, 24, c, kh, kw, stride, 1 + stride % 2, 0, c % 2 });
}

static void
adds_bias_and_another_value_and_clamps (void)
{
  for (int parts = BIAS; parts <= (BIAS | ADD | CLAMP); parts++)
    for (int w = 1; w <= 14; w++)
      compare_ending (&(problem) { 2, 3, w, 5 * w, 3, 3, 3, 1, 1, w % 3, false }, parts);
}

static void
keeps_what_is_no_number (void)
{
  nn_conv_job job = { .n = 1, .h = 1, .w = 1, .k = 1, .c = 1, .kh = 1, .kw = 1, .stride_h = 1, .stride_w = 1 };
  nn_real packed[16] = { 1 }, x = NAN, y;
  for (int i = 0; i < N_BUILDS; i++) {
    const nn_conv_kernels *kernels = nn_conv_kernels_for (builds[i]);
    if (!kernels)
      continue;
    kernels->forward (&job, &x, packed, NULL, &y);
    check (isnan (y));
    kernels->forward (&job, &x, packed, &(nn_epilogue) { .low = 0, .high = 6 }, &y);
    check (isnan (y));
  }
}

static void
equals_reference_on_the_layers_of_the_seed (void)
{
  static const int layers[][3] = { { 48, 1, 24 }, { 48, 24, 24 }, { 24, 24, 48 }, { 24, 48, 48 }, { 12, 48, 96 }, { 12, 96, 96 }, { 6, 96, 128 }, { 6, 128, 128 } };
  for (size_t i = 0; i < sizeof layers / sizeof *layers; i++)
    compare (&(problem) { bench ? 8 : 1, layers[i][0], layers[i][0], layers[i][2], layers[i][1], 3, 3, 1, 1, 0, false });
}

static void
has_no_build_of_another_name (void)
{
  check (!nn_conv_kernels_for ("mmx"));
  check (nn_conv_kernels_for (NULL));
}

int
main (int argc, char **argv)
{
  bench = argc > 1 && !strcmp (argv[1], "--bench");
  return test_run ((test_case[]) { TEST (equals_reference_around_tiles_and_vectors), TEST (equals_reference_for_windows_and_strides),
                                   TEST (adds_bias_and_another_value_and_clamps),
                                   TEST (keeps_what_is_no_number), TEST (equals_reference_on_the_layers_of_the_seed), TEST (has_no_build_of_another_name), { 0 } });
}
