/* SPDX-License-Identifier: MIT */
#define BUILD nn_pool_avx2
#define WIDTH 8
#include "pool_body.h"
