/* SPDX-License-Identifier: MIT
 * fer-bench: how fast a network runs and trains on this CPU. */
#include "bench/job.h"
#include "bench/startup.h"
#include "common/command.h"
#include "common/progress.h"

#include <stdio.h>
#include <string.h>

#define PROCESSES 21 /* of --startup, unless --rounds says otherwise */
#define MAX_BATCH 4096
#define MAX_THREADS 256

typedef struct options {
  char *model, *graph, *json, *precision_name, *size;
  nn_precision precision;
  int h, w, batch, threads, rounds;
  double seconds;
  gboolean train, layers, startup, startup_once;
} options;

static const char description[] =
    "MODEL is any ONNX file of one image input; without fer.* metadata too, and with any weights. A graph's text (docs/architecture.md) gets random\n"
    "ones. Each figure is of many runs after a warm-up. GFLOP/s count the multiplications and additions of a direct computation, whatever algorithm\n"
    "runs.\n\nExamples:\n"
    "  fer-bench\n"
    "  fer-bench --model my.onnx --batch 8 --threads 2 --json -\n"
    "  fer-bench --model my.onnx --layers\n"
    "  fer-bench --graph net.txt --train";

static bool
check_options (const options *o, nn_error *error)
{
  if (o->model && o->graph)
    return nn_fail (error, "--model and --graph contradict each other");
  if (o->train + o->layers + o->startup + o->startup_once > 1)
    return nn_fail (error, "--train, --layers and --startup contradict each other");
  if (o->batch < 1 || o->batch > MAX_BATCH)
    return nn_fail (error, "--batch %d: expected 1 to %d", o->batch, MAX_BATCH);
  if (o->threads < 1 || o->threads > MAX_THREADS)
    return nn_fail (error, "--threads %d: expected 1 to %d", o->threads, MAX_THREADS);
  if (o->train && o->precision_name)
    return nn_fail (error, "--precision is for inference; --train is exact or not by itself");
  if (o->layers && o->threads > 1)
    return nn_fail (error, "--threads %d: --layers expects 1", o->threads);
  if (o->rounds < 1 || !(o->seconds >= 0))
    return nn_fail (error, "--rounds %d, --seconds %g: expected more than 0", o->rounds, o->seconds);
  if (o->startup && (o->model || o->graph))
    return nn_fail (error, "--startup measures the embedded model; expected no other");
  return true;
}

/* "48", or rows and columns as "48x64". */
static bool
read_size (options *o, nn_error *error)
{
  int end = 0;
  if (!o->size)
    return true;
  if (sscanf (o->size, "%6dx%6d%n", &o->h, &o->w, &end) != 2 || o->size[end]) {
    if (sscanf (o->size, "%6d%n", &o->h, &end) != 1 || o->size[end])
      o->h = 0;
    o->w = o->h;
  }
  return (o->h > 0 && o->w > 0) || nn_fail (error, "--size %s: expected pixels as 48, or rows and columns as 48x64", o->size);
}

static bool
read_options (options *o, int *argc, char ***argv, nn_error *error)
{
  const GOptionEntry entries[] = {
    { "model", 'm', 0, G_OPTION_ARG_FILENAME, &o->model, "model file instead of the one inside the program", "FILE" },
    { "graph", 'g', 0, G_OPTION_ARG_FILENAME, &o->graph, "a graph's text, with random weights", "FILE" },
    { "size", 0, 0, G_OPTION_ARG_STRING, &o->size, "side of the input, or rows and columns as 48x64 (what the model says, else 48)", "PIXELS" },
    { "batch", 'b', 0, G_OPTION_ARG_INT, &o->batch, "images at a time (1; 64 with --train)", "N" },
    { "threads", 't', 0, G_OPTION_ARG_INT, &o->threads, "threads (1)", "N" },
    { "precision", 'p', 0, G_OPTION_ARG_STRING, &o->precision_name, "exact, full or fast (full)", "NAME" },
    { "rounds", 'r', 0, G_OPTION_ARG_INT, &o->rounds, "measure at least so often (5) ...", "N" },
    { "seconds", 's', 0, G_OPTION_ARG_DOUBLE, &o->seconds, "... and at least so long (1)", "S" },
    { "train", 0, 0, G_OPTION_ARG_NONE, &o->train, "training steps: forward, cross-entropy, backward, Adam", NULL },
    { "layers", 0, 0, G_OPTION_ARG_NONE, &o->layers, "what each layer takes, too", NULL },
    { "startup", 0, 0, G_OPTION_ARG_NONE, &o->startup, "from main to the first face read with the model inside the program", NULL },
    { "startup-once", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &o->startup_once, NULL, NULL },
    { "json", 'j', 0, G_OPTION_ARG_FILENAME, &o->json, "write the figures (docs/performance.md); - for standard output alone", "FILE" },
    { 0 },
  };
  if (!tool_read_options (entries, "- measure how fast a network runs and trains", description, argc, argv, error))
    return false;
  if (*argc > 1)
    return nn_fail (error, "\"%s\" is not an option; expected options only", (*argv)[1]);
  if (!o->batch)
    o->batch = o->train ? 64 : 1;
  if (!o->rounds)
    o->rounds = o->startup ? PROCESSES : 5;
  const int precision = nn_precision_of (o->precision_name ? o->precision_name : "full");
  if (precision < 0)
    return nn_fail (error, "--precision %s: expected exact, full or fast", o->precision_name);
  o->precision = (nn_precision) precision;
  return read_size (o, error) && check_options (o, error);
}

void
bench_report_times (const bench_job *job, const bench_times *times, int factor)
{
  const double n = job->batch, gflops = 2e-9 * (double) job->network.macs * n * factor / times->median;
  tool_json_number (job->json, "median_ms_per_image", 1e3 * times->median / n);
  tool_json_number (job->json, "min_ms_per_image", 1e3 * times->min / n);
  tool_json_count (job->json, "runs", times->runs);
  tool_json_number (job->json, "gflops", gflops);
  if (!job->quiet)
    printf ("an image %.4f ms (median of %d runs), %.4f ms (shortest), %.1f GFLOP/s\n", 1e3 * times->median / n, times->runs, 1e3 * times->min / n, gflops);
}

static void
report_network (const bench_job *job)
{
  const tool_network *s = &job->network;
  tool_json_text (job->json, "model", s->name);
  tool_json_count (job->json, "height", s->h);
  tool_json_count (job->json, "width", s->w);
  tool_json_count (job->json, "channels", s->c);
  tool_json_number (job->json, "mmacs", (double) s->macs * 1e-6);
  tool_json_count (job->json, "batch", job->batch);
  tool_json_count (job->json, "threads", job->threads);
  if (!job->quiet)
    printf ("%s: %dx%dx%d, %.2f million multiplications an image; batch %d, threads %d\n", s->name, s->h, s->w, s->c, (double) s->macs * 1e-6, job->batch,
            job->threads);
}

static bool
measure (const options *o, bench_job *job, nn_error *error)
{
  if (o->startup)
    return bench_startup ("/proc/self/exe", o->rounds, job->quiet, job->json, error);
  bool good = tool_network_load (&job->network, o->model, o->graph, o->h, o->w, error);
  if (good) {
    report_network (job);
    good = (o->train ? bench_step : o->layers ? bench_layers : bench_infer) (job, error);
  }
  tool_network_clear (&job->network);
  return good;
}

static bool
run (const options *o, nn_error *error)
{
  bench_job job = { .batch = o->batch, .threads = o->threads, .precision = o->precision, .limits = { o->rounds, o->seconds }, .quiet = o->json && !strcmp (o->json, "-"),
                    .json = json_builder_new () };
  json_builder_begin_object (job.json);
  bool good = measure (o, &job, error);
  json_builder_end_object (job.json);
  good = good && tool_flush (error) && (!o->json || tool_json_write (job.json, o->json, error));
  g_object_unref (job.json);
  return good;
}

int
main (int argc, char **argv)
{
  const double begin = tool_seconds ();
  options o = { .threads = 1, .seconds = 1 };
  nn_error error = { "" };
  int status = TOOL_USAGE;
  if (read_options (&o, &argc, &argv, &error))
    status = (o.startup_once ? bench_startup_once (begin, &error) : run (&o, &error)) ? TOOL_GOOD : TOOL_ERROR;
  g_free (o.model);
  g_free (o.graph);
  g_free (o.json);
  g_free (o.precision_name);
  g_free (o.size);
  return tool_end ("fer-bench", status, &error);
}
