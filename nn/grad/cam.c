/* SPDX-License-Identifier: MIT
 * What one logit owes to a feature map of the folded graph of a plan: forward by a runner that keeps what the derivatives need, then back from the
 * logit to the target, through the nodes on the way from one to the other only. */
#include "cam.h"
#include "grad.h"
#include "memory.h"
#include "plan.h"

/* A node on the way from the target (included) to the logits. */
typedef struct entry {
  bool used;
  bool reached;   /* while the way is traced: a later reader gives it a derivative */
  uint64_t added; /* bit j: in[j] was reached by a later reader; this one's derivative is added */
  nn_real *derivative;
  nn_real *packed;
} entry;

struct nn_cam {
  nn_plan *plan;
  nn_runner *runner;
  int target, logits;
  nn_shape *shapes; /* of all nodes */
  entry *entries;
  nn_real *scratch, *spare; /* of the hungriest node; derivatives on their way to be added */
  nn_real *alpha, *map;
};

/* ---- target -------------------------------------------------------------------------------------------------------------- */

static bool
is_activated (const nn_node *node)
{
  bool gate = node->op == NN_OP_sigmoid || node->op == NN_OP_hard_sigmoid;
  return !gate && (node->act != NN_ACT_NONE || nn_act_of (node->op) != NN_ACT_NONE);
}

static void
mark_ancestors (const nn_graph *graph, int node, bool *marks)
{
  marks[node] = true;
  for (int i = node; i >= 0; i--)
    for (int j = 0; marks[i] && j < graph->nodes[i].n_in; j++)
      marks[graph->nodes[i].in[j]] = true;
}

int
nn_cam_target (const nn_plan *plan, int h, int w, int size)
{
  const nn_graph *graph = nn_plan_graph (plan);
  bool feeds[NN_MAX_NODES] = { false };
  nn_shape shapes[NN_MAX_NODES];
  if (!nn_graph_shapes (graph, h, w, shapes, NULL))
    return -1;
  mark_ancestors (graph, nn_graph_logits (graph, 0), feeds);
  int last = -1, activated = -1;
  for (int i = 0; i < graph->n_nodes; i++) {
    nn_op op = graph->nodes[i].op;
    if (!feeds[i] || op == NN_OP_input || op == NN_OP_constant || shapes[i].h < size || shapes[i].w < size)
      continue;
    last = i;
    if (is_activated (&graph->nodes[i]))
      activated = i;
  }
  return activated >= 0 ? activated : last;
}

/* ---- construction -------------------------------------------------------------------------------------------------------- */

/* Nodes that the target reaches and that reach the logits. */
static bool
trace (nn_cam *cam)
{
  const nn_graph *graph = nn_plan_graph (cam->plan);
  entry *entries = cam->entries;
  bool feeds[NN_MAX_NODES] = { false };
  mark_ancestors (graph, cam->logits, feeds);
  entries[cam->target].used = feeds[cam->target];
  for (int i = cam->target + 1; i <= cam->logits; i++)
    for (int j = 0; feeds[i] && j < graph->nodes[i].n_in; j++)
      entries[i].used |= entries[graph->nodes[i].in[j]].used;
  for (int i = cam->logits; i > cam->target; i--)
    for (int j = 0; entries[i].used && j < graph->nodes[i].n_in; j++) {
      entry *in = &entries[graph->nodes[i].in[j]];
      entries[i].added |= (uint64_t) in->reached << j;
      in->reached = in->used;
    }
  return entries[cam->target].used;
}

/* A runner that keeps the nodes on the way and all that they read. */
static bool
make_runner (nn_cam *cam, int h, int w, nn_error *error)
{
  const nn_graph *graph = nn_plan_graph (cam->plan);
  bool kept[NN_MAX_NODES] = { false };
  int list[NN_MAX_NODES], count = 0;
  for (int i = cam->target; i <= cam->logits; i++) {
    kept[i] |= cam->entries[i].used;
    for (int j = 0; i > cam->target && cam->entries[i].used && j < graph->nodes[i].n_in; j++)
      kept[graph->nodes[i].in[j]] = true;
  }
  for (int i = 0; i <= cam->logits; i++)
    if (kept[i])
      list[count++] = i;
  cam->runner = nn_runner_new (cam->plan, &(nn_runner_options) { .h = h, .w = w, .batch = 1, .keep = list, .n_keep = count }, error);
  return cam->runner;
}

static bool
make_buffers (nn_cam *cam)
{
  const nn_graph *graph = nn_plan_graph (cam->plan);
  const nn_kernels *kernels = nn_plan_kernels (cam->plan);
  size_t scratch = 0, spare = 0;
  for (int i = cam->target; i <= cam->logits; i++) {
    const nn_node *node = &graph->nodes[i];
    const nn_grad_impl *impl = nn_grad_table[node->op];
    entry *e = &cam->entries[i];
    if (!e->used)
      continue;
    nn_shape in[NN_MAX_INPUTS];
    size_t added = 0;
    for (int j = 0; j < node->n_in; j++) {
      in[j] = cam->shapes[node->in[j]];
      added += e->added >> j & 1 ? nn_shape_count (in[j]) : 0;
    }
    nn_grad_site site = { node, kernels, in, cam->shapes[i] };
    size_t asked = impl->scratch ? impl->scratch (&site) : 0, packed = impl->packed ? impl->packed (&site) : 0;
    scratch = asked > scratch ? asked : scratch;
    spare = added > spare ? added : spare;
    e->derivative = nn_alloc (nn_shape_count (cam->shapes[i]) * sizeof (nn_real));
    e->packed = nn_alloc (packed * sizeof (nn_real));
    if (!e->derivative || !e->packed)
      return false;
    if (packed)
      impl->pack (&site, nn_plan_weights (cam->plan) + node->weights, e->packed);
  }
  nn_shape map = cam->shapes[cam->target];
  cam->scratch = nn_alloc (scratch * sizeof (nn_real));
  cam->spare = nn_alloc (spare * sizeof (nn_real));
  cam->alpha = nn_alloc ((size_t) map.c * sizeof (nn_real));
  cam->map = nn_alloc ((size_t) map.h * (size_t) map.w * sizeof (nn_real));
  return cam->scratch && cam->spare && cam->alpha && cam->map;
}

static bool
fill (nn_cam *cam, int h, int w, nn_error *error)
{
  const nn_graph *graph = nn_plan_graph (cam->plan);
  if (cam->target < 0 || cam->target >= graph->n_nodes)
    return nn_fail (error, "no node %d to explain; the plan has %d", cam->target, graph->n_nodes);
  cam->shapes = calloc ((size_t) graph->n_nodes, sizeof *cam->shapes);
  cam->entries = calloc ((size_t) graph->n_nodes, sizeof *cam->entries);
  if (!cam->shapes || !cam->entries)
    return nn_fail (error, "out of memory");
  if (!nn_graph_shapes (graph, h, w, cam->shapes, error))
    return false;
  cam->logits = nn_graph_logits (graph, 0);
  const nn_node *target = &graph->nodes[cam->target];
  if (!trace (cam))
    return nn_fail (error, "node %s (%s) does not reach the logits, so that it cannot explain them", target->name, nn_op_name (target->op));
  return make_runner (cam, h, w, error) && (make_buffers (cam) || nn_fail (error, "out of memory"));
}

nn_cam *
nn_cam_new (nn_plan *plan, int node, int h, int w, nn_error *error)
{
  nn_cam *cam = calloc (1, sizeof *cam);
  if (!cam) {
    nn_fail (error, "out of memory");
    return NULL;
  }
  cam->plan = nn_plan_ref (plan);
  cam->target = node;
  if (!fill (cam, h, w, error)) {
    nn_cam_free (cam);
    return NULL;
  }
  return cam;
}

void
nn_cam_free (nn_cam *cam)
{
  if (!cam)
    return;
  for (int i = 0; cam->entries && i < nn_plan_graph (cam->plan)->n_nodes; i++) {
    free (cam->entries[i].derivative);
    free (cam->entries[i].packed);
  }
  free (cam->entries);
  free (cam->shapes);
  free (cam->scratch);
  free (cam->spare);
  free (cam->alpha);
  free (cam->map);
  nn_runner_free (cam->runner);
  nn_plan_free (cam->plan);
  free (cam);
}

/* ---- run ----------------------------------------------------------------------------------------------------------------- */

static void
backward_node (nn_cam *cam, int index)
{
  const nn_node *node = &nn_plan_graph (cam->plan)->nodes[index];
  entry *e = &cam->entries[index];
  nn_shape shapes[NN_MAX_INPUTS];
  const nn_real *in[NN_MAX_INPUTS];
  nn_real *din[NN_MAX_INPUTS], *spare = cam->spare;
  for (int j = 0; j < node->n_in; j++) {
    shapes[j] = cam->shapes[node->in[j]];
    in[j] = nn_runner_value (cam->runner, node->in[j], NULL);
    din[j] = cam->entries[node->in[j]].derivative;
    if (e->added >> j & 1) {
      din[j] = spare;
      spare += nn_shape_count (shapes[j]);
    }
  }
  const nn_real *out = nn_runner_value (cam->runner, index, NULL);
  if (node->act)
    nn_act_backward (node->act, node->act_a, node->act_b, out, e->derivative, e->derivative, nn_shape_count (cam->shapes[index]));
  nn_grad_table[node->op]->backward (&(nn_grad_call) {
      .node = node,
      .kernels = nn_plan_kernels (cam->plan),
      .index = index,
      .n = 1,
      .shapes = shapes,
      .shape = cam->shapes[index],
      .in = in,
      .out = (nn_real *) out,
      .dout = e->derivative,
      .din = din,
      .weights = nn_plan_weights (cam->plan) + node->weights,
      .packed = e->packed,
      .scratch = cam->scratch,
  });
  for (int j = 0; j < node->n_in; j++)
    for (size_t i = 0; e->added >> j & 1 && i < nn_shape_count (shapes[j]); i++)
      cam->entries[node->in[j]].derivative[i] += din[j][i];
}

void
nn_cam_forward (nn_cam *cam, const nn_real *input)
{
  nn_run (cam->runner, 1, input);
}

const nn_real *
nn_cam_map (nn_cam *cam, int label, nn_cam_method method, int *map_h, int *map_w)
{
  entry *logits = &cam->entries[cam->logits];
  memset (logits->derivative, 0, nn_shape_count (cam->shapes[cam->logits]) * sizeof (nn_real));
  logits->derivative[label] = 1;
  for (int i = cam->logits; i > cam->target; i--)
    if (cam->entries[i].used)
      backward_node (cam, i);
  nn_shape shape = cam->shapes[cam->target];
  nn_cam_weigh (method, shape, nn_cam_activation (cam), cam->entries[cam->target].derivative, cam->alpha, cam->map);
  *map_h = shape.h;
  *map_w = shape.w;
  return cam->map;
}

const nn_real *
nn_cam_logits (const nn_cam *cam, int *n)
{
  if (n)
    *n = (int) nn_shape_count (cam->shapes[cam->logits]);
  return nn_runner_value (cam->runner, cam->logits, NULL);
}

const nn_real *
nn_cam_gradient (const nn_cam *cam, nn_shape *shape)
{
  if (shape)
    *shape = cam->shapes[cam->target];
  return cam->entries[cam->target].derivative;
}

const nn_real *
nn_cam_activation (const nn_cam *cam)
{
  return nn_runner_value (cam->runner, cam->target, NULL);
}
