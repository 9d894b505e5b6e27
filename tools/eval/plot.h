/* SPDX-License-Identifier: MIT
 * An evaluation's figures as pictures. */
#ifndef EVAL_PLOT_H
#define EVAL_PLOT_H

#include "common/gnuplot.h"
#include "result.h"

typedef enum eval_plot_kind {
  EVAL_PLOT_CONFUSION,   /* shares of each row by colour, faces and shares as text */
  EVAL_PLOT_RELIABILITY, /* share read right over the probability of the reading, and faces, by bins; calibrated as well, if that was asked for */
  EVAL_PLOT_ROBUSTNESS,  /* accuracy of spoilt faces over the strength */
  EVAL_N_PLOTS
} eval_plot_kind;

/* As a file, SVG or PNG by the ending of path; as the text of an SVG, the caller's to g_free. */
tool_plotted eval_plot (const eval_result *result, eval_plot_kind kind, const char *path, nn_error *error);
tool_plotted eval_plot_svg (const eval_result *result, eval_plot_kind kind, char **svg, nn_error *error);

#endif
