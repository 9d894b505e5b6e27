/* SPDX-License-Identifier: MIT
 * The kernels of 16-bit integers: every level against the reference, the reference against convolution in double, and sums at their limits. */
#include "kernels/kernels.h"
#include "naive.h"
#include "test.h"

typedef struct problem {
  nn_kind16 kind;
  nn_conv16_job job;
  int limit;
  bool negative, added;
  size_t n_x, n_y;
  int16_t *x, *add;
  nn_real *w;
} problem;

/* Room behind the input, which kernels may read. */
#define BEHIND 64

static problem
make (nn_random *random, nn_kind16 kind, int n, int h, int w, int c, int k, int kernel, bool negative, bool extreme)
{
  const nn_shape16 *shape = &nn_shape16_of[kind];
  problem p = { .kind = kind, .negative = negative, .limit = nn_limit16 (kind, negative), .added = random_int (random, 0, 1) };
  int stride = kind == NN_DIRECT16 ? random_int (random, 1, 2) : shape->stride, m = shape->m;
  int rows = ((h + m - 1) / m * m - 1) * stride + kernel, columns = ((w + m - 1) / m * m - 1) * stride + kernel;
  p.job = (nn_conv16_job) { .n = n, .h = h, .w = w, .k = k, .c = c, .kh = kernel, .kw = kernel, .stride_h = stride, .stride_w = stride,
                            .x_row = columns * c, .x_image = rows * columns * c };
  p.n_x = (size_t) (n * rows * columns * c);
  p.n_y = (size_t) (n * h * w * k);
  p.x = calloc (p.n_x + BEHIND, sizeof *p.x);
  p.add = calloc (p.n_y, sizeof *p.add);
  for (size_t i = 0; i < p.n_x; i++)
    p.x[i] = (int16_t) (extreme ? (random_int (random, 0, 1) ? p.limit : negative ? -p.limit : 0) : random_int (random, negative ? -p.limit : 0, p.limit));
  for (size_t i = 0; i < p.n_y; i++)
    p.add[i] = (int16_t) random_int (random, -2000, 2000);
  p.w = random_values (random, (size_t) (k * kernel * kernel * c), -1, 1);
  return p;
}

static void
clear (problem *p)
{
  free (p->x);
  free (p->add);
  free (p->w);
}

/* y (n, h, w, k) in float or, rounded, in integers. A unit of the output is worth 100 of the input. */
static void
compute (const problem *p, const nn_kernels16 *kernels, float *y, int16_t *y16)
{
  const nn_conv16_job *job = &p->job;
  size_t lanes = nn_lanes16 (kernels, job->k);
  float *scale = calloc (2 * lanes, sizeof *scale);
  int16_t *packed = calloc (nn_packed16_size (kernels, p->kind, job->k, job->c, job->kh, job->kw), sizeof *packed);
  void *scratch = aligned_alloc (NN_ALIGN, nn_block16_of (kernels, p->kind, job).bytes);
  nn_finish16 finish = { .scale = scale, .bias = scale + lanes, .low = -2500, .high = 2000, .y = y, .y16 = y16, .y_row = job->w * job->k,
                         .y_image = job->h * job->w * job->k, .add_row = job->w * job->k, .add_image = job->h * job->w * job->k };
  if (p->added)
    finish.add16 = p->add, finish.add_scale = 0.25f;
  nn_pack16 (kernels, p->kind, job->k, job->c, job->kh, job->kw, p->w, p->limit, p->negative, 0.01, packed, scale);
  for (int k = 0; k < job->k; k++)
    scale[lanes + (size_t) k] = (float) (k % 7) - 3;
  if (p->kind == NN_DIRECT16)
    kernels->direct (job, p->x, packed, &finish);
  else
    kernels->winograd (job, p->kind, p->x, packed, &finish, scratch);
  free (scale);
  free (packed);
  free (scratch);
}

/* The same in double, and the sum of all terms' sizes. */
static double
exact (const problem *p, size_t at, double *terms)
{
  const nn_conv16_job *job = &p->job;
  size_t k = at % (size_t) job->k, w = at / (size_t) job->k % (size_t) job->w, h = at / (size_t) (job->k * job->w) % (size_t) job->h;
  const int16_t *x = p->x + at / (size_t) (job->k * job->w * job->h) * (size_t) job->x_image + h * (size_t) (job->stride_h * job->x_row)
                     + w * (size_t) (job->stride_w * job->c);
  double sum = 0;
  *terms = 0;
  for (int i = 0; i < job->kh * job->kw * job->c; i++) {
    double term = (double) p->w[k * (size_t) (job->kh * job->kw * job->c) + (size_t) i] * x[i / (job->kw * job->c) * job->x_row + i % (job->kw * job->c)];
    sum += term;
    *terms += fabs (term);
  }
  *terms *= 0.01;
  return fmin (fmax (sum * 0.01 + (double) (k % 7) - 3 + (p->added ? 0.25 * p->add[at] : 0), -2500), 2000);
}

/* Reference against double, levels against reference. */
static void
compare (const problem *p)
{
  float *expected = calloc (p->n_y, sizeof *expected), *y = calloc (p->n_y, sizeof *y);
  int16_t *y16 = calloc (p->n_y, sizeof *y16);
  compute (p, &nn_kernels16_ref, expected, NULL);
  double worst = 0, terms;
  for (size_t i = 0; i < p->n_y; i++) {
    double value = exact (p, i, &terms);
    worst = test_worse (worst, fabs ((double) expected[i] - value) / (terms + 1));
  }
  check (worst < 0.01);
  const nn_kernels *level;
  bool runs;
  for (int i = 0; (level = nn_kernels_level (i, &runs)); i++) {
    if (!runs)
      continue;
    double off = 0;
    int off16 = 0;
    compute (p, level->fast, y, NULL);
    compute (p, level->fast, NULL, y16);
    for (size_t j = 0; j < p->n_y; j++) {
      exact (p, j, &terms);
      off = test_worse (off, fabs ((double) y[j] - (double) expected[j]) / (terms + 1));
      off16 = abs (y16[j] - (int) lrintf (expected[j])) > off16 ? abs (y16[j] - (int) lrintf (expected[j])) : off16;
    }
    /* Integer sums are the same; what follows in float may round otherwise. */
    if (off >= 1e-5 || off16 > 1)
      test_note ("%s, %s: (%d, %d, %d) -> %d, off by %g and %d", level->name, nn_shape16_of[p->kind].name, p->job.h, p->job.w, p->job.c, p->job.k, off,
                 off16);
    check (off < 1e-5 && off16 <= 1);
  }
  free (expected);
  free (y);
  free (y16);
}

static void
direct_by_size (void)
{
  nn_random random = nn_random_new (1, 0, 0, NN_FOR_TEST);
  static const int channels[] = { 1, 2, 7, 8, 9, 17, 24, 33 };
  for (int i = 0; i < 8; i++)
    for (int j = 0; j < 8; j++) {
      problem p = make (&random, NN_DIRECT16, 1 + j % 2, 2 + i % 2, 1 + i + j, channels[i], channels[j], 1 + 2 * (j % 3), i % 2, false);
      compare (&p);
      clear (&p);
    }
}

static void
winograd_by_size (void)
{
  nn_random random = nn_random_new (2, 0, 0, NN_FOR_TEST);
  static const int channels[] = { 1, 2, 7, 17, 50 };
  for (nn_kind16 kind = NN_F2_16; kind < NN_N_KINDS16; kind++)
    for (int i = 0; i < 5; i++)
      for (int j = 0; j < 5; j++) {
        problem p = make (&random, kind, 1 + j % 2, 1 + i, 1 + (3 * i + j) % 9, channels[i], channels[j], 3, j % 2, false);
        compare (&p);
        clear (&p);
      }
}

/* Many channels of inputs at the limit: sums come close to 32 bits, and no further. */
static void
sums_at_the_limit (void)
{
  nn_random random = nn_random_new (3, 0, 0, NN_FOR_TEST);
  for (nn_kind16 kind = NN_DIRECT16; kind < NN_N_KINDS16; kind++)
    for (int negative = 0; negative < 2; negative++) {
      problem p = make (&random, kind, 1, 6, 6, 700, 3, 3, negative, true);
      for (int i = 0; i < 3 * 9 * 700; i++) /* one filter agrees with all of the first window's signs */
        if (i < 9 * 700)
          p.w[i] = p.x[i / 2100 * p.job.x_row + i % 2100] > 0 ? 1 : -1;
      compare (&p);
      clear (&p);
    }
}

/* What the transforms' matrices say: a transformed input never leaves 16 bits, and one more than the limit could. */
static void
limits_are_tight (void)
{
  for (nn_kind16 kind = NN_F2_16; kind < NN_N_KINDS16; kind++)
    for (int negative = 0; negative < 2; negative++) {
      int most = 0;
      for (int i = 0; i < nn_shape16_of[kind].points; i++)
        for (int j = 0; j < nn_shape16_of[kind].points; j++)
          most = nn_gain16 (kind, i, j, negative) > most ? nn_gain16 (kind, i, j, negative) : most;
      check (nn_limit16 (kind, negative) * most <= 32767);
      check (nn_limit16 (kind, negative) == 2047 || (nn_limit16 (kind, negative) + 1) * most > 32767);
    }
}

static void
pools (void)
{
  nn_random random = nn_random_new (4, 0, 0, NN_FOR_TEST);
  int16_t x[4096], y[600], expected[600];
  for (int i = 0; i < 4096; i++)
    x[i] = (int16_t) random_int (&random, -2047, 2047);
  const nn_kernels *level;
  bool runs;
  for (int c = 1; c <= 40; c++) {
    nn_pool_job job = { .w = 3, .c = c, .rows = 1 + c % 3, .columns = 1 + c % 4, .x_row = 8 * c, .x_column = c, .x_step = 2 * c, .scale = (nn_real) 0.3 };
    nn_finish16 finish = { .low = -600, .high = 500, .y16 = expected }, other = { .low = -600, .high = 500, .y16 = y };
    for (int i = 0; (level = nn_kernels_level (i, &runs)); i++)
      for (int mean = 0; mean < 2 && runs; mean++) {
        (mean ? nn_kernels16_ref.sum : nn_kernels16_ref.largest) (&job, x, &finish);
        (mean ? level->fast->sum : level->fast->largest) (&job, x, &other);
        check (!memcmp (y, expected, (size_t) (3 * c) * sizeof *y));
      }
  }
}

static void
rounds_to_integers (void)
{
  float x[41];
  int16_t y[42], expected[41];
  for (int i = 0; i < 41; i++)
    x[i] = (float) (i - 20) * 0.25f;
  const nn_kernels *level;
  bool runs;
  for (int i = 0; (level = nn_kernels_level (i, &runs)); i++)
    for (size_t n = 0; n <= 41 && runs; n++) {
      y[n] = 77;
      level->fast->to_integers (n, x, 2, -7, 8, y);
      nn_kernels16_ref.to_integers (n, x, 2, -7, 8, expected);
      check (!memcmp (y, expected, n * sizeof *y) && y[n] == 77);
    }
  check (expected[0] == -7 && expected[40] == 8 && expected[21] == 0 && expected[23] == 2); /* ties go to even */
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (direct_by_size), TEST (winograd_by_size), TEST (sums_at_the_limit), TEST (limits_are_tight), TEST (pools),
                                   TEST (rounds_to_integers), { 0 } });
}
