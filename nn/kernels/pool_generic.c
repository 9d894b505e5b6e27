/* SPDX-License-Identifier: MIT */
#define BUILD nn_pool_generic
#define WIDTH 4
#include "pool_body.h"
