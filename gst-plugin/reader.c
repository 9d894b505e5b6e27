/* SPDX-License-Identifier: MIT */
#include "reader.h"

#include <string.h>

#include "structure.h"

#define BATCH 8 /* faces in one pass of the network */
#define PREDICTED -1
#define FRAME_ID G_MAXUINT64 /* in heatmap.h, of the face that a whole frame is: nobody follows it, but its map may be kept */

struct reader {
  fer_classifier *classifier;
  fer_readings *readings;
  char name[64];

  heatmap *heatmap; /* NULL: not prepared, or there is none */
  gboolean asked;   /* for heat maps, with what follows */
  nn_cam_method method;
  const char *layer, *class; /* interned */
  int class_label;           /* of all maps; PREDICTED: each face's own */

  /* Of the last result. */
  int places[FER_MAX_FACES]; /* of its faces: in readings, behind them those without an id */
  struct {
    int place, label;
    guint64 id;
  } looked[FER_MAX_FACES]; /* at which faces, in the classifier's order; label -1: not good enough to read */
  int n_looked;
  int due[FER_MAX_FACES]; /* of those, for a heat map */
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

/* What is hidden is not there to be seen. */
int
reader_due (const reader *r, const faces *found, const settings *s, guint64 time, int *due, int *n_new)
{
  guint64 ids[FER_MAX_FACES];
  int seen[FER_MAX_FACES], n = 0;
  for (int i = 0; i < found->n; i++)
    if (!found->places[i].hidden) {
      ids[n] = found->places[i].face.id;
      seen[n++] = i;
    }
  int n_due = fer_readings_due (r->readings, ids, n, time, s->interval * GST_MSECOND, s->max_faces_per_frame, due);
  *n_new = 0;
  for (int i = 0; i < n_due; i++) {
    *n_new += fer_readings_age (r->readings, ids[due[i]], time) == FER_TIME_NONE;
    due[i] = seen[due[i]];
  }
  return n_due;
}

static guint64
heat_id (const fer_face *face)
{
  return face->source == FER_FROM_FRAME ? FRAME_ID : face->id;
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
  face->skip = probabilities ? FER_SKIP_NONE : quality->skip;
  if (probabilities) {
    memcpy (face->probabilities, probabilities, (gsize) n_labels * sizeof *probabilities);
    fer_face_decide (face, n_labels, settings_limits (s));
  }
  return FER_MAX_READINGS + index;
}

static gboolean
read_faces (reader *r, const fer_image *image, const faces *found, const int *due, int n, const settings *s, guint64 time, fer_result *result)
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
  r->n_looked = n;
  for (int i = 0; i < n; i++) {
    fer_face *face = &result->faces[due[i]];
    const float *p = probabilities + i * n_labels;
    fer_quality quality = fer_quality_of (&squares[i], face->has_points ? face->points : NULL, face->source == FER_FROM_FINDER ? face->score : 1,
                                          fer_classifier_pixels (r->classifier, i), reader_crop (r)->size);
    gboolean good = quality.value >= settings_least_quality (s, face->source);
    r->looked[i].place = note (r, face, due[i], good ? p : NULL, &quality, s, time);
    r->looked[i].label = good ? fer_most_probable (p, n_labels, NULL) : -1;
    r->looked[i].id = heat_id (face);
  }
  return TRUE;
}

/* Before it is read a face has no label because nobody looked at it. */
static void
describe (const fer_model *model, const faces *found, fer_result *result)
{
  result->labels = (const char *const *) model->labels;
  result->n_labels = model->n_labels;
  result->n_faces = found->n;
  result->n_skipped = found->n_skipped;
  memcpy (result->skipped, found->skipped, sizeof result->skipped);
  for (int i = 0; i < found->n; i++) {
    result->faces[i] = found->places[i].face;
    result->faces[i].label = -1;
    result->faces[i].skip = FER_SKIP_LATE;
  }
}

gboolean
reader_read (reader *r, const fer_image *image, const faces *found, const int *due, int n, const settings *s, guint64 time, fer_result *result)
{
  describe (fer_classifier_model (r->classifier), found, result);
  if (!read_faces (r, image, found, due, n, s, time, result))
    return FALSE;
  for (int i = 0; i < found->n; i++) {
    fer_face *face = &result->faces[i];
    fer_skip skip = face->skip;
    face->skip = FER_SKIP_NONE;
    r->places[i] = fer_readings_get (r->readings, time, settings_limits (s), s->dominant_window * GST_MSECOND, face);
    if (r->places[i] < 0) {
      r->places[i] = FER_MAX_READINGS + i;
      face->skip = skip;
    }
  }
  return TRUE;
}

int
reader_heats_due (reader *r, const settings *s, guint64 time)
{
  int n = 0;
  for (int i = 0; i < r->n_looked; i++) {
    if (r->looked[i].label < 0 || !r->looked[i].id)
      heatmap_drop (r->heatmap, r->looked[i].place);
    if (r->looked[i].label >= 0 && heatmap_due (r->heatmap, r->looked[i].place, r->looked[i].id, time, s->heatmap_interval * GST_MSECOND))
      r->due[n++] = i;
  }
  return n;
}

void
reader_look (reader *r, int n, guint64 time)
{
  for (int j = 0; j < n; j++) {
    int i = r->due[j], label = r->class_label == PREDICTED ? r->looked[i].label : r->class_label;
    heatmap_look (r->heatmap, r->looked[i].place, r->looked[i].id, i, label, time);
  }
}

void
reader_heats (const reader *r, const fer_result *result, heat **heats)
{
  for (int i = 0; i < result->n_faces; i++)
    heats[i] = heatmap_get (r->heatmap, r->places[i], heat_id (&result->faces[i]));
}

static gboolean
find_class (reader *r, nn_error *error)
{
  const fer_model *model = fer_classifier_model (r->classifier);
  r->class_label = PREDICTED;
  if (!r->class || !*r->class || !strcmp (r->class, "predicted"))
    return TRUE;
  for (int i = 0; i < model->n_labels; i++)
    if (!strcmp (r->class, model->labels[i]))
      r->class_label = i;
  return r->class_label >= 0
         || nn_fail (error, "heatmap-class %s: model %s has no such class; expected predicted or one of its labels", r->class, r->name);
}

gboolean
reader_prepare_heatmaps (reader *r, const settings *s, nn_error *error)
{
  if (r->asked && r->method == s->heatmap_method && r->layer == s->heatmap_layer && r->class == s->heatmap_class)
    return TRUE;
  g_clear_pointer (&r->heatmap, heatmap_free);
  r->asked = TRUE;
  r->method = s->heatmap_method;
  r->layer = s->heatmap_layer;
  r->class = s->heatmap_class;
  if (!find_class (r, error))
    return FALSE;
  r->heatmap = heatmap_new (r->classifier, r->method, r->layer, error);
  return r->heatmap != NULL;
}

gboolean
reader_has_heatmaps (const reader *r)
{
  return r->heatmap != NULL;
}
