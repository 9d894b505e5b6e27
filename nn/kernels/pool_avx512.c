/* SPDX-License-Identifier: MIT */
#define BUILD nn_pool_avx512
#define WIDTH 16
#include "pool_body.h"
