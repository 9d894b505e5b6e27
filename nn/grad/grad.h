/* SPDX-License-Identifier: MIT
 * What an operator is to training: how it runs forward where that differs from inference, its derivative, and what it sums over the whole
 * batch. One row per operator; all of them stand in one table that NN_OPS (nn.h) expands. */
#ifndef NN_GRAD_OPS_H
#define NN_GRAD_OPS_H

#include "../nn_grad.h"
#include "../kernels/kernels.h"
#include "../ops/op.h"

/* A node in its place. */
typedef struct nn_grad_site {
  const nn_node *node;
  const nn_kernels *kernels;
  const nn_shape *shapes; /* of its inputs, in their order */
  nn_shape shape;         /* of its output */
} nn_grad_site;

/* One node at work on some images of one shard. */
typedef struct nn_grad_call {
  const nn_node *node;
  const nn_kernels *kernels;
  int index;                    /* of the node */
  int n;                        /* images */
  const nn_shape *shapes;       /* of the node's inputs, in their order */
  nn_shape shape;               /* of the output */
  const nn_real *const *in;     /* (n, h, w, c) each */
  nn_real *out;                 /* (n, h, w, c): written by forward, read by backward */
  const nn_real *dout;          /* derivative of the loss by out */
  nn_real *const *din;          /* by in: overwritten; NULL where nobody asks */
  const nn_real *weights;       /* the node's own parameters, as nn.h lays them out */
  const nn_real *packed;        /* what pack made of them */
  nn_real *dweights;            /* this shard's part of their derivative, to be unpacked: added to; NULL where nobody asks */
  nn_real *scratch;             /* as many as scratch () asked for */
  uint8_t *saved;               /* as many bytes as saved () asked for, from forward to backward */
  const double *total;          /* forward's sums over the batch; NULL outside training: running statistics */
  const double *dtotal;         /* backward's sums over the batch */
  uint64_t seed, epoch;    /* names of the random numbers ... */
  const uint32_t *samples; /* ... of each image */
} nn_grad_call;

typedef struct nn_grad_impl {
  bool reads_in, reads_out; /* backward reads in, out */
  bool in_place;            /* din[0] may be dout */
  /* NULL: as in inference. */
  void (*forward) (const nn_grad_call *call);
  /* NULL: a leaf. */
  void (*backward) (const nn_grad_call *call);
  /* nn_reals of scratch for a shard, bytes saved for one image; NULL: none. */
  size_t (*scratch) (const nn_grad_site *site);
  size_t (*saved) (const nn_node *node, nn_shape shape);
  /* Once for each forward: nn_reals of weights in another order, for all shards and for backward. NULL: none. */
  size_t (*packed) (const nn_grad_site *site);
  void (*pack) (const nn_grad_site *site, const nn_real *weights, nn_real *packed);
  /* dweights in nn.h's layout from the sum over all shards. NULL: a copy. */
  void (*unpack) (const nn_node *node, const nn_real *sum, nn_real *dweights);
  /* The same from backward's sums over the batch, where they are the derivatives. */
  void (*unpack_sums) (const nn_node *node, const double *dtotal, nn_real *dweights);
  /* Sums over the whole batch: how many; some images', before forward and before backward; total += part, in the order of images, total starts
   * as 0. */
  size_t (*sums) (const nn_node *node);
  void (*forward_sums) (const nn_grad_call *call, double *part);
  void (*backward_sums) (const nn_grad_call *call, double *part);
  void (*forward_merge) (const nn_node *node, const double *part, double *total);
  void (*backward_merge) (const nn_node *node, const double *part, double *total);
} nn_grad_impl;

/* nn_grad_conv, nn_grad_dense, ... */
#define NN_GRAD_DECLARE(name) extern const nn_grad_impl nn_grad_##name;
NN_OPS (NN_GRAD_DECLARE)
#undef NN_GRAD_DECLARE

static inline nn_grad_site
nn_grad_site_of (const nn_grad_call *call)
{
  return (nn_grad_site) { call->node, call->kernels, call->shapes, call->shape };
}

extern const nn_grad_impl *const nn_grad_table[NN_N_OPS];

/* to (columns, rows) = from (rows, columns) */
void nn_grad_transpose (size_t rows, size_t columns, const nn_real *from, nn_real *to);

/* dx = dy * act' from the function's value y (all but hard_swish and leaky_relu of negative slope); dx may be dy. */
void nn_act_backward (nn_act act, nn_real a, nn_real b, const nn_real *y, const nn_real *dy, nn_real *dx, size_t count);

#endif
