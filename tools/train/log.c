/* SPDX-License-Identifier: MIT */
#include "log.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const headers[NN_N_TASKS] = {
  "epoch,train_loss,train_accuracy,public_loss,public_accuracy,ema_loss,ema_accuracy,rate,seconds,best\n",
  "epoch,train_loss,train_iou,held_out_loss,held_out_ap40,ema_loss,ema_ap40,rate,seconds,best\n",
};

static bool
fail (const train_log *log, const char *what, nn_error *error)
{
  return nn_fail (error, "cannot %s the log %s: %s", what, log->path, strerror (errno));
}

static bool
flush (train_log *log, nn_error *error)
{
  return (!ferror (log->file) && fflush (log->file) == 0 && (fsync (fileno (log->file)) == 0 || errno == EINVAL)) || fail (log, "write", error);
}

bool
train_log_create (train_log *log, const char *path, nn_task_name task, nn_error *error)
{
  *log = (train_log) { .path = path };
  if (!path)
    return true;
  if (!(log->file = fopen (path, "w")))
    return fail (log, "open", error);
  fputs (headers[task], log->file);
  return flush (log, error);
}

bool
train_log_resume (train_log *log, const char *path, nn_task_name task, uint64_t size, nn_error *error)
{
  struct stat there;
  *log = (train_log) { .path = path };
  if (!path)
    return true;
  if (size == 0) /* the interrupted run kept none */
    return train_log_create (log, path, task, error);
  if (!(log->file = fopen (path, "r+")))
    return fail (log, "open", error);
  if (fstat (fileno (log->file), &there))
    return fail (log, "read", error);
  if ((uint64_t) there.st_size < size)
    return nn_fail (error, "the log %s has %lld bytes, expected at least the %llu that the checkpoint counted", path, (long long) there.st_size,
                    (unsigned long long) size);
  if (ftruncate (fileno (log->file), (off_t) size) || fseeko (log->file, (off_t) size, SEEK_SET))
    return fail (log, "cut back", error);
  return true;
}

/* Empty where it was not measured. */
static void
put_measured (FILE *file, double value)
{
  if (isfinite (value))
    fprintf (file, "%.6f", value);
  fputc (',', file);
}

bool
train_log_row (train_log *log, const nn_epoch_row *row, nn_error *error)
{
  if (!log->file)
    return true;
  fprintf (log->file, "%d,", row->epoch);
  const double values[] = { row->train_loss, row->train_score, row->public_loss, row->public_score, row->ema_loss, row->ema_score };
  for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
    put_measured (log->file, values[i]);
  fprintf (log->file, "%.9g,%.1f,%d\n", row->rate, row->seconds, row->best);
  return flush (log, error);
}

uint64_t
train_log_size (const train_log *log)
{
  return log->file ? (uint64_t) ftello (log->file) : 0;
}

void
train_log_close (train_log *log)
{
  if (log->file)
    fclose (log->file);
  log->file = NULL;
}
