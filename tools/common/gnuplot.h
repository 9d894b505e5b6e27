/* SPDX-License-Identifier: MIT
 * Pictures by the program gnuplot. */
#ifndef TOOL_GNUPLOT_H
#define TOOL_GNUPLOT_H

#include "nn.h"

typedef enum tool_plotted { TOOL_PLOTTED, TOOL_PLOT_NO_GNUPLOT, TOOL_PLOT_FAILED } tool_plotted;

/* Whether the name ends in .svg or .png. */
bool tool_plot_name_is_good (const char *path);

/* text between quotes as a script may hold it, the caller's to g_free: names of files and of people's groups hold quotes, line ends, and commands in
 * backquotes, which gnuplot would run. */
char *tool_gnuplot_text (const char *text);

/* What script draws, into path by way of a temporary file; SVG or PNG by its ending. script is read from a pipe and may hold data blocks. */
tool_plotted tool_gnuplot (const char *script, int width, int height, const char *path, nn_error *error);

/* The same as the text of an SVG, the caller's to g_free. */
tool_plotted tool_gnuplot_svg (const char *script, int width, int height, char **svg, nn_error *error);

#endif
