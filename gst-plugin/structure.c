/* SPDX-License-Identifier: MIT */
#include "structure.h"

static const char *
label_of (const fer_result *result, int label)
{
  return label < 0 ? "unsure" : result->labels[label];
}

const char *
result_label (const fer_result *result, const fer_face *face)
{
  return label_of (result, face->label);
}

void
value_init_doubles (GValue *array, const float *numbers, int n)
{
  gst_value_array_init (array, n);
  for (int i = 0; i < n; i++) {
    GValue value = G_VALUE_INIT;
    g_value_init (&value, G_TYPE_DOUBLE);
    g_value_set_double (&value, numbers[i]);
    gst_value_array_append_and_take_value (array, &value);
  }
}

void
value_init_strings (GValue *array, const char *const *strings, int n)
{
  gst_value_array_init (array, n);
  for (int i = 0; i < n; i++) {
    GValue value = G_VALUE_INIT;
    g_value_init (&value, G_TYPE_STRING);
    g_value_set_string (&value, strings[i]);
    gst_value_array_append_and_take_value (array, &value);
  }
}

static void
set_standing (GstStructure *s, const fer_result *result, const fer_face *face)
{
  int order[FER_MAX_LABELS];
  const char *ranked[FER_MAX_LABELS];
  float margin;
  GValue ranking = G_VALUE_INIT;
  gst_structure_set (s, "age", G_TYPE_UINT64, face->age, "fresh", G_TYPE_BOOLEAN, fer_face_is_fresh (face), NULL);
  if (face->skip != FER_SKIP_NONE || !result->n_labels)
    return;
  fer_most_probable (face->probabilities, result->n_labels, &margin);
  gst_structure_set (s, "margin", G_TYPE_DOUBLE, (double) margin, NULL);
  fer_rank (face->probabilities, result->n_labels, order);
  for (int i = 0; i < result->n_labels; i++)
    ranked[i] = result->labels[order[i]];
  value_init_strings (&ranking, ranked, result->n_labels);
  gst_structure_take_value (s, "ranking", &ranking);
}

/* Fields that not every face has. */
static void
set_more (GstStructure *s, const fer_result *result, const fer_face *face)
{
  GValue raw = G_VALUE_INIT, points = G_VALUE_INIT;
  if (face->id) {
    value_init_doubles (&raw, face->raw, result->n_labels);
    gst_structure_take_value (s, "raw", &raw);
  }
  if (face->has_dominant)
    gst_structure_set (s, "dominant", G_TYPE_STRING, label_of (result, face->dominant), "dominant-share", G_TYPE_DOUBLE,
                       (double) face->dominant_share, NULL);
  if (face->source == FER_FROM_FINDER)
    gst_structure_set (s, "score", G_TYPE_DOUBLE, (double) face->score, NULL);
  if (face->has_points) {
    value_init_doubles (&points, &face->points[0].x, 2 * FER_N_POINTS);
    gst_structure_take_value (s, "points", &points);
  }
  if (face->has_quality)
    gst_structure_set (s, "quality", G_TYPE_DOUBLE, (double) face->quality, NULL);
  if (face->skip != FER_SKIP_NONE)
    gst_structure_set (s, "skipped", G_TYPE_STRING, fer_skip_text (face->skip), NULL);
}

GstStructure *
structure_from_face (const char *name, const fer_result *result, const fer_face *face)
{
  GstStructure *s = gst_structure_new (name, "id", G_TYPE_UINT64, face->id, "x", G_TYPE_DOUBLE, (double) face->box.x, "y", G_TYPE_DOUBLE,
                                       (double) face->box.y, "w", G_TYPE_DOUBLE, (double) face->box.w, "h", G_TYPE_DOUBLE, (double) face->box.h,
                                       "label", G_TYPE_STRING, result_label (result, face), "confidence", G_TYPE_DOUBLE, (double) face->confidence,
                                       "source", G_TYPE_STRING, fer_source_name (face->source), NULL);
  GValue probabilities = G_VALUE_INIT;
  value_init_doubles (&probabilities, face->probabilities, result->n_labels);
  gst_structure_take_value (s, "probabilities", &probabilities);
  set_standing (s, result, face);
  set_more (s, result, face);
  return s;
}

static GstStructure *
from_skipped (const fer_skipped *skipped)
{
  const fer_box *box = &skipped->box;
  return gst_structure_new ("skipped", "id", G_TYPE_UINT64, skipped->id, "x", G_TYPE_DOUBLE, (double) box->x, "y", G_TYPE_DOUBLE, (double) box->y,
                            "w", G_TYPE_DOUBLE, (double) box->w, "h", G_TYPE_DOUBLE, (double) box->h, "source", G_TYPE_STRING,
                            fer_source_name (skipped->source), "reason", G_TYPE_STRING, fer_skip_text (skipped->reason), NULL);
}

static GstStructure *
from_change (const fer_result *result, const fer_change *change)
{
  GstStructure *s = gst_structure_new ("change", "id", G_TYPE_UINT64, change->id, "change", G_TYPE_STRING, fer_change_name (change->kind), NULL);
  if (change->kind != FER_CHANGE_APPEARED)
    gst_structure_set (s, "from", G_TYPE_STRING, label_of (result, change->from), NULL);
  if (change->kind != FER_CHANGE_LEFT)
    gst_structure_set (s, "to", G_TYPE_STRING, label_of (result, change->to), NULL);
  if (change->kind != FER_CHANGE_APPEARED && change->lasted != FER_TIME_NONE)
    gst_structure_set (s, "lasted", G_TYPE_UINT64, change->lasted, NULL);
  return s;
}

static void
append_structure (GValue *array, GstStructure *s)
{
  GValue value = G_VALUE_INIT;
  g_value_init (&value, GST_TYPE_STRUCTURE);
  g_value_take_boxed (&value, s);
  gst_value_array_append_and_take_value (array, &value);
}

static void
set_times (GstStructure *s, const fer_result *result)
{
  gst_structure_set (s, "timestamp", G_TYPE_UINT64, result->pts, "running-time", G_TYPE_UINT64, result->running_time, NULL);
  if (result->time_us != G_MININT64)
    gst_structure_set (s, "time", G_TYPE_INT64, result->time_us, NULL);
}

static void
set_skipped (GstStructure *s, const fer_result *result)
{
  GValue skipped = G_VALUE_INIT;
  if (!result->n_skipped)
    return;
  gst_value_array_init (&skipped, result->n_skipped);
  for (int i = 0; i < result->n_skipped; i++)
    append_structure (&skipped, from_skipped (&result->skipped[i]));
  gst_structure_take_value (s, "skipped", &skipped);
}

static void
set_changes (GstStructure *s, const fer_result *result)
{
  GValue changes = G_VALUE_INIT;
  if (!result->n_changes)
    return;
  gst_value_array_init (&changes, result->n_changes);
  for (int i = 0; i < result->n_changes; i++)
    append_structure (&changes, from_change (result, &result->changes[i]));
  gst_structure_take_value (s, "changes", &changes);
}

void
structure_set_result (GstStructure *s, const fer_result *result)
{
  GValue labels = G_VALUE_INIT, faces = G_VALUE_INIT;
  set_times (s, result);
  gst_structure_set (s, "width", G_TYPE_INT, result->width, "height", G_TYPE_INT, result->height, NULL);
  value_init_strings (&labels, result->labels, result->n_labels);
  gst_structure_take_value (s, "labels", &labels);

  gst_value_array_init (&faces, result->n_faces);
  for (int i = 0; i < result->n_faces; i++)
    append_structure (&faces, structure_from_face ("face", result, &result->faces[i]));
  gst_structure_take_value (s, "faces", &faces);
  set_skipped (s, result);
  set_changes (s, result);
}

void
structure_set_json (GstStructure *s, const fer_result *result)
{
  char *json = fer_result_to_json (result);
  gst_structure_set (s, "json", G_TYPE_STRING, json, NULL);
  g_free (json);
}

static gboolean
to_box (const GstStructure *s, fer_box *box)
{
  double x, y, w, h;
  if (!gst_structure_get (s, "x", G_TYPE_DOUBLE, &x, "y", G_TYPE_DOUBLE, &y, "w", G_TYPE_DOUBLE, &w, "h", G_TYPE_DOUBLE, &h, NULL))
    return FALSE;
  *box = (fer_box) { (float) x, (float) y, (float) w, (float) h };
  return TRUE;
}

static gboolean
to_numbers (const GstStructure *s, const char *field, float *numbers, int n)
{
  const GValue *array = gst_structure_get_value (s, field);
  if (!array || !GST_VALUE_HOLDS_ARRAY (array) || gst_value_array_get_size (array) != (guint) n)
    return FALSE;
  for (int i = 0; i < n; i++) {
    const GValue *value = gst_value_array_get_value (array, i);
    if (!G_VALUE_HOLDS_DOUBLE (value))
      return FALSE;
    numbers[i] = (float) g_value_get_double (value);
  }
  return TRUE;
}

static fer_source
to_source (const char *name)
{
  fer_source source = FER_FROM_UPSTREAM;
  while (source < FER_FROM_FRAME && g_strcmp0 (fer_source_name (source), name) != 0)
    source++;
  return source;
}

static fer_skip
to_skip (const char *text)
{
  fer_skip skip = FER_N_SKIPS - 1;
  while (skip > FER_SKIP_NONE && g_strcmp0 (fer_skip_text (skip), text) != 0)
    skip--;
  return skip;
}

/* -1: unsure, or none of the labels. */
static int
to_label (const fer_result *result, const char *name)
{
  int label = result->n_labels - 1;
  while (label >= 0 && g_strcmp0 (result->labels[label], name) != 0)
    label--;
  return label;
}

/* What an older writer, or a face of another kind, leaves out stays 0. */
static void
get_more (const GstStructure *s, const fer_result *result, fer_face *face)
{
  double score = 0, quality = 0, share = 0;
  to_numbers (s, "raw", face->raw, result->n_labels);
  face->has_dominant = gst_structure_get_double (s, "dominant-share", &share);
  face->dominant_share = (float) share;
  face->dominant = to_label (result, gst_structure_get_string (s, "dominant"));
  gst_structure_get_double (s, "score", &score);
  face->score = (float) score;
  face->has_points = to_numbers (s, "points", &face->points[0].x, 2 * FER_N_POINTS);
  face->has_quality = gst_structure_get_double (s, "quality", &quality);
  face->quality = (float) quality;
  face->skip = to_skip (gst_structure_get_string (s, "skipped"));
}

static gboolean
to_face (const GstStructure *s, const fer_result *result, fer_face *face)
{
  double confidence;
  const char *label = gst_structure_get_string (s, "label");
  if (!label || !to_box (s, &face->box) || !to_numbers (s, "probabilities", face->probabilities, result->n_labels)
      || !gst_structure_get (s, "id", G_TYPE_UINT64, &face->id, "age", G_TYPE_UINT64, &face->age, "confidence", G_TYPE_DOUBLE, &confidence, NULL))
    return FALSE;
  face->confidence = (float) confidence;
  face->source = to_source (gst_structure_get_string (s, "source"));
  face->label = to_label (result, label);
  get_more (s, result, face);
  return TRUE;
}

static gboolean
to_labels (const GstStructure *s, fer_result *result, const char **labels)
{
  const GValue *array = gst_structure_get_value (s, "labels");
  if (!array || !GST_VALUE_HOLDS_ARRAY (array) || gst_value_array_get_size (array) > FER_MAX_LABELS)
    return FALSE;
  result->n_labels = (int) gst_value_array_get_size (array);
  result->labels = labels;
  for (int i = 0; i < result->n_labels; i++) {
    const GValue *value = gst_value_array_get_value (array, i);
    labels[i] = G_VALUE_HOLDS_STRING (value) ? g_value_get_string (value) : NULL;
    if (!labels[i])
      return FALSE;
  }
  return TRUE;
}

static fer_change_kind
to_change_kind (const char *name)
{
  fer_change_kind kind = 0;
  while (kind < FER_N_CHANGES && g_strcmp0 (fer_change_name (kind), name) != 0)
    kind++;
  return kind;
}

/* The structures of an array, which need not be there: its size, ... */
static guint
n_structures (const GstStructure *s, const char *field)
{
  const GValue *array = gst_structure_get_value (s, field);
  return array && GST_VALUE_HOLDS_ARRAY (array) ? gst_value_array_get_size (array) : 0;
}

/* ... and one of them; NULL if that is something else. */
static const GstStructure *
nth_structure (const GstStructure *s, const char *field, guint i)
{
  const GValue *value = gst_value_array_get_value (gst_structure_get_value (s, field), i);
  return GST_VALUE_HOLDS_STRUCTURE (value) ? gst_value_get_structure (value) : NULL;
}

/* Those that are none are left out. */
static void
get_skipped (const GstStructure *s, fer_result *result)
{
  guint n = n_structures (s, "skipped");
  for (guint i = 0; i < MIN (n, G_N_ELEMENTS (result->skipped)); i++) {
    const GstStructure *from = nth_structure (s, "skipped", i);
    fer_skipped skipped;
    if (!from || !gst_structure_get_uint64 (from, "id", &skipped.id) || !to_box (from, &skipped.box))
      continue;
    skipped.source = to_source (gst_structure_get_string (from, "source"));
    skipped.reason = to_skip (gst_structure_get_string (from, "reason"));
    if (skipped.reason != FER_SKIP_NONE)
      result->skipped[result->n_skipped++] = skipped;
  }
}

static void
get_changes (const GstStructure *s, fer_result *result)
{
  guint n = n_structures (s, "changes");
  for (guint i = 0; i < MIN (n, G_N_ELEMENTS (result->changes)); i++) {
    const GstStructure *from = nth_structure (s, "changes", i);
    fer_change change = { .lasted = FER_TIME_NONE };
    if (!from || !gst_structure_get_uint64 (from, "id", &change.id))
      continue;
    change.kind = to_change_kind (gst_structure_get_string (from, "change"));
    change.from = to_label (result, gst_structure_get_string (from, "from"));
    change.to = to_label (result, gst_structure_get_string (from, "to"));
    gst_structure_get_uint64 (from, "lasted", &change.lasted);
    if (change.kind < FER_N_CHANGES)
      result->changes[result->n_changes++] = change;
  }
}

gboolean
structure_get_result (const GstStructure *s, fer_result *result, const char **labels)
{
  const GValue *faces = gst_structure_get_value (s, "faces");
  *result = (fer_result) { .pts = FER_TIME_NONE, .running_time = FER_TIME_NONE, .time_us = G_MININT64 };
  if (!faces || !GST_VALUE_HOLDS_ARRAY (faces) || gst_value_array_get_size (faces) > FER_MAX_FACES || !to_labels (s, result, labels)
      || !gst_structure_get (s, "width", G_TYPE_INT, &result->width, "height", G_TYPE_INT, &result->height, NULL))
    return FALSE;
  gst_structure_get (s, "timestamp", G_TYPE_UINT64, &result->pts, "running-time", G_TYPE_UINT64, &result->running_time, NULL);
  gst_structure_get_int64 (s, "time", &result->time_us);
  get_skipped (s, result);
  get_changes (s, result);
  for (guint i = 0; i < n_structures (s, "faces"); i++) {
    const GstStructure *face = nth_structure (s, "faces", i);
    if (!face || !to_face (face, result, &result->faces[result->n_faces++]))
      return FALSE;
  }
  return TRUE;
}
