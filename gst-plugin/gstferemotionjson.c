/* SPDX-License-Identifier: MIT */
/**
 * SECTION:element-feremotionjson
 * @title: feremotionjson
 *
 * Turns the results that `feremotion` attached to frames into lines of JSON, one buffer a frame with the frame's timestamp and duration, as
 * `application/x-ndjson`. Frames come in with any caps, also encoded as long as the metas survived. The line is that of `feremotion`'s messages;
 * boxes are in pixels of the frame as it arrives here. A frame that was read and has no face gives a line with `"faces":[]`; a frame that was not
 * read (a gap, a corrupted frame, or no `feremotion` in front) gives no line but a gap event, so that what follows stays in step.
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 filesrc location=clip.mp4 ! decodebin ! videoconvert ! facedetect display=false ! feremotion ! feremotionjson \
 *     ! filesink location=out.jsonl
 * ]| One line of JSON per frame of a file.
 */
#include "gstferemotionjson.h"

#include <gst/video/video.h>
#include <string.h>

#include "emotionmeta.h"
#include "times.h"

GST_DEBUG_CATEGORY_STATIC (feremotionjson_debug);
#define GST_CAT_DEFAULT feremotionjson_debug

#define FRAMES_BEFORE_WARNING 100 /* without any result */

struct _GstFerEmotionJson {
  GstBaseTransform parent;
  gboolean results_came; /* at least one since start */
  guint frames_without_result;
};

G_DEFINE_FINAL_TYPE (GstFerEmotionJson, gst_fer_emotion_json, GST_TYPE_BASE_TRANSFORM)
GST_ELEMENT_REGISTER_DEFINE (feremotionjson, "feremotionjson", GST_RANK_NONE, GST_TYPE_FER_EMOTION_JSON)

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);
static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS ("application/x-ndjson"));

static gboolean
gst_fer_emotion_json_start (GstBaseTransform *base)
{
  GstFerEmotionJson *self = GST_FER_EMOTION_JSON (base);
  self->results_came = FALSE;
  self->frames_without_result = 0;
  return TRUE;
}

static GstCaps *
gst_fer_emotion_json_transform_caps (GstBaseTransform *base, GstPadDirection direction, GstCaps *caps, GstCaps *filter)
{
  GstCaps *result = gst_static_pad_template_get_caps (direction == GST_PAD_SINK ? &src_template : &sink_template);
  (void) base, (void) caps;
  if (filter) {
    GstCaps *all = result;
    result = gst_caps_intersect_full (filter, all, GST_CAPS_INTERSECT_FIRST);
    gst_caps_unref (all);
  }
  return result;
}

/* No pixel is read here, so any memory will do. */
static gboolean
gst_fer_emotion_json_propose_allocation (GstBaseTransform *base, GstQuery *decided, GstQuery *query)
{
  (void) base, (void) decided;
  gst_query_add_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);
  return TRUE;
}

static GstBuffer *
line_of_frame (GstBaseTransform *base, GstBuffer *frame, fer_result *result)
{
  result->pts = GST_BUFFER_PTS (frame);
  result->running_time = times_running (base, frame);
  char *json = fer_result_to_json (result);
  char *line = g_strconcat (json, "\n", NULL);
  g_free (json);
  GstBuffer *buffer = gst_buffer_new_wrapped (line, strlen (line));
  GST_BUFFER_PTS (buffer) = GST_BUFFER_PTS (frame);
  GST_BUFFER_DURATION (buffer) = GST_BUFFER_DURATION (frame);
  return buffer;
}

static void
pass_unread (GstFerEmotionJson *self, GstBuffer *frame)
{
  if (GST_BUFFER_PTS_IS_VALID (frame))
    gst_pad_push_event (GST_BASE_TRANSFORM (self)->srcpad, gst_event_new_gap (GST_BUFFER_PTS (frame), GST_BUFFER_DURATION (frame)));
  if (!self->results_came && ++self->frames_without_result == FRAMES_BEFORE_WARNING)
    GST_ELEMENT_WARNING (
        self, STREAM, FAILED,
        ("The first %d frames carry no result. Put feremotion in front, and nothing between that drops its meta.", FRAMES_BEFORE_WARNING),
        ("No meta \"%s\".", EMOTION_META_NAME));
}

/* Without an output buffer the base asks for the next frame. */
static GstFlowReturn
gst_fer_emotion_json_generate_output (GstBaseTransform *base, GstBuffer **output)
{
  GstFerEmotionJson *self = GST_FER_EMOTION_JSON (base);
  GstBuffer *frame = base->queued_buf;
  fer_result result;
  const char *labels[FER_MAX_LABELS];
  *output = NULL;
  base->queued_buf = NULL;
  if (!frame)
    return GST_FLOW_OK;
  if (emotion_meta_read (frame, &result, labels)) {
    self->results_came = TRUE;
    *output = line_of_frame (base, frame, &result);
  } else {
    pass_unread (self, frame);
  }
  gst_buffer_unref (frame);
  return GST_FLOW_OK;
}

static void
gst_fer_emotion_json_class_init (GstFerEmotionJsonClass *klass)
{
  GstElementClass *element = GST_ELEMENT_CLASS (klass);
  GstBaseTransformClass *base = GST_BASE_TRANSFORM_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (feremotionjson_debug, "feremotionjson", 0, "facial expressions as JSON");
  gst_element_class_set_static_metadata (element, "Facial expressions as JSON", "Filter/Converter/Video",
                                         "Writes what feremotion read as one line of JSON a frame", "The feremotion authors");
  gst_element_class_add_static_pad_template (element, &sink_template);
  gst_element_class_add_static_pad_template (element, &src_template);
  base->start = GST_DEBUG_FUNCPTR (gst_fer_emotion_json_start);
  base->transform_caps = GST_DEBUG_FUNCPTR (gst_fer_emotion_json_transform_caps);
  base->propose_allocation = GST_DEBUG_FUNCPTR (gst_fer_emotion_json_propose_allocation);
  base->generate_output = GST_DEBUG_FUNCPTR (gst_fer_emotion_json_generate_output);
}

static void
gst_fer_emotion_json_init (GstFerEmotionJson *self)
{
  gst_base_transform_set_passthrough (GST_BASE_TRANSFORM (self), FALSE);
}
