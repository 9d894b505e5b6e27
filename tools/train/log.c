/* SPDX-License-Identifier: MIT */
#include "log.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char header[] = "epoch,train_loss,train_accuracy,public_loss,public_accuracy,ema_loss,ema_accuracy,rate,seconds,best\n";

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
train_log_create (train_log *log, const char *path, nn_error *error)
{
  *log = (train_log) { .path = path };
  if (!path)
    return true;
  if (!(log->file = fopen (path, "w")))
    return fail (log, "open", error);
  fputs (header, log->file);
  return flush (log, error);
}

bool
train_log_resume (train_log *log, const char *path, uint64_t size, nn_error *error)
{
  struct stat there;
  *log = (train_log) { .path = path };
  if (!path)
    return true;
  if (size == 0) /* the interrupted run kept none */
    return train_log_create (log, path, error);
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

bool
train_log_row (train_log *log, const nn_epoch_row *row, nn_error *error)
{
  if (!log->file)
    return true;
  fprintf (log->file, "%d,%.6f,%.6f,%.6f,%.6f,", row->epoch, row->train_loss, row->train_accuracy, row->public_loss, row->public_accuracy);
  if (isfinite (row->ema_accuracy))
    fprintf (log->file, "%.6f,%.6f", row->ema_loss, row->ema_accuracy);
  else
    fputc (',', log->file);
  fprintf (log->file, ",%.9g,%.1f,%d\n", row->rate, row->seconds, row->best);
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
