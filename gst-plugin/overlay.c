/* SPDX-License-Identifier: MIT */
#include "overlay.h"

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

gboolean
overlay_blend (GstBuffer *buffer, const GstVideoInfo *info, GstVideoOverlayComposition *composition)
{
  GstVideoFrame frame;
  if (!gst_video_frame_map (&frame, info, buffer, GST_MAP_READWRITE))
    return FALSE;
  gboolean blended = gst_video_overlay_composition_blend (composition, &frame);
  gst_video_frame_unmap (&frame);
  return blended;
}
