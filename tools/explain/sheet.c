/* SPDX-License-Identifier: MIT */
#include "sheet.h"

#include <glib.h>
#include <math.h>
#include <stdio.h>

#include "fer/palette.h"
#include "fer/pen.h"

#define COLUMNS 4
#define GAP 20  /* around tiles */
#define LINE 26 /* height of a line of text */
#define LETTERS 17.0
#define SMALL_LETTERS (0.85 * LETTERS)
#define CELL_W (SHEET_TILE + GAP)
#define CELL_H (SHEET_TILE + LINE + 14 + GAP)
#define FOOT 96 /* height of the legend's place */
#define PAPER 0x15191e
#define GROUND 0x2a3038 /* of what shows no face */
#define INK 0xe8eaed

static void
paint (cairo_t *cairo, fer_picture *p)
{
  cairo_surface_t *surface = cairo_image_surface_create_for_data (p->pixels, CAIRO_FORMAT_ARGB32, p->width, p->height, p->stride);
  cairo_set_source_surface (cairo, surface, p->x, p->y);
  cairo_paint (cairo);
  cairo_surface_finish (surface);
  cairo_surface_destroy (surface);
  g_free (p->pixels);
}

/* ---- one face ---------------------------------------------------------------------------------------------------------------- */

/* The picture's square, turned upright, over (side, side). */
static void
draw_face (cairo_t *cairo, cairo_surface_t *picture, const explained *it, int side)
{
  const double half = 0.5 * side, scale = side / (double) it->square.w;
  cairo_save (cairo);
  cairo_translate (cairo, half, half);
  cairo_scale (cairo, scale, scale);
  cairo_rotate (cairo, -(double) it->roll);
  cairo_translate (cairo, -(double) (it->square.x + 0.5f * it->square.w), -(double) (it->square.y + 0.5f * it->square.h));
  cairo_set_source_surface (cairo, picture, 0, 0);
  cairo_pattern_set_extend (cairo_get_source (cairo), CAIRO_EXTEND_PAD);
  cairo_pattern_set_filter (cairo_get_source (cairo), CAIRO_FILTER_GOOD);
  cairo_paint (cairo);
  cairo_restore (cairo);
}

/* The network's pixels, each of which is to be seen. */
static void
draw_pixels (cairo_t *cairo, const explained *it, int side)
{
  uint8_t *grey = g_malloc ((gsize) it->size * (gsize) it->size);
  for (int i = 0; i < it->size * it->size; i++)
    grey[i] = (uint8_t) (CLAMP (it->pixels[i], 0, 255) + 0.5f);
  cairo_surface_t *pixels = tool_surface_from_rgb (grey, it->size, 1, it->size, it->size);
  cairo_save (cairo);
  cairo_scale (cairo, (double) side / it->size, (double) side / it->size);
  cairo_set_source_surface (cairo, pixels, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cairo), CAIRO_FILTER_NEAREST);
  cairo_paint (cairo);
  cairo_restore (cairo);
  cairo_surface_destroy (pixels);
  g_free (grey);
}

static void
draw_heat (cairo_t *cairo, const explained *it, int label, float opacity, int side)
{
  const fer_box all = { 0, 0, (float) side, (float) side };
  fer_picture heat;
  if (fer_draw_heatmap (explained_map (it, label), it->map_h, it->map_w, &all, 0, opacity, side, side, &heat))
    paint (cairo, &heat);
}

cairo_surface_t *
sheet_tile (const sheet_style *style, cairo_surface_t *picture, const explained *it, int label, int side)
{
  cairo_surface_t *tile = cairo_image_surface_create (CAIRO_FORMAT_RGB24, side, side);
  cairo_t *cairo = cairo_create (tile);
  if (label < 0) {
    draw_pixels (cairo, it, side);
  } else {
    draw_face (cairo, picture, it, side);
    draw_heat (cairo, it, label, style->opacity, side);
  }
  cairo_destroy (cairo);
  return tile;
}

/* ---- a sheet --------------------------------------------------------------------------------------------------------------- */

/* Rows of COLUMNS cells, and room for the legend. */
static cairo_t *
begin_sheet (int n_cells)
{
  const int rows = (n_cells + COLUMNS - 1) / COLUMNS;
  cairo_surface_t *sheet = cairo_image_surface_create (CAIRO_FORMAT_RGB24, COLUMNS * CELL_W + GAP, rows * CELL_H + GAP + FOOT);
  cairo_t *cairo = cairo_create (sheet);
  cairo_surface_destroy (sheet);
  fer_pen_colour (cairo, PAPER, 1);
  cairo_paint (cairo);
  return cairo;
}

/* What the colours mean, and how the maps were made. */
static cairo_surface_t *
end_sheet (const sheet_style *style, cairo_t *cairo, const char *title, const char *caption)
{
  cairo_surface_t *sheet = cairo_surface_reference (cairo_get_target (cairo));
  const int width = cairo_image_surface_get_width (sheet), height = cairo_image_surface_get_height (sheet);
  fer_picture legend;
  if (fer_draw_legend (style->drawer, title, width, height, &legend))
    paint (cairo, &legend);
  fer_pen_colour (cairo, INK, 0.75);
  fer_pen_write (style->drawer, cairo, style->caption, SMALL_LETTERS, false, GAP + CELL_W, height - 50);
  fer_pen_write (style->drawer, cairo, caption, SMALL_LETTERS, false, GAP + CELL_W, height - 50 + LINE);
  cairo_destroy (cairo);
  return sheet;
}

/* Takes tile. */
static void
put_tile (cairo_t *cairo, cairo_surface_t *tile, double x, double y)
{
  cairo_save (cairo);
  fer_pen_round (cairo, &(fer_rect) { x, y, SHEET_TILE, SHEET_TILE }, 8);
  cairo_clip (cairo);
  cairo_set_source_surface (cairo, tile, x, y);
  cairo_paint (cairo);
  cairo_restore (cairo);
  cairo_surface_destroy (tile);
}

/* ---- all classes of a face ------------------------------------------------------------------------------------------------- */

static void
draw_probability (const sheet_style *style, cairo_t *cairo, const fer_result *result, const fer_face *face, int label, double x, double y)
{
  char percent[16];
  double w, h;
  const bool best = label == face->label;
  const double p = (double) face->probabilities[label];
  snprintf (percent, sizeof percent, "%.1f %%", 100 * p);
  fer_pen_measure (style->drawer, percent, LETTERS, best, &w, &h);
  fer_pen_colour (cairo, INK, best ? 1 : 0.75);
  fer_pen_write (style->drawer, cairo, result->labels[label], LETTERS, best, x, y + LINE / 2);
  fer_pen_write (style->drawer, cairo, percent, LETTERS, best, x + SHEET_TILE - w, y + LINE / 2);
  fer_pen_round (cairo, &(fer_rect) { x, y + LINE, SHEET_TILE, 6 }, 3);
  fer_pen_colour (cairo, 0xffffff, 0.14);
  cairo_fill (cairo);
  fer_pen_round (cairo, &(fer_rect) { x, y + LINE, fmax (p * SHEET_TILE, 2), 6 }, 3);
  fer_pen_colour (cairo, fer_palette_label (result->labels[label], label), 1);
  cairo_fill (cairo);
}

/* label -1: what the network saw. */
static void
draw_cell (const sheet_style *style, cairo_t *cairo, cairo_surface_t *picture, const explained *it, const fer_result *result, const fer_face *face,
           int label, double x, double y)
{
  put_tile (cairo, sheet_tile (style, picture, it, label, SHEET_TILE), x, y);
  if (label < 0) {
    char text[64];
    snprintf (text, sizeof text, "what the network sees: %dx%d", it->size, it->size);
    fer_pen_colour (cairo, INK, 0.75);
    fer_pen_write (style->drawer, cairo, text, SMALL_LETTERS, false, x, y + SHEET_TILE + 4 + LINE / 2);
    return;
  }
  draw_probability (style, cairo, result, face, label, x, y + SHEET_TILE + 4);
  if (label != face->label)
    return;
  fer_pen_round (cairo, &(fer_rect) { x, y, SHEET_TILE, SHEET_TILE }, 8);
  fer_pen_colour (cairo, fer_palette_label (result->labels[label], label), 1);
  cairo_set_line_width (cairo, 4);
  cairo_stroke (cairo);
}

cairo_surface_t *
sheet_draw (const sheet_style *style, cairo_surface_t *picture, const explained *it, const fer_result *result, int index)
{
  cairo_t *cairo = begin_sheet (result->n_labels + 1);
  for (int i = 0; i <= result->n_labels; i++)
    draw_cell (style, cairo, picture, it, result, &result->faces[index], i - 1, GAP + i % COLUMNS * CELL_W, GAP + i / COLUMNS * CELL_H);
  return end_sheet (style, cairo, "evidence for the class", "each map by itself, from none to its own most: colours do not compare classes");
}

/* ---- the mean of many faces ------------------------------------------------------------------------------------------------ */

/* Eyes, nose and mouth, as a drawing over (side, side). */
static void
draw_points (cairo_t *cairo, const fer_point *points, double side)
{
  const double eye = 0.07 * side;
  fer_pen_colour (cairo, INK, 0.55);
  cairo_set_line_width (cairo, 2);
  for (int i = 0; i < 2; i++) {
    cairo_new_sub_path (cairo);
    cairo_save (cairo);
    cairo_translate (cairo, side * (double) points[i].x, side * (double) points[i].y);
    cairo_scale (cairo, 1, 0.45);
    cairo_arc (cairo, 0, 0, eye, 0, 2 * G_PI);
    cairo_restore (cairo);
  }
  cairo_new_sub_path (cairo);
  cairo_arc (cairo, side * (double) points[2].x, side * (double) points[2].y - 0.3 * eye, 0.5 * eye, 0.15 * G_PI, 0.85 * G_PI);
  cairo_move_to (cairo, side * (double) points[3].x, side * (double) points[3].y);
  cairo_line_to (cairo, side * (double) points[4].x, side * (double) points[4].y);
  cairo_stroke (cairo);
}

static cairo_surface_t *
mean_tile (const sheet_style *style, const mean *m, int label)
{
  cairo_surface_t *tile = cairo_image_surface_create (CAIRO_FORMAT_RGB24, SHEET_TILE, SHEET_TILE);
  cairo_t *cairo = cairo_create (tile);
  fer_pen_colour (cairo, GROUND, 1);
  cairo_paint (cairo);
  draw_heat (cairo, &m->maps, label, style->opacity, SHEET_TILE);
  if (m->n_points)
    draw_points (cairo, m->points, SHEET_TILE);
  cairo_destroy (cairo);
  return tile;
}

cairo_surface_t *
sheet_mean (const sheet_style *style, const char *const *labels, const mean *m)
{
  cairo_t *cairo = begin_sheet (m->maps.n_labels);
  for (int i = 0; i < m->maps.n_labels; i++) {
    const double x = GAP + i % COLUMNS * CELL_W, y = GAP + i / COLUMNS * CELL_H, middle = y + SHEET_TILE + 4 + LINE / 2;
    char count[32];
    double w, h;
    snprintf (count, sizeof count, m->n[i] == 1 ? "%d face" : "%d faces", m->n[i]);
    fer_pen_measure (style->drawer, count, SMALL_LETTERS, false, &w, &h);
    put_tile (cairo, mean_tile (style, m, i), x, y);
    fer_pen_colour (cairo, INK, 0.9);
    fer_pen_write (style->drawer, cairo, labels[i], LETTERS, true, x, middle);
    fer_pen_write (style->drawer, cairo, count, SMALL_LETTERS, false, x + SHEET_TILE - w, middle);
  }
  return end_sheet (style, cairo, "mean evidence", "each face's map scaled to its most, and then each mean: colours do not compare classes");
}

/* ---- all faces of a picture ------------------------------------------------------------------------------------------------ */

void
sheet_overlay (const sheet_style *style, cairo_surface_t *picture, const explained *it, int label)
{
  fer_picture heat;
  cairo_t *cairo = cairo_create (picture);
  if (fer_draw_heatmap (explained_map (it, label), it->map_h, it->map_w, &it->square, it->roll, style->opacity,
                        cairo_image_surface_get_width (picture), cairo_image_surface_get_height (picture), &heat))
    paint (cairo, &heat);
  cairo_destroy (cairo);
}

void
sheet_label (const sheet_style *style, cairo_surface_t *picture, const fer_result *result, const char *title)
{
  fer_picture drawn;
  fer_piece *pieces = g_new (fer_piece, FER_MAX_PIECES);
  const int n = fer_draw_plan (style->drawer, result, pieces);
  cairo_t *cairo = cairo_create (picture);
  if (fer_draw_legend (style->drawer, title, result->width, result->height, &drawn))
    paint (cairo, &drawn);
  for (int i = 0; i < n; i++)
    if (fer_draw_piece (style->drawer, result, &pieces[i], &drawn))
      paint (cairo, &drawn);
  cairo_destroy (cairo);
  g_free (pieces);
}
