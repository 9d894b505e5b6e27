/* SPDX-License-Identifier: MIT
 * Reading an ONNX file: names, order, the walk over its nodes, and the model that comes out. */
#include "onnx_import.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OLDEST_OPSET 7
#define NEWEST_OPSET 25 /* what the operators here mean has not changed up to it */

/* ---- names --------------------------------------------------------------------------------------------------------------- */

/* FNV-1a with another start in every process, which address space randomisation gives: nobody can prepare names that collide. */
static size_t
hash (const nn_import *im, nn_text text)
{
  uint64_t h = 14695981039346656037u ^ (uint64_t) (uintptr_t) im->values;
  for (size_t i = 0; i < text.size; i++)
    h = (h ^ (uint8_t) text.at[i]) * 1099511628211u;
  return (size_t) (h ^ h >> 32);
}

nn_import_value *
nn_import_find (nn_import *im, nn_text name)
{
  size_t i = hash (im, name) & (im->n_slots - 1);
  while (im->values[i].name.at && !nn_text_equal (im->values[i].name, name))
    i = (i + 1) & (im->n_slots - 1);
  return &im->values[i];
}

/* A new name; each may be given once. */
static nn_import_value *
declare (nn_import *im, nn_text name, const char *what)
{
  nn_import_value *value = nn_import_find (im, name);
  if (value->name.at) {
    nn_fail (im->error, "%s \"%s\": the name is given twice", what, nn_text_print (name).text);
    return NULL;
  }
  value->name = name;
  return value;
}

static bool
make_table (nn_import *im)
{
  size_t names = (size_t) im->model->n_tensors + (size_t) im->model->n_inputs;
  for (int i = 0; i < im->model->n_nodes; i++)
    names += (size_t) im->model->nodes[i].n_out;
  for (im->n_slots = 16; im->n_slots < 2 * names;)
    im->n_slots *= 2;
  im->values = nn_budget_alloc (im->budget, im->n_slots, sizeof *im->values);
  return im->values != NULL;
}

static bool
declare_tensors (nn_import *im)
{
  for (int i = 0; i < im->model->n_tensors; i++) {
    nn_import_value *value = declare (im, im->model->tensors[i].name, "initialiser");
    if (!value)
      return false;
    value->kind = NN_IMPORT_TENSOR;
    value->tensor = &im->model->tensors[i];
  }
  return true;
}

/* ---- the image ----------------------------------------------------------------------------------------------------------- */

static bool
is_one_of (nn_text op, const char *const *names)
{
  while (*names && !nn_text_is (op, *names))
    names++;
  return *names;
}

/* (n, h, w, c) to (n, c, h, w): a Transpose, or a Reshape of an image of one channel, which tf2onnx makes of it. */
static bool
moves_channels (const nn_onnx_node *node, const nn_onnx_value *image)
{
  if (nn_text_is (node->op, "Reshape"))
    return image->dims[3] == 1 && image->dims[1] != 1 && image->dims[2] != 1;
  for (int j = 0; nn_text_is (node->op, "Transpose") && j < node->n_attributes; j++) {
    const nn_onnx_attribute *perm = &node->attributes[j];
    if (nn_text_is (perm->name, "perm") && perm->n_ints == 4)
      return perm->ints[0] == 0 && perm->ints[1] == 3 && perm->ints[2] == 1 && perm->ints[3] == 2;
  }
  return false;
}

/* Whether the image is declared as Keras does, (n, h, w, c): its channels are then moved before any operator that looks at the plane. */
static bool
is_channels_last (const nn_onnx_model *model, const nn_onnx_value *image)
{
  static const char *const pointwise[] = { "Identity", "Cast", "Add", "Sub", "Mul", "Div", "Pad", NULL };
  nn_text at = image->name;
  for (int i = 0; i < model->n_nodes; i++) {
    const nn_onnx_node *node = &model->nodes[i];
    bool reads = false;
    for (int j = 0; j < node->n_in; j++)
      reads |= nn_text_equal (node->in[j], at);
    if (!reads)
      continue;
    if (!is_one_of (node->op, pointwise) || !node->n_out)
      return moves_channels (node, image);
    at = node->out[0];
  }
  return false;
}

static bool
check_input (nn_import *im, const nn_onnx_value *input)
{
  if (input->type != NN_ONNX_FLOAT)
    return nn_fail (im->error, "element type %d, expected float (1)", input->type);
  if (!input->has_shape || input->rank != 4)
    return nn_fail (im->error, "%d dimensions, expected an image batch with 4", input->rank);
  for (int i = 0; i < 4; i++)
    if (input->dims[i] > 1 << 24)
      return nn_fail (im->error, "dimension %d is %lld, at most %d are supported", i, (long long) input->dims[i], 1 << 24);
  return true;
}

static bool
add_input (nn_import *im, const nn_onnx_value *input)
{
  static const nn_order channels_last = { { 0, NN_AXIS_H, NN_AXIS_W, NN_AXIS_C } };
  if (!check_input (im, input))
    return false;
  bool last = is_channels_last (im->model, input);
  nn_shape shape = last ? (nn_shape) { (int) input->dims[1], (int) input->dims[2], (int) input->dims[3] }
                        : (nn_shape) { (int) input->dims[2], (int) input->dims[3], (int) input->dims[1] };
  if (!shape.c)
    return nn_fail (im->error, "the number of channels is not given");
  nn_import_value *value = declare (im, input->name, "input");
  /* The node is named after an output of the node at hand: the file's input takes that place. */
  im->node = &(nn_onnx_node) { .n_out = 1, .out = &input->name };
  int index = value ? nn_import_add (im, &(nn_node) { .op = NN_OP_input, .u.input.shape = shape }, "") : -1;
  im->channels_last = last;
  if (index < 0)
    return false;
  nn_layout layout = nn_layout_new (4, last ? channels_last : nn_order_image, shape, input->dims[0]);
  nn_import_set_node (im, index, &layout);
  return true;
}

/* Files of IR 3 list initialisers among the inputs. */
static bool
add_only_input (nn_import *im)
{
  const nn_onnx_value *image = NULL;
  for (int i = 0; i < im->model->n_inputs; i++) {
    const nn_onnx_value *input = &im->model->inputs[i];
    if (nn_import_find (im, input->name)->kind == NN_IMPORT_TENSOR)
      continue;
    if (image)
      return nn_fail (im->error, "two inputs (\"%s\", \"%s\"), expected one image", nn_text_print (image->name).text,
                      nn_text_print (input->name).text);
    image = input;
  }
  if (!image)
    return nn_fail (im->error, "no input, expected one image");
  if (add_input (im, image))
    return true;
  char prefix[128];
  snprintf (prefix, sizeof prefix, "input \"%s\"", nn_text_print (image->name).text);
  return nn_fail_prefix (im->error, prefix);
}

/* ---- nodes --------------------------------------------------------------------------------------------------------------- */

/* AttributeProto.AttributeType of the letters in nn_import_op.attributes. */
static int
type_of_letter (char letter)
{
  return letter == 'f' ? 1 : letter == 'i' ? 2 : letter == 's' ? 3 : letter == 't' ? 4 : letter == 'F' ? 6 : 7;
}

static bool
check_attribute (nn_import *im, const nn_onnx_attribute *attribute, const char *known)
{
  for (const char *at = known; *at;) {
    size_t size = strcspn (at, ":");
    if (attribute->name.size == size && !memcmp (attribute->name.at, at, size)) {
      if (attribute->type != type_of_letter (at[size + 1]))
        return nn_fail (im->error, "attribute \"%s\" has type %d, expected %d", nn_text_print (attribute->name).text, attribute->type,
                        type_of_letter (at[size + 1]));
      for (int i = 0; i < attribute->n_floats; i++)
        if (!isfinite (attribute->floats[i]))
          return nn_fail (im->error, "attribute \"%s\" is not finite", nn_text_print (attribute->name).text);
      return isfinite (attribute->f) || nn_fail (im->error, "attribute \"%s\" is not finite", nn_text_print (attribute->name).text);
    }
    at += size + 2;
    at += *at == ' ';
  }
  return nn_fail (im->error, "attribute \"%s\" is not supported", nn_text_print (attribute->name).text);
}

static bool
check_node (nn_import *im, const nn_import_op *op)
{
  const nn_onnx_node *node = im->node;
  if (node->n_in < op->min_in || node->n_in > op->max_in)
    return nn_fail (im->error, "%d inputs, expected %d to %d", node->n_in, op->min_in, op->max_in);
  if (node->n_out < 1 || !node->out[0].size)
    return nn_fail (im->error, "it has no output");
  for (int i = 0; i < node->n_attributes; i++) {
    if (!check_attribute (im, &node->attributes[i], op->attributes))
      return false;
    for (int j = 0; j < i; j++)
      if (nn_text_equal (node->attributes[i].name, node->attributes[j].name))
        return nn_fail (im->error, "attribute \"%s\" is given twice", nn_text_print (node->attributes[i].name).text);
  }
  for (int i = 0; i < node->n_in; i++) {
    const nn_import_value *value = nn_import_find (im, node->in[i]);
    if (node->in[i].size && (!value->name.at || value->kind == NN_IMPORT_UNSET))
      return nn_fail (im->error, "input %d (\"%s\") is nothing that comes before it: unknown, in a wrong order, or a cycle", i,
                      nn_text_print (node->in[i]).text);
    if (!node->in[i].size && i < op->min_in)
      return nn_fail (im->error, "input %d is not given", i);
  }
  return true;
}

static bool
run_op (nn_import *im, const nn_import_op *op)
{
  if (!check_node (im, op))
    return false;
  for (int i = 0; i < im->node->n_out; i++)
    if (im->node->out[i].size && !declare (im, im->node->out[i], "output"))
      return false;
  return op->run (im);
}

static bool
read_node (nn_import *im, const nn_onnx_node *node)
{
  im->node = node;
  const nn_import_op *op = nn_import_find_op (node->op);
  nn_printable name = nn_text_print (node->name.size || !node->n_out ? node->name : node->out[0]), type = nn_text_print (node->op);
  if (!nn_text_is (node->domain, "") && !nn_text_is (node->domain, "ai.onnx"))
    return nn_fail (im->error, "node \"%s\": operator \"%s\" of domain \"%s\" is not supported", name.text, type.text,
                    nn_text_print (node->domain).text);
  if (!op)
    return nn_fail (im->error, "node \"%s\": operator \"%s\" is not supported", name.text, type.text);
  if (run_op (im, op))
    return true;
  char prefix[200];
  snprintf (prefix, sizeof prefix, "node \"%s\" (%s)", name.text, op->name);
  return nn_fail_prefix (im->error, prefix);
}

/* ---- the model ----------------------------------------------------------------------------------------------------------- */

static bool
check_versions (nn_import *im)
{
  if (im->model->ir < 3)
    return nn_fail (im->error, "IR version %lld, expected 3 or newer", (long long) im->model->ir);
  if (im->model->opset < OLDEST_OPSET || im->model->opset > NEWEST_OPSET)
    return nn_fail (im->error, "opset %lld, expected %d to %d", (long long) im->model->opset, OLDEST_OPSET, NEWEST_OPSET);
  return true;
}

static bool
import_graph (nn_import *im)
{
  if (!check_versions (im) || !make_table (im) || !declare_tensors (im) || !add_only_input (im))
    return false;
  for (int i = 0; i < im->model->n_nodes; i++)
    if (!read_node (im, &im->model->nodes[i]))
      return false;
  return nn_import_outputs (im);
}

static char *
terminated (nn_text text)
{
  char *copy = malloc (text.size + 1);
  if (copy) {
    memcpy (copy, text.at, text.size);
    copy[text.size] = 0;
  }
  return copy;
}

static bool
add_meta (nn_model *model, const nn_onnx_meta *meta, nn_budget *budget)
{
  nn_error *error = budget->error;
  if (!nn_budget_take (budget, 2 * (meta->key.size + meta->value.size + sizeof (nn_meta))))
    return false;
  if (memchr (meta->key.at, 0, meta->key.size) || memchr (meta->value.at, 0, meta->value.size))
    return nn_fail (error, "metadata \"%s\" contains a zero byte", nn_text_print (meta->key).text);
  char *key = terminated (meta->key), *value = terminated (meta->value);
  bool ok = key && value;
  if (ok && nn_model_get (model, key))
    ok = nn_fail (error, "metadata \"%s\" is given twice", nn_text_print (meta->key).text);
  else if (!ok || !nn_model_set (model, key, value))
    ok = nn_fail (error, "out of memory");
  free (key);
  free (value);
  return ok;
}

/* Takes graph and weights. */
static nn_model *
to_model (nn_import *im)
{
  nn_model *model = calloc (1, sizeof *model);
  if (!model) {
    nn_fail (im->error, "out of memory");
    return NULL;
  }
  *model = (nn_model) { .graph = im->graph, .weights = im->weights };
  im->graph = NULL;
  im->weights = NULL;
  for (int i = 0; i < im->model->n_metas; i++)
    if (!add_meta (model, &im->model->metas[i], im->budget)) {
      nn_model_free (model);
      return NULL;
    }
  return model;
}

nn_model *
nn_model_parse (const void *bytes, size_t size, nn_error *error)
{
  const size_t base = (size_t) 64 << 20;
  nn_error own;
  nn_budget budget = { .limit = size < (SIZE_MAX - base) / 4 ? base + 4 * size : SIZE_MAX, .error = error ? error : &own };
  nn_onnx_model *file = nn_budget_alloc (&budget, 1, sizeof *file);
  nn_import *im = file ? nn_budget_alloc (&budget, 1, sizeof *im) : NULL;
  nn_model *model = NULL;
  if (im) {
    *im = (nn_import) { .budget = &budget, .error = budget.error, .model = file, .graph = nn_graph_new (), .room = size / sizeof (float) };
    nn_wire wire = { bytes, (const uint8_t *) bytes + size };
    if (!im->graph)
      nn_fail (im->error, "out of memory");
    else if (nn_onnx_decode (wire, &budget, file, im->error) && import_graph (im))
      model = to_model (im);
    nn_graph_free (im->graph);
    free (im->weights);
  }
  nn_budget_free (&budget);
  return model;
}
