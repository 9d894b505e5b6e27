/* SPDX-License-Identifier: MIT */
#include "labels.h"

#include <glib.h>
#include <string.h>

#define MOST_NAMES 5

const char *const eval_expressions[EVAL_N_EXPRESSIONS] = { "angry", "disgust", "fear", "happy", "sad", "surprise", "neutral", "contempt" };

static const char *const synonyms[EVAL_N_EXPRESSIONS][MOST_NAMES] = {
  { "anger" }, { "disgusted" },    { "fearful", "afraid", "scared" }, { "happiness", "joy", "joyful" }, { "sadness" }, { "surprised" },
  { NULL },    { "contemptuous" },
};

int
eval_expression_of (const char *name)
{
  for (int e = 0; e < EVAL_N_EXPRESSIONS; e++) {
    if (!g_ascii_strcasecmp (name, eval_expressions[e]))
      return e;
    for (int i = 0; i < MOST_NAMES && synonyms[e][i]; i++)
      if (!g_ascii_strcasecmp (name, synonyms[e][i]))
        return e;
  }
  return -1;
}

eval_labels
eval_labels_of_fer (bool contempt)
{
  eval_labels classes = { .n = EVAL_CONTEMPT + contempt };
  memcpy (classes.names, eval_expressions, sizeof eval_expressions);
  return classes;
}

int
eval_class_of (const eval_labels *classes, const char *label)
{
  for (int c = 0; c < classes->n; c++)
    if (!strcmp (classes->names[c], label))
      return c;
  const int expression = eval_expression_of (label);
  for (int c = 0; expression >= 0 && c < classes->n; c++)
    if (eval_expression_of (classes->names[c]) == expression)
      return c;
  return -1;
}

static bool
fail_with_list (const eval_labels *classes, const char *label, nn_error *error)
{
  GString *list = g_string_new (NULL);
  for (int c = 0; c < classes->n; c++)
    g_string_append_printf (list, "%s%s", c ? ", " : "", classes->names[c]);
  nn_fail (error, "the model's label \"%s\" is none of the data's: %s", label, list->str);
  g_string_free (list, TRUE);
  return false;
}

bool
eval_labels_match (const eval_labels *classes, const fer_model *model, int of_model[FER_MAX_LABELS], nn_error *error)
{
  bool read[FER_MAX_LABELS] = { false };
  for (int i = 0; i < model->n_labels; i++) {
    const int c = of_model[i] = eval_class_of (classes, model->labels[i]);
    if (c < 0 && eval_expression_of (model->labels[i]) != EVAL_CONTEMPT)
      return fail_with_list (classes, model->labels[i], error);
    if (c >= 0 && read[c])
      return nn_fail (error, "the model has two labels for %s", classes->names[c]);
    if (c >= 0)
      read[c] = true;
  }
  for (int c = 0; c < classes->n; c++)
    if (!read[c] && eval_expression_of (classes->names[c]) != EVAL_CONTEMPT)
      return nn_fail (error, "the model has no label for %s", classes->names[c]);
  return true;
}

void
eval_labels_sort (const eval_labels *classes, const int *of_model, int n_labels, const float *p, float *sorted)
{
  float sum = 0, all = 0;
  memset (sorted, 0, (size_t) classes->n * sizeof *sorted);
  for (int i = 0; i < n_labels; i++) {
    all += p[i];
    if (of_model[i] < 0)
      continue;
    sorted[of_model[i]] = p[i];
    sum += p[i];
  }
  for (int c = 0; sum < all && c < classes->n; c++) /* bits stay as they are where nothing is left out */
    sorted[c] = sum > 0 ? sorted[c] / sum : 1 / (float) classes->n;
}
