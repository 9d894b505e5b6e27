/* SPDX-License-Identifier: MIT
 * What is asked of a measurement, and where its figures go. */
#ifndef BENCH_JOB_H
#define BENCH_JOB_H

#include "common/json.h"
#include "common/network.h"
#include "timing.h"

typedef struct bench_job {
  tool_network network;
  nn_precision precision;
  int batch, threads;
  bench_limits limits;
  bool quiet;        /* nothing but JSON on standard output */
  JsonBuilder *json; /* the object that gets the figures */
} bench_job;

/* Time of a run from images to output. */
bool bench_infer (const bench_job *job, nn_error *error);

/* The same, then a table of what each node of the folded graph takes. */
bool bench_layers (const bench_job *job, nn_error *error);

/* Time of a training step: forward, cross-entropy, backward, Adam. */
bool bench_step (const bench_job *job, nn_error *error);

/* Figures that all three have: GFLOP/s counts the multiplications and additions of a direct computation, `factor` times those of a forward pass. */
void bench_report_times (const bench_job *job, const bench_times *times, int factor);

#endif
