/* SPDX-License-Identifier: MIT */
#include "detections.h"

#include <glib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N_PLAIN 7 /* columns without points */
#define N_COLUMNS (N_PLAIN + 2 * NN_DETECT_POINTS)

static const char header[] = "view,file,x,y,w,h,score";

struct eval_detections {
  bool have_points;
  GHashTable *pictures; /* "view\nfile": GArray of nn_detection */
};

static char *
key_of (const char *view, const char *file)
{
  return g_strconcat (view, "\n", file, NULL);
}

static bool
read_number (const char *text, float *number)
{
  char *end;
  *number = (float) g_ascii_strtod (text, &end);
  return end != text && !*end && isfinite (*number);
}

static bool
add_line (eval_detections *d, char **cells)
{
  nn_detection found = { 0 };
  float *const numbers[5] = { &found.x, &found.y, &found.w, &found.h, &found.score };
  if (g_strv_length (cells) != (d->have_points ? N_COLUMNS : N_PLAIN))
    return false;
  for (int i = 0; i < 5; i++)
    if (!read_number (cells[2 + i], numbers[i]))
      return false;
  for (int i = 0; d->have_points && i < 2 * NN_DETECT_POINTS; i++)
    if (!read_number (cells[N_PLAIN + i], &found.points[i / 2][i % 2]))
      return false;
  char *key = key_of (cells[0], cells[1]);
  GArray *list = g_hash_table_lookup (d->pictures, key);
  if (list)
    g_free (key);
  else
    g_hash_table_insert (d->pictures, key, list = g_array_new (FALSE, FALSE, sizeof found));
  g_array_append_val (list, found);
  return true;
}

/* Whether the first line is the header, and with points. */
static bool
read_header (eval_detections *d, const char *line)
{
  GString *long_header = g_string_new (header);
  for (int k = 0; k < NN_DETECT_POINTS; k++)
    g_string_append_printf (long_header, ",%s_x,%s_y", nn_detect_point_names[k], nn_detect_point_names[k]);
  d->have_points = !strcmp (line, long_header->str);
  g_string_free (long_header, TRUE);
  return d->have_points || !strcmp (line, header);
}

static bool
parse (eval_detections *d, char *text, const char *path, nn_error *error)
{
  char *rest = text;
  for (int number = 1; rest && *rest; number++) {
    char *line = rest, *end = strchr (line, '\n');
    rest = end ? end + 1 : NULL;
    if (end)
      *end = 0;
    g_strchomp (line);
    if (number == 1) {
      if (!read_header (d, line))
        return nn_fail (error, "%s: line 1: expected the header %s, with all ten points or none", path, header);
      continue;
    }
    char **cells = g_strsplit (line, ",", N_COLUMNS + 1);
    const bool good = add_line (d, cells);
    g_strfreev (cells);
    if (!good)
      return nn_fail (error, "%s: line %d: expected a view, a file, and %d numbers", path, number, (d->have_points ? N_COLUMNS : N_PLAIN) - 2);
  }
  return *text || nn_fail (error, "%s: is empty; expected the header %s", path, header);
}

static int
by_score (const void *a, const void *b)
{
  const float x = ((const nn_detection *) a)->score, y = ((const nn_detection *) b)->score;
  return (x < y) - (x > y);
}

static void
sort_list (void *key, void *list, void *user)
{
  (void) key, (void) user;
  g_array_sort (list, by_score);
}

static void
free_list (void *list)
{
  g_array_unref (list);
}

eval_detections *
eval_detections_load (const char *path, nn_error *error)
{
  void *bytes;
  size_t size;
  if (!nn_file_read (path, 0, &bytes, &size, error))
    return NULL;
  eval_detections *d = g_new0 (eval_detections, 1);
  d->pictures = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_list);
  const bool good =
      (strlen (bytes) == size || nn_fail (error, "%s: a 0 byte after %zu, expected text", path, strlen (bytes))) && parse (d, bytes, path, error);
  free (bytes);
  if (good) {
    g_hash_table_foreach (d->pictures, sort_list, NULL);
    return d;
  }
  eval_detections_free (d);
  return NULL;
}

void
eval_detections_free (eval_detections *d)
{
  if (!d)
    return;
  g_hash_table_unref (d->pictures);
  g_free (d);
}

bool
eval_detections_have_points (const eval_detections *d)
{
  return d->have_points;
}

int
eval_detections_of (const eval_detections *d, const char *view, const char *file, const nn_detection **found)
{
  char *key = key_of (view, file);
  const GArray *list = g_hash_table_lookup (d->pictures, key);
  g_free (key);
  *found = list ? (const nn_detection *) (void *) list->data : NULL;
  return list ? (int) list->len : 0;
}
