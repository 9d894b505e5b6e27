/* SPDX-License-Identifier: MIT
 * What one command trains: the teachers of a preset that has some, then the network, once for each seed. */
#ifndef TRAIN_SERIES_H
#define TRAIN_SERIES_H

#include "options.h"

#include <signal.h>

/* For the output NAME.onnx teachers become NAME-teacher-1.onnx and so on, and with several seeds each network NAME-SEED.onnx; the one that does best on
 * PublicTest is NAME.onnx as well. With --resume, what is there already is not trained again, but refused if it was made otherwise. Returns an exit
 * status as train_session_run does. */
int train_series_run (const train_options *options, const volatile sig_atomic_t *stop, nn_error *error);

#endif
