/* SPDX-License-Identifier: MIT
 * The ONNX writer's parts: what it knows of the graph (onnx_write.c), one function for each operator (onnx_write_ops.c,
 * onnx_write_weights.c), and the messages that
 * all of them put (onnx_emit.c). */
#ifndef NN_ONNX_WRITER_H
#define NN_ONNX_WRITER_H

#include "onnx.h"

typedef struct nn_writer {
  const nn_model *model;
  const nn_graph *graph;
  nn_wire_out nodes, tensors;       /* of the graph message */
  nn_shape shapes[NN_MAX_NODES];    /* in memory; 0: open */
  bool flat[NN_MAX_NODES];          /* the value is (n, c) in the file */
  bool order_matters[NN_MAX_NODES]; /* somebody but dense layers looks at the order of a flattened plane */
  nn_shape plane[NN_MAX_NODES];     /* a flat value that stands in the order (c, h, w) of this plane; c 0: none */
  bool written[NN_MAX_NODES];       /* a constant's initialiser is there */
  bool twin[NN_MAX_NODES];          /* the value has also been written in the other form, flat or plane */
  nn_error *error;
} nn_writer;

/* The name of a value. */
typedef struct nn_label {
  char text[1200];
} nn_label;

nn_label nn_writer_name (const nn_writer *w, int node);
/* A name that no node has, for what stands beside node. */
nn_label nn_writer_beside (const nn_writer *w, int node, const char *suffix);

/* The initialiser of a convolution, (k, kh, kw, c) in memory -> (k, c, kh, kw), or of a dense layer, (k, c): columns from memory's order (h, w, c)
 * to (c, h, w) where the file's input, a plane, has it (onnx_write_weights.c). */
void nn_writer_put_filters (nn_writer *w, int index, const nn_label *name);
bool nn_writer_put_matrix (nn_writer *w, int index, nn_shape plane, const nn_label *name);

/* A resize of what plane names (onnx_resize.c). */
void nn_writer_put_resize (nn_writer *w, int index, const nn_label *plane, const nn_label *out);

/* The node's operator and whatever it needs; its result is named after it. */
bool nn_writer_put_node (nn_writer *w, int index);

/* ---- messages ------------------------------------------------------------------------------------------------------------ */

/* A node without attributes; or an open one, to which attributes are put until nn_wire_close (&w->nodes, ...). */
void nn_emit_node (nn_writer *w, const char *op, const nn_label *in, int n_in, const nn_label *out);
size_t nn_emit_open_node (nn_writer *w, const char *op, const nn_label *in, int n_in, const nn_label *out);
void nn_emit_float (nn_writer *w, const char *name, nn_real value);
void nn_emit_int (nn_writer *w, const char *name, int64_t value);
void nn_emit_string (nn_writer *w, const char *name, const char *value);
void nn_emit_ints (nn_writer *w, const char *name, const int *values, int n);

/* An initialiser; or an open one, to which numbers are put. */
void nn_emit_vector (nn_writer *w, const nn_label *name, const nn_real *values, int n);
void nn_emit_scalar (nn_writer *w, const nn_label *name, nn_real value);
void nn_emit_integers (nn_writer *w, const nn_label *name, const int *values, int n);

typedef struct nn_emit_tensor {
  nn_onnx_type type; /* float or float16: of what nn_emit_real puts */
  size_t tensor, data;
} nn_emit_tensor;
nn_emit_tensor nn_emit_open_tensor (nn_writer *w, const nn_label *name, nn_onnx_type type, const int *dims, int rank);
void nn_emit_real (nn_writer *w, const nn_emit_tensor *at, nn_real value);
void nn_emit_close_tensor (nn_writer *w, const nn_emit_tensor *at);

#endif
