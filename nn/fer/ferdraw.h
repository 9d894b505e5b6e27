/* SPDX-License-Identifier: MIT
 * ferdraw: small premultiplied ARGB pictures of a result, for overlay composition or for blending. Needs Cairo and Pango. */
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

/* Faces are drawn in pieces, so that what stays, or only moves, need not be drawn again: the edges of a box, names and bars of its classes (of a
 * crowd only a strip of bars), and the chip with label and confidence. */
typedef enum fer_part { FER_PART_EDGE, FER_PART_NAMES, FER_PART_BARS, FER_PART_STRIP, FER_PART_CHIP } fer_part;

#define FER_MAX_PIECES (7 * FER_MAX_FACES)

typedef struct fer_piece {
  int face;                               /* of the result */
  int x, y;                               /* where its top left corner goes in the frame */
  fer_part part;                          /* from here on what it looks like */
  int width, height;
  int whole_x, whole_y, whole_w, whole_h; /* the box, panel or chip of which it shows a part, seen from its corner */
  int frame_height;                       /* for which lines and letters are sized */
  int label, unsure;                      /* of names: the class that stands out; of a box: it is dashed */
  uint32_t rgb, labels;                   /* of box and chip; a hash of the classes' names */
  int bars[FER_MAX_LABELS];               /* their lengths */
  char text[96];                          /* of the chip */
} fer_piece;

/* The pieces of all faces of result, kept inside the frame; those that come later lie on top. pieces: FER_MAX_PIECES; returns how many. */
int fer_draw_plan (fer_drawer *drawer, const fer_result *result, fer_piece *pieces);

/* Whether they look the same, wherever they are. */
bool fer_piece_same (const fer_piece *a, const fer_piece *b);

/* One of result's pieces. picture->pixels is new. false: out of memory; nothing to free. */
bool fer_draw_piece (fer_drawer *drawer, const fer_result *result, const fer_piece *piece, fer_picture *picture);

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
