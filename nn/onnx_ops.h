/* SPDX-License-Identifier: MIT
 * One function for each operator that the list in onnx_ops.c names; each imports the node at hand. */
#ifndef NN_ONNX_OPS_H
#define NN_ONNX_OPS_H

#include "onnx_import.h"

/* onnx_ops.c */
bool nn_import_avg_pool (nn_import *im);
bool nn_import_batch_norm (nn_import *im);
bool nn_import_clip (nn_import *im);
bool nn_import_conv (nn_import *im);
bool nn_import_dropout (nn_import *im);
bool nn_import_global_avg_pool (nn_import *im);
bool nn_import_hard_sigmoid (nn_import *im);
bool nn_import_hard_swish (nn_import *im);
bool nn_import_leaky_relu (nn_import *im);
bool nn_import_max_pool (nn_import *im);
bool nn_import_pad (nn_import *im);
bool nn_import_reduce_mean (nn_import *im);
bool nn_import_relu (nn_import *im);
bool nn_import_sigmoid (nn_import *im);
bool nn_import_softmax (nn_import *im);

/* onnx_join.c */
bool nn_import_add_op (nn_import *im);
bool nn_import_sub_op (nn_import *im);
bool nn_import_mul_op (nn_import *im);
bool nn_import_div_op (nn_import *im);
bool nn_import_concat (nn_import *im);
bool nn_import_gemm (nn_import *im);
bool nn_import_matmul (nn_import *im);

/* onnx_resize.c: Resize, and Upsample as it was called. */
bool nn_import_resize (nn_import *im);

/* onnx_shape.c */
bool nn_import_cast (nn_import *im);
bool nn_import_constant (nn_import *im);
bool nn_import_constant_of_shape (nn_import *im);
bool nn_import_flatten (nn_import *im);
bool nn_import_gather (nn_import *im);
bool nn_import_identity (nn_import *im);
bool nn_import_reshape_op (nn_import *im);
bool nn_import_shape (nn_import *im);
bool nn_import_slice (nn_import *im);
bool nn_import_squeeze (nn_import *im);
bool nn_import_transpose (nn_import *im);
bool nn_import_unsqueeze (nn_import *im);

/* onnx_sizes.c: the same operators on sizes that are known on import. */
bool nn_import_sizes_arith (nn_import *im, nn_op op);
bool nn_import_sizes_concat (nn_import *im);

#endif
