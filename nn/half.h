/* SPDX-License-Identifier: MIT
 * IEEE 754 binary16, as bits. */
#ifndef NN_HALF_H
#define NN_HALF_H

#include <stdint.h>

/* Rounded to nearest, ties to even; from 65520 on infinity, a NaN stays one. */
uint16_t nn_half_of (float value);
float nn_half_value (uint16_t half);

#endif
