/* SPDX-License-Identifier: MIT
 * fer-eval: how often a model reads FER-2013's faces as people labelled them. */
#include "common/command.h"
#include "common/dataset.h"
#include "eval/plot.h"
#include "eval/predict.h"
#include "eval/report.h"

#include <stdio.h>
#include <string.h>

typedef struct options {
  char *data, *split_name, *model, *json, *plot, *precision_name;
  nn_precision precision;
  int threads;
  nn_split split;
} options;

static const char description[] =
    "Faces go one by one through the classifier that the feremotion element uses. Twins are rows that stand pixel for pixel in Training as well\n"
    "(8 % of PrivateTest): what a model knows of them by heart says nothing, so the accuracy without them is given beside the usual "
    "one.\n\nExample:\n"
    "  fer-eval --data fer2013.csv --split PrivateTest --json result.json --plot confusion.png";

static bool
read_options (options *o, int *argc, char ***argv, nn_error *error)
{
  const GOptionEntry entries[] = {
    { "data", 'd', 0, G_OPTION_ARG_FILENAME, &o->data, "fer2013.csv or icml_face_data.csv, plain or compressed, or a folder", "FILE|FOLDER" },
    { "split", 's', 0, G_OPTION_ARG_STRING, &o->split_name, "Training, PublicTest or PrivateTest", "NAME" },
    { "model", 'm', 0, G_OPTION_ARG_FILENAME, &o->model, "model file instead of the one inside the program", "FILE" },
    { "json", 'j', 0, G_OPTION_ARG_FILENAME, &o->json, "write the figures (docs/evaluation.md); - for standard output alone", "FILE" },
    { "plot", 'p', 0, G_OPTION_ARG_FILENAME, &o->plot, "draw the confusion matrix, by gnuplot", "FILE.png|svg" },
    { "precision", 0, 0, G_OPTION_ARG_STRING, &o->precision_name, "exact, full or fast (full)", "NAME" },
    { "threads", 't', 0, G_OPTION_ARG_INT, &o->threads, "threads (all cores); the figures do not depend on it", "N" },
    { 0 },
  };
  if (!tool_read_options (entries, "- evaluate an expression model on FER-2013", description, argc, argv, error))
    return false;
  if (*argc > 1)
    return nn_fail (error, "\"%s\" is not an option; expected options only", (*argv)[1]);
  if (!o->data)
    return nn_fail (error, "--data is missing: expected a FER-2013 CSV file or a folder");
  if (!o->split_name)
    return nn_fail (error, "--split is missing: expected Training, PublicTest or PrivateTest");
  int split = 0;
  while (split < NN_N_SPLITS && strcmp (o->split_name, nn_split_names[split]))
    split++;
  if (split == NN_N_SPLITS)
    return nn_fail (error, "--split %s: expected Training, PublicTest or PrivateTest", o->split_name);
  o->split = (nn_split) split;
  if (o->threads < 0)
    return nn_fail (error, "--threads %d: expected 1 or more", o->threads);
  if (!tool_read_precision (o->precision_name, &o->precision, error))
    return false;
  return !o->plot || tool_plot_name_is_good (o->plot) || nn_fail (error, "--plot %s: expected a name that ends in .png or .svg", o->plot);
}

/* Rows of the split with what is known of them, in the order of the data. */
typedef struct rows {
  int n, *index;
  uint8_t *truth, *predicted;
  bool *twins;
} rows;

static void
free_rows (rows *r)
{
  g_free (r->index);
  g_free (r->truth);
  g_free (r->predicted);
  g_free (r->twins);
}

static rows
find_rows (const nn_dataset *data, nn_split split)
{
  size_t n = (size_t) data->n;
  rows r = { 0, g_new (int, n), g_new (uint8_t, n), g_new (uint8_t, n), g_new (bool, n) };
  bool *twins = g_new (bool, n);
  if (!nn_dataset_twins (data, twins))
    g_error ("no memory for the twins of %d rows", data->n); /* as g_new would */
  for (int i = 0; i < data->n; i++) {
    if (data->splits[i] != split)
      continue;
    r.index[r.n] = i;
    r.truth[r.n] = data->labels[i];
    r.twins[r.n++] = twins[i];
  }
  g_free (twins);
  return r;
}

static bool
plot (const options *o, const eval_subject *subject, const eval_metrics *metrics, nn_error *error)
{
  switch (eval_plot_confusion (subject, metrics, o->plot, error)) {
  case TOOL_PLOTTED: return true;
  case TOOL_PLOT_FAILED: return false;
  case TOOL_PLOT_NO_GNUPLOT: break;
  }
  fprintf (stderr, "fer-eval: no %s: gnuplot is not installed\n", o->plot);
  return true;
}

static bool
evaluate (const options *o, const nn_dataset *data, nn_error *error)
{
  rows r = find_rows (data, o->split);
  bool good = r.n > 0 || nn_fail (error, "%s: no row is %s", o->data, o->split_name);
  good = good && eval_predict (o->model, o->precision, data, r.index, r.n, o->threads ? o->threads : (int) g_get_num_processors (), r.predicted, error);
  if (good) {
    char model[256], *data_name = g_path_get_basename (o->data);
    eval_metrics metrics;
    fer_model_name (o->model, model, sizeof model);
    eval_measure (r.n, G_N_ELEMENTS (fer_labels7), r.truth, r.predicted, r.twins, &metrics);
    const eval_subject subject = { model, data_name, o->split_name };
    if (!o->json || strcmp (o->json, "-"))
      eval_print (&subject, &metrics);
    good =
        tool_flush (error) && (!o->json || eval_write_json (&subject, &metrics, o->json, error)) && (!o->plot || plot (o, &subject, &metrics, error));
    g_free (data_name);
  }
  free_rows (&r);
  return good;
}

static bool
run (const options *o, nn_error *error)
{
  nn_dataset *data = tool_load_dataset (o->data, error);
  bool good = data && evaluate (o, data, error);
  nn_dataset_free (data);
  return good;
}

int
main (int argc, char **argv)
{
  options o = { 0 };
  nn_error error = { "" };
  int status = !read_options (&o, &argc, &argv, &error) ? TOOL_USAGE : run (&o, &error) ? TOOL_GOOD : TOOL_ERROR;
  char **const texts[] = { &o.data, &o.split_name, &o.model, &o.json, &o.plot, &o.precision_name };
  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (*texts[i]);
  return tool_end ("fer-eval", status, &error);
}
