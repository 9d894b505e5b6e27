/* SPDX-License-Identifier: MIT
 * Every kind of the Winograd kernels: the reference against direct convolution, every build against the reference, over planes that the tiles
 * do and do not divide. `--bench` prints the
 * errors, and times direct sums and each kind on the layers of networks at the best level, in one run. */
#include "kernels/kernels.h"
#include "naive.h"
#include "test.h"

#include <string.h>
#include <time.h>

static bool bench;

typedef struct problem {
  nn_winograd_kind kind;
  int n, h, w, k, c;
  int border; /* stored around the input; 0: none, all that lies beyond is 0 */
} problem;

typedef struct buffers {
  nn_winograd_job job;
  nn_conv_job direct; /* the same for the direct kernels, over the input with a whole border */
  size_t n_x, n_y, n_w, n_padded;
  nn_real *x, *padded, *y, *add, *bias, *w;
  nn_epilogue epilogue;
} buffers;

/* Input plane with one row and column of zeros around it; rows of x and y 2 elements longer than they need be. */
static void
buffers_init (buffers *b, const problem *p)
{
  const nn_winograd *a = &nn_winograds[p->kind];
  int h = (p->h - 1) * a->stride + 1, w = (p->w - 1) * a->stride + 1, stored_h = h + 2 * p->border, stored_w = w + 2 * p->border;
  ptrdiff_t x_row = (ptrdiff_t) stored_w * p->c + 2, y_row = (ptrdiff_t) p->w * p->k + 2, row = (ptrdiff_t) (w + 2) * p->c;
  b->job = (nn_winograd_job) { .n = p->n, .h = p->h, .w = p->w, .k = p->k, .c = p->c, .x_row = x_row, .x_image = x_row * stored_h };
  b->job.y_row = y_row, b->job.y_image = y_row * p->h;
  b->job.row_from = b->job.column_from = 1 - p->border;
  b->job.row_to = h + 1 + p->border, b->job.column_to = w + 1 + p->border;
  b->direct = (nn_conv_job) { p->n, p->h, p->w, p->k, p->c, 3, 3, a->stride, a->stride, row, row * (h + 2), y_row, y_row * p->h, 0, false };
  b->n_x = (size_t) (p->n * b->job.x_image), b->n_y = (size_t) (p->n * b->job.y_image), b->n_w = (size_t) p->k * 9 * (size_t) p->c;
  b->n_padded = (size_t) (p->n * b->direct.x_image);
  nn_random random = nn_random_new (1, 0, 0, NN_FOR_TEST);
  b->x = random_values (&random, b->n_x, (nn_real) -0.5, (nn_real) 0.5);
  b->y = random_values (&random, b->n_y, (nn_real) -0.5, (nn_real) 0.5);
  b->add = random_values (&random, b->n_y, (nn_real) -0.5, (nn_real) 0.5);
  b->w = random_values (&random, b->n_w, (nn_real) -0.5, (nn_real) 0.5);
  b->bias = random_values (&random, (size_t) p->k, (nn_real) -0.5, (nn_real) 0.5);
  b->padded = naive_alloc (b->n_padded);
  b->epilogue = (nn_epilogue) { b->bias, b->add, y_row, y_row * p->h, (nn_real) -0.25, 1 };
  for (int i = 0; i < p->n; i++)
    for (int r = -1; r <= h; r++)
      for (int s = -1; s <= w; s++)
        for (int c = 0; c < p->c; c++) {
          bool outside = r < 0 || s < 0 || r == h || s == w;
          nn_real *stored = &b->x[i * b->job.x_image + (r + p->border) * x_row + (ptrdiff_t) (s + p->border) * p->c + c];
          if (outside && p->border)
            *stored = 0;
          b->padded[i * b->direct.x_image + (r + 1) * row + (ptrdiff_t) (s + 1) * p->c + c] = outside ? 0 : *stored;
        }
}

/* The first input that output (0, 0) sees. */
static const nn_real *
corner_of (const buffers *b)
{
  return b->x + b->job.row_from * -b->job.x_row + (ptrdiff_t) b->job.column_from * -b->job.c;
}

static void
buffers_clear (buffers *b)
{
  free (b->x);
  free (b->y);
  free (b->add);
  free (b->w);
  free (b->bias);
  free (b->padded);
}

static double
largest_difference (const nn_real *a, const nn_real *b, size_t count)
{
  double largest = 0;
  for (size_t i = 0; i < count; i++)
    largest = a[i] == b[i] ? largest : fabs ((double) a[i] - (double) b[i]) > largest || a[i] != a[i] ? fabs ((double) a[i] - (double) b[i]) : largest;
  return largest;
}

static nn_conv_steps
steps_of (const problem *p)
{
  return (nn_conv_steps) { .k = 9 * p->c, .h = 3 * p->c, .w = p->c, .c = 1 };
}

static nn_real *
packed_of (const problem *p, const nn_kernels *kernels, const buffers *b)
{
  nn_real *packed = naive_alloc (nn_winograd_packed_size (p->kind, kernels, p->k, p->c));
  kernels->winograd->pack (p->kind, p->k, p->c, b->w, steps_of (p), packed);
  return packed;
}

/* One level against direct convolution by the reference. */
static void
compare_level (const problem *p, const nn_kernels *kernels, buffers *b, const nn_real *y, const nn_real *dw)
{
  const nn_winograd *a = &nn_winograds[p->kind];
  int tiles = nn_winograd_tiles (p->kind, &b->job), filters = a->filters * a->filters, block = tiles > 3 ? tiles - 2 : 1;
  nn_real *packed = packed_of (p, kernels, b), *scratch = naive_alloc (nn_winograd_scratch (p->kind, p->k, p->c, block));
  nn_real *du = naive_alloc ((size_t) filters * nn_winograd_step (p->c, p->k)), *got = naive_alloc (b->n_y), *gradient = naive_alloc (b->n_w);
  memcpy (got, b->y, b->n_y * sizeof *got);
  nn_winograd_forward (p->kind, kernels, &b->job, block, corner_of (b), packed, &b->epilogue, got, scratch);
  double forward = largest_difference (y, got, b->n_y);
  memset (gradient, 0, b->n_w * sizeof *gradient);
  nn_winograd_weight_gradient (p->kind, kernels, &b->job, block, corner_of (b), b->y, du, scratch);
  kernels->winograd->gradient (p->kind, p->k, p->c, du, gradient);
  double backward = largest_difference (dw, gradient, b->n_w);
  bool good = forward <= 4e-6 * sqrt (9 * p->c) && backward <= 6e-6 * sqrt (p->n * p->h * p->w);
  if (!good || bench)
    test_note ("%-7s %s n %d h %d w %d c %d k %d: error %.1e forward, %.1e gradient", kernels->name, a->title, p->n, p->h, p->w, p->c, p->k, forward,
               backward);
  check (good);
  free (packed);
  free (scratch);
  free (du);
  free (got);
  free (gradient);
}

static void
compare (const problem *p)
{
  buffers b;
  buffers_init (&b, p);
  const nn_conv_kernels *ref = nn_conv_kernels_for ("ref");
  nn_real *packed = naive_alloc (nn_conv_packed_size (ref, p->k, p->c, 3, 3)), *y = naive_alloc (b.n_y), *dw = naive_alloc (b.n_w);
  memcpy (y, b.y, b.n_y * sizeof *y);
  nn_conv_pack (ref, p->k, p->c, 3, 3, b.w, steps_of (p), packed);
  ref->forward (&b.direct, b.padded, packed, &b.epilogue, y);
  memset (dw, 0, b.n_w * sizeof *dw);
  ref->weight_gradient (&b.direct, b.padded, b.y, dw);
  bool runs;
  const nn_kernels *kernels;
  for (int i = 0; (kernels = nn_kernels_level (i, &runs)); i++)
    if (runs && p->c >= kernels->winograd->width && p->k >= kernels->winograd->width)
      compare_level (p, kernels, &b, y, dw);
  free (packed);
  free (y);
  free (dw);
  buffers_clear (&b);
}

static void
equals_direct_convolution (void)
{
  for (nn_winograd_kind kind = 0; kind < NN_N_WINOGRADS; kind++)
    for (int border = 0; border < 2; border++)
      for (int h = 1; h <= 13; h++)
        compare (&(problem) { kind, 2, h, 1 + 5 * h % 13, 16 + h, 29 - h, border });
}

static void
equals_direct_convolution_of_few_channels (void)
{
  for (nn_winograd_kind kind = 0; kind < NN_N_WINOGRADS; kind++)
    for (int c = 1; c <= 9; c++)
      compare (&(problem) { kind, 1, 5, 4, c, 10 - c, c % 2 });
}

static double
seconds (void)
{
  struct timespec now;
  clock_gettime (CLOCK_MONOTONIC, &now);
  return (double) now.tv_sec + (double) now.tv_nsec * 1e-9;
}

/* The shortest of many runs; kind NN_N_WINOGRADS: direct sums. */
static double
time_of (nn_winograd_kind kind, const nn_kernels *kernels, const buffers *b, const nn_real *packed, int block, nn_real *scratch)
{
  double begin = seconds (), best = HUGE_VAL;
  do {
    double start = seconds ();
    if (kind == NN_N_WINOGRADS)
      kernels->conv->forward (&b->direct, b->padded, packed, &b->epilogue, b->y);
    else
      nn_winograd_forward (kind, kernels, &b->job, block, corner_of (b), packed, &b->epilogue, b->y, scratch);
    best = fmin (best, seconds () - start);
  } while (seconds () - begin < 0.2);
  return best;
}

static void
time_layer (const problem *layer, const nn_kernels *kernels)
{
  const int blocks[] = { 4, 12, 24, 36, 72 };
  buffers b;
  buffers_init (&b, layer);
  int stride = nn_winograds[layer->kind].stride;
  double flops = 18e-9 * layer->n * layer->h * layer->w * layer->c * layer->k;
  nn_real *packed = naive_alloc (nn_conv_packed_size (kernels->conv, layer->k, layer->c, 3, 3));
  nn_conv_pack (kernels->conv, layer->k, layer->c, 3, 3, b.w, steps_of (layer), packed);
  double direct = time_of (NN_N_WINOGRADS, kernels, &b, packed, 0, NULL);
  test_note ("n %d (%d, %d) %d -> %d stride %d, %s: direct %.1f us an image, %.1f GFLOP/s", layer->n, layer->h, layer->w, layer->c, layer->k, stride,
             kernels->name, direct * 1e6 / layer->n, flops / direct);
  free (packed);
  for (problem p = *layer; p.kind < NN_N_WINOGRADS; p.kind++) {
    if (nn_winograds[p.kind].stride != stride)
      continue;
    packed = packed_of (&p, kernels, &b);
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
      nn_real *scratch = naive_alloc (nn_winograd_scratch (p.kind, p.k, p.c, blocks[i]));
      double time = time_of (p.kind, kernels, &b, packed, blocks[i], scratch);
      test_note ("  %-30s %2d tiles at a time: %7.1f us an image, %6.1f GFLOP/s of direct sums, %.2f of their time", nn_winograds[p.kind].title, blocks[i],
                 time * 1e6 / p.n, flops / time, time / direct);
      free (scratch);
    }
    free (packed);
  }
  buffers_clear (&b);
}

static void
time_layers (void)
{
  static const struct {
    int side, c, k;
    nn_winograd_kind first; /* of its stride */
  } layers[] = { { 24, 24, 48, NN_WINOGRAD_S2 },  { 24, 48, 48, NN_WINOGRAD_F2 },   { 12, 48, 96, NN_WINOGRAD_S2 },   { 12, 96, 96, NN_WINOGRAD_F2 },
                 { 6, 96, 192, NN_WINOGRAD_S2 },  { 6, 192, 192, NN_WINOGRAD_F2 },  { 48, 32, 32, NN_WINOGRAD_F2 },   { 24, 64, 64, NN_WINOGRAD_F2 },
                 { 12, 64, 128, NN_WINOGRAD_S2 }, { 12, 128, 128, NN_WINOGRAD_F2 }, { 6, 128, 256, NN_WINOGRAD_S2 },  { 6, 256, 256, NN_WINOGRAD_F2 } };
  const nn_kernels *kernels = nn_kernels_for (NULL, NULL);
  for (size_t i = 0; kernels && i < sizeof layers / sizeof *layers; i++)
    for (int n = 1; n <= 8; n += 7)
      time_layer (&(problem) { layers[i].first, n, layers[i].side, layers[i].side, layers[i].k, layers[i].c, 1 }, kernels);
}

int
main (int argc, char **argv)
{
  bench = argc > 1 && !strcmp (argv[1], "--bench");
  int status = test_run ((test_case[]) { TEST (equals_direct_convolution), TEST (equals_direct_convolution_of_few_channels), { 0 } });
  if (bench)
    time_layers ();
  return status;
}
