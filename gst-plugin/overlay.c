/* SPDX-License-Identifier: MIT */
#include "overlay.h"

#include "stamp.h"

#define FEATURE GST_CAPS_FEATURE_META_GST_VIDEO_OVERLAY_COMPOSITION

gboolean
overlay_caps_have_feature (GstCaps *caps)
{
  return caps && !gst_caps_is_empty (caps) && gst_caps_features_contains (gst_caps_get_features (caps, 0), FEATURE);
}

/* A copy of caps in which each structure has the feature, or none has it. */
static GstCaps *
with_feature (GstCaps *caps, gboolean wanted)
{
  GstCaps *copy = gst_caps_copy (caps);
  for (guint i = 0; i < gst_caps_get_size (copy); i++) {
    GstCapsFeatures *features = gst_caps_get_features (copy, i);
    gboolean there = gst_caps_features_contains (features, FEATURE);
    if (wanted && !there)
      gst_caps_features_add (features, FEATURE);
    else if (!wanted && there)
      gst_caps_features_remove (features, FEATURE);
  }
  return copy;
}

GstCaps *
overlay_caps_out (GstCaps *in)
{
  return gst_caps_merge (with_feature (in, TRUE), gst_caps_ref (in));
}

GstCaps *
overlay_caps_in (GstCaps *out)
{
  return gst_caps_merge (gst_caps_ref (out), with_feature (out, FALSE));
}

GstCaps *
overlay_caps_choose (GstCaps *caps)
{
  guint n = gst_caps_get_size (caps), chosen = 0;
  while (chosen < n && !gst_caps_features_contains (gst_caps_get_features (caps, chosen), FEATURE))
    chosen++;
  GstCaps *choice = gst_caps_copy_nth (caps, chosen < n ? chosen : 0);
  gst_caps_unref (caps);
  return gst_caps_fixate (choice);
}

gboolean
overlay_peer_composes (GstPad *srcpad, GstCaps *caps)
{
  GstQuery *query = gst_query_new_allocation (caps, FALSE);
  gboolean composes = gst_pad_peer_query (srcpad, query) && gst_query_find_allocation_meta (query, GST_VIDEO_OVERLAY_COMPOSITION_META_API_TYPE, NULL);
  gst_query_unref (query);
  return composes;
}

gboolean
overlay_proxy_allocation (GstPad *srcpad, GstCaps *caps, GstQuery *query)
{
  gboolean need_pool;
  gst_query_parse_allocation (query, NULL, &need_pool);
  GstQuery *ours = gst_query_new_allocation (caps, need_pool);
  gboolean answered = gst_pad_peer_query (srcpad, ours);
  for (guint i = 0; i < gst_query_get_n_allocation_pools (ours); i++) {
    GstBufferPool *pool;
    guint size, min, max;
    gst_query_parse_nth_allocation_pool (ours, i, &pool, &size, &min, &max);
    gst_query_add_allocation_pool (query, pool, size, min, max);
    gst_clear_object (&pool);
  }
  for (guint i = 0; i < gst_query_get_n_allocation_params (ours); i++) {
    GstAllocator *allocator;
    GstAllocationParams params;
    gst_query_parse_nth_allocation_param (ours, i, &allocator, &params);
    gst_query_add_allocation_param (query, allocator, &params);
    gst_clear_object (&allocator);
  }
  for (guint i = 0; i < gst_query_get_n_allocation_metas (ours); i++) {
    const GstStructure *params;
    GType api = gst_query_parse_nth_allocation_meta (ours, i, &params);
    gst_query_add_allocation_meta (query, api, params);
  }
  gst_query_unref (ours);
  return answered;
}

GstVideoOverlayRectangle *
overlay_rectangle (const fer_picture *picture, int x, int y)
{
  gint stride[GST_VIDEO_MAX_PLANES] = { picture->stride };
  gsize offset[GST_VIDEO_MAX_PLANES] = { 0 };
  GstBuffer *pixels = gst_buffer_new_wrapped (picture->pixels, (gsize) picture->stride * picture->height);
  gst_buffer_add_video_meta_full (pixels, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_OVERLAY_COMPOSITION_FORMAT_RGB, picture->width, picture->height, 1,
                                  offset, stride);
  GstVideoOverlayRectangle *rectangle = gst_video_overlay_rectangle_new_raw (pixels, picture->x + x, picture->y + y, picture->width, picture->height,
                                                                             GST_VIDEO_OVERLAY_FORMAT_FLAG_PREMULTIPLIED_ALPHA);
  gst_buffer_unref (pixels);
  return rectangle;
}

GstVideoOverlayRectangle *
overlay_moved (GstVideoOverlayRectangle *rectangle, int x, int y)
{
  gint old_x, old_y;
  guint w, h;
  gst_video_overlay_rectangle_get_render_rectangle (rectangle, &old_x, &old_y, &w, &h);
  if (old_x == x && old_y == y)
    return gst_video_overlay_rectangle_ref (rectangle);
  GstVideoOverlayRectangle *moved = gst_video_overlay_rectangle_copy (rectangle);
  gst_video_overlay_rectangle_set_render_rectangle (moved, x, y, w, h);
  return moved;
}

void
overlay_add (GstVideoOverlayComposition **composition, GstVideoOverlayRectangle *rectangle)
{
  if (*composition)
    gst_video_overlay_composition_add_rectangle (*composition, rectangle);
  else
    *composition = gst_video_overlay_composition_new (rectangle);
  gst_video_overlay_rectangle_unref (rectangle);
}

/* The old composition may be shared with other branches of the pipeline, so it is not added to but replaced. */
void
overlay_attach (GstBuffer *buffer, GstVideoOverlayComposition *composition)
{
  GstVideoOverlayCompositionMeta *meta = gst_buffer_get_video_overlay_composition_meta (buffer);
  if (!meta) {
    gst_buffer_add_video_overlay_composition_meta (buffer, composition);
    return;
  }
  GstVideoOverlayComposition *both = gst_video_overlay_composition_copy (meta->overlay);
  for (guint i = 0; i < gst_video_overlay_composition_n_rectangles (composition); i++)
    gst_video_overlay_composition_add_rectangle (both, gst_video_overlay_composition_get_rectangle (composition, i));
  gst_video_overlay_composition_unref (meta->overlay);
  meta->overlay = both;
}

#define STEP 16 /* no format shares samples among more pixels */

/* Are pixels side by side, so that a part of a line is a line? */
static gboolean
is_simple (const GstVideoFormatInfo *format)
{
  return !GST_VIDEO_FORMAT_INFO_IS_COMPLEX (format) && !GST_VIDEO_FORMAT_INFO_IS_TILED (format) && !GST_VIDEO_FORMAT_INFO_HAS_PALETTE (format) &&
         GST_VIDEO_FORMAT_INFO_PSTRIDE (format, 0) > 0;
}

/* Leaves of frame the columns from left on, about width of them: gst_video_blend converts whole lines there and back, however narrow the picture is.
 * Returns where they begin. */
static int
columns (GstVideoFrame *frame, int left, int width)
{
  const GstVideoFormatInfo *format = frame->info.finfo;
  int first = MAX (left, 0) / STEP * STEP, last = MIN ((left + width + STEP - 1) / STEP * STEP, frame->info.width);
  if (first >= last)
    return 0;
  frame->info.width = last - first;
  for (guint i = 0; i < GST_VIDEO_FORMAT_INFO_N_PLANES (format); i++) {
    guint c = 0;
    while (GST_VIDEO_FORMAT_INFO_PLANE (format, c) != i) /* each plane has one */
      c++;
    frame->data[i] = (guint8 *) frame->data[i] + GST_VIDEO_FORMAT_INFO_SCALE_WIDTH (format, c, first) * GST_VIDEO_FORMAT_INFO_PSTRIDE (format, c);
  }
  return first;
}

/* For formats of which there are no stamps. */
static gboolean
blend_slowly (const GstVideoFrame *frame, GstBuffer *buffer, int x, int y)
{
  const GstVideoMeta *meta = gst_buffer_get_video_meta (buffer);
  GstVideoInfo info;
  GstVideoFrame pixels, part = *frame;
  gst_video_info_set_format (&info, meta->format, meta->width, meta->height);
  info.flags |= GST_VIDEO_FLAG_PREMULTIPLIED_ALPHA;
  if (!gst_video_frame_map (&pixels, &info, buffer, GST_MAP_READ))
    return FALSE;
  int first = is_simple (frame->info.finfo) ? columns (&part, x, (int) meta->width) : 0;
  gboolean blended = gst_video_blend (&part, &pixels, x - first, y, 1);
  gst_video_frame_unmap (&pixels);
  return blended;
}

gboolean
overlay_blend (GstBuffer *buffer, const GstVideoInfo *info, GstVideoOverlayComposition *composition)
{
  GstVideoFrame frame;
  if (!gst_video_frame_map (&frame, info, buffer, GST_MAP_READWRITE))
    return FALSE;
  gboolean blended = TRUE;
  for (guint i = 0; i < gst_video_overlay_composition_n_rectangles (composition); i++) {
    GstVideoOverlayRectangle *rectangle = gst_video_overlay_composition_get_rectangle (composition, i);
    GstBuffer *pixels = gst_video_overlay_rectangle_get_pixels_unscaled_raw (rectangle, GST_VIDEO_OVERLAY_FORMAT_FLAG_PREMULTIPLIED_ALPHA);
    gint x, y;
    guint w, h;
    gst_video_overlay_rectangle_get_render_rectangle (rectangle, &x, &y, &w, &h);
    blended &= stamp_put (&frame, pixels, x, y) || blend_slowly (&frame, pixels, x, y);
  }
  gst_video_frame_unmap (&frame);
  return blended;
}
