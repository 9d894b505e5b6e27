/* SPDX-License-Identifier: MIT */
#include "common/layer.h"
#include "common/progress.h"
#include "infer.h"
#include "peak.h"

#include <glib.h>
#include <stdio.h>

#define NAME 11 /* letters of a node's name */

/* What the runner's observer writes: seconds since the node before, added up over a run's shards. */
typedef struct watch {
  int n_nodes;
  double last, *row;
} watch;

static void
after (void *data, int node)
{
  watch *w = data;
  const double now = tool_seconds ();
  w->row[node] += now - w->last;
  w->last = now;
}

/* Runs the batch as often as is asked for: medians[n_nodes] in seconds. */
static void
watch_runs (const bench_job *job, bench_net *net, watch *w, double *medians)
{
  GArray *rows = g_array_new (FALSE, FALSE, sizeof (double) * (guint) w->n_nodes);
  const double begin = tool_seconds ();
  do {
    memset (w->row, 0, sizeof *w->row * (size_t) w->n_nodes);
    w->last = tool_seconds ();
    bench_net_run (net);
    g_array_append_vals (rows, w->row, 1);
  } while ((int) rows->len < job->limits.rounds || tool_seconds () - begin < job->limits.seconds);
  const int n = (int) rows->len;
  double *column = g_new (double, n);
  for (int node = 0; node < w->n_nodes; node++) {
    for (int i = 0; i < n; i++)
      column[i] = ((const double *) (const void *) rows->data)[i * w->n_nodes + node];
    medians[node] = bench_median (column, n);
  }
  g_free (column);
  g_array_free (rows, TRUE);
}

/* Input, constants and reshapes do no work of their own. */
static bool
is_shown (const nn_node *node)
{
  return node->op != NN_OP_input && node->op != NN_OP_constant && node->op != NN_OP_reshape;
}

static void
report_layer (const bench_job *job, const nn_node *node, nn_shape shape, const char *kernel, double seconds, double peak, double total)
{
  char name[TOOL_LAYER_TEXT], op[TOOL_LAYER_TEXT], size[TOOL_LAYER_TEXT], way[TOOL_LAYER_TEXT];
  const double us = 1e6 * seconds / job->batch, gflops = 2e-9 * (double) nn_node_macs (node, shape) * job->batch / seconds;
  tool_layer_op (node, op);
  json_builder_begin_object (job->json);
  tool_json_text (job->json, "name", node->name);
  tool_json_text (job->json, "op", op);
  tool_json_count (job->json, "height", shape.h);
  tool_json_count (job->json, "width", shape.w);
  tool_json_count (job->json, "channels", shape.c);
  tool_json_text (job->json, "kernel", kernel);
  tool_json_number (job->json, "us", us);
  tool_json_number (job->json, "gflops", gflops);
  tool_json_number (job->json, "share", seconds / total);
  json_builder_end_object (job->json);
  if (job->quiet)
    return;
  tool_layer_name (node, NAME, name);
  tool_layer_shape (shape, size);
  tool_layer_kernel (kernel, way);
  printf ("%-*s %-19s %11s %-25s %7.1f", NAME, name, op, size, way, us);
  if (gflops > 0)
    printf (" %7.1f %4.0f %%", gflops, 100 * gflops / peak);
  else
    printf (" %7s %6s", "", "");
  printf (" %5.1f %%\n", 100 * seconds / total);
}

static void
report (const bench_job *job, const nn_plan *plan, const double *seconds, double peak)
{
  const nn_graph *graph = nn_plan_graph (plan);
  const tool_network *s = &job->network;
  nn_shape *shapes = g_new (nn_shape, graph->n_nodes);
  nn_graph_shapes (graph, s->h, s->w, shapes, NULL); /* the runner found that they fit */
  double total = 0;
  for (int i = 0; i < graph->n_nodes; i++)
    total += is_shown (&graph->nodes[i]) ? seconds[i] : 0;
  tool_json_number (job->json, "peak_gflops", peak);
  json_builder_set_member_name (job->json, "layers");
  json_builder_begin_array (job->json);
  if (!job->quiet)
    printf ("one core's multipliers with these vectors: %.1f GFLOP/s\n\n%-*s %-19s %11s %-25s %7s %7s %6s %7s\n", peak, NAME, "", "", "", "kernel", "us",
            "GFLOP/s", "peak", "share");
  for (int i = 0; i < graph->n_nodes; i++)
    if (is_shown (&graph->nodes[i]))
      report_layer (job, &graph->nodes[i], shapes[i], nn_plan_kernel (plan, i), seconds[i], peak, total);
  json_builder_end_array (job->json);
  if (!job->quiet)
    printf ("%-*s %-19s %11s %-25s %7.1f %7.1f %4.0f %%\n", NAME, "all", "", "", "", 1e6 * total / job->batch, 2e-9 * (double) s->macs * job->batch / total,
            100 * 2e-9 * (double) s->macs * job->batch / total / peak);
  g_free (shapes);
}

bool
bench_layers (const bench_job *job, nn_error *error)
{
  bench_net net;
  watch w = { 0 };
  if (!bench_infer (job, error))
    return false;
  /* The folded graph has no more nodes than the one that was read. */
  const int most = job->network.nn->graph->n_nodes;
  double *seconds = g_new0 (double, most);
  w.row = g_new0 (double, most);
  const bool good = bench_net_new (&net, job, after, &w, error);
  if (good) {
    w.n_nodes = nn_plan_graph (net.plan)->n_nodes;
    watch_runs (job, &net, &w, seconds);
    report (job, net.plan, seconds, bench_peak (nn_plan_cpu (net.plan)));
  }
  bench_net_clear (&net);
  g_free (w.row);
  g_free (seconds);
  return good;
}
