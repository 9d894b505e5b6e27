/* SPDX-License-Identifier: MIT
 * Where a resized plane looks at its input: shared by forward, backward and shapes. */
#ifndef NN_RESIZE_H
#define NN_RESIZE_H

#include "op.h"

/* (1 - weight) x[a] + weight x[b] along one axis; nearest: b is a, weight 0. */
typedef struct nn_sample {
  int a, b;
  nn_real weight;
} nn_sample;

/* For position i of the output's `out` rows (axis NN_AXIS_H) or columns. */
nn_sample nn_resize_sample (const nn_node *node, nn_axis axis, int in, int out, int i);

/* Rows or columns of the output; 0 where those of the input are open (0) and the size depends on them. */
int nn_resize_side (const nn_node *node, nn_axis axis, int in);

#endif
