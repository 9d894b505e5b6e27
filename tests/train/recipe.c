/* SPDX-License-Identifier: MIT */
#include "nn_train.h"
#include "test.h"

#include <locale.h>
#include <string.h>

static void
seed_keeps_what_is_fixed (void)
{
  const nn_recipe *seed = nn_preset ("seed");
  require (seed);
  check (seed->epochs == 55 && seed->batch == 64 && seed->optimiser == NN_ADAM && seed->rate == 0.001f && seed->schedule == NN_COSINE);
  check (seed->smoothing == 0 && seed->momentum == 0.1f);
  check (seed->augment.rotation > 0 && seed->augment.zoom > 0 && seed->augment.flip > 0);
  check (nn_recipe_check (seed, NULL));
  check (!nn_preset ("none"));
  check (nn_preset_name (0) && nn_preset (nn_preset_name (3)) && !nn_preset_name (4) && !nn_preset_name (-1));
}

static int
count (const nn_graph *graph, nn_op op)
{
  int n = 0;
  for (int i = 0; i < graph->n_nodes; i++)
    n += graph->nodes[i].op == op;
  return n;
}

static void
seed_is_the_network_described (void)
{
  nn_error error = { "" };
  nn_shape shapes[NN_MAX_NODES];
  nn_graph *graph = nn_graph_parse (nn_preset ("seed")->architecture, &error);
  test_note ("%s", error.text);
  require (graph);
  require (nn_graph_shapes (graph, 48, 48, shapes, &error));
  const double mmac = (double) nn_graph_macs (graph, shapes) / 1e6;
  test_note ("%.2f MMAC, %.3f M weights", mmac, (double) graph->n_weights / 1e6);
  check (mmac >= 40 && mmac <= 60);
  check (count (graph, NN_OP_conv) == 8 && count (graph, NN_OP_dense) == 2 && count (graph, NN_OP_max_pool) == 4);
  check (count (graph, NN_OP_batch_norm) == 9 && count (graph, NN_OP_relu) == 9 && count (graph, NN_OP_dropout) == 5);
  check (graph->nodes[graph->outputs[0]].op == NN_OP_softmax && shapes[graph->outputs[0]].c == 7);
  nn_graph_free (graph);
}

/* What is released: small enough for its name, below 3 MB in half precision; both label sets learned by one trunk. */
static void
residual_nets_keep_their_limits (void)
{
  static const struct {
    const char *name;
    double mmac, weights;
  } limits[] = { { "s", 60, 1e6 }, { "m", 150, 1.5e6 } };
  for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
    nn_error error = { "" };
    nn_shape shapes[NN_MAX_NODES];
    const nn_recipe *recipe = nn_preset (limits[i].name);
    require (recipe && nn_recipe_check (recipe, &error));
    nn_graph *graph = nn_graph_parse (recipe->architecture, &error);
    test_note ("%s", error.text);
    require (graph && nn_graph_shapes (graph, recipe->augment.crop, recipe->augment.crop, shapes, &error)
             && nn_graph_shapes (graph, 48, 48, shapes, &error));
    const double mmac = (double) nn_graph_macs (graph, shapes) / 1e6;
    test_note ("%s: %.1f MMAC, %.3f M weights", limits[i].name, mmac, (double) graph->n_weights / 1e6);
    check (mmac <= limits[i].mmac && (double) graph->n_weights <= limits[i].weights);
    check (graph->n_outputs == 2 && shapes[graph->outputs[0]].c == 7 && shapes[graph->outputs[1]].c == NN_VOTE_CLASSES);
    nn_graph_free (graph);
  }
}

static void
check_entries (const char *preset)
{
  nn_recipe recipe = *nn_preset (preset);
  char *before = nn_recipe_text (&recipe);
  for (int i = 0; nn_recipe_key (recipe.task, i); i++) {
    const char *key = nn_recipe_key (recipe.task, i);
    const char *values[] = { "sgd", "step", "sqrt", "0.25", "0", "7" };
    nn_recipe other = recipe;
    nn_error error = { "" };
    bool set = false;
    for (int k = 0; !set && k < 6; k++) /* some values are out of range, or what is there already */
      set = nn_recipe_set (&other, key, values[k], &error) && memcmp (&other, &recipe, sizeof other);
    char *after = nn_recipe_text (&other);
    char name[32];
    snprintf (name, sizeof name, "\"%s=", key);
    check (set);
    check (!nn_recipe_same (before, after, &error));
    if (!strstr (error.text, name))
      test_note ("%s: %s", key, error.text);
    check (strstr (error.text, name));
    free (after);
  }
  free (before);
}

static void
every_entry_shows_in_the_text (void)
{
  check_entries ("seed");
  check_entries ("finder");
}

static void
entries_of_another_task_are_unknown (void)
{
  nn_recipe recipe = *nn_preset ("finder");
  nn_error error;
  check (!nn_recipe_set (&recipe, "smoothing", "0.1", &error) && strstr (error.text, "no \"smoothing\" for the task faces"));
  recipe = *nn_preset ("seed");
  check (!nn_recipe_set (&recipe, "mosaic", "0.1", &error) && strstr (error.text, "no \"mosaic\" for the task expression"));
}

static void
one_bit_shows_in_the_text (void)
{
  nn_recipe a = *nn_preset ("seed"), b = a;
  for (int i = 0; i < 40; i++) {
    nn_random random = nn_random_new (5, 0, (uint64_t) i, NN_FOR_TEST);
    a.rate = nn_random_uniform (&random) / (float) (1 << i % 20) + 1e-6f;
    b.rate = nextafterf (a.rate, 1);
    char *x = nn_recipe_text (&a), *y = nn_recipe_text (&b), *rate = strstr (x, ";rate=");
    check (strcmp (x, y));
    check (rate && strtof (rate + 6, NULL) == a.rate);
    free (x);
    free (y);
  }
  char *text = nn_recipe_text (nn_preset ("seed"));
  check (strstr (text, ";zoom=0.15;shift=0.08;"));
  free (text);
}

static void
text_is_the_same_for_the_same (void)
{
  nn_recipe a = *nn_preset ("seed"), b = a;
  a.architecture = "input 48 48 1\n# a comment\n  conv 8 3x3 / relu  # another\r\n\nflatten / dense 7 / softmax";
  b.architecture = "input 48 48 1\nconv 8 3x3 / relu\nflatten / dense 7 / softmax\n";
  char *x = nn_recipe_text (&a), *y = nn_recipe_text (&b);
  check (!strcmp (x, y));
  check (nn_recipe_same (x, y, NULL));
  check (!strncmp (x, "architecture=input 48 48 1 / conv 8 3x3 / relu / flatten / dense 7 / softmax;height=48;", 85));
  nn_error error;
  y[strlen (y) - 7] = 0; /* the last entry is gone */
  check (!nn_recipe_same (x, y, &error));
  check (strstr (error.text, "\"seed=1\" here"));
  free (x);
  free (y);
}

static void
bad_values_are_refused_by_name (void)
{
  static const char *const bad[][3] = {
    { "rate", "fast", "rate" },   { "rate", "nan", "rate" },      { "rate", "-1", "rate" },       { "rate", "", "rate" },
    { "epochs", "2.5", "epochs" }, { "epochs", "0", "epochs" },    { "batch", "1", "batch" },      { "batch", "1e99", "batch" },
    { "schedule", "sine", "cosine" }, { "seed", "-3", "seed" },   { "seed", "99999999999999999999", "seed" },
    { "seed", "9223372036854775808", "at most 9223372036854775807" }, { "colour", "1", "colour" },
    { "smoothing", "1", "smoothing" }, { "per_image", "2", "per_image" },
  };
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    nn_recipe recipe = *nn_preset ("seed");
    nn_error error = { "" };
    check (!nn_recipe_set (&recipe, bad[i][0], bad[i][1], &error));
    check (strstr (error.text, bad[i][2]));
  }
}

static void
the_locale_does_not_matter (void)
{
  nn_recipe recipe = *nn_preset ("seed");
  char *here = nn_recipe_text (&recipe);
  if (!setlocale (LC_ALL, "de_DE.UTF-8")) {
    free (here);
    skip ("no locale with a decimal comma is installed or in LOCPATH");
  }
  char *there = nn_recipe_text (&recipe);
  const bool set = nn_recipe_set (&recipe, "rate", "0.25", NULL), comma = strtod ("0,5", NULL) == 0.5;
  setlocale (LC_ALL, "C");
  check (comma && set && recipe.rate == 0.25f);
  check (!strcmp (here, there));
  free (here);
  free (there);
}

static void
a_bad_recipe_is_refused (void)
{
  nn_error error;
  nn_recipe recipe = *nn_preset ("seed");
  recipe.final_rate = 1;
  check (!nn_recipe_check (&recipe, &error) && strstr (error.text, "final_rate"));
  recipe = *nn_preset ("seed");
  recipe.warmup = 56;
  check (!nn_recipe_check (&recipe, &error) && strstr (error.text, "warmup"));
  recipe = *nn_preset ("seed");
  recipe.input.w = 44;
  check (!nn_recipe_check (&recipe, &error) && strstr (error.text, "the input is 44x48, expected a square"));
  recipe = *nn_preset ("seed");
  recipe.decay = (float) NAN;
  check (!nn_recipe_check (&recipe, &error) && strstr (error.text, "decay"));
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (seed_keeps_what_is_fixed), TEST (seed_is_the_network_described), TEST (residual_nets_keep_their_limits), TEST (every_entry_shows_in_the_text), TEST (entries_of_another_task_are_unknown),
                                   TEST (one_bit_shows_in_the_text),
                                   TEST (text_is_the_same_for_the_same), TEST (bad_values_are_refused_by_name), TEST (the_locale_does_not_matter),
                                   TEST (a_bad_recipe_is_refused), { 0 } });
}
