/* SPDX-License-Identifier: MIT */
#include "stamp.h"

#include <math.h>
#include <string.h>

enum { COLOURS = 3, ALPHA = COLOURS, CHANNELS };
#define ONE 65536 /* of fixed point */

/* How a sample of one colour comes from premultiplied red, green, blue and alpha: the sum of each times its weight. */
typedef struct formula {
  gint32 weights[CHANNELS];
} formula;

/* One colour of a picture: (h, w) samples, from the one on in which its corner is. A frame's sample d becomes add + keep d / 255. */
typedef struct layer {
  int w, h;
  guint8 *add, *keep;
} layer;

typedef struct stamp {
  GstVideoFormat format;
  GstVideoColorimetry colorimetry;
  int phase_x, phase_y; /* of the picture's place among samples that several pixels share */
  layer layers[COLOURS];
} stamp;

static void
stamp_free (gpointer data)
{
  stamp *s = data;
  for (int c = 0; c < COLOURS; c++)
    g_free (s->layers[c].add);
  g_free (s);
}

/* ---- formats --------------------------------------------------------------------------------------------------------------- */

static gboolean
is_possible (const GstVideoFormatInfo *f)
{
  gboolean plain = !GST_VIDEO_FORMAT_INFO_IS_COMPLEX (f) && !GST_VIDEO_FORMAT_INFO_IS_TILED (f) && !GST_VIDEO_FORMAT_INFO_HAS_PALETTE (f) &&
                   !GST_VIDEO_FORMAT_INFO_HAS_ALPHA (f) && (GST_VIDEO_FORMAT_INFO_IS_YUV (f) || GST_VIDEO_FORMAT_INFO_IS_RGB (f));
  plain &= GST_VIDEO_FORMAT_INFO_N_COMPONENTS (f) == COLOURS;
  for (int c = 0; plain && c < COLOURS; c++)
    plain = GST_VIDEO_FORMAT_INFO_DEPTH (f, c) == 8 && GST_VIDEO_FORMAT_INFO_SHIFT (f, c) == 0 && GST_VIDEO_FORMAT_INFO_PSTRIDE (f, c) > 0;
  return plain;
}

static formula
fixed (const double weights[COLOURS], double scale, double offset)
{
  formula f;
  for (int i = 0; i < COLOURS; i++)
    f.weights[i] = (gint32) lrint (ONE * weights[i] * scale / 255);
  f.weights[ALPHA] = (gint32) lrint (ONE * offset / 255);
  return f;
}

/* Y = Kr R + Kg G + Kb B, U = (B - Y) / (2 (1 - Kb)), V = (R - Y) / (2 (1 - Kr)), in the format's range. */
static void
formulas_of (const GstVideoInfo *info, formula formulas[COLOURS])
{
  double kr = 0.299, kb = 0.114; /* BT.601, where the caps do not say */
  gint offset[GST_VIDEO_MAX_COMPONENTS], scale[GST_VIDEO_MAX_COMPONENTS];
  gboolean yuv = GST_VIDEO_FORMAT_INFO_IS_YUV (info->finfo);
  gst_video_color_matrix_get_Kr_Kb (info->colorimetry.matrix, &kr, &kb);
  gst_video_color_range_offsets (info->colorimetry.range, info->finfo, offset, scale);
  double kg = 1 - kr - kb, u = 0.5 / (1 - kb), v = 0.5 / (1 - kr);
  const double to_yuv[COLOURS][COLOURS] = { { kr, kg, kb }, { -kr * u, -kg * u, 0.5 }, { 0.5, -kg * v, -kb * v } };
  const double to_rgb[COLOURS][COLOURS] = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } };
  for (int c = 0; c < COLOURS; c++)
    formulas[c] = yuv ? fixed (to_yuv[c], scale[c], offset[c]) : fixed (to_rgb[c], 255, 0);
}

/* ---- conversion ------------------------------------------------------------------------------------------------------------ */

/* Adds the row's pixels, the first of which is the phase-th of its sample, to the sums of samples of 2^shift pixels. */
static void
sum_row (const guint32 *row, int width, int phase, int shift, gint32 (*sums)[CHANNELS])
{
  for (int i = 0; i < width; i++) {
    gint32 *sum = sums[(i + phase) >> shift];
    sum[0] += row[i] >> 16 & 255;
    sum[1] += row[i] >> 8 & 255;
    sum[2] += row[i] & 255;
    sum[ALPHA] += row[i] >> 24;
  }
}

/* Samples of 2^shift pixels from their sums. None of them passes what its pixels cover, so that add + keep is 255 at most. */
static void
set_row (const formula *f, gint32 (*sums)[CHANNELS], int n, int shift, guint8 *add, guint8 *keep)
{
  for (int i = 0; i < n; i++) {
    gint32 alpha = (sums[i][ALPHA] + (1 << shift >> 1)) >> shift, sum = ONE / 2 << shift;
    for (int k = 0; k < CHANNELS; k++)
      sum += f->weights[k] * sums[i][k];
    add[i] = (guint8) CLAMP (sum >> shift >> 16, 0, alpha);
    keep[i] = (guint8) (255 - alpha);
  }
}

static const guint32 *
row_of (const GstVideoFrame *picture, int y)
{
  return (const guint32 *) (gconstpointer) ((const guint8 *) picture->data[0] + (gsize) y * (gsize) picture->info.stride[0]);
}

/* Is each of the n rows from y on like the one back rows above? Of what is drawn many are. */
static gboolean
is_repeated (const GstVideoFrame *picture, int y, int n, int back)
{
  gboolean same = y >= back && y + n <= picture->info.height;
  for (int j = y; same && j < y + n; j++)
    same = !memcmp (row_of (picture, j), row_of (picture, j - back), 4 * (gsize) picture->info.width);
  return same;
}

static layer
layer_new (int w, int h)
{
  guint8 *add = g_malloc (2 * (gsize) w * (gsize) h);
  return (layer) { w, h, add, add + (gsize) w * (gsize) h };
}

/* n colours with 2^ws by 2^hs pixels a sample. */
static void
convert (const GstVideoFrame *picture, const formula *formulas, int n, int phase_x, int phase_y, int ws, int hs, layer *layers)
{
  int width = picture->info.width, height = picture->info.height;
  phase_x &= (1 << ws) - 1;
  phase_y &= (1 << hs) - 1;
  int w = (width + phase_x + (1 << ws) - 1) >> ws, h = (height + phase_y + (1 << hs) - 1) >> hs;
  gint32 (*sums)[CHANNELS] = g_malloc_n ((gsize) w, sizeof *sums);
  for (int k = 0; k < n; k++)
    layers[k] = layer_new (w, h);
  for (int y = 0; y < h; y++) {
    int top = (y << hs) - phase_y;
    gboolean repeated = is_repeated (picture, top, 1 << hs, 1 << hs);
    if (!repeated)
      memset (sums, 0, (gsize) w * sizeof *sums);
    for (int j = MAX (top, 0); j < MIN (top + (1 << hs), height) && !repeated; j++)
      sum_row (row_of (picture, j), width, phase_x, ws, sums);
    for (int k = 0; k < n; k++) {
      guint8 *add = layers[k].add + y * w, *keep = layers[k].keep + y * w;
      if (!repeated)
        set_row (&formulas[k], sums, w, ws + hs, add, keep);
      else {
        memcpy (add, add - w, (gsize) w);
        memcpy (keep, keep - w, (gsize) w);
      }
    }
  }
  g_free (sums);
}

/* How many colours from c on are sampled like c. */
static int
n_alike (const GstVideoFormatInfo *f, int c)
{
  int n = 1;
  while (c + n < COLOURS && GST_VIDEO_FORMAT_INFO_W_SUB (f, c + n) == GST_VIDEO_FORMAT_INFO_W_SUB (f, c) &&
         GST_VIDEO_FORMAT_INFO_H_SUB (f, c + n) == GST_VIDEO_FORMAT_INFO_H_SUB (f, c))
    n++;
  return n;
}

/* NULL: pixels cannot be read. */
static stamp *
stamp_new (GstBuffer *pixels, const GstVideoInfo *info, int phase_x, int phase_y)
{
  const GstVideoMeta *meta = gst_buffer_get_video_meta (pixels);
  const GstVideoFormatInfo *f = info->finfo;
  GstVideoInfo own;
  GstVideoFrame picture;
  formula formulas[COLOURS];
  gst_video_info_set_format (&own, meta->format, meta->width, meta->height);
  if (!gst_video_frame_map (&picture, &own, pixels, GST_MAP_READ))
    return NULL;
  stamp *s = g_new0 (stamp, 1);
  s->format = GST_VIDEO_INFO_FORMAT (info);
  s->colorimetry = info->colorimetry;
  s->phase_x = phase_x;
  s->phase_y = phase_y;
  formulas_of (info, formulas);
  for (int c = 0; c < COLOURS; c += n_alike (f, c))
    convert (&picture, &formulas[c], n_alike (f, c), phase_x, phase_y, GST_VIDEO_FORMAT_INFO_W_SUB (f, c), GST_VIDEO_FORMAT_INFO_H_SUB (f, c),
             &s->layers[c]);
  gst_video_frame_unmap (&picture);
  return s;
}

/* The one that is kept with pixels, if it is right for this frame and place; else another takes its place. */
static const stamp *
stamp_of (GstBuffer *pixels, const GstVideoInfo *info, int x, int y)
{
  GQuark key = g_quark_from_static_string ("feremotion-stamp");
  int phase_x = 0, phase_y = 0;
  for (int c = 0; c < COLOURS; c++) {
    phase_x |= x & ((1 << GST_VIDEO_FORMAT_INFO_W_SUB (info->finfo, c)) - 1);
    phase_y |= y & ((1 << GST_VIDEO_FORMAT_INFO_H_SUB (info->finfo, c)) - 1);
  }
  stamp *s = gst_mini_object_get_qdata (GST_MINI_OBJECT (pixels), key);
  if (s && s->format == GST_VIDEO_INFO_FORMAT (info) && gst_video_colorimetry_is_equal (&s->colorimetry, &info->colorimetry) &&
      s->phase_x == phase_x && s->phase_y == phase_y)
    return s;
  s = stamp_new (pixels, info, phase_x, phase_y);
  gst_mini_object_set_qdata (GST_MINI_OBJECT (pixels), key, s, stamp_free);
  return s;
}

/* ---- blending -------------------------------------------------------------------------------------------------------------- */

/* d keep / 255, rounded. */
static inline guint8
blend (guint8 d, guint8 add, guint8 keep)
{
  guint16 x = (guint16) (d * keep + 128);
  x = (guint16) (x + (x >> 8)); /* 65407 at most */
  return (guint8) (add + (x >> 8));
}

static void
blend_row (guint8 *restrict to, int step, const guint8 *restrict add, const guint8 *restrict keep, int n)
{
  if (step == 1)
    for (int i = 0; i < n; i++)
      to[i] = blend (to[i], add[i], keep[i]);
  else
    for (int i = 0; i < n; i++)
      to[i * step] = blend (to[i * step], add[i], keep[i]);
}

static void
put_layer (GstVideoFrame *frame, int c, const layer *l, int x, int y)
{
  int step = GST_VIDEO_FRAME_COMP_PSTRIDE (frame, c), stride = GST_VIDEO_FRAME_COMP_STRIDE (frame, c);
  int left = MAX (x, 0), right = MIN (x + l->w, GST_VIDEO_FRAME_COMP_WIDTH (frame, c));
  int top = MAX (y, 0), bottom = MIN (y + l->h, GST_VIDEO_FRAME_COMP_HEIGHT (frame, c));
  for (int j = top; j < bottom && left < right; j++) {
    gsize from = (gsize) (j - y) * (gsize) l->w + (gsize) (left - x);
    guint8 *to = (guint8 *) GST_VIDEO_FRAME_COMP_DATA (frame, c) + (gssize) j * stride + left * step;
    for (int i = 0; i < (right - left) * step; i += 64)
      __builtin_prefetch (to + 6 * stride + i, 1);
    blend_row (to, step, l->add + from, l->keep + from, right - left);
  }
}

gboolean
stamp_put (GstVideoFrame *frame, GstBuffer *pixels, int x, int y)
{
  const stamp *s = is_possible (frame->info.finfo) ? stamp_of (pixels, &frame->info, x, y) : NULL;
  const GstVideoFormatInfo *f = frame->info.finfo;
  for (int c = 0; s && c < COLOURS; c++)
    put_layer (frame, c, &s->layers[c], x >> GST_VIDEO_FORMAT_INFO_W_SUB (f, c), y >> GST_VIDEO_FORMAT_INFO_H_SUB (f, c));
  return s != NULL;
}
