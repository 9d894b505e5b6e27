/* SPDX-License-Identifier: MIT */
#define BUILD nn_norm_avx512
#define WIDTH 16
#include "norm_body.h"
