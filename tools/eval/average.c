/* SPDX-License-Identifier: MIT */
#include "average.h"
#include "changed.h"

#define MOST_LOOKS 10
#define CROP (11.0 / 12)

const char *const eval_looks_names[EVAL_N_LOOKS] = { NULL, "flip", "ten" };

/* A square of the picture: its side and its middle as shares of the picture's side, mirrored or not. */
typedef struct look {
  double side, x, y;
  bool mirrored;
} look;

static bool
take_look (const void *user, const float *in, int size, float *out, nn_error *error)
{
  (void) error;
  const look *l = user;
  const double step = l->side, across = l->mirrored ? -step : step;
  const nn_affine map = { { across, 0, l->x * size - across * size / 2, 0, step, l->y * size - step * size / 2 } };
  nn_warp (&(nn_plane) { in, size, size, size }, &map, out, size, size);
  return true;
}

static int
list_looks (eval_looks looks, look list[MOST_LOOKS])
{
  static const double places[5][2] = {
    { CROP / 2, CROP / 2 }, { 1 - CROP / 2, CROP / 2 }, { CROP / 2, 1 - CROP / 2 }, { 1 - CROP / 2, 1 - CROP / 2 }, { 0.5, 0.5 }
  };
  int n = 0;
  for (int mirrored = 0; mirrored < 2; mirrored++) {
    if (looks == EVAL_FLIP)
      list[n++] = (look) { 1, 0.5, 0.5, mirrored };
    for (int k = 0; looks == EVAL_TEN && k < 5; k++)
      list[n++] = (look) { CROP, places[k][0], places[k][1], mirrored };
  }
  return n;
}

bool
eval_average (eval_reader *reader, const eval_readings *seen, const eval_labels *classes, eval_looks looks, eval_readings *averaged, nn_error *error)
{
  look list[MOST_LOOKS];
  const int n_looks = list_looks (looks, list);
  const size_t count = (size_t) seen->n * (size_t) seen->n_classes;
  bool good = true;
  *averaged = (eval_readings) { 0 };
  for (int k = 0; good && k < n_looks; k++) {
    const eval_changed changed = { seen, take_look, &list[k] };
    const eval_source source = eval_changed_source (&changed);
    eval_readings one;
    if (!(good = eval_read (reader, &source, classes, false, &one, error)))
      break;
    for (size_t j = 0; k > 0 && j < count; j++)
      averaged->p[j] += one.p[j];
    if (k == 0)
      *averaged = one;
    else
      eval_readings_clear (&one);
  }
  for (size_t j = 0; good && j < count; j++)
    averaged->p[j] /= (float) n_looks;
  if (good)
    eval_readings_decide (averaged);
  else
    eval_readings_clear (averaged);
  return good;
}
