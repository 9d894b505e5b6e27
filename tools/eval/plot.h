/* SPDX-License-Identifier: MIT
 * An evaluation's figures as pictures. */
#ifndef EVAL_PLOT_H
#define EVAL_PLOT_H

#include "common/gnuplot.h"
#include "result.h"

/* Shares of each row by colour, faces and shares as text; SVG or PNG by the ending of path. */
tool_plotted eval_plot_confusion (const eval_result *result, const char *path, nn_error *error);

/* Share read right over the probability of the reading, by bins, and how many faces are in each; before and after calibration, if that was asked for. */
tool_plotted eval_plot_reliability (const eval_result *result, const char *path, nn_error *error);

/* Accuracy of faces that are spoilt. */
tool_plotted eval_plot_robustness (const eval_result *result, const char *path, nn_error *error);

#endif
