/* SPDX-License-Identifier: MIT
 * The importer's workshop: from an ONNX file's nodes to a graph. One function for each operator (onnx_ops.c, onnx_arith.c, onnx_shape.c), which
 * reads the node at hand, adds what it means to the graph, and says how its output lies in memory. */
#ifndef NN_ONNX_IMPORT_H
#define NN_ONNX_IMPORT_H

#include "layout.h"
#include "onnx.h"

#define NN_IMPORT_MAX_SIZES 64 /* of one vector in shape arithmetic */

typedef enum nn_import_kind { NN_IMPORT_UNSET, NN_IMPORT_TENSOR, NN_IMPORT_SIZES, NN_IMPORT_NODE } nn_import_kind;

/* What a name of the file stands for: a constant, sizes known on import, or what a node of the graph gives. */
typedef struct nn_import_value {
  nn_text name;
  nn_import_kind kind;
  const nn_onnx_tensor *tensor;
  struct {
    int rank, n; /* rank 0: n is 1 */
    const nn_size *at;
  } sizes;
  struct {
    int index;
    nn_layout layout;
  } node;
} nn_import_value;

typedef struct nn_import {
  nn_budget *budget;
  nn_error *error;
  const nn_onnx_model *model;
  const nn_onnx_node *node; /* at hand */
  bool channels_last;       /* the image is declared as (n, h, w, c) */
  nn_graph *graph;
  nn_shape shapes[NN_MAX_NODES];      /* of the graph's nodes; 0: open */
  nn_real *weights;                   /* of the graph, n_weights so far ... */
  size_t room;                        /* ... of so many */
  struct {
    const nn_onnx_tensor *tensor;
    nn_layout layout;
  } constants[NN_MAX_NODES];          /* what constant nodes were made of, for those who want the same again */
  nn_import_value *values;            /* open addressing by name */
  size_t n_slots;
} nn_import;

/* Parameters of node index, to be written all; valid until the next node is added. */
static inline nn_real *
nn_import_parameters (const nn_import *im, int index)
{
  return im->weights + im->graph->nodes[index].weights;
}

/* One operator of ONNX. attributes: "name:kind ...", kinds f i s t F I as in nn_import_ints and its kin. */
typedef struct nn_import_op {
  const char *name;
  bool (*run) (nn_import *im);
  int min_in, max_in;
  const char *attributes;
} nn_import_op;

/* NULL: there is none of that name. */
const nn_import_op *nn_import_find_op (nn_text name);

/* The value of that name, or the empty place for it. */
nn_import_value *nn_import_find (nn_import *im, nn_text name);

/* ---- the node at hand ---------------------------------------------------------------------------------------------------- */

nn_import_value *nn_import_in (nn_import *im, int i);       /* NULL: not given */
bool nn_import_is_node (nn_import *im, int i);              /* what a node gives, as opposed to constants */

/* Input i as what a node gives / as a constant tensor / as sizes; an error says what it is instead. */
const nn_import_value *nn_import_image (nn_import *im, int i);
const nn_onnx_tensor *nn_import_tensor (nn_import *im, int i);
bool nn_import_sizes (nn_import *im, int i, const nn_size **sizes, int *n);
/* As numbers that are known, n of them. */
bool nn_import_numbers (nn_import *im, int i, const int64_t **numbers, int *n);
/* The one number of a constant; `other` when not given. */
bool nn_import_number (nn_import *im, int i, float other, float *number);

/* Attributes; `other` when not given. */
int64_t nn_import_int (nn_import *im, const char *name, int64_t other);
float nn_import_float (nn_import *im, const char *name, float other);
nn_text nn_import_string (nn_import *im, const char *name, const char *other);
const nn_onnx_attribute *nn_import_attribute (nn_import *im, const char *name);
/* Input i, or else the attribute: axes that moved between opsets. n 0: neither. */
bool nn_import_axes (nn_import *im, int i, const char *name, const int64_t **axes, int *n);

/* An axis of a tensor of that rank from [-rank, rank). */
bool nn_import_axis (nn_import *im, int64_t given, int rank, int *axis);

/* What output 0 is. */
void nn_import_set_tensor (nn_import *im, const nn_onnx_tensor *tensor);
void nn_import_set_sizes (nn_import *im, int rank, int n, const nn_size *sizes);
void nn_import_set_node (nn_import *im, int node, const nn_layout *layout);

/* ---- the graph ----------------------------------------------------------------------------------------------------------- */

/* Adds node and finds its shape; -1: an error. Its parameters are im->parameters[index], still 0. It is named after output 0 and suffix (made
 * unique unless that is empty). */
int nn_import_add (nn_import *im, const nn_node *node, const char *suffix);
/* Adds a node that reads `in`, brought to that order, and keeps it. */
bool nn_import_add_in_order (nn_import *im, nn_node *node, const nn_import_value *in, nn_order order);
/* Adds a node that reads one value and keeps its order; the output gets the node's size. */
bool nn_import_add_unary (nn_import *im, nn_node *node, const nn_import_value *in);

/* Weights: what is not float, or not finite, is refused. */
bool nn_import_is_float (nn_import *im, const nn_onnx_tensor *tensor);
bool nn_import_real (nn_import *im, const nn_onnx_tensor *tensor, int64_t i, nn_real *out);
bool nn_import_reals (nn_import *im, const nn_onnx_tensor *tensor, int64_t first, int64_t step, int64_t n, nn_real *out); /* every step-th of them */
bool nn_import_copy (nn_import *im, const nn_onnx_tensor *tensor, nn_real *out); /* all of it */

/* ---- outputs (onnx_output.c) --------------------------------------------------------------------------------------------- */

/* Those of the file become those of the graph, by their names. */
bool nn_import_outputs (nn_import *im);

/* ---- order (onnx_order.c) ------------------------------------------------------------------------------------------------ */

extern const nn_order nn_order_image; /* logical (n, c, h, w), (n, c, w) or (n, c) */

/* What lies in memory in this order; a permute is added where it does not. */
bool nn_import_arrange (nn_import *im, const nn_import_value *value, nn_order order, nn_import_value *out);
/* What lies in memory as its logical shape says, under that shape; or under another one of as many elements, whose axis `rest` (or -1) takes
 * what remains. */
bool nn_import_lay_out (nn_import *im, const nn_import_value *value, nn_import_value *out);
bool nn_import_reshape (nn_import *im, const nn_import_value *value, int rank, const nn_size *sizes, int rest, const char *suffix,
                        nn_import_value *out);
/* The order in which most of n tensors lie already. */
nn_order nn_import_best_order (const nn_import_value *const *values, int n);
/* An order in which none of these logical axes is on the channels; the one at hand if it is such. */
nn_order nn_import_order_for_plane (const nn_layout *layout, const bool *of_plane);

#endif
