/* SPDX-License-Identifier: MIT
 * The CSV log of a training: one line per epoch, safe on the disk before the next epoch begins. */
#ifndef TRAIN_LOG_H
#define TRAIN_LOG_H

#include "nn_train.h"

#include <stdio.h>

typedef struct train_log {
  const char *path; /* borrowed; NULL: no log, and all else does nothing */
  FILE *file;
} train_log;

/* A new log with its header, in place of what was there ... */
bool train_log_create (train_log *log, const char *path, nn_task_name task, nn_error *error);
/* ... or one to go on with, cut back to size bytes: what a checkpoint recorded. */
bool train_log_resume (train_log *log, const char *path, nn_task_name task, uint64_t size, nn_error *error);
bool train_log_row (train_log *log, const nn_epoch_row *row, nn_error *error);
uint64_t train_log_size (const train_log *log);
void train_log_close (train_log *log);

#endif
