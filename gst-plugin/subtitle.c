/* SPDX-License-Identifier: MIT */
#include "subtitle.h"

/* No label may end a line or a cue. */
static void
add_label (GString *out, const char *label)
{
  for (; *label; label++)
    g_string_append_c (out, g_ascii_iscntrl (*label) ? ' ' : *label);
}

char *
subtitle_of_result (const fer_result *result)
{
  GString *out = g_string_new (NULL);
  for (int i = 0; i < result->n_faces; i++) {
    const fer_face *face = &result->faces[i];
    if (i)
      g_string_append_c (out, '\n');
    if (face->id)
      g_string_append_printf (out, "%" G_GUINT64_FORMAT ": ", face->id);
    add_label (out, face->label < 0 ? "unsure" : result->labels[face->label]);
  }
  return g_string_free (out, result->n_faces == 0);
}

static void
add_timestamp (GString *out, GstClockTime time, char point)
{
  guint64 ms = time / GST_MSECOND;
  g_string_append_printf (out, "%02" G_GUINT64_FORMAT ":%02u:%02u%c%03u", ms / 3600000, (guint) (ms / 60000 % 60), (guint) (ms / 1000 % 60), point,
                          (guint) (ms % 1000));
}

static void
add_times (GString *out, GstClockTime start, GstClockTime end, char point)
{
  if (end / GST_MSECOND <= start / GST_MSECOND) /* a cue of no length is none */
    end = start + GST_MSECOND;
  add_timestamp (out, start, point);
  g_string_append (out, " --> ");
  add_timestamp (out, end, point);
  g_string_append_c (out, '\n');
}

static void
add_calendar (GString *out, gint64 us)
{
  GDateTime *time = g_date_time_new_from_unix_utc (us / G_USEC_PER_SEC);
  char *text = time ? g_date_time_format_iso8601 (time) : NULL;
  if (text)
    g_string_append_printf (out, "%s\n", text);
  g_free (text);
  g_clear_pointer (&time, g_date_time_unref);
}

/* Markup of WebVTT. */
static void
add_escaped (GString *out, const char *text)
{
  for (; *text; text++)
    switch (*text) {
    case '&': g_string_append (out, "&amp;"); break;
    case '<': g_string_append (out, "&lt;"); break;
    case '>': g_string_append (out, "&gt;"); break;
    default: g_string_append_c (out, *text);
    }
}

char *
subtitle_of_cue (const cue *c, subtitle_form form, guint number, GstClockTime start, GstClockTime end, gboolean with_time)
{
  GString *out = g_string_new (NULL);
  if (form == SUBTITLE_SRT)
    g_string_append_printf (out, "%u\n", number);
  if (form != SUBTITLE_PLAIN)
    add_times (out, start, end, form == SUBTITLE_SRT ? ',' : '.');
  if (with_time)
    add_calendar (out, c->time_us);
  if (form == SUBTITLE_VTT)
    add_escaped (out, c->text);
  else
    g_string_append (out, c->text);
  g_string_append (out, form == SUBTITLE_PLAIN ? "" : "\n\n");
  return g_string_free (out, FALSE);
}
