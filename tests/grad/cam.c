/* SPDX-License-Identifier: MIT
 * Heat maps of networks: exact numbers on a toy, CAM where the head is an average pool, and the gradient by differences. Built in float and in double. */
#include "allocations.h"
#include "grad/cam.h"
#include "net.h"

#include <string.h>

#ifdef NN_DOUBLE
#define STEP 1e-5
#define TOLERANCE 1e-6
#else
#define STEP 1e-2
#define TOLERANCE 1e-2
#endif

/* What is needed to explain one node of a network from text. */
typedef struct explained {
  nn_graph *graph;
  nn_real *weights;
  nn_plan *plan;
  nn_cam *cam;
  nn_shape in;
  nn_real *input;
} explained;

static void
explained_clear (explained *it)
{
  nn_cam_free (it->cam);
  nn_plan_free (it->plan);
  nn_graph_free (it->graph);
  free (it->weights);
  free (it->input);
}

/* Statistics away from 0 and 1, so that folding has something to do. */
static void
randomise_weights (const nn_graph *graph, nn_real *weights)
{
  nn_init_weights (graph, 5, weights);
  for (int i = 0; i < graph->n_nodes; i++) {
    const nn_node *node = &graph->nodes[i];
    nn_real *w = weights + node->weights, noise;
    for (size_t j = 0; j < node->n_weights; j++) {
      fill_random (10 + node->weights + j, 1, &noise);
      w[j] += noise / 4;
    }
  }
}

/* target: the name of a node of text that is kept through planning. */
static bool
explained_init (explained *it, const char *text, const char *target)
{
  nn_error error;
  *it = (explained) { .graph = nn_graph_parse (text, &error) };
  bool ok = it->graph;
  if (ok) {
    it->in = it->graph->nodes[0].u.input.shape;
    it->weights = malloc (it->graph->n_weights * sizeof *it->weights);
    it->input = random_numbers (1, (size_t) it->in.h * (size_t) it->in.w * (size_t) it->in.c);
    randomise_weights (it->graph, it->weights);
    int keep = nn_graph_find (it->graph, target);
    it->plan = nn_plan_new (it->graph, it->weights, &(nn_plan_options) { .keep = &keep, .n_keep = 1 }, &error);
    ok = it->plan && (it->cam = nn_cam_new (it->plan, nn_plan_node (it->plan, keep), it->in.h, it->in.w, &error));
  }
  if (!ok)
    test_note ("%s", error.text);
  return ok;
}

/* A0 = relu (x), A1 = relu (2 - x), logits 2 A0' - 3 A1' and A1' - A0' / 2 of the means A0', A1': alpha is (2, -3) / 4 and (-1/2, 1) / 4. */
static void
toy_by_hand (void)
{
  static const nn_real weights[] = { 1, -1, 0, 2, 2, -3, (nn_real) -0.5, 1, 0, 0 };
  static const nn_real input[4] = { 4, 1, -2, 8 }; /* A0 4 1 0 8, A1 0 1 4 0 */
  static const nn_real maps[2][4] = { { 2, 0, 0, 4 }, { 0, (nn_real) 0.125, 1, 0 } };
  nn_error error;
  nn_graph *graph = nn_graph_parse ("input 2 2 1 / conv 2 1x1 bias / relu / gap / dense 2 / softmax", NULL);
  require (graph && graph->n_weights == sizeof weights / sizeof *weights);
  nn_plan *plan = nn_plan_new (graph, weights, NULL, &error);
  require (plan);
  int target = nn_cam_target (plan, 2, 2, 2), h, w;
  nn_cam *cam = nn_cam_new (plan, target, 2, 2, &error);
  require (cam);
  nn_cam_forward (cam, input);
  for (int label = 0; label < 2; label++) {
    const nn_real *map = nn_cam_map (cam, label, NN_CAM_GRAD, &h, &w);
    check (h == 2 && w == 2);
    for (int i = 0; i < 4; i++)
      check (map[i] == maps[label][i]);
    for (int i = 0; i < 8; i++)
      check (nn_cam_gradient (cam, NULL)[i] == weights[4 + 2 * label + i % 2] / 4);
  }
  nn_cam_free (cam);
  nn_plan_free (plan);
  nn_graph_free (graph);
}

/* Zhou et al. 2016: map = sum_k w_k A_k with the dense layer's weights; Grad-CAM's alpha_k is w_k / positions, exactly for this head. */
static void
equals_cam_before_an_average_pool (void)
{
  enum { CLASSES = 5, CHANNELS = 12, POSITIONS = 36 };
  explained it;
  require (explained_init (&it, "input 12 12 1 / conv 8 3x3 / bn / relu / maxpool 2x2 / conv 12 3x3 / bn / relu as a / gap / dense 5 as d / softmax",
                           "a"));
  const nn_node *dense = &it.graph->nodes[nn_graph_find (it.graph, "d")];
  nn_cam_forward (it.cam, it.input);
  for (int label = 0; label < CLASSES; label++) {
    int h, w;
    const nn_real *map = nn_cam_map (it.cam, label, NN_CAM_GRAD, &h, &w), *a = nn_cam_activation (it.cam);
    const nn_real *weights = it.weights + dense->weights + label * CHANNELS;
    require (h * w == POSITIONS);
    for (int p = 0; p < POSITIONS; p++) {
      double sum = 0;
      for (int k = 0; k < CHANNELS; k++)
        sum += (double) (weights[k] * a[p * CHANNELS + k]) / POSITIONS;
      check_near (map[p], fmax (0, sum), 1e-5);
    }
  }
  explained_clear (&it);
}

/* A network cut in two: the tail alone, with the head's value as its input, gives the logits for differences. */
static void
check_gradient (const char *head, const char *shape, const char *tail, int classes)
{
  char text[1024], tail_text[1024];
  explained it;
  snprintf (text, sizeof text, "%s as target / %s", head, tail);
  snprintf (tail_text, sizeof tail_text, "input %s as target / %s", shape, tail);
  require (explained_init (&it, text, "target"));
  nn_graph *graph = nn_graph_parse (tail_text, NULL);
  require (graph);
  nn_plan *plan = nn_plan_new (graph, it.weights + it.graph->n_weights - graph->n_weights, NULL, NULL);
  require (plan);
  int h, w, node = nn_graph_logits (nn_plan_graph (plan), 0);
  nn_runner *runner = nn_runner_new (plan, &(nn_runner_options) { .keep = &node, .n_keep = 1 }, NULL);
  nn_cam_forward (it.cam, it.input);
  for (int label = 0; label < classes; label += 2) {
    nn_cam_map (it.cam, label, NN_CAM_GRAD, &h, &w);
    nn_shape s;
    const nn_real *gradient = nn_cam_gradient (it.cam, &s);
    size_t count = (size_t) s.h * (size_t) s.w * (size_t) s.c;
    nn_real *a = malloc (count * sizeof *a);
    memcpy (a, nn_cam_activation (it.cam), count * sizeof *a);
    double worst = 0, scale = 0;
    for (size_t i = 0; i < count; i++) {
      nn_real old = a[i];
      a[i] = old + (nn_real) STEP;
      nn_run (runner, 1, a);
      double above = (double) nn_runner_value (runner, node, NULL)[label];
      a[i] = old - (nn_real) STEP;
      nn_run (runner, 1, a);
      double slope = (above - (double) nn_runner_value (runner, node, NULL)[label]) / (2 * STEP);
      a[i] = old;
      worst = test_worse (worst, fabs (slope - (double) gradient[i]));
      scale = fmax (scale, fabs (slope));
    }
    check (scale > 1e-3);
    if (!(worst <= TOLERANCE * scale))
      test_note ("%s: label %d: largest error %.2g of %.2g", tail, label, worst, scale);
    check (worst <= TOLERANCE * scale);
    free (a);
  }
  nn_runner_free (runner);
  nn_plan_free (plan);
  nn_graph_free (graph);
  explained_clear (&it);
}

/* Activations that differences can follow in float as well. */
static void
gradient_by_differences (void)
{
  check_gradient ("input 6 6 2 / conv 3 3x3 / sigmoid", "6 6 3", "conv 4 3x3 stride 2 / bn / sigmoid / conv 5 3x3 / bn / flatten / dense 4 / softmax",
                  4);
  check_gradient ("input 5 5 1 / conv 4 3x3 / bn / sigmoid", "5 5 4",
                  "conv 4 3x3 groups depthwise / bn / sigmoid as a / conv 4 1x1 bias / add a / gap / hard_sigmoid 0.01 0.5 / mul a / avgpool 2x2 / "
                  "bn / conv 3 1x1 / gap",
                  3);
}

#ifdef NN_DOUBLE
static void
gradient_through_kinks (void)
{
  check_gradient ("input 8 8 1 / conv 4 3x3 / bn / leaky_relu 0.3", "8 8 4",
                  "maxpool 2x2 / dropout 0.2 / flatten / dense 9 / bn / relu / dense 5 / softmax", 5);
  check_gradient (
      "input 8 8 1 / conv 4 3x3 / relu", "8 8 4",
      "conv 6 3x3 stride 2 / bn / relu as b / conv 6 3x3 / bn / add b / leaky_relu 0.1 / conv 8 3x3 groups 2 / hard_swish / conv 4 1x1 / bn / clip 0 "
      "6 / maxpool 3x3 stride 2 pad 1 / flatten / dense 5",
      5);
}
#endif

static void
targets_the_last_activated_map (void)
{
  static const char text[] = "input 48 48 1 / conv 2 3x3 / bn / relu / maxpool 2x2 / conv 2 3x3 / bn / relu / maxpool 2x2 / conv 3 3x3 / bn / relu\n"
                             "maxpool 2x2 / conv 3 3x3 / bn / relu / conv 4 3x3 / bn / relu as last / maxpool 2x2 / flatten / dense 7 / softmax";
  nn_graph *graph = nn_graph_parse (text, NULL);
  require (graph);
  nn_real *weights = random_numbers (1, graph->n_weights);
  for (size_t i = 0; i < graph->n_weights; i++)
    weights[i] += (nn_real) 1.5;
  nn_plan *plan = nn_plan_new (graph, weights, NULL, NULL);
  require (plan);
  check (nn_cam_target (plan, 48, 48, 6) == nn_plan_node (plan, nn_graph_find (graph, "last")));
  check (nn_cam_target (plan, 48, 48, 7) == nn_plan_node (plan, nn_graph_find (graph, "last")) - 3);
  check (nn_cam_target (plan, 48, 48, 49) == -1);
  nn_error error;
  check (!nn_cam_new (plan, -1, 48, 48, &error) && strstr (error.text, "-1"));
  check (!nn_cam_new (plan, nn_plan_graph (plan)->n_nodes - 1, 48, 48, &error) && strstr (error.text, "softmax"));
  nn_plan_free (plan);
  nn_graph_free (graph);
  free (weights);
}

/* The toy's numbers: only one channel's g is positive. LayerCAM is g A of that; Grad-CAM++ weighs it 4 g / (2 + g sum A), with g = 1/2 and sum A0 = 13,
 * g = 1/4 and sum A1 = 5. */
static void
other_methods_by_hand (void)
{
  static const nn_real a[8] = { 4, 0, 1, 1, 0, 4, 8, 0 }, slopes[2][2] = { { (nn_real) 0.5, (nn_real) -0.75 }, { (nn_real) -0.125, (nn_real) 0.25 } };
  for (int label = 0; label < 2; label++) {
    nn_real gradient[8], alpha[2], map[4];
    for (int i = 0; i < 8; i++)
      gradient[i] = slopes[label][i % 2];
    nn_cam_weigh (NN_CAM_LAYER, (nn_shape) { 2, 2, 2 }, a, gradient, alpha, map);
    for (int p = 0; p < 4; p++)
      check_near (map[p], slopes[label][label] * a[2 * p + label], 1e-6);
    nn_cam_weigh (NN_CAM_GRAD_PLUS, (nn_shape) { 2, 2, 2 }, a, gradient, alpha, map);
    for (int p = 0; p < 4; p++)
      check_near (map[p], (label ? 4.0 / 13 : 4.0 / 17) * (double) a[2 * p + label], 1e-6);
  }
}

/* g^2 / (2 g^2 + g^3 sum A) relu (g), as the paper writes it, against what is computed; signs mixed. */
static void
weighs_as_the_paper_says (void)
{
  enum { POSITIONS = 12, CHANNELS = 5 };
  nn_real *a = random_numbers (1, POSITIONS * CHANNELS), *g = random_numbers (2, POSITIONS * CHANNELS), alpha[CHANNELS], map[POSITIONS];
  for (int i = 0; i < POSITIONS * CHANNELS; i++)
    a[i] = a[i] > 0 ? a[i] : 0;
  nn_cam_weigh (NN_CAM_GRAD_PLUS, (nn_shape) { 3, 4, CHANNELS }, a, g, alpha, map);
  for (int k = 0; k < CHANNELS; k++) {
    double sum = 0, weight = 0;
    for (int p = 0; p < POSITIONS; p++)
      sum += (double) a[p * CHANNELS + k];
    for (int p = 0; p < POSITIONS; p++) {
      double slope = (double) g[p * CHANNELS + k];
      weight += slope * slope / (2 * slope * slope + slope * slope * slope * sum) * fmax (slope, 0);
    }
    check_near (alpha[k], weight, 1e-5);
  }
  free (a);
  free (g);
}

static void
maps_are_finite_whatever_comes (void)
{
  enum { COUNT = 12 * 12 };
  static const nn_real constants[] = { 0, 1, -1, (nn_real) 1e30, (nn_real) INFINITY, (nn_real) NAN };
  explained it;
  require (explained_init (&it, "input 12 12 1 / conv 8 3x3 / bn / relu as a / conv 8 3x3 / bn / add a / relu / gap / dense 5", "a"));
  for (size_t i = 0; i < sizeof constants / sizeof *constants; i++) {
    int h, w;
    for (int j = 0; j < COUNT; j++)
      it.input[j] = constants[i];
    nn_cam_forward (it.cam, it.input);
    for (int j = 0; j < 5 * NN_N_CAM_METHODS; j++) {
      const nn_real *map = nn_cam_map (it.cam, j % 5, (nn_cam_method) (j / 5), &h, &w);
      for (int p = 0; p < h * w; p++)
        check (map[p] >= 0 && isfinite (map[p]));
    }
  }
  explained_clear (&it);
}

/* One forward pass serves any number of maps, in any order, with the same bits. */
static void
one_image_is_explained_as_often_as_wanted (void)
{
  explained it;
  require (explained_init (&it, networks[1], "a"));
  int h, w;
  nn_cam_forward (it.cam, it.input);
  const nn_real *map = nn_cam_map (it.cam, 3, NN_CAM_LAYER, &h, &w);
  const size_t bytes = (size_t) h * (size_t) w * sizeof *map;
  nn_real *first = malloc (bytes);
  memcpy (first, map, bytes);
  for (int i = 0; i < 5 * NN_N_CAM_METHODS; i++)
    nn_cam_map (it.cam, i % 5, (nn_cam_method) (i / 5), &h, &w);
  check (!memcmp (nn_cam_map (it.cam, 3, NN_CAM_LAYER, &h, &w), first, bytes));
  free (first);
  explained_clear (&it);
}

static void
gives_the_logits (void)
{
  explained it;
  require (explained_init (&it, "input 12 12 1 / conv 8 3x3 / relu as a / gap / dense 5 / softmax", "a"));
  nn_runner *runner = nn_runner_new (it.plan, &(nn_runner_options) { 0 }, NULL);
  int n;
  nn_cam_forward (it.cam, it.input);
  const nn_real *logits = nn_cam_logits (it.cam, &n);
  require (runner && n == 5);
  nn_run (runner, 1, it.input);
  const nn_real *p = nn_runner_output (runner, 0, NULL);
  for (int i = 1; i < 5; i++)
    check_near (log ((double) p[i] / (double) p[0]), logits[i] - logits[0], 1e-5);
  nn_runner_free (runner);
  explained_clear (&it);
}

/* A network that is its own mirror image: what it says of a mirrored picture is the mirror image of what it says. */
static void
a_mirrored_image_has_the_mirrored_map (void)
{
  explained it;
  require (explained_init (&it, "input 12 12 1 / conv 6 3x3 / relu / maxpool 2x2 / conv 8 3x3 / relu as a / gap / dense 4", "a"));
  for (int i = 0; i < it.graph->n_nodes; i++) {
    const nn_node *node = &it.graph->nodes[i];
    nn_real *w = it.weights + node->weights;
    size_t c = node->op == NN_OP_conv ? (size_t) node->u.conv.c : 0;
    for (size_t row = 0; c && row < node->n_weights / (3 * c); row++)
      memcpy (w + (3 * row + 2) * c, w + 3 * row * c, c * sizeof *w);
  }
  nn_plan *plan = nn_plan_new (it.graph, it.weights, NULL, NULL);
  nn_cam *cam = plan ? nn_cam_new (plan, nn_cam_target (plan, 12, 12, 6), 12, 12, NULL) : NULL;
  require (cam);
  for (int i = 0; i < 4 * NN_N_CAM_METHODS; i++) {
    nn_real first[36], mirrored[144];
    int h, w;
    nn_cam_forward (cam, it.input);
    const nn_real *map = nn_cam_map (cam, i % 4, (nn_cam_method) (i / 4), &h, &w);
    memcpy (first, map, sizeof first);
    for (int p = 0; p < 144; p++)
      mirrored[p] = it.input[p / 12 * 12 + 11 - p % 12];
    nn_cam_forward (cam, mirrored);
    map = nn_cam_map (cam, i % 4, (nn_cam_method) (i / 4), &h, &w);
    for (int p = 0; p < 36; p++)
      check_near (map[p], first[p / 6 * 6 + 5 - p % 6], 1e-5);
  }
  nn_cam_free (cam);
  nn_plan_free (plan);
  explained_clear (&it);
}

static void
methods_have_names (void)
{
  for (int i = 0; i < NN_N_CAM_METHODS; i++)
    check (nn_cam_method_of (nn_cam_method_name ((nn_cam_method) i)) == i);
  check (nn_cam_method_of ("guided") == -1);
}

static void
runs_without_allocating (void)
{
  explained it;
  int before = n_allocations, h, w;
  require (explained_init (&it, "input 12 12 1 / conv 8 3x3 / bn / relu as a / conv 8 3x3 / bn / add a / relu / gap / dense 5", "a"));
  check (n_allocations > before);
  before = n_allocations;
  nn_cam_forward (it.cam, it.input);
  for (int i = 0; i < 5 * NN_N_CAM_METHODS; i++)
    nn_cam_map (it.cam, i % 5, (nn_cam_method) (i / 5), &h, &w);
  check (n_allocations == before);
  explained_clear (&it);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (toy_by_hand),
                                   TEST (equals_cam_before_an_average_pool),
                                   TEST (gradient_by_differences),
#ifdef NN_DOUBLE
                                   TEST (gradient_through_kinks),
#endif
                                   TEST (targets_the_last_activated_map),
                                   TEST (other_methods_by_hand),
                                   TEST (weighs_as_the_paper_says),
                                   TEST (maps_are_finite_whatever_comes),
                                   TEST (one_image_is_explained_as_often_as_wanted),
                                   TEST (gives_the_logits),
                                   TEST (a_mirrored_image_has_the_mirrored_map),
                                   TEST (methods_have_names),
                                   TEST (runs_without_allocating),
                                   { 0 } });
}
