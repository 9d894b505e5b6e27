/* SPDX-License-Identifier: MIT */
#include "plan.h"
#include "common/command.h"
#include "common/layer.h"
#include "common/network.h"

#include <glib.h>
#include <stdio.h>

static void
print_layer (const char *name, const char *op, const char *shape, const char *kernel, int64_t macs, int64_t products, size_t packed)
{
  printf ("%-15s %-19s %11s %-25s", name, op, shape, kernel);
  if (macs)
    printf (" %7.2f %8.2f", (double) macs * 1e-6, (double) products * 1e-6);
  else if (packed)
    printf (" %7s %8s", "", "");
  if (packed)
    printf (" %9.1f", (double) packed / 1e3);
  printf ("\n");
}

static void
print_layers (const nn_plan *plan, const nn_shape *shapes)
{
  const nn_graph *graph = nn_plan_graph (plan);
  int64_t macs = 0, products = 0;
  size_t packed = 0;
  printf ("%-15s %-19s %11s %-25s %7s %8s %9s\n", "", "", "", "kernel", "MMAC", "products", "packed kB");
  for (int i = 0; i < graph->n_nodes; i++) {
    const nn_node *node = &graph->nodes[i];
    char name[TOOL_LAYER_TEXT], op[TOOL_LAYER_TEXT], shape[TOOL_LAYER_TEXT], kernel[TOOL_LAYER_TEXT];
    tool_layer_name (node, 15, name);
    tool_layer_op (node, op);
    tool_layer_shape (shapes[i], shape);
    tool_layer_kernel (nn_plan_kernel (plan, i), kernel);
    const int64_t here = nn_node_macs (node, shapes[i]), made = nn_plan_products (plan, i, shapes[i]);
    print_layer (name, op, shape, kernel, here, made, nn_plan_packed_bytes (plan, i));
    macs += here;
    products += made;
    packed += nn_plan_packed_bytes (plan, i);
  }
  print_layer ("all", "", "", "", macs, products, packed);
}

bool
info_print_plan (const char *path, const char *cpu, nn_precision precision, nn_error *error)
{
  tool_network network;
  nn_plan *plan = tool_network_load (&network, path, NULL, 0, 0, error) ? tool_network_plan (&network, cpu, precision, error) : NULL;
  if (plan) {
    nn_shape *shapes = g_new (nn_shape, nn_plan_graph (plan)->n_nodes);
    nn_graph_shapes (nn_plan_graph (plan), network.h, network.w, shapes, NULL); /* loading found that they fit */
    printf ("%s for %dx%d pixels, kernels %s, precision %s, %.2f MB\n", path, network.w, network.h, nn_plan_cpu (plan), nn_precision_name (precision),
            (double) nn_plan_bytes (plan) / 1e6);
    print_layers (plan, shapes);
    g_free (shapes);
  }
  const bool good = plan && tool_flush (error);
  nn_plan_free (plan);
  tool_network_clear (&network);
  return good;
}
