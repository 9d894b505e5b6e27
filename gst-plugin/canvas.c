/* SPDX-License-Identifier: MIT */
#include "canvas.h"

#include "debug.h"
#include "overlay.h"

void
canvas_reconsider (canvas *c)
{
  c->undecided = TRUE;
  c->refused = FALSE;
}

GstCaps *
canvas_transform_caps (canvas *c, GstBaseTransform *base, gboolean draws, GstPadDirection direction, GstCaps *caps, GstCaps *filter)
{
  GST_OBJECT_LOCK (base);
  gboolean refused = c->refused;
  GST_OBJECT_UNLOCK (base);

  GstCaps *result;
  if (!draws || (refused && direction == GST_PAD_SINK))
    result = gst_caps_ref (caps);
  else
    result = direction == GST_PAD_SINK ? overlay_caps_out (caps) : overlay_caps_in (caps);
  if (filter) {
    GstCaps *all = result;
    result = gst_caps_intersect_full (filter, all, GST_CAPS_INTERSECT_FIRST);
    gst_caps_unref (all);
  }
  return result;
}

gboolean
canvas_due (canvas *c, GstBaseTransform *base)
{
  GST_OBJECT_LOCK (base);
  gboolean due = c->undecided;
  c->undecided = FALSE;
  GST_OBJECT_UNLOCK (base);
  return due;
}

void
canvas_decide (canvas *c, GstBaseTransform *base)
{
  GstCaps *in = gst_pad_get_current_caps (base->sinkpad), *out = gst_pad_get_current_caps (base->srcpad);
  c->attached = overlay_caps_have_feature (out);
  if (c->attached && !overlay_caps_have_feature (in) && !overlay_peer_composes (base->srcpad, out)) {
    GST_OBJECT_LOCK (base);
    c->refused = TRUE;
    GST_OBJECT_UNLOCK (base);
    c->attached = FALSE;
    gst_base_transform_update_src_caps (base, in);
  }
  GST_DEBUG_OBJECT (base, "drawings are %s", c->attached ? "attached" : "blended");
  gst_clear_caps (&in);
  gst_clear_caps (&out);
}

gboolean
canvas_draw (const canvas *c, GstBuffer *buffer, const GstVideoInfo *info, GstVideoOverlayComposition *composition)
{
  gboolean drawn = TRUE;
  if (c->attached)
    overlay_attach (buffer, composition);
  else
    drawn = overlay_blend (buffer, info, composition);
  gst_video_overlay_composition_unref (composition);
  return drawn;
}
