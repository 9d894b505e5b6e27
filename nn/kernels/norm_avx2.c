/* SPDX-License-Identifier: MIT */
#define BUILD nn_norm_avx2
#define WIDTH 8
#include "norm_body.h"
