/* SPDX-License-Identifier: MIT */
#include "gnuplot.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

bool
tool_plot_name_is_good (const char *path)
{
  return g_str_has_suffix (path, ".svg") || g_str_has_suffix (path, ".png");
}

/* Between single quotes, where gnuplot takes nothing but the quote for anything else: between double ones it runs what stands in backquotes. */
char *
tool_gnuplot_text (const char *text)
{
  GString *out = g_string_new ("'");
  for (; *text; text++) {
    if (*text == '\'')
      g_string_append_c (out, '\'');
    g_string_append_c (out, g_ascii_iscntrl (*text) ? ' ' : *text);
  }
  g_string_append_c (out, '\'');
  return g_string_free (out, FALSE);
}

/* gnuplot writes to a pipe, so that no name has to be quoted. */
static GBytes *
run (const char *program, const char *script, nn_error *error)
{
  GError *problem = NULL;
  GBytes *input = g_bytes_new (script, strlen (script)), *output = NULL, *said = NULL;
  GSubprocess *process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &problem,
                                           program, "-", NULL);
  if (!process || !g_subprocess_communicate (process, input, NULL, &output, &said, &problem)) {
    nn_fail (error, "gnuplot: %s", problem->message);
    g_error_free (problem);
  } else if (!g_subprocess_get_successful (process) || g_bytes_get_size (output) == 0) {
    nn_fail (error, "gnuplot failed: %.*s", (int) g_bytes_get_size (said), (const char *) g_bytes_get_data (said, NULL));
    g_clear_pointer (&output, g_bytes_unref);
  }
  g_clear_pointer (&said, g_bytes_unref);
  g_clear_object (&process);
  g_bytes_unref (input);
  return output;
}

/* NULL with *plotted: why not. */
static GBytes *
draw (const char *script, const char *terminal, int width, int height, tool_plotted *plotted, nn_error *error)
{
  char *program = g_find_program_in_path ("gnuplot");
  if (!program) {
    *plotted = TOOL_PLOT_NO_GNUPLOT;
    return NULL;
  }
  char *whole = g_strdup_printf ("set terminal %s size %d,%d font 'Sans,11'\n%s", terminal, width, height, script);
  GBytes *picture = run (program, whole, error);
  *plotted = picture ? TOOL_PLOTTED : TOOL_PLOT_FAILED;
  g_free (whole);
  g_free (program);
  return picture;
}

static const char svg_terminal[] = "svg background rgb 'white'";

tool_plotted
tool_gnuplot (const char *script, int width, int height, const char *path, nn_error *error)
{
  tool_plotted plotted;
  GBytes *picture = draw (script, g_str_has_suffix (path, ".svg") ? svg_terminal : "pngcairo", width, height, &plotted, error);
  if (picture && !nn_file_write (path, g_bytes_get_data (picture, NULL), g_bytes_get_size (picture), error))
    plotted = TOOL_PLOT_FAILED;
  g_clear_pointer (&picture, g_bytes_unref);
  return plotted;
}

tool_plotted
tool_gnuplot_svg (const char *script, int width, int height, char **svg, nn_error *error)
{
  tool_plotted plotted;
  GBytes *picture = draw (script, svg_terminal, width, height, &plotted, error);
  *svg = picture ? g_strndup (g_bytes_get_data (picture, NULL), g_bytes_get_size (picture)) : NULL;
  g_clear_pointer (&picture, g_bytes_unref);
  return plotted;
}
