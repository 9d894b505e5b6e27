/* SPDX-License-Identifier: MIT
 * Explanations as pictures. */
#ifndef EXPLAIN_SHEET_H
#define EXPLAIN_SHEET_H

#include "common/surface.h"
#include "explained.h"
#include "fer/ferdraw.h"
#include "mean.h"

#define SHEET_TILE 224 /* side of a face in a sheet */

/* What is the same for all pictures of a face. */
typedef struct sheet_style {
  fer_drawer *drawer;
  float opacity;
  char caption[160]; /* of a sheet: how the maps were made */
} sheet_style;

/* The face, upright, with the map of a class over it: (side, side) pixels. label -1: what the network saw of it instead. */
cairo_surface_t *sheet_tile (const sheet_style *style, cairo_surface_t *picture, const explained *it, int label, int side);

/* What the network saw, and the maps of all labels of result with their probabilities. */
cairo_surface_t *sheet_draw (const sheet_style *style, cairo_surface_t *picture, const explained *it, const fer_result *result, int face);

/* The mean map of each label, over where eyes, nose and mouth are in the mean when that is known: no picture of anybody. */
cairo_surface_t *sheet_mean (const sheet_style *style, const char *const *labels, const mean *m);

/* Paints the heat map of a class where the face is in the picture. */
void sheet_overlay (const sheet_style *style, cairo_surface_t *picture, const explained *it, int label);

/* ... and then the labels of all faces of result, and what the colours mean. */
void sheet_label (const sheet_style *style, cairo_surface_t *picture, const fer_result *result, const char *title);

#endif
