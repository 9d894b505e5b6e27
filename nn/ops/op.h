/* SPDX-License-Identifier: MIT
 * What an operator is to the rest of the core: a shape rule and a forward function. One file per operator in this folder; all of
 * them stand in one table that NN_OPS (nn.h) expands. */
#ifndef NN_OP_H
#define NN_OP_H

#include "../nn.h"

typedef struct nn_kernels nn_kernels; /* kernels/kernels.h */

/* Elements of one image of a tensor, and parameters of one node: more is refused, so that int indices and sizes never overflow. */
#define NN_MAX_ELEMENTS ((int64_t) 1 << 30)

static inline size_t
nn_shape_count (nn_shape shape)
{
  return (size_t) shape.h * (size_t) shape.w * (size_t) shape.c;
}

/* One node at work on a batch. */
typedef struct nn_call {
  const nn_node *node;
  const nn_kernels *kernels; /* NULL: plain loops over weights */
  int n;                     /* images */
  const nn_shape *shapes;    /* of the node's inputs, in their order */
  nn_shape shape;            /* of the output */
  const nn_real *const *in;  /* (n, h, w, c) each */
  const bool *single;        /* inputs that have one image for the whole batch: constants; NULL: none has */
  nn_real *out;              /* (n, h, w, c); may be in[0] where the operator is in_place */
  const nn_real *weights;    /* the node's own parameters, as nn.h lays them out */
  const void *packed;        /* what pack made of them, or NULL: work from weights */
  nn_real *scratch;          /* as many as scratch () asked for */
} nn_call;

typedef struct nn_op_impl {
  int min_in, max_in;
  bool in_place; /* out may be in[0] */
  bool view;     /* out is in[0] under another shape: a runner shares the memory and skips forward */
  /* Ranges of the attributes, NULL: none to check; an error says which (the caller adds the node). */
  bool (*check) (const nn_node *node, nn_error *error);
  /* Length of the node's parameters, NULL: none. Only of attributes that passed check. */
  size_t (*n_weights) (const nn_node *node);
  /* Output shape from input shapes; an error names sizes (the caller adds the node). */
  bool (*shape) (const nn_node *node, const nn_shape *in, nn_shape *out, nn_error *error);
  /* Multiplications of one image, NULL: not counted. */
  int64_t (*macs) (const nn_node *node, nn_shape out);
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

/* y = act (x). */
nn_real nn_act_value (nn_act act, nn_real a, nn_real b, nn_real x);
/* x = act (x) with a node's fused activation. */
void nn_act_apply (const nn_node *node, nn_real *x, size_t count);
/* y = act (y + bias) for rows of k; bias (k) may be NULL. */
void nn_bias_act (const nn_node *node, const nn_real *bias, nn_real *y, size_t rows, size_t k);
/* The activation that an operator is, NN_ACT_NONE for all others. */
nn_act nn_act_of (nn_op op);

/* The shape rule of operators that keep the shape of in[0]. */
bool nn_shape_same (const nn_node *node, const nn_shape *in, nn_shape *out, nn_error *error);

/* Ranges of a window's attributes; output plane of a window (out->c is the caller's). */
bool nn_window_check (const nn_window *window, nn_error *error);
bool nn_window_shape (const nn_window *window, nn_shape in, nn_shape *out, nn_error *error);

/* a * b, or NN_MAX_ELEMENTS + 1 when that is more; a, b in [0, NN_MAX_ELEMENTS + 1]. */
int64_t nn_mul_limited (int64_t a, int64_t b);

/* Shape of one node of graph, given those of all earlier ones. */
bool nn_node_shape (const nn_graph *graph, int node, nn_shape *shapes, nn_error *error);

#endif
