/* SPDX-License-Identifier: MIT
 * What leaves the graph: its order in memory, and the names by which callers find it. */
#include "onnx_import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Gives node index the output's name, by which it is found; the node that has it takes the other's instead. What is the image, or another output
 * already, is named through an identity. Returns the node that has the name, or -1. */
static int
name_output (nn_import *im, int index, nn_text text)
{
  char name[NN_ONNX_MAX_NAME + 1];
  memcpy (name, text.at, text.size);
  name[text.size] = 0;
  int holder = nn_graph_find (im->graph, name);
  if (holder == index)
    return index;
  bool taken = im->graph->nodes[index].op == NN_OP_input;
  for (int i = 0; i < im->graph->n_outputs; i++)
    taken |= im->graph->outputs[i] == index;
  if (taken)
    index = nn_import_add (im, &(nn_node) { .op = NN_OP_identity, .n_in = 1, .in = { index } }, "/output");
  if (index < 0 || (holder < 0 && !nn_budget_take (im->budget, sizeof name)))
    return -1;
  nn_node *node = &im->graph->nodes[index];
  char *own = node->name;
  node->name = holder >= 0 ? im->graph->nodes[holder].name : strdup (name);
  if (holder >= 0)
    im->graph->nodes[holder].name = own;
  else
    free (own);
  if (node->name)
    return index;
  nn_fail (im->error, "out of memory");
  return -1;
}

/* What leaves the graph lies in memory as its logical shape says; planes as (h, w, c), wherever the file's images have their channels. */
static bool
add_output (nn_import *im, const nn_onnx_value *output)
{
  nn_import_value *value = nn_import_find (im, output->name), out;
  nn_axis axes[3];
  if (!value->name.at || value->kind != NN_IMPORT_NODE)
    return nn_fail (im->error, "nothing that depends on the image gives it");
  im->node = &(nn_onnx_node) { .n_out = 1, .out = &output->name };
  bool plane = value->node.layout.rank == 4 && !im->channels_last, ok = true;
  out = *value;
  if (plane)
    ok = nn_import_arrange (im, value, nn_order_image, &out);
  else if (!nn_layout_flat_order (&value->node.layout, axes) || !nn_layout_batch_first (&value->node.layout))
    ok = nn_import_lay_out (im, value, &out);
  int index = ok ? name_output (im, out.node.index, output->name) : -1;
  return index >= 0 && nn_graph_add_output (im->graph, index, im->error);
}

bool
nn_import_outputs (nn_import *im)
{
  if (!im->model->n_outputs)
    return nn_fail (im->error, "no output");
  for (int i = 0; i < im->model->n_outputs; i++)
    if (!add_output (im, &im->model->outputs[i])) {
      char prefix[128];
      snprintf (prefix, sizeof prefix, "output \"%s\"", nn_text_print (im->model->outputs[i].name).text);
      return nn_fail_prefix (im->error, prefix);
    }
  return true;
}
