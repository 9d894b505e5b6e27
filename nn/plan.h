/* SPDX-License-Identifier: MIT
 * What a runner asks of a plan. */
#ifndef NN_PLAN_H
#define NN_PLAN_H

#include "nn.h"

typedef struct nn_kernels nn_kernels;
typedef struct nn_fast nn_fast;

const nn_kernels *nn_plan_kernels (const nn_plan *plan);
const nn_fast *nn_plan_fast (const nn_plan *plan); /* of each folded node; NULL unless NN_PRECISION_FAST */
const void *nn_plan_packed (const nn_plan *plan, int node); /* NULL: nothing was packed */

#endif
