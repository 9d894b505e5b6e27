/* SPDX-License-Identifier: MIT
 * How crop.c and find.c read a picture. */
#ifndef FER_IMAGE_H
#define FER_IMAGE_H

#include "fer.h"

/* Pixels [x, x + w) by [y, y + h) of a picture. */
typedef struct fer_window {
  int x, y, w, h;
} fer_window;

/* The map from the (size, size) pixels of a square turned by roll to the picture, and all the pixels that resampling by it can touch: the turned
 * square, one source step around it for averages, and a pixel for interpolation. */
fer_window fer_square_window (const fer_image *image, const fer_box *square, double roll, int size, nn_affine *map);

/* A window of the picture reduced to (h, w) of dst by area average, luma 0-255. line: 2 * image->width floats of scratch. */
void fer_image_reduce (const fer_image *image, const fer_window *from, float *line, float *dst, int h, int w);

#endif
