/* SPDX-License-Identifier: MIT
 * Whether maps are the network's own: they must change with its weights (Adebayo et al. 2018) and with the class, and follow the face's mirror image. */
#include "statistics.h"
#include "subject.h"

enum { FACES = 100, SIZE = 12, MOST = 48 * 48 };

/* Maps of the first faces for the class that each was predicted to be, bilinear to the picture's size. */
typedef struct maps {
  int labels[FACES];
  double of[FACES][MOST];
  int n; /* positions */
} maps;

static void
look (const subject *s, nn_cam_method method, const int *labels, maps *out)
{
  nn_cam *cam = subject_cam (s, method == NN_CAM_LAYER ? SIZE : SIZE / 2);
  for (int i = 0; i < FACES; i++) {
    float pixels[AREA], tensor[AREA];
    int h, w;
    subject_pixels (s, i, pixels);
    subject_see (s, pixels, tensor);
    out->labels[i] = labels ? labels[i] : subject_predict (s, tensor);
    nn_cam_forward (cam, tensor);
    const nn_real *map = nn_cam_map (cam, out->labels[i], method, &h, &w);
    out->n = h * w;
    for (int p = 0; p < out->n; p++)
      out->of[i][p] = (double) map[p];
  }
  nn_cam_free (cam);
}

static double
alike (const maps *a, const maps *b)
{
  double sum = 0;
  for (int i = 0; i < FACES; i++)
    sum += spearman (a->of[i], b->of[i], a->n) / FACES;
  return sum;
}

/* Random weights for all nodes from the last one down to first. */
static bool
randomise (subject *s, int first)
{
  nn_real *fresh = malloc (s->graph->n_weights * sizeof *fresh);
  nn_init_weights (s->graph, 99, fresh);
  for (int i = first; i < s->graph->n_nodes; i++) {
    const nn_node *node = &s->graph->nodes[i];
    memcpy (s->weights + node->weights, fresh + node->weights, node->n_weights * sizeof *fresh);
  }
  free (fresh);
  return subject_plan (s);
}

/* The first node behind all convolutions. */
static int
head_of (const nn_graph *graph)
{
  int head = 0;
  for (int i = 0; i < graph->n_nodes; i++)
    if (graph->nodes[i].op == NN_OP_conv)
      head = i + 1;
  while (graph->nodes[head].op != NN_OP_dense)
    head++;
  return head;
}

/* How much of a map may be left after the head was randomised. Where a network ends in a mean, LayerCAM's gradients in its middle owe more to the
 * convolutions between than to the head. Grad-CAM++ is measured, not held to it: its weights say more of how active a channel is than of what the layers
 * behind make of it. */
static const double most_after_head[NN_N_CAM_METHODS] = { [NN_CAM_GRAD] = 0.5, [NN_CAM_LAYER] = 0.9, [NN_CAM_GRAD_PLUS] = 1 };
/* And after everything was: LayerCAM's map of 12x12 still answers to the edges of a face, which random convolutions pass on. */
static const double most_after_all[NN_N_CAM_METHODS] = { [NN_CAM_GRAD] = 0.2, [NN_CAM_LAYER] = 0.3, [NN_CAM_GRAD_PLUS] = 1 };

static void
check_sanity (subject *s)
{
  static maps before, after;
  nn_real *trained = malloc (s->graph->n_weights * sizeof *trained);
  memcpy (trained, s->weights, s->graph->n_weights * sizeof *trained);
  for (nn_cam_method method = 0; method < NN_N_CAM_METHODS; method++) {
    memcpy (s->weights, trained, s->graph->n_weights * sizeof *trained);
    require (subject_plan (s));
    look (s, method, NULL, &before);
    require (randomise (s, head_of (s->graph)));
    look (s, method, before.labels, &after);
    const double head = alike (&before, &after);
    require (randomise (s, 0));
    look (s, method, before.labels, &after);
    const double all = alike (&before, &after);
    test_note ("%s: Spearman %.3f after the head, %.3f after everything was randomised", nn_cam_method_name (method), head, all);
    check (head <= most_after_head[method] && all < most_after_all[method]);
  }
  memcpy (s->weights, trained, s->graph->n_weights * sizeof *trained);
  free (trained);
}

static void
check_classes (subject *s)
{
  static maps predicted, others;
  require (subject_plan (s));
  look (s, NN_CAM_LAYER, NULL, &predicted);
  int labels[FACES];
  double same = 0;
  for (int i = 0; i < FACES; i++)
    labels[i] = (predicted.labels[i] + 1 + i % (s->n_labels - 1)) % s->n_labels;
  look (s, NN_CAM_LAYER, labels, &others);
  for (int i = 0; i < FACES; i++)
    same += memcmp (predicted.of[i], others.of[i], (size_t) predicted.n * sizeof (double)) == 0;
  test_note ("maps of two classes: Spearman %.3f", alike (&predicted, &others));
  check (same == 0 && alike (&predicted, &others) < 0.9);
}

/* No trained network is its own mirror image (one that is: grad/cam.c), but the map follows the face. */
static void
check_mirror (subject *s)
{
  double sum = 0, strangers = 0, last[AREA];
  require (subject_plan (s));
  nn_cam *cam = subject_cam (s, SIZE);
  for (int i = 0; i < FACES; i++) {
    float pixels[AREA], mirrored[AREA], tensor[AREA];
    double found[2][AREA];
    int h, w, label = 0;
    subject_pixels (s, i, pixels);
    for (int p = 0; p < AREA; p++)
      mirrored[p] = pixels[p / SIDE * SIDE + SIDE - 1 - p % SIDE];
    for (int flip = 0; flip < 2; flip++) {
      subject_see (s, flip ? mirrored : pixels, tensor);
      label = flip ? label : subject_predict (s, tensor);
      nn_cam_forward (cam, tensor);
      const nn_real *map = nn_cam_map (cam, label, NN_CAM_LAYER, &h, &w);
      for (int p = 0; p < h * w; p++)
        found[flip][p] = (double) map[flip ? p / w * w + w - 1 - p % w : p];
    }
    sum += correlation (found[0], found[1], h * w) / FACES;
    strangers += i ? correlation (last, found[1], h * w) / (FACES - 1) : 0;
    memcpy (last, found[0], sizeof last);
  }
  nn_cam_free (cam);
  test_note ("a map and the mirrored one of the mirrored face: correlation %.3f; of another face: %.3f", sum, strangers);
  check (sum > 0.4 && sum > strangers + 0.15);
}

static void
check_all (subject *s)
{
  check_mirror (s);
  check_classes (s);
  check_sanity (s);
}

static void
maps_of_real_faces_are_the_network_s_own (void)
{
  subject s;
  if (!subject_real (&s)) {
    subject_clear (&s);
    skip (TEST_NO_FER2013);
  }
  check_all (&s);
  subject_clear (&s);
}

static void
maps_of_drawn_faces_are_the_network_s_own (void)
{
  subject s;
  if (subject_drawn (&s, FACES))
    check_all (&s);
  else
    check (false);
  subject_clear (&s);
}

int
main (void)
{
  return test_run (
      (test_case[]) { TEST (maps_of_real_faces_are_the_network_s_own), TEST (maps_of_drawn_faces_are_the_network_s_own), { 0 } });
}
