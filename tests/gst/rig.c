/* SPDX-License-Identifier: MIT */
#include "rig.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "../fer/toy.h"
#include "../model.h"

const char *rig_model, *rig_finder;

/* The toy says that faces are as wide as its white squares. Here they are half as large again, as in the square that is looked at around one, which
 * then shows it as the picture does. */
static void
write_finder (const char *path)
{
  nn_error error;
  nn_model *model = toy_finder (toy_finder_text);
  for (int i = 0; i < model->graph->n_nodes; i++) {
    const nn_node *node = &model->graph->nodes[i];
    if (node->op == NN_OP_conv && node->u.conv.window.kh == TOY_WINDOW)
      for (int c = 3; c < 5; c++)
        model->weights[node->weights + 15 * TOY_WINDOW * TOY_WINDOW + c] = logf ((float) RIG_FACE / TOY_SIDE);
  }
  if (!fer_finder_describe (model, 128, 64, "{\"data\":\"none\"}", &error) || !nn_model_save (model, path, &error))
    g_error ("no test finder: %s", error.text);
  nn_model_free (model);
}

void
rig_init (int *argc, char ***argv)
{
  nn_error error;
  char *path;
  gst_init (argc, argv);
  close (g_file_open_tmp ("feremotion-XXXXXX.onnx", &path, NULL));
  if (!test_model_write (path, 24, &error))
    g_error ("no test model: %s", error.text);
  rig_model = path;
  close (g_file_open_tmp ("faces-XXXXXX.onnx", &path, NULL));
  write_finder (path);
  rig_finder = path;
}

int
rig_exit (int status)
{
  unlink (rig_model);
  g_free ((char *) rig_model);
  unlink (rig_finder);
  g_free ((char *) rig_finder);
  gst_deinit ();
  return status;
}

GstHarness *
rig_new (const char *launch)
{
  GString *line = g_string_new (launch);
  char *model = g_strconcat ("model=", rig_model, NULL), *finder = g_strconcat ("finder-model=", rig_finder, NULL);
  g_string_replace (line, "MODEL", model, 0);
  g_string_replace (line, "FINDER", finder, 0);
  GstHarness *h = gst_harness_new_parse (line->str);
  g_string_free (line, TRUE);
  g_free (model);
  g_free (finder);
  return h;
}

GstBuffer *
rig_spots (const GstVideoInfo *info, const rig_spot *spots, int n)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, info->size, NULL);
  GstMapInfo map;
  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  memset (map.data, 0, map.size);
  for (int i = 0; i < n; i++)
    for (int y = 0; y < RIG_WHITE; y++)
      memset (map.data + (spots[i].y - RIG_WHITE / 2 + y) * info->stride[0] + spots[i].x - RIG_WHITE / 2, 255, RIG_WHITE);
  gst_buffer_unmap (buffer, &map);
  return buffer;
}

GstBus *
rig_bus (GstHarness *h)
{
  GstBus *bus = gst_bus_new ();
  gst_element_set_bus (h->element, bus);
  return bus;
}

void
rig_set_format (GstHarness *h, GstVideoInfo *info, GstVideoFormat format, int width, int height)
{
  gst_video_info_set_format (info, format, (guint) width, (guint) height);
  GST_VIDEO_INFO_FPS_N (info) = 30;
  GST_VIDEO_INFO_FPS_D (info) = 1;
  gst_harness_set_src_caps (h, gst_video_info_to_caps (info));
}

void
rig_set_up (rig_fixture *f, const char *line)
{
  f->h = rig_new (line);
  f->element = gst_bin_get_by_name (GST_BIN (f->h->element), "e");
  f->bus = rig_bus (f->h);
  f->frames = 0;
  rig_set_format (f->h, &f->info, GST_VIDEO_FORMAT_GRAY8, 320, 200);
}

void
rig_tear_down (rig_fixture *f)
{
  gst_object_unref (f->element);
  gst_element_set_bus (f->h->element, NULL);
  gst_object_unref (f->bus);
  gst_harness_teardown (f->h);
}

guint8
rig_luma (int seed, double x, double y)
{
  double a = 1 + seed % 3, b = 1 + seed / 3 % 4;
  double v = 0.5 + 0.25 * sin (6.28 * a * x + 0.7 * seed) * cos (6.28 * b * y) + 0.25 * sin (6.28 * (x + b * y) + 1.3 * seed);
  return (guint8) lrint (255 * CLAMP (v, 0, 1));
}

/* Not GRAY8: GStreamer 1.22 converts that to YUV without a change of range. */
static GstBuffer *
rgb_picture (const GstVideoInfo *info, int seed)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, info->size, NULL);
  GstVideoFrame frame;
  gst_video_frame_map (&frame, info, buffer, GST_MAP_WRITE);
  for (int y = 0; y < info->height; y++) {
    guint8 *p = (guint8 *) GST_VIDEO_FRAME_PLANE_DATA (&frame, 0) + y * GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0);
    for (int x = 0; x < info->width; x++, p += 4) {
      p[0] = 255;
      p[1] = p[2] = p[3] = rig_luma (seed, (x + 0.5) / info->width, (y + 0.5) / info->height);
    }
  }
  gst_video_frame_unmap (&frame);
  return buffer;
}

GstBuffer *
rig_picture (const GstVideoInfo *info, int seed)
{
  GstVideoInfo rgb;
  gst_video_info_set_format (&rgb, GST_VIDEO_FORMAT_ARGB, (guint) info->width, (guint) info->height);
  rgb.fps_n = info->fps_n;
  rgb.fps_d = info->fps_d;
  GstBuffer *from = rgb_picture (&rgb, seed), *to = gst_buffer_new_allocate (NULL, info->size, NULL);
  GstVideoFrame in, out;
  GstVideoConverter *converter = gst_video_converter_new (&rgb, info, NULL);
  gst_video_frame_map (&in, &rgb, from, GST_MAP_READ);
  gst_video_frame_map (&out, info, to, GST_MAP_WRITE);
  gst_video_converter_frame (converter, &in, &out);
  gst_video_frame_unmap (&in);
  gst_video_frame_unmap (&out);
  gst_video_converter_free (converter);
  gst_buffer_unref (from);
  return to;
}

GstBuffer *
rig_strided_picture (const GstVideoInfo *info, int seed, int extra)
{
  GstVideoInfo wide = *info;
  GstBuffer *from = rig_picture (info, seed);
  gsize offset = 0;
  for (guint i = 0; i < GST_VIDEO_INFO_N_PLANES (info); i++) {
    wide.stride[i] += extra;
    wide.offset[i] = offset;
    offset += (gsize) (wide.stride[i] * (info->height + 1));
  }
  wide.size = offset;
  GstBuffer *to = gst_buffer_new_allocate (NULL, wide.size, NULL);
  gst_buffer_memset (to, 0, 0x5a, wide.size);
  gst_buffer_add_video_meta_full (to, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_INFO_FORMAT (info), (guint) info->width, (guint) info->height,
                                  GST_VIDEO_INFO_N_PLANES (info), wide.offset, wide.stride);
  GstVideoFrame in, out;
  gst_video_frame_map (&in, info, from, GST_MAP_READ);
  gst_video_frame_map (&out, info, to, GST_MAP_WRITE);
  gst_video_frame_copy (&out, &in);
  gst_video_frame_unmap (&in);
  gst_video_frame_unmap (&out);
  gst_buffer_unref (from);
  return to;
}

GstVideoRegionOfInterestMeta *
rig_add_face (GstBuffer *buffer, int x, int y, int w, int h)
{
  return gst_buffer_add_video_region_of_interest_meta (buffer, "face", (guint) x, (guint) y, (guint) w, (guint) h);
}

const GstStructure *
rig_result (GstBuffer *buffer)
{
  GstCustomMeta *meta = gst_buffer_get_custom_meta (buffer, "FerEmotionMeta");
  return meta ? gst_custom_meta_get_structure (meta) : NULL;
}

static const GValue *
faces_of (GstBuffer *buffer)
{
  const GstStructure *s = rig_result (buffer);
  return s ? gst_structure_get_value (s, "faces") : NULL;
}

int
rig_n_faces (GstBuffer *buffer)
{
  const GValue *faces = faces_of (buffer);
  return faces ? (int) gst_value_array_get_size (faces) : -1;
}

const GstStructure *
rig_face (GstBuffer *buffer, int i)
{
  return gst_value_get_structure (gst_value_array_get_value (faces_of (buffer), (guint) i));
}

double
rig_probability (const GstStructure *face, int k)
{
  return g_value_get_double (gst_value_array_get_value (gst_structure_get_value (face, "probabilities"), (guint) k));
}

double
rig_number (const GstStructure *s, const char *field)
{
  double number = NAN;
  gst_structure_get_double (s, field, &number);
  return number;
}
