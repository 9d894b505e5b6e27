/* SPDX-License-Identifier: MIT */
#include "temper.h"
#include "common/json.h"
#include "fer.h"

#include <stdlib.h>

/* Who takes a node's values, the first output left out. */
static int
count_readers (const nn_graph *graph, int node)
{
  int readers = 0;
  for (int i = 0; i < graph->n_nodes; i++)
    for (int k = 0; k < graph->nodes[i].n_in; k++)
      readers += graph->nodes[i].in[k] == node;
  for (int i = 1; i < graph->n_outputs; i++)
    readers += graph->outputs[i] == node;
  return readers;
}

static bool
passes_on (nn_op op)
{
  return op == NN_OP_reshape || op == NN_OP_identity || op == NN_OP_dropout;
}

/* The dense layer whose numbers are the logits, perhaps in another shape; -1: there is none, or somebody else reads it. */
static int
find_last_dense (const nn_graph *graph)
{
  int node = nn_graph_logits (graph, 0);
  while (passes_on (graph->nodes[node].op) && count_readers (graph, node) <= 1)
    node = graph->nodes[node].in[0];
  return graph->nodes[node].op == NN_OP_dense && count_readers (graph, node) <= 1 ? node : -1;
}

/* Values of the dense layer and of what only passes them on are as much smaller. */
static bool
scale_ranges (nn_model *model, int dense, float scale, nn_error *error)
{
  const char *text = nn_model_get (model, NN_RANGES_KEY);
  const nn_graph *graph = model->graph;
  if (!text)
    return true;
  float *ranges = malloc ((size_t) graph->n_nodes * sizeof *ranges);
  if (!ranges)
    return nn_fail (error, "out of memory");
  char *written = NULL;
  if (nn_ranges_read (graph, text, ranges, error)) {
    for (int node = nn_graph_logits (graph, 0); node != dense; node = graph->nodes[node].in[0])
      ranges[node] *= scale;
    ranges[dense] *= scale;
    written = nn_ranges_write (graph, ranges, error);
  }
  const bool good = written && (nn_model_set (model, NN_RANGES_KEY, written) || nn_fail (error, "out of memory"));
  free (written);
  free (ranges);
  return good;
}

bool
eval_temper_logits (nn_model *model, double temperature, nn_error *error)
{
  const int dense = find_last_dense (model->graph);
  if (dense < 0)
    return nn_fail (error, "the logits do not come from a dense layer of their own, which calibration would scale");
  const nn_node *node = &model->graph->nodes[dense];
  const float scale = (float) (1 / temperature);
  for (size_t i = 0; i < node->n_weights; i++)
    model->weights[node->weights + i] *= scale;
  return scale_ranges (model, dense, scale, error);
}

/* fer.trained gets "calibration"; of a model that was calibrated before, the temperatures' product. */
static bool
note (nn_model *model, const eval_tempered *t, nn_error *error)
{
  const char *trained = nn_model_get (model, "fer.trained");
  JsonNode *root = json_from_string (trained ? trained : "{}", NULL);
  if (!root || !JSON_NODE_HOLDS_OBJECT (root)) {
    g_clear_pointer (&root, json_node_unref);
    return nn_fail (error, "fer.trained is no JSON object");
  }
  JsonObject *object = json_node_get_object (root), *it = json_object_new ();
  JsonNode *before = json_object_get_member (object, "calibration");
  double temperature = t->temperature;
  if (before && JSON_NODE_HOLDS_OBJECT (before))
    temperature *= tool_json_number_of (json_node_get_object (before), "temperature", 1);
  json_object_set_double_member (it, "temperature", temperature);
  json_object_set_string_member (it, "data", t->data);
  json_object_set_string_member (it, "split", t->split);
  json_object_set_int_member (it, "n", t->n);
  json_object_set_object_member (object, "calibration", it);
  char *text = json_to_string (root, FALSE);
  const bool good = nn_model_set (model, "fer.trained", text) || nn_fail (error, "out of memory");
  g_free (text);
  json_node_unref (root);
  return good;
}

bool
eval_temper_model (const char *path, const eval_tempered *tempered, const char *out, nn_error *error)
{
  fer_model *model = fer_model_load (path, error);
  if (!model)
    return false;
  bool good = eval_temper_logits (model->nn, tempered->temperature, error) && note (model->nn, tempered, error) && fer_model_seal (model->nn, error);
  if (!good)
    nn_fail_prefix (error, path ? path : "embedded model");
  good = good && nn_model_save (model->nn, out, error);
  fer_model_free (model);
  return good;
}
