/* SPDX-License-Identifier: MIT */
#include "fer.h"

#include <glib.h>
#include <math.h>
#include <string.h>

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
add_time (GString *out, const char *key, int64_t us)
{
  GDateTime *seconds = us == INT64_MIN ? NULL : g_date_time_new_from_unix_utc (us / G_USEC_PER_SEC);
  GDateTime *time = seconds ? g_date_time_add (seconds, us % G_USEC_PER_SEC) : NULL;
  char *text = time ? g_date_time_format_iso8601 (time) : NULL;
  g_string_append_printf (out, "\"%s\":", key);
  if (text)
    add_string (out, text);
  else
    g_string_append (out, "null");
  g_free (text);
  g_clear_pointer (&time, g_date_time_unref);
  g_clear_pointer (&seconds, g_date_time_unref);
}

static void
add_numbers (GString *out, const float *numbers, int n)
{
  for (int i = 0; i < n; i++) {
    g_string_append_c (out, i ? ',' : '[');
    add_number (out, (double) numbers[i]);
  }
  g_string_append_c (out, ']');
}

static void
add_probabilities (GString *out, const char *key, const fer_result *result, const float *probabilities)
{
  g_string_append_printf (out, ",\"%s\":{", key);
  for (int i = 0; i < result->n_labels; i++) {
    g_string_append (out, i ? "," : "");
    add_string (out, result->labels[i]);
    g_string_append_c (out, ':');
    add_number (out, (double) probabilities[i]);
  }
  g_string_append_c (out, '}');
}

static const char *
label_of (const fer_result *result, int label)
{
  return label < 0 ? "unsure" : result->labels[label];
}

static void
add_dominant (GString *out, const fer_result *result, const fer_face *face)
{
  g_string_append (out, ",\"dominant\":");
  add_string (out, label_of (result, face->dominant));
  g_string_append (out, ",\"dominant_share\":");
  add_number (out, (double) face->dominant_share);
}

/* How steady the label is, and how old. */
static void
add_standing (GString *out, const fer_result *result, const fer_face *face)
{
  int order[FER_MAX_LABELS];
  float margin;
  g_string_append_printf (out, ",\"age\":%" G_GUINT64_FORMAT ",\"fresh\":%s", face->age, fer_face_is_fresh (face) ? "true" : "false");
  if (face->skip != FER_SKIP_NONE)
    return;
  fer_most_probable (face->probabilities, result->n_labels, &margin);
  g_string_append (out, ",\"margin\":");
  add_number (out, (double) margin);
  fer_rank (face->probabilities, result->n_labels, order);
  for (int i = 0; i < result->n_labels; i++) {
    g_string_append (out, i ? "," : ",\"ranking\":[");
    add_string (out, result->labels[order[i]]);
  }
  g_string_append_c (out, ']');
}

/* Keys that not every face has. */
static void
add_more (GString *out, const fer_result *result, const fer_face *face)
{
  if (face->id && result->n_labels)
    add_probabilities (out, "raw", result, face->raw);
  if (face->has_dominant && result->n_labels)
    add_dominant (out, result, face);
  if (face->source == FER_FROM_FINDER) {
    g_string_append (out, ",\"score\":");
    add_number (out, (double) face->score);
  }
  if (face->has_points)
    g_string_append (out, ",\"points\":");
  for (int i = 0; i < FER_N_POINTS && face->has_points; i++) {
    g_string_append_c (out, i ? ',' : '[');
    add_numbers (out, (float[]) { face->points[i].x, face->points[i].y }, 2);
  }
  g_string_append (out, face->has_points ? "]" : "");
  if (face->has_quality) {
    g_string_append (out, ",\"quality\":");
    add_number (out, (double) face->quality);
  }
  if (face->skip != FER_SKIP_NONE) {
    g_string_append (out, ",\"skipped\":");
    add_string (out, fer_skip_text (face->skip));
  }
}

static void
add_box (GString *out, const fer_box *box)
{
  g_string_append (out, ",\"box\":");
  add_numbers (out, (float[]) { box->x, box->y, box->w, box->h }, 4);
}

static void
add_face (GString *out, const fer_result *result, const fer_face *face)
{
  g_string_append_printf (out, "{\"id\":%" G_GUINT64_FORMAT, face->id);
  add_box (out, &face->box);
  if (result->n_labels) {
    g_string_append (out, ",\"label\":");
    add_string (out, label_of (result, face->label));
    g_string_append (out, ",\"confidence\":");
    add_number (out, (double) face->confidence);
    add_probabilities (out, "probabilities", result, face->probabilities);
  }
  g_string_append_printf (out, ",\"source\":\"%s\"", fer_source_name (face->source));
  if (result->n_labels)
    add_standing (out, result, face);
  add_more (out, result, face);
  g_string_append_c (out, '}');
}

static void
add_skipped (GString *out, const fer_skipped *skipped)
{
  g_string_append_printf (out, "{\"id\":%" G_GUINT64_FORMAT, skipped->id);
  add_box (out, &skipped->box);
  g_string_append_printf (out, ",\"source\":\"%s\",\"reason\":", fer_source_name (skipped->source));
  add_string (out, fer_skip_text (skipped->reason));
  g_string_append_c (out, '}');
}

static void
add_change (GString *out, const fer_result *result, const fer_change *change)
{
  g_string_append_printf (out, "{\"id\":%" G_GUINT64_FORMAT ",\"change\":\"%s\"", change->id, fer_change_name (change->kind));
  if (change->kind != FER_CHANGE_APPEARED) {
    g_string_append (out, ",\"from\":");
    add_string (out, label_of (result, change->from));
  }
  if (change->kind != FER_CHANGE_LEFT) {
    g_string_append (out, ",\"to\":");
    add_string (out, label_of (result, change->to));
  }
  if (change->kind != FER_CHANGE_APPEARED && change->lasted != FER_TIME_NONE)
    g_string_append_printf (out, ",\"lasted\":%" G_GUINT64_FORMAT, change->lasted);
  g_string_append_c (out, '}');
}

static const char *const keys[] = { "version", "file", "pts", "running_time", "time", "written", "width", "height", "faces", "skipped", "changes" };

bool
fer_json_has_key (const char *name)
{
  for (size_t i = 0; i < G_N_ELEMENTS (keys); i++)
    if (strcmp (name, keys[i]) == 0)
      return true;
  return false;
}

/* The fewest digits that give the same number again. */
static void
add_exact (GString *out, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  g_ascii_formatd (text, sizeof text, "%.15g", value);
  if (g_ascii_strtod (text, NULL) != value)
    g_ascii_formatd (text, sizeof text, "%.17g", value);
  g_string_append (out, isfinite (value) ? text : "null");
}

static void
add_field (GString *out, const fer_field *field)
{
  g_string_append_c (out, ',');
  add_string (out, field->name);
  g_string_append_c (out, ':');
  switch (field->kind) {
  case FER_FIELD_TEXT: add_string (out, field->text); break;
  case FER_FIELD_INTEGER: g_string_append_printf (out, "%" G_GINT64_FORMAT, field->integer); break;
  case FER_FIELD_NUMBER: add_exact (out, field->number); break;
  case FER_FIELD_TRUTH: g_string_append (out, field->integer ? "true" : "false"); break;
  }
}

static void
add_times (GString *out, const fer_result *result)
{
  add_clock (out, "pts", result->pts);
  add_clock (out, "running_time", result->running_time);
  add_time (out, "time", result->time_us);
  if (result->written_us) {
    g_string_append_c (out, ',');
    add_time (out, "written", result->written_us);
  }
}

char *
fer_result_to_json (const fer_result *result)
{
  GString *out = g_string_new ("{\"version\":1,");
  if (result->file) {
    g_string_append (out, "\"file\":");
    add_string (out, result->file);
    g_string_append_c (out, ',');
  }
  add_times (out, result);
  g_string_append_printf (out, ",\"width\":%d,\"height\":%d,\"faces\":[", result->width, result->height);
  for (int i = 0; i < result->n_faces; i++) {
    g_string_append (out, i ? "," : "");
    add_face (out, result, &result->faces[i]);
  }
  g_string_append_c (out, ']');
  for (int i = 0; i < result->n_skipped; i++) {
    g_string_append (out, i ? "," : ",\"skipped\":[");
    add_skipped (out, &result->skipped[i]);
  }
  g_string_append (out, result->n_skipped ? "]" : "");
  for (int i = 0; i < result->n_changes; i++) {
    g_string_append (out, i ? "," : ",\"changes\":[");
    add_change (out, result, &result->changes[i]);
  }
  g_string_append (out, result->n_changes ? "]" : "");
  for (int i = 0; i < result->n_fields; i++)
    add_field (out, &result->fields[i]);
  g_string_append_c (out, '}');
  return g_string_free (out, FALSE);
}
