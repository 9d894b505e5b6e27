/* SPDX-License-Identifier: MIT */
#include "train/expression_task.h"
#include "faces.h"
#include "test.h"

#include <string.h>

#define ONE_HEAD "input 48 48 1 / gap / dense 7 / softmax"
#define TWO_HEADS "input 48 48 1\ngap as features\ndense 7 / softmax as label output\nfrom features / dense 8 / softmax as votes output\n"

typedef struct made {
  nn_recipe recipe;
  nn_dataset *data;
  nn_graph *graph;
  nn_task *task;
  nn_error error;
} made;

static nn_recipe
plain_recipe (void)
{
  nn_recipe recipe = *nn_preset ("seed");
  recipe.augment = (nn_augment) { 0 };
  return recipe;
}

/* 28 drawn faces for training and 7 more; with votes: 6 for neutral, 3 for anger, 1 for fear, but nothing usable in row 1. */
static void
make_task (made *m, const char *architecture, bool votes)
{
  nn_shape shapes[NN_MAX_NODES];
  m->error.text[0] = 0;
  m->data = test_faces (28, 7, 0, 1);
  m->graph = nn_graph_parse (architecture, &m->error);
  if (votes)
    m->data->votes = calloc ((size_t) m->data->n, NN_N_VOTES);
  for (int row = 0; votes && row < m->data->n; row++)
    memcpy (m->data->votes + row * NN_N_VOTES, row == 1 ? "\1\1\0\0\0\0\0\0\7\1" : "\6\0\0\0\3\0\1\0\0\0", NN_N_VOTES);
  m->task = m->graph ? nn_expression_task_new (&m->recipe, m->data, 1, &m->error) : NULL;
  if (m->task && !(nn_graph_shapes (m->graph, 48, 48, shapes, &m->error) && m->task->ops->fit (m->task, m->graph, shapes, &m->error))) {
    nn_task_free (m->task);
    m->task = NULL;
  }
}

static void
free_task (made *m)
{
  nn_task_free (m->task);
  nn_graph_free (m->graph);
  nn_dataset_free (m->data);
}

/* Row 0 is angry, row 1 disgusted. */
static void
each_head_has_its_target (void)
{
  made m = { .recipe = plain_recipe () };
  nn_real image[48 * 48], target[15];
  m.recipe.votes = 0.5f;
  m.recipe.smoothing = 0.07f;
  make_task (&m, TWO_HEADS, true);
  require (m.task && m.task->target_size == sizeof target);
  m.task->ops->make (m.task, 0, 0, 0, image, target);
  for (int k = 0; k < 7; k++)
    check_near (target[k], k == 0 ? 0.94 : 0.01, 1e-6);
  for (int k = 0; k < 8; k++)
    check_near (target[7 + k], k == 0 ? 0.5 * 6 / 9 : k == 4 ? 0.5 * 3 / 9 : 0, 1e-6);
  m.task->ops->make (m.task, 0, 0, 1, image, target);
  check_near (target[1], 0.94, 1e-6);
  for (int k = 0; k < 8; k++)
    check (target[7 + k] == 0);
  free_task (&m);
}

static void
soft_labels_blend_votes_into_the_label (void)
{
  made m = { .recipe = plain_recipe () };
  nn_real image[48 * 48], target[7];
  m.recipe.soft_labels = 0.4f;
  make_task (&m, ONE_HEAD, true);
  require (m.task);
  m.task->ops->make (m.task, 0, 0, 0, image, target);
  check_near (target[0], 0.6 + 0.4 * 3 / 9, 1e-6);
  check_near (target[6], 0.4 * 6 / 9, 1e-6);
  m.task->ops->make (m.task, 0, 0, 1, image, target);
  check (target[1] == 1);
  free_task (&m);
}

/* Of 28 rows 4 each; half of the angry ones become happy: 2 and 6. */
static void
rare_classes_weigh_more (void)
{
  static const double powers[] = { 0, 0.5, 1 };
  for (nn_balance balance = NN_BALANCE_NONE; balance <= NN_BALANCE_FULL; balance++) {
    made m = { .recipe = plain_recipe () };
    nn_real image[48 * 48], angry[7], happy[7];
    double sum = 0;
    m.recipe.balance = balance;
    nn_dataset *data = test_faces (28, 7, 0, 1);
    data->labels[7] = data->labels[14] = 3;
    m.data = data;
    m.graph = nn_graph_parse (ONE_HEAD, &m.error);
    m.task = nn_expression_task_new (&m.recipe, data, 1, &m.error);
    nn_shape shapes[NN_MAX_NODES];
    require (m.task && nn_graph_shapes (m.graph, 48, 48, shapes, &m.error) && m.task->ops->fit (m.task, m.graph, shapes, &m.error));
    for (int row = 0; row < 28; row++) {
      nn_real target[7];
      m.task->ops->make (m.task, 0, 0, (uint32_t) row, image, target);
      for (int k = 0; k < 7; k++)
        sum += (double) target[k];
    }
    check_near (sum, 28, 1e-4);
    m.task->ops->make (m.task, 0, 0, 0, image, angry);
    m.task->ops->make (m.task, 0, 0, 3, image, happy);
    check_near (angry[0] / happy[3], pow (3, powers[balance]), 1e-5);
    free_task (&m);
  }
}

/* image = share own + (1 - share) another, own share at least half, targets likewise; none in the last epochs. */
static void
mixup_adds_pictures_and_targets (void)
{
  made m = { .recipe = plain_recipe () };
  nn_real own[48 * 48], image[48 * 48], plain[7], target[7];
  int mixed = 0, whole = 0;
  m.recipe.mixup = 0.4f;
  m.recipe.epochs = 20;
  make_task (&m, ONE_HEAD, false);
  require (m.task);
  for (uint32_t row = 0; row < 28; row++)
    for (int epoch = 0; epoch < 20; epoch++) {
      nn_dataset_image (m.data, (int) row, &m.recipe.input, NULL, NULL, own);
      m.task->ops->make (m.task, 0, epoch, row, image, target);
      const bool same = !memcmp (own, image, sizeof own);
      double sum = 0;
      memset (plain, 0, sizeof plain);
      plain[m.data->labels[row]] = 1;
      for (int k = 0; k < 7; k++)
        sum += (double) target[k];
      check_near (sum, 1, 1e-5);
      check (target[m.data->labels[row]] >= 0.5f);
      check (!same || !memcmp (plain, target, sizeof plain));
      check (epoch < 17 || same);
      mixed += epoch < 17 && !same;
      whole += epoch < 17 && same;
    }
  test_note ("%d mixed, %d not", mixed, whole);
  check (mixed > 180 && whole > 180);
  free_task (&m);
}

static void
loss_is_the_sum_of_the_heads (void)
{
  made m = { .recipe = plain_recipe () };
  nn_real image[48 * 48], targets[2 * 15], label[2 * 7], votes[2 * 8], dlabel[2 * 7], dvotes[2 * 8], expected[7];
  const uint32_t samples[] = { 0, 1 };
  double score = 0, sum = 0;
  make_task (&m, TWO_HEADS, true);
  require (m.task);
  for (int i = 0; i < 14; i++)
    label[i] = (nn_real) (i % 7 == i / 7); /* row 0 says angry, row 1 disgust: both right */
  for (int i = 0; i < 16; i++)
    votes[i] = (nn_real) (i % 3);
  for (uint32_t i = 0; i < 2; i++)
    m.task->ops->make (m.task, 0, 0, i, image, targets + 15 * i);
  nn_task_batch b = { .n = 2, .targets = targets, .samples = samples, .n_outputs = 2, .outputs = { label, votes }, .doutputs = { dlabel, dvotes } };
  const double loss = m.task->ops->loss (m.task, &b, &score);
  for (int i = 0; i < 2; i++) {
    sum += nn_cross_entropy (1, 7, label + 7 * i, targets + 15 * i, 0.5f, i == 0 ? expected : NULL);
    sum += nn_cross_entropy (1, 8, votes + 8 * i, targets + 15 * i + 7, 0.5f, NULL);
  }
  check_near (loss, sum, 1e-9);
  check (score == 2 && !memcmp (dlabel, expected, sizeof expected));
  for (int k = 0; k < 8; k++)
    check (dvotes[8 + k] == 0 && dvotes[k] != 0); /* row 1 has no usable vote */
  free_task (&m);
}

static void
unfit_networks_are_refused (void)
{
  static const struct {
    const char *architecture, *says;
    bool votes;
  } bad[] = {
    { TWO_HEADS, "or votes with the data", false },
    { "input 48 48 1\ngap as f\ndense 7 / softmax output\nfrom f / dense 7 / softmax output\n", "outputs 0 and 1 say the same", true },
    { "input 48 48 1 / gap / dense 9 / softmax", "1x1x9", true },
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    made m = { .recipe = plain_recipe () };
    make_task (&m, bad[i].architecture, bad[i].votes);
    if (!strstr (m.error.text, bad[i].says))
      test_note ("%s", m.error.text);
    check (!m.task && strstr (m.error.text, bad[i].says));
    free_task (&m);
  }
  made m = { .recipe = plain_recipe () };
  m.recipe.soft_labels = 0.5f;
  make_task (&m, ONE_HEAD, false);
  check (!m.task && strstr (m.error.text, "soft_labels needs votes"));
  free_task (&m);
}

/* Whatever is added, it is one of the two pictures alone: Beta (a, a) with a tiny a. */
static void
the_smallest_mixup_ends (void)
{
  made m = { .recipe = plain_recipe () };
  nn_real own[48 * 48], image[48 * 48], target[7];
  m.recipe.mixup = 1e-12f;
  make_task (&m, ONE_HEAD, false);
  require (m.task);
  for (uint32_t row = 0; row < 28; row++) {
    nn_dataset_image (m.data, (int) row, &m.recipe.input, NULL, NULL, own);
    m.task->ops->make (m.task, 0, 0, row, image, target);
    check (!memcmp (own, image, sizeof own) && target[m.data->labels[row]] == 1);
  }
  free_task (&m);
}

static void
unfit_teachers_are_refused (void)
{
  static const struct {
    const char *architecture, *says;
  } bad[] = {
    { "input 48 48 3 / gap / dense 7 / softmax", "3 channels" },
    { "input 48 48 1 / gap / dense 7", "no softmax over 7 classes" },
    { "input 48 48 1 / gap / dense 6 / softmax", "no softmax over 7 classes" },
    { "input 48 48 1 / conv 7 1x1 / softmax", "no softmax over 7 classes" },
    { "input 32 32 1 / gap / dense 7 / softmax", "48x48" },
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    made m = { .recipe = plain_recipe () };
    m.recipe.distill = 0.5f;
    make_task (&m, ONE_HEAD, false);
    nn_graph *graph = nn_graph_parse (bad[i].architecture, &m.error);
    nn_model *model = graph ? nn_model_new (graph) : NULL;
    require (m.task && model);
    const bool learns = nn_expression_task_learn_from (m.task, (const nn_model *const[]) { model }, 1, &m.error);
    test_note ("%s", m.error.text);
    check (!learns && strstr (m.error.text, bad[i].says));
    nn_model_free (model);
    free_task (&m);
  }
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (each_head_has_its_target),
                                   TEST (soft_labels_blend_votes_into_the_label),
                                   TEST (rare_classes_weigh_more),
                                   TEST (mixup_adds_pictures_and_targets),
                                   TEST (the_smallest_mixup_ends),
                                   TEST (loss_is_the_sum_of_the_heads),
                                   TEST (unfit_networks_are_refused),
                                   TEST (unfit_teachers_are_refused),
                                   { 0 } });
}
