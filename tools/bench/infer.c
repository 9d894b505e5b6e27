/* SPDX-License-Identifier: MIT */
#include "infer.h"

#include <glib.h>
#include <stdio.h>

bool
bench_net_new (bench_net *net, const bench_job *job, void (*after) (void *, int), void *data, nn_error *error)
{
  const tool_network *network = &job->network;
  *net = (bench_net) { .batch = job->batch };
  net->plan = tool_network_plan (network, NULL, job->precision, error);
  if (net->plan)
    net->runner = nn_runner_new (
        net->plan, &(nn_runner_options) { .h = network->h, .w = network->w, .batch = job->batch, .threads = job->threads, .after = after, .data = data },
        error);
  return net->runner && (net->images = tool_network_images (network, job->batch, error));
}

void
bench_net_clear (bench_net *net)
{
  nn_runner_free (net->runner);
  nn_plan_free (net->plan);
  g_free (net->images);
}

void
bench_net_run (void *data)
{
  const bench_net *net = data;
  nn_run (net->runner, net->batch, net->images);
}

void
bench_net_report (const bench_net *net, const bench_job *job)
{
  const double plan = (double) nn_plan_bytes (net->plan), runner = (double) nn_runner_bytes (net->runner);
  tool_json_text (job->json, "precision", nn_precision_name (job->precision));
  tool_json_text (job->json, "cpu", nn_plan_cpu (net->plan));
  tool_json_count (job->json, "plan_bytes", (gint64) plan);
  tool_json_count (job->json, "runner_bytes", (gint64) runner);
  if (!job->quiet)
    printf ("kernels %s, precision %s, plan %.2f MB (weights, packed and not), runner %.2f MB\n", nn_plan_cpu (net->plan),
            nn_precision_name (job->precision), plan / 1e6, runner / 1e6);
}

bool
bench_infer (const bench_job *job, nn_error *error)
{
  bench_net net;
  const bool good = bench_net_new (&net, job, NULL, NULL, error);
  if (good) {
    const bench_times times = bench_time (bench_net_run, &net, &job->limits);
    bench_net_report (&net, job);
    bench_report_times (job, &times, 1);
  }
  bench_net_clear (&net);
  return good;
}
