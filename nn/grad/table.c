/* SPDX-License-Identifier: MIT */
#include "grad.h"

const nn_grad_impl *const nn_grad_table[NN_N_OPS] = {
#define ROW(name) [NN_OP_##name] = &nn_grad_##name,
  NN_OPS (ROW)
#undef ROW
};
