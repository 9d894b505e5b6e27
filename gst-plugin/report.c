/* SPDX-License-Identifier: MIT */
#include "report.h"

#include <string.h>

#include "fer/match.h"

#define LONGEST_WAY 0.3f    /* seconds for which a face is thought to go on */
#define LEAST_LIKENESS 0.1f /* of boxes of one face */

void
report_clear (report *r)
{
  for (int i = 0; i < r->result.n_faces; i++)
    g_clear_pointer (&r->heats[i], heat_unref);
  r->result.n_faces = 0;
  r->found.n = 0;
  r->covers.n = 0;
  g_clear_pointer (&r->reader, reader_unref);
}

void
report_free (report *r)
{
  if (!r)
    return;
  report_clear (r);
  g_free (r);
}

void
report_copy (report *to, const report *from)
{
  report_clear (to);
  *to = *from;
  reader_ref (to->reader);
  for (int i = 0; i < to->result.n_faces; i++)
    heat_ref (to->heats[i]);
}

/* ---- later ----------------------------------------------------------------------------------------------------------------- */

static void
move (fer_box *box, float dx, float dy)
{
  box->x += dx;
  box->y += dy;
}

/* Its box as found is clipped: one that would leave the picture stays where it is. */
static void
move_face (report *r, int i, float seconds)
{
  fer_face *face = &r->result.faces[i];
  face_place *place = &r->found.places[i];
  float dx = place->vx * seconds, dy = place->vy * seconds;
  fer_box box = face->box;
  move (&box, dx, dy);
  if (fer_box_clip (&box, r->result.width, r->result.height) != FER_SKIP_NONE)
    return;
  face->box = place->face.box = box;
  move (&place->square, dx, dy);
  for (int k = 0; k < FER_N_POINTS; k++) {
    face->points[k].x += dx;
    face->points[k].y += dy;
  }
}

void
report_go_on (report *r, GstClockTime running_time)
{
  GstClockTime before = r->result.running_time;
  gboolean later = GST_CLOCK_TIME_IS_VALID (before) && GST_CLOCK_TIME_IS_VALID (running_time) && running_time > before;
  guint64 step = later ? running_time - before : 0;
  float seconds = (float) step / GST_SECOND;
  for (int i = 0; i < r->result.n_faces; i++) {
    r->result.faces[i].age += step;
    move_face (r, i, MIN (seconds, LONGEST_WAY));
  }
}

/* ---- upstream's boxes ------------------------------------------------------------------------------------------------------ */

/* was (now->n): which of the report's faces each of now's is, or -1. */
static void
match (const report *r, const faces *now, int *was)
{
  fer_match_box boxes[FER_MAX_FACES];
  fer_found found[FER_MAX_FACES];
  int matches[FER_MAX_FACES];
  for (int i = 0; i < r->result.n_faces; i++)
    boxes[i] = (fer_match_box) { r->result.faces[i].box, LEAST_LIKENESS, 0 };
  for (int j = 0; j < now->n; j++) {
    found[j].box = now->places[j].face.box;
    was[j] = -1;
  }
  fer_match_boxes (boxes, r->result.n_faces, found, now->n, matches);
  for (int i = 0; i < r->result.n_faces; i++)
    if (matches[i] >= 0)
      was[matches[i]] = i;
}

/* A face that came since has not been read. */
static fer_face
face_of (const report *r, int was, const face_place *now)
{
  fer_face face = was >= 0 ? r->result.faces[was] : now->face;
  face.box = now->face.box;
  if (was < 0) {
    face.label = -1;
    face.skip = FER_SKIP_LATE;
  }
  return face;
}

void
report_meet (report *r, GstBuffer *buffer, const settings *s)
{
  if (r->found.source != FER_FROM_UPSTREAM)
    return;
  report before = *r;
  fer_box_map map;
  int was[FER_MAX_FACES];
  memset (r->heats, 0, sizeof r->heats);
  faces_begin (&r->found, r->found.element, r->result.width, r->result.height, s->max_faces);
  r->found.source = FER_FROM_UPSTREAM;
  faces_from_upstream (&r->found, buffer, s->roi_type, settings_box_map (s, &map) ? &map : NULL, reader_crop (r->reader));
  match (&before, &r->found, was);
  for (int j = 0; j < r->found.n; j++) {
    r->result.faces[j] = face_of (&before, was[j], &r->found.places[j]);
    if (was[j] >= 0)
      r->heats[j] = g_steal_pointer (&before.heats[was[j]]);
  }
  r->result.n_faces = r->found.n;
  r->result.n_skipped = r->found.n_skipped;
  memcpy (r->result.skipped, r->found.skipped, sizeof r->result.skipped);
  for (int i = 0; i < before.result.n_faces; i++)
    heat_unref (before.heats[i]);
}
