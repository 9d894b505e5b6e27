/* SPDX-License-Identifier: MIT */
#include "../kernels/kernels.h"
#include "op.h"

#define NN_OP_ENTRY(name) [NN_OP_##name] = &nn_op_##name,
const nn_op_impl *const nn_op_table[NN_N_OPS] = { NN_OPS (NN_OP_ENTRY) };
#undef NN_OP_ENTRY

bool
nn_shape_same (const nn_node *node, const nn_shape *in, nn_shape *out, nn_error *error)
{
  (void) node, (void) error;
  *out = in[0];
  return true;
}

const nn_kernels *
nn_call_kernels (const nn_call *call)
{
  return call->kernels ? call->kernels : nn_kernels_reference ();
}

static bool
is_dense (nn_storage stored, nn_shape shape)
{
  return stored.row == (size_t) shape.w * (size_t) shape.c && stored.image == nn_shape_count (shape);
}

nn_runs
nn_runs_of (const nn_call *call, int n_in)
{
  bool dense = is_dense (nn_call_out_stored (call), call->shape);
  for (int i = 0; i < n_in; i++)
    dense = dense && is_dense (nn_call_stored (call, i), call->shape);
  if (dense)
    return (nn_runs) { 1, 1, (size_t) call->n * nn_shape_count (call->shape) };
  return (nn_runs) { (size_t) call->n, (size_t) call->shape.h, (size_t) call->shape.w * (size_t) call->shape.c };
}

int64_t
nn_mul_limited (int64_t a, int64_t b)
{
  int64_t product;
  if (__builtin_mul_overflow (a, b, &product) || product > NN_MAX_ELEMENTS)
    return NN_MAX_ELEMENTS + 1;
  return product;
}
