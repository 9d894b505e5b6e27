/* SPDX-License-Identifier: MIT */
#include "common/gnuplot.h"
#include "groups_report.h"
#include "metrics.h"

#include <glib.h>
#include <stdio.h>

#define WIDTH 900
#define HEIGHT 320 /* of a panel */

/* Partitions by a single column that have groups; everybody, where there is none. */
static GPtrArray *
panels_of (const groups_result *r)
{
  GPtrArray *panels = g_ptr_array_new ();
  for (int i = 0; i < r->n_parts; i++)
    if (r->parts[i].partition->n_columns == 1 && r->parts[i].partition->n_groups)
      g_ptr_array_add (panels, &r->parts[i]);
  if (!panels->len && r->n_parts && r->parts[0].partition->n_groups)
    g_ptr_array_add (panels, &r->parts[0]);
  return panels;
}

/* A row for each class: its number, then value, low and high in percent of each group. */
static void
add_rows (GString *script, const groups_result *r, const groups_part *part, guint panel)
{
  g_string_append_printf (script, "$panel%u << END\n", panel);
  for (int c = 0; c < r->labels.all.n; c++) {
    g_string_append_printf (script, "%d", c);
    for (int g = 0; g < part->partition->n_groups; g++) {
      const groups_figure *f = &part->figures[g][GROUPS_PREDICTED + c];
      const eval_share share = eval_share_of (f->count, f->n);
      if (part->known[g].of[GROUPS_PREDICTED + c])
        g_string_append_printf (script, " %.3f %.3f %.3f", 100 * share.value, 100 * share.low, 100 * share.high);
      else
        g_string_append (script, " NaN NaN NaN");
    }
    g_string_append_c (script, '\n');
  }
  g_string_append (script, "END\n");
}

static void
add_panel (GString *script, const groups_part *part, guint panel)
{
  char *title = tool_gnuplot_text (part->partition->name);
  g_string_append_printf (script, "set title %s noenhanced\nplot ", title);
  g_free (title);
  for (int g = 0; g < part->partition->n_groups; g++) {
    char *label = g_strdup_printf ("%s (%d)", part->partition->names[g], part->counts[g].read), *quoted = tool_gnuplot_text (label);
    g_string_append_printf (script, "%s$panel%u using %d:%d:%d title %s noenhanced", g ? ", " : "", panel, 2 + 3 * g, 3 + 3 * g, 4 + 3 * g, quoted);
    g_free (quoted);
    g_free (label);
  }
  g_string_append_c (script, '\n');
}

static void
add_axes (GString *script, const groups_result *r, guint n_panels)
{
  g_string_append (script, "set xtics (");
  for (int c = 0; c < r->labels.all.n; c++) {
    char *name = tool_gnuplot_text (r->labels.all.names[c]);
    g_string_append_printf (script, "%s%s %d", c ? ", " : "", name, c);
    g_free (name);
  }
  g_string_append_printf (script,
                          ") scale 0 noenhanced\n"
                          "set style data histograms\nset style histogram errorbars gap 1 linewidth 1\nset style fill solid 0.7 noborder\n"
                          "set yrange [0:*]\nset ylabel 'read as, %%'\nset grid ytics\nset key outside right top\n"
                          "set errorbars 0.4 linecolor rgb '#303030'\n"
                          "set multiplot layout %u,1\n",
                          n_panels);
}

/* What gnuplot is to draw, and how high; NULL: no group is large enough. */
static char *
write_script (const groups_result *r, int *height)
{
  GPtrArray *panels = panels_of (r);
  GString *script = g_string_new (NULL);
  const bool some = panels->len > 0;
  *height = HEIGHT * (int) panels->len;
  for (guint i = 0; i < panels->len; i++)
    add_rows (script, r, panels->pdata[i], i);
  add_axes (script, r, panels->len);
  for (guint i = 0; i < panels->len; i++)
    add_panel (script, panels->pdata[i], i);
  g_string_append (script, "unset multiplot\n");
  g_ptr_array_unref (panels);
  return g_string_free (script, !some);
}

bool
groups_plot (const groups_result *r, const char *path, nn_error *error)
{
  int height;
  char *script = write_script (r, &height);
  if (!script)
    return nn_fail (error, "%s: no group is large enough to be drawn", path);
  const tool_plotted plotted = tool_gnuplot (script, WIDTH, height, path, error);
  if (plotted == TOOL_PLOT_NO_GNUPLOT)
    fprintf (stderr, "fer-eval: no %s: gnuplot is not installed\n", path);
  g_free (script);
  return plotted != TOOL_PLOT_FAILED;
}

bool
groups_plot_svg (const groups_result *r, char **svg, nn_error *error)
{
  int height;
  char *script = write_script (r, &height);
  *svg = NULL;
  const bool good = !script || tool_gnuplot_svg (script, WIDTH, height, svg, error) != TOOL_PLOT_FAILED;
  g_free (script);
  return good;
}
