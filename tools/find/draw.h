/* SPDX-License-Identifier: MIT */
#ifndef FIND_DRAW_H
#define FIND_DRAW_H

#include "fer.h"

/* A picture of width * height pixels of channels bytes with the faces' boxes, points, scores and ids, as a PNG. */
bool find_draw (const uint8_t *pixels, ptrdiff_t stride, int channels, const fer_result *result, const char *path, nn_error *error);

#endif
