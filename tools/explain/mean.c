/* SPDX-License-Identifier: MIT */
#include "mean.h"

#include <math.h>
#include <stdlib.h>

static bool
begin (mean *m, const explained *it, nn_error *error)
{
  m->maps = (explained) { .size = it->size, .n_labels = it->n_labels, .map_h = it->map_h, .map_w = it->map_w };
  m->maps.maps = calloc ((size_t) (it->n_labels * it->map_h * it->map_w), sizeof *m->maps.maps);
  return m->maps.maps || nn_fail (error, "out of memory");
}

/* The mean of n numbers, when x is the last of them. */
static void
move (float *to, float x, int n)
{
  *to += (x - *to) / (float) n;
}

static void
add_map (mean *m, const explained *it, int label)
{
  float x, y, *to = m->maps.maps + label * it->map_h * it->map_w;
  const float *map = explained_map (it, label), most = explained_peak (it, label, &x, &y), scale = most > 0 ? 1 / most : 0;
  m->n[label]++;
  for (int p = 0; p < it->map_h * it->map_w; p++)
    move (&to[p], scale * map[p], m->n[label]);
}

/* In the axes of the square, which is turned by roll about its middle. */
static void
add_points (mean *m, const explained *it, const fer_point *points)
{
  const float c = cosf (it->roll), s = sinf (it->roll), half = 0.5f * it->square.w;
  m->n_points++;
  for (int i = 0; i < FER_N_POINTS; i++) {
    const float dx = points[i].x - it->square.x - half, dy = points[i].y - it->square.y - half;
    move (&m->points[i].x, 0.5f + 0.5f * (c * dx + s * dy) / half, m->n_points);
    move (&m->points[i].y, 0.5f + 0.5f * (c * dy - s * dx) / half, m->n_points);
  }
}

bool
mean_add (mean *m, const explained *it, const fer_face *face, const bool *wanted, nn_error *error)
{
  if (!m->maps.maps && !begin (m, it, error))
    return false;
  m->n_faces++;
  for (int label = 0; label < it->n_labels; label++)
    if (wanted[label])
      add_map (m, it, label);
  if (face->has_points)
    add_points (m, it, face->points);
  return true;
}

void
mean_clear (mean *m)
{
  explained_clear (&m->maps);
}
