/* SPDX-License-Identifier: MIT
 * demo-clip PORTRAIT LANDSCAPE OUT.mkv: makes a clip of a few seconds from two JPEG pictures. The portrait grows, wanders, is lit darker and
 * brighter, leaves the landscape without a face for more than a second, and comes back. */
#include <gst/controller/gstdirectcontrolbinding.h>
#include <gst/controller/gstinterpolationcontrolsource.h>
#include <gst/gst.h>

/* 8 seconds at 20 frames a second. Motion JPEG, because every plug-in set has it and every frame stands alone. */
#define LAUNCH                                                                                                                                       \
  "compositor name=mix sink_0::zorder=0 sink_1::zorder=1 ! video/x-raw,format=I420,width=640,height=480,framerate=20/1 ! "                           \
  "jpegenc quality=95 ! matroskamux ! filesink name=out "                                                                                            \
  "filesrc name=landscape ! jpegdec ! videoconvert ! videoscale add-borders=false ! video/x-raw,width=640,height=480,pixel-aspect-ratio=1/1 ! "      \
  "imagefreeze num-buffers=160 ! video/x-raw,framerate=20/1 ! mix.sink_0 "                                                                           \
  "filesrc name=portrait ! jpegdec ! videoconvert ! imagefreeze num-buffers=160 ! video/x-raw,framerate=20/1 ! videobalance name=light ! mix.sink_1"

/* One moment of the portrait's way: seconds, its square in the frame, its light (brightness 0, contrast 1: as it is). */
typedef struct moment {
  double time;
  double x, y, side;
  double brightness, contrast;
} moment;

static const moment way[] = {
  { 0.0, 140, 90, 360, 0.00, 1.0 },  { 1.5, 40, 60, 420, 0.00, 1.0 },   { 2.5, -20, -30, 560, 0.00, 1.1 },
  { 3.5, 80, -20, 540, -0.20, 0.8 }, { 4.3, 230, 40, 420, 0.00, 1.0 },  { 5.0, 680, 60, 420, 0.00, 1.0 },
  { 6.2, 680, 60, 320, 0.15, 1.2 },  { 6.9, 240, 100, 320, 0.15, 1.2 }, { 8.0, 150, 120, 340, 0.05, 1.1 },
};

/* Lets the double at offset of each moment drive a property, smoothly from moment to moment. */
static gboolean
drive (gpointer object, const char *property, gsize offset)
{
  GstControlSource *source = gst_interpolation_control_source_new ();
  g_object_set (source, "mode", GST_INTERPOLATION_MODE_CUBIC_MONOTONIC, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (way); i++)
    gst_timed_value_control_source_set (GST_TIMED_VALUE_CONTROL_SOURCE (source), (GstClockTime) (way[i].time * (double) GST_SECOND),
                                        G_STRUCT_MEMBER (double, &way[i], offset));
  gboolean driven = gst_object_add_control_binding (object, gst_direct_control_binding_new_absolute (object, property, source));
  gst_object_unref (source);
  return driven;
}

static gboolean
direct (GstBin *pipeline)
{
  GstElement *mix = gst_bin_get_by_name (pipeline, "mix"), *light = gst_bin_get_by_name (pipeline, "light");
  GstPad *portrait = gst_element_get_static_pad (mix, "sink_1");
  gboolean driven = drive (portrait, "xpos", G_STRUCT_OFFSET (moment, x)) && drive (portrait, "ypos", G_STRUCT_OFFSET (moment, y))
                    && drive (portrait, "width", G_STRUCT_OFFSET (moment, side)) && drive (portrait, "height", G_STRUCT_OFFSET (moment, side))
                    && drive (light, "brightness", G_STRUCT_OFFSET (moment, brightness))
                    && drive (light, "contrast", G_STRUCT_OFFSET (moment, contrast));
  gst_object_unref (portrait);
  gst_object_unref (light);
  gst_object_unref (mix);
  return driven;
}

static void
locate (GstBin *pipeline, const char *name, const char *path)
{
  GstElement *element = gst_bin_get_by_name (pipeline, name);
  g_object_set (element, "location", path, NULL);
  gst_object_unref (element);
}

/* Runs to the end; FALSE and a sentence on the first error. */
static gboolean
play (GstElement *pipeline)
{
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  GstBus *bus = gst_element_get_bus (pipeline);
  GstMessage *message = gst_bus_timed_pop_filtered (bus, GST_CLOCK_TIME_NONE, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  gboolean ended = GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS;
  if (!ended) {
    GError *error = NULL;
    gst_message_parse_error (message, &error, NULL);
    g_printerr ("demo-clip: %s: %s\n", GST_OBJECT_NAME (GST_MESSAGE_SRC (message)), error->message);
    g_error_free (error);
  }
  gst_message_unref (message);
  gst_object_unref (bus);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return ended;
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  if (argc != 4) {
    g_printerr ("usage: demo-clip PORTRAIT LANDSCAPE OUT.mkv\n");
    return 2;
  }
  GError *error = NULL;
  GstElement *pipeline = gst_parse_launch_full (LAUNCH, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &error);
  if (!pipeline) {
    g_printerr ("demo-clip: %s\n", error->message);
    g_error_free (error);
    return 1;
  }
  locate (GST_BIN (pipeline), "portrait", argv[1]);
  locate (GST_BIN (pipeline), "landscape", argv[2]);
  locate (GST_BIN (pipeline), "out", argv[3]);
  gboolean done = direct (GST_BIN (pipeline)) && play (pipeline);
  gst_object_unref (pipeline);
  return done ? 0 : 1;
}
