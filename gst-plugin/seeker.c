/* SPDX-License-Identifier: MIT */
#include "seeker.h"

#include "debug.h"
#include "stopwatch.h"

#define UPSTREAM_REMEMBERED 60    /* frames without boxes after which upstream is no longer thought to find faces */
#define FRAMES_BEFORE_WARNING 100 /* that rely on upstream, without any box */
#define SMALLEST_SIDE 12          /* pixels of a picture in which there can be a face: fer_box_clip's */

struct seeker {
  char *path;
  fer_finder *finder;
  gboolean missing; /* there is no embedded finder */
  fer_follower *follower;
  guint frames_without_boxes; /* since the last one */
  gboolean boxes_came;        /* ever */
  guint frames_in_vain;       /* that relied on upstream, before any came */
};

seeker *
seeker_new (const char *finder, nn_error *error)
{
  fer_follower *follower = fer_follower_new (error);
  if (!follower)
    return NULL;
  seeker *k = g_new0 (seeker, 1);
  k->follower = follower;
  k->path = g_strdup (finder);
  k->frames_without_boxes = UPSTREAM_REMEMBERED;
  return k;
}

void
seeker_free (seeker *k)
{
  if (!k)
    return;
  fer_finder_free (k->finder);
  fer_follower_free (k->follower);
  g_free (k->path);
  g_free (k);
}

void
seeker_forget (seeker *k)
{
  fer_follower_forget (k->follower);
  k->frames_without_boxes = UPSTREAM_REMEMBERED;
}

gboolean
seeker_may_search (const settings *s)
{
  return s->faces == FACES_FINDER || s->faces == FACES_AUTO;
}

gboolean
seeker_load (seeker *k, const settings *s, nn_error *error)
{
  gboolean must = s->faces == FACES_FINDER || k->path;
  if (!seeker_may_search (s) || k->finder || (k->missing && !must))
    return TRUE;
  k->finder = fer_finder_load (k->path, error);
  k->missing = !k->finder;
  if (k->missing && !must)
    GST_INFO ("faces come from upstream only: %s", error->text);
  return k->finder || !must;
}

void
seeker_change (seeker *k, fer_finder *finder, const char *path)
{
  fer_finder_free (k->finder);
  g_free (k->path);
  k->finder = finder;
  k->path = g_strdup (path);
  k->missing = FALSE;
}

static gboolean
plan (seeker *k, const settings *s, int width, int height, nn_error *error)
{
  if (!k->finder || !seeker_may_search (s) || MIN (width, height) < SMALLEST_SIDE)
    return TRUE;
  return fer_finder_resize (k->finder, width, height, s->finder_size, error);
}

gboolean
seeker_prepare (seeker *k, const settings *s, int width, int height, nn_error *error)
{
  return seeker_load (k, s, error) && plan (k, s, width, height, error);
}

static fer_source
choose (seeker *k, const settings *s, GstBuffer *buffer)
{
  switch (s->faces) {
  case FACES_FRAME: return FER_FROM_FRAME;
  case FACES_UPSTREAM: return FER_FROM_UPSTREAM;
  case FACES_FINDER: return FER_FROM_FINDER;
  case FACES_AUTO: break;
  }
  if (faces_come_with (buffer, s->roi_type))
    k->frames_without_boxes = 0;
  else if (k->frames_without_boxes < UPSTREAM_REMEMBERED)
    k->frames_without_boxes++;
  return !k->finder || k->frames_without_boxes < UPSTREAM_REMEMBERED ? FER_FROM_UPSTREAM : FER_FROM_FINDER;
}

/* Whose face each of upstream's boxes is. */
static void
follow_boxes (seeker *k, const fer_image *image, GstClockTime time, faces *found)
{
  fer_box boxes[FER_MAX_FACES];
  guint64 ids[FER_MAX_FACES];
  for (int i = 0; i < found->n; i++)
    boxes[i] = found->places[i].face.box;
  fer_follower_take (k->follower, image, time, boxes, found->n, ids);
  for (int i = 0; i < found->n; i++)
    found->places[i].face.id = ids[i];
}

/* Says once that upstream finds no faces, where nobody else does. */
static void
warn_without_boxes (seeker *k, const settings *s, const faces *found)
{
  k->boxes_came |= found->n_offered > 0;
  if (!k->boxes_came && ++k->frames_in_vain == FRAMES_BEFORE_WARNING)
    GST_ELEMENT_WARNING (
        found->element, STREAM, FAILED,
        ("No face came with the first %d frames. Put an element that finds faces in front, such as \"facedetect display=false\", or set "
         "faces=finder, or faces=frame when each frame is one face.",
         FRAMES_BEFORE_WARNING),
        ("Region-of-interest metas of type \"%s\" are read (property roi-type).", s->roi_type ? s->roi_type : ""));
}

/* Beside a search of the whole frame, which shows most of the known faces, looks take next to nothing. */
static void
learn (budget *b, const fer_search *search, double ms)
{
  if (search->whole)
    budget_learn (b, WORK_SEARCH, 1, ms);
  else if (search->n)
    budget_learn (b, WORK_LOOK, 1, ms);
}

static void
find (seeker *k, const settings *s, const fer_image *image, GstClockTime time, const fer_crop *crop, budget *b, double left, faces *found)
{
  fer_search search;
  int n;
  gint64 start = g_get_monotonic_time ();
  fer_follower_plan (k->follower, image, time, s->detect_interval * GST_MSECOND, &search);
  gboolean looks = budget_allot (b, WORK_LOOK, search.n > 0, seeker_time (k), &left);
  gboolean whole = budget_allot (b, WORK_SEARCH, search.whole, seeker_time (k), &left);
  fer_follower_spare (k->follower, &search, whole, looks);
  const fer_track *tracks = fer_follower_search (k->follower, k->finder, image, &search, &n);
  learn (b, &search, lap (&start));
  faces_from_tracks (found, tracks, n, crop);
}

gboolean
seeker_run (seeker *k, const settings *s, GstBuffer *buffer, const fer_image *image, GstClockTime time, const fer_crop *crop, budget *b, double left,
            faces *found, nn_error *error)
{
  fer_box_map map;
  if (!seeker_prepare (k, s, image->width, image->height, error))
    return FALSE;
  found->source = choose (k, s, buffer);
  switch (found->source) {
  case FER_FROM_FRAME:
    faces_from_frame (found);
    fer_follower_take (k->follower, image, time, NULL, 0, NULL); /* nobody is followed, but time goes on */
    break;
  case FER_FROM_UPSTREAM:
    faces_from_upstream (found, buffer, s->roi_type, settings_box_map (s, &map) ? &map : NULL, crop);
    follow_boxes (k, image, time, found);
    warn_without_boxes (k, s, found);
    break;
  case FER_FROM_FINDER: find (k, s, image, time, crop, b, left, found); break;
  }
  return TRUE;
}

void
seeker_cover (seeker *k, const settings *s, GstBuffer *buffer, const fer_image *image, covers *c)
{
  int n;
  const fer_track *tracks = fer_follower_all (k->follower, &n);
  for (int i = 0; i < n; i++)
    covers_add (c, &tracks[i].box);
  if (s->faces == FACES_FRAME)
    covers_add (c, &(fer_box) { 0, 0, (float) image->width, (float) image->height });
  if (s->faces == FACES_UPSTREAM || s->faces == FACES_AUTO)
    faces_cover_upstream (c, buffer, s->roi_type);
}

guint64
seeker_time (const seeker *k)
{
  return fer_follower_time (k->follower);
}
