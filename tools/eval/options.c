/* SPDX-License-Identifier: MIT */
#include "options.h"
#include "common/command.h"
#include "common/gnuplot.h"
#include "groups.h"
#include "spread.h"

#include <math.h>
#include <string.h>

#define MAX_THREADS 64
#define MAX_SIZE 8192 /* pixels of a shown picture's longer side */

static const char description[] =
    "Faces go one by one through the classifier that the feremotion element uses. Twins are rows that stand pixel for pixel in Training as well\n"
    "(8 % of PrivateTest): what a model knows of them by heart says nothing, so the accuracy without them is given beside the usual one.\n\n"
    "--task faces searches pictures for faces instead, upright, turned, and in less light, and compares what is found with the boxes of a table.\n\n"
    "Examples:\n"
    "  fer-eval --data fer2013.csv --split PrivateTest --json result.json --plot confusion.png\n"
    "  fer-eval --task faces --images bench --boxes bench.csv --negatives negatives --size 640 --json result.json\n"
    "  fer-eval --groups people.csv --page bias.md --max-gap 0.1\n\n"
    "Exit status: 0, or 1 after an error, 2 when the command line is wrong, 3 when a gap is larger than --max-gap.";

eval_kind
eval_options_kind (const eval_options *o)
{
  if (o->task_name && !strcmp (o->task_name, "faces"))
    return EVAL_FACES;
  return o->groups ? EVAL_GROUPS : EVAL_EXPRESSION;
}

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
check_threads (const eval_options *o, nn_error *error)
{
  return (o->threads >= 0 && o->threads <= MAX_THREADS)
         || nn_fail (error, "--threads %d: expected 1 to %d, or 0: all cores", o->threads, MAX_THREADS);
}

/* How the face of a picture is found. */
static bool
check_way (const eval_options *o, nn_error *error)
{
  return !o->faces_name || !strcmp (o->faces_name, "finder") || !strcmp (o->faces_name, "frame")
         || nn_fail (error, "--faces %s: expected finder or frame", o->faces_name);
}

static bool
check_data (eval_options *o, nn_error *error)
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
check_pictures (eval_options *o, nn_error *error)
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
check_expression (eval_options *o, nn_error *error)
{
  const int looks = index_of (o->looks_name, eval_looks_names, EVAL_N_LOOKS);
  if (looks < 0)
    return nn_fail (error, "--tta %s: expected flip or ten", o->looks_name);
  o->looks = (eval_looks) looks;
  if (o->seeds && g_strv_length (o->seeds) >= EVAL_MAX_SEEDS)
    return nn_fail (error, "--seed-model: %u models, expected at most %d beside --model", g_strv_length (o->seeds), EVAL_MAX_SEEDS - 1);
  if (o->runs && !o->card)
    return nn_fail (error, "--runs: is for --card, which is missing");
  if (!(o->images || o->manifest ? check_pictures : check_data) (o, error))
    return false;
  if (!check_threads (o, error))
    return false;
  if (!tool_read_precision (o->precision_name, &o->precision, error))
    return false;
  return check_plot ("--plot", o->plot, error) && check_plot ("--reliability", o->reliability, error);
}

static bool
check_faces (const eval_options *o, nn_error *error)
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

static const eval_options defaults = {
  .size = 640, .seed = 1, .threshold = (double) FER_FINDER_THRESHOLD, .together = 2, .resamples = 10000, .max_gap = HUGE_VAL,
};

/* The first option given that this kind of evaluation would not look at, and what it is for; NULL: none. */
static const char *
first_stranger (const eval_options *o, eval_kind kind, int *is_for)
{
  const struct {
    const char *name;
    int is_for;
    bool given;
  } all[] = {
    { "--data", EVAL_EXPRESSION, o->data },
    { "--split", EVAL_EXPRESSION, o->split_name },
    { "--manifest", EVAL_EXPRESSION, o->manifest },
    { "--half", EVAL_EXPRESSION, o->half_name },
    { "--votes", EVAL_EXPRESSION, o->votes },
    { "--protocol", EVAL_EXPRESSION, o->protocol },
    { "--compare", EVAL_EXPRESSION, o->compare },
    { "--seed-model", EVAL_EXPRESSION, o->seeds },
    { "--calibrate", EVAL_EXPRESSION, o->calibrate },
    { "--tta", EVAL_EXPRESSION, o->looks_name },
    { "--robustness", EVAL_EXPRESSION, o->robustness },
    { "--reliability", EVAL_EXPRESSION, o->reliability },
    { "--mistakes", EVAL_EXPRESSION, o->mistakes },
    { "--card", EVAL_EXPRESSION, o->card },
    { "--runs", EVAL_EXPRESSION, o->runs },
    { "--images", EVAL_EXPRESSION | EVAL_FACES, o->images },
    { "--plot", EVAL_EXPRESSION | EVAL_GROUPS, o->plot },
    { "--report", EVAL_EXPRESSION | EVAL_GROUPS, o->report },
    { "--precision", EVAL_EXPRESSION | EVAL_GROUPS, o->precision_name },
    { "--threads", EVAL_EXPRESSION | EVAL_GROUPS, o->threads },
    { "--faces", EVAL_EXPRESSION | EVAL_GROUPS, o->faces_name },
    { "--finder", EVAL_EXPRESSION | EVAL_GROUPS, o->finder },
    { "--boxes", EVAL_FACES, o->boxes },
    { "--negatives", EVAL_FACES, o->negatives },
    { "--sources", EVAL_FACES, o->sources },
    { "--held-out", EVAL_FACES, o->held_out },
    { "--views", EVAL_FACES, o->views },
    { "--detections", EVAL_FACES, o->detections },
    { "--write", EVAL_FACES, o->write },
    { "--groups", EVAL_GROUPS, o->groups },
    { "--columns", EVAL_GROUPS, o->columns },
    { "--predictions", EVAL_GROUPS, o->predictions },
    { "--write-predictions", EVAL_GROUPS, o->write_predictions },
    { "--max-gap", EVAL_GROUPS, o->max_gap != defaults.max_gap },
    { "--gap-of", EVAL_GROUPS, o->gap_of },
    { "--page", EVAL_GROUPS, o->page },
    { "--size", EVAL_FACES, o->size != defaults.size },
    { "--threshold", EVAL_FACES, o->threshold != defaults.threshold },
    { "--together", EVAL_GROUPS, o->together != defaults.together },
    { "--resamples", EVAL_GROUPS, o->resamples != defaults.resamples },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (all); i++)
    if (all[i].given && !(all[i].is_for & kind)) {
      *is_for = all[i].is_for;
      return all[i].name;
    }
  return NULL;
}

/* What would not be looked at is not silently dropped. */
static bool
check_kind (const eval_options *o, eval_kind kind, nn_error *error)
{
  int is_for;
  const char *stranger = first_stranger (o, kind, &is_for);
  if (!stranger)
    return true;
  if (kind == EVAL_EXPRESSION)
    return nn_fail (error, "%s: is for %s", stranger, is_for & EVAL_GROUPS ? "--groups" : "--task faces");
  return nn_fail (error, "%s and %s contradict each other", kind == EVAL_GROUPS ? "--groups" : "--task faces", stranger);
}

static bool
check_groups (eval_options *o, nn_error *error)
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
  if (o->predictions && (o->model || o->finder || o->faces_name))
    return nn_fail (error, "--predictions and %s contradict each other", o->model ? "--model" : o->finder ? "--finder" : "--faces");
  if (!check_threads (o, error))
    return false;
  return check_plot ("--plot", o->plot, error) && tool_read_precision (o->precision_name, &o->precision, error);
}

static bool
parse (eval_options *o, int *argc, char ***argv, nn_error *error)
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
    { "seed-model", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o->seeds,
      "another network of the same recipe, once for each: mean and deviation over the seeds", "FILE" },
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
  if (!tool_read_options (entries, "- evaluate an expression model, by groups of people as well, or a finder of faces", description, argc, argv,
                          error))
    return false;
  return *argc == 1 || nn_fail (error, "\"%s\" is not an option; expected options only", (*argv)[1]);
}

bool
eval_options_read (eval_options *o, int argc, char **argv, nn_error *error)
{
  *o = defaults;
  o->command = tool_command_line (argc, argv, false);
  o->typed = tool_command_line (argc, argv, true);
  if (!parse (o, &argc, &argv, error))
    return false;
  if (o->task_name && strcmp (o->task_name, "faces") && strcmp (o->task_name, "expression"))
    return nn_fail (error, "--task %s: expected expression or faces", o->task_name);
  const eval_kind kind = eval_options_kind (o);
  if (!check_kind (o, kind, error))
    return false;
  return kind == EVAL_FACES ? check_faces (o, error) : kind == EVAL_GROUPS ? check_groups (o, error) : check_expression (o, error);
}

void
eval_options_clear (eval_options *o)
{
  char **const texts[] = { &o->task_name, &o->model,      &o->json,        &o->data,     &o->split_name, &o->plot,        &o->precision_name,
                           &o->manifest,  &o->half_name,  &o->faces_name,  &o->finder,   &o->images,     &o->boxes,       &o->negatives,
                           &o->sources,   &o->views,      &o->detections,  &o->write,    &o->votes,      &o->protocol,    &o->compare,
                           &o->calibrate, &o->looks_name, &o->reliability, &o->mistakes, &o->report,     &o->card,        &o->runs,
                           &o->command,   &o->groups,     &o->columns,     &o->gap_of,   &o->page,       &o->predictions, &o->write_predictions,
                           &o->typed };
  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++)
    g_clear_pointer (texts[i], g_free);
  g_clear_pointer (&o->seeds, g_strfreev);
}
