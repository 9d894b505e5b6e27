/* SPDX-License-Identifier: MIT
 * How a plan computes a model, layer by layer. */
#ifndef INFO_PLAN_H
#define INFO_PLAN_H

#include "nn.h"

/* A table of the folded network: kernel, millions of multiplications of one image in a direct computation and those that the kernel makes, packed
 * weights. cpu NULL: NN_CPU, else the best level of this CPU. */
bool info_print_plan (const char *path, const char *cpu, nn_precision precision, nn_error *error);

#endif
