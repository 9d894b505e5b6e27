/* SPDX-License-Identifier: MIT */
#include "eval/labels.h"
#include "test.h"

#include <string.h>

static fer_model
model_of (const char *const *labels, int n)
{
  fer_model model = { .n_labels = n };
  for (int i = 0; i < n; i++)
    model.labels[i] = (char *) labels[i];
  return model;
}

static const char *const plus[8] = { "neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt" };

static void
names_and_synonyms_are_the_same_class (void)
{
  static const int of_plus[8] = { 6, 3, 5, 4, 0, 1, 2, EVAL_CONTEMPT };
  for (int i = 0; i < 8; i++)
    check (eval_expression_of (plus[i]) == of_plus[i]);
  for (int i = 0; i < 7; i++)
    check (eval_expression_of (fer_labels7[i]) == i);
  check (eval_expression_of ("Happy") == 3 && eval_expression_of ("AFRAID") == 2 && eval_expression_of ("smile") == -1
         && eval_expression_of ("") == -1);
  const eval_labels seven = eval_labels_of_fer (false), eight = eval_labels_of_fer (true);
  check (seven.n == 7 && eight.n == 8 && eval_class_of (&seven, "contempt") == -1 && eval_class_of (&eight, "contempt") == 7);
}

static void
models_match_in_any_order_and_with_or_without_contempt (void)
{
  const eval_labels seven = eval_labels_of_fer (false), eight = eval_labels_of_fer (true);
  const fer_model plain = model_of (fer_labels7, 7), of_plus = model_of (plus, 8);
  int of[FER_MAX_LABELS];
  nn_error error;
  require (eval_labels_match (&seven, &plain, of, &error));
  for (int i = 0; i < 7; i++)
    check (of[i] == i);
  require (eval_labels_match (&seven, &of_plus, of, &error));
  check (of[0] == 6 && of[1] == 3 && of[6] == 2 && of[7] == -1);
  require (eval_labels_match (&eight, &of_plus, of, &error));
  check (of[7] == EVAL_CONTEMPT);
  check (eval_labels_match (&eight, &plain, of, &error));
}

static void
what_does_not_match_is_named (void)
{
  const eval_labels seven = eval_labels_of_fer (false);
  const char *const strange[7] = { "smile", "disgust", "fear", "happy", "sad", "surprise", "neutral" }, *const twice[2] = { "happy", "joy" },
                    *const few[3] = { "happy", "sad", "neutral" };
  int of[FER_MAX_LABELS];
  nn_error error;
  check (!eval_labels_match (&seven, &(fer_model) { .n_labels = 0 }, of, &error) && strstr (error.text, "no label for angry"));
  fer_model model = model_of (strange, 7);
  check (!eval_labels_match (&seven, &model, of, &error) && strstr (error.text, "\"smile\" is none of the data's: angry, disgust"));
  model = model_of (twice, 2);
  check (!eval_labels_match (&seven, &model, of, &error) && strstr (error.text, "two labels for happy"));
  model = model_of (few, 3);
  check (!eval_labels_match (&seven, &model, of, &error) && strstr (error.text, "no label for angry"));
}

/* Without contempt the others are what they are among themselves; nothing else changes a bit. */
static void
probabilities_are_sorted_into_classes (void)
{
  const eval_labels seven = eval_labels_of_fer (false), eight = eval_labels_of_fer (true);
  const fer_model of_plus = model_of (plus, 8);
  const float p[8] = { 0.1f, 0.2f, 0.05f, 0.05f, 0.1f, 0, 0, 0.5f }, all_contempt[8] = { 0, 0, 0, 0, 0, 0, 0, 1 };
  float sorted[8];
  int of[FER_MAX_LABELS];
  nn_error error;
  require (eval_labels_match (&eight, &of_plus, of, &error));
  eval_labels_sort (&eight, of, 8, p, sorted);
  check (sorted[6] == 0.1f && sorted[3] == 0.2f && sorted[5] == 0.05f && sorted[7] == 0.5f);
  require (eval_labels_match (&seven, &of_plus, of, &error));
  eval_labels_sort (&seven, of, 8, p, sorted);
  check_near (sorted[3], 0.4, 1e-6);
  check_near (sorted[6], 0.2, 1e-6);
  check (sorted[1] == 0);
  eval_labels_sort (&seven, of, 8, all_contempt, sorted);
  for (int c = 0; c < 7; c++)
    check_near (sorted[c], 1.0 / 7, 1e-6);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (names_and_synonyms_are_the_same_class),
                                   TEST (models_match_in_any_order_and_with_or_without_contempt),
                                   TEST (what_does_not_match_is_named),
                                   TEST (probabilities_are_sorted_into_classes),
                                   { 0 } });
}
