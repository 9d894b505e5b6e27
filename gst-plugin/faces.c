/* SPDX-License-Identifier: MIT */
#include "faces.h"

#include <math.h>
#include <string.h>

#include "debug.h"

/* OpenCV's facedetect writes squares (or what a scaler's rounding leaves of them) and nothing else; whatever else finds faces says more. */
static const fer_box_map *
map_of_finder (const upstream_box *came)
{
  float longer = fmaxf (came->box.w, came->box.h), shorter = fminf (came->box.w, came->box.h);
  return came->bare && longer - shorter <= longer / 32 ? &fer_box_map_facedetect : &fer_box_map_none;
}

static void
skip (faces *f, const fer_face *face, fer_skip reason)
{
  const fer_box *box = &face->box;
  GST_DEBUG_OBJECT (f->element, "face of %gx%g at %g,%g is skipped: %s", (double) box->w, (double) box->h, (double) box->x, (double) box->y,
                    fer_skip_text (reason));
  if (f->n_skipped < FER_MAX_FACES)
    f->skipped[f->n_skipped++] = (fer_skipped) { face->id, *box, face->source, reason };
}

static float
area (const fer_box *box)
{
  return box->w * box->h;
}

static int
smallest (const faces *f)
{
  int least = 0;
  for (int i = 1; i < f->n; i++)
    if (area (&f->places[i].face.box) < area (&f->places[least].face.box))
      least = i;
  return least;
}

/* Makes room for a box: FALSE if it is no larger than all that are there. */
static gboolean
make_room (faces *f, const fer_box *box)
{
  if (f->n < f->max)
    return TRUE;
  int i = smallest (f);
  if (area (box) <= area (&f->places[i].face.box))
    return FALSE;
  skip (f, &f->places[i].face, FER_SKIP_TOO_MANY);
  memmove (f->places + i, f->places + i + 1, (gsize) (f->n - i - 1) * sizeof *f->places);
  f->n--;
  return TRUE;
}

static void
add (faces *f, const face_place *found)
{
  face_place new = *found;
  fer_skip reason = fer_box_clip (&new.face.box, f->width, f->height);
  f->n_offered++;
  if (reason == FER_SKIP_NONE && !make_room (f, &new.face.box))
    reason = FER_SKIP_TOO_MANY;
  if (reason == FER_SKIP_NONE)
    f->places[f->n++] = new;
  else
    skip (f, &found->face, reason);
}

void
faces_begin (faces *f, GstElement *element, int width, int height, int max)
{
  f->n = f->n_skipped = 0;
  f->max = max;
  f->n_offered = 0;
  f->width = width;
  f->height = height;
  f->element = element;
}

gboolean
faces_come_with (GstBuffer *buffer, const char *type)
{
  upstream_state state = { 0 };
  upstream_box came;
  return upstream_next (buffer, upstream_type (type), &state, &came);
}

void
faces_cover_upstream (covers *c, GstBuffer *buffer, const char *type)
{
  upstream_state state = { 0 };
  upstream_box came;
  while (upstream_next (buffer, upstream_type (type), &state, &came))
    covers_add (c, &came.box);
}

void
faces_from_upstream (faces *f, GstBuffer *buffer, const char *type, const fer_box_map *map, const fer_crop *crop)
{
  upstream_state state = { 0 };
  upstream_box came;
  while (upstream_next (buffer, upstream_type (type), &state, &came)) {
    fer_box reference = fer_box_apply (&came.box, map ? map : map_of_finder (&came));
    add (f, &(face_place) { .face = { .box = came.box, .source = FER_FROM_UPSTREAM }, .square = fer_crop_square (crop, &reference), .came = came });
  }
}

void
faces_from_tracks (faces *f, const fer_track *tracks, int n, const fer_crop *crop)
{
  for (int i = 0; i < n; i++) {
    const fer_track *t = &tracks[i];
    face_place new = { .face = { .id = t->id, .box = t->box, .source = FER_FROM_FINDER, .score = t->score, .has_points = t->has_points } };
    memcpy (new.face.points, t->points, sizeof t->points);
    new.square = fer_crop_face (crop, &t->box, t->has_points ? t->points : NULL, &new.roll);
    new.hidden = t->lost;
    new.vx = t->vx;
    new.vy = t->vy;
    add (f, &new);
  }
}

void
faces_from_frame (faces *f)
{
  fer_box box = { 0, 0, (float) f->width, (float) f->height };
  add (f, &(face_place) { .face = { .box = box, .source = FER_FROM_FRAME }, .square = fer_frame_square (f->width, f->height) });
}
