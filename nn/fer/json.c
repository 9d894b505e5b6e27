/* SPDX-License-Identifier: MIT */
#include "fer.h"

#include <glib.h>
#include <math.h>

/* At most 4 decimals, none where they are 0; JSON has no NaN, so what is not a number is null. */
static void
add_number (GString *out, double value)
{
  char text[64]; /* of floats: at most 39 digits before the point */
  if (!isfinite (value)) {
    g_string_append (out, "null");
    return;
  }
  g_ascii_formatd (text, sizeof text, "%.4f", value);
  size_t length = strlen (text);
  while (text[length - 1] == '0')
    length--;
  if (text[length - 1] == '.')
    length--;
  text[length] = 0;
  g_string_append (out, strcmp (text, "-0") ? text : "0");
}

static void
add_string (GString *out, const char *text)
{
  g_string_append_c (out, '"');
  for (; *text; text++) {
    unsigned char c = (unsigned char) *text;
    if (c == '"' || c == '\\')
      g_string_append_c (out, '\\');
    if (c < 0x20)
      g_string_append_printf (out, "\\u%04x", c);
    else
      g_string_append_c (out, *text);
  }
  g_string_append_c (out, '"');
}

static void
add_clock (GString *out, const char *key, uint64_t ns)
{
  if (ns == FER_TIME_NONE)
    g_string_append_printf (out, "\"%s\":null,", key);
  else
    g_string_append_printf (out, "\"%s\":%" G_GUINT64_FORMAT ",", key, ns);
}

/* RFC 3339 in UTC, or null where there is none. */
static void
add_time (GString *out, int64_t us)
{
  GDateTime *seconds = us == INT64_MIN ? NULL : g_date_time_new_from_unix_utc (us / G_USEC_PER_SEC);
  GDateTime *time = seconds ? g_date_time_add (seconds, us % G_USEC_PER_SEC) : NULL;
  char *text = time ? g_date_time_format_iso8601 (time) : NULL;
  g_string_append (out, "\"time\":");
  if (text)
    add_string (out, text);
  else
    g_string_append (out, "null");
  g_free (text);
  g_clear_pointer (&time, g_date_time_unref);
  g_clear_pointer (&seconds, g_date_time_unref);
}

static void
add_face (GString *out, const fer_result *result, const fer_face *face)
{
  const double box[4] = { face->box.x, face->box.y, face->box.w, face->box.h };
  g_string_append_printf (out, "{\"id\":%" G_GUINT64_FORMAT ",\"box\":[", face->id);
  for (int i = 0; i < 4; i++) {
    g_string_append (out, i ? "," : "");
    add_number (out, box[i]);
  }
  g_string_append (out, "],\"label\":");
  add_string (out, face->label < 0 ? "unsure" : result->labels[face->label]);
  g_string_append (out, ",\"confidence\":");
  add_number (out, (double) face->confidence);
  g_string_append (out, ",\"probabilities\":{");
  for (int i = 0; i < result->n_labels; i++) {
    g_string_append (out, i ? "," : "");
    add_string (out, result->labels[i]);
    g_string_append_c (out, ':');
    add_number (out, (double) face->probabilities[i]);
  }
  g_string_append_printf (out, "},\"source\":\"%s\",\"age\":%" G_GUINT64_FORMAT "}", fer_source_name (face->source), face->age);
}

char *
fer_result_to_json (const fer_result *result)
{
  GString *out = g_string_new ("{\"version\":1,");
  add_clock (out, "pts", result->pts);
  add_clock (out, "running_time", result->running_time);
  add_time (out, result->time_us);
  g_string_append_printf (out, ",\"width\":%d,\"height\":%d,\"faces\":[", result->width, result->height);
  for (int i = 0; i < result->n_faces; i++) {
    g_string_append (out, i ? "," : "");
    add_face (out, result, &result->faces[i]);
  }
  g_string_append (out, "]}");
  return g_string_free (out, FALSE);
}
