/* SPDX-License-Identifier: MIT */
#include "fer.h"

#include <stdlib.h>

#include "match.h"
#include "scene.h"

#define MAX_IN_A_LOOK 4 /* faces in the square around one */
#define SAME 0.4f       /* IoU of two sightings of one face */

struct fer_follower {
  fer_tracker *tracker;
  fer_scene scene;
  int width, height; /* of the last picture */
  float *rows;       /* scene's */
};

fer_follower *
fer_follower_new (nn_error *error)
{
  fer_follower *follower = calloc (1, sizeof *follower);
  if (!follower) {
    nn_fail (error, "out of memory");
    return NULL;
  }
  follower->tracker = fer_tracker_new (error);
  if (follower->tracker)
    return follower;
  fer_follower_free (follower);
  return NULL;
}

void
fer_follower_free (fer_follower *follower)
{
  if (!follower)
    return;
  fer_tracker_free (follower->tracker);
  free (follower->rows);
  free (follower);
}

void
fer_follower_forget (fer_follower *follower)
{
  fer_tracker_forget (follower->tracker);
  follower->scene.known = false;
}

uint64_t
fer_follower_time (const fer_follower *follower)
{
  return fer_tracker_time (follower->tracker);
}

/* ---- one frame ------------------------------------------------------------------------------------------------------------- */

/* Without memory for rows cuts are not seen. */
static void
resize (fer_follower *follower, int width, int height)
{
  if (width == follower->width && height == follower->height)
    return;
  free (follower->rows);
  follower->rows = malloc (2 * (size_t) width * sizeof *follower->rows);
  follower->width = width;
  follower->height = height;
  fer_follower_forget (follower);
}

static void
advance (fer_follower *follower, const fer_image *image, uint64_t time)
{
  resize (follower, image->width, image->height);
  if (follower->rows && fer_scene_cut (&follower->scene, image, follower->rows))
    fer_tracker_forget (follower->tracker);
  fer_tracker_advance (follower->tracker, time);
}

/* Sightings of a frame, each face once. */
typedef struct sightings {
  int n;
  fer_found found[FER_MAX_FACES];
} sightings;

static fer_found *
sighting_of (sightings *s, const fer_box *box)
{
  for (int i = 0; i < s->n; i++)
    if (fer_match_iou (box, &s->found[i].box) > SAME)
      return &s->found[i];
  return NULL;
}

/* Of several sightings of a face the best one. */
static void
add (sightings *s, const fer_found *found, int n)
{
  for (int i = 0; i < n; i++) {
    fer_found *known = sighting_of (s, &found[i].box);
    if (known && found[i].score > known->score)
      *known = found[i];
    else if (!known && s->n < FER_MAX_FACES)
      s->found[s->n++] = found[i];
  }
}

/* The middle of a square around a face: where its box is expected. */
static fer_box
middle (const fer_box *square)
{
  return (fer_box) { square->x + 0.25f * square->w, square->y + 0.25f * square->h, 0.5f * square->w, 0.5f * square->h };
}

/* The faces that are followed, where they were last; not what was seen only once. */
static int
list_known (const fer_follower *follower, fer_found *known)
{
  int n, n_known = 0;
  const fer_track *tracks = fer_tracker_all (follower->tracker, &n);
  for (int i = 0; i < n; i++)
    if (tracks[i].id)
      known[n_known++] = (fer_found) { .box = tracks[i].box, .score = tracks[i].score };
  return n_known;
}

/* What the whole picture shows clearly need not be looked for. A face that another hides is not found in its own square, but the other one is: to which of
 * both it belongs is for the tracker to say, which knows all of them. */
static void
search (const fer_follower *follower, fer_finder *finder, const fer_image *image, const fer_search *where, sightings *s)
{
  fer_found found[FER_MAX_FACES], known[FER_MAX_FACES];
  const int n_known = list_known (follower, known);
  if (where->whole)
    add (s, found, fer_finder_run_again (finder, image, FER_FINDER_THRESHOLD, known, n_known, found, FER_MAX_FACES));
  for (int i = 0; i < where->n; i++) {
    fer_box expected = middle (&where->squares[i]);
    if (!sighting_of (s, &expected))
      add (s, found, fer_finder_look (finder, image, &where->squares[i], where->rolls[i], FER_FOLLOW_THRESHOLD, found, MAX_IN_A_LOOK));
  }
}

void
fer_follower_plan (fer_follower *follower, const fer_image *image, uint64_t time, uint64_t interval, fer_search *where)
{
  advance (follower, image, time);
  fer_tracker_plan (follower->tracker, interval, where);
}

void
fer_follower_spare (fer_follower *follower, fer_search *where, bool whole, bool squares)
{
  fer_tracker_spare (follower->tracker, where, whole, squares);
}

const fer_track *
fer_follower_search (fer_follower *follower, fer_finder *finder, const fer_image *image, const fer_search *where, int *n)
{
  sightings s = { 0 };
  search (follower, finder, image, where, &s);
  fer_tracker_update (follower->tracker, s.found, s.n, where->whole, NULL);
  return fer_tracker_tracks (follower->tracker, n);
}

const fer_track *
fer_follower_run (fer_follower *follower, fer_finder *finder, const fer_image *image, uint64_t time, uint64_t interval, int *n)
{
  fer_search where;
  fer_follower_plan (follower, image, time, interval, &where);
  return fer_follower_search (follower, finder, image, &where, n);
}

void
fer_follower_take (fer_follower *follower, const fer_image *image, uint64_t time, const fer_box *boxes, int n, uint64_t *ids)
{
  fer_found found[FER_MAX_FACES];
  advance (follower, image, time);
  for (int i = 0; i < n; i++)
    found[i] = (fer_found) { .box = boxes[i], .score = 1 };
  fer_tracker_update (follower->tracker, found, n, false, ids);
}

const fer_track *
fer_follower_all (fer_follower *follower, int *n)
{
  return fer_tracker_all (follower->tracker, n);
}
