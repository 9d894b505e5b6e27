/* SPDX-License-Identifier: MIT */
#include "plot.h"

#include <glib.h>

/* column, row, share of the row, faces: one line per cell. */
static void
add_cells (GString *script, const eval_metrics *m)
{
  g_string_append (script, "$cells << END\n");
  for (int truth = 0; truth < m->n_classes; truth++)
    for (int c = 0; c < m->n_classes; c++)
      g_string_append_printf (script, "%d %d %.6g %d\n", c, truth, m->classes[truth].n ? (double) m->confusion[truth][c] / m->classes[truth].n : 0.0,
                              m->confusion[truth][c]);
  g_string_append (script, "END\n");
}

static void
add_axis (GString *script, const char *axis, const eval_labels *classes)
{
  g_string_append_printf (script, "set %stics (", axis);
  for (int c = 0; c < classes->n; c++)
    g_string_append_printf (script, "%s'%s' %d", c ? ", " : "", classes->names[c], c);
  g_string_append (script, ") scale 0\n");
}

/* "MODEL on DATA, SPLIT: ..." between quotes, for a title. */
static char *
title_of (const eval_result *result, const char *says)
{
  const eval_subject *subject = &result->subject;
  char *title =
      g_strdup_printf ("%s on %s%s%s: %s", subject->model, subject->data, subject->split ? ", " : "", subject->split ? subject->split : "", says);
  char *text = tool_gnuplot_text (title);
  g_free (title);
  return text;
}

static GString *
confusion_script (const eval_result *result)
{
  const eval_metrics *m = &result->figures.all.metrics;
  GString *script = g_string_new (NULL);
  char *says = g_strdup_printf ("%.2f %% of %d faces", 100 * m->all.value, m->all.n), *title = title_of (result, says);
  add_cells (script, m);
  add_axis (script, "x", &result->classes);
  add_axis (script, "y", &result->classes);
  g_string_append_printf (
      script,
      "set title %s noenhanced\n"
      "set xlabel 'read as'\nset ylabel 'labelled'\n"
      "set xrange [-0.5:%d.5]\nset yrange [%d.5:-0.5]\n"
      "set cbrange [0:1]\nset cblabel 'share of the row'\nset palette defined (0 '#f7fbff', 0.5 '#6baed6', 1 '#08306b')\n"
      "unset key\nset size ratio 1\n"
      "plot $cells using 1:2:3 with image pixels, "
      "'' using 1:2:(sprintf (\"%%d\\n%%.0f %%%%\", $4, 100 * $3)):($3 > 0.45 ? 0xffffff : 0) with labels textcolor rgb variable\n",
      title, m->n_classes - 1, m->n_classes - 1);
  g_free (says);
  g_free (title);
  return script;
}

/* Bins as confidence, accuracy, faces; bins without a face are no point. */
static void
add_bins (GString *script, const char *name, const eval_calibration *c)
{
  g_string_append_printf (script, "%s << END\n", name);
  for (int i = 0; i < EVAL_BINS; i++) {
    const eval_bin *bin = &c->bins[i];
    if (bin->n)
      g_string_append_printf (script, "%.6g %.6g %d %.6g\n", bin->confidence / bin->n, (double) bin->hits / bin->n, bin->n, (i + 0.5) / EVAL_BINS);
  }
  g_string_append (script, "END\n");
}

static GString *
reliability_script (const eval_result *result)
{
  const eval_calibration *c = &result->figures.all.calibration;
  const bool after = *result->tempered_file;
  GString *script = g_string_new (NULL);
  char *says = g_strdup_printf ("expected calibration error %.2f points", 100 * c->ece), *title = title_of (result, says);
  add_bins (script, "$before", c);
  if (after)
    add_bins (script, "$after", &result->tempered.all.calibration);
  g_string_append_printf (script,
                          "set multiplot title %s noenhanced\n"
                          "set lmargin 10\nset rmargin 4\nset xrange [0:1]\nset yrange [0:1]\nset grid\nset key left top\n"
                          "set ylabel 'share read right'\nset format x ''\nset tmargin at screen 0.94\nset bmargin at screen 0.34\n"
                          "plot x with lines linetype 1 dashtype 2 linecolor rgb '#808080' title 'perfect', "
                          "$before using 1:2 with linespoints linewidth 2 pointtype 7 linecolor rgb '#08519c' title '%s'",
                          title, after ? "as given" : "model");
  if (after)
    g_string_append_printf (script,
                            ", $after using 1:2 with linespoints linewidth 2 pointtype 5 linecolor rgb '#d94801' title 'calibrated: %.2f points'",
                            100 * result->tempered.all.calibration.ece);
  g_string_append_printf (script,
                          "\nunset key\nset yrange [0:*]\nset format x '%%g'\nset tmargin at screen 0.31\nset bmargin at screen 0.08\n"
                          "set ylabel 'faces'\nset xlabel 'probability of the reading'\nset boxwidth %.6g\nset style fill solid 0.6\n"
                          "plot $before using 4:3 with boxes linecolor rgb '#08519c'\nunset multiplot\n",
                          0.9 / EVAL_BINS);
  g_free (says);
  g_free (title);
  return script;
}

static GString *
robustness_script (const eval_result *result)
{
  const eval_robustness *r = &result->robustness;
  GString *script = g_string_new (NULL);
  char *title = title_of (result, "faces that are spoilt step by step");
  for (int e = 0; e < EVAL_N_EFFECTS; e++) {
    g_string_append_printf (script, "$e%d << END\n0 %.6g\n", e, 100 * r->clean.value);
    for (int k = 0; k < EVAL_STRENGTHS; k++)
      g_string_append_printf (script, "%d %.6g\n", k + 1, 100 * r->effects[e][k].value);
    g_string_append (script, "END\n");
  }
  g_string_append_printf (script,
                          "set title %s noenhanced\nset xrange [0:%d]\nset yrange [0:*]\nset xtics 1\nset grid\nset key outside right\n"
                          "set xlabel 'strength'\nset ylabel 'read right, %%'\nplot ",
                          title, EVAL_STRENGTHS);
  for (int e = 0; e < EVAL_N_EFFECTS; e++)
    g_string_append_printf (script, "%s$e%d using 1:2 with linespoints linewidth 2 pointtype %d title '%s'", e ? ", " : "", e, e + 4,
                            eval_effects[e].name);
  g_string_append_c (script, '\n');
  g_free (title);
  return script;
}

static const struct {
  GString *(*script) (const eval_result *result);
  int width, height;
} plots[EVAL_N_PLOTS] = { { confusion_script, 820, 700 }, { reliability_script, 720, 760 }, { robustness_script, 820, 460 } };

tool_plotted
eval_plot (const eval_result *result, eval_plot_kind kind, const char *path, nn_error *error)
{
  GString *script = plots[kind].script (result);
  const tool_plotted plotted = tool_gnuplot (script->str, plots[kind].width, plots[kind].height, path, error);
  g_string_free (script, TRUE);
  return plotted;
}

tool_plotted
eval_plot_svg (const eval_result *result, eval_plot_kind kind, char **svg, nn_error *error)
{
  GString *script = plots[kind].script (result);
  const tool_plotted plotted = tool_gnuplot_svg (script->str, plots[kind].width, plots[kind].height, svg, error);
  g_string_free (script, TRUE);
  return plotted;
}
