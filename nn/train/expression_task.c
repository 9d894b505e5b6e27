/* SPDX-License-Identifier: MIT
 * One face a picture, one class a face: what FER-2013's label says, what FER+'s voters saw, or both by two heads on one trunk. */
#include "expression_task.h"

#include "hash.h"
#include "teacher.h"

#include <math.h>
#include <stdlib.h>

#define MAX_HEADS 2
#define MIXED_SHARE 0.5f  /* of the pictures, with mixup */
#define MIXED_UNTIL 0.85f /* of the epochs: the last ones show faces as they are */

/* An output of the network: its part of a target. */
typedef struct head {
  nn_head kind;
  int classes, first;
} head;

typedef struct expression_task {
  nn_task base;
  const nn_dataset *data;
  uint32_t *rows;       /* of Training */
  float *class_weights; /* [classes], mean 1 over Training's rows */
  head heads[MAX_HEADS];
  int n_heads, n_values; /* of a target */
  int threads;
  size_t plane;
  nn_real *partners; /* [threads] pictures for mixup */
  nn_teacher *teacher;
} expression_task;

static const expression_task *
own (const nn_task *task)
{
  return (const expression_task *) task;
}

/* ---- heads --------------------------------------------------------------------------------------------------------------- */

bool
nn_head_of (const nn_dataset *data, int classes, nn_head *kind)
{
  *kind = classes == data->classes ? NN_HEAD_LABEL : NN_HEAD_VOTES;
  return classes == data->classes || (classes == NN_VOTE_CLASSES && data->votes);
}

static bool
add_head (expression_task *t, const nn_graph *graph, const nn_shape *shapes, int output, nn_error *error)
{
  const int node = graph->outputs[output], classes = shapes[node].c;
  head *h = &t->heads[t->n_heads];
  if (graph->nodes[node].op != NN_OP_softmax || shapes[node].h != 1 || shapes[node].w != 1)
    return nn_fail (error, "output %d is %s of %dx%dx%d, but must be one softmax", output, nn_op_name (graph->nodes[node].op), shapes[node].h,
                    shapes[node].w, classes);
  if (!nn_head_of (t->data, classes, &h->kind))
    return nn_fail (error, "the architecture ends in 1x1x%d values, expected 1x1x%d: one per class%s", classes, t->data->classes,
                    classes == NN_VOTE_CLASSES ? "; or votes with the data, for FER+'s eight" : "");
  if (t->n_heads && t->heads[0].kind == h->kind)
    return nn_fail (error, "outputs 0 and %d say the same: %d classes", output, classes);
  h->classes = classes;
  h->first = t->n_values;
  t->n_values += classes;
  t->n_heads++;
  return true;
}

/* Every output is a softmax over the labels' classes or over those of the votes. */
static bool
fit (nn_task *task, const nn_graph *graph, const nn_shape *shapes, nn_error *error)
{
  expression_task *t = (expression_task *) task;
  if (graph->n_outputs > MAX_HEADS)
    return nn_fail (error, "the architecture has %d outputs, expected 1 or %d", graph->n_outputs, MAX_HEADS);
  for (int i = 0; i < graph->n_outputs; i++)
    if (!add_head (t, graph, shapes, i, error))
      return false;
  int h, w;
  nn_training_size (&task->recipe->input, &task->recipe->augment, &h, &w);
  t->plane = (size_t) h * (size_t) w;
  task->target_size = (size_t) t->n_values * sizeof (nn_real);
  t->partners = calloc ((size_t) t->threads * t->plane, sizeof *t->partners);
  return t->partners || nn_fail (error, "out of memory for %d pictures", t->threads);
}

/* ---- targets ------------------------------------------------------------------------------------------------------------- */

/* Two label sets disagree on a third of the faces: soft_labels blends FER+'s shares into FER-2013's label. */
static void
label_target (const expression_task *t, size_t row, nn_real *p)
{
  const nn_recipe *r = t->base.recipe;
  const int classes = t->data->classes;
  float votes[7];
  const float soft = r->soft_labels > 0 && nn_votes_share7 (t->data->votes + row * NN_N_VOTES, votes) ? r->soft_labels : 0;
  for (int k = 0; k < classes; k++) {
    const float whole = (1 - soft) * (k == t->data->labels[row]) + (soft > 0 ? soft * votes[k] : 0);
    p[k] = (1 - r->smoothing) * whole + r->smoothing / (float) classes;
  }
}

/* The weight of a row is the sum of its target: none for votes where nobody saw an expression twice. */
static void
draw_target (const expression_task *t, int64_t view, size_t row, nn_real *target)
{
  const nn_recipe *r = t->base.recipe;
  const float *taught = t->teacher ? nn_teacher_says (t->teacher, view, row) : NULL;
  for (int i = 0; i < t->n_heads; i++) {
    const head *h = &t->heads[i];
    nn_real *p = target + h->first;
    const float weight = h->kind == NN_HEAD_LABEL ? t->class_weights[t->data->labels[row]] : r->votes;
    if (h->kind == NN_HEAD_LABEL)
      label_target (t, row, p);
    else
      nn_votes_share (t->data->votes + row * NN_N_VOTES, p);
    for (int k = 0; k < h->classes; k++)
      p[k] = weight * (taught ? (1 - r->distill) * p[k] + r->distill * taught[h->first + k] : p[k]);
  }
}

/* ---- pictures ------------------------------------------------------------------------------------------------------------ */

/* A teacher looks at a limited number of views of each picture, which come again after as many epochs. */
static int64_t
view_of (const expression_task *t, int64_t epoch)
{
  return t->teacher ? epoch % t->base.recipe->views : epoch;
}

static void
draw_picture (const expression_task *t, int64_t view, size_t row, nn_real *image)
{
  const nn_recipe *r = t->base.recipe;
  nn_random random = nn_random_new (r->seed, (uint64_t) view, row, NN_FOR_AUGMENT);
  nn_dataset_image (t->data, (int) row, &r->input, &r->augment, &random, image);
}

/* Beta (a, a) for a <= 1 (Joehnk 1964): x / (x + y), x = u^(1/a), y = v^(1/a), where the sum is at most 1. Where a is so small that a float holds
 * neither, one of them is nearly all of the sum. */
static float
draw_beta (nn_random *random, float a)
{
  for (;;) {
    const float u = nn_random_uniform (random), v = nn_random_uniform (random), x = powf (u, 1 / a), y = powf (v, 1 / a);
    if (x + y == 0)
      return u > v;
    if (x + y <= 1)
      return x / (x + y);
  }
}

/* Mixup (Zhang et al. 2018): two pictures and their targets, added in shares of Beta (mixup, mixup); the larger one is the sample's own. */
static void
mix (const expression_task *t, int worker, int64_t epoch, uint32_t sample, nn_real *image, nn_real *target)
{
  const nn_recipe *r = t->base.recipe;
  nn_random random = nn_random_new (r->seed, (uint64_t) epoch, sample, NN_FOR_MIXUP);
  if (nn_random_uniform (&random) >= MIXED_SHARE || (float) epoch >= MIXED_UNTIL * (float) r->epochs)
    return;
  const float share = draw_beta (&random, r->mixup), own_share = share > 0.5f ? share : 1 - share;
  const uint32_t other = t->rows[(uint64_t) nn_random_u32 (&random) * (uint64_t) t->base.n_samples >> 32];
  nn_real *partner = t->partners + (size_t) worker * t->plane, theirs[NN_VOTE_CLASSES + 256];
  draw_picture (t, view_of (t, epoch), other, partner);
  draw_target (t, view_of (t, epoch), other, theirs);
  for (size_t i = 0; i < t->plane; i++)
    image[i] = own_share * image[i] + (1 - own_share) * partner[i];
  for (int k = 0; k < t->n_values; k++)
    target[k] = own_share * target[k] + (1 - own_share) * theirs[k];
}

static void
make (const nn_task *task, int worker, int64_t epoch, uint32_t sample, nn_real *image, void *target)
{
  const expression_task *t = own (task);
  draw_picture (t, view_of (t, epoch), sample, image);
  draw_target (t, view_of (t, epoch), sample, target);
  if (task->recipe->mixup > 0)
    mix (t, worker, epoch, sample, image, target);
}

/* ---- loss ---------------------------------------------------------------------------------------------------------------- */

static int
top_of (const nn_real *x, int n)
{
  int top = 0;
  for (int k = 1; k < n; k++)
    top = x[k] > x[top] ? k : top;
  return top;
}

/* The first head's reading of a row: right or not. */
static bool
is_right (const expression_task *t, size_t row, const nn_real *logits)
{
  const int top = top_of (logits, t->heads[0].classes);
  return top == (t->heads[0].kind == NN_HEAD_LABEL ? t->data->labels[row] : nn_votes_majority (t->data->votes + row * NN_N_VOTES));
}

static double
loss (nn_task *task, nn_task_batch *b, double *score)
{
  const expression_task *t = own (task);
  double sum = 0;
  for (int i = 0; i < b->n; i++) {
    const nn_real *target = (const nn_real *) b->targets + (size_t) i * (size_t) t->n_values;
    for (int k = 0; k < t->n_heads; k++) {
      const head *h = &t->heads[k];
      const size_t at = (size_t) i * (size_t) h->classes;
      sum += nn_cross_entropy (1, h->classes, b->outputs[k] + at, target + h->first, (nn_real) 1 / (nn_real) b->n, b->doutputs[k] + at);
    }
    *score += is_right (t, b->samples[i], b->outputs[0] + (size_t) i * (size_t) t->heads[0].classes);
  }
  return sum;
}

static bool
validate (nn_task *task, const nn_graph *graph, const nn_real *weights, int threads, double *mean_loss, double *score, nn_error *error)
{
  return nn_evaluate (graph, weights, own (task)->data, NN_PUBLIC_TEST, &task->recipe->input, 0, threads, mean_loss, score, NULL, error);
}

static bool
begin_epoch (nn_task *task, int64_t epoch, nn_workers *workers, nn_error *error)
{
  const expression_task *t = own (task);
  return !t->teacher || nn_teacher_look (t->teacher, view_of (t, epoch), workers, error);
}

/* ---- teachers ------------------------------------------------------------------------------------------------------------ */

static void
show (const void *user, int64_t view, uint32_t row, nn_real *image)
{
  draw_picture (user, view, row, image);
}

/* The output of a teacher that says what a head is to say; -1: none does. */
static int
find_output (const nn_graph *graph, const head *h, const nn_shape *shapes)
{
  for (int i = 0; i < graph->n_outputs; i++) {
    const nn_shape *shape = &shapes[graph->outputs[i]];
    if (graph->nodes[graph->outputs[i]].op == NN_OP_softmax && shape->h == 1 && shape->w == 1 && shape->c == h->classes)
      return i;
  }
  return -1;
}

static bool
check_teacher (const expression_task *t, const nn_graph *graph, int outputs[MAX_HEADS], nn_error *error)
{
  nn_shape shapes[NN_MAX_NODES];
  int h, w;
  nn_training_size (&t->base.recipe->input, &t->base.recipe->augment, &h, &w);
  if (!nn_graph_shapes (graph, h, w, shapes, error))
    return false;
  for (int i = 0; i < graph->n_nodes; i++)
    if (graph->nodes[i].op == NN_OP_input && shapes[i].c != 1)
      return nn_fail (error, "the teacher's input has %d channels, expected 1: grey pictures", shapes[i].c);
  for (int i = 0; i < t->n_heads; i++)
    if ((outputs[i] = find_output (graph, &t->heads[i], shapes)) < 0)
      return nn_fail (error, "the teacher has no softmax over %d classes among its outputs", t->heads[i].classes);
  return true;
}

bool
nn_expression_task_learn_from (nn_task *task, const nn_model *const *models, int n, nn_error *error)
{
  expression_task *t = (expression_task *) task;
  int h, w, outputs[MAX_HEADS];
  nn_training_size (&task->recipe->input, &task->recipe->augment, &h, &w);
  const nn_teacher_options options = { .rows = t->rows,
                                       .n_rows = task->n_samples,
                                       .n_data = t->data->n,
                                       .views = task->recipe->views,
                                       .n_values = t->n_values,
                                       .h = h,
                                       .w = w,
                                       .threads = t->threads,
                                       .show = show,
                                       .user = t };
  if (task->recipe->distill <= 0)
    return nn_fail (error, "recipe: distill is 0, expected the share of the teacher's word in the targets");
  if (!(t->teacher = nn_teacher_new (&options, error)))
    return false;
  for (int i = 0; i < n; i++) {
    if (!check_teacher (t, models[i]->graph, outputs, error) || !nn_teacher_add (t->teacher, models[i], outputs, t->n_heads, error))
      return false;
    task->hash = hash_bytes (task->hash, models[i]->weights, models[i]->graph->n_weights * sizeof *models[i]->weights);
  }
  return true;
}

/* ---- construction -------------------------------------------------------------------------------------------------------- */

static void
expression_task_free (nn_task *task)
{
  expression_task *t = (expression_task *) task;
  nn_teacher_free (t->teacher);
  free (t->rows);
  free (t->class_weights);
  free (t->partners);
  free (t);
}

static const nn_task_ops ops = {
  .fit = fit, .begin_epoch = begin_epoch, .make = make, .loss = loss, .validate = validate, .free = expression_task_free
};

static bool
find_rows (expression_task *t, nn_error *error)
{
  const nn_dataset *data = t->data;
  int n_training = 0, n_public = 0;
  for (int i = 0; i < data->n; i++) {
    n_training += data->splits[i] == NN_TRAINING;
    n_public += data->splits[i] == NN_PUBLIC_TEST;
  }
  if (n_training < 2 || n_public < 1)
    return nn_fail (error, "the data set has %d rows of Training and %d of PublicTest, expected at least 2 and 1", n_training, n_public);
  t->rows = calloc ((size_t) n_training, sizeof *t->rows);
  if (!t->rows)
    return nn_fail (error, "out of memory for the order of %d rows", n_training);
  for (int i = 0; i < data->n; i++)
    if (data->splits[i] == NN_TRAINING)
      t->rows[t->base.n_samples++] = (uint32_t) i;
  t->base.samples = t->rows;
  return true;
}

/* A class of m rows weighs m^-power, power 0, 1/2, 1. */
static bool
weigh_classes (expression_task *t, nn_error *error)
{
  static const double powers[] = { [NN_BALANCE_NONE] = 0, [NN_BALANCE_SQRT] = 0.5, [NN_BALANCE_FULL] = 1 };
  int rows[256] = { 0 };
  double sum = 0;
  t->class_weights = calloc ((size_t) t->data->classes, sizeof *t->class_weights);
  if (!t->class_weights)
    return nn_fail (error, "out of memory for %d classes", t->data->classes);
  for (int i = 0; i < t->base.n_samples; i++)
    rows[t->data->labels[t->rows[i]]]++;
  for (int k = 0; k < t->data->classes; k++)
    sum += rows[k] ? rows[k] * pow (rows[k], -powers[t->base.recipe->balance]) : 0;
  for (int k = 0; k < t->data->classes; k++)
    t->class_weights[k] = rows[k] ? (float) (pow (rows[k], -powers[t->base.recipe->balance]) * t->base.n_samples / sum) : 0;
  return true;
}

nn_task *
nn_expression_task_new (const nn_recipe *recipe, const nn_dataset *data, int threads, nn_error *error)
{
  expression_task *t = calloc (1, sizeof *t);
  if (!t) {
    nn_fail (error, "out of memory for a task");
    return NULL;
  }
  t->base = (nn_task) { .ops = &ops, .recipe = recipe, .hash = data->hash };
  t->data = data;
  t->threads = threads;
  const bool votes = recipe->soft_labels <= 0 || (data->votes && data->classes == 7)
                     || nn_fail (error, "recipe: soft_labels needs votes and FER-2013's seven classes");
  if (votes && find_rows (t, error) && weigh_classes (t, error))
    return &t->base;
  expression_task_free (&t->base);
  return NULL;
}
