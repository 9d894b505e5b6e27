/* SPDX-License-Identifier: MIT
 * Scenes with faces, and where those are. */
#include "task.h"

#include "faces_look.h"
#include "faces_loss.h"
#include "hash.h"
#include "scene_compose.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_SCORE 0.01   /* of every cell, before it has learnt anything (Lin et al. 2017, "Focal loss", section 3.3) */
#define FIRST_SIZE 2.5     /* of every box, in strides */
#define OUTPUT_SCALE 0.1f  /* of the outputs' first weights: their biases are what counts then */
#define LEAST_HARDNESS 0.1f
#define TURNS 4

typedef struct faces_task {
  nn_task base;
  nn_scene_stock stock;
  int n_held_out, *held_out; /* scenes */
  uint32_t *samples;         /* 0, 1, ... */
  int threads;
  float **scratch;           /* [threads]: the canvas and the largest picture */
  nn_faces_cell *cells;      /* (batch, cells of an image) */
  double *sums, *losses, *overlaps; /* [batch] */
} faces_task;

static faces_task *
own (const nn_task *task)
{
  return (faces_task *) task;
}

/* ---- the network --------------------------------------------------------------------------------------------------------- */

static bool
fit (nn_task *task, const nn_graph *graph, const nn_shape *shapes, nn_error *error)
{
  faces_task *t = own (task);
  const nn_recipe *r = task->recipe;
  size_t cells = 0;
  if (graph->n_outputs != NN_FACES_LEVELS)
    return nn_fail (error, "the architecture has %d outputs, expected %d: maps of stride 8, 16 and 32", graph->n_outputs, NN_FACES_LEVELS);
  for (int i = 0; i < NN_FACES_LEVELS; i++) {
    const nn_shape s = shapes[graph->outputs[i]], expected = { r->input.h / nn_faces_strides[i], r->input.w / nn_faces_strides[i], 0 };
    if (s.h != expected.h || s.w != expected.w || s.c != NN_DETECT_CHANNELS)
      return nn_fail (error, "output %d of the architecture is %dx%dx%d for pictures of %dx%d, expected %dx%dx%d", i + 1, s.h, s.w, s.c, r->input.h,
                      r->input.w, expected.h, expected.w, NN_DETECT_CHANNELS);
    cells += (size_t) s.h * (size_t) s.w;
  }
  t->cells = calloc (cells * (size_t) r->batch, sizeof *t->cells);
  return t->cells || nn_fail (error, "out of memory for %zu cells", cells * (size_t) r->batch);
}

/* The convolution that gives an output tells a cell's first guess by its bias. */
static void
init (const nn_task *task, const nn_graph *graph, nn_real *weights)
{
  (void) task;
  for (int i = 0; i < graph->n_outputs; i++) {
    const nn_node *node = &graph->nodes[graph->outputs[i]];
    if (node->op != NN_OP_conv || !node->u.conv.bias)
      continue;
    nn_real *w = weights + node->weights, *bias = w + node->n_weights - NN_DETECT_CHANNELS;
    for (; w < bias; w++)
      *w *= OUTPUT_SCALE;
    bias[NN_DETECT_SCORE] = (nn_real) log (FIRST_SCORE / (1 - FIRST_SCORE));
    bias[NN_DETECT_BOX + 2] = bias[NN_DETECT_BOX + 3] = (nn_real) log (FIRST_SIZE);
  }
}

/* ---- a batch ------------------------------------------------------------------------------------------------------------- */

static void
make (const nn_task *task, int worker, int64_t epoch, uint32_t sample, nn_real *image, void *target)
{
  const faces_task *t = own (task);
  const nn_recipe *r = task->recipe;
  nn_random random = nn_random_new (r->seed, (uint64_t) epoch, sample, NN_FOR_AUGMENT);
  nn_canvas canvas = { r->input.h, r->input.w, image, target, t->scratch[worker], &random };
  nn_scene_compose (&t->stock, r, (int) sample, &canvas);
  for (int i = 0; i < canvas.h * canvas.w; i++)
    image[i] = (image[i] - r->input.mean) / r->input.sd;
}

typedef struct learning {
  faces_task *task;
  const nn_task_batch *batch;
  nn_real scale;
} learning;

static nn_faces_maps
maps_of (const nn_task_batch *b, int image)
{
  nn_faces_maps maps;
  for (int i = 0; i < NN_FACES_LEVELS; i++) {
    const nn_shape s = b->shapes[i];
    const size_t first = (size_t) image * (size_t) s.h * (size_t) s.w * (size_t) s.c;
    maps.shapes[i] = s;
    maps.maps[i] = b->outputs[i] + first;
    maps.dmaps[i] = b->doutputs[i] + first;
  }
  return maps;
}

static const nn_scene_target *
target_of (const nn_task_batch *b, int image)
{
  return (const nn_scene_target *) b->targets + image;
}

static void
assign_image (void *user, int worker, int i)
{
  (void) worker;
  const learning *l = user;
  const nn_faces_maps maps = maps_of (l->batch, i);
  faces_task *t = l->task;
  t->sums[i] = nn_faces_assign (&maps, target_of (l->batch, i), t->cells + (size_t) i * (size_t) nn_faces_n_cells (&maps), &t->overlaps[i]);
}

static void
learn_image (void *user, int worker, int i)
{
  (void) worker;
  const learning *l = user;
  const nn_faces_maps maps = maps_of (l->batch, i);
  const faces_task *t = l->task;
  t->losses[i] = nn_faces_loss (&maps, target_of (l->batch, i), t->cells + (size_t) i * (size_t) nn_faces_n_cells (&maps), l->scale);
}

/* A picture in which there is nothing to learn is worth as much as the others of its batch. */
static double
score_of (const faces_task *t, int n)
{
  double sum = 0;
  int with = 0;
  for (int i = 0; i < n; i++) {
    sum += t->overlaps[i];
    with += t->overlaps[i] > 0;
  }
  return with ? sum / with * n : 0;
}

static double
loss (nn_task *task, nn_task_batch *b, double *score)
{
  faces_task *t = own (task);
  learning l = { .task = t, .batch = b };
  double targets = 0, sum = 0;
  nn_workers_run (b->workers, assign_image, &l, b->n);
  for (int i = 0; i < b->n; i++)
    targets += t->sums[i];
  l.scale = (nn_real) (1 / fmax (targets, 1));
  nn_workers_run (b->workers, learn_image, &l, b->n);
  for (int i = 0; i < b->n; i++)
    sum += t->losses[i];
  *score += score_of (t, b->n);
  return sum * b->n;
}

/* ---- between epochs ------------------------------------------------------------------------------------------------------ */

static bool
validate (nn_task *task, const nn_graph *graph, const nn_real *weights, int threads, double *mean_loss, double *score, nn_error *error)
{
  const faces_task *t = own (task);
  *mean_loss = NAN;
  return nn_faces_score (graph, weights, &task->recipe->input, t->stock.scenes, t->held_out, t->n_held_out, threads, score, error);
}

static void
note_hardness (void *user, int i, const nn_detection *found, int n)
{
  float *hardness = user;
  hardness[i] = n > 0 ? found[0].score : 0;
}

/* Which pictures without a face fool the network now: one in TURNS of them in each epoch, all of them in turn. */
static bool
end_epoch (nn_task *task, int epoch, const nn_graph *graph, const nn_real *weights, int threads, nn_error *error)
{
  const nn_scene_stock *s = &own (task)->stock;
  const int first = (int) ((int64_t) s->n_empty * (epoch % TURNS) / TURNS), end = (int) ((int64_t) s->n_empty * (epoch % TURNS + 1) / TURNS);
  return task->recipe->scene.hard <= 0
         || nn_faces_look (graph, weights, &task->recipe->input, s->scenes, s->empty + first, end - first, threads, LEAST_HARDNESS, note_hardness,
                           s->hardness + first, error);
}

/* ---- construction -------------------------------------------------------------------------------------------------------- */

static void
faces_task_free (nn_task *task)
{
  faces_task *t = own (task);
  for (int i = 0; t->scratch && i < t->threads; i++)
    free (t->scratch[i]);
  free (t->scratch);
  free (t->stock.scene_of);
  free (t->stock.empty);
  free (t->stock.hardness);
  free (t->stock.cutout_rows);
  free (t->held_out);
  free (t->samples);
  free (t->cells);
  free (t->sums);
  free (t->losses);
  free (t->overlaps);
  free (t);
}

static const nn_task_ops ops = {
  .validated = 5,
  .averaged_only = true,
  .chooses_last = true,
  .fit = fit,
  .init = init,
  .make = make,
  .loss = loss,
  .validate = validate,
  .end_epoch = end_epoch,
  .free = faces_task_free,
};

static bool
allocate (faces_task *t, size_t pixels, nn_error *error)
{
  const nn_recipe *r = t->base.recipe;
  const size_t n = (size_t) t->stock.scenes->n, batch = (size_t) r->batch;
  t->stock.scene_of = calloc ((size_t) t->stock.scenes->n_faces + 1, sizeof *t->stock.scene_of);
  t->stock.empty = calloc (n, sizeof *t->stock.empty);
  t->stock.hardness = calloc (n, sizeof *t->stock.hardness);
  t->stock.cutout_rows = calloc (t->stock.cutouts ? (size_t) t->stock.cutouts->n + 1 : 1, sizeof *t->stock.cutout_rows);
  t->held_out = calloc (n, sizeof *t->held_out);
  t->samples = calloc (n, sizeof *t->samples);
  t->sums = calloc (batch, sizeof *t->sums);
  t->losses = calloc (batch, sizeof *t->losses);
  t->overlaps = calloc (batch, sizeof *t->overlaps);
  t->scratch = calloc ((size_t) t->threads, sizeof *t->scratch);
  bool good = t->stock.scene_of && t->stock.empty && t->stock.hardness && t->stock.cutout_rows && t->held_out && t->samples && t->sums && t->losses
              && t->overlaps && t->scratch;
  for (int i = 0; good && i < t->threads; i++)
    good = (t->scratch[i] = calloc ((size_t) r->input.h * (size_t) r->input.w + pixels, sizeof *t->scratch[i]));
  return good || nn_fail (error, "out of memory for %zu scenes", n);
}

static void
add_full (nn_scene_stock *stock, int index)
{
  const nn_scene *scene = &stock->scenes->scenes[index];
  stock->n_full++;
  for (int k = 0; k < scene->n_faces; k++)
    if (!stock->scenes->faces[scene->first + k].truth.ignore)
      stock->scene_of[stock->n_faces++] = index;
}

static void
sort_scenes (faces_task *t)
{
  const nn_scenes *scenes = t->stock.scenes;
  const nn_dataset *cutouts = t->stock.cutouts;
  for (int i = 0; i < scenes->n; i++) {
    if (scenes->scenes[i].held_out)
      t->held_out[t->n_held_out++] = i;
    else if (scenes->scenes[i].n_faces > 0)
      add_full (&t->stock, i);
    else
      t->stock.empty[t->stock.n_empty++] = i;
  }
  for (int i = 0; cutouts && i < cutouts->n; i++)
    if (cutouts->splits[i] == NN_TRAINING)
      t->stock.cutout_rows[t->stock.n_cutouts++] = i;
}

static uint64_t
hash_of (const nn_scenes *scenes, const nn_dataset *cutouts)
{
  uint64_t hash = cutouts ? cutouts->hash : 0;
  for (int i = 0; i < scenes->n; i++) {
    const nn_scene *s = &scenes->scenes[i];
    hash = hash_bytes (hash, s->file, strlen (s->file));
    hash = hash_bytes (hash, s->pixels, (size_t) s->h * (size_t) s->w);
    for (int k = 0; k < s->n_faces; k++) {
      const nn_scene_face *face = &scenes->faces[s->first + k];
      const int flags = face->truth.ignore + 2 * face->has_points;
      hash = hash_bytes (hash, &face->truth.box, sizeof face->truth.box);
      hash = hash_bytes (hash, &flags, sizeof flags);
    }
  }
  return hash;
}

static bool
build (faces_task *t, nn_error *error)
{
  const nn_scenes *scenes = t->stock.scenes;
  size_t pixels = t->stock.cutouts ? (size_t) t->stock.cutouts->h * (size_t) t->stock.cutouts->w : 0;
  for (int i = 0; i < scenes->n; i++) {
    const nn_scene *s = &scenes->scenes[i];
    const size_t own_pixels = (size_t) s->h * (size_t) s->w;
    if (!s->pixels || own_pixels == 0)
      return nn_fail (error, "%s: the scene has no pixels", s->file);
    pixels = own_pixels > pixels ? own_pixels : pixels;
  }
  if (!allocate (t, pixels, error))
    return false;
  sort_scenes (t);
  t->base.n_samples = t->stock.n_full + t->stock.n_empty;
  for (int i = 0; i < t->base.n_samples; i++)
    t->samples[i] = (uint32_t) i;
  t->base.samples = t->samples;
  t->base.hash = hash_of (scenes, t->stock.cutouts);
  t->base.state = t->stock.hardness;
  t->base.state_size = (size_t) t->stock.n_empty * sizeof *t->stock.hardness;
  return (t->stock.n_full >= 2 && t->stock.n_faces >= 1 && t->n_held_out >= 1)
         || nn_fail (error, "the scenes are %d with faces (%d to be found) and %d held out, expected at least 2 (1) and 1", t->stock.n_full,
                     t->stock.n_faces, t->n_held_out);
}

nn_task *
nn_faces_task_new (const nn_recipe *recipe, const nn_scenes *scenes, const nn_dataset *cutouts, int threads, nn_error *error)
{
  faces_task *t = calloc (1, sizeof *t);
  if (!t) {
    nn_fail (error, "out of memory for a task");
    return NULL;
  }
  t->base = (nn_task) { .ops = &ops, .recipe = recipe, .target_size = sizeof (nn_scene_target) };
  t->stock.scenes = scenes;
  t->stock.cutouts = cutouts;
  t->threads = threads;
  if (build (t, error))
    return &t->base;
  faces_task_free (&t->base);
  return NULL;
}
