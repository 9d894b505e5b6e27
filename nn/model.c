/* SPDX-License-Identifier: MIT */
#include "memory.h"

nn_model *
nn_model_new (nn_graph *graph)
{
  nn_model *model = calloc (1, sizeof *model);
  if (!model)
    return NULL;
  const size_t bytes = graph->n_weights * sizeof *model->weights;
  model->weights = nn_alloc (bytes);
  if (!model->weights) {
    nn_model_free (model);
    return NULL;
  }
  memset (model->weights, 0, bytes);
  model->graph = graph;
  return model;
}

void
nn_model_free (nn_model *model)
{
  if (!model)
    return;
  nn_graph_free (model->graph);
  free (model->weights);
  for (int i = 0; i < model->n_metas; i++) {
    free (model->metas[i].key);
    free (model->metas[i].value);
  }
  free (model->metas);
  free (model);
}

static int
find (const nn_model *model, const char *key)
{
  for (int i = 0; i < model->n_metas; i++)
    if (!strcmp (model->metas[i].key, key))
      return i;
  return -1;
}

const char *
nn_model_get (const nn_model *model, const char *key)
{
  int i = find (model, key);
  return i < 0 ? NULL : model->metas[i].value;
}

static void
remove_at (nn_model *model, int i)
{
  free (model->metas[i].key);
  free (model->metas[i].value);
  model->n_metas--;
  memmove (model->metas + i, model->metas + i + 1, (size_t) (model->n_metas - i) * sizeof *model->metas);
}

static bool
append (nn_model *model, const char *key, const char *value)
{
  nn_meta *metas = realloc (model->metas, (size_t) (model->n_metas + 1) * sizeof *metas);
  if (!metas)
    return false;
  model->metas = metas;
  nn_meta meta = { strdup (key), strdup (value) };
  if (!meta.key || !meta.value) {
    free (meta.key);
    free (meta.value);
    return false;
  }
  metas[model->n_metas++] = meta;
  return true;
}

bool
nn_model_set (nn_model *model, const char *key, const char *value)
{
  int i = find (model, key);
  if (!value) {
    if (i >= 0)
      remove_at (model, i);
    return true;
  }
  if (i < 0)
    return append (model, key, value);
  char *copy = strdup (value);
  if (!copy)
    return false;
  free (model->metas[i].value);
  model->metas[i].value = copy;
  return true;
}

nn_model *
nn_model_load (const char *path, nn_error *error)
{
  void *bytes;
  size_t size;
  /* Protobuf allows no more. */
  if (!nn_file_read (path, INT32_MAX, &bytes, &size, error))
    return NULL;
  nn_model *model = nn_model_parse (bytes, size, error);
  free (bytes);
  if (!model)
    nn_fail_prefix (error, path);
  return model;
}

bool
nn_model_save (const nn_model *model, const char *path, nn_error *error)
{
  void *bytes;
  size_t size;
  if (!nn_model_write (model, &bytes, &size, error))
    return nn_fail_prefix (error, path);
  bool ok = nn_file_write (path, bytes, size, error);
  free (bytes);
  return ok;
}
