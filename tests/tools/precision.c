/* SPDX-License-Identifier: MIT
 * Precision full against exact with the shipped model: on FER-2013's PrivateTest where it is there, and on drawn faces. */
#include "common/dataset.h"
#include "faces.h"
#include "fer.h"
#include "test.h"

#include <glib.h>
#include <string.h>

#define BATCH 8
#define MODEL TEST_SOURCE_ROOT "/models/fer7-seed.onnx"

typedef struct runs {
  fer_classifier *classifier; /* makes tensors of faces */
  nn_runner *exact, *full;    /* of the same network, all values kept */
  int n_faces, n_different;
  float margin; /* the widest, of those that differ, between the two best probabilities */
  double error; /* the largest of a value, relative to the largest number in it */
} runs;

static nn_runner *
runner_of (const nn_model *model, nn_precision precision, nn_error *error)
{
  nn_plan *plan = nn_plan_new (model->graph, model->weights, &(nn_plan_options) { .precision = precision }, error);
  int all[NN_MAX_NODES], n_nodes = plan ? nn_plan_graph (plan)->n_nodes : 0;
  for (int i = 0; i < n_nodes; i++)
    all[i] = i;
  nn_runner *runner = plan ? nn_runner_new (plan, &(nn_runner_options) { .batch = BATCH, .keep = all, .n_keep = n_nodes }, error) : NULL;
  nn_plan_free (plan);
  return runner;
}

static bool
runs_init (runs *r, nn_error *error)
{
  *r = (runs) { .classifier = fer_classifier_load (MODEL, 1, NN_PRECISION_FULL, error) };
  const nn_model *model = r->classifier ? fer_classifier_model (r->classifier)->nn : NULL;
  r->exact = model ? runner_of (model, NN_PRECISION_EXACT, error) : NULL;
  r->full = r->exact ? runner_of (model, NN_PRECISION_FULL, error) : NULL;
  return r->full;
}

static void
runs_clear (runs *r)
{
  nn_runner_free (r->full);
  nn_runner_free (r->exact);
  fer_classifier_free (r->classifier);
}

static void
compare_values (runs *r, int n)
{
  for (int i = 0; i < nn_plan_graph (nn_runner_plan (r->full))->n_nodes; i++) {
    nn_shape shape;
    const float *expected = nn_runner_value (r->exact, i, &shape), *got = nn_runner_value (r->full, i, NULL);
    double worst = 0, largest = 0;
    for (size_t j = 0; j < (size_t) n * (size_t) shape.h * (size_t) shape.w * (size_t) shape.c; j++) {
      double difference = fabs ((double) expected[j] - (double) got[j]);
      worst = difference <= worst ? worst : difference;
      largest = fmax (largest, fabs ((double) expected[j]));
    }
    r->error = worst <= r->error * largest ? r->error : worst / largest;
  }
}

static int
best_of (const float *probabilities)
{
  int best = 0;
  for (int k = 1; k < 7; k++)
    best = probabilities[k] > probabilities[best] ? k : best;
  return best;
}

static void
compare_labels (runs *r, int n)
{
  const float *expected = nn_runner_output (r->exact, 0, NULL), *got = nn_runner_output (r->full, 0, NULL);
  for (int i = 0; i < n; i++, expected += 7, got += 7) {
    int a = best_of (expected), b = best_of (got);
    r->n_different += a != b;
    r->margin = fmaxf (r->margin, expected[a] - expected[b]);
  }
  r->n_faces += n;
}

static void
compare_batch (runs *r, int n, const float *tensors)
{
  nn_run (r->exact, n, tensors);
  nn_run (r->full, n, tensors);
  compare_values (r, n);
  compare_labels (r, n);
}

/* Every face of PrivateTest, full beside exact. */
static void
compare_exact (const nn_dataset *data)
{
  runs r;
  nn_error error = { "" };
  bool ready = runs_init (&r, &error);
  if (!ready)
    test_note ("%s", error.text);
  float *tensors = g_new (float, BATCH * 48 * 48), probabilities[7];
  fer_box frame = fer_frame_square (48, 48);
  int n = 0;
  for (int row = 0; ready && row < data->n; row++) {
    if (data->splits[row] != NN_PRIVATE_TEST)
      continue;
    fer_image image;
    fer_image_from_rgb (&image, data->pixels + (size_t) row * 48 * 48, 48, 48, 48, 1);
    fer_classifier_run (r.classifier, &image, &frame, NULL, 1, probabilities);
    memcpy (tensors + n++ * 48 * 48, fer_classifier_tensor (r.classifier, 0), 48 * 48 * sizeof *tensors);
    if (n == BATCH) {
      compare_batch (&r, n, tensors);
      n = 0;
    }
  }
  if (n)
    compare_batch (&r, n, tensors);
  g_free (tensors);
  test_note ("%d faces: %d labels differ, margin %.1e at most; largest relative error of a value %.1e", r.n_faces, r.n_different, (double) r.margin, r.error);
  check (ready && r.n_faces > 0);
  check (r.n_different <= 2 && r.margin < 0.01f);
  check (r.error <= 1e-3);
  runs_clear (&r);
}

static void
full_agrees_with_exact_on_drawn_faces (void)
{
  nn_dataset *data = test_faces (0, 0, 203, 5);
  compare_exact (data);
  nn_dataset_free (data);
}

/* The shipped model's own ranges: labels agree in 99 of 100 of PrivateTest's faces, and as many are right but for 0.3 points. */
static void
compare_fast (const nn_dataset *data)
{
  nn_error error = { "" };
  fer_classifier *full = fer_classifier_load (MODEL, 1, NN_PRECISION_FULL, &error), *fast = fer_classifier_load (MODEL, 1, NN_PRECISION_FAST, &error);
  fer_box frame = fer_frame_square (48, 48);
  int n = 0, agree = 0, right = 0, right_fast = 0;
  if (!fast)
    test_note ("%s", error.text);
  for (int row = 0; full && fast && row < data->n; row++) {
    if (data->splits[row] != NN_PRIVATE_TEST)
      continue;
    fer_image image;
    float p[7], q[7];
    fer_image_from_rgb (&image, data->pixels + (size_t) row * 48 * 48, 48, 48, 48, 1);
    check (fer_classifier_run (full, &image, &frame, NULL, 1, p) && fer_classifier_run (fast, &image, &frame, NULL, 1, q));
    n++;
    agree += best_of (p) == best_of (q);
    right += best_of (p) == data->labels[row];
    right_fast += best_of (q) == data->labels[row];
  }
  test_note ("%d faces: %d labels agree; right are %d in full, %d in fast", n, agree, right, right_fast);
  check (n > 0 && agree >= 0.99 * n && abs (right - right_fast) <= 0.003 * n);
  fer_classifier_free (full);
  fer_classifier_free (fast);
}

static void
on_fer2013 (void (*compare) (const nn_dataset *data))
{
  const char *path = test_fer2013 ();
  if (!path)
    skip (TEST_NO_FER2013);
  nn_error error = { "" };
  nn_dataset *data = tool_load_dataset (path, &error);
  require (data);
  compare (data);
  nn_dataset_free (data);
}

static void
full_agrees_with_exact_on_fer2013 (void)
{
  on_fer2013 (compare_exact);
}

static void
fast_agrees_with_full_on_fer2013 (void)
{
  on_fer2013 (compare_fast);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (full_agrees_with_exact_on_drawn_faces), TEST (full_agrees_with_exact_on_fer2013), TEST (fast_agrees_with_full_on_fer2013), { 0 } });
}
