/* SPDX-License-Identifier: MIT
 * An ONNX file as plain structs that point into its bytes (onnx_proto.c), for the importer. Field numbers are those of onnx.proto; messages
 * that can contain themselves (subgraphs, functions, sequence types) are refused, so the depth is fixed. */
#ifndef NN_ONNX_H
#define NN_ONNX_H

#include "budget.h"
#include "nn.h"
#include "wire.h"

#define NN_ONNX_MAX_NODES (4 * NN_MAX_NODES) /* constants and shape arithmetic included; the graph itself has at most NN_MAX_NODES */
#define NN_ONNX_MAX_TENSORS 8192
#define NN_ONNX_MAX_RANK 8                   /* of constants; images have 4 */
#define NN_ONNX_MAX_ATTRIBUTES 64            /* of a node */
#define NN_ONNX_MAX_NAME 1000

/* A string in the file, not terminated. */
typedef struct nn_text {
  const char *at;
  size_t size;
} nn_text;

bool nn_text_is (nn_text text, const char *other);
bool nn_text_equal (nn_text a, nn_text b);

/* For a sentence: printable and cut. */
typedef struct nn_printable {
  char text[81];
} nn_printable;
nn_printable nn_text_print (nn_text text);

typedef enum nn_onnx_type {
  NN_ONNX_FLOAT = 1,
  NN_ONNX_UINT8 = 2,
  NN_ONNX_INT8 = 3,
  NN_ONNX_INT32 = 6,
  NN_ONNX_INT64 = 7,
  NN_ONNX_BOOL = 9,
  NN_ONNX_FLOAT16 = 10,
  NN_ONNX_DOUBLE = 11,
} nn_onnx_type;

typedef struct nn_onnx_tensor {
  nn_text name;
  nn_onnx_type type;
  int rank;
  int64_t dims[NN_ONNX_MAX_RANK], count; /* count: product of dims, as many elements as data has */
  const uint8_t *data;                   /* little-endian elements of type */
  bool cast;                             /* stands behind a Cast to float, whatever type is */
} nn_onnx_tensor;

bool nn_onnx_is_real (const nn_onnx_tensor *tensor); /* float, float16 or double */
float nn_onnx_real (const nn_onnx_tensor *tensor, int64_t i);
/* n elements from `first` on, each `step` behind the one before it. */
void nn_onnx_reals (const nn_onnx_tensor *tensor, int64_t first, int64_t step, int64_t n, nn_real *out);
int64_t nn_onnx_integer (const nn_onnx_tensor *tensor, int64_t i);

typedef struct nn_onnx_attribute {
  nn_text name, s;
  int type; /* AttributeProto.AttributeType; 0: not given */
  float f;
  int64_t i;
  const nn_onnx_tensor *t;
  int n_ints, n_floats;
  const int64_t *ints;
  const float *floats;
} nn_onnx_attribute;

typedef struct nn_onnx_node {
  nn_text name, op, domain;
  int n_in, n_out, n_attributes;
  const nn_text *in, *out;
  const nn_onnx_attribute *attributes;
} nn_onnx_node;

/* A graph input or output. Dimensions that are not given as numbers are 0. */
typedef struct nn_onnx_value {
  nn_text name;
  int type; /* nn_onnx_type; 0: not given */
  bool has_shape;
  int rank;
  int64_t dims[NN_ONNX_MAX_RANK];
} nn_onnx_value;

typedef struct nn_onnx_meta {
  nn_text key, value;
} nn_onnx_meta;

typedef struct nn_onnx_model {
  int64_t ir, opset; /* opset: of the default domain, 0: not given */
  int n_nodes, n_tensors, n_inputs, n_outputs, n_metas;
  const nn_onnx_node *nodes;
  const nn_onnx_tensor *tensors; /* initialisers */
  const nn_onnx_value *inputs, *outputs;
  const nn_onnx_meta *metas;
} nn_onnx_model;

/* All structs come from budget; strings and most numbers stay in bytes. */
bool nn_onnx_decode (nn_wire bytes, nn_budget *budget, nn_onnx_model *model, nn_error *error);

/* A metadata entry of a model, as nn_onnx_set_metas and the writer put it. */
enum { NN_ONNX_MODEL_METAS = 14, NN_ONNX_META_KEY = 1, NN_ONNX_META_VALUE = 2 };
void nn_onnx_put_meta (nn_wire_out *out, const nn_meta *meta);

#endif
