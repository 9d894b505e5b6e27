/* SPDX-License-Identifier: MIT */
#include "plot.h"

#include <glib.h>

/* Between double quotes gnuplot reads backslashes and quotes; names of files may hold either, and line ends. */
static char *
quoted (const char *text)
{
  GString *out = g_string_new ("\"");
  for (; *text; text++) {
    if (*text == '"' || *text == '\\')
      g_string_append_c (out, '\\');
    g_string_append_c (out, g_ascii_iscntrl (*text) ? ' ' : *text);
  }
  g_string_append_c (out, '"');
  return g_string_free (out, FALSE);
}

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

tool_plotted
eval_plot_confusion (const eval_result *result, const char *path, nn_error *error)
{
  const eval_metrics *m = &result->metrics;
  const eval_subject *subject = &result->subject;
  GString *script = g_string_new (NULL);
  char *title = g_strdup_printf ("%s on %s%s%s: %.2f %% of %d faces", subject->model, subject->data, subject->split ? ", " : "",
                                 subject->split ? subject->split : "", 100 * m->all.value, m->all.n);
  char *quoted_title = quoted (title);
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
      "plot $cells using 1:2:3 with image, "
      "'' using 1:2:(sprintf (\"%%d\\n%%.0f %%%%\", $4, 100 * $3)):($3 > 0.45 ? 0xffffff : 0) with labels textcolor rgb variable\n",
      quoted_title, m->n_classes - 1, m->n_classes - 1);
  tool_plotted plotted = tool_gnuplot (script->str, 820, 700, path, error);
  g_string_free (script, TRUE);
  g_free (quoted_title);
  g_free (title);
  return plotted;
}
