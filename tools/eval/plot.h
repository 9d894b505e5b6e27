/* SPDX-License-Identifier: MIT
 * The confusion matrix as a picture. */
#ifndef EVAL_PLOT_H
#define EVAL_PLOT_H

#include "common/gnuplot.h"
#include "result.h"

/* Shares of each row by colour, faces and shares as text; SVG or PNG by the ending of path. */
tool_plotted eval_plot_confusion (const eval_result *result, const char *path, nn_error *error);

#endif
