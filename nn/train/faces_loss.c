/* SPDX-License-Identifier: MIT */
#include "faces_loss.h"

#include <math.h>
#include <string.h>

const int nn_faces_strides[NN_FACES_LEVELS] = { 8, 16, 32 };

enum { BACKGROUND = -1, NOTHING = -2 };

#define BEST 10            /* cells of a face */
#define MIDDLE_SHARE 0.5   /* of a box: half its sides from its middle, all of it */
#define MIDDLE_STRIDES 0.8 /* at least so far from its middle, or a small face would have no cell */
#define LEAST_STRIDES 0.6  /* longer side of a face that a level may learn */
#define MAX_LOG_SIZE 6     /* as nn_detect_decode */

/* With 1 for the score its derivatives were a tenth of the others', and what is no face was learned slowly. */
#define SCORE_WEIGHT 5.0
#define BOX_WEIGHT 4.0
#define POINT_WEIGHT 10.0
#define POINT_SMOOTH 0.01 /* sizes of the face: squares below */

/* Cell i of a level. */
typedef struct cell {
  int level, index; /* in its map */
  int stride;
  double x, y;      /* the point that it looks from */
} cell;

int
nn_faces_n_cells (const nn_faces_maps *maps)
{
  int n = 0;
  for (int level = 0; level < NN_FACES_LEVELS; level++)
    n += maps->shapes[level].h * maps->shapes[level].w;
  return n;
}

static cell
find_cell (const nn_faces_maps *maps, int i)
{
  int level = 0;
  for (; i >= maps->shapes[level].h * maps->shapes[level].w; level++)
    i -= maps->shapes[level].h * maps->shapes[level].w;
  const int w = maps->shapes[level].w, stride = nn_faces_strides[level];
  return (cell) { level, i, stride, (i % w + 0.5) * stride, (i / w + 0.5) * stride };
}

static const nn_real *
values_of (const nn_faces_maps *maps, const cell *c)
{
  return maps->maps[c->level] + (size_t) c->index * NN_DETECT_CHANNELS;
}

static double
least (double a, double b)
{
  return a < b ? a : b;
}

static double
most (double a, double b)
{
  return a > b ? a : b;
}

/* x0, y0, x1, y1 */
typedef struct corners {
  double at[4];
} corners;

static corners
predicted (const nn_real *values, const cell *c)
{
  const double x = c->x + c->stride * (double) values[1], y = c->y + c->stride * (double) values[2];
  const double w = c->stride * exp (least ((double) values[3], MAX_LOG_SIZE)), h = c->stride * exp (least ((double) values[4], MAX_LOG_SIZE));
  return (corners) { { x - w / 2, y - h / 2, x + w / 2, y + h / 2 } };
}

static corners
corners_of (const nn_detection *box)
{
  return (corners) { { (double) box->x, (double) box->y, (double) box->x + (double) box->w, (double) box->y + (double) box->h } };
}

static double
area (const corners *a)
{
  return (a->at[2] - a->at[0]) * (a->at[3] - a->at[1]);
}

static double
overlap_of (const corners *a, const corners *b)
{
  const double w = least (a->at[2], b->at[2]) - most (a->at[0], b->at[0]), h = least (a->at[3], b->at[3]) - most (a->at[1], b->at[1]);
  const double both = w > 0 && h > 0 ? w * h : 0;
  return both / (area (a) + area (b) - both);
}

static double
sigmoid (double x)
{
  return 1 / (1 + exp (-x));
}

/* ---- who learns what ----------------------------------------------------------------------------------------------------- */

/* A cell that may learn a face. */
typedef struct candidate {
  int cell;
  double overlap, fitness;
} candidate;

static bool
may_learn (const cell *c, const nn_detection *box)
{
  const double x = fabs (c->x - (double) box->x - (double) box->w / 2), y = fabs (c->y - (double) box->y - (double) box->h / 2);
  return (double) fmaxf (box->w, box->h) >= LEAST_STRIDES * c->stride && x <= most (MIDDLE_SHARE * (double) box->w, MIDDLE_STRIDES * c->stride)
         && y <= most (MIDDLE_SHARE * (double) box->h, MIDDLE_STRIDES * c->stride);
}

/* Keeps the BEST fittest, in falling order; of equals the earlier. */
static int
keep (candidate best[BEST], int n, candidate one)
{
  int at = n;
  while (at > 0 && best[at - 1].fitness < one.fitness)
    at--;
  if (at == BEST)
    return n;
  n = n < BEST ? n + 1 : n;
  memmove (best + at + 1, best + at, (size_t) (n - at - 1) * sizeof *best);
  best[at] = one;
  return n;
}

static int
find_best (const nn_faces_maps *maps, int n_cells, const nn_detection *box, candidate best[BEST])
{
  const corners truth = corners_of (box);
  int n = 0;
  for (int i = 0; i < n_cells; i++) {
    const cell c = find_cell (maps, i);
    if (!may_learn (&c, box))
      continue;
    const nn_real *values = values_of (maps, &c);
    const corners guess = predicted (values, &c);
    const double overlap = overlap_of (&guess, &truth);
    n = keep (best, n, (candidate) { i, overlap, sqrt (sigmoid ((double) values[0])) * pow (overlap, 6) });
  }
  return n;
}

static bool
looks_from (const cell *c, const nn_detection *box)
{
  return c->x >= (double) box->x && c->y >= (double) box->y && c->x <= (double) box->x + (double) box->w
         && c->y <= (double) box->y + (double) box->h;
}

static bool
is_ignored (const cell *c, const nn_scene_target *target)
{
  for (int f = 0; f < target->n; f++)
    if (target->faces[f].truth.ignore && looks_from (c, &target->faces[f].truth.box))
      return true;
  return false;
}

/* A cell that two faces want learns the one it overlaps more. */
double
nn_faces_assign (const nn_faces_maps *maps, const nn_scene_target *target, nn_faces_cell *cells, double *overlap)
{
  const int n_cells = nn_faces_n_cells (maps);
  double sum = 0, overlaps = 0;
  int n_learn = 0;
  for (int i = 0; i < n_cells; i++) {
    const cell c = find_cell (maps, i);
    cells[i] = (nn_faces_cell) { is_ignored (&c, target) ? NOTHING : BACKGROUND, 0 };
  }
  for (int f = 0; f < target->n; f++) {
    candidate best[BEST];
    const nn_detection *box = &target->faces[f].truth.box;
    const int n = target->faces[f].truth.ignore ? 0 : find_best (maps, n_cells, box, best);
    double highest = 0;
    for (int k = 0; k < n; k++)
      highest = most (highest, best[k].overlap);
    for (int k = 0; k < n; k++) {
      nn_faces_cell *own = &cells[best[k].cell];
      const nn_real score = (nn_real) (highest * best[k].fitness / most (best[0].fitness, 1e-30));
      if (own->face >= 0 && own->score >= score)
        continue;
      *own = (nn_faces_cell) { f, score };
    }
  }
  for (int i = 0; i < n_cells; i++) {
    if (cells[i].face < 0)
      continue;
    const cell c = find_cell (maps, i);
    const corners guess = predicted (values_of (maps, &c), &c), truth = corners_of (&target->faces[cells[i].face].truth.box);
    overlaps += overlap_of (&guess, &truth);
    sum += (double) cells[i].score;
    n_learn++;
  }
  *overlap = n_learn ? overlaps / n_learn : 0;
  return sum;
}

/* ---- losses -------------------------------------------------------------------------------------------------------------- */

/* L = (p - y)^2 BCE (p, y); dBCE / dlogit = p - y. */
static double
score_loss (nn_real logit, nn_real y, double scale, nn_real *d)
{
  const double x = (double) logit, t = (double) y, p = sigmoid (x), e = p - t;
  const double entropy = most (x, 0) - x * t + log1p (exp (-fabs (x)));
  *d += (nn_real) (scale * (2 * e * p * (1 - p) * entropy + e * e * e));
  return scale * e * e * entropy;
}

/* d[4]: of 1 - IoU + rho^2 / c^2 by the predicted corners. */
static double
box_loss (const corners *a, const corners *b, double d[4])
{
  const double w = a->at[2] - a->at[0], h = a->at[3] - a->at[1];
  const double iw = least (a->at[2], b->at[2]) - most (a->at[0], b->at[0]), ih = least (a->at[3], b->at[3]) - most (a->at[1], b->at[1]);
  const double both = iw > 0 && ih > 0 ? iw * ih : 0, either = area (a) + area (b) - both;
  const double cw = most (a->at[2], b->at[2]) - least (a->at[0], b->at[0]), ch = most (a->at[3], b->at[3]) - least (a->at[1], b->at[1]);
  const double dx = (a->at[0] + a->at[2] - b->at[0] - b->at[2]) / 2, dy = (a->at[1] + a->at[3] - b->at[1] - b->at[3]) / 2;
  const double diagonal = cw * cw + ch * ch, distance = dx * dx + dy * dy;
  for (int i = 0; i < 4; i++) {
    const bool y = i & 1, far = i & 2;
    const double sign = far ? 1 : -1; /* growing this corner's side */
    const bool inner = far ? a->at[i] < b->at[i] : a->at[i] > b->at[i];
    const double dboth = both > 0 && inner ? sign * (y ? iw : ih) : 0, darea = sign * (y ? w : h);
    const double diou = (dboth * (either + both) - both * darea) / (either * either);
    const double ddiagonal = inner ? 0 : 2 * sign * (y ? ch : cw);
    d[i] = -diou + (y ? dy : dx) / diagonal - distance * ddiagonal / (diagonal * diagonal);
  }
  return 1 - both / either + distance / diagonal;
}

static double
add_box_loss (const nn_real *values, const cell *c, const nn_detection *box, double scale, nn_real *d)
{
  const corners guess = predicted (values, c), truth = corners_of (box);
  double by_corner[4];
  const double loss = box_loss (&guess, &truth, by_corner);
  for (int i = 0; i < 2; i++) {
    const double size = guess.at[2 + i] - guess.at[i];
    d[1 + i] += (nn_real) (scale * c->stride * (by_corner[i] + by_corner[2 + i]));
    d[3 + i] += (double) values[3 + i] < MAX_LOG_SIZE ? (nn_real) (scale * size * (by_corner[2 + i] - by_corner[i]) / 2) : 0;
  }
  return scale * loss;
}

static double
add_point_loss (const nn_real *values, const cell *c, const nn_detection *box, double scale, nn_real *d)
{
  const double size = (double) fmaxf (box->w, box->h);
  double loss = 0;
  for (int i = 0; i < 2 * NN_DETECT_POINTS; i++) {
    const double at = (i & 1 ? c->y : c->x) + c->stride * (double) values[NN_DETECT_POINT + i];
    const double e = (at - (double) box->points[i / 2][i % 2]) / size, slope = least (most (e / POINT_SMOOTH, -1), 1);
    loss += fabs (e) < POINT_SMOOTH ? e * e / (2 * POINT_SMOOTH) : fabs (e) - POINT_SMOOTH / 2;
    d[NN_DETECT_POINT + i] += (nn_real) (scale * slope * c->stride / size / (2 * NN_DETECT_POINTS));
  }
  return scale * loss / (2 * NN_DETECT_POINTS);
}

double
nn_faces_loss (const nn_faces_maps *maps, const nn_scene_target *target, const nn_faces_cell *cells, nn_real scale)
{
  const int n_cells = nn_faces_n_cells (maps);
  double loss = 0;
  for (int i = 0; i < n_cells; i++) {
    const cell c = find_cell (maps, i);
    const nn_real *values = values_of (maps, &c);
    nn_real *d = maps->dmaps[c.level] + (size_t) c.index * NN_DETECT_CHANNELS;
    memset (d, 0, NN_DETECT_CHANNELS * sizeof *d);
    if (cells[i].face != NOTHING)
      loss += score_loss (values[0], cells[i].score, SCORE_WEIGHT * (double) scale, d);
    if (cells[i].face < 0)
      continue;
    const nn_scene_face *face = &target->faces[cells[i].face];
    const double weight = (double) scale * (double) cells[i].score;
    loss += add_box_loss (values, &c, &face->truth.box, BOX_WEIGHT * weight, d);
    if (face->has_points)
      loss += add_point_loss (values, &c, &face->truth.box, POINT_WEIGHT * weight, d);
  }
  return loss;
}
