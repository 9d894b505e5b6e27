/* SPDX-License-Identifier: MIT
 * How max_pool and avg_pool walk their windows, whatever the values are made of. */
#ifndef NN_OPS_POOL_H
#define NN_OPS_POOL_H

#include "../kernels/pool.h"
#include "op.h"

/* Outputs beside one another from element y_at on, whose windows are alike and begin at element x_at; without rows or columns they see nothing of
 * the plane. */
typedef void nn_pool_strip_fn (const nn_call *call, const void *data, const nn_pool_job *job, size_t x_at, size_t y_at);

void nn_pool_walk (const nn_call *call, nn_pool_strip_fn *strip, const void *data);

#endif
