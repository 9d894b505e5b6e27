/* SPDX-License-Identifier: MIT */
#include "faces.h"

#include "debug.h"
#include "roiparams.h"

/* OpenCV's facedetect writes squares (or what a scaler's rounding leaves of them) without parameters, id and parent; whatever else finds faces says
 * more. Our own parameters, from an element before this one, do not count. */
static const fer_box_map *
map_of_finder (const GstVideoRegionOfInterestMeta *roi)
{
  guint longer = MAX (roi->w, roi->h), shorter = MIN (roi->w, roi->h);
  gboolean bare = roi->id == 0 && roi->parent_id == 0 && longer - shorter <= longer / 32;
  for (const GList *l = roi->params; l && bare; l = l->next)
    bare = gst_structure_has_name (l->data, ROI_PARAMS_NAME);
  return bare ? &fer_box_map_facedetect : &fer_box_map_none;
}

static void
log_skip (GstElement *element, const fer_box *box, fer_skip skip)
{
  GST_DEBUG_OBJECT (element, "face of %gx%g at %g,%g is skipped: %s", (double) box->w, (double) box->h, (double) box->x, (double) box->y,
                    fer_skip_text (skip));
}

static int
smallest (const faces *f)
{
  int least = 0;
  for (int i = 1; i < f->n; i++)
    if (f->boxes[i].w * f->boxes[i].h < f->boxes[least].w * f->boxes[least].h)
      least = i;
  return least;
}

/* Makes room for a box of this area: FALSE if it is no larger than all that are there. */
static gboolean
make_room (faces *f, GstElement *element, const fer_box *box)
{
  if (f->n < FER_MAX_FACES)
    return TRUE;
  int i = smallest (f), after = f->n - i - 1;
  if (box->w * box->h <= f->boxes[i].w * f->boxes[i].h)
    return FALSE;
  log_skip (element, &f->boxes[i], FER_SKIP_TOO_MANY);
  memmove (f->boxes + i, f->boxes + i + 1, after * sizeof *f->boxes);
  memmove (f->squares + i, f->squares + i + 1, after * sizeof *f->squares);
  memmove (f->rois + i, f->rois + i + 1, after * sizeof *f->rois);
  f->n--;
  return TRUE;
}

static void
add (faces *f, GstElement *element, const fer_box *found, const fer_box *square, GstVideoRegionOfInterestMeta *roi, int width, int height)
{
  fer_box box = *found;
  fer_skip skip = fer_box_clip (&box, width, height);
  f->n_offered++;
  if (skip == FER_SKIP_NONE && !make_room (f, element, &box))
    skip = FER_SKIP_TOO_MANY;
  if (skip != FER_SKIP_NONE) {
    log_skip (element, found, skip);
    return;
  }
  f->boxes[f->n] = box;
  f->squares[f->n] = *square;
  f->rois[f->n++] = roi;
}

void
faces_from_upstream (faces *f, GstElement *element, GstBuffer *buffer, const char *roi_type, const fer_box_map *map, const fer_crop *crop, int width,
                     int height)
{
  GQuark type = roi_type && *roi_type ? g_quark_from_string (roi_type) : 0;
  gpointer state = NULL;
  GstMeta *meta;
  f->n = 0;
  f->n_offered = 0;
  while ((meta = gst_buffer_iterate_meta_filtered (buffer, &state, GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE))) {
    GstVideoRegionOfInterestMeta *roi = (GstVideoRegionOfInterestMeta *) meta;
    if (type && roi->roi_type != type)
      continue;
    /* The fields are unsigned, yet a finder may mean a face that begins left of or above the picture. */
    fer_box box = { (float) (gint) roi->x, (float) (gint) roi->y, (float) roi->w, (float) roi->h };
    fer_box reference = fer_box_apply (&box, map ? map : map_of_finder (roi));
    fer_box square = fer_crop_square (crop, &reference);
    add (f, element, &box, &square, roi, width, height);
  }
}

void
faces_from_frame (faces *f, GstElement *element, int width, int height)
{
  f->n = 0;
  f->n_offered = 0;
  fer_box box = { 0, 0, (float) width, (float) height }, square = fer_frame_square (width, height);
  add (f, element, &box, &square, NULL, width, height);
}
