/* SPDX-License-Identifier: MIT */
#include "find.h"

#include <math.h>

#include "match.h"

#define WIDE 1.6f     /* side of the square, in longer sides of the face */
#define SURE 0.9f     /* first score that needs no second */
#define MAX_LOOKS 20  /* what is worse keeps its score */
#define IN_A_LOOK 8   /* faces in a square, at most */
#define LEAST 0.05f   /* first score */
#define FAINT 0.02f   /* second score */
#define SAME 0.4f     /* IoU of what both looks see */
#define UNSEEN 0.5f   /* times the score of a face that the second look does not see */
#define OVERLAP 0.45f /* IoU beyond which two are the same face */

float
fer_confirm_least (float threshold)
{
  return fmaxf (threshold * threshold, LEAST); /* sqrt (first * 1) */
}

static fer_box
square_around (const fer_box *box)
{
  const float side = WIDE * fmaxf (box->w, box->h);
  return (fer_box) { box->x + (box->w - side) / 2, box->y + (box->h - side) / 2, side, side };
}

static void
look_again (fer_finder *finder, const fer_image *image, fer_found *face)
{
  fer_found seen[IN_A_LOOK];
  const fer_box square = square_around (&face->box);
  const float roll = face->has_points ? fer_points_roll (face->points) : 0, first = face->score;
  const int n = fer_finder_look (finder, image, &square, roll, FAINT, seen, IN_A_LOOK); /* best first */
  for (int i = 0; i < n; i++)
    if (fer_match_iou (&seen[i].box, &face->box) > SAME) {
      *face = seen[i];
      face->score = sqrtf (first * seen[i].score);
      return;
    }
  face->score *= UNSEEN;
}

/* Which of found (n) is the face at box, or NULL. */
static const fer_found *
same_of (const fer_found *found, int n, const fer_box *box)
{
  for (int i = 0; i < n; i++)
    if (fer_match_iou (&found[i].box, box) > OVERLAP)
      return &found[i];
  return NULL;
}

static fer_found *
best_of (fer_found *faces, int n)
{
  fer_found *best = faces;
  for (int i = 1; i < n; i++)
    if (faces[i].score > best->score)
      best = &faces[i];
  return best;
}

int
fer_confirm (fer_finder *finder, const fer_image *image, float threshold, const fer_found *known, int n_known, fer_found *first, int n,
             fer_found *found, int max)
{
  int n_found = 0;
  for (int i = 0; i < n && i < MAX_LOOKS; i++) {
    const fer_found *seen = same_of (known, n_known, &first[i].box);
    if (first[i].score >= SURE)
      continue;
    if (seen)
      first[i].score = sqrtf (first[i].score * seen->score);
    else
      look_again (finder, image, &first[i]);
  }
  while (n > 0 && n_found < max) {
    fer_found *best = best_of (first, n);
    if (best->score < threshold)
      break;
    if (!same_of (found, n_found, &best->box))
      found[n_found++] = *best;
    *best = first[--n];
  }
  return n_found;
}
