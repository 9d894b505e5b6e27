/* SPDX-License-Identifier: MIT */
#include "settings.h"

#include <gst/gst.h>

#define DEFAULT_ROI_TYPE "face"
#define DEFAULT_DETECT_INTERVAL 200 /* ms */
#define DEFAULT_INTERVAL 100
#define DEFAULT_SMOOTHING 200
#define LONGEST 60000
#define LARGEST_FINDER_SIZE 8192 /* pixels */
#define DEFAULT_MAX_FACES_PER_FRAME 2
#define AUTOMATIC -1

void
settings_init (settings *s)
{
  *s = (settings) { .faces = FACES_AUTO,
                    .roi_type = g_intern_static_string (DEFAULT_ROI_TYPE),
                    .overlay = OVERLAY_NONE,
                    .updates = UPDATES_NONE,
                    .detect_interval = DEFAULT_DETECT_INTERVAL,
                    .interval = DEFAULT_INTERVAL,
                    .smoothing = DEFAULT_SMOOTHING,
                    .max_faces = FER_MAX_FACES,
                    .max_faces_per_frame = DEFAULT_MAX_FACES_PER_FRAME,
                    .min_quality = AUTOMATIC };
}

static void
install_models (GObjectClass *klass)
{
  /**
   * GstFerEmotion:model:
   *
   * Path of the ONNX file that classifies; not set: the model inside the plug-in. Cannot be changed while the element runs.
   */
  g_object_class_install_property (klass, PROP_MODEL,
                                   g_param_spec_string ("model", "Model", "ONNX file that classifies; not set: the embedded model", NULL,
                                                        G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY));

  /**
   * GstFerEmotion:finder-model:
   *
   * Path of the ONNX file that finds faces: one made by `fer-train --task faces`, YuNet or UltraFace; not set: the model inside the plug-in. Cannot
   * be changed while the element runs.
   */
  g_object_class_install_property (klass, PROP_FINDER_MODEL,
                                   g_param_spec_string ("finder-model", "Finder model", "ONNX file that finds faces; not set: the embedded model",
                                                        NULL, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY));

  /**
   * GstFerEmotion:model-info:
   *
   * The model in use: name, labels, input-size, operations (multiplications for one face), parameters, kernels (instruction set) and trained (JSON);
   * %NULL while none is loaded.
   */
  g_object_class_install_property (klass, PROP_MODEL_INFO,
                                   g_param_spec_boxed ("model-info", "Model info", "The model in use: name, labels, sizes, provenance",
                                                       GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

static void
install_faces (GObjectClass *klass)
{
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING;

  /**
   * GstFerEmotion:faces:
   *
   * Where faces come from: `finder` finds them, `upstream` reads region-of-interest metas, `frame` takes the largest centred square of each frame as
   * a face. `auto` reads metas where some come, and for 60 frames after the last ones; else it finds faces by itself.
   */
  g_object_class_install_property (klass, PROP_FACES,
                                   g_param_spec_enum ("faces", "Faces", "Where faces come from", faces_choice_type (), FACES_AUTO, flags));

  /**
   * GstFerEmotion:roi-type:
   *
   * The type of the region-of-interest metas that are faces; empty: all of them.
   */
  g_object_class_install_property (
      klass, PROP_ROI_TYPE,
      g_param_spec_string ("roi-type", "ROI type", "Type of the region-of-interest metas that are faces; empty: all", DEFAULT_ROI_TYPE, flags));

  /**
   * GstFerEmotion:roi-scale:
   *
   * Face finders draw their boxes differently, and the model was trained with one way of drawing. A box from upstream is scaled by this about its
   * centre and moved by #GstFerEmotion:roi-dx and #GstFerEmotion:roi-dy before the model's own margin is added. With all three at 0, the default,
   * boxes that look like those of OpenCV's `facedetect` (square, without parameters, id and parent) get the map that was measured for it, all others
   * are taken as they are. 0 with a shift counts as 1; 1 alone turns the automatic off.
   */
  g_object_class_install_property (
      klass, PROP_ROI_SCALE,
      g_param_spec_double ("roi-scale", "ROI scale", "Factor from upstream's boxes to those that the model expects; 0: automatic", 0, 10, 0, flags));

  /**
   * GstFerEmotion:roi-dx:
   *
   * Shift to the right from upstream's boxes to those that the model expects, as share of the box's width.
   */
  g_object_class_install_property (
      klass, PROP_ROI_DX,
      g_param_spec_double ("roi-dx", "ROI dx", "Shift of upstream's boxes to the right, as share of their width", -10, 10, 0, flags));

  /**
   * GstFerEmotion:roi-dy:
   *
   * Shift downwards from upstream's boxes to those that the model expects, as share of the box's height.
   */
  g_object_class_install_property (
      klass, PROP_ROI_DY,
      g_param_spec_double ("roi-dy", "ROI dy", "Shift of upstream's boxes downwards, as share of their height", -10, 10, 0, flags));
}

static void
install_int (GObjectClass *klass, guint id, const char *name, const char *nick, const char *blurb, int least, int most, int usual)
{
  g_object_class_install_property (
      klass, id, g_param_spec_int (name, nick, blurb, least, most, usual, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING));
}

static void
install_ms (GObjectClass *klass, guint id, const char *name, const char *nick, const char *blurb, guint usual)
{
  g_object_class_install_property (
      klass, id, g_param_spec_uint (name, nick, blurb, 0, LONGEST, usual, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING));
}

static void
install_finder (GObjectClass *klass)
{
  /**
   * GstFerEmotion:finder-size:
   *
   * Pixels of the longer side to which frames are reduced to be searched: more finds smaller faces and takes longer. 0: enough for faces of 6 % of
   * the frame's height.
   */
  install_int (klass, PROP_FINDER_SIZE, "finder-size", "Finder size", "Pixels of the longer side of the picture that is searched; 0: by the frame", 0,
               LARGEST_FINDER_SIZE, 0);

  /**
   * GstFerEmotion:detect-interval:
   *
   * Milliseconds between searches of the whole frame. Between them each known face is looked for where it should be. The whole frame is also
   * searched when a face was lost and after a cut to another scene.
   */
  install_ms (klass, PROP_DETECT_INTERVAL, "detect-interval", "Detect interval", "Milliseconds between searches of the whole frame; 0: every frame",
              DEFAULT_DETECT_INTERVAL);
}

static void
install_cadence (GObjectClass *klass)
{
  /**
   * GstFerEmotion:interval:
   *
   * Milliseconds after which the expression of a known face is read again. Boxes move in every frame; labels hold, and say how old they are. 0: every
   * frame.
   */
  install_ms (klass, PROP_INTERVAL, "interval", "Interval", "Milliseconds between readings of a face; 0: every frame", DEFAULT_INTERVAL);

  /**
   * GstFerEmotion:max-faces:
   *
   * Of more faces the largest are reported.
   */
  install_int (klass, PROP_MAX_FACES, "max-faces", "Max faces", "Most faces of a frame, the largest", 1, FER_MAX_FACES, FER_MAX_FACES);

  /**
   * GstFerEmotion:max-faces-per-frame:
   *
   * How many known faces are read again in one frame at most, those first whose reading is the oldest. New faces are read at once, whatever this
   * says. 0: all that are due.
   */
  install_int (klass, PROP_MAX_FACES_PER_FRAME, "max-faces-per-frame", "Max faces per frame",
               "Most known faces that are read again in one frame; 0: no limit", 0, FER_MAX_FACES, DEFAULT_MAX_FACES_PER_FRAME);

  /**
   * GstFerEmotion:smoothing:
   *
   * Time constant in milliseconds with which probabilities of a known face follow its readings, which are reported beside them ("raw"). A label is
   * then shown for 200 ms at least. 0: each reading stands for itself.
   */
  install_ms (klass, PROP_SMOOTHING, "smoothing", "Smoothing", "Time constant of probabilities in milliseconds; 0: none", DEFAULT_SMOOTHING);

  /**
   * GstFerEmotion:min-quality:
   *
   * Faces whose picture tells less (small, blurred, dark, turned away) get a reason instead of a label. -1: 0.2 for faces that the finder found, 0
   * for all others.
   */
  g_object_class_install_property (klass, PROP_MIN_QUALITY,
                                   g_param_spec_double ("min-quality", "Min quality", "Least quality of a face that is read; -1: by who found it",
                                                        AUTOMATIC, 1, AUTOMATIC,
                                                        G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING));
}

static void
install_outputs (GObjectClass *klass)
{
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING;

  /**
   * GstFerEmotion:overlay:
   *
   * What is drawn over the faces. Downstream elements that draw overlay compositions get one; for others it is blended into the frame.
   */
  g_object_class_install_property (
      klass, PROP_OVERLAY, g_param_spec_enum ("overlay", "Overlay", "What is drawn over the faces", overlay_choice_type (), OVERLAY_NONE, flags));

  /**
   * GstFerEmotion:threshold:
   *
   * A face whose most probable class is less probable than this is labelled "unsure"; its probabilities are reported as they are.
   */
  g_object_class_install_property (klass, PROP_THRESHOLD,
                                   g_param_spec_double ("threshold", "Threshold", "Probability under which a face is labelled \"unsure\"", 0, 1, 0,
                                                        flags | GST_PARAM_CONTROLLABLE));

  /**
   * GstFerEmotion:updates:
   *
   * When an element message "feremotion" with the result of a frame is posted on the bus.
   */
  g_object_class_install_property (
      klass, PROP_UPDATES,
      g_param_spec_enum ("updates", "Updates", "When the result of a frame is posted on the bus", updates_choice_type (), UPDATES_NONE, flags));
}

static void
install_precision (GObjectClass *klass)
{
  /**
   * GstFerEmotion:precision:
   *
   * How the network computes. `fast` takes 16-bit integers instead of floats; it needs a model whose file says how large its values become, as the
   * one inside the plug-in does and as `fer-ranges` makes others say. It takes effect when the element starts.
   */
  g_object_class_install_property (klass, PROP_PRECISION,
                                   g_param_spec_enum ("precision", "Precision", "How the network computes", precision_choice_type (),
                                                      NN_PRECISION_FULL, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY));
}

void
settings_install (GObjectClass *klass)
{
  install_models (klass);
  install_precision (klass);
  install_faces (klass);
  install_finder (klass);
  install_cadence (klass);
  install_outputs (klass);
}

gboolean
settings_set (settings *s, guint id, const GValue *value)
{
  switch (id) {
  case PROP_FACES: s->faces = (faces_choice) g_value_get_enum (value); return TRUE;
  case PROP_ROI_TYPE: s->roi_type = g_intern_string (g_value_get_string (value)); return TRUE;
  case PROP_ROI_SCALE: s->roi_scale = g_value_get_double (value); return TRUE;
  case PROP_ROI_DX: s->roi_dx = g_value_get_double (value); return TRUE;
  case PROP_ROI_DY: s->roi_dy = g_value_get_double (value); return TRUE;
  case PROP_OVERLAY: s->overlay = (overlay_choice) g_value_get_enum (value); return TRUE;
  case PROP_THRESHOLD: s->threshold = g_value_get_double (value); return TRUE;
  case PROP_UPDATES: s->updates = (updates_choice) g_value_get_enum (value); return TRUE;
  case PROP_PRECISION: s->precision = (nn_precision) g_value_get_enum (value); return TRUE;
  case PROP_FINDER_SIZE: s->finder_size = g_value_get_int (value); return TRUE;
  case PROP_DETECT_INTERVAL: s->detect_interval = g_value_get_uint (value); return TRUE;
  case PROP_INTERVAL: s->interval = g_value_get_uint (value); return TRUE;
  case PROP_MAX_FACES: s->max_faces = g_value_get_int (value); return TRUE;
  case PROP_MAX_FACES_PER_FRAME: s->max_faces_per_frame = g_value_get_int (value); return TRUE;
  case PROP_SMOOTHING: s->smoothing = g_value_get_uint (value); return TRUE;
  case PROP_MIN_QUALITY: s->min_quality = g_value_get_double (value); return TRUE;
  default: return FALSE;
  }
}

gboolean
settings_get (const settings *s, guint id, GValue *value)
{
  switch (id) {
  case PROP_FACES: g_value_set_enum (value, s->faces); return TRUE;
  case PROP_ROI_TYPE: g_value_set_string (value, s->roi_type); return TRUE;
  case PROP_ROI_SCALE: g_value_set_double (value, s->roi_scale); return TRUE;
  case PROP_ROI_DX: g_value_set_double (value, s->roi_dx); return TRUE;
  case PROP_ROI_DY: g_value_set_double (value, s->roi_dy); return TRUE;
  case PROP_OVERLAY: g_value_set_enum (value, s->overlay); return TRUE;
  case PROP_THRESHOLD: g_value_set_double (value, s->threshold); return TRUE;
  case PROP_UPDATES: g_value_set_enum (value, s->updates); return TRUE;
  case PROP_PRECISION: g_value_set_enum (value, (gint) s->precision); return TRUE;
  case PROP_FINDER_SIZE: g_value_set_int (value, s->finder_size); return TRUE;
  case PROP_DETECT_INTERVAL: g_value_set_uint (value, s->detect_interval); return TRUE;
  case PROP_INTERVAL: g_value_set_uint (value, s->interval); return TRUE;
  case PROP_MAX_FACES: g_value_set_int (value, s->max_faces); return TRUE;
  case PROP_MAX_FACES_PER_FRAME: g_value_set_int (value, s->max_faces_per_frame); return TRUE;
  case PROP_SMOOTHING: g_value_set_uint (value, s->smoothing); return TRUE;
  case PROP_MIN_QUALITY: g_value_set_double (value, s->min_quality); return TRUE;
  default: return FALSE;
  }
}

gboolean
settings_box_map (const settings *s, fer_box_map *map)
{
  *map = (fer_box_map) { s->roi_scale > 0 ? (float) s->roi_scale : 1.0f, (float) s->roi_dx, (float) s->roi_dy };
  return s->roi_scale != 0 || s->roi_dx != 0 || s->roi_dy != 0;
}

float
settings_least_quality (const settings *s, fer_source source)
{
  return s->min_quality >= 0 ? (float) s->min_quality : source == FER_FROM_FINDER ? FER_MIN_QUALITY : 0;
}
