/* SPDX-License-Identifier: MIT */
#include "match.h"

#include <math.h>

#define LARGEST_GROWTH 1.8f /* of a side from sighting to sighting; beyond it is another face, nearer or farther */
#define GROWTH_WEIGHT 4.0f  /* in a choice, of its logarithm's square: a quarter more weighs like a distance of 0.7 of a side */

float
fer_match_iou (const fer_box *a, const fer_box *b)
{
  float w = fminf (a->x + a->w, b->x + b->w) - fmaxf (a->x, b->x), h = fminf (a->y + a->h, b->y + b->h) - fmaxf (a->y, b->y);
  float both = w > 0 && h > 0 ? w * h : 0, all = a->w * a->h + b->w * b->h - both;
  return all > 0 ? both / all : 0;
}

/* Logarithm of how much larger a's sides are than b's. */
static float
growth (const fer_box *a, const fer_box *b)
{
  return 0.5f * logf (a->w * a->h / (b->w * b->h));
}

/* Distance-IoU (Zheng et al. 2020, section 3.2): IoU - d^2 / c^2, d between the centres, c the diagonal of the box around both. Unlike IoU it also
 * orders boxes that do not overlap: 0 is a distance of 0.7 of a side, -0.2 of a whole one, -0.31 of one and a half. */
static float
likeness (const fer_box *a, const fer_box *b)
{
  float x = a->x + 0.5f * a->w - b->x - 0.5f * b->w, y = a->y + 0.5f * a->h - b->y - 0.5f * b->h;
  float w = fmaxf (a->x + a->w, b->x + b->w) - fminf (a->x, b->x), h = fmaxf (a->y + a->h, b->y + b->h) - fminf (a->y, b->y);
  if (!(fabsf (growth (a, b)) <= logf (LARGEST_GROWTH)))
    return -1;
  return fer_match_iou (a, b) - (x * x + y * y) / (w * w + h * h);
}

/* Between faces that could both be meant, the size tells as well, which changes less than the place. */
static float
preference (const fer_match_box *box, const fer_box *found)
{
  float like = likeness (&box->box, found), grown = growth (&box->box, found);
  return like > box->gate ? like - GROWTH_WEIGHT * grown * grown + box->rank : -INFINITY;
}

/* Greedy: the best pair, then the best of what is left. Of the 16,800 films of tests/fer/match.c with people who cross, ids changed in 30; by
 * likeness alone in 40, and then with the assignment of the largest sum (Hungarian algorithm) in 37, in 4,869 when faces seen in the last frame chose
 * first. */
void
fer_match_boxes (const fer_match_box *boxes, int n, const fer_found *found, int n_found, int *matches)
{
  float scores[FER_MAX_FACES][FER_MAX_FACES];
  for (int i = 0; i < n; i++) {
    matches[i] = -1;
    for (int j = 0; j < n_found; j++)
      scores[i][j] = preference (&boxes[i], &found[j].box);
  }
  for (;;) {
    float best = -INFINITY;
    int row = -1, column = -1;
    for (int i = 0; i < n; i++)
      for (int j = 0; j < n_found && matches[i] < 0; j++)
        if (scores[i][j] > best) {
          best = scores[i][j];
          row = i;
          column = j;
        }
    if (row < 0)
      return;
    matches[row] = column;
    for (int i = 0; i < n; i++)
      scores[i][column] = -INFINITY;
  }
}
