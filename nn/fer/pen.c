/* SPDX-License-Identifier: MIT */
#include "pen.h"

#include <glib.h>
#include <math.h>
#include <pango/pangocairo.h>

#define MAX_SIZES 256 /* that are remembered */

/* Of a text that was measured. */
typedef struct text_size {
  double w, h;
} text_size;

struct fer_drawer {
  GHashTable *sizes; /* char *: font and text; text_size * */
  PangoFontMap *fonts;
  PangoContext *context;
  PangoLayout *layout;
  PangoFontDescription *font;
};

/* ---- text ---------------------------------------------------------------------------------------------------------------- */

static void
set_text (fer_drawer *drawer, const char *text, double px, bool bold)
{
  pango_font_description_set_absolute_size (drawer->font, px * PANGO_SCALE);
  pango_font_description_set_weight (drawer->font, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  pango_layout_set_font_description (drawer->layout, drawer->font);
  pango_layout_set_text (drawer->layout, text, -1);
}

/* Takes key. */
static const text_size *
measure (fer_drawer *drawer, char *key, const char *text, double px, bool bold)
{
  int width, height;
  text_size *size = g_new (text_size, 1);
  set_text (drawer, text, px, bold);
  pango_layout_get_size (drawer->layout, &width, &height);
  *size = (text_size) { (double) width / PANGO_SCALE, (double) height / PANGO_SCALE };
  if (g_hash_table_size (drawer->sizes) == MAX_SIZES)
    g_hash_table_remove_all (drawer->sizes);
  g_hash_table_insert (drawer->sizes, key, size);
  return size;
}

/* The same few texts are asked for in every frame, and laying one out takes as long as drawing a box. */
void
fer_pen_measure (fer_drawer *drawer, const char *text, double px, bool bold, double *w, double *h)
{
  char *key = g_strdup_printf ("%d %d %s", (int) lrint (64 * px), bold, text);
  const text_size *size = g_hash_table_lookup (drawer->sizes, key);
  if (size)
    g_free (key);
  else
    size = measure (drawer, key, text, px, bold);
  *w = size->w;
  *h = size->h;
}

void
fer_pen_write (fer_drawer *drawer, cairo_t *cairo, const char *text, double px, bool bold, double x, double middle)
{
  double w, h;
  fer_pen_measure (drawer, text, px, bold, &w, &h);
  set_text (drawer, text, px, bold);
  cairo_move_to (cairo, x, middle - h / 2);
  pango_cairo_show_layout (cairo, drawer->layout);
}

fer_drawer *
fer_drawer_new (nn_error *error)
{
  fer_drawer *drawer = g_new0 (fer_drawer, 1);
  drawer->sizes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  drawer->fonts = pango_cairo_font_map_new ();
  PangoFontFamily **families;
  int n = 0;
  pango_font_map_list_families (drawer->fonts, &families, &n);
  g_free (families);
  if (n == 0) {
    nn_fail (error, "no font is installed: labels cannot be drawn (any will do, such as Debian's fonts-dejavu-core)");
    fer_drawer_free (drawer);
    return NULL;
  }
  drawer->context = pango_font_map_create_context (drawer->fonts);
  drawer->layout = pango_layout_new (drawer->context);
  drawer->font = pango_font_description_from_string ("Sans");
  double w, h;
  fer_pen_measure (drawer, "neutral 100%", 16, true, &w, &h);
  return drawer;
}

void
fer_drawer_free (fer_drawer *drawer)
{
  if (!drawer)
    return;
  g_clear_pointer (&drawer->font, pango_font_description_free);
  g_clear_object (&drawer->layout);
  g_clear_object (&drawer->context);
  g_clear_object (&drawer->fonts);
  g_clear_pointer (&drawer->sizes, g_hash_table_unref);
  g_free (drawer);
}

/* ---- shapes ---------------------------------------------------------------------------------------------------------------- */

void
fer_pen_colour (cairo_t *cairo, uint32_t rgb, double alpha)
{
  cairo_set_source_rgba (cairo, (rgb >> 16) / 255.0, (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0, alpha);
}

void
fer_pen_round (cairo_t *cairo, const fer_rect *r, double radius)
{
  radius = fmin (radius, fmin (r->w, r->h) / 2);
  cairo_new_sub_path (cairo);
  cairo_arc (cairo, r->x + r->w - radius, r->y + radius, radius, -G_PI_2, 0);
  cairo_arc (cairo, r->x + r->w - radius, r->y + r->h - radius, radius, 0, G_PI_2);
  cairo_arc (cairo, r->x + radius, r->y + r->h - radius, radius, G_PI_2, G_PI);
  cairo_arc (cairo, r->x + radius, r->y + radius, radius, G_PI, 1.5 * G_PI);
  cairo_close_path (cairo);
}

/* ---- pictures -------------------------------------------------------------------------------------------------------------- */

cairo_t *
fer_pen_begin (fer_picture *picture)
{
  picture->stride = cairo_format_stride_for_width (CAIRO_FORMAT_ARGB32, picture->width);
  picture->pixels = picture->stride > 0 ? g_try_malloc0_n ((gsize) picture->height, (gsize) picture->stride) : NULL;
  if (!picture->pixels)
    return NULL;
  cairo_surface_t *surface =
      cairo_image_surface_create_for_data (picture->pixels, CAIRO_FORMAT_ARGB32, picture->width, picture->height, picture->stride);
  cairo_t *cairo = cairo_create (surface);
  cairo_surface_destroy (surface);
  cairo_translate (cairo, -picture->x, -picture->y);
  return cairo;
}

bool
fer_pen_end (cairo_t *cairo, fer_picture *picture)
{
  const bool good = cairo_status (cairo) == CAIRO_STATUS_SUCCESS;
  cairo_surface_finish (cairo_get_target (cairo));
  cairo_destroy (cairo);
  if (!good)
    g_clear_pointer (&picture->pixels, g_free);
  return good;
}
