/* SPDX-License-Identifier: MIT */
#include "groups_read.h"
#include "common/picture.h"
#include "common/places.h"
#include "common/progress.h"
#include "tally.h"

#include <glib.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

/* One thread's. */
typedef struct eye {
  fer_classifier *classifier;
  fer_finder *finder; /* NULL: a picture is a face */
  int failed;         /* first picture that could not be read; INT_MAX: none */
  nn_error error;
} eye;

typedef struct job {
  const eval_manifest *manifest;
  eye *eyes;
  eval_predictions *predictions;
  char (*digests)[TOOL_DIGEST_SIZE];
  tool_progress progress;
  atomic_int done;
  atomic_bool failed;
} job;

static nn_detection
as_detection (const fer_box *box)
{
  return (nn_detection) { .x = box->x, .y = box->y, .w = box->w, .h = box->h };
}

/* Which face is meant; -1: none of them. */
static int
choose_face (const eval_picture *picture, const fer_result *result)
{
  int best = -1;
  float most = 0;
  for (int i = 0; i < result->n_faces; i++) {
    const fer_box *box = &result->faces[i].box;
    const nn_detection found = as_detection (box), given = as_detection (&picture->box);
    const float worth = picture->has_box ? nn_detect_iou (&found, &given) : box->w * box->h;
    if (worth > most && (!picture->has_box || worth >= EVAL_IOU)) {
      most = worth;
      best = i;
    }
  }
  return best;
}

static bool
is_poor (const eye *e, const fer_face *face, const fer_box *square)
{
  const fer_quality quality = fer_quality_of (square, face->has_points ? face->points : NULL, face->score, fer_classifier_pixels (e->classifier, 0),
                                              fer_classifier_model (e->classifier)->crop.size);
  return face->source == FER_FROM_FINDER && quality.value < FER_MIN_QUALITY;
}

static bool
read_image (const eye *e, const eval_picture *picture, const fer_image *image, float *probabilities, uint8_t *state, nn_error *error)
{
  const fer_model *model = fer_classifier_model (e->classifier);
  fer_result result = tool_result_begin (model, image);
  tool_places at = { .rolls = { 0 } };
  if (!e->finder)
    tool_places_frame (image, &result, &at);
  else if (!tool_places_find (e->finder, &model->crop, image, picture->path, &result, &at, error))
    return false;
  const int face = e->finder ? choose_face (picture, &result) : 0;
  *state = GROUPS_FACE_NONE;
  if (face < 0)
    return true;
  if (!fer_classifier_run (e->classifier, image, &at.squares[face], &at.rolls[face], 1, probabilities))
    return nn_fail (error, "%s: out of memory", picture->path);
  *state = is_poor (e, &result.faces[face], &at.squares[face]) ? GROUPS_FACE_REFUSED : GROUPS_FACE_READ;
  return true;
}

static void
read_picture (void *data, int worker, int i)
{
  job *j = data;
  eye *e = &j->eyes[worker];
  const eval_picture *row = &j->manifest->pictures[i];
  tool_picture picture;
  if (atomic_load (&j->failed))
    return;
  bool good = tool_digest (row->path, j->digests[i], &e->error) && tool_picture_load (&picture, row->path, &e->error);
  if (good) {
    float *probabilities = j->predictions->probabilities + (ptrdiff_t) i * j->predictions->n_labels;
    good = read_image (e, row, &picture.image, probabilities, &j->predictions->faces[i], &e->error);
    tool_picture_clear (&picture);
  }
  if (!good) {
    e->failed = i;
    atomic_store (&j->failed, true);
  }
  const int done = 1 + atomic_fetch_add (&j->done, 1);
  char after[32];
  snprintf (after, sizeof after, "%d of %d", done, j->manifest->n);
  if (worker == 0)
    tool_progress_draw (&j->progress, "reading pictures", (double) done / j->manifest->n, after);
}

static bool
load (eye *eyes, int threads, const groups_eyes *with, nn_error *error)
{
  for (int i = 0; i < threads; i++) {
    eyes[i].failed = INT_MAX;
    eyes[i].classifier = i ? fer_classifier_share (eyes[0].classifier, error) : fer_classifier_load (with->model, 1, with->precision, error);
    if (eyes[i].classifier && !with->frame)
      eyes[i].finder = fer_finder_load (with->finder, error);
    if (!eyes[i].classifier || (!with->frame && !eyes[i].finder))
      return false;
  }
  return true;
}

/* Of the pictures that failed before everybody stopped the first speaks for all. */
static bool
report (const job *j, int threads, nn_error *error)
{
  const eye *first = &j->eyes[0];
  for (int i = 1; i < threads; i++)
    if (j->eyes[i].failed < first->failed)
      first = &j->eyes[i];
  return first->failed == INT_MAX || nn_fail (error, "%s", first->error.text);
}

eval_predictions *
groups_read (const eval_manifest *manifest, const groups_eyes *with, nn_workers *workers, int threads, char (*digests)[TOOL_DIGEST_SIZE],
             nn_error *error)
{
  job j = { .manifest = manifest, .digests = digests, .eyes = g_new0 (eye, threads) };
  bool good = load (j.eyes, threads, with, error);
  if (good) {
    const fer_model *model = fer_classifier_model (j.eyes[0].classifier);
    j.predictions = eval_predictions_new (manifest->n, (const char *const *) model->labels, model->n_labels);
    tool_progress_init (&j.progress, stderr);
    nn_workers_run (workers, read_picture, &j, manifest->n);
    tool_progress_clear (&j.progress);
    good = report (&j, threads, error);
  }
  for (int i = threads; i--;) {
    fer_classifier_free (j.eyes[i].classifier);
    fer_finder_free (j.eyes[i].finder);
  }
  g_free (j.eyes);
  if (good)
    return j.predictions;
  eval_predictions_free (j.predictions);
  return NULL;
}
