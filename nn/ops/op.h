/* SPDX-License-Identifier: MIT
 * What an operator is to the rest of the core: a shape rule and a forward function. One file per operator in this folder; all of
 * them stand in one table that NN_OPS (nn.h) expands. */
#ifndef NN_OP_H
#define NN_OP_H

#include "../nn.h"

typedef struct nn_kernels nn_kernels; /* kernels/kernels.h */

/* One node at work on a batch. */
typedef struct nn_call {
  const nn_node *node;
  const nn_kernels *kernels;
  int n;                   /* images */
  const nn_shape *shapes;  /* of the node's inputs, in their order */
  nn_shape shape;          /* of the output */
  const nn_real *const *in; /* (n, h, w, c) each; a constant has one image */
  nn_real *out;            /* (n, h, w, c); may be in[0] where the operator is in_place */
  const nn_real *weights;  /* the node's own parameters, as nn.h lays them out */
  const void *packed;      /* what pack made of them, or NULL: work from weights */
  nn_real *scratch;        /* as many as scratch () asked for */
} nn_call;

typedef struct nn_op_impl {
  int min_in, max_in;
  bool in_place; /* out may be in[0] */
  /* Output shape from input shapes; an error names sizes (the caller adds the node). */
  bool (*shape) (const nn_node *node, const nn_shape *in, nn_shape *out, nn_error *error);
  void (*forward) (const nn_call *call);
  /* nn_reals of scratch for any batch, or NULL: none. */
  size_t (*scratch) (const nn_node *node, const nn_shape *in, nn_shape out, const nn_kernels *kernels);
  /* Bytes of packed parameters, and packing; NULL: nothing to pack. */
  size_t (*packed_bytes) (const nn_node *node, const nn_kernels *kernels);
  void (*pack) (const nn_node *node, const nn_real *weights, const nn_kernels *kernels, void *packed);
} nn_op_impl;

/* nn_op_conv, nn_op_dense, ...: each in its file. */
#define NN_OP_DECLARE(name) extern const nn_op_impl nn_op_##name;
NN_OPS (NN_OP_DECLARE)
#undef NN_OP_DECLARE

extern const nn_op_impl *const nn_op_table[NN_N_OPS];

/* y = act (x), and its derivative from x's image y where that is possible (all but hard_swish, which needs x). */
nn_real nn_act_value (nn_act act, nn_real a, nn_real b, nn_real x);
void nn_act_apply (const nn_node *node, nn_real *x, size_t count);

#endif
