/* SPDX-License-Identifier: MIT
 * Any bytes as an ONNX file: a named error, or a model that can be planned, run, written and read again. */
#include "nn.h"

#include <stdlib.h>
#include <string.h>

#define SIDE 16                       /* of an open image */
#define MAX_WORK ((int64_t) 1 << 22)  /* numbers and multiplications that are run; a valid model may be larger */

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static bool
is_small (const nn_graph *graph, int h, int w)
{
  nn_shape *shapes = calloc ((size_t) graph->n_nodes, sizeof *shapes);
  int64_t numbers = 0;
  bool small = shapes && nn_graph_shapes (graph, h, w, shapes, NULL);
  for (int i = 0; small && i < graph->n_nodes; i++)
    numbers += (int64_t) shapes[i].h * shapes[i].w * shapes[i].c;
  small = small && numbers <= MAX_WORK && nn_graph_macs (graph, shapes) <= MAX_WORK;
  free (shapes);
  return small;
}

/* Planning may refuse (folded weights that are not finite), running may not. */
static void
run (const nn_model *model)
{
  nn_shape in = model->graph->nodes[0].u.input.shape;
  int h = in.h ? in.h : SIDE, w = in.w ? in.w : SIDE;
  if (!is_small (model->graph, h, w))
    return;
  nn_plan *plan = nn_plan_new (model->graph, model->weights, NULL, NULL);
  nn_runner *runner = plan ? nn_runner_new (plan, &(nn_runner_options) { .h = h, .w = w, .batch = 2 }, NULL) : NULL;
  nn_real *image = calloc (2 * (size_t) h * (size_t) w * (size_t) in.c, sizeof *image);
  if (runner && image)
    nn_run (runner, 2, image);
  free (image);
  nn_runner_free (runner);
  nn_plan_free (plan);
}

/* What was read can be written, and reads again with as many weights. */
static void
write_again (const nn_model *model)
{
  nn_error error;
  void *bytes;
  size_t size;
  if (!nn_model_write (model, &bytes, &size, &error))
    abort ();
  nn_model *again = nn_model_parse (bytes, size, &error);
  if (!again)
    abort ();
  nn_model_free (again);
  free (bytes);
}

static bool
is_sentence (const nn_error *error)
{
  return error->text[0] && memchr (error->text, 0, sizeof error->text);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  nn_error error = { "" };
  nn_meta meta = { (char *) "key", (char *) "value" };
  void *set;
  size_t set_size;
  nn_model *model = nn_model_parse (data, size, &error);
  if (nn_onnx_set_metas (data, size, &meta, 1, &set, &set_size, NULL))
    free (set);
  else if (model)
    abort ();
  if (!model && !is_sentence (&error))
    abort ();
  if (!model)
    return 0;
  run (model);
  write_again (model);
  nn_model_free (model);
  return 0;
}
