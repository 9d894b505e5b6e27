/* SPDX-License-Identifier: MIT */
#include "options.h"
#include "common/command.h"
#include "common/gnuplot.h"
#include "presets.h"

#include <limits.h>
#include <string.h>

static bool
parse (train_options *o, int argc, char **argv, nn_error *error)
{
  const GOptionEntry entries[] = {
    { "task", 0, 0, G_OPTION_ARG_STRING, &o->task, "expression (default) or faces", "NAME" },
    { "data", 'd', 0, G_OPTION_ARG_FILENAME, &o->data, "fer2013.csv, plain or compressed, or a folder train/CLASS/*.jpg; faces: a CSV of boxes",
      "FILE|FOLDER" },
    { "images", 'i', 0, G_OPTION_ARG_FILENAME, &o->images, "faces: the folder of the pictures that --data names", "FOLDER" },
    { "negatives", 'n', 0, G_OPTION_ARG_FILENAME, &o->negatives, "faces: a folder of pictures without a face", "FOLDER" },
    { "cutouts", 0, 0, G_OPTION_ARG_FILENAME, &o->cutouts, "faces: fer2013.csv, whose faces are pasted into pictures without one", "FILE" },
    { "sources", 0, 0, G_OPTION_ARG_STRING, &o->sources, "faces: only pictures whose names begin with one of these and _", "NAME,..." },
    { "preset", 'p', 0, G_OPTION_ARG_STRING, &o->preset,
      "network and recipe by name: seed, s, m, ferplus-s, ferplus-m, default, teacher; faces: finder", "NAME" },
    { "architecture", 'a', 0, G_OPTION_ARG_FILENAME, &o->architecture, "network from a text file, with the preset's (seed's) recipe", "FILE" },
    { "init", 0, 0, G_OPTION_ARG_FILENAME, &o->init, "begin with this model's weights instead of random ones; its network is the same", "FILE" },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &o->output, "model to write (ONNX); its name without .onnx is NAME below", "FILE" },
    { "half", 0, 0, G_OPTION_ARG_NONE, &o->half, "write weights in half precision: a file of half the size", NULL },
    { "calibrate", 0, 0, G_OPTION_ARG_NONE, &o->calibrate, "divide the logits so that PublicTest finds the probabilities true", NULL },
    { "epochs", 'e', 0, G_OPTION_ARG_STRING, &o->epochs, "train so many epochs; the schedule is scaled to them (seed: 55)", "N" },
    { "batch", 'b', 0, G_OPTION_ARG_STRING, &o->batch, "images of a step (seed: 64)", "N" },
    { "rate", 'r', 0, G_OPTION_ARG_STRING, &o->rate, "highest learning rate (seed: 0.001)", "X" },
    { "seed", 's', 0, G_OPTION_ARG_STRING, &o->seed, "of all random numbers (1)", "N" },
    { "seeds", 0, 0, G_OPTION_ARG_INT, &o->seeds, "train N times, with seeds from --seed on; the best on PublicTest is the model", "N" },
    { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o->sets, "any other entry of the recipe; may be repeated", "KEY=VALUE" },
    { "votes", 0, 0, G_OPTION_ARG_FILENAME, &o->votes, "FER+ votes, plain or compressed: for a votes' head, for soft_labels", "FILE" },
    { "soft-labels", 0, 0, G_OPTION_ARG_STRING, &o->soft_labels, "share of the votes in the targets of the labels (0)", "0-1" },
    { "class-balance", 0, 0, G_OPTION_ARG_STRING, &o->balance, "none (default), sqrt or full: rows of rare classes weigh more", "NAME" },
    { "distill", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o->distill, "a model to learn from as well (--set distill=SHARE); may be repeated", "FILE" },
    { "dedupe", 0, 0, G_OPTION_ARG_NONE, &o->dedupe, "leave out rows of Training that stand in a test set, pixel for pixel", NULL },
    { "head", 0, 0, G_OPTION_ARG_STRING, &o->head, "what the model says: first (default), label, votes, both or blend", "NAME" },
    { "blend", 0, 0, G_OPTION_ARG_DOUBLE, &o->blend, "head blend: share of the votes' head (the preset's, or 0.5)", "0-1" },
    { "prior", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o->priors, "the class will be so many times as frequent as in Training; may be repeated",
      "LABEL=TIMES" },
    { "no-private-test", 0, 0, G_OPTION_ARG_NONE, &o->no_private, "leave PrivateTest unread: for what decides something", NULL },
    { "limit-train", 0, 0, G_OPTION_ARG_INT, &o->limit_train, "use the first N training rows (faces: pictures of each kind) only", "N" },
    { "threads", 't', 0, G_OPTION_ARG_INT, &o->threads, "threads (0: all cores); the result does not depend on it", "N" },
    { "checkpoint", 'c', 0, G_OPTION_ARG_FILENAME, &o->checkpoint, "where to save the state (NAME.ckpt)", "FILE" },
    { "keep-checkpoint", 0, 0, G_OPTION_ARG_NONE, &o->keep, "the checkpoint stays when the model is there: --resume writes another --head", NULL },
    { "resume", 0, 0, G_OPTION_ARG_NONE, &o->resume, "go on from the checkpoint", NULL },
    { "log", 'l', 0, G_OPTION_ARG_FILENAME, &o->log, "a line per epoch (NAME.csv)", "FILE" },
    { "plot", 0, 0, G_OPTION_ARG_FILENAME, &o->plot, "training curves as .svg or .png, by gnuplot (NAME.svg)", "FILE" },
    { 0 },
  };
  GString *text = g_string_new (NULL);
  for (nn_task_name task = 0; task < NN_N_TASKS; task++) {
    g_string_append_printf (text, "%sEntries of a recipe for --set, task %s:", task ? "\n" : "", nn_task_names[task]);
    for (int i = 0; nn_recipe_key (task, i); i++)
      g_string_append_printf (text, "%s%s", i % 10 ? " " : "\n  ", nn_recipe_key (task, i));
  }
  g_string_append (text, "\n\nThe state is saved after every epoch, every 5 minutes and on Ctrl-C (exit status 130); --resume goes on from there,\n"
                         "bit for bit.\n\n  fer-train --data fer2013.csv --preset seed --output my.onnx\n"
                         "  fer-train --task faces --data faces.csv --images FOLDER --negatives FOLDER --preset finder --output finder.onnx");
  bool good = tool_read_options (entries, "- train a network that reads expressions, or one that finds faces", text->str, &argc, &argv, error);
  if (good && argc > 1)
    good = nn_fail (error, "\"%s\" is not an option; expected options only", argv[1]);
  g_string_free (text, TRUE);
  return good;
}

/* NAME with another ending, where no other name was given and the output is a file. */
static void
default_name (char **name, const char *output, const char *ending)
{
  if (*name || !strcmp (output, "-"))
    return;
  const size_t length = strlen (output) - (g_str_has_suffix (output, ".onnx") ? 5 : 0);
  *name = g_strdup_printf ("%.*s%s", (int) length, output, ending);
}

static const char *const first_presets[NN_N_TASKS] = { "seed", "finder" };

/* What belongs to one task is not silently dropped for the other. */
static bool
check_task (train_options *o, nn_error *error)
{
  nn_task_name task = 0;
  while (o->task && task < NN_N_TASKS && strcmp (o->task, nn_task_names[task]))
    task++;
  if (task == NN_N_TASKS)
    return nn_fail (error, "--task %s: expected expression or faces", o->task);
  if (!o->data)
    return nn_fail (error, "--data is missing: expected a %s", task == NN_TASK_FACES ? "CSV of boxes" : "FER-2013 CSV file or a folder");
  if (task == NN_TASK_FACES && !o->images)
    return nn_fail (error, "--images is missing: expected the folder of the pictures that %s names", o->data);
  if (task == NN_TASK_FACES && (o->votes || o->distill || o->dedupe || o->head || o->priors || o->calibrate || o->blend != -1 || o->no_private))
    return nn_fail (error, "--votes, --distill, --dedupe, --head, --blend, --prior, --calibrate and --no-private-test belong to --task expression");
  if (task == NN_TASK_FACES && o->seeds > 1)
    return nn_fail (error, "--seeds belongs to --task expression: held-out scenes choose no finder");
  if (task == NN_TASK_EXPRESSION && (o->images || o->negatives || o->cutouts || o->sources))
    return nn_fail (error, "--images, --negatives, --cutouts and --sources belong to --task faces");
  if (!o->preset && !o->architecture)
    return nn_fail (error, "expected --preset %s or --architecture FILE", first_presets[task]);
  if (!o->preset)
    o->preset = g_strdup (first_presets[task]);
  if (train_preset_find (o->preset) && nn_preset (train_preset_find (o->preset)->recipe)->task == task)
    return true;
  GString *known = g_string_new (NULL);
  for (int i = 0; train_preset_at (i); i++)
    if (nn_preset (train_preset_at (i)->recipe)->task == task)
      g_string_append_printf (known, "%s%s", known->len ? ", " : "", train_preset_at (i)->name);
  nn_fail (error, "there is no preset \"%s\" for the task %s; expected %s", o->preset, nn_task_names[task], known->str);
  g_string_free (known, TRUE);
  return false;
}

static bool
check (train_options *o, nn_error *error)
{
  if (!check_task (o, error))
    return false;
  if (!o->architecture && !o->votes && train_preset_find (o->preset)->heads.head != TRAIN_HEAD_FIRST)
    return nn_fail (error, "--votes is missing: --preset %s has a head for FER+'s votes", o->preset);
  if (!o->output)
    return nn_fail (error, "--output is missing: expected the name of the model to write");
  if (o->blend != -1 && !(o->blend >= 0 && o->blend <= 1))
    return nn_fail (error, "--blend is %g, expected 0 to 1", o->blend);
  if (o->seeds < 1 || o->seeds > TRAIN_MAX_SEEDS)
    return nn_fail (error, "--seeds is %d, expected 1 to %d", o->seeds, TRAIN_MAX_SEEDS);
  if (o->seeds > 1 && !strcmp (o->output, "-"))
    return nn_fail (error, "--seeds writes several models: expected --output with a name");
  if (o->seeds > 1 && (o->checkpoint || o->log || o->plot))
    return nn_fail (error, "--seeds names the files of each training after --output: --checkpoint, --log and --plot contradict it");
  if (o->limit_train < 1)
    return nn_fail (error, "--limit-train is %d, expected at least 1", o->limit_train);
  if (o->threads < 0 || o->threads > 256)
    return nn_fail (error, "--threads is %d, expected 0 to 256", o->threads);
  if (o->threads == 0)
    o->threads = (int) g_get_num_processors ();
  default_name (&o->checkpoint, o->output, ".ckpt");
  default_name (&o->log, o->output, ".csv");
  default_name (&o->plot, o->output, ".svg");
  if (o->plot && !tool_plot_name_is_good (o->plot))
    return nn_fail (error, "--plot is \"%s\", expected a name that ends in .svg or .png", o->plot);
  if (o->plot && !o->log)
    return nn_fail (error, "--plot needs --log when the output is standard output");
  if ((o->checkpoint && !strcmp (o->checkpoint, "-")) || (o->log && !strcmp (o->log, "-")))
    return nn_fail (error, "--checkpoint and --log: expected the name of a file, which a resumed training goes on with");
  if (o->resume && !o->checkpoint)
    return nn_fail (error, "--resume needs --checkpoint when the output is standard output");
  return true;
}

static bool
set_entry (nn_recipe *recipe, const char *set, nn_error *error)
{
  const char *value = strchr (set, '=');
  if (!value)
    return nn_fail (error, "--set %s: expected KEY=VALUE", set);
  char *key = g_strndup (set, (size_t) (value - set));
  const bool good = nn_recipe_set (recipe, key, value + 1, error);
  g_free (key);
  return good;
}

static bool
read_head (const char *name, train_head *head, nn_error *error)
{
  int i = 0;
  while (i < TRAIN_N_HEADS && strcmp (name, train_head_names[i]))
    i++;
  *head = (train_head) i;
  return i < TRAIN_N_HEADS || nn_fail (error, "--head is \"%s\", expected first, label, votes, both or blend", name);
}

static bool
choose_heads (train_options *o, nn_error *error)
{
  o->heads = train_preset_find (o->preset)->heads;
  if (o->blend >= 0)
    o->heads.blend = (float) o->blend;
  else if (o->heads.head != TRAIN_HEAD_BLEND)
    o->heads.blend = 0.5f;
  for (char **prior = o->priors; prior && *prior; prior++)
    if (!train_heads_set_prior (&o->heads, *prior, error))
      return false;
  if (o->head && !read_head (o->head, &o->heads.head, error))
    return false;
  return o->blend == -1 || o->heads.head == TRAIN_HEAD_BLEND || nn_fail (error, "--blend is for --head blend");
}

/* The schedule of the recipe, in as many epochs as asked. */
static bool
set_epochs (nn_recipe *recipe, const char *value, nn_error *error)
{
  nn_recipe asked = *recipe;
  if (!nn_recipe_set (&asked, "epochs", value, error))
    return false;
  nn_recipe_scale (recipe, asked.epochs);
  return true;
}

static bool
make_recipe (train_options *o, nn_error *error)
{
  nn_recipe *recipe = &o->recipe;
  *recipe = *nn_preset (train_preset_find (o->preset)->recipe);
  for (char **set = o->sets; set && *set; set++)
    if (!set_entry (recipe, *set, error))
      return false;
  return (!o->epochs || set_epochs (recipe, o->epochs, error)) && (!o->batch || nn_recipe_set (recipe, "batch", o->batch, error))
         && (!o->rate || nn_recipe_set (recipe, "rate", o->rate, error)) && (!o->seed || nn_recipe_set (recipe, "seed", o->seed, error))
         && (!o->soft_labels || nn_recipe_set (recipe, "soft_labels", o->soft_labels, error))
         && (!o->balance || nn_recipe_set (recipe, "balance", o->balance, error)) && nn_recipe_check (recipe, error);
}

/* A released file has weights in half precision and calibrated probabilities; a teacher's two outputs need not be probable. Another network than
 * the preset's is written as asked. */
static bool
choose_form (train_options *o, nn_error *error)
{
  const train_preset *preset = train_preset_find (o->preset);
  const bool both = o->heads.head == TRAIN_HEAD_BOTH;
  if (o->calibrate && both)
    return nn_fail (error, "--calibrate is for a model with one output, --head both writes two");
  o->half |= preset->half && !o->architecture;
  o->calibrate |= preset->calibrate && !both && !o->architecture;
  return true;
}

bool
train_options_read (train_options *o, int argc, char **argv, nn_error *error)
{
  *o = (train_options) { .blend = -1, .seeds = 1, .limit_train = INT_MAX };
  return parse (o, argc, argv, error) && check (o, error) && choose_heads (o, error) && choose_form (o, error) && make_recipe (o, error);
}

void
train_options_clear (train_options *o)
{
  char **const texts[] = { &o->data,       &o->votes, &o->task, &o->preset, &o->architecture, &o->init,    &o->output,
                           &o->checkpoint, &o->log,   &o->plot, &o->images, &o->negatives,    &o->cutouts, &o->sources,
                           &o->epochs,     &o->batch, &o->rate, &o->seed,   &o->soft_labels,  &o->balance, &o->head };
  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++)
    g_clear_pointer (texts[i], g_free);
  g_clear_pointer (&o->sets, g_strfreev);
  g_clear_pointer (&o->distill, g_strfreev);
  g_clear_pointer (&o->priors, g_strfreev);
}
