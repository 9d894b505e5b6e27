/* SPDX-License-Identifier: MIT
 * Where the element's drawings go: to a downstream that composes, into the frame, or nowhere. */
#include "../test.h"
#include "rig.h"

#define LABELS 7 /* rectangles of a face: four edges, names, bars, chip */
#define COMPOSING "video/x-raw(memory:SystemMemory, meta:GstVideoOverlayComposition)"

typedef struct outcome {
  gboolean attached, featured; /* the buffer has a composition; its caps have the feature */
  guint n_rectangles;
  gboolean pixels_changed, memory_kept;
} outcome;

/* Says that it composes, by caps and by meta. */
static void
let_downstream_compose (GstHarness *h)
{
  gst_harness_set_sink_caps_str (h, COMPOSING "; video/x-raw");
  gst_harness_add_propose_allocation_meta (h, GST_VIDEO_OVERLAY_COMPOSITION_META_API_TYPE, NULL);
}

static outcome
look (GstHarness *h, GstBuffer *in)
{
  outcome o = { 0 };
  GstBuffer *before = gst_buffer_copy_deep (in);
  GstMemory *memory = gst_buffer_peek_memory (in, 0);
  GstBuffer *out = gst_harness_push_and_pull (h, in);
  if (out) {
    GstVideoOverlayCompositionMeta *meta = gst_buffer_get_video_overlay_composition_meta (out);
    GstCaps *caps = gst_pad_get_current_caps (h->sinkpad);
    GstMapInfo map;
    gst_buffer_map (before, &map, GST_MAP_READ);
    o.attached = meta != NULL;
    o.n_rectangles = meta ? gst_video_overlay_composition_n_rectangles (meta->overlay) : 0;
    o.featured = gst_caps_features_contains (gst_caps_get_features (caps, 0), GST_CAPS_FEATURE_META_GST_VIDEO_OVERLAY_COMPOSITION);
    o.pixels_changed = gst_buffer_memcmp (out, 0, map.data, map.size) != 0;
    o.memory_kept = gst_buffer_peek_memory (out, 0) == memory;
    gst_buffer_unmap (before, &map);
    gst_caps_unref (caps);
    gst_buffer_unref (out);
  }
  gst_buffer_unref (before);
  return o;
}

static GstBuffer *
picture (const GstVideoInfo *info)
{
  GstBuffer *buffer = rig_picture (info, 1);
  rig_add_face (buffer, 40, 30, 60, 60);
  return buffer;
}

static void
attaches_where_downstream_composes (void)
{
  GstHarness *h = rig_new ("feremotion MODEL overlay=both");
  GstVideoInfo info;
  let_downstream_compose (h);
  rig_set_format (h, &info, GST_VIDEO_FORMAT_I420, 320, 240);
  GstBuffer *in = picture (&info), *other = gst_buffer_ref (in);
  outcome o = look (h, in);
  check (o.attached && o.featured && o.n_rectangles == LABELS + 2); /* map and legend */
  check (!o.pixels_changed && o.memory_kept);
  gst_buffer_unref (other);
  gst_harness_teardown (h);
}

static void
blends_elsewhere (void)
{
  static const char *const sinks[] = { "video/x-raw", "ANY", COMPOSING "; video/x-raw" }; /* the last forgets the meta */
  for (gsize i = 0; i < G_N_ELEMENTS (sinks); i++) {
    GstHarness *h = rig_new ("feremotion MODEL overlay=labels");
    GstVideoInfo info;
    gst_harness_set_sink_caps_str (h, sinks[i]);
    rig_set_format (h, &info, GST_VIDEO_FORMAT_I420, 320, 240);
    for (int frame = 0; frame < 2; frame++) {
      outcome o = look (h, picture (&info));
      check (!o.attached && !o.featured && o.pixels_changed);
    }
    gst_harness_teardown (h);
  }
}

static void
blending_leaves_the_other_branch_alone (void)
{
  GstHarness *h = rig_new ("feremotion MODEL overlay=labels");
  GstVideoInfo info;
  gst_harness_set_sink_caps_str (h, "video/x-raw");
  rig_set_format (h, &info, GST_VIDEO_FORMAT_I420, 320, 240);
  GstBuffer *in = picture (&info), *other = gst_buffer_ref (in), *before = gst_buffer_copy_deep (in);
  outcome o = look (h, in);
  check (o.pixels_changed && !o.memory_kept);
  GstMapInfo map;
  gst_buffer_map (before, &map, GST_MAP_READ);
  check (gst_buffer_memcmp (other, 0, map.data, map.size) == 0);
  gst_buffer_unmap (before, &map);
  gst_buffer_unref (before);
  gst_buffer_unref (other);
  gst_harness_teardown (h);
}

static void
draws_nothing_by_default (void)
{
  GstHarness *h = rig_new ("feremotion MODEL");
  GstVideoInfo info;
  let_downstream_compose (h);
  rig_set_format (h, &info, GST_VIDEO_FORMAT_I420, 320, 240);
  GstBuffer *in = picture (&info), *other = gst_buffer_ref (in);
  outcome o = look (h, in);
  check (!o.attached && !o.featured && !o.pixels_changed && o.memory_kept);
  gst_buffer_unref (other);
  gst_harness_teardown (h);
}

/* A composition that came with the frame, under caps that have the feature. */
static outcome
look_at_composed (const char *line)
{
  GstHarness *h = rig_new (line);
  GstVideoInfo info;
  let_downstream_compose (h);
  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_I420, 320, 240);
  gst_harness_set_src_caps_str (h, COMPOSING ",format=I420,width=320,height=240,framerate=30/1,interlace-mode=progressive");
  GstBuffer *in = picture (&info), *pixels = gst_buffer_new_allocate (NULL, 64, NULL);
  gst_buffer_add_video_meta (pixels, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_OVERLAY_COMPOSITION_FORMAT_RGB, 4, 4);
  GstVideoOverlayRectangle *rectangle = gst_video_overlay_rectangle_new_raw (pixels, 0, 0, 4, 4, GST_VIDEO_OVERLAY_FORMAT_FLAG_NONE);
  GstVideoOverlayComposition *composition = gst_video_overlay_composition_new (rectangle);
  gst_buffer_add_video_overlay_composition_meta (in, composition);
  gst_video_overlay_composition_unref (composition);
  gst_video_overlay_rectangle_unref (rectangle);
  gst_buffer_unref (pixels);
  outcome o = look (h, in);
  gst_harness_teardown (h);
  return o;
}

static void
extends_what_came (void)
{
  outcome o = look_at_composed ("feremotion MODEL overlay=labels");
  check (o.attached && o.featured && o.n_rectangles == 1 + LABELS && !o.pixels_changed);
  o = look_at_composed ("feremotion MODEL");
  check (o.attached && o.featured && o.n_rectangles == 1 && !o.pixels_changed);
}

static void
follows_the_property (void)
{
  GstHarness *h = rig_new ("feremotion name=e MODEL");
  GstElement *element = gst_bin_get_by_name (GST_BIN (h->element), "e");
  GstVideoInfo info;
  let_downstream_compose (h);
  rig_set_format (h, &info, GST_VIDEO_FORMAT_I420, 320, 240);
  for (int i = 0; i < 3; i++) {
    outcome o = look (h, picture (&info));
    check (!o.attached && !o.featured && !o.pixels_changed);
    gst_util_set_object_arg (G_OBJECT (element), "overlay", "labels");
    o = look (h, picture (&info));
    check (o.attached && o.featured && !o.pixels_changed);
    gst_util_set_object_arg (G_OBJECT (element), "overlay", "none");
  }
  gst_object_unref (element);
  gst_harness_teardown (h);
}

static void
asks_again_when_downstream_changes (void)
{
  GstHarness *h = rig_new ("feremotion MODEL overlay=labels");
  GstVideoInfo info;
  gst_harness_set_sink_caps_str (h, COMPOSING "; video/x-raw");
  rig_set_format (h, &info, GST_VIDEO_FORMAT_I420, 320, 240);
  outcome o = look (h, picture (&info));
  check (!o.attached && o.pixels_changed);
  gst_harness_add_propose_allocation_meta (h, GST_VIDEO_OVERLAY_COMPOSITION_META_API_TYPE, NULL);
  gst_harness_push_upstream_event (h, gst_event_new_reconfigure ());
  o = look (h, picture (&info));
  check (o.attached && o.featured && !o.pixels_changed);
  gst_harness_teardown (h);
}

static void
asks_again_after_caps (void)
{
  GstHarness *h = rig_new ("feremotion MODEL overlay=labels");
  GstVideoInfo info;
  gst_harness_set_sink_caps_str (h, COMPOSING "; video/x-raw");
  rig_set_format (h, &info, GST_VIDEO_FORMAT_I420, 320, 240);
  outcome o = look (h, picture (&info));
  check (!o.attached && o.pixels_changed);
  gst_harness_add_propose_allocation_meta (h, GST_VIDEO_OVERLAY_COMPOSITION_META_API_TYPE, NULL);
  o = look (h, picture (&info));
  check (!o.attached); /* nobody said that anything changed */
  rig_set_format (h, &info, GST_VIDEO_FORMAT_NV12, 320, 200);
  o = look (h, picture (&info));
  check (o.attached && o.featured && !o.pixels_changed);
  gst_harness_teardown (h);
}

static gboolean
upstream_may_use (GstHarness *h, GType api)
{
  GstCaps *caps = gst_pad_get_current_caps (h->srcpad);
  GstQuery *query = gst_query_new_allocation (caps, FALSE);
  gboolean may = gst_pad_peer_query (h->srcpad, query) && gst_query_find_allocation_meta (query, api, NULL);
  gst_query_unref (query);
  gst_caps_unref (caps);
  return may;
}

/* Memory goes through, so what downstream can read is what upstream may use; no more and no less. */
static void
proposes_what_downstream_proposes (void)
{
  static const char *const lines[] = { "feremotion MODEL", "feremotion MODEL overlay=labels" };
  for (int i = 0; i < 4; i++) {
    GstHarness *h = rig_new (lines[i / 2]);
    GstVideoInfo info;
    gst_harness_set_sink_caps_str (h, COMPOSING "; video/x-raw");
    if (i % 2) {
      gst_harness_add_propose_allocation_meta (h, GST_VIDEO_META_API_TYPE, NULL);
      gst_harness_add_propose_allocation_meta (h, GST_VIDEO_OVERLAY_COMPOSITION_META_API_TYPE, NULL);
    }
    rig_set_format (h, &info, GST_VIDEO_FORMAT_I420, 320, 240);
    for (int frame = 0; frame < 2; frame++) {
      check (upstream_may_use (h, GST_VIDEO_META_API_TYPE) == (i % 2 == 1));
      check (upstream_may_use (h, GST_VIDEO_OVERLAY_COMPOSITION_META_API_TYPE) == (i % 2 == 1));
      gst_buffer_unref (gst_harness_push_and_pull (h, picture (&info)));
    }
    gst_harness_teardown (h);
  }
}

static void
draws_into_the_visible_part (void)
{
  GstHarness *h = rig_new ("feremotion MODEL overlay=heatmap heatmap-method=gradcam heatmap-legend=false");
  GstVideoInfo info;
  gst_harness_set_sink_caps_str (h, "video/x-raw");
  rig_set_format (h, &info, GST_VIDEO_FORMAT_GRAY8, 320, 240);
  GstBuffer *in = rig_picture (&info, 1);
  GstVideoCropMeta *crop = gst_buffer_add_video_crop_meta (in);
  crop->x = 100, crop->y = 80, crop->width = 200, crop->height = 150;
  rig_add_face (in, 10, 10, 50, 48); /* of the visible part, whose crop is 50 x 50 at 110, 89 */
  GstBuffer *before = gst_buffer_copy_deep (in), *out = gst_harness_push_and_pull (h, in);
  GstMapInfo a, b;
  int inside = 0, outside = 0;
  require (out);
  gst_buffer_map (before, &a, GST_MAP_READ);
  gst_buffer_map (out, &b, GST_MAP_READ);
  for (int y = 0; y < 240; y++)
    for (int x = 0; x < 320; x++) {
      gboolean changed = a.data[y * 320 + x] != b.data[y * 320 + x];
      if (x >= 109 && x < 161 && y >= 88 && y < 140)
        inside += changed;
      else
        outside += changed;
    }
  check (inside > 500 && outside == 0);
  gst_buffer_unmap (before, &a);
  gst_buffer_unmap (out, &b);
  gst_buffer_unref (before);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

static void
draws_into_many_formats (void) /* into each one: overlay.c */
{
  static const GstVideoFormat formats[] = { GST_VIDEO_FORMAT_NV12, GST_VIDEO_FORMAT_BGRx, GST_VIDEO_FORMAT_P010_10LE, GST_VIDEO_FORMAT_GRAY8,
                                            GST_VIDEO_FORMAT_RGB8P };
  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++) {
    GstHarness *h = rig_new ("feremotion MODEL faces=frame overlay=both");
    GstVideoInfo info;
    gst_harness_set_sink_caps_str (h, "video/x-raw");
    rig_set_format (h, &info, formats[i], 97, 65);
    outcome o = look (h, rig_picture (&info, 1));
    if (!o.pixels_changed)
      test_note ("%s", gst_video_format_to_string (formats[i]));
    check (o.pixels_changed);
    gst_harness_teardown (h);
  }
}

int
main (int argc, char **argv)
{
  rig_init (&argc, &argv);
  return rig_exit (test_run ((test_case[]) { TEST (attaches_where_downstream_composes),
                                             TEST (blends_elsewhere),
                                             TEST (blending_leaves_the_other_branch_alone),
                                             TEST (draws_nothing_by_default),
                                             TEST (extends_what_came),
                                             TEST (follows_the_property),
                                             TEST (asks_again_when_downstream_changes),
                                             TEST (asks_again_after_caps),
                                             TEST (proposes_what_downstream_proposes),
                                             TEST (draws_into_the_visible_part),
                                             TEST (draws_into_many_formats),
                                             { 0 } }));
}
