/* SPDX-License-Identifier: MIT */
/**
 * SECTION:element-feremotion
 * @title: feremotion
 *
 * Reads the expression of each face in raw video: seven probabilities (angry, disgust, fear, happy, sad, surprise, neutral) a face. It finds faces
 * and follows them from frame to frame by itself, or takes those that an element before it found (#GstVideoRegionOfInterestMeta), or whole frames
 * that are faces already. Each frame that was read, with faces or without, carries the result on as `FerEmotionMeta` (a #GstCustomMeta that survives
 * format conversion and scaling), as parameters "emotion" of the faces' ROI metas and, from GStreamer 1.24 on, as analytics metas;
 * #GstFerEmotion:updates posts it on the bus, #GstFerEmotion:overlay draws it, and `feremotionjson` writes it as lines of JSON. Frames marked as gap,
 * corrupted or decode-only pass unread. Pixels are only touched to draw where downstream does not draw overlay compositions itself.
 *
 * Crop and turn the video before this element: before GStreamer 1.28 `videocrop` drops boxes and `videoflip` does not turn them.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 filesrc location=clip.mp4 ! decodebin ! videoconvert ! feremotion overlay=labels ! videoconvert ! autovideosink
 * ]| Label the faces of a file.
 * |[
 * gst-launch-1.0 -m filesrc location=face.png ! decodebin ! feremotion faces=frame updates=on-face ! fakesink
 * ]| A picture that is a face, on the bus.
 */
#include "gstferemotion.h"

#include <gst/video/video.h>

#include "async.h"
#include "debug.h"
#include "latency.h"
#include "models.h"
#include "overlay.h"
#include "pace.h"
#include "publisher.h"
#include "settings.h"
#include "stats.h"
#include "stopwatch.h"
#include "times.h"
#include "writer.h"

GST_DEBUG_CATEGORY (feremotion_debug);

struct _GstFerEmotion {
  GstBaseTransform parent;

  settings settings; /* under the object lock */
  models models;
  stats stats;

  /* The streaming thread's, but for what their headers say. */
  GstVideoInfo info;
  gboolean live;
  analysis *analysis; /* between start and stop */
  async async;
  GstBuffer *input; /* of the frame that leaves as another buffer */
  report report;    /* of the last frame */
  publisher publisher;
  pace pace;
  latency latency;
};

G_DEFINE_FINAL_TYPE (GstFerEmotion, gst_fer_emotion, GST_TYPE_BASE_TRANSFORM)
GST_ELEMENT_REGISTER_DEFINE (feremotion, "feremotion", GST_RANK_NONE, GST_TYPE_FER_EMOTION)

static settings
copy_settings (GstFerEmotion *self)
{
  GST_OBJECT_LOCK (self);
  settings copy = self->settings;
  GST_OBJECT_UNLOCK (self);
  return copy;
}

/* ---- properties ------------------------------------------------------------------------------------------------------------ */

static void
gst_fer_emotion_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  GstFerEmotion *self = GST_FER_EMOTION (object);
  settings now = copy_settings (self);
  if (models_set (&self->models, GST_ELEMENT (self), id, value, &now))
    return;
  if (id == PROP_FACES && settings_set (&now, id, value))
    models_foresee (&self->models, GST_ELEMENT (self), &now);
  GST_OBJECT_LOCK (self);
  overlay_choice before = self->settings.overlay;
  gboolean known = settings_set (&self->settings, id, value), changed = self->settings.overlay != before;
  if (changed)
    canvas_reconsider (&self->publisher.canvas);
  GST_OBJECT_UNLOCK (self);
  if (changed)
    gst_base_transform_reconfigure_src (GST_BASE_TRANSFORM (self));
  if (id == PROP_META_FORMAT)
    writer_check (GST_ELEMENT (self), (meta_formats) g_value_get_flags (value));
  if (!known)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
gst_fer_emotion_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  GstFerEmotion *self = GST_FER_EMOTION (object);
  settings s = copy_settings (self);
  if (id == PROP_STATS)
    g_value_take_boxed (value, stats_structure (&self->stats));
  else if (!models_get (&self->models, GST_ELEMENT (self), id, value) && !settings_get (&s, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

/* ---- start and stop -------------------------------------------------------------------------------------------------------- */

static gboolean
gst_fer_emotion_start (GstBaseTransform *base)
{
  GstFerEmotion *self = GST_FER_EMOTION (base);
  settings s = copy_settings (self);
  self->analysis = models_start (&self->models, GST_ELEMENT (self), &s);
  if (!self->analysis)
    return FALSE;
  publisher_prepare (&self->publisher, s.overlay);
  writer_check (GST_ELEMENT (self), s.formats);
  stats_forget (&self->stats);
  GST_OBJECT_LOCK (self);
  canvas_reconsider (&self->publisher.canvas);
  pace_reset (&self->pace);
  self->latency = (latency) { .told = 0 };
  GST_OBJECT_UNLOCK (self);
  news_forget (&self->publisher.news);
  return TRUE;
}

static gboolean
gst_fer_emotion_stop (GstBaseTransform *base)
{
  GstFerEmotion *self = GST_FER_EMOTION (base);
  models_stop (&self->models, GST_ELEMENT (self));
  async_drop (&self->async);
  gst_clear_buffer (&self->input);
  report_clear (&self->report);
  publisher_clear (&self->publisher);
  g_clear_pointer (&self->analysis, analysis_free);
  return TRUE;
}

/* ---- negotiation ----------------------------------------------------------------------------------------------------------- */

static GstCaps *
gst_fer_emotion_transform_caps (GstBaseTransform *base, GstPadDirection direction, GstCaps *caps, GstCaps *filter)
{
  GstFerEmotion *self = GST_FER_EMOTION (base);
  gboolean draws = copy_settings (self).overlay != OVERLAY_NONE;
  return canvas_transform_caps (&self->publisher.canvas, base, draws, direction, caps, filter);
}

static GstCaps *
gst_fer_emotion_fixate_caps (GstBaseTransform *base, GstPadDirection direction, GstCaps *caps, GstCaps *othercaps)
{
  (void) base, (void) direction, (void) caps;
  return overlay_caps_choose (othercaps);
}

static gboolean
gst_fer_emotion_set_caps (GstBaseTransform *base, GstCaps *incaps, GstCaps *outcaps)
{
  GstFerEmotion *self = GST_FER_EMOTION (base);
  (void) outcaps;
  GST_OBJECT_LOCK (self);
  self->publisher.canvas.undecided = TRUE;
  GST_OBJECT_UNLOCK (self);
  async_end (&self->async);
  news_forget (&self->publisher.news);
  self->live = times_is_live (base);
  settings s = copy_settings (self);
  return gst_video_info_from_caps (&self->info, incaps) && analysis_prepare (self->analysis, &s, &self->info);
}

/* Frames leave in the memory in which they came, so upstream may use what downstream can read, and no more. Downstream knows our caps, not
 * upstream's. */
static gboolean
gst_fer_emotion_propose_allocation (GstBaseTransform *base, GstQuery *decided, GstQuery *query)
{
  GstCaps *in, *out = gst_pad_get_current_caps (base->srcpad);
  gst_query_parse_allocation (query, &in, NULL);
  gboolean same = !out || !in || gst_caps_is_equal (in, out);
  gboolean answered = same ? GST_BASE_TRANSFORM_CLASS (gst_fer_emotion_parent_class)->propose_allocation (base, decided, query)
                           : overlay_proxy_allocation (base->srcpad, out, query);
  gst_clear_caps (&out);
  return answered;
}

static gboolean
gst_fer_emotion_src_event (GstBaseTransform *base, GstEvent *event)
{
  GstFerEmotion *self = GST_FER_EMOTION (base);
  GST_OBJECT_LOCK (self);
  if (GST_EVENT_TYPE (event) == GST_EVENT_RECONFIGURE)
    canvas_reconsider (&self->publisher.canvas);
  if (GST_EVENT_TYPE (event) == GST_EVENT_QOS)
    pace_note (&self->pace, event);
  GST_OBJECT_UNLOCK (self);
  return GST_BASE_TRANSFORM_CLASS (gst_fer_emotion_parent_class)->src_event (base, event);
}

static gboolean
gst_fer_emotion_sink_event (GstBaseTransform *base, GstEvent *event)
{
  GstFerEmotion *self = GST_FER_EMOTION (base);
  if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_STOP)
    async_drop (&self->async);
  if (times_break (base, event) || GST_EVENT_TYPE (event) == GST_EVENT_EOS)
    async_end (&self->async);
  if (times_break (base, event)) {
    news_forget (&self->publisher.news);
    analysis_forget (self->analysis);
  }
  GST_OBJECT_LOCK (self);
  if (times_break (base, event))
    pace_reset (&self->pace);
  if (GST_EVENT_TYPE (event) == GST_EVENT_CAPS)
    canvas_reconsider (&self->publisher.canvas);
  GST_OBJECT_UNLOCK (self);
  return GST_BASE_TRANSFORM_CLASS (gst_fer_emotion_parent_class)->sink_event (base, event);
}

static gboolean
gst_fer_emotion_query (GstBaseTransform *base, GstPadDirection direction, GstQuery *query)
{
  GstFerEmotion *self = GST_FER_EMOTION (base);
  gboolean answered = GST_BASE_TRANSFORM_CLASS (gst_fer_emotion_parent_class)->query (base, direction, query);
  if (answered && direction == GST_PAD_SRC && GST_QUERY_TYPE (query) == GST_QUERY_LATENCY)
    latency_add (&self->latency, GST_ELEMENT (self), query);
  return answered;
}

/* ---- frames ---------------------------------------------------------------------------------------------------------------- */

/* A report that no frame carries. */
static void
post_late (gpointer element, report *r)
{
  GstFerEmotion *self = element;
  settings s = copy_settings (self);
  publisher_post (&self->publisher, &s, r);
}

/* Another thread may only read the buffer that came: with a reference to it the base sees that it cannot be written, and makes one of the same memory
 * for us. A frame whose faces must be covered has to wait until they are known. */
static GstFlowReturn
gst_fer_emotion_prepare_output_buffer (GstBaseTransform *base, GstBuffer *in, GstBuffer **out)
{
  GstFerEmotion *self = GST_FER_EMOTION (base);
  gst_clear_buffer (&self->input);
  settings s = copy_settings (self);
  if (s.async && s.anonymize == ANONYMIZE_NONE)
    self->input = gst_buffer_ref (in);
  return GST_BASE_TRANSFORM_CLASS (gst_fer_emotion_parent_class)->prepare_output_buffer (base, in, out);
}

/* Fills self->report for buffer. FALSE: an error was posted. */
static gboolean
analyse (GstFerEmotion *self, GstBuffer *buffer, const settings *s, gint64 start)
{
  GstBaseTransform *base = GST_BASE_TRANSFORM (self);
  double reserved = s->max_latency ? stats_usual (&self->stats, STAGE_ATTACH) + stats_usual (&self->stats, STAGE_DRAW) : 0;
  job j = { buffer,       self->info,      times_running (base, buffer), times_wall (base, buffer, self->live), *s, start, reserved,
            &self->stats, self->pace.level };
  if (s->anonymize != ANONYMIZE_NONE) /* perhaps set since prepare_output_buffer */
    gst_clear_buffer (&self->input);
  if (self->input) {
    j.buffer = self->input;
    gboolean ok = async_run (&self->async, self->analysis, &j, buffer, &self->report);
    gst_clear_buffer (&self->input);
    return ok;
  }
  async_end (&self->async);
  return analysis_run (self->analysis, &j, &self->report);
}

static GstFlowReturn
gst_fer_emotion_transform_ip (GstBaseTransform *base, GstBuffer *buffer)
{
  GstFerEmotion *self = GST_FER_EMOTION (base);
  gint64 start = g_get_monotonic_time ();
  settings s = copy_settings (self);
  if (canvas_due (&self->publisher.canvas, base) && s.overlay != OVERLAY_NONE) {
    publisher_prepare (&self->publisher, s.overlay);
    canvas_decide (&self->publisher.canvas, base);
  }
  if (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_GAP | GST_BUFFER_FLAG_CORRUPTED | GST_BUFFER_FLAG_DECODE_ONLY)) {
    gst_clear_buffer (&self->input);
    return publisher_cover (&self->publisher, buffer, &self->info, &s, &self->report) ? GST_FLOW_OK : GST_FLOW_ERROR;
  }

  pace_keep (&self->pace, base, buffer, self->live, stats_frames (&self->stats));
  if (!analyse (self, buffer, &s, start))
    return GST_FLOW_ERROR;
  if (self->report.reader && !publisher_run (&self->publisher, buffer, &self->info, &s, &self->report))
    return GST_FLOW_ERROR;
  double ms = lap (&start);
  stats_left (&self->stats, &self->report, ms);
  latency_note (&self->latency, GST_ELEMENT (self), ms, self->live);
  return GST_FLOW_OK;
}

/* ---- class ----------------------------------------------------------------------------------------------------------------- */

static void
gst_fer_emotion_before_transform (GstBaseTransform *base, GstBuffer *buffer)
{
  GstClockTime time = times_stream (base, buffer);
  if (GST_CLOCK_TIME_IS_VALID (time))
    gst_object_sync_values (GST_OBJECT (base), time);
}

static void
gst_fer_emotion_finalize (GObject *object)
{
  models_clear (&GST_FER_EMOTION (object)->models);
  stats_clear (&GST_FER_EMOTION (object)->stats);
  G_OBJECT_CLASS (gst_fer_emotion_parent_class)->finalize (object);
}

static void
add_pad_template (GstElementClass *klass, GstPadDirection direction, const char *name)
{
  GstCapsFeatures *composition =
      gst_caps_features_new (GST_CAPS_FEATURE_MEMORY_SYSTEM_MEMORY, GST_CAPS_FEATURE_META_GST_VIDEO_OVERLAY_COMPOSITION, NULL);
  GstCaps *caps = gst_video_make_raw_caps (NULL, 0);
  gst_caps_append (caps, gst_video_make_raw_caps_with_features (NULL, 0, composition));
  gst_element_class_add_pad_template (klass, gst_pad_template_new (name, direction, GST_PAD_ALWAYS, caps));
  gst_caps_unref (caps);
}

static void
gst_fer_emotion_class_init (GstFerEmotionClass *klass)
{
  GObjectClass *object = G_OBJECT_CLASS (klass);
  GstElementClass *element = GST_ELEMENT_CLASS (klass);
  GstBaseTransformClass *base = GST_BASE_TRANSFORM_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (feremotion_debug, "feremotion", 0, "facial expressions");
  object->set_property = GST_DEBUG_FUNCPTR (gst_fer_emotion_set_property);
  object->get_property = GST_DEBUG_FUNCPTR (gst_fer_emotion_get_property);
  object->finalize = GST_DEBUG_FUNCPTR (gst_fer_emotion_finalize);
  settings_install (object);

  gst_element_class_set_static_metadata (element, "Facial expressions", "Filter/Analyzer/Video", "Reads the expression of each face in raw video",
                                         "The feremotion authors");
  add_pad_template (element, GST_PAD_SINK, "sink");
  add_pad_template (element, GST_PAD_SRC, "src");

  base->start = GST_DEBUG_FUNCPTR (gst_fer_emotion_start);
  base->stop = GST_DEBUG_FUNCPTR (gst_fer_emotion_stop);
  base->transform_caps = GST_DEBUG_FUNCPTR (gst_fer_emotion_transform_caps);
  base->fixate_caps = GST_DEBUG_FUNCPTR (gst_fer_emotion_fixate_caps);
  base->set_caps = GST_DEBUG_FUNCPTR (gst_fer_emotion_set_caps);
  base->propose_allocation = GST_DEBUG_FUNCPTR (gst_fer_emotion_propose_allocation);
  base->src_event = GST_DEBUG_FUNCPTR (gst_fer_emotion_src_event);
  base->query = GST_DEBUG_FUNCPTR (gst_fer_emotion_query);
  base->sink_event = GST_DEBUG_FUNCPTR (gst_fer_emotion_sink_event);
  base->prepare_output_buffer = GST_DEBUG_FUNCPTR (gst_fer_emotion_prepare_output_buffer);
  base->before_transform = GST_DEBUG_FUNCPTR (gst_fer_emotion_before_transform);
  base->transform_ip = GST_DEBUG_FUNCPTR (gst_fer_emotion_transform_ip);
  base->transform_ip_on_passthrough = FALSE;
}

/* In place, but never passthrough: the base then hands over a writable buffer, to which metas may be added, whose memory is still shared. Late frames
 * are kept: the base would drop them if QoS were on. */
static void
gst_fer_emotion_init (GstFerEmotion *self)
{
  GstBaseTransform *base = GST_BASE_TRANSFORM (self);
  settings_init (&self->settings);
  models_init (&self->models);
  stats_init (&self->stats);
  self->publisher.base = base;
  self->async = (async) { .post = post_late, .element = self };
  gst_base_transform_set_in_place (base, TRUE);
  gst_base_transform_set_passthrough (base, FALSE);
  gst_base_transform_set_gap_aware (base, TRUE);
  gst_base_transform_set_qos_enabled (base, FALSE);
}
