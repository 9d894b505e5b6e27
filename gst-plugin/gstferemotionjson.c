/* SPDX-License-Identifier: MIT */
/**
 * SECTION:element-feremotionjson
 * @title: feremotionjson
 *
 * Turns the results that `feremotion` attached to frames into text. #GstFerEmotionJson:format says which: lines of JSON, one a frame with its timestamp
 * and duration, or subtitles, one cue for as long as nothing changes: a file of them, or, where downstream takes text as muxers do, bare text with
 * timestamp and duration. Frames come in with any caps, also encoded as long as the metas survived. The line is that of `feremotion`'s messages; boxes
 * are in pixels of the frame as it arrives here. A frame without a face gives a line with `"faces":[]`; one that was not read (a gap, a corrupted
 * frame, or no `feremotion` in front) gives none but a gap event, so that what follows stays in step, as a frame without a face does in subtitles.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 filesrc location=clip.mp4 ! decodebin ! videoconvert ! feremotion ! feremotionjson ! filesink location=out.jsonl
 * ]| One line of JSON per frame of a file.
 * |[
 * gst-launch-1.0 filesrc location=clip.mp4 ! decodebin ! videoconvert ! feremotion ! feremotionjson format=vtt ! filesink location=out.vtt
 * ]| Subtitles for the same file.
 */
#include "gstferemotionjson.h"

#include <gst/video/video.h>
#include <string.h>

#include "cues.h"
#include "emotionmeta.h"
#include "format.h"
#include "subtitle.h"
#include "textsettings.h"
#include "times.h"

GST_DEBUG_CATEGORY_STATIC (feremotionjson_debug);
#define GST_CAT_DEFAULT feremotionjson_debug

#define FRAMES_BEFORE_WARNING 100 /* without any result */

struct _GstFerEmotionJson {
  GstBaseTransform parent;

  /* Under the object lock. */
  textsettings settings;
  gboolean started;

  /* The streaming thread's. */
  gboolean plain; /* downstream takes bare text */
  gboolean header_sent;
  cues cues;
  guint n_cues;
  gboolean results_came; /* at least one since start */
  guint frames_without_result;
  gboolean warned_of_times;
};

G_DEFINE_FINAL_TYPE (GstFerEmotionJson, gst_fer_emotion_json, GST_TYPE_BASE_TRANSFORM)
GST_ELEMENT_REGISTER_DEFINE (feremotionjson, "feremotionjson", GST_RANK_NONE, GST_TYPE_FER_EMOTION_JSON)

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);
static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (FORMAT_ALL_CAPS));

/* ---- properties ------------------------------------------------------------------------------------------------------------ */

static void
gst_fer_emotion_json_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  GstFerEmotionJson *self = GST_FER_EMOTION_JSON (object);
  GST_OBJECT_LOCK (self);
  gboolean late = id == TEXT_PROP_FORMAT && self->started;
  gboolean known = late || textsettings_set (&self->settings, id, value);
  char *refused = id == TEXT_PROP_FIELDS ? g_strdup (self->settings.fields->refused) : NULL; /* before another thread sets others */
  GST_OBJECT_UNLOCK (self);
  if (late)
    GST_ELEMENT_WARNING (self, LIBRARY, SETTINGS, ("The format cannot be changed while the element runs."), ("Set it in state NULL or READY."));
  if (refused)
    GST_ELEMENT_WARNING (self, LIBRARY, SETTINGS, ("The field \"%s\" is left out: the line of JSON has a key of that name.", refused), (NULL));
  g_free (refused);
  if (!known)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
gst_fer_emotion_json_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  GstFerEmotionJson *self = GST_FER_EMOTION_JSON (object);
  GST_OBJECT_LOCK (self);
  gboolean known = textsettings_get (&self->settings, id, value);
  GST_OBJECT_UNLOCK (self);
  if (!known)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

/* ---- start and negotiation ------------------------------------------------------------------------------------------------- */

static void
forget_cue (GstFerEmotionJson *self)
{
  cue lost;
  if (cues_end (&self->cues, &lost))
    g_free (lost.text);
}

static gboolean
gst_fer_emotion_json_start (GstBaseTransform *base)
{
  GstFerEmotionJson *self = GST_FER_EMOTION_JSON (base);
  GST_OBJECT_LOCK (self);
  self->started = TRUE;
  GST_OBJECT_UNLOCK (self);
  self->results_came = self->header_sent = self->warned_of_times = FALSE;
  self->frames_without_result = self->n_cues = 0;
  return TRUE;
}

static gboolean
gst_fer_emotion_json_stop (GstBaseTransform *base)
{
  GstFerEmotionJson *self = GST_FER_EMOTION_JSON (base);
  GST_OBJECT_LOCK (self);
  self->started = FALSE;
  GST_OBJECT_UNLOCK (self);
  forget_cue (self);
  return TRUE;
}

static format_choice
get_format (GstFerEmotionJson *self)
{
  GST_OBJECT_LOCK (self);
  format_choice format = self->settings.format;
  GST_OBJECT_UNLOCK (self);
  return format;
}

static GstCaps *
gst_fer_emotion_json_transform_caps (GstBaseTransform *base, GstPadDirection direction, GstCaps *caps, GstCaps *filter)
{
  GstCaps *result = direction == GST_PAD_SINK ? format_caps (get_format (GST_FER_EMOTION_JSON (base))) : gst_caps_new_any ();
  (void) caps;
  if (filter) {
    GstCaps *all = result;
    result = gst_caps_intersect_full (direction == GST_PAD_SINK ? all : filter, direction == GST_PAD_SINK ? filter : all, GST_CAPS_INTERSECT_FIRST);
    gst_caps_unref (all);
  }
  return result;
}

static gboolean
gst_fer_emotion_json_set_caps (GstBaseTransform *base, GstCaps *incaps, GstCaps *outcaps)
{
  (void) incaps;
  GST_FER_EMOTION_JSON (base)->plain = gst_structure_has_name (gst_caps_get_structure (outcaps, 0), "text/x-raw");
  return TRUE;
}

/* No pixel is read here, so any memory will do. */
static gboolean
gst_fer_emotion_json_propose_allocation (GstBaseTransform *base, GstQuery *decided, GstQuery *query)
{
  (void) base, (void) decided;
  gst_query_add_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);
  return TRUE;
}

/* ---- text ------------------------------------------------------------------------------------------------------------------ */

static GstBuffer *
new_buffer (char *text, GstClockTime pts, GstClockTime duration)
{
  GstBuffer *buffer = gst_buffer_new_wrapped (text, strlen (text));
  GST_BUFFER_PTS (buffer) = pts;
  GST_BUFFER_DURATION (buffer) = duration;
  return buffer;
}

static GstBuffer *
line_of_frame (GstFerEmotionJson *self, GstBuffer *frame, fer_result *result)
{
  result->pts = GST_BUFFER_PTS (frame);
  result->running_time = times_running (GST_BASE_TRANSFORM (self), frame);
  GST_OBJECT_LOCK (self);
  result->written_us = self->settings.wall_clock ? g_get_real_time () : 0;
  result->fields = self->settings.fields->all;
  result->n_fields = self->settings.fields->n;
  char *json = fer_result_to_json (result);
  GST_OBJECT_UNLOCK (self);
  char *line = g_strconcat (json, self->plain ? NULL : "\n", NULL);
  g_free (json);
  return new_buffer (line, GST_BUFFER_PTS (frame), GST_BUFFER_DURATION (frame));
}

/* Takes the cue's text. */
static GstBuffer *
buffer_of_cue (GstFerEmotionJson *self, cue *c)
{
  subtitle_form form = self->plain ? SUBTITLE_PLAIN : get_format (self) == FORMAT_VTT ? SUBTITLE_VTT : SUBTITLE_SRT;
  GST_OBJECT_LOCK (self);
  gboolean with_time = self->settings.wall_clock;
  GST_OBJECT_UNLOCK (self);
  GstClockTime start = times_in_stream (&GST_BASE_TRANSFORM (self)->segment, c->start);
  char *text = subtitle_of_cue (c, form, ++self->n_cues, start, start + (c->end - c->start), with_time);
  g_free (c->text);
  return new_buffer (text, c->start, c->end - c->start);
}

/* ---- frames ---------------------------------------------------------------------------------------------------------------- */

/* Nothing is to be waited for. */
static void
push_gap (GstFerEmotionJson *self, GstBuffer *frame)
{
  if (GST_BUFFER_PTS_IS_VALID (frame) && !self->cues.open.text)
    gst_pad_push_event (GST_BASE_TRANSFORM (self)->srcpad, gst_event_new_gap (GST_BUFFER_PTS (frame), GST_BUFFER_DURATION (frame)));
}

static void
note_unread (GstFerEmotionJson *self)
{
  if (!self->results_came && ++self->frames_without_result == FRAMES_BEFORE_WARNING)
    GST_ELEMENT_WARNING (
        self, STREAM, FAILED,
        ("The first %d frames carry no result. Put feremotion in front, and nothing between that drops its meta.", FRAMES_BEFORE_WARNING),
        ("No meta \"%s\".", EMOTION_META_NAME));
}

/* The cue that ends where this frame begins; NULL: none does. */
static GstBuffer *
cue_before (GstFerEmotionJson *self, GstBuffer *frame, const fer_result *result)
{
  cue done;
  char *text = subtitle_of_result (result);
  gint64 time = result->time_us == G_MININT64 ? g_get_real_time () : result->time_us;
  GST_OBJECT_LOCK (self);
  GstClockTime longest = self->plain ? self->settings.max_duration * GST_MSECOND : 0;
  GST_OBJECT_UNLOCK (self);
  gboolean over = cues_add (&self->cues, text, GST_BUFFER_PTS (frame), GST_BUFFER_DURATION (frame), longest, time, &done);
  g_free (text);
  if (over)
    return buffer_of_cue (self, &done);
  push_gap (self, frame);
  return NULL;
}

static GstBuffer *
cue_of_frame (GstFerEmotionJson *self, GstBuffer *frame, const fer_result *result)
{
  if (GST_BUFFER_PTS_IS_VALID (frame))
    return cue_before (self, frame, result);
  if (!self->warned_of_times)
    GST_ELEMENT_WARNING (self, STREAM, FORMAT, ("Frames without timestamps give no subtitles."), (NULL));
  self->warned_of_times = TRUE;
  return NULL;
}

static gboolean
needs_header (GstFerEmotionJson *self)
{
  return !self->header_sent && !self->plain && get_format (self) == FORMAT_VTT;
}

/* Called until there is no output buffer; the base then asks for the next frame. */
static GstFlowReturn
gst_fer_emotion_json_generate_output (GstBaseTransform *base, GstBuffer **output)
{
  GstFerEmotionJson *self = GST_FER_EMOTION_JSON (base);
  GstBuffer *frame = base->queued_buf;
  fer_result result;
  const char *labels[FER_MAX_LABELS];
  *output = NULL;
  if (!frame)
    return GST_FLOW_OK;
  if (needs_header (self)) {
    self->header_sent = TRUE;
    *output = format_vtt_header ();
    return GST_FLOW_OK;
  }
  base->queued_buf = NULL;
  if (emotion_meta_read (frame, &result, labels)) {
    self->results_came = TRUE;
    *output = get_format (self) == FORMAT_JSON ? line_of_frame (self, frame, &result) : cue_of_frame (self, frame, &result);
  } else {
    push_gap (self, frame);
    note_unread (self);
  }
  gst_buffer_unref (frame);
  return GST_FLOW_OK;
}

static void
push_open_cue (GstFerEmotionJson *self)
{
  cue open;
  if (cues_end (&self->cues, &open))
    gst_pad_push (GST_BASE_TRANSFORM (self)->srcpad, buffer_of_cue (self, &open));
}

/* A stream that ends without a frame is still a file of subtitles. */
static void
push_header (GstFerEmotionJson *self)
{
  GstPad *pad = GST_BASE_TRANSFORM (self)->srcpad;
  GstEvent *segment = gst_pad_get_sticky_event (pad, GST_EVENT_SEGMENT, 0);
  if (segment && gst_pad_has_current_caps (pad) && needs_header (self)) {
    self->header_sent = TRUE;
    gst_pad_push (pad, format_vtt_header ());
  }
  gst_clear_event (&segment);
}

static gboolean
gst_fer_emotion_json_sink_event (GstBaseTransform *base, GstEvent *event)
{
  GstFerEmotionJson *self = GST_FER_EMOTION_JSON (base);
  if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_STOP)
    forget_cue (self);
  else if (GST_EVENT_TYPE (event) == GST_EVENT_EOS || times_break (base, event))
    push_open_cue (self);
  if (GST_EVENT_TYPE (event) == GST_EVENT_EOS)
    push_header (self);
  return GST_BASE_TRANSFORM_CLASS (gst_fer_emotion_json_parent_class)->sink_event (base, event);
}

/* ---- class ----------------------------------------------------------------------------------------------------------------- */

static void
gst_fer_emotion_json_finalize (GObject *object)
{
  textsettings_clear (&GST_FER_EMOTION_JSON (object)->settings);
  G_OBJECT_CLASS (gst_fer_emotion_json_parent_class)->finalize (object);
}

static void
gst_fer_emotion_json_class_init (GstFerEmotionJsonClass *klass)
{
  GObjectClass *object = G_OBJECT_CLASS (klass);
  GstElementClass *element = GST_ELEMENT_CLASS (klass);
  GstBaseTransformClass *base = GST_BASE_TRANSFORM_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (feremotionjson_debug, "feremotionjson", 0, "facial expressions as text");
  object->set_property = GST_DEBUG_FUNCPTR (gst_fer_emotion_json_set_property);
  object->get_property = GST_DEBUG_FUNCPTR (gst_fer_emotion_json_get_property);
  object->finalize = GST_DEBUG_FUNCPTR (gst_fer_emotion_json_finalize);
  textsettings_install (object);
  gst_element_class_set_static_metadata (element, "Facial expressions as text", "Filter/Converter/Video",
                                         "Writes what feremotion read as lines of JSON or as subtitles", "The feremotion authors");
  gst_element_class_add_static_pad_template (element, &sink_template);
  gst_element_class_add_static_pad_template (element, &src_template);
  base->start = GST_DEBUG_FUNCPTR (gst_fer_emotion_json_start);
  base->stop = GST_DEBUG_FUNCPTR (gst_fer_emotion_json_stop);
  base->set_caps = GST_DEBUG_FUNCPTR (gst_fer_emotion_json_set_caps);
  base->sink_event = GST_DEBUG_FUNCPTR (gst_fer_emotion_json_sink_event);
  base->transform_caps = GST_DEBUG_FUNCPTR (gst_fer_emotion_json_transform_caps);
  base->propose_allocation = GST_DEBUG_FUNCPTR (gst_fer_emotion_json_propose_allocation);
  base->generate_output = GST_DEBUG_FUNCPTR (gst_fer_emotion_json_generate_output);
}

static void
gst_fer_emotion_json_init (GstFerEmotionJson *self)
{
  gst_base_transform_set_passthrough (GST_BASE_TRANSFORM (self), FALSE);
  textsettings_init (&self->settings);
}
