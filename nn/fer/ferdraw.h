/* SPDX-License-Identifier: MIT
 * ferdraw: small premultiplied ARGB pictures of a result, one per face, for overlay composition or for blending. Needs Cairo and Pango. */
#ifndef FERDRAW_H
#define FERDRAW_H

#include "fer.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Premultiplied ARGB in native byte order (cairo's ARGB32; on little-endian machines B, G, R, A in memory). */
typedef struct fer_picture {
  int x, y;          /* where its top left corner goes in the frame */
  int width, height;
  int stride;        /* bytes */
  uint8_t *pixels;   /* g_free */
} fer_picture;

typedef struct fer_drawer fer_drawer;

/* Lays out a first text, so that no frame pays for fonts. */
fer_drawer *fer_drawer_new (nn_error *error);
void fer_drawer_free (fer_drawer *drawer);

/* Box, label with confidence, and a bar per class; sized for the frame's height; kept inside the frame. picture->pixels is new.
 * false: nothing of it is inside the frame, or out of memory; nothing to free. */
bool fer_draw_face (fer_drawer *drawer, const fer_result *result, int face, fer_picture *picture);

/* A map (map_h, map_w), any numbers of which those above 0 count, scaled to its largest, over the square that the network looked at, turned about its
 * middle by roll (fer_crop_run's); smooth between positions, in colours for every eye, with opacity 0-1 where it is hot.
 * false: the square is outside the frame, or out of memory; nothing to free. */
bool fer_draw_heatmap (const float *map, int map_h, int map_w, const fer_box *square, float roll, float opacity, int frame_width, int frame_height,
                       fer_picture *picture);

/* What the colours of heat maps mean: a bar from none to most in the frame's lower left corner, headed by title. false: the frame has no room for it,
 * or out of memory; nothing to free. */
bool fer_draw_legend (fer_drawer *drawer, const char *title, int frame_width, int frame_height, fer_picture *picture);

#ifdef __cplusplus
}
#endif
#endif
