/* SPDX-License-Identifier: MIT
 * What poor cameras do to a picture. */
#ifndef NN_SPOIL_H
#define NN_SPOIL_H

#include "../nn.h"

/* Binomial blur of (h, w) pixels: standard deviation sqrt (times / 2). */
void nn_blur (float *pixels, int h, int w, int times);

/* Nearly normal with mean 0 and standard deviation 1, at the price of one random number. */
float nn_rough_normal (nn_random *random);

#endif
