/* SPDX-License-Identifier: MIT */
#include "nn_train.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_EPOCHS 100000

const char *const nn_task_names[NN_N_TASKS] = { "expression", "faces" };

void
nn_recipe_scale (nn_recipe *recipe, int epochs)
{
  const double share = (double) epochs / recipe->epochs;
  recipe->warmup = (float) ((double) recipe->warmup * share);
  recipe->step_epochs = (int) fmin (fmax (1, (double) recipe->step_epochs * share + 0.5), MOST_EPOCHS);
  recipe->epochs = epochs;
}

/* ---- fields: one table writes them, checks them and sets them ------------------------------------------------------------ */

typedef struct field {
  const char *name;
  enum { INTEGER, NUMBER, CHOICE, YES_NO, SEED } type;
  size_t offset;
  double low, high;           /* both allowed */
  const char *const *choices; /* CHOICE: names of 0, 1, ..., NULL */
  int task;                   /* 1 + the only nn_task_name that it is an entry for; 0: all */
} field;

static const char *const optimisers[] = { "adam", "sgd", NULL };
static const char *const balances[] = { "none", "sqrt", "full", NULL };
static const char *const schedules[] = { "constant", "step", "cosine", NULL };

#define AT(member) offsetof (nn_recipe, member)
#define FACES (1 + NN_TASK_FACES)
#define EXPRESSION (1 + NN_TASK_EXPRESSION)
static const field fields[] = {
  { "height", INTEGER, AT (input.h), 1, 512, NULL, 0 },
  { "width", INTEGER, AT (input.w), 1, 512, NULL, 0 },
  { "per_image", YES_NO, AT (input.per_image), 0, 1, NULL, EXPRESSION },
  { "mean", NUMBER, AT (input.mean), -1e6, 1e6, NULL, 0 },
  { "sd", NUMBER, AT (input.sd), 1e-6, 1e6, NULL, 0 },
  { "sd_floor", NUMBER, AT (input.sd_floor), 1e-6, 1e6, NULL, EXPRESSION },
  { "rotation", NUMBER, AT (augment.rotation), 0, 180, NULL, 0 },
  { "zoom", NUMBER, AT (augment.zoom), 0, 0.9, NULL, EXPRESSION },
  { "shift", NUMBER, AT (augment.shift), 0, 1, NULL, EXPRESSION },
  { "flip", NUMBER, AT (augment.flip), 0, 1, NULL, 0 },
  { "contrast", NUMBER, AT (augment.contrast), 0, 1, NULL, 0 },
  { "erase", NUMBER, AT (augment.erase), 0, 1, NULL, EXPRESSION },
  { "blur", NUMBER, AT (augment.blur), 0, 1, NULL, EXPRESSION },
  { "noise", NUMBER, AT (augment.noise), 0, 255, NULL, EXPRESSION },
  { "crop", INTEGER, AT (augment.crop), 0, 512, NULL, EXPRESSION },
  { "smallest", NUMBER, AT (scene.smallest), 1, 512, NULL, FACES },
  { "largest", NUMBER, AT (scene.largest), 1, 512, NULL, FACES },
  { "mosaic", NUMBER, AT (scene.mosaic), 0, 1, NULL, FACES },
  { "paste", NUMBER, AT (scene.paste), 0, 1, NULL, FACES },
  { "hard", NUMBER, AT (scene.hard), 0, 1, NULL, FACES },
  { "dark", NUMBER, AT (scene.dark), 0, 1, NULL, FACES },
  { "blur", NUMBER, AT (scene.blur), 0, 1, NULL, FACES },
  { "noise", NUMBER, AT (scene.noise), 0, 255, NULL, FACES },
  { "occlude", NUMBER, AT (scene.occlude), 0, 1, NULL, FACES },
  { "mask", NUMBER, AT (scene.mask), 0, 1, NULL, FACES },
  { "epochs", INTEGER, AT (epochs), 1, MOST_EPOCHS, NULL, 0 },
  { "batch", INTEGER, AT (batch), 2, 4096, NULL, 0 }, /* batch normalisation needs two */
  { "optimiser", CHOICE, AT (optimiser), 0, 1, optimisers, 0 },
  { "schedule", CHOICE, AT (schedule), 0, 2, schedules, 0 },
  { "rate", NUMBER, AT (rate), 1e-12, 100, NULL, 0 },
  { "final_rate", NUMBER, AT (final_rate), 0, 100, NULL, 0 },
  { "step_epochs", INTEGER, AT (step_epochs), 1, MOST_EPOCHS, NULL, 0 },
  { "step_factor", NUMBER, AT (step_factor), 1e-6, 1, NULL, 0 },
  { "warmup", NUMBER, AT (warmup), 0, MOST_EPOCHS, NULL, 0 },
  { "decay", NUMBER, AT (decay), 0, 1, NULL, 0 },
  { "smoothing", NUMBER, AT (smoothing), 0, 0.99, NULL, EXPRESSION },
  { "balance", CHOICE, AT (balance), 0, 2, balances, EXPRESSION },
  { "soft_labels", NUMBER, AT (soft_labels), 0, 1, NULL, EXPRESSION },
  { "votes", NUMBER, AT (votes), 0, 100, NULL, EXPRESSION },
  { "mixup", NUMBER, AT (mixup), 0, 1, NULL, EXPRESSION },
  { "distill", NUMBER, AT (distill), 0, 1, NULL, EXPRESSION },
  { "views", INTEGER, AT (views), 1, 1000, NULL, EXPRESSION },
  { "clip", NUMBER, AT (clip), 0, 1e9, NULL, 0 },
  { "ema", NUMBER, AT (ema), 0, 0.999999, NULL, 0 },
  { "momentum", NUMBER, AT (momentum), 1e-6, 1, NULL, 0 },
  { "seed", SEED, AT (seed), 0, 0, NULL, 0 },
};
#undef AT
#undef FACES
#undef EXPRESSION
#define N_FIELDS ((int) (sizeof fields / sizeof fields[0]))

static bool
belongs (const field *f, nn_task_name task)
{
  return f->task == 0 || f->task == 1 + (int) task;
}

const char *
nn_recipe_key (nn_task_name task, int i)
{
  for (int k = 0; k < N_FIELDS; k++)
    if (belongs (&fields[k], task) && i-- == 0)
      return fields[k].name;
  return NULL;
}

/* An enum without negative values is an unsigned int for gcc and clang; so is nothing else here. */
static double
field_value (const field *f, const nn_recipe *recipe)
{
  const char *at = (const char *) recipe + f->offset;
  switch (f->type) {
  case INTEGER:
    return *(const int *) at;
  case NUMBER:
    return (double) *(const float *) at;
  case CHOICE:
    return *(const unsigned *) at;
  case YES_NO:
    return *(const bool *) at;
  case SEED:
    break;
  }
  return 0;
}

static void
field_store (const field *f, nn_recipe *recipe, double value)
{
  char *at = (char *) recipe + f->offset;
  switch (f->type) {
  case INTEGER:
    *(int *) at = (int) value;
    break;
  case NUMBER:
    *(float *) at = (float) value;
    break;
  case CHOICE:
    *(unsigned *) at = (unsigned) value;
    break;
  case YES_NO:
    *(bool *) at = value > 0;
    break;
  case SEED:
    break;
  }
}

static bool
set_choice (const field *f, nn_recipe *recipe, const char *text, nn_error *error)
{
  char known[128] = "";
  for (int i = 0; f->choices[i]; i++) {
    if (!strcmp (f->choices[i], text)) {
      field_store (f, recipe, i);
      return true;
    }
    snprintf (known + strlen (known), sizeof known - strlen (known), "%s%s", i ? ", " : "", f->choices[i]);
  }
  return nn_fail (error, "recipe: %s is \"%s\", expected one of %s", f->name, text, known);
}

static bool
set_number (const field *f, nn_recipe *recipe, const char *text, nn_error *error)
{
  locale_t plain = newlocale (LC_ALL_MASK, "C", (locale_t) 0); /* a decimal point in every locale */
  if (!plain)
    return nn_fail (error, "out of memory");
  char *end;
  const double value = strtod_l (text, &end, plain);
  freelocale (plain);
  if (end == text || *end || !(value >= f->low && value <= f->high) || (f->type != NUMBER && value != floor (value)))
    return nn_fail (error, "recipe: %s is \"%s\", expected %s from %g to %g", f->name, text, f->type == NUMBER ? "a number" : "a whole number",
                    f->low, f->high);
  field_store (f, recipe, value);
  return true;
}

static bool
set_seed (nn_recipe *recipe, const char *text, nn_error *error)
{
  const size_t digits = strspn (text, "0123456789");
  if (digits == 0 || digits > 19 || text[digits])
    return nn_fail (error, "recipe: seed is \"%s\", expected a whole number of at most 19 digits", text);
  recipe->seed = strtoull (text, NULL, 10);
  return recipe->seed <= INT64_MAX || nn_fail (error, "recipe: seed is %s, expected at most %lld", text, (long long) INT64_MAX);
}

bool
nn_recipe_set (nn_recipe *recipe, const char *key, const char *value, nn_error *error)
{
  for (int i = 0; i < N_FIELDS; i++)
    if (belongs (&fields[i], recipe->task) && !strcmp (fields[i].name, key))
      return fields[i].type == SEED     ? set_seed (recipe, value, error)
             : fields[i].type == CHOICE ? set_choice (&fields[i], recipe, value, error)
                                        : set_number (&fields[i], recipe, value, error);
  return nn_fail (error, "recipe: there is no \"%s\" for the task %s", key, nn_task_names[recipe->task]);
}

bool
nn_recipe_check (const nn_recipe *recipe, nn_error *error)
{
  for (int i = 0; i < N_FIELDS; i++) {
    const double value = field_value (&fields[i], recipe);
    /* the nearest float to a bound counts as the bound */
    const bool checked = belongs (&fields[i], recipe->task) && fields[i].type != SEED;
    if (checked && !((float) value >= (float) fields[i].low && (float) value <= (float) fields[i].high))
      return nn_fail (error, "recipe: %s is %g, expected %g to %g", fields[i].name, value, fields[i].low, fields[i].high);
  }
  if (recipe->warmup > (float) recipe->epochs)
    return nn_fail (error, "recipe: warmup is %g epochs, expected at most all %d", (double) recipe->warmup, recipe->epochs);
  if (recipe->augment.crop > recipe->input.h || recipe->augment.crop > recipe->input.w)
    return nn_fail (error, "recipe: crop is %d, expected at most the input's %dx%d", recipe->augment.crop, recipe->input.w, recipe->input.h);
  if (recipe->task == NN_TASK_EXPRESSION && recipe->input.h != recipe->input.w)
    return nn_fail (error, "recipe: the input is %dx%d, expected a square", recipe->input.w, recipe->input.h);
  if (recipe->task == NN_TASK_FACES && recipe->scene.smallest > recipe->scene.largest)
    return nn_fail (error, "recipe: smallest is %g, expected at most largest, %g", (double) recipe->scene.smallest, (double) recipe->scene.largest);
  if (recipe->final_rate > recipe->rate)
    return nn_fail (error, "recipe: final_rate is %g, expected at most the rate, %g", (double) recipe->final_rate, (double) recipe->rate);
  return true;
}

/* ---- text ---------------------------------------------------------------------------------------------------------------- */

/* The architecture on one line: lines joined by " / ", comments and blanks around them dropped. */
static void
put_architecture (FILE *f, const char *text)
{
  fputs ("architecture=", f);
  for (bool begun = false; *text;) {
    text += strspn (text, " \t\r\n");
    const size_t line = strcspn (text, "\r\n");
    size_t length = strcspn (text, "#\r\n");
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'))
      length--;
    if (length > 0)
      fprintf (f, "%s%.*s", begun ? " / " : "", (int) length, text), begun = true;
    text += line;
  }
}

/* With the fewest digits that read back the same: floats that differ in a bit differ in the text. */
static void
put_float (FILE *f, float value)
{
  char text[32];
  int digits = 6;
  do
    snprintf (text, sizeof text, "%.*g", digits++, (double) value);
  while (digits <= 9 && strtof (text, NULL) != value);
  fputs (text, f);
}

static void
put_field (FILE *f, const field *entry, const nn_recipe *recipe)
{
  const double value = field_value (entry, recipe);
  fprintf (f, ";%s=", entry->name);
  if (entry->type == SEED)
    fprintf (f, "%llu", (unsigned long long) recipe->seed);
  else if (entry->type == CHOICE)
    fputs (entry->choices[(int) value], f);
  else if (entry->type == NUMBER)
    put_float (f, (float) value);
  else
    fprintf (f, "%d", (int) value);
}

static char *
write_text (const nn_recipe *recipe)
{
  char *text = NULL;
  size_t size = 0;
  FILE *f = open_memstream (&text, &size);
  if (!f)
    return NULL;
  put_architecture (f, recipe->architecture);
  for (int i = 0; i < N_FIELDS; i++)
    if (belongs (&fields[i], recipe->task))
      put_field (f, &fields[i], recipe);
  const bool failed = ferror (f);
  if (fclose (f) || failed) {
    free (text);
    return NULL;
  }
  return text;
}

char *
nn_recipe_text (const nn_recipe *recipe)
{
  locale_t plain = newlocale (LC_ALL_MASK, "C", (locale_t) 0); /* checkpoints of one locale are read in another */
  if (!plain)
    return NULL;
  locale_t before = uselocale (plain);
  char *text = write_text (recipe);
  uselocale (before);
  freelocale (plain);
  return text;
}

bool
nn_recipe_same (const char *mine, const char *theirs, nn_error *error)
{
  while (*mine || *theirs) {
    const size_t a = strcspn (mine, ";"), b = strcspn (theirs, ";");
    if (a != b || memcmp (mine, theirs, a))
      return nn_fail (error, "the recipe differs: \"%.*s\" here, \"%.*s\" there", (int) a, mine, (int) b, theirs);
    mine += a + (mine[a] == ';');
    theirs += b + (theirs[b] == ';');
  }
  return true;
}
