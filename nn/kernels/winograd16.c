/* SPDX-License-Identifier: MIT */
#include "conv16.h"

#include "../memory.h"

/* Rows of g are scaled so that weights have about the same size at every point, columns of a against it: one step then serves all points of an
 * output. Points are 0, 1, -1 and infinity, with 2 for F(3, 3), with 2 and -2 for F(4, 3). */
const nn_shape16 nn_shape16_of[NN_N_KINDS16] = {
  [NN_DIRECT16] = { .name = "int16 direct", .m = 1, .inputs = 1, .points = 1, .weights = 1, .stride = 1, .b = { { 1 } } },
  [NN_F2_16] = { .name = "int16 Winograd F(2x2,3x3)", .m = 2, .inputs = 4, .points = 4, .weights = 4, .stride = 1, .weight_of = { 0, 1, 2, 3 },
                 .g = { { 1, 0, 0 }, { 0.5, 0.5, 0.5 }, { 0.5, -0.5, 0.5 }, { 0, 0, 1 } },
                 .b = { { 1, 0, -1, 0 }, { 0, 1, 1, 0 }, { 0, -1, 1, 0 }, { 0, 1, 0, -1 } },
                 .a = { { 1, 1, 1, 0 }, { 0, 1, -1, -1 } } },
  [NN_F3_16] = { .name = "int16 Winograd F(3x3,3x3)", .m = 3, .inputs = 5, .points = 5, .weights = 5, .stride = 1, .weight_of = { 0, 1, 2, 3, 4 },
                 .g = { { 1, 0, 0 }, { -0.5, -0.5, -0.5 }, { -0.5, 0.5, -0.5 }, { 1 / 6.0, 1 / 3.0, 2 / 3.0 }, { 0, 0, 1 } },
                 .b = { { 2, -1, -2, 1, 0 }, { 0, -2, -1, 1, 0 }, { 0, 2, -3, 1, 0 }, { 0, -1, 0, 1, 0 }, { 0, 2, -1, -2, 1 } },
                 .a = { { 0.5, 1, 1 / 3.0, 1, 0 }, { 0, 1, -1 / 3.0, 2, 0 }, { 0, 1, 1 / 3.0, 4, 1 } } },
  [NN_F4_16] = { .name = "int16 Winograd F(4x4,3x3)", .m = 4, .inputs = 6, .points = 6, .weights = 6, .stride = 1, .weight_of = { 0, 1, 2, 3, 4, 5 },
                 .g = { { 1 / 4.0, 0, 0 }, { -1 / 6.0, -1 / 6.0, -1 / 6.0 }, { -1 / 6.0, 1 / 6.0, -1 / 6.0 }, { 1 / 24.0, 1 / 12.0, 1 / 6.0 },
                        { 1 / 24.0, -1 / 12.0, 1 / 6.0 }, { 0, 0, 1 / 4.0 } },
                 .b = { { 4, 0, -5, 0, 1, 0 }, { 0, -4, -4, 1, 1, 0 }, { 0, 4, -4, -1, 1, 0 }, { 0, -2, -1, 2, 1, 0 }, { 0, 2, -1, -2, 1, 0 },
                        { 0, 4, 0, -5, 0, 1 } },
                 .a = { { 1, 1, 1, 1, 1, 0 }, { 0, 1, -1, 2, -2, 0 }, { 0, 1, 1, 4, 4, 0 }, { 0, 1, -1, 8, -8, 4 } } },
  [NN_HALVES_16] = { .name = "int16 Winograd F(3x3,3x3) stride 2", .m = 3, .inputs = 7, .points = 7, .weights = 5, .stride = 2, .weight_of = { 0, 1, 2, 3, 4, 4, 4 },
                     .g = { { 1, 0, 0 }, { 0.5, 0, 0.5 }, { 0.5, 0, -0.5 }, { 0, 0, 1 }, { 0, 1, 0 } },
                     .b = { { 1, 0, 0, 0, -1, 0, 0 }, { 0, 0, 1, 0, 1, 0, 0 }, { 0, 0, -1, 0, 1, 0, 0 }, { 0, 0, -1, 0, 0, 0, 1 },
                            { 0, 1, 0, 0, 0, 0, 0 }, { 0, 0, 0, 1, 0, 0, 0 }, { 0, 0, 0, 0, 0, 1, 0 } },
                     .a = { { 1, 1, 1, 0, 1, 0, 0 }, { 0, 1, -1, 0, 0, 1, 0 }, { 0, 1, 1, 1, 0, 0, 1 } } },
};

/* Largest |value| of row i along one axis and row j along the other if inputs are in [0, 1], or in [-1, 1]. */
int
nn_gain16 (nn_kind16 kind, int i, int j, bool negative)
{
  const nn_shape16 *shape = &nn_shape16_of[kind];
  int up[2] = { 0 }, down[2] = { 0 };
  for (int axis = 0; axis < 2; axis++)
    for (int k = 0; k < shape->inputs; k++) {
      int b = shape->b[axis ? j : i][k];
      *(b > 0 ? &up[axis] : &down[axis]) += b > 0 ? b : -b;
    }
  int same = up[0] * up[1] + down[0] * down[1], other = up[0] * down[1] + down[0] * up[1];
  return negative ? same + other : same > other ? same : other;
}

/* More would leave the weights, whose products' sums must stay in 32 bits, less than 10 bits. */
#define MOST 2047

int
nn_limit16 (nn_kind16 kind, bool negative)
{
  int gain = 1;
  for (int i = 0; i < nn_shape16_of[kind].points; i++)
    for (int j = 0; j < nn_shape16_of[kind].points; j++) {
      int g = nn_gain16 (kind, i, j, negative);
      gain = g > gain ? g : gain;
    }
  return 32767 / gain < MOST ? 32767 / gain : MOST;
}

/* Bytes that a block's inputs and products should not exceed: they stay in L2 beside weights. */
#define BLOCK (192 * 1024)

/* A line between points keeps them apart in the cache's sets. */
#define LINE 64

nn_block16
nn_block16_of (const nn_kernels16 *kernels, nn_kind16 kind, const nn_conv16_job *job)
{
  const nn_shape16 *shape = &nn_shape16_of[kind];
  size_t lanes = (size_t) kernels->width, points = (size_t) (shape->points * shape->points);
  nn_block16 block = { .across = (job->w + shape->m - 1) / shape->m, .down = (job->h + shape->m - 1) / shape->m };
  block.c = ((size_t) job->c + 2 * lanes - 1) / (2 * lanes) * (2 * lanes);
  block.k = nn_lanes16 (kernels, job->k);
  size_t all = (size_t) block.across * (size_t) block.down * (size_t) job->n;
  size_t tile = points * (block.c * sizeof (int16_t) + block.k * sizeof (int32_t)), rows = (size_t) kernels->rows;
  size_t most = BLOCK / tile < rows ? rows : BLOCK / tile / rows * rows, blocks = (all + most - 1) / most;
  block.tiles = (int) (((all + blocks - 1) / blocks + rows - 1) / rows * rows); /* about equal blocks */
  block.v = (size_t) block.tiles * block.c + LINE / sizeof (int16_t);
  block.m = (size_t) block.tiles * block.k + LINE / sizeof (int32_t);
  block.bytes = nn_aligned (points * (most * tile / points + 2 * LINE));
  return block;
}
