/* SPDX-License-Identifier: MIT
 * Which nodes of a folded graph work on integers, in which units, and how convolutions compute. */
#ifndef NN_FAST_H
#define NN_FAST_H

#include "fold.h"
#include "ops/fast_op.h"

/* One for each node of folded->graph; free () it. graph is the one that was folded; of options keep, ranges and size are read. */
nn_fast *nn_fast_new (const nn_folded *folded, const nn_graph *graph, const nn_plan_options *options, nn_error *error);

#endif
