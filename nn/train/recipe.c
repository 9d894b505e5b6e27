/* SPDX-License-Identifier: MIT */
#include "nn_train.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Four blocks of two 3x3 convolutions, then a dense head: 41.06 million multiplications, 0.78 million weights. */
#define BLOCK(k, rate) "conv " #k " 3x3 / bn / relu / conv " #k " 3x3 / bn / relu / maxpool 2x2 / dropout " #rate "\n"
static const char seed_architecture[] =
    "input 48 48 1\n" BLOCK (16, 0.1) BLOCK (32, 0.1) BLOCK (96, 0.1) BLOCK (144, 0.15)
    "flatten / dense 256 / bn / relu / dropout 0.5\n"
    "dense 7 / softmax\n";
#undef BLOCK

/* Two label sets, two heads on one trunk: FER-2013's seven classes and FER+'s eight. */
#define HEADS                                               \
  "dense 7 / softmax as label output\n"                     \
  "from features / dense 8 / softmax as votes output\n"
/* A residual block (He et al. 2016) to half the size, its shortcut averaged as in ResNet-D (He et al. 2019): conv-bn-relu-conv-bn + pool-conv-bn. */
#define SHRINK(k, from, name)                                                                      \
  "conv " #k " 3x3 stride 2 / bn / relu\n"                                                         \
  "conv " #k " 3x3 / bn as " #name "_b\n"                                                          \
  "from " #from " / avgpool 2x2 ceil / conv " #k " 1x1 / bn / add " #name "_b / relu as " #name "\n"
#define STAY(k, from, name)         \
  "conv " #k " 3x3 / bn / relu\n"   \
  "conv " #k " 3x3 / bn / add " #from " / relu as " #name "\n"
#define WIDEN(k, from, name)                \
  "conv " #k " 3x3 / bn / relu\n"           \
  "conv " #k " 3x3 / bn as " #name "_b\n"   \
  "from " #from " / conv " #k " 1x1 / bn / add " #name "_b / relu as " #name "\n"

/* 56 million multiplications at 48x48, 0.68 million weights. */
static const char s_architecture[] =
    "input any any 1\n"
    "conv 24 3x3 / bn / relu as stem\n" SHRINK (48, stem, r1) SHRINK (96, r1, r2) SHRINK (192, r2, r3)
    "gap / dropout 0.2 as features\n" HEADS;

/* 142 million, 1.3 million weights: most of the work where maps are 24x24. */
static const char m_architecture[] =
    "input any any 1\n"
    "conv 32 3x3 / bn / relu / maxpool 2x2 as stem\n" WIDEN (64, stem, r1) STAY (64, r1, r2) SHRINK (128, r2, r3) SHRINK (256, r3, r4)
    "gap / dropout 0.25 as features\n" HEADS;

/* 142 million, 2.4 million weights. */
static const char teacher_architecture[] =
    "input any any 1\n"
    "conv 32 3x3 / bn / relu / maxpool 2x2 as stem\n" WIDEN (64, stem, r1) SHRINK (128, r1, r2) SHRINK (256, r2, r3) STAY (256, r3, r4)
    "gap / dropout 0.3 as features\n" HEADS;

/* A pyramid of three maps (Lin et al. 2017, "Feature pyramid networks"): 2.16 thousand multiplications a pixel, 0.45 million weights. */
static const char finder_architecture[] =
    "input any any 1\n"
    "conv 16 3x3 stride 2 pad 1 / bn / relu\n"
    "conv 24 3x3 stride 2 pad 1 / bn / relu\n"
    "conv 48 3x3 stride 2 pad 1 / bn / relu as in8\n"
    "conv 48 3x3 / bn / relu / conv 48 3x3 / bn / add in8 / relu as at8\n"
    "conv 64 3x3 stride 2 pad 1 / bn / relu as in16\n"
    "conv 64 3x3 / bn / relu / conv 64 3x3 / bn / add in16 / relu as at16\n"
    "conv 80 3x3 stride 2 pad 1 / bn / relu as in32\n"
    "conv 80 3x3 / bn / relu / conv 80 3x3 / bn / add in32 / relu as at32\n"
    "conv 64 1x1 / bn / relu / resize 2x2 / add at16 as up16\n"
    "conv 48 1x1 / bn / relu / resize 2x2 / add at8\n"
    "conv 48 3x3 / bn / relu / conv 15 1x1 bias as stride8 output\n"
    "from up16 / conv 64 3x3 / bn / relu / conv 15 1x1 bias as stride16 output\n"
    "from at32 / conv 80 3x3 / bn / relu / conv 15 1x1 bias as stride32 output\n";

/* What s, m and the teacher have in common: a crop of 44 of 48 pixels, SGD along a cosine. */
#define EXPRESSION_RECIPE                                                                                                         \
  .input = { .h = 48, .w = 48, .per_image = true, .sd = 1, .sd_floor = 10 },                                                      \
  .augment = { .rotation = 15, .zoom = 0.12f, .shift = 0.08f, .flip = 0.5f, .erase = 0.4f, .crop = 44 }, .batch = 128,            \
  .optimiser = NN_SGD, .schedule = NN_COSINE, .rate = 0.1f, .step_epochs = 20, .step_factor = 0.1f, .warmup = 1, .decay = 5e-4f,  \
  .clip = 5, .ema = 0.999f, .momentum = 0.1f, .votes = 0.5f, .views = 16, .seed = 1

static const struct {
  const char *name;
  nn_recipe recipe;
} presets[] = {
  { "s", { .architecture = s_architecture, EXPRESSION_RECIPE, .epochs = 60, .distill = 0.5f } },
  { "m", { .architecture = m_architecture, EXPRESSION_RECIPE, .epochs = 60, .distill = 0.5f } },
  { "teacher", { .architecture = teacher_architecture, EXPRESSION_RECIPE, .epochs = 40 } },
  { "seed",
    {
        .architecture = seed_architecture,
        .input = { .h = 48, .w = 48, .per_image = true, .sd = 1, .sd_floor = 10 },
        .augment = { .rotation = 12, .zoom = 0.15f, .shift = 0.08f, .flip = 0.5f },
        .epochs = 55,
        .batch = 64,
        .optimiser = NN_ADAM,
        .schedule = NN_COSINE,
        .rate = 0.001f,
        .step_epochs = 20,
        .step_factor = 0.1f,
        .decay = 5e-4f,
        .clip = 5,
        .ema = 0.999f,
        .momentum = 0.1f,
        .votes = 1,
        .views = 16,
        .seed = 1,
    } },
  { "finder",
    {
        .task = NN_TASK_FACES,
        .architecture = finder_architecture,
        .input = { .h = 256, .w = 256, .mean = 128, .sd = 64, .sd_floor = 1 },
        .augment = { .rotation = 45, .flip = 0.5f, .contrast = 0.2f },
        .scene = { .smallest = 8, .largest = 240, .mosaic = 0.35f, .paste = 0.3f, .hard = 0.5f, .dark = 0.08f, .blur = 0.12f, .noise = 8,
                   .occlude = 0.05f, .mask = 0.05f },
        .epochs = 100,
        .batch = 16,
        .optimiser = NN_ADAM,
        .schedule = NN_COSINE,
        .rate = 0.0015f,
        .final_rate = 1e-5f,
        .step_epochs = 13,
        .step_factor = 0.1f,
        .warmup = 2.0f / 3,
        .decay = 0.01f,
        .clip = 10,
        .ema = 0.999f,
        .momentum = 0.1f,
        .seed = 1,
    } },
};
const char *const nn_task_names[NN_N_TASKS] = { "expression", "faces" };

#define N_PRESETS ((int) (sizeof presets / sizeof presets[0]))

const nn_recipe *
nn_preset (const char *name)
{
  for (int i = 0; i < N_PRESETS; i++)
    if (!strcmp (presets[i].name, name))
      return &presets[i].recipe;
  return NULL;
}

const char *
nn_preset_name (int i)
{
  return i >= 0 && i < N_PRESETS ? presets[i].name : NULL;
}

void
nn_recipe_scale (nn_recipe *recipe, int epochs)
{
  const double share = (double) epochs / recipe->epochs;
  recipe->warmup = (float) ((double) recipe->warmup * share);
  recipe->step_epochs = (int) ((double) recipe->step_epochs * share + 0.5);
  if (recipe->step_epochs < 1)
    recipe->step_epochs = 1;
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
  { "epochs", INTEGER, AT (epochs), 1, 100000, NULL, 0 },
  { "batch", INTEGER, AT (batch), 2, 4096, NULL, 0 }, /* batch normalisation needs two */
  { "optimiser", CHOICE, AT (optimiser), 0, 1, optimisers, 0 },
  { "schedule", CHOICE, AT (schedule), 0, 2, schedules, 0 },
  { "rate", NUMBER, AT (rate), 1e-12, 100, NULL, 0 },
  { "final_rate", NUMBER, AT (final_rate), 0, 100, NULL, 0 },
  { "step_epochs", INTEGER, AT (step_epochs), 1, 100000, NULL, 0 },
  { "step_factor", NUMBER, AT (step_factor), 1e-6, 1, NULL, 0 },
  { "warmup", NUMBER, AT (warmup), 0, 100000, NULL, 0 },
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
  return true;
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
