/* SPDX-License-Identifier: MIT
 * What the table of conv.c is made of. */
#ifndef NN_KERNELS_CONV_BUILDS_H
#define NN_KERNELS_CONV_BUILDS_H

#include "conv.h"

extern const nn_conv_kernels nn_conv_ref, nn_conv_generic, nn_conv_avx2, nn_conv_avx512;

#endif
