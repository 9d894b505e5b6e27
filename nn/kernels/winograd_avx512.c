/* SPDX-License-Identifier: MIT */
#define BUILD nn_winograd_avx512
#define WIDTH 16
#include "winograd_body.h"
