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

/* Zeros stored around each plane, so that a window that reaches beyond the plane reads them. */
typedef struct nn_border {
  int top, left, bottom, right;
} nn_border;

/* How a value lies in memory. The pixels of a row are dense; rows and images may be further apart than they are long. A pointer to a value is
 * one to pixel (0, 0) of its first image, inside the border. */
typedef struct nn_storage {
  size_t row, image; /* nn_reals from row to row and from image to image; image 0: one image for the whole batch, a constant */
  nn_border border;
} nn_storage;

/* Without a border. */
static inline nn_storage
nn_storage_dense (nn_shape shape)
{
  return (nn_storage) { .row = (size_t) shape.w * (size_t) shape.c, .image = nn_shape_count (shape) };
}

/* One node at work on a batch. */
typedef struct nn_call {
  const nn_node *node;
  const nn_kernels *kernels; /* NULL: plain loops over weights */
  int n;                     /* images */
  const nn_shape *shapes;    /* of the node's inputs, in their order */
  nn_shape shape;            /* of the output */
  const nn_real *const *in;  /* (n, h, w, c) each */
  nn_real *out;              /* (n, h, w, c); may be one of in, see nn_op_impl.in_place */
  const nn_storage *stored;  /* how inputs lie in memory; NULL: all dense */
  const nn_storage *out_stored; /* and the output; NULL: dense */
  const nn_real *weights;    /* the node's own parameters, as nn.h lays them out */
  const void *packed;        /* what pack made of them, or NULL: work from weights */
  nn_real *scratch;          /* as many as scratch () asked for */
} nn_call;

static inline nn_storage
nn_call_stored (const nn_call *call, int input)
{
  return call->stored ? call->stored[input] : nn_storage_dense (call->shapes[input]);
}

static inline nn_storage
nn_call_out_stored (const nn_call *call)
{
  return call->out_stored ? *call->out_stored : nn_storage_dense (call->shape);
}

/* What a plan wants of a node's algorithm. */
typedef struct nn_aim {
  bool exact;   /* sums as they are written, no algorithm that gets along with fewer products */
  double price; /* of a byte of packed weights, in the cost of multiplying and adding a vector */
} nn_aim;

typedef struct nn_op_impl {
  int min_in, max_in;
  unsigned in_place; /* bit j: out may be in[j], where that has the shape of the output and is no other input */
  bool view;         /* out is in[0] under another shape: a runner shares the memory and skips forward */
  bool strided;      /* takes any nn_storage; all others expect dense values */
  /* Ranges of the attributes, NULL: none to check; an error says which (the caller adds the node). */
  bool (*check) (const nn_node *node, nn_error *error);
  /* Length of the node's parameters, NULL: none. Only of attributes that passed check. */
  size_t (*n_weights) (const nn_node *node);
  /* Output shape from input shapes; an error names sizes (the caller adds the node). */
  bool (*shape) (const nn_node *node, const nn_shape *in, nn_shape *out, nn_error *error);
  /* Multiplications of one image, NULL: not counted. */
  int64_t (*macs) (const nn_node *node, nn_shape out);
  /* The bits of an image's result depend on that image alone: not on n, on its place in the batch, or on how values are stored. */
  void (*forward) (const nn_call *call);
  /* The border that it would like around in[0], NULL: none. It gets that, a wider one, or none at all. */
  nn_border (*border) (const nn_node *node, const nn_shape *in, nn_shape out);
  /* nn_reals of scratch for any batch, or NULL: none. */
  size_t (*scratch) (const nn_node *node, const nn_shape *in, nn_shape out, const nn_kernels *kernels);
  /* The best of several ways to compute the node from packed weights, for inputs of that shape (other shapes work as well): the node's `way`
   * from here on; and how people call node->way. NULL: there is but one. */
  int (*choose) (const nn_node *node, const nn_shape *in, nn_shape out, const nn_kernels *kernels, const nn_aim *aim);
  const char *(*way_name) (const nn_node *node);
  /* Multiplications of one image as node->way makes them, NULL: as many as macs. */
  int64_t (*products) (const nn_node *node, nn_shape out);
  /* Bytes of packed parameters, and packing; NULL: nothing to pack. */
  size_t (*packed_bytes) (const nn_node *node, const nn_kernels *kernels);
  void (*pack) (const nn_node *node, const nn_real *weights, const nn_kernels *kernels, void *packed);
} nn_op_impl;

/* nn_op_conv, nn_op_dense, ...: each in its file. */
#define NN_OP_DECLARE(name) extern const nn_op_impl nn_op_##name;
NN_OPS (NN_OP_DECLARE)
#undef NN_OP_DECLARE

extern const nn_op_impl *const nn_op_table[NN_N_OPS];

/* The call's kernels; the reference where it has none. */
const nn_kernels *nn_call_kernels (const nn_call *call);

/* x = act (x) with the node's fused activation. */
void nn_act_apply (const nn_call *call, nn_real *x, size_t count);
/* Limits of a node's fused activation where it is a clamp; false, and no limits, where nn_act_apply is still to follow. */
bool nn_act_clamp (const nn_node *node, nn_real *low, nn_real *high);
/* The activation that an operator is, NN_ACT_NONE for all others. */
nn_act nn_act_of (nn_op op);

/* How an element-wise operator walks the output and the first n_in inputs, all of the same shape: runs of so many elements, one in each row of
 * each image; a single one where nothing lies between rows and images. */
typedef struct nn_runs {
  size_t images, rows, length;
} nn_runs;
nn_runs nn_runs_of (const nn_call *call, int n_in);

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
