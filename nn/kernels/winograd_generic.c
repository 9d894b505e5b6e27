/* SPDX-License-Identifier: MIT */
#define BUILD nn_winograd_generic
#define WIDTH 4
#include "winograd_body.h"
