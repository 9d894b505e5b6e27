/* SPDX-License-Identifier: MIT */
#define BUILD nn_winograd_avx2
#define WIDTH 8
#include "winograd_body.h"
