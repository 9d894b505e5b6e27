/* SPDX-License-Identifier: MIT
 * Operators on 16-bit integers, which a plan of NN_PRECISION_FAST uses where it can. */
#ifndef NN_FAST_OP_H
#define NN_FAST_OP_H

#include "../kernels/conv16.h"
#include "op.h"

/* How a value is an integer: x = step * integer. */
typedef struct nn_unit {
  float step;    /* 0: nobody uses the value as integers */
  int most;      /* largest absolute integer */
  bool negative; /* some may be below 0 */
  bool held;     /* it lies in memory as int16_t; otherwise as nn_real, and whoever wants integers rounds */
} nn_unit;

typedef struct nn_fast_impl nn_fast_impl;

/* How a node of a plan works. */
typedef struct nn_fast {
  const nn_fast_impl *impl; /* NULL: as nn_op_table says, on nn_reals */
  nn_unit in, add, out;     /* of in[0], in[1] and its own value */
  nn_kind16 kind;           /* conv */
} nn_fast;

struct nn_fast_impl {
  /* The node's attributes allow for integers. */
  bool (*takes) (const nn_node *node);
  /* As in nn_op_impl; NULL likewise. scratch is in bytes. */
  nn_border (*border) (const nn_node *node, const nn_fast *fast, const nn_shape *in, nn_shape out);
  size_t (*scratch) (const nn_node *node, const nn_fast *fast, const nn_shape *in, nn_shape out, const nn_kernels *kernels);
  size_t (*packed_bytes) (const nn_node *node, const nn_fast *fast, const nn_kernels *kernels);
  void (*pack) (const nn_node *node, const nn_fast *fast, const nn_real *weights, const nn_kernels *kernels, void *packed);
  /* Multiplications of one image, NULL: none. */
  int64_t (*products) (const nn_node *node, const nn_fast *fast, nn_shape out);
  /* in, out and storage count int16_t where the unit says that it is held. */
  void (*forward) (const nn_call *call, const nn_fast *fast);
};

extern const nn_fast_impl nn_fast_conv, nn_fast_max_pool, nn_fast_avg_pool, nn_fast_global_avg_pool;

/* By nn_op; NULL where there is none. */
extern const nn_fast_impl *const nn_fast_table[NN_N_OPS];

/* The kind that takes the least time for a conv with that output plane; (0, 0): unknown. */
nn_kind16 nn_fast_kind (const nn_node *node, nn_shape out);

#endif
