/* SPDX-License-Identifier: MIT */
#include "mistakes.h"
#include "plot.h"
#include "report.h"
#include "report_page.h"

#include <glib.h>
#include <string.h>

/* What gnuplot draws, where it is installed. */
static bool
add_plot (eval_page *page, const eval_result *result, eval_plot_kind kind, const char *says, nn_error *error)
{
  char *svg = NULL;
  const tool_plotted plotted = eval_plot_svg (result, kind, &svg, error);
  if (svg)
    eval_page_picture (page, svg, says);
  if (plotted == TOOL_PLOT_NO_GNUPLOT)
    eval_page_text (page, "(%s: not drawn, gnuplot is not installed.)", says);
  g_free (svg);
  return plotted != TOOL_PLOT_FAILED;
}

/* A page's pictures are SVG; that of the faces holds a PNG. */
static bool
add_sheet (eval_page *page, const eval_samples *samples, const eval_readings *seen, const eval_outcome *outcome, nn_error *error)
{
  cairo_surface_t *sheet = eval_mistakes_draw (samples, seen, outcome, error);
  if (!sheet)
    return false;
  GByteArray *png = tool_surface_png (sheet, error);
  if (png) {
    const int w = cairo_image_surface_get_width (sheet), h = cairo_image_surface_get_height (sheet);
    char *data = g_base64_encode (png->data, png->len);
    char *svg = g_strdup_printf ("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">"
                                 "<image width=\"%d\" height=\"%d\" href=\"data:image/png;base64,%s\"/></svg>",
                                 w, h, w, h, w, h, data);
    eval_page_picture (page, svg, "the surest of the wrong readings: label, reading, probability");
    g_free (svg);
    g_free (data);
    g_byte_array_unref (png);
  }
  cairo_surface_destroy (sheet);
  return png != NULL;
}

static bool
add_all (eval_page *page, const eval_result *r, const eval_samples *samples, const eval_readings *seen, const char *command, nn_error *error)
{
  eval_page_heading (page, 1, r->subject.model);
  eval_page_text (page, "Read on %s%s%s%s.", r->subject.data, r->subject.split ? ", " : "", r->subject.split ? r->subject.split : "",
                  r->protocol ? ", labelled by the majority of FER+'s votes" : "");
  eval_page_accuracy (page, r);
  if (r->seeds)
    eval_page_heading (page, 2, "From seed to seed");
  eval_page_seeds (page, r);
  eval_page_heading (page, 2, "By expression");
  eval_page_classes (page, r);
  bool good = add_plot (page, r, EVAL_PLOT_CONFUSION, "confusion matrix", error);
  eval_page_heading (page, 2, "Calibration");
  good = good && add_plot (page, r, EVAL_PLOT_RELIABILITY, "reliability diagram", error);
  eval_page_calibration (page, r);
  if (*r->other)
    eval_page_heading (page, 2, "Beside another model");
  eval_page_compared (page, r);
  if (r->have_robustness) {
    eval_page_heading (page, 2, "Spoilt faces");
    good = good && add_plot (page, r, EVAL_PLOT_ROBUSTNESS, "accuracy by strength", error);
  }
  eval_page_robustness (page, r);
  eval_page_heading (page, 2, "The surest mistakes");
  eval_page_text (page, "Label, arrow, reading, and how probable the reading was said to be. Many of these labels are wrong.");
  good = good && add_sheet (page, samples, seen, &r->outcome, error);
  eval_page_heading (page, 2, "How this was made");
  eval_page_code (page, command);
  eval_page_text (page, "Intervals of the bootstrap: %d resamples, seed %llu.", r->figures.all.intervals.repeats, (unsigned long long) r->seed);
  return good;
}

bool
eval_write_html (const eval_result *result, const eval_samples *samples, const eval_readings *seen, const char *command, const char *path,
                 nn_error *error)
{
  eval_page *page = eval_page_new (EVAL_PAGE_HTML);
  const bool drawn = add_all (page, result, samples, seen, command, error);
  char *body = eval_page_finish (page), *title = g_strdup_printf ("%s on %s", result->subject.model, result->subject.data);
  char *whole = eval_page_whole (title, body);
  const bool good = drawn && nn_file_write (path, whole, strlen (whole), error);
  g_free (whole);
  g_free (title);
  g_free (body);
  return good;
}
