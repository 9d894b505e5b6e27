/* SPDX-License-Identifier: MIT
 * One training: data, steps, checkpoints, log, model. */
#ifndef TRAIN_SESSION_H
#define TRAIN_SESSION_H

#include "options.h"

#include <signal.h>

enum { TRAIN_STOPPED = 130 }; /* exit status beside TOOL_GOOD and TOOL_ERROR */

/* Trains as the options say and writes the model; *stop, set by a signal, ends it after the step at hand, saved. Returns an exit status. */
int train_session_run (const train_options *options, const volatile sig_atomic_t *stop, nn_error *error);

#endif
