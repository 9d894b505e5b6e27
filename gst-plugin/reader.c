/* SPDX-License-Identifier: MIT */
#include "reader.h"

#include <string.h>

#include "heatmap.h"
#include "overlay.h"
#include "structure.h"

#define BATCH 8 /* faces in one pass of the network */

struct reader {
  fer_classifier *classifier;
  char name[64];
  heatmap *heatmap;   /* NULL: not prepared, or the model has none */
  fer_drawer *drawer; /* NULL: not prepared */
  int prepared;       /* choices that were, with success or without */
};

reader *
reader_new (const char *path, nn_precision precision, nn_error *error)
{
  fer_classifier *classifier = fer_classifier_load (path, BATCH, precision, error);
  if (!classifier)
    return NULL;
  reader *r = g_new0 (reader, 1);
  r->classifier = classifier;
  fer_model_name (path, r->name, sizeof r->name);
  return r;
}

void
reader_free (reader *r)
{
  if (!r)
    return;
  heatmap_free (r->heatmap);
  fer_drawer_free (r->drawer);
  fer_classifier_free (r->classifier);
  g_free (r);
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

gboolean
reader_read (reader *r, const fer_image *image, const faces *found, fer_source source, double threshold, fer_result *result)
{
  const fer_model *model = fer_classifier_model (r->classifier);
  float probabilities[FER_MAX_FACES * FER_MAX_LABELS];
  result->labels = (const char *const *) model->labels;
  result->n_labels = model->n_labels;
  result->n_faces = found->n;
  if (found->n && !fer_classifier_run (r->classifier, image, found->squares, NULL, found->n, probabilities))
    return FALSE;
  for (int i = 0; i < found->n; i++) {
    fer_face *face = &result->faces[i];
    *face = (fer_face) { .box = found->boxes[i], .source = source };
    memcpy (face->probabilities, probabilities + i * model->n_labels, (gsize) model->n_labels * sizeof (float));
    fer_face_decide (face, model->n_labels, (float) threshold);
  }
  return TRUE;
}

gboolean
reader_prepare_drawing (reader *r, overlay_choice choice, nn_error *error)
{
  int missing = choice & ~r->prepared;
  r->prepared |= missing;
  if (missing & OVERLAY_HEATMAP)
    r->heatmap = heatmap_new (r->classifier, error);
  if (missing & OVERLAY_LABELS)
    r->drawer = fer_drawer_new (error);
  return (r->heatmap || !(missing & OVERLAY_HEATMAP)) && (r->drawer || !(missing & OVERLAY_LABELS));
}

static int
most_probable (const fer_face *face, int n)
{
  int best = 0;
  for (int i = 1; i < n; i++)
    if (face->probabilities[i] > face->probabilities[best])
      best = i;
  return best;
}

/* Heat maps lie under all labels. */
GstVideoOverlayComposition *
reader_draw (reader *r, overlay_choice choice, const faces *found, const fer_result *result, int x, int y)
{
  GstVideoOverlayComposition *composition = NULL;
  fer_picture picture;
  for (int i = 0; i < result->n_faces && (choice & OVERLAY_HEATMAP) && r->heatmap; i++) {
    int label = most_probable (&result->faces[i], result->n_labels); /* also of a face that is labelled unsure */
    if (heatmap_draw (r->heatmap, i, label, &found->squares[i], result->width, result->height, &picture))
      overlay_add (&composition, &picture, x, y);
  }
  for (int i = 0; i < result->n_faces && (choice & OVERLAY_LABELS) && r->drawer; i++)
    if (fer_draw_face (r->drawer, result, i, &picture))
      overlay_add (&composition, &picture, x, y);
  return composition;
}
