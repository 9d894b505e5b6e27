/* SPDX-License-Identifier: MIT */
#include "curves.h"

#include <glib.h>
#include <stdlib.h>

/* Columns of the log: 1 epoch, 2 and 3 training's loss and score, 4 and 5 those of what is not trained on, 6 and 7 with averaged weights (empty when
 * off or not measured). */
static const char *const commands[NN_N_TASKS] = {
  "set datafile separator ','\n"
  "set grid\nset xlabel 'epoch'\nset multiplot layout 1,2\n"
  "set title 'accuracy, %'\nset key bottom right\n"
  "plot $log using 1:(100 * $3) with lines title 'training, augmented', $log using 1:(100 * $5) with lines title 'PublicTest', "
  "$log using 1:(100 * $7) with lines linewidth 2 title 'PublicTest, averaged weights'\n"
  "set title 'cross-entropy'\nset key top right\n"
  "plot $log using 1:2 with lines title 'training, augmented', $log using 1:4 with lines title 'PublicTest', "
  "$log using 1:6 with lines linewidth 2 title 'PublicTest, averaged weights'\n"
  "unset multiplot\n",
  "set datafile separator ','\n"
  "set grid\nset xlabel 'epoch'\nset multiplot layout 1,2\n"
  "set title 'average precision at IoU 0.4, held-out scenes at 320 px, %'\nset key bottom right\n"
  "plot $log using 1:(100 * $5) with linespoints title 'current weights', "
  "$log using 1:(100 * $7) with linespoints linewidth 2 title 'averaged weights'\n"
  "set title 'loss, training'\nset key top right\n"
  "plot $log using 1:2 with lines notitle\n"
  "unset multiplot\n",
};

tool_plotted
train_plot_curves (const char *log, nn_task_name task, const char *path, nn_error *error)
{
  void *rows;
  size_t size;
  if (!nn_file_read (log, 1 << 24, &rows, &size, error))
    return TOOL_PLOT_FAILED;
  char *script = g_strdup_printf ("$log << END\n%sEND\n%s", (const char *) rows, commands[task]);
  const tool_plotted plotted = tool_gnuplot (script, 1000, 420, path, error);
  g_free (script);
  free (rows);
  return plotted;
}
