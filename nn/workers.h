/* SPDX-License-Identifier: MIT
 * A few threads that share out numbered tasks. Which thread takes which task is left to chance: a task's result may not depend on it. */
#ifndef NN_WORKERS_H
#define NN_WORKERS_H

#include "nn.h"

typedef struct nn_workers nn_workers;

/* threads >= 1, the caller of nn_workers_run counted. */
nn_workers *nn_workers_new (int threads, nn_error *error);
void nn_workers_free (nn_workers *workers);

/* Calls task (data, worker, index) once for each index < count, worker < threads naming the thread; returns when all are done. */
void nn_workers_run (nn_workers *workers, void (*task) (void *data, int worker, int index), void *data, int count);

#endif
