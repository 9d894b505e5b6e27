/* SPDX-License-Identifier: MIT
 * How crop.c reads a picture. */
#ifndef FER_IMAGE_H
#define FER_IMAGE_H

#include "fer.h"

/* Samples [x, x + w) of row y as full-range luma 0-255. row: image->width floats of scratch, used where the picture has no plane. */
void fer_image_read (const fer_image *image, int x, int y, int w, float *row, float *luma);

#endif
