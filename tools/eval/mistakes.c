/* SPDX-License-Identifier: MIT */
#include "mistakes.h"

#include <glib.h>
#include <stdlib.h>

#include "fer/palette.h"
#include "fer/pen.h"

#define MOST 40
#define COLUMNS 8
#define TILE 144
#define GAP 16
#define LINE 20
#define LETTERS 14.0
#define SMALL 11.0
#define PAPER 0x15191e
#define INK 0xe8eaed

/* ---- which --------------------------------------------------------------------------------------------------------------- */

typedef struct mistake {
  float p;
  int row;
} mistake;

static int
surest_first (const void *a, const void *b)
{
  const mistake *x = a, *y = b;
  return x->p != y->p ? (x->p < y->p) - (x->p > y->p) : (x->row > y->row) - (x->row < y->row);
}

static float
confidence_of (const eval_outcome *o, int row)
{
  return o->p[(size_t) row * (size_t) o->n_classes + o->predicted[row]];
}

int
eval_mistakes_find (const eval_outcome *o, int most, int *rows)
{
  mistake *all = g_new (mistake, (size_t) o->n);
  int n = 0;
  for (int row = 0; row < o->n; row++)
    if (o->predicted[row] != o->truth[row])
      all[n++] = (mistake) { confidence_of (o, row), row };
  qsort (all, (size_t) n, sizeof *all, surest_first);
  n = MIN (n, most);
  for (int i = 0; i < n; i++)
    rows[i] = all[i].row;
  g_free (all);
  return n;
}

/* ---- the sheet ----------------------------------------------------------------------------------------------------------- */

static void
draw_pixels (cairo_t *cairo, const float *pixels, int size, double x, double y)
{
  uint8_t *grey = g_new (uint8_t, (size_t) size * (size_t) size);
  for (int i = 0; i < size * size; i++)
    grey[i] = (uint8_t) (CLAMP (pixels[i], 0, 255) + 0.5f);
  cairo_surface_t *surface = tool_surface_from_rgb (grey, size, 1, size, size);
  cairo_save (cairo);
  fer_pen_round (cairo, &(fer_rect) { x, y, TILE, TILE }, 6);
  cairo_clip (cairo);
  cairo_translate (cairo, x, y);
  cairo_scale (cairo, (double) TILE / size, (double) TILE / size);
  cairo_set_source_surface (cairo, surface, 0, 0);
  cairo_pattern_set_extend (cairo_get_source (cairo), CAIRO_EXTEND_PAD);
  cairo_pattern_set_filter (cairo_get_source (cairo), CAIRO_FILTER_GOOD);
  cairo_paint (cairo);
  cairo_restore (cairo);
  cairo_surface_destroy (surface);
  g_free (grey);
}

/* Files have names, rows of a data set numbers from 1. */
static char *
name_of (const eval_samples *samples, int sample)
{
  return samples->names ? g_path_get_basename (samples->names[sample]) : g_strdup_printf ("row %d", samples->index[sample] + 1);
}

static void
draw_mistake (fer_drawer *drawer, cairo_t *cairo, const eval_samples *samples, const eval_readings *seen, const eval_outcome *o, int row, double x,
              double y)
{
  const size_t plane = (size_t) seen->size * (size_t) seen->size;
  const int sample = o->sample[row], read = o->predicted[row];
  const char *label = samples->classes.names[o->truth[row]], *reading = samples->classes.names[read];
  char *name = name_of (samples, sample), *first = g_strdup_printf ("%s \342\206\222 ", label);
  char *second = g_strdup_printf ("%.1f %%  %s", 100 * (double) confidence_of (o, row), name);
  double w, h;
  draw_pixels (cairo, seen->pixels + (size_t) sample * plane, seen->size, x, y);
  fer_pen_measure (drawer, first, LETTERS, false, &w, &h);
  fer_pen_colour (cairo, INK, 1);
  fer_pen_write (drawer, cairo, first, LETTERS, false, x, y + TILE + 0.7 * LINE);
  fer_pen_colour (cairo, fer_palette_label (reading, read), 1);
  fer_pen_write (drawer, cairo, reading, LETTERS, true, x + w, y + TILE + 0.7 * LINE);
  fer_pen_colour (cairo, INK, 0.75);
  cairo_save (cairo);
  cairo_rectangle (cairo, x, y + TILE, TILE, 2 * LINE + 4); /* a long name is cut off */
  cairo_clip (cairo);
  fer_pen_write (drawer, cairo, second, SMALL, false, x, y + TILE + 1.6 * LINE);
  cairo_restore (cairo);
  g_free (name);
  g_free (first);
  g_free (second);
}

cairo_surface_t *
eval_mistakes_draw (const eval_samples *samples, const eval_readings *seen, const eval_outcome *o, nn_error *error)
{
  int rows[MOST];
  const int n = eval_mistakes_find (o, MOST, rows), lines = MAX ((n + COLUMNS - 1) / COLUMNS, 1), cell_h = TILE + 2 * LINE + GAP;
  fer_drawer *drawer = fer_drawer_new (error);
  if (!drawer)
    return NULL;
  cairo_surface_t *sheet = cairo_image_surface_create (CAIRO_FORMAT_RGB24, COLUMNS * (TILE + GAP) + GAP, lines * cell_h + GAP);
  cairo_t *cairo = cairo_create (sheet);
  fer_pen_colour (cairo, PAPER, 1);
  cairo_paint (cairo);
  for (int i = 0; i < n; i++)
    draw_mistake (drawer, cairo, samples, seen, o, rows[i], GAP + i % COLUMNS * (TILE + GAP), GAP + i / COLUMNS * cell_h);
  cairo_destroy (cairo);
  fer_drawer_free (drawer);
  return sheet;
}

bool
eval_mistakes_save (const eval_samples *samples, const eval_readings *seen, const eval_outcome *outcome, const char *path, nn_error *error)
{
  cairo_surface_t *sheet = eval_mistakes_draw (samples, seen, outcome, error);
  const bool good = sheet && tool_surface_save (sheet, path, error);
  if (sheet)
    cairo_surface_destroy (sheet);
  return good;
}
