/* SPDX-License-Identifier: MIT
 * Whether maps say what the network looks at. Insertion and deletion (Petsiuk et al. 2018): pixels are shown, or taken away, in the order of a map,
 * and the probability of the class that was predicted is averaged on the way. What is not shown is blurred, or grey. Held to it is LayerCAM, the usual
 * method; the others' figures are printed. */
#include "statistics.h"
#include "subject.h"

#include <stdlib.h>

enum { FACES = 200, STEPS = 8 };

typedef enum contender { GRAD_CAM, GRAD_CAM_PLUS, LAYER_CAM, CENTRE, RANDOM, N_CONTENDERS } contender;
static const char *const names[N_CONTENDERS] = { "Grad-CAM", "Grad-CAM++", "LayerCAM", "centre", "random" };

typedef enum trial { INSERT_BLUR, DELETE_BLUR, DELETE_GREY, N_TRIALS } trial;

typedef struct scores {
  double of[N_CONTENDERS][N_TRIALS][FACES];
} scores;

/* Three passes of a box of 9 pixels: nearly a Gaussian with a standard deviation of 4.5. */
static void
blur (const float *from, float *to)
{
  float line[SIDE];
  memcpy (to, from, AREA * sizeof *to);
  for (int pass = 0; pass < 6; pass++) {
    const int step = pass % 2 ? 1 : SIDE, next = pass % 2 ? SIDE : 1;
    for (int i = 0; i < SIDE; i++) {
      for (int j = 0; j < SIDE; j++) {
        line[j] = 0;
        for (int k = j - 4; k <= j + 4; k++)
          line[j] += to[i * next + (k < 0 ? 0 : k >= SIDE ? SIDE - 1 : k) * step] / 9;
      }
      for (int j = 0; j < SIDE; j++)
        to[i * next + j * step] = line[j];
    }
  }
}

static const float *order_values;

static int
compare (const void *a, const void *b)
{
  const int i = *(const int *) a, j = *(const int *) b;
  const float x = order_values[i], y = order_values[j];
  return x != y ? (x < y) - (x > y) : (i > j) - (i < j);
}

/* The mean probability of label while the pixels of from become those of to, the most important ones first. */
static double
area (const subject *s, const float *importance, const float *from, const float *to, int label)
{
  static float pixels[AREA], tensors[(STEPS + 1) * AREA];
  int order[AREA];
  for (int i = 0; i < AREA; i++)
    order[i] = i;
  order_values = importance;
  qsort (order, AREA, sizeof *order, compare);
  memcpy (pixels, from, sizeof pixels);
  for (int step = 0; step <= STEPS; step++) {
    subject_see (s, pixels, tensors + step * AREA);
    for (int i = step * AREA / STEPS; i < (step + 1) * AREA / STEPS && step < STEPS; i++)
      pixels[order[i]] = to[order[i]];
  }
  nn_run (s->runner, STEPS + 1, tensors);
  const nn_real *p = nn_runner_output (s->runner, 0, NULL);
  double sum = 0;
  for (int step = 0; step <= STEPS; step++) /* trapezoids */
    sum += (double) p[step * s->n_labels + label] * (step % STEPS ? 1 : 0.5) / STEPS;
  return sum;
}

static void
imagine (contender who, nn_cam *const cams[2], int label, nn_random *random, float *importance)
{
  int h, w;
  for (int i = 0; i < AREA; i++)
    importance[i] = who == RANDOM ? nn_random_uniform (random)
                                  : -hypotf ((float) (i % SIDE) - 0.5f * (SIDE - 1), (float) (i / SIDE) - 0.5f * (SIDE - 1));
  if (who <= LAYER_CAM) {
    const nn_real *map = nn_cam_map (cams[who == LAYER_CAM], label, (nn_cam_method) who, &h, &w);
    spread (map, h, w, importance);
  }
}

static void
score (const subject *s, scores *all)
{
  nn_cam *cams[2] = { subject_cam (s, 6), subject_cam (s, 12) };
  for (int i = 0; i < FACES; i++) {
    float pixels[AREA], blurred[AREA], grey[AREA], tensor[AREA], importance[AREA], mean = 0;
    nn_random random = nn_random_new (3, 0, (uint64_t) i, NN_FOR_TEST);
    subject_pixels (s, i, pixels);
    subject_see (s, pixels, tensor);
    blur (pixels, blurred);
    for (int p = 0; p < AREA; p++)
      mean += pixels[p] / AREA;
    for (int p = 0; p < AREA; p++)
      grey[p] = mean;
    const int label = subject_predict (s, tensor);
    nn_cam_forward (cams[0], tensor);
    nn_cam_forward (cams[1], tensor);
    for (contender who = 0; who < N_CONTENDERS; who++) {
      imagine (who, cams, label, &random, importance);
      all->of[who][INSERT_BLUR][i] = area (s, importance, blurred, pixels, label);
      all->of[who][DELETE_BLUR][i] = area (s, importance, pixels, blurred, label);
      all->of[who][DELETE_GREY][i] = area (s, importance, pixels, grey, label);
    }
  }
  nn_cam_free (cams[0]);
  nn_cam_free (cams[1]);
}

/* The interval of how much more one reaches than another, face by face. */
static interval
lead (const scores *all, trial t, contender a, contender b)
{
  double differences[FACES];
  for (int i = 0; i < FACES; i++)
    differences[i] = all->of[a][t][i] - all->of[b][t][i];
  return bootstrap (differences, FACES);
}

static void
print (const scores *all)
{
  for (contender who = 0; who < N_CONTENDERS; who++) {
    interval x[N_TRIALS];
    for (trial t = 0; t < N_TRIALS; t++)
      x[t] = bootstrap (all->of[who][t], FACES);
    test_note ("%-10s insertion %.3f [%.3f, %.3f], deletion to blur %.3f [%.3f, %.3f], to grey %.3f [%.3f, %.3f]", names[who], x[0].mean, x[0].low,
               x[0].high, x[1].mean, x[1].low, x[1].high, x[2].mean, x[2].low, x[2].high);
  }
}

static void
check_order (subject *s)
{
  static scores all;
  require (subject_plan (s));
  score (s, &all);
  print (&all);
  for (contender prior = CENTRE; prior <= RANDOM; prior++) {
    const interval insertion = lead (&all, INSERT_BLUR, LAYER_CAM, prior), blurred = lead (&all, DELETE_BLUR, LAYER_CAM, prior);
    const interval grey = lead (&all, DELETE_GREY, LAYER_CAM, prior);
    test_note ("LayerCAM less %s: insertion %+.3f [%+.3f, %+.3f], deletion to blur %+.3f [%+.3f, %+.3f], to grey %+.3f [%+.3f, %+.3f]", names[prior],
               insertion.mean, insertion.low, insertion.high, blurred.mean, blurred.low, blurred.high, grey.mean, grey.low, grey.high);
    check (insertion.low > 0 && blurred.high < 0 && grey.high < 0);
  }
  check (lead (&all, INSERT_BLUR, CENTRE, RANDOM).low > 0);
}

static void
layer_cam_beats_the_priors_on_real_faces (void)
{
  subject s;
  if (!subject_real (&s)) {
    subject_clear (&s);
    skip (TEST_NO_FER2013);
  }
  check_order (&s);
  subject_clear (&s);
}

static void
layer_cam_beats_the_priors_on_drawn_faces (void)
{
  subject s;
  if (subject_drawn (&s, FACES))
    check_order (&s);
  else
    check (false);
  subject_clear (&s);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (layer_cam_beats_the_priors_on_real_faces), TEST (layer_cam_beats_the_priors_on_drawn_faces), { 0 } });
}
