/* SPDX-License-Identifier: MIT */
#define BUILD nn_pointwise_avx2
#define WIDTH 8
#include "pointwise_body.h"
