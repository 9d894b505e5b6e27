/* SPDX-License-Identifier: MIT */
#include "settings.h"

#include <gst/gst.h>

#define LONGEST 60000          /* ms */
#define LONGEST_WINDOW 3600000 /* ms */
#define LARGEST_FINDER_SIZE 8192
#define AUTOMATIC -1

/* ---- the table ------------------------------------------------------------------------------------------------------------- */

typedef enum kind { TEXT, ENUM, FLAGS, BOOLEAN, INT, UINT, DOUBLE } kind;

/* A property that is a member of settings. Its blurb is its manual: what it does, in which unit, and when to change it. */
typedef struct property {
  guint id;
  const char *name, *nick;
  kind kind;
  gsize offset;         /* of its member */
  GType (*type) (void); /* of ENUM and FLAGS */
  double least, most, usual;
  const char *text;  /* usual TEXT */
  GParamFlags flags; /* beside the usual ones; 0: can be changed while playing */
  const char *blurb;
} property;

#define AT(member) G_STRUCT_OFFSET (settings, member)

static const property properties[] = {
  { PROP_FACES, "faces", "Faces", ENUM, AT (faces), .type = faces_choice_type, .usual = FACES_AUTO,
    .blurb =
        "Where faces come from. \"auto\" reads region-of-interest metas where some come, and for 60 frames after the last ones; else the element "
        "finds and follows faces by itself. Name the source when it is known: \"finder\" ignores foreign boxes, \"upstream\" never searches, "
        "\"frame\" takes the largest centred square of each frame as a face, for pictures that were cut out already" },

  { PROP_ROI_TYPE, "roi-type", "ROI type", TEXT, AT (roi_type), .text = "face",
    .blurb = "Type of the region-of-interest metas that are faces; empty: all of them. Also the type of the metas that are added" },
  { PROP_ROI_SCALE, "roi-scale", "ROI scale", DOUBLE, AT (roi_scale), .most = 10,
    .blurb =
        "Factor by which a box from upstream is scaled about its centre: finders draw boxes differently, tight or with the forehead, and the model "
        "expects one way. With this, roi-dx and roi-dy at 0, boxes that look like those of OpenCV's facedetect (square, without parameters, id and "
        "parent) get the map that was measured for it, others stay as they are. 0 with a shift counts as 1; 1 turns the automatic off" },
  { PROP_ROI_DX, "roi-dx", "ROI dx", DOUBLE, AT (roi_dx), .least = -10, .most = 10,
    .blurb = "Shift of upstream's boxes to the right, as share of their width; see roi-scale" },
  { PROP_ROI_DY, "roi-dy", "ROI dy", DOUBLE, AT (roi_dy), .least = -10, .most = 10,
    .blurb = "Shift of upstream's boxes downwards, as share of their height; see roi-scale" },

  { PROP_FINDER_SIZE, "finder-size", "Finder size", INT, AT (finder_size), .most = LARGEST_FINDER_SIZE,
    .blurb =
        "Pixels of the longer side to which a frame is reduced to be searched; it is never enlarged. More finds smaller faces, in time that grows "
        "with the square. 0: enough for faces of 6 % of the frame's height; 1 to 31 count as 32" },
  { PROP_DETECT_INTERVAL, "detect-interval", "Detect interval", UINT, AT (detect_interval), .most = LONGEST, .usual = 200,
    .blurb =
        "Milliseconds between searches of the whole frame. Between them each known face is looked for where it should be, which is cheaper; the "
        "whole frame is also searched when a face was lost and after a cut to another scene. New faces are found later with more. 0: every frame" },

  { PROP_INTERVAL, "interval", "Interval", UINT, AT (interval), .most = LONGEST, .usual = 100,
    .blurb =
        "Milliseconds after which the expression of a known face is read again. Boxes move in every frame; labels hold between readings, and say "
        "how old they are. More saves time. 0: every frame" },
  { PROP_MAX_FACES, "max-faces", "Max faces", INT, AT (max_faces), .least = 1, .most = FER_MAX_FACES, .usual = FER_MAX_FACES,
    .blurb = "Most faces of a frame; of more the largest are reported" },
  { PROP_MAX_FACES_PER_FRAME, "max-faces-per-frame", "Max faces per frame", INT, AT (max_faces_per_frame), .most = FER_MAX_FACES, .usual = 2,
    .blurb =
        "Most known faces that are read again in one frame, those first whose reading is the oldest, so that a crowd does not hold a frame up. New "
        "faces are read at once, whatever this says. 0: all that are due" },
  { PROP_SMOOTHING, "smoothing", "Smoothing", UINT, AT (smoothing), .most = LONGEST, .usual = 200,
    .blurb =
        "Time constant in milliseconds with which the probabilities of a known face follow its readings, at any frame rate; the readings are "
        "reported beside them (\"raw\"). A label then also stays for 200 ms at least, and until another one leads by 0.05. More is calmer and later. "
        "0: each reading stands for itself" },
  { PROP_DOMINANT_WINDOW, "dominant-window", "Dominant window", UINT, AT (dominant_window), .most = LONGEST_WINDOW, .usual = 5000,
    .blurb = "Milliseconds of which the expression that a known face showed longest is reported as dominant, with its share of that time; the window "
             "moves on in sixteenths. 0: it is not reported" },
  { PROP_MIN_QUALITY, "min-quality", "Min quality", DOUBLE, AT (min_quality), .least = AUTOMATIC, .most = 1, .usual = AUTOMATIC,
    .blurb =
        "Least quality (0 to 1) of a face that is labelled: those whose picture tells less (small, blurred, dark, turned away) get a reason instead. "
        "0 labels all of them. -1: 0.2 for faces of the finder, 0 for others" },

  { PROP_ASYNC, "async", "Async", BOOLEAN, AT (async),
    .blurb = "Frames are analysed by a thread of their own, and none waits: it leaves at once with the last result, whose age it says and whose "
             "boxes have "
             "moved on. The newest frame that comes while another one is analysed is next, those between are not analysed. The first frames have no "
             "result. "
             "At the end of the stream what is still analysed is waited for and posted. While anonymize covers faces frames wait" },
  { PROP_MAX_LATENCY, "max-latency", "Max latency", UINT, AT (max_latency), .most = LONGEST,
    .blurb = "Milliseconds that a frame may take here. What would take longer, by what it took before, is left out of the frame, in this order: heat "
             "maps, "
             "first readings of new faces, later readings, searches. The frame itself is always kept, and each kind of work is done once a second "
             "even so, in full. \"stats\" counts what was left out. 0: no limit" },

  { PROP_OVERLAY, "overlay", "Overlay", ENUM, AT (overlay), .type = overlay_choice_type, .usual = OVERLAY_NONE,
    .blurb = "What is drawn over the faces. Downstream elements that draw overlay compositions get one; for others it is blended into the frame" },
  { PROP_ANONYMIZE, "anonymize", "Anonymize", ENUM, AT (anonymize), .type = anonymize_choice_type, .usual = ANONYMIZE_NONE,
    .blurb =
        "Makes faces unrecognisable in the frames that leave, after they were read: an ellipse through the corners of each box is blurred or shown "
        "as "
        "blocks, half a dozen across a face. Covered is also what is not reported: faces that are followed but not seen in this frame, that were "
        "seen "
        "only once, are too small or partly outside. A face that appears is covered from the frame on in which it is found, so set detect-interval "
        "to "
        "0 where none may ever be seen. Frames are always read before they leave, whatever it takes; frames marked as gap or corrupted are covered "
        "where the last one was" },
  { PROP_HEATMAP_CLASS, "heatmap-class", "Heat map class", TEXT, AT (heatmap_class), .text = "predicted",
    .blurb =
        "Of which class heat maps show the evidence: \"predicted\", for each face the most probable one of the reading, or one of the model's labels, "
        "such as \"happy\". Another name is a warning, and there are no maps" },
  { PROP_HEATMAP_METHOD, "heatmap-method", "Heat map method", ENUM, AT (heatmap_method), .type = heatmap_method_type, .usual = NN_CAM_LAYER,
    .blurb = "How heat maps are computed from the network's activations and their derivatives; docs/explaining.md compares the methods" },
  { PROP_HEATMAP_LAYER, "heatmap-layer", "Heat map layer", TEXT, AT (heatmap_layer), .text = "auto",
    .blurb =
        "Of which feature map of the network heat maps are: \"auto\", the last one that is fine enough for heatmap-method; a number, the last one "
        "with at least so many positions on a side; or the name of a node of the model's graph" },
  { PROP_HEATMAP_OPACITY, "heatmap-opacity", "Heat map opacity", DOUBLE, AT (heatmap_opacity), .most = 1, .usual = 0.6,
    .flags = GST_PARAM_MUTABLE_PLAYING | GST_PARAM_CONTROLLABLE,
    .blurb = "How much the hottest places of a heat map hide of the face (0 to 1); cold ones never hide anything" },
  { PROP_HEATMAP_INTERVAL, "heatmap-interval", "Heat map interval", UINT, AT (heatmap_interval), .most = LONGEST, .usual = 200,
    .blurb =
        "Milliseconds after which a known face, or with faces=frame the frame, gets a new heat map, with the next reading of its expression "
        "(interval). Until then the last one moves and turns with the face. More saves time, as a map costs more than a reading. 0: with every "
        "reading" },
  { PROP_HEATMAP_LEGEND, "heatmap-legend", "Heat map legend", BOOLEAN, AT (heatmap_legend), .usual = TRUE,
    .blurb = "Whether the lower left corner explains the colours while there are heat maps; frames that are too small for it go without" },
  { PROP_THRESHOLD, "threshold", "Threshold", DOUBLE, AT (threshold), .most = 1, .flags = GST_PARAM_MUTABLE_PLAYING | GST_PARAM_CONTROLLABLE,
    .blurb =
        "Probability (0 to 1) under which a face is labelled \"unsure\"; its probabilities are reported as they are. A face that is unsure gets a "
        "label again a little above it (a twentieth of the way to 1), so that labels do not flicker. 0: every face has a label" },
  { PROP_MARGIN, "margin", "Margin", DOUBLE, AT (margin), .most = 1, .flags = GST_PARAM_MUTABLE_PLAYING | GST_PARAM_CONTROLLABLE,
    .blurb =
        "Lead (0 to 1) of the most probable class over the second under which a face is labelled \"unsure\", with the same play as threshold. 0.1 is "
        "a good start where a wrong label is worse than none. 0: off" },
  { PROP_META_FORMAT, "meta-format", "Meta format", FLAGS, AT (formats), .type = meta_formats_type, .usual = META_AUTO,
    .blurb =
        "What frames carry on, all of it written from one result (docs/metadata.md): \"auto\" is all of \"roi\", \"custom\" and \"analytics\" that "
        "this GStreamer has. Name one alone to save what nobody reads; add \"json\" (\"auto+json\") for readers in languages where a string is "
        "easier "
        "than a structure; 0 writes none, for updates and overlay alone. What upstream wrote stays in any case" },
  { PROP_UPDATES, "updates", "Updates", ENUM, AT (updates), .type = updates_choice_type, .usual = UPDATES_NONE,
    .blurb =
        "When an element message \"feremotion\" with the result of a frame is posted on the bus. \"on-change\" is for applications that react: its "
        "messages say which faces appeared, left, or changed their label" },
};

static const property *
find (guint id)
{
  for (gsize i = 0; i < G_N_ELEMENTS (properties); i++)
    if (properties[i].id == id)
      return &properties[i];
  return NULL;
}

/* An enum without negative values is an unsigned int. */
gboolean
settings_set (settings *s, guint id, const GValue *value)
{
  const property *p = find (id);
  if (!p)
    return FALSE;
  gpointer member = G_STRUCT_MEMBER_P (s, p->offset);
  switch (p->kind) {
  case TEXT: *(const char **) member = g_intern_string (g_value_get_string (value)); break;
  case ENUM: *(guint *) member = (guint) g_value_get_enum (value); break;
  case FLAGS: *(guint *) member = g_value_get_flags (value); break;
  case BOOLEAN: *(gboolean *) member = g_value_get_boolean (value); break;
  case INT: *(int *) member = g_value_get_int (value); break;
  case UINT: *(guint *) member = g_value_get_uint (value); break;
  case DOUBLE: *(double *) member = g_value_get_double (value); break;
  }
  return TRUE;
}

gboolean
settings_get (const settings *s, guint id, GValue *value)
{
  const property *p = find (id);
  if (!p)
    return FALSE;
  gconstpointer member = G_STRUCT_MEMBER_P (s, p->offset);
  switch (p->kind) {
  case TEXT: g_value_set_string (value, *(const char *const *) member); break;
  case ENUM: g_value_set_enum (value, (gint) * (const guint *) member); break;
  case FLAGS: g_value_set_flags (value, *(const guint *) member); break;
  case BOOLEAN: g_value_set_boolean (value, *(const gboolean *) member); break;
  case INT: g_value_set_int (value, *(const int *) member); break;
  case UINT: g_value_set_uint (value, *(const guint *) member); break;
  case DOUBLE: g_value_set_double (value, *(const double *) member); break;
  }
  return TRUE;
}

/* ---- the class ------------------------------------------------------------------------------------------------------------- */

static GParamSpec *
spec_of (const property *p)
{
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | (p->flags ? p->flags : GST_PARAM_MUTABLE_PLAYING);
  switch (p->kind) {
  case TEXT: return g_param_spec_string (p->name, p->nick, p->blurb, p->text, flags);
  case ENUM: return g_param_spec_enum (p->name, p->nick, p->blurb, p->type (), (gint) p->usual, flags);
  case FLAGS: return g_param_spec_flags (p->name, p->nick, p->blurb, p->type (), (guint) p->usual, flags);
  case BOOLEAN: return g_param_spec_boolean (p->name, p->nick, p->blurb, p->usual != 0, flags);
  case INT: return g_param_spec_int (p->name, p->nick, p->blurb, (gint) p->least, (gint) p->most, (gint) p->usual, flags);
  case UINT: return g_param_spec_uint (p->name, p->nick, p->blurb, (guint) p->least, (guint) p->most, (guint) p->usual, flags);
  case DOUBLE: return g_param_spec_double (p->name, p->nick, p->blurb, p->least, p->most, p->usual, flags);
  }
  return NULL;
}

/* What is no plain setting. */
static void
install_others (GObjectClass *klass)
{
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING;
  g_object_class_install_property (
      klass, PROP_MODEL,
      g_param_spec_string (
          "model", "Model",
          "Path of the ONNX file that classifies; not set: the model inside the plug-in. While the element runs, another one, which "
          "may have other labels and another input, is loaded and verified in the thread that sets the property, while frames go on; "
          "it reads from the next frame on, and element message \"model-changed\" says so. One that cannot be used is a warning, "
          "and the old one stays. The same path again reads the file again",
          NULL, flags));
  g_object_class_install_property (
      klass, PROP_FINDER_MODEL,
      g_param_spec_string ("finder-model", "Finder model",
                           "Path of the ONNX file that finds faces: one made by fer-train --task faces, YuNet or UltraFace; "
                           "not set: the model inside the plug-in. While the element runs it changes as model does",
                           NULL, flags));
  g_object_class_install_property (
      klass, PROP_PRECISION,
      g_param_spec_enum ("precision", "Precision",
                         "How the network computes. \"fast\" takes 16-bit integers instead of floats, which is about twice as fast; it needs a model "
                         "whose file says how large its values become, as the embedded one does and as fer-ranges makes others say. \"exact\" sums "
                         "every convolution directly, for comparisons. While the element runs it changes as model does",
                         precision_choice_type (), NN_PRECISION_FULL, flags));
  g_object_class_install_property (klass, PROP_MODEL_INFO,
                                   g_param_spec_boxed ("model-info", "Model info",
                                                       "The model in use: name, labels, input-size, operations (multiplications for one face), "
                                                       "parameters, kernels (instruction set), trained (JSON); NULL while none is loaded",
                                                       GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  g_object_class_install_property (
      klass, PROP_STATS,
      g_param_spec_boxed (
          "stats", "Stats",
          "What was done since the element started: frames, analysed, faces, inferences, searches, heat-maps; what was left out (shed): "
          "heat-maps, new-faces, readings, searches, looks; and the milliseconds (ms) of find, read, heat-map, attach, draw and of the "
          "whole frame here: n, mean, p50, p95, p99 (within 5 %), max. Times are the clock's, in which others may run as well",
          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

void
settings_install (GObjectClass *klass)
{
  install_others (klass);
  for (gsize i = 0; i < G_N_ELEMENTS (properties); i++)
    g_object_class_install_property (klass, properties[i].id, spec_of (&properties[i]));
}

void
settings_init (settings *s)
{
  for (gsize i = 0; i < G_N_ELEMENTS (properties); i++) {
    GParamSpec *spec = g_param_spec_ref_sink (spec_of (&properties[i]));
    settings_set (s, properties[i].id, g_param_spec_get_default_value (spec));
    g_param_spec_unref (spec);
  }
}

/* ---- what they mean together ----------------------------------------------------------------------------------------------- */

gboolean
settings_box_map (const settings *s, fer_box_map *map)
{
  *map = (fer_box_map) { s->roi_scale > 0 ? (float) s->roi_scale : 1.0f, (float) s->roi_dx, (float) s->roi_dy };
  return s->roi_scale != 0 || s->roi_dx != 0 || s->roi_dy != 0;
}

fer_limits
settings_limits (const settings *s)
{
  return (fer_limits) { (float) s->threshold, (float) s->margin };
}

float
settings_least_quality (const settings *s, fer_source source)
{
  return s->min_quality >= 0 ? (float) s->min_quality : source == FER_FROM_FINDER ? FER_MIN_QUALITY : 0;
}
