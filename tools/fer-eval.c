/* SPDX-License-Identifier: MIT
 * fer-eval: how often a model reads faces as people labelled them, how alike it reads those of groups, and how well a finder finds faces. */
#include "common/command.h"
#include "common/gnuplot.h"
#include "eval/expression.h"
#include "eval/faces_report.h"
#include "eval/groups.h"

#include <math.h>
#include <string.h>

#define MAX_THREADS 64
#define MAX_SIZE 8192 /* pixels of a shown picture's longer side */

typedef struct options {
  char *task_name, *model, *json;
  char *data, *split_name, *plot, *precision_name;
  char *manifest, *half_name, *faces_name, *finder;
  char *votes, *protocol, *compare, *calibrate, *looks_name, *reliability, *mistakes, *report, *card, *runs, *command;
  gboolean robustness;
  gint64 seed;
  eval_looks looks;
  nn_precision precision;
  int threads;
  nn_split split;
  eval_half half;
  char *images, *boxes, *negatives, *sources, *views, *detections, *write;
  gboolean held_out;
  int size;
  double threshold;
  char *groups, *predictions, *write_predictions, *columns, *gap_of, *page, *typed;
  int together, resamples;
  double max_gap; /* HUGE_VAL: none */
} options;

static const char description[] =
    "Faces go one by one through the classifier that the feremotion element uses. Twins are rows that stand pixel for pixel in Training as well\n"
    "(8 % of PrivateTest): what a model knows of them by heart says nothing, so the accuracy without them is given beside the usual one.\n\n"
    "--task faces searches pictures for faces instead, upright, turned, and in less light, and compares what is found with the boxes of a table.\n\n"
    "Examples:\n"
    "  fer-eval --data fer2013.csv --split PrivateTest --json result.json --plot confusion.png\n"
    "  fer-eval --task faces --images bench --boxes bench.csv --negatives negatives --size 640 --json result.json\n"
    "  fer-eval --groups people.csv --page bias.md --max-gap 0.1\n\n"
    "Exit status: 0, or 1 after an error, 2 when the command line is wrong, 3 when a gap is larger than --max-gap.";

/* Which of names (n, the first: none given) is meant; -1: none. */
static int
index_of (const char *name, const char *const *names, int n)
{
  int i = 0;
  while (name && i < n && (!names[i] || strcmp (name, names[i])))
    i++;
  return i < n ? i : -1;
}

static bool
check_plot (const char *option, const char *path, nn_error *error)
{
  return !path || tool_plot_name_is_good (path) || nn_fail (error, "%s %s: expected a name that ends in .png or .svg", option, path);
}

static bool
check_threads (const options *o, nn_error *error)
{
  return (o->threads >= 0 && o->threads <= MAX_THREADS)
         || nn_fail (error, "--threads %d: expected 1 to %d, or 0: all cores", o->threads, MAX_THREADS);
}

/* How the face of a picture is found. */
static bool
check_way (const options *o, nn_error *error)
{
  return !o->faces_name || !strcmp (o->faces_name, "finder") || !strcmp (o->faces_name, "frame")
         || nn_fail (error, "--faces %s: expected finder or frame", o->faces_name);
}

static bool
check_data (options *o, nn_error *error)
{
  if (!o->data)
    return nn_fail (error, "--data is missing: expected a FER-2013 CSV file or a folder; or --images or --manifest");
  if (o->half_name || o->faces_name || o->finder)
    return nn_fail (error, "%s: is for --images and --manifest", o->half_name ? "--half" : o->faces_name ? "--faces" : "--finder");
  if (o->protocol && !o->votes)
    return nn_fail (error, "--protocol %s: --votes is missing: expected FER+'s votes", o->protocol);
  if (o->protocol && strcmp (o->protocol, "majority"))
    return nn_fail (error, "--protocol %s: expected majority", o->protocol);
  if (!o->split_name)
    return nn_fail (error, "--split is missing: expected Training, PublicTest or PrivateTest");
  const int split = index_of (o->split_name, nn_split_names, NN_N_SPLITS);
  if (split < 0)
    return nn_fail (error, "--split %s: expected Training, PublicTest or PrivateTest", o->split_name);
  o->split = (nn_split) split;
  return true;
}

static bool
check_pictures (options *o, nn_error *error)
{
  static const char *const halves[] = { NULL, "even", "odd" };
  if (o->data || o->split_name || o->votes || o->protocol || o->calibrate)
    return nn_fail (error, "%s contradicts --images and --manifest",
                    o->data         ? "--data"
                    : o->split_name ? "--split"
                    : o->votes      ? "--votes"
                    : o->protocol   ? "--protocol"
                                    : "--calibrate");
  const int half = index_of (o->half_name, halves, G_N_ELEMENTS (halves));
  if (half < 0)
    return nn_fail (error, "--half %s: expected even or odd", o->half_name);
  o->half = (eval_half) half;
  return check_way (o, error);
}

static bool
check_expression (options *o, nn_error *error)
{
  const int looks = index_of (o->looks_name, eval_looks_names, EVAL_N_LOOKS);
  if (looks < 0)
    return nn_fail (error, "--tta %s: expected flip or ten", o->looks_name);
  o->looks = (eval_looks) looks;
  if (!(o->images || o->manifest ? check_pictures : check_data) (o, error))
    return false;
  if (!check_threads (o, error))
    return false;
  if (!tool_read_precision (o->precision_name, &o->precision, error))
    return false;
  return check_plot ("--plot", o->plot, error) && check_plot ("--reliability", o->reliability, error);
}

static bool
check_faces (const options *o, nn_error *error)
{
  if (!o->images)
    return nn_fail (error, "--images is missing: expected a folder of pictures");
  if (!o->boxes)
    return nn_fail (error, "--boxes is missing: expected a CSV file that names file,x,y,w,h");
  if (o->size < 0 || o->size > MAX_SIZE)
    return nn_fail (error, "--size %d: expected 1 to %d pixels, or 0: as the pictures come", o->size, MAX_SIZE);
  if (!(o->threshold > 0 && o->threshold < 1))
    return nn_fail (error, "--threshold %g: expected more than 0 and less than 1", o->threshold);
  if (!!o->model + !!o->detections + !!o->write > 1)
    return nn_fail (error, "--model, --detections and --write contradict each other");
  return true;
}

/* The first option given that goes with --groups, or that goes with other data; NULL: none. */
static const char *
first_of (const options *o, bool with_groups)
{
  const struct {
    const char *name;
    bool with_groups, given;
  } all[] = {
    { "--columns", true, o->columns },
    { "--predictions", true, o->predictions },
    { "--write-predictions", true, o->write_predictions },
    { "--max-gap", true, !isinf (o->max_gap) },
    { "--gap-of", true, o->gap_of },
    { "--page", true, o->page },
    { "--data", false, o->data },
    { "--split", false, o->split_name },
    { "--images", false, o->images },
    { "--manifest", false, o->manifest },
    { "--half", false, o->half_name },
    { "--votes", false, o->votes },
    { "--compare", false, o->compare },
    { "--calibrate", false, o->calibrate },
    { "--tta", false, o->looks_name },
    { "--robustness", false, o->robustness },
    { "--reliability", false, o->reliability },
    { "--mistakes", false, o->mistakes },
    { "--card", false, o->card },
    { "--runs", false, o->runs },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (all); i++)
    if (all[i].given && all[i].with_groups == with_groups)
      return all[i].name;
  return NULL;
}

static bool
check_groups (options *o, nn_error *error)
{
  if (!check_way (o, error))
    return false;
  if (o->together < 1 || o->together > GROUPS_MAX_COLUMNS)
    return nn_fail (error, "--together %d: expected 1 to %d columns", o->together, GROUPS_MAX_COLUMNS);
  if (o->resamples < GROUPS_MIN_RESAMPLES || o->resamples > GROUPS_MAX_RESAMPLES)
    return nn_fail (error, "--resamples %d: expected %d to %d", o->resamples, GROUPS_MIN_RESAMPLES, GROUPS_MAX_RESAMPLES);
  if (!isinf (o->max_gap) && !(o->max_gap >= 0 && o->max_gap <= 1))
    return nn_fail (error, "--max-gap %g: expected 0 to 1", o->max_gap);
  if (o->gap_of && isinf (o->max_gap))
    return nn_fail (error, "--gap-of %s: says what --max-gap is for, which is missing", o->gap_of);
  const char *other = first_of (o, false);
  if (other)
    return nn_fail (error, "--groups and %s contradict each other", other);
  if (o->predictions && (o->model || o->finder || o->faces_name))
    return nn_fail (error, "--predictions and %s contradict each other", o->model ? "--model" : o->finder ? "--finder" : "--faces");
  if (!check_threads (o, error))
    return false;
  return check_plot ("--plot", o->plot, error) && tool_read_precision (o->precision_name, &o->precision, error);
}

static bool
is_faces (const options *o)
{
  return o->task_name && !strcmp (o->task_name, "faces");
}

static bool
read_options (options *o, int *argc, char ***argv, nn_error *error)
{
  const GOptionEntry entries[] = {
    { "task", 0, 0, G_OPTION_ARG_STRING, &o->task_name, "expression or faces (expression)", "NAME" },
    { "model", 'm', 0, G_OPTION_ARG_FILENAME, &o->model, "model file instead of the one inside the program", "FILE" },
    { "json", 'j', 0, G_OPTION_ARG_FILENAME, &o->json, "write the figures (docs/evaluation.md); - for standard output alone", "FILE" },
    { "data", 'd', 0, G_OPTION_ARG_FILENAME, &o->data, "fer2013.csv or icml_face_data.csv, plain or compressed, or a folder", "FILE|FOLDER" },
    { "split", 's', 0, G_OPTION_ARG_STRING, &o->split_name, "Training, PublicTest or PrivateTest", "NAME" },
    { "plot", 'p', 0, G_OPTION_ARG_FILENAME, &o->plot, "draw the confusion matrix, by gnuplot", "FILE.png|svg" },
    { "precision", 0, 0, G_OPTION_ARG_STRING, &o->precision_name, "exact, full or fast (full)", "NAME" },
    { "threads", 't', 0, G_OPTION_ARG_INT, &o->threads, "threads (0: all cores); the figures do not depend on it", "N" },
    { "votes", 0, 0, G_OPTION_ARG_FILENAME, &o->votes, "FER+'s votes: their majority is the label, one of eight", "FILE" },
    { "protocol", 0, 0, G_OPTION_ARG_STRING, &o->protocol, "what --votes say: majority (the only one)", "NAME" },
    { "calibrate", 0, 0, G_OPTION_ARG_FILENAME, &o->calibrate, "fit a temperature on PublicTest and write the model that has it", "OUT.onnx" },
    { "compare", 0, 0, G_OPTION_ARG_FILENAME, &o->compare, "another model: McNemar's test", "FILE" },
    { "tta", 0, 0, G_OPTION_ARG_STRING, &o->looks_name, "an extra row: the mean of two or ten looks at each face", "flip|ten" },
    { "robustness", 0, 0, G_OPTION_ARG_NONE, &o->robustness, "accuracy on faces that are turned, blurred, dark, ...", NULL },
    { "reliability", 0, 0, G_OPTION_ARG_FILENAME, &o->reliability, "draw the reliability diagram, by gnuplot", "FILE.png|svg" },
    { "mistakes", 0, 0, G_OPTION_ARG_FILENAME, &o->mistakes, "draw the surest of the wrong readings", "FILE.png" },
    { "report", 0, 0, G_OPTION_ARG_FILENAME, &o->report, "write all of it as one page, with plots and mistakes", "FILE.html" },
    { "card", 0, 0, G_OPTION_ARG_FILENAME, &o->card, "write the model card", "FILE.md" },
    { "runs", 0, 0, G_OPTION_ARG_FILENAME, &o->runs, "--card: trainings that led to the model (docs/training-runs.csv)", "CSV" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &o->seed, "of intervals and of what spoils faces (1)", "N" },
    { "images", 0, 0, G_OPTION_ARG_FILENAME, &o->images, "labelled pictures, FOLDER/CLASS/*.jpg or *.png; faces: folder of the pictures", "FOLDER" },
    { "manifest", 0, 0, G_OPTION_ARG_FILENAME, &o->manifest, "labelled pictures as a table names them, in --images (docs/evaluation.md)", "CSV" },
    { "half", 0, 0, G_OPTION_ARG_STRING, &o->half_name, "of the pictures those whose names' CRC-32 is even or odd", "even|odd" },
    { "faces", 0, 0, G_OPTION_ARG_STRING, &o->faces_name, "of pictures without a box: finder: find the face; frame: the picture is one (finder)",
      "WAY" },
    { "finder", 0, 0, G_OPTION_ARG_FILENAME, &o->finder, "face finder instead of the one inside the program", "FILE" },
    { "boxes", 0, 0, G_OPTION_ARG_FILENAME, &o->boxes, "faces: where they are (docs/data.md)", "CSV" },
    { "negatives", 0, 0, G_OPTION_ARG_FILENAME, &o->negatives, "faces: folder of pictures without any", "FOLDER" },
    { "sources", 0, 0, G_OPTION_ARG_STRING, &o->sources, "faces: only pictures whose names begin so, and with _", "NAME,..." },
    { "held-out", 0, 0, G_OPTION_ARG_NONE, &o->held_out, "faces: only pictures that are never trained on", NULL },
    { "size", 0, 0, G_OPTION_ARG_INT, &o->size, "faces: pixels of a picture's longer side, 0: as it comes (640)", "N" },
    { "threshold", 0, 0, G_OPTION_ARG_DOUBLE, &o->threshold, "faces: score of what counts as found (0.5)", "SCORE" },
    { "views", 0, 0, G_OPTION_ARG_STRING, &o->views, "faces: plain and these (all)", "NAME,..." },
    { "detections", 0, 0, G_OPTION_ARG_FILENAME, &o->detections, "faces: evaluate what another program found", "CSV" },
    { "write", 0, 0, G_OPTION_ARG_FILENAME, &o->write, "faces: write the pictures for another program, as PPM", "FILE" },
    { "groups", 0, 0, G_OPTION_ARG_FILENAME, &o->groups, "how alike groups of people are read that this table declares (docs/bias.md)", "CSV" },
    { "columns", 0, 0, G_OPTION_ARG_STRING, &o->columns, "groups: columns that hold groups (all but path, label, x, y, w, h)", "NAME,..." },
    { "together", 0, 0, G_OPTION_ARG_INT, &o->together, "groups: of how many columns at most to look at intersections (2)", "N" },
    { "predictions", 0, 0, G_OPTION_ARG_FILENAME, &o->predictions, "groups: what was read of the pictures, instead of reading them", "CSV" },
    { "write-predictions", 0, 0, G_OPTION_ARG_FILENAME, &o->write_predictions, "groups: write such a file", "CSV" },
    { "resamples", 0, 0, G_OPTION_ARG_INT, &o->resamples, "groups: of the bootstrap, and permutations (10000)", "N" },
    { "max-gap", 0, 0, G_OPTION_ARG_DOUBLE, &o->max_gap, "groups: exit status 3 when a gap is larger", "0-1" },
    { "gap-of", 0, 0, G_OPTION_ARG_STRING, &o->gap_of, "groups: what --max-gap is for (detection,accuracy,equalised_odds)", "NAME,..." },
    { "page", 0, 0, G_OPTION_ARG_FILENAME, &o->page, "groups: write everything as Markdown", "FILE.md" },
    { 0 },
  };
  if (!tool_read_options (entries, "- evaluate an expression model, by groups of people as well, or a finder of faces", description, argc, argv, error))
    return false;
  if (*argc > 1)
    return nn_fail (error, "\"%s\" is not an option; expected options only", (*argv)[1]);
  if (o->task_name && !is_faces (o) && strcmp (o->task_name, "expression"))
    return nn_fail (error, "--task %s: expected expression or faces", o->task_name);
  if (is_faces (o) && o->groups)
    return nn_fail (error, "--task faces and --groups contradict each other");
  if (!o->groups && first_of (o, true))
    return nn_fail (error, "%s: is for --groups", first_of (o, true));
  return is_faces (o) ? check_faces (o, error) : o->groups ? check_groups (o, error) : check_expression (o, error);
}

static bool
run_expression (const options *o, nn_error *error)
{
  const eval_order order = { .model = o->model,
                             .finder = o->finder,
                             .data = o->data,
                             .split = o->split,
                             .images = o->images,
                             .manifest = o->manifest,
                             .half = o->half,
                             .frame = o->faces_name && !strcmp (o->faces_name, "frame"),
                             .precision = o->precision,
                             .threads = o->threads,
                             .votes = o->votes,
                             .seed = (uint64_t) o->seed,
                             .compare = o->compare,
                             .calibrate = o->calibrate,
                             .looks = o->looks,
                             .robustness = o->robustness,
                             .reliability = o->reliability,
                             .mistakes = o->mistakes,
                             .report = o->report,
                             .card = o->card,
                             .runs = o->runs,
                             .command = o->command,
                             .json = o->json,
                             .plot = o->plot };
  return eval_expression (&order, error);
}

static bool
report_faces (const options *o, const eval_task *task, const eval_faces *result, nn_error *error)
{
  char model[256];
  fer_model_name (o->detections ? o->detections : o->model, model, sizeof model);
  if (!o->json || strcmp (o->json, "-"))
    eval_faces_print (model, task, result);
  return tool_flush (error) && (!o->json || eval_faces_write_json (model, task, result, o->json, error));
}

static bool
run_faces (const options *o, nn_error *error)
{
  const eval_task task = { .images = o->images,
                           .boxes = o->boxes,
                           .negatives = o->negatives,
                           .sources = o->sources,
                           .views = o->views,
                           .held_out = o->held_out,
                           .size = o->size,
                           .threshold = (float) o->threshold };
  eval_finder *finder = o->write        ? eval_finder_writer (o->write, error)
                        : o->detections ? eval_finder_table (o->detections, error)
                                        : eval_finder_model (o->model, (float) o->threshold, error);
  eval_faces result;
  const bool good = finder && eval_faces_run (&task, finder, &result, error) && (o->write || report_faces (o, &task, &result, error));
  eval_finder_free (finder);
  return good;
}

static int
run_groups (const options *o, nn_error *error)
{
  const groups_order order = { .command = o->typed,
                               .manifest = o->groups,
                               .predictions = o->predictions,
                               .eyes = { o->model, o->finder, o->precision, o->faces_name && !strcmp (o->faces_name, "frame") },
                               .columns = o->columns,
                               .together = o->together,
                               .resamples = o->resamples,
                               .threads = o->threads ? o->threads : (int) g_get_num_processors (),
                               .seed = (uint64_t) o->seed,
                               .max_gap = o->max_gap,
                               .gap_of = o->gap_of,
                               .json = o->json,
                               .page = o->page,
                               .report = o->report,
                               .plot = o->plot,
                               .write_predictions = o->write_predictions };
  return groups_run (&order, error);
}

static int
run (const options *o, nn_error *error)
{
  if (o->groups)
    return run_groups (o, error);
  return (is_faces (o) ? run_faces : run_expression) (o, error) ? TOOL_GOOD : TOOL_ERROR;
}

int
main (int argc, char **argv)
{
  options o = { .size = 640, .seed = 1, .threshold = (double) FER_FINDER_THRESHOLD, .together = 2, .resamples = 10000, .max_gap = HUGE_VAL };
  nn_error error = { "" };
  o.command = tool_command_line (argc, argv, false);
  o.typed = tool_command_line (argc, argv, true);
  const int status = read_options (&o, &argc, &argv, &error) ? run (&o, &error) : TOOL_USAGE;
  char **const texts[] = { &o.task_name, &o.model,      &o.json,        &o.data,     &o.split_name, &o.plot,        &o.precision_name,
                           &o.manifest,  &o.half_name,  &o.faces_name,  &o.finder,   &o.images,     &o.boxes,       &o.negatives,
                           &o.sources,   &o.views,      &o.detections,  &o.write,    &o.votes,      &o.protocol,    &o.compare,
                           &o.calibrate, &o.looks_name, &o.reliability, &o.mistakes, &o.report,     &o.card,        &o.runs,
                           &o.command,   &o.groups,     &o.columns,     &o.gap_of,   &o.page,       &o.predictions, &o.write_predictions,
                           &o.typed };
  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (*texts[i]);
  return tool_end ("fer-eval", status, &error);
}
