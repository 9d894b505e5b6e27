/* SPDX-License-Identifier: MIT */
#include "reader.h"

#include <string.h>

#include "structure.h"

#define BATCH 8 /* faces in one pass of the network */

struct reader {
  fer_classifier *classifier;
  fer_readings *readings;
  char name[64];
  heatmap *heatmap; /* NULL: not prepared, or the model has none */
  gboolean tried;   /* to prepare it */
};

reader *
reader_new (const char *path, nn_precision precision, nn_error *error)
{
  reader *r = g_atomic_rc_box_new0 (reader);
  r->classifier = fer_classifier_load (path, BATCH, precision, error);
  r->readings = r->classifier ? fer_readings_new (error) : NULL;
  fer_model_name (path, r->name, sizeof r->name);
  if (r->readings)
    return r;
  reader_unref (r);
  return NULL;
}

reader *
reader_ref (reader *r)
{
  return g_atomic_rc_box_acquire (r);
}

static void
clear (gpointer data)
{
  reader *r = data;
  heatmap_free (r->heatmap);
  fer_readings_free (r->readings);
  fer_classifier_free (r->classifier);
}

void
reader_unref (reader *r)
{
  if (r)
    g_atomic_rc_box_release_full (r, clear);
}

const fer_crop *
reader_crop (const reader *r)
{
  return &fer_classifier_model (r->classifier)->crop;
}

const char *
reader_model_name (const reader *r)
{
  return r->name;
}

static gint64
operations (const nn_graph *graph, int size)
{
  nn_shape *shapes = g_new (nn_shape, graph->n_nodes);
  gint64 macs = nn_graph_shapes (graph, size, size, shapes, NULL) ? nn_graph_macs (graph, shapes) : 0;
  g_free (shapes);
  return macs;
}

GstStructure *
reader_info (const reader *r)
{
  const fer_model *model = fer_classifier_model (r->classifier);
  GstStructure *s =
      gst_structure_new ("feremotion-model", "name", G_TYPE_STRING, r->name, "input-size", G_TYPE_INT, model->crop.size, "operations", G_TYPE_INT64,
                         operations (model->nn->graph, model->crop.size), "parameters", G_TYPE_INT64, (gint64) model->nn->graph->n_weights, "kernels",
                         G_TYPE_STRING, nn_plan_cpu (fer_classifier_plan (r->classifier)), NULL);
  GValue labels = G_VALUE_INIT;
  value_init_strings (&labels, (const char *const *) model->labels, model->n_labels);
  gst_structure_take_value (s, "labels", &labels);
  if (model->trained)
    gst_structure_set (s, "trained", G_TYPE_STRING, model->trained, NULL);
  return s;
}

void
reader_forget (reader *r)
{
  fer_readings_forget (r->readings);
}

/* Which of found to look at now, as indices. What is hidden is not there to be seen. */
static int
choose (const reader *r, const faces *found, const settings *s, guint64 time, int *due)
{
  guint64 ids[FER_MAX_FACES];
  int seen[FER_MAX_FACES], n = 0;
  for (int i = 0; i < found->n; i++)
    if (!found->places[i].hidden) {
      ids[n] = found->places[i].face.id;
      seen[n++] = i;
    }
  int n_due = fer_readings_due (r->readings, ids, n, time, s->interval * GST_MSECOND, s->max_faces_per_frame, due);
  for (int i = 0; i < n_due; i++)
    due[i] = seen[due[i]];
  return n_due;
}

/* Returns the place of the face's heat map. probabilities NULL: nothing was read, for quality's reason. Faces without an id are not remembered. */
static int
note (reader *r, fer_face *face, int index, const float *probabilities, const fer_quality *quality, const settings *s, guint64 time)
{
  int n_labels = fer_classifier_model (r->classifier)->n_labels;
  if (face->id)
    return fer_readings_add (r->readings, face->id, probabilities, n_labels, quality, time, s->smoothing * GST_MSECOND);
  face->has_quality = TRUE;
  face->quality = quality->value;
  if (probabilities) {
    memcpy (face->probabilities, probabilities, (gsize) n_labels * sizeof *probabilities);
    fer_face_decide (face, n_labels, settings_limits (s));
  } else
    face->skip = quality->skip;
  return FER_MAX_READINGS + index;
}

static gboolean
look (reader *r, const fer_image *image, const faces *found, const int *due, int n, const settings *s, guint64 time, fer_result *result)
{
  int n_labels = result->n_labels;
  float probabilities[FER_MAX_FACES * FER_MAX_LABELS], rolls[FER_MAX_FACES];
  fer_box squares[FER_MAX_FACES];
  for (int i = 0; i < n; i++) {
    squares[i] = found->places[due[i]].square;
    rolls[i] = found->places[due[i]].roll;
  }
  if (n && !fer_classifier_run (r->classifier, image, squares, rolls, n, probabilities))
    return FALSE;
  for (int i = 0; i < n; i++) {
    fer_face *face = &result->faces[due[i]];
    const float *p = probabilities + i * n_labels;
    fer_quality quality = fer_quality_of (&squares[i], face->has_points ? face->points : NULL, face->source == FER_FROM_FINDER ? face->score : 1,
                                          fer_classifier_pixels (r->classifier, i), reader_crop (r)->size);
    gboolean good = quality.value >= settings_least_quality (s, face->source);
    int at = note (r, face, due[i], good ? p : NULL, &quality, s, time);
    if (r->heatmap && (s->overlay & OVERLAY_HEATMAP))
      heatmap_look (r->heatmap, at, face->id, i, good ? fer_most_probable (p, n_labels, NULL) : -1);
  }
  return TRUE;
}

gboolean
reader_read (reader *r, const fer_image *image, const faces *found, const settings *s, guint64 time, fer_result *result, heat **heats)
{
  const fer_model *model = fer_classifier_model (r->classifier);
  int due[FER_MAX_FACES], n_due = choose (r, found, s, time, due);
  result->labels = (const char *const *) model->labels;
  result->n_labels = model->n_labels;
  result->n_faces = found->n;
  for (int i = 0; i < found->n; i++) {
    result->faces[i] = found->places[i].face;
    result->faces[i].label = -1;
    heats[i] = NULL;
  }
  if (!look (r, image, found, due, n_due, s, time, result))
    return FALSE;
  for (int i = 0; i < found->n; i++) {
    int at = fer_readings_get (r->readings, time, settings_limits (s), s->dominant_window * GST_MSECOND, &result->faces[i]);
    if (r->heatmap && (s->overlay & OVERLAY_HEATMAP))
      heats[i] = heatmap_get (r->heatmap, at < 0 ? FER_MAX_READINGS + i : at, result->faces[i].id);
  }
  return TRUE;
}

gboolean
reader_prepare_heatmaps (reader *r, nn_error *error)
{
  if (r->tried)
    return TRUE;
  r->tried = TRUE;
  r->heatmap = heatmap_new (r->classifier, error);
  return r->heatmap != NULL;
}
