/* SPDX-License-Identifier: MIT
 * Training curves as a picture. */
#ifndef TRAIN_CURVES_H
#define TRAIN_CURVES_H

#include "nn_train.h"
#include "common/gnuplot.h"

/* Accuracy and loss by epoch from a log (log.h); SVG or PNG by the ending of path. */
tool_plotted train_plot_curves (const char *log, nn_task_name task, const char *path, nn_error *error);

#endif
