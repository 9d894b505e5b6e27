/* SPDX-License-Identifier: MIT
 * fer-train: train a network that reads expressions, or one that finds faces, and write it as a model file. docs/training.md is its manual. */
#include "common/command.h"
#include "train/options.h"
#include "train/series.h"
#include "train/session.h"

#include <unistd.h>

static volatile sig_atomic_t stop;

/* Asked once it stops after a step, asked twice at once. */
static void
ask_to_stop (int number)
{
  (void) number;
  if (stop)
    _exit (TRAIN_STOPPED);
  stop = 1;
}

static void
catch_signals (void)
{
  struct sigaction action = { .sa_handler = ask_to_stop, .sa_flags = SA_RESTART };
  sigemptyset (&action.sa_mask);
  sigaction (SIGINT, &action, NULL);
  sigaction (SIGTERM, &action, NULL);
}

int
main (int argc, char **argv)
{
  train_options options;
  nn_error error = { "" };
  int status = TOOL_USAGE;
  if (train_options_read (&options, argc, argv, &error)) {
    catch_signals ();
    status = train_series_run (&options, &stop, &error);
  }
  train_options_clear (&options);
  return status == TRAIN_STOPPED ? status : tool_end ("fer-train", status, &error);
}
