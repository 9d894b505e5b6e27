/* SPDX-License-Identifier: MIT */
#include "nn.h"
#include "test.h"

#include <string.h>
#include <unistd.h>

static void
keeps_metadata (void)
{
  nn_graph *graph = nn_graph_parse ("input 4 4 1 / gap / dense 2", NULL);
  nn_model *model = graph ? nn_model_new (graph) : NULL;
  require (model && model->graph == graph && model->n_metas == 0);
  for (size_t i = 0; i < graph->n_weights; i++)
    check (model->weights[i] == 0);
  check (!nn_model_get (model, "a") && nn_model_set (model, "a", NULL));
  check (nn_model_set (model, "a", "1") && nn_model_set (model, "b", "2") && nn_model_set (model, "c", "3"));
  check (nn_model_set (model, "b", "4") && model->n_metas == 3);
  check (!strcmp (nn_model_get (model, "b"), "4"));
  check (nn_model_set (model, "a", NULL) && model->n_metas == 2 && !nn_model_get (model, "a"));
  check (!strcmp (nn_model_get (model, "c"), "3"));
  nn_model_free (model);
  nn_model_free (NULL);
}

static void
errors_name_the_file (void)
{
  nn_error error;
  char path[] = "/tmp/nn-model-XXXXXX";
  int fd = mkstemp (path);
  require (fd >= 0 && write (fd, "no model", 8) == 8 && close (fd) == 0);
  check (!nn_model_load (path, &error));
  check (!strncmp (error.text, path, strlen (path)));
  unlink (path);
  check (!nn_model_load (path, &error));
  check (!strncmp (error.text, path, strlen (path)) && strstr (error.text, "No such file"));
}

static void
saves_and_loads (void)
{
  nn_error error;
  char path[] = "/tmp/nn-model-XXXXXX";
  close (mkstemp (path));
  nn_graph *graph = nn_graph_parse ("input 4 4 1 / conv 2 3x3 bias / gap / dense 2", &error);
  nn_model *model = graph ? nn_model_new (graph) : NULL;
  require (model);
  for (size_t i = 0; i < graph->n_weights; i++)
    model->weights[i] = (nn_real) i / 8;
  require (nn_model_save (model, path, &error));
  nn_model *again = nn_model_load (path, &error);
  require (again && again->graph->n_weights == graph->n_weights);
  check (!memcmp (again->weights, model->weights, graph->n_weights * sizeof *model->weights));
  nn_model_free (again);
  nn_model_free (model);
  unlink (path);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (keeps_metadata), TEST (errors_name_the_file), TEST (saves_and_loads), { 0 } });
}
