/* SPDX-License-Identifier: MIT */
#define BUILD nn_pointwise_generic
#define WIDTH 4
#include "pointwise_body.h"
