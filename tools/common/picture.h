/* SPDX-License-Identifier: MIT
 * Picture files for the tools. */
#ifndef TOOL_PICTURE_H
#define TOOL_PICTURE_H

#include "fer.h"

typedef struct tool_picture {
  fer_image image; /* upright, borrowed from pixbuf */
  void *pixbuf;
} tool_picture;

/* Whether a file begins as a JPEG or PNG does, or is none that can be read: tool_picture_load then says why. */
bool tool_picture_is (const char *path);

/* A JPEG or PNG file, turned as its EXIF orientation says; transparent pixels show white. Errors name the path; a file that ends early is one. */
bool tool_picture_load (tool_picture *picture, const char *path, nn_error *error);
void tool_picture_clear (tool_picture *picture);

/* Grey samples 0-255 (size, size) as an 8-bit PNG, by way of a temporary file; "-" is standard output. */
bool tool_picture_save_grey (const float *pixels, int size, const char *path, nn_error *error);

#endif
