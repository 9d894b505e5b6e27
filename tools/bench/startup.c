/* SPDX-License-Identifier: MIT */
#include "startup.h"
#include "common/progress.h"
#include "fer.h"
#include "timing.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const stages[] = { "options", "parse", "plan", "runner", "run" };

#define N_STAGES ((int) G_N_ELEMENTS (stages))
#define FRAME 96 /* side of the picture that holds the face */

/* The classifier's own steps, apart, so that each can be timed. */
typedef struct reader {
  fer_model *model;
  nn_plan *plan;
  nn_runner *runner;
  float *tensor, *scratch;
  size_t scratch_size;
} reader;

static void
clear (reader *r)
{
  nn_runner_free (r->runner);
  nn_plan_free (r->plan);
  fer_model_free (r->model);
  g_free (r->tensor);
  free (r->scratch);
}

static bool
parse (reader *r, nn_error *error)
{
  r->model = fer_model_load (NULL, error);
  return r->model;
}

static bool
plan (reader *r, nn_error *error)
{
  r->plan = nn_plan_new (r->model->nn->graph, r->model->nn->weights, NULL, error);
  return r->plan;
}

static bool
make_runner (reader *r, nn_error *error)
{
  const int size = r->model->crop.size;
  r->runner = nn_runner_new (r->plan, &(nn_runner_options) { .h = size, .w = size }, error);
  return r->runner;
}

static bool
read_face (reader *r, nn_error *error)
{
  uint8_t luma[FRAME * FRAME];
  for (int i = 0; i < FRAME * FRAME; i++)
    luma[i] = (uint8_t) (i % FRAME * 2 + i / FRAME / 2);
  const int size = r->model->crop.size;
  const fer_image image = { .width = FRAME, .height = FRAME, .luma = luma, .stride = FRAME, .step = 1, .scale = 1 };
  const fer_box square = fer_frame_square (FRAME, FRAME);
  r->tensor = g_new (float, size * size);
  if (!fer_crop_run (&r->model->crop, &image, &square, 0, &r->scratch, &r->scratch_size, NULL, r->tensor))
    return nn_fail (error, "out of memory");
  nn_run (r->runner, 1, r->tensor);
  return isfinite (nn_runner_output (r->runner, 0, NULL)[0]) || nn_fail (error, "the embedded model gives no number");
}

bool
bench_startup_once (double begin, nn_error *error)
{
  bool (*const work[]) (reader *, nn_error *) = { parse, plan, make_runner, read_face };
  double times[N_STAGES + 1] = { begin, tool_seconds () };
  reader r = { 0 };
  bool good = true;
  for (int i = 1; good && i < N_STAGES; i++) {
    good = work[i - 1](&r, error);
    times[i + 1] = tool_seconds ();
  }
  clear (&r);
  for (int i = 0; good && i < N_STAGES; i++)
    printf ("%.4f%c", 1e3 * (times[i + 1] - times[i]), i + 1 < N_STAGES ? ' ' : '\n');
  return good;
}

/* One process; its stages, and behind them their sum. */
static bool
measure (const char *program, double *row, nn_error *error)
{
  char *argv[] = { (char *) program, (char *) "--startup-once", NULL }, *out = NULL, *err = NULL;
  int status = 0;
  GError *why = NULL;
  bool good = g_spawn_sync (NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, &err, &status, &why) || nn_fail (error, "%s", why->message);
  if (good && !g_spawn_check_wait_status (status, NULL))
    good = nn_fail (error, "%s --startup-once: %s", program, g_strstrip (err));
  const char *p = out;
  row[N_STAGES] = 0;
  for (int i = 0; good && i < N_STAGES; i++) {
    char *end;
    row[N_STAGES] += row[i] = g_ascii_strtod (p, &end);
    good = end != p || nn_fail (error, "%s --startup-once printed \"%s\"; expected %d numbers", program, g_strstrip (out), N_STAGES);
    p = end;
  }
  g_clear_error (&why);
  g_free (out);
  g_free (err);
  return good;
}

static void
report (const char *name, double *times, int n, bool quiet, JsonBuilder *json)
{
  const double median = bench_median (times, n);
  json_builder_set_member_name (json, name);
  json_builder_begin_object (json);
  tool_json_number (json, "median_ms", median);
  tool_json_number (json, "min_ms", times[0]);
  json_builder_end_object (json);
  if (!quiet)
    printf ("%-8s %8.3f %8.3f\n", name, median, times[0]);
}

bool
bench_startup (const char *program, int processes, bool quiet, JsonBuilder *json, nn_error *error)
{
  double row[N_STAGES + 1], *columns = g_new (double, (N_STAGES + 1) * processes);
  bool good = true;
  for (int i = 0; good && i < processes; i++) {
    good = measure (program, row, error);
    for (int stage = 0; good && stage <= N_STAGES; stage++)
      columns[stage * processes + i] = row[stage];
  }
  if (good && !quiet)
    printf ("from main to the first face, %d processes\n%-8s %8s %8s\n", processes, "ms", "median", "min");
  for (int stage = 0; good && stage <= N_STAGES; stage++)
    report (stage < N_STAGES ? stages[stage] : "total", columns + stage * processes, processes, quiet, json);
  g_free (columns);
  return good;
}
