/* SPDX-License-Identifier: MIT */
#include "curves.h"

#include <glib.h>
#include <stdlib.h>

/* Columns of the log: 1 epoch, 2 and 3 training's loss and accuracy, 4 and 5 PublicTest's, 6 and 7 with averaged weights (empty when off). */
static const char commands[] =
    "set datafile separator ','\n"
    "set grid\nset xlabel 'epoch'\nset multiplot layout 1,2\n"
    "set title 'accuracy, %'\nset key bottom right\n"
    "plot $log using 1:(100 * $3) with lines title 'training, augmented', $log using 1:(100 * $5) with lines title 'PublicTest', "
    "$log using 1:(100 * $7) with lines linewidth 2 title 'PublicTest, averaged weights'\n"
    "set title 'cross-entropy'\nset key top right\n"
    "plot $log using 1:2 with lines title 'training, augmented', $log using 1:4 with lines title 'PublicTest', "
    "$log using 1:6 with lines linewidth 2 title 'PublicTest, averaged weights'\n"
    "unset multiplot\n";

tool_plotted
train_plot_curves (const char *log, const char *path, nn_error *error)
{
  void *rows;
  size_t size;
  if (!nn_file_read (log, 1 << 24, &rows, &size, error))
    return TOOL_PLOT_FAILED;
  char *script = g_strdup_printf ("$log << END\n%sEND\n%s", (const char *) rows, commands);
  const tool_plotted plotted = tool_gnuplot (script, 1000, 420, path, error);
  g_free (script);
  free (rows);
  return plotted;
}
