/* SPDX-License-Identifier: MIT */
#define BUILD nn_norm_generic
#define WIDTH 4
#include "norm_body.h"
