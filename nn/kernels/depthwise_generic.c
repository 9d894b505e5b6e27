/* SPDX-License-Identifier: MIT */
#define BUILD nn_depthwise_generic
#define WIDTH 4
#include "depthwise_body.h"
