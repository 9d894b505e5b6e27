/* SPDX-License-Identifier: MIT */
#include "video.h"

#include <gst/app/gstappsink.h>
#include <gst/gst.h>
#include <gst/video/video.h>

#define WAIT (100 * GST_MSECOND) /* for a frame, before the bus is asked for what is wrong */

struct find_video {
  char *path;
  GstElement *pipeline, *sink;
  GstSample *sample;
  GstVideoFrame mapped; /* of sample */
  bool is_mapped, is_video; /* has given a frame */
};

/* The sentence of the first error that the pipeline reported; false: there is none. */
static bool
pipeline_error (const find_video *video, nn_error *error)
{
  GstBus *bus = gst_element_get_bus (video->pipeline);
  GstMessage *message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  gst_object_unref (bus);
  if (!message)
    return false;
  GError *why = NULL;
  gst_message_parse_error (message, &why, NULL);
  nn_fail (error, "%s: %s%s", video->path, video->is_video ? "" : "neither a JPEG nor a PNG picture, and as a video: ", why->message);
  g_error_free (why);
  gst_message_unref (message);
  return true;
}

find_video *
find_video_open (const char *path, nn_error *error)
{
  GError *why = NULL;
  find_video *video = g_new0 (find_video, 1);
  video->path = g_strdup (path);
  if (gst_init_check (NULL, NULL, &why))
    video->pipeline = gst_parse_launch ("filesrc name=file ! decodebin ! videoconvert ! videoflip video-direction=auto ! videoconvert ! "
                                        "appsink name=sink sync=false max-buffers=2 caps=video/x-raw,format=RGB", &why);
  if (!video->pipeline || why) {
    nn_fail (error, "%s: GStreamer cannot read videos here: %s", path, why ? why->message : "it does not start");
    g_clear_error (&why);
    find_video_close (video);
    return NULL;
  }
  GstElement *file = gst_bin_get_by_name (GST_BIN (video->pipeline), "file");
  g_object_set (file, "location", path, NULL);
  gst_object_unref (file);
  video->sink = gst_bin_get_by_name (GST_BIN (video->pipeline), "sink");
  if (gst_element_set_state (video->pipeline, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE)
    return video;
  if (!pipeline_error (video, error))
    nn_fail (error, "%s: GStreamer cannot play it", path);
  find_video_close (video);
  return NULL;
}

static void
drop_frame (find_video *video)
{
  if (video->is_mapped)
    gst_video_frame_unmap (&video->mapped);
  video->is_mapped = false;
  g_clear_pointer (&video->sample, gst_sample_unref);
}

void
find_video_close (find_video *video)
{
  if (!video)
    return;
  drop_frame (video);
  if (video->pipeline)
    gst_element_set_state (video->pipeline, GST_STATE_NULL);
  g_clear_pointer (&video->sink, gst_object_unref);
  g_clear_pointer (&video->pipeline, gst_object_unref);
  g_free (video->path);
  g_free (video);
}

int
find_video_next (find_video *video, find_frame *frame, nn_error *error)
{
  drop_frame (video);
  while (!(video->sample = gst_app_sink_try_pull_sample (GST_APP_SINK (video->sink), WAIT))) {
    if (pipeline_error (video, error))
      return -1;
    if (gst_app_sink_is_eos (GST_APP_SINK (video->sink)))
      return 0;
  }
  GstVideoInfo info;
  GstBuffer *buffer = gst_sample_get_buffer (video->sample);
  if (!gst_video_info_from_caps (&info, gst_sample_get_caps (video->sample)) || !gst_video_frame_map (&video->mapped, &info, buffer, GST_MAP_READ)) {
    nn_fail (error, "%s: a frame cannot be read", video->path);
    return -1;
  }
  video->is_mapped = video->is_video = true;
  *frame = (find_frame) { .rgb = GST_VIDEO_FRAME_PLANE_DATA (&video->mapped, 0), .stride = GST_VIDEO_FRAME_PLANE_STRIDE (&video->mapped, 0),
                          .pts = GST_BUFFER_PTS_IS_VALID (buffer) ? GST_BUFFER_PTS (buffer) : FER_TIME_NONE };
  fer_image_from_rgb (&frame->image, frame->rgb, GST_VIDEO_FRAME_WIDTH (&video->mapped), GST_VIDEO_FRAME_HEIGHT (&video->mapped), frame->stride, 3);
  return 1;
}
