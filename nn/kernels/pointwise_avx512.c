/* SPDX-License-Identifier: MIT */
#define BUILD nn_pointwise_avx512
#define WIDTH 16
#include "pointwise_body.h"
