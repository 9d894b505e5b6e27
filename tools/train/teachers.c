/* SPDX-License-Identifier: MIT */
#include "teachers.h"
#include "fer/fer.h"

#include <string.h>

/* Labels of the first output; of another one a model file says nothing. */
static bool
check_labels (const fer_model *model, nn_error *error)
{
  const char *const *labels = model->n_labels == NN_VOTE_CLASSES ? fer_labels8 : fer_labels7;
  bool same = model->n_labels == 7 || model->n_labels == NN_VOTE_CLASSES;
  for (int i = 0; same && i < model->n_labels; i++)
    same = !strcmp (model->labels[i], labels[i]);
  return same || nn_fail (error, "fer.labels of a teacher: expected FER-2013's seven or FER+'s eight, in their order");
}

static bool
check_input (const fer_crop *crop, const nn_input *input, nn_error *error)
{
  if (crop->per_image != input->per_image)
    return nn_fail (error, "the teacher %s pictures one by one, the recipe %s", crop->per_image ? "standardises" : "does not standardise",
                    input->per_image ? "does" : "does not");
  if (crop->per_image && crop->sd_floor != input->sd_floor)
    return nn_fail (error, "the teacher's sd_floor is %g, the recipe's %g", (double) crop->sd_floor, (double) input->sd_floor);
  if (!crop->per_image && (crop->mean != input->mean || crop->sd != input->sd))
    return nn_fail (error, "the teacher's mean and sd are %g and %g, the recipe's %g and %g", (double) crop->mean, (double) crop->sd,
                    (double) input->mean, (double) input->sd);
  return true;
}

static fer_model *
load (const char *path, const nn_input *input, nn_error *error)
{
  fer_model *model = fer_model_load (path, error);
  if (!model || (check_labels (model, error) && check_input (&model->crop, input, error)))
    return model;
  nn_fail_prefix (error, path);
  fer_model_free (model);
  return NULL;
}

/* Their words are asked for epoch by epoch; the models themselves may go. */
bool
train_find_teachers (nn_trainer *trainer, const nn_recipe *recipe, char *const *paths, nn_error *error)
{
  fer_model *models[NN_MAX_TEACHERS];
  const nn_model *networks[NN_MAX_TEACHERS];
  int n = 0;
  bool good = true;
  for (; good && paths && paths[n]; n += good) {
    good = n < NN_MAX_TEACHERS || nn_fail (error, "more than %d models for --distill", NN_MAX_TEACHERS);
    good = good && (models[n] = load (paths[n], &recipe->input, error));
    if (good)
      networks[n] = models[n]->nn;
  }
  good = good && (n == 0 || nn_trainer_learn_from (trainer, networks, n, error) || nn_fail_prefix (error, "--distill"));
  while (n > 0)
    fer_model_free (models[--n]);
  return good;
}
