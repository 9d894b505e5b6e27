/* SPDX-License-Identifier: MIT
 * Pictures that a tool draws on with Cairo. */
#ifndef TOOL_SURFACE_H
#define TOOL_SURFACE_H

#include "nn.h"

#include <cairo.h>
#include <glib.h>

/* A copy of packed pixels of 1, 3 or 4 bytes, grey or RGB; its status says whether there was memory. */
cairo_surface_t *tool_surface_from_rgb (const uint8_t *pixels, ptrdiff_t stride, int channels, int width, int height);

/* As the bytes of a PNG; NULL: what went wrong, also while it was drawn. */
GByteArray *tool_surface_png (cairo_surface_t *surface, nn_error *error);

/* As a PNG, by nn_file_write. What went wrong while it was drawn is an error here. */
bool tool_surface_save (cairo_surface_t *surface, const char *path, nn_error *error);

#endif
