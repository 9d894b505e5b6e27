/* SPDX-License-Identifier: MIT
 * A network that is ready to run, as inference and its layers are measured. */
#ifndef BENCH_INFER_H
#define BENCH_INFER_H

#include "job.h"

typedef struct bench_net {
  nn_plan *plan;
  nn_runner *runner;
  int batch;
  nn_real *images;
} bench_net;

/* after and data: the runner's observer, NULL: none. */
bool bench_net_new (bench_net *net, const bench_job *job, void (*after) (void *data, int node), void *data, nn_error *error);
void bench_net_clear (bench_net *net); /* half-built ones too */
void bench_net_run (void *net);        /* the batch, once */
void bench_net_report (const bench_net *net, const bench_job *job);

#endif
