/* SPDX-License-Identifier: MIT */
#include "anonymize.h"

#include <math.h>
#include <string.h>

#define CELLS 8       /* along the longer side of the ellipse */
#define LEAST_CELL 4  /* pixels */
#define SOFT 1.2f     /* radius at which a blur has faded; the ellipse's is 1 */
#define REACH 1.3f    /* of what may be changed */
#define ALIGNMENT 16  /* pixels: a multiple of all formats' groups of pixels that share a sample */
#define SLACK 16      /* as frame.c's */

/* The part of a frame that one box changes, and the mean colours of its cells, from which all that is put there is made. */
typedef struct patch {
  const GstVideoFrame *video;
  gpointer planes[GST_VIDEO_MAX_PLANES]; /* at x0 */
  int left, top, right, bottom;          /* what is changed */
  int x0, width;                         /* of the lines that are rewritten for it */
  float cx, cy, rx, ry;                  /* the ellipse */
  int cell, columns, rows;
  float *means;  /* (rows, columns, 3) */
  float *row;    /* (columns, 3), of the line in work */
  guint8 *line;  /* unpacked: four samples a pixel, the first of which is alpha */
  gboolean wide; /* samples of 16 bits */
} patch;

void
covers_add (covers *c, const fer_box *box)
{
  if (c->n < MAX_COVERS) {
    c->boxes[c->n++] = *box;
    return;
  }
  fer_box *last = &c->boxes[MAX_COVERS - 1];
  float right = fmaxf (last->x + last->w, box->x + box->w), bottom = fmaxf (last->y + last->h, box->y + box->h);
  last->x = fminf (last->x, box->x);
  last->y = fminf (last->y, box->y);
  last->w = right - last->x;
  last->h = bottom - last->y;
}

/* ---- lines ----------------------------------------------------------------------------------------------------------------- */

static float
get (const patch *p, int i)
{
  return p->wide ? (float) ((const guint16 *) p->line)[i] : (float) p->line[i];
}

static void
set (patch *p, int i, float value)
{
  if (p->wide)
    ((guint16 *) p->line)[i] = (guint16) (value + 0.5f);
  else
    p->line[i] = (guint8) (value + 0.5f);
}

/* Can lines begin and end anywhere? Not where pixels are packed across bytes, or in tiles. */
static gboolean
is_plain (const GstVideoFormatInfo *format)
{
  gboolean plain =
      !GST_VIDEO_FORMAT_INFO_IS_COMPLEX (format) && !GST_VIDEO_FORMAT_INFO_IS_TILED (format) && !GST_VIDEO_FORMAT_INFO_HAS_PALETTE (format);
  for (guint i = 0; i < GST_VIDEO_FORMAT_INFO_N_COMPONENTS (format); i++)
    plain &= GST_VIDEO_FORMAT_INFO_PSTRIDE (format, i) > 0;
  return plain;
}

static void
begin_lines (patch *p)
{
  const GstVideoFormatInfo *format = p->video->info.finfo;
  memcpy (p->planes, p->video->data, sizeof p->planes);
  p->x0 = is_plain (format) ? p->left / ALIGNMENT * ALIGNMENT : 0;
  p->width = (is_plain (format) ? p->right : GST_VIDEO_FRAME_WIDTH (p->video)) - p->x0;
  for (guint i = 0; i < GST_VIDEO_FORMAT_INFO_N_COMPONENTS (format) && p->x0; i++) {
    gsize plane = GST_VIDEO_FORMAT_INFO_PLANE (format, i);
    p->planes[plane] =
        (guint8 *) p->video->data[plane] + GST_VIDEO_FORMAT_INFO_SCALE_WIDTH (format, i, p->x0) * (gsize) GST_VIDEO_FORMAT_INFO_PSTRIDE (format, i);
  }
  p->wide = GST_VIDEO_FORMAT_INFO_DEPTH (gst_video_format_get_info (format->unpack_format), 0) > 8;
  p->line = g_malloc0 (((gsize) p->width + SLACK) * (p->wide ? 8 : 4));
}

static void
unpack (patch *p, int y)
{
  const GstVideoFormatInfo *format = p->video->info.finfo;
  format->unpack_func (format, GST_VIDEO_PACK_FLAG_NONE, p->line, p->planes, p->video->info.stride, 0, y, p->width);
}

/* Of an unpacked pixel, A R G B, and a colour of a palette, B G R A. */
static int
distance (const guint8 *pixel, const guint8 *colour)
{
  int r = colour[2] - pixel[1], g = colour[1] - pixel[2], b = colour[0] - pixel[3];
  return r * r + g * g + b * b;
}

/* A palette is the picture's own: each changed pixel takes the nearest of its colours. */
static void
pack_indices (const patch *p, int y)
{
  guint8 *to = (guint8 *) p->planes[0] + (gsize) p->video->info.stride[0] * (gsize) y;
  const guint8 *palette = p->planes[1];
  for (int x = p->left; x < p->right; x++) {
    const guint8 *pixel = p->line + 4 * (x - p->x0);
    int best = to[x];
    for (int i = 0; i < 256; i++)
      if (distance (pixel, palette + 4 * i) < distance (pixel, palette + 4 * best))
        best = i;
    to[x] = (guint8) best;
  }
}

static void
pack (patch *p, int y)
{
  const GstVideoInfo *info = &p->video->info;
  if (GST_VIDEO_FORMAT_INFO_HAS_PALETTE (info->finfo))
    pack_indices (p, y);
  else
    info->finfo->pack_func (info->finfo, GST_VIDEO_PACK_FLAG_NONE, p->line, 0, p->planes, info->stride, info->chroma_site, y, p->width);
}

/* ---- means ----------------------------------------------------------------------------------------------------------------- */

static float *
mean_of (const patch *p, int row, int column)
{
  return p->means + 3 * (CLAMP (row, 0, p->rows - 1) * p->columns + CLAMP (column, 0, p->columns - 1));
}

static void
add_line (const patch *p, int y)
{
  for (int x = p->left; x < p->right; x++) {
    float *sum = mean_of (p, (y - p->top) / p->cell, (x - p->left) / p->cell);
    for (int k = 0; k < 3; k++)
      sum[k] += get (p, 4 * (x - p->x0) + 1 + k);
  }
}

static void
measure (patch *p)
{
  p->means = g_new0 (float, 3 * p->rows * p->columns);
  p->row = g_new (float, 3 * p->columns);
  for (int y = p->top; y < p->bottom; y++) {
    unpack (p, y);
    add_line (p, y);
  }
  for (int j = 0; j < p->rows; j++)
    for (int i = 0; i < p->columns; i++) {
      int w = MIN (p->cell, p->right - p->left - i * p->cell), h = MIN (p->cell, p->bottom - p->top - j * p->cell);
      for (int k = 0; k < 3; k++)
        mean_of (p, j, i)[k] /= (float) (w * h);
    }
}

/* ---- what is put there ----------------------------------------------------------------------------------------------------- */

static float
radius (const patch *p, float x, float y)
{
  return hypotf ((x - p->cx) / p->rx, (y - p->cy) / p->ry);
}

/* The ellipse's axes are the cell's, so that the cell's point nearest to its middle is nearest in radius as well. */
static gboolean
touches_ellipse (const patch *p, int row, int column)
{
  float left = (float) (p->left + column * p->cell), top = (float) (p->top + row * p->cell), cell = (float) p->cell;
  return radius (p, CLAMP (p->cx, left, left + cell), CLAMP (p->cy, top, top + cell)) < 1;
}

static void
pixelate_line (patch *p, int y)
{
  int row = (y - p->top) / p->cell;
  for (int x = p->left; x < p->right; x++) {
    int column = (x - p->left) / p->cell;
    if (!touches_ellipse (p, row, column))
      continue;
    for (int k = 0; k < 3; k++)
      set (p, 4 * (x - p->x0) + 1 + k, mean_of (p, row, column)[k]);
  }
}

/* Where position (in cells, middles at whole numbers) lies between cells first + 1 and first + 2, and the uniform cubic B-spline's four weights. */
static int
spline (float position, float *w)
{
  float first = floorf (position), t = position - first, s = 1 - t;
  w[0] = s * s * s / 6;
  w[1] = (4 - 6 * t * t + 3 * t * t * t) / 6;
  w[2] = (4 - 6 * s * s + 3 * s * s * s) / 6;
  w[3] = t * t * t / 6;
  return (int) first - 1;
}

static float
position_of (const patch *p, int offset)
{
  return ((float) offset + 0.5f) / (float) p->cell - 0.5f;
}

static void
blur_line (patch *p, int y)
{
  float v[4], w[4];
  int row = spline (position_of (p, y - p->top), v);
  for (int i = 0; i < p->columns; i++)
    for (int k = 0; k < 3; k++) {
      p->row[3 * i + k] = 0;
      for (int j = 0; j < 4; j++)
        p->row[3 * i + k] += v[j] * mean_of (p, row + j, i)[k];
    }
  for (int x = p->left; x < p->right; x++) {
    float share = (SOFT - radius (p, (float) x + 0.5f, (float) y + 0.5f)) / (SOFT - 1);
    if (share <= 0)
      continue;
    int column = spline (position_of (p, x - p->left), w);
    for (int k = 0; k < 3; k++) {
      int at = 4 * (x - p->x0) + 1 + k;
      float blurred = 0;
      for (int i = 0; i < 4; i++)
        blurred += w[i] * p->row[3 * CLAMP (column + i, 0, p->columns - 1) + k];
      set (p, at, get (p, at) + MIN (share, 1) * (blurred - get (p, at)));
    }
  }
}

/* ---- boxes ----------------------------------------------------------------------------------------------------------------- */

/* FALSE: nothing of it is in the frame. */
static gboolean
place (patch *p, const GstVideoFrame *video, const fer_box *box, int x, int y)
{
  int width = GST_VIDEO_FRAME_WIDTH (video), height = GST_VIDEO_FRAME_HEIGHT (video);
  if (!(box->w > 0 && box->h > 0) || !isfinite (box->x + box->y + box->w + box->h))
    return FALSE;
  *p = (patch) { .video = video };
  p->rx = (float) M_SQRT1_2 * box->w;
  p->ry = (float) M_SQRT1_2 * box->h;
  p->cx = (float) x + box->x + 0.5f * box->w;
  p->cy = (float) y + box->y + 0.5f * box->h;
  p->left = (int) CLAMP (floorf (p->cx - REACH * p->rx), 0, (float) width);
  p->right = (int) CLAMP (ceilf (p->cx + REACH * p->rx), 0, (float) width);
  p->top = (int) CLAMP (floorf (p->cy - REACH * p->ry), 0, (float) height);
  p->bottom = (int) CLAMP (ceilf (p->cy + REACH * p->ry), 0, (float) height);
  if (p->left >= p->right || p->top >= p->bottom)
    return FALSE;
  p->cell = MAX (LEAST_CELL, (int) MIN (2 * MAX (p->rx, p->ry) / CELLS, (float) MAX (width, height)));
  p->columns = (p->right - p->left + p->cell - 1) / p->cell;
  p->rows = (p->bottom - p->top + p->cell - 1) / p->cell;
  return TRUE;
}

static void
cover (const GstVideoFrame *video, anonymize_choice how, const fer_box *box, int x, int y)
{
  patch p;
  if (!place (&p, video, box, x, y))
    return;
  begin_lines (&p);
  measure (&p);
  for (int line = p.top; line < p.bottom; line++) {
    unpack (&p, line);
    if (how == ANONYMIZE_PIXELATE)
      pixelate_line (&p, line);
    else
      blur_line (&p, line);
    pack (&p, line);
  }
  g_free (p.means);
  g_free (p.row);
  g_free (p.line);
}

gboolean
anonymize (GstBuffer *buffer, const GstVideoInfo *info, anonymize_choice how, const covers *c, int x, int y)
{
  GstVideoFrame video;
  if (how == ANONYMIZE_NONE || !c->n)
    return TRUE;
  if (!gst_video_frame_map (&video, info, buffer, GST_MAP_READWRITE))
    return FALSE;
  for (int i = 0; i < c->n; i++)
    cover (&video, how, &c->boxes[i], x, y);
  gst_video_frame_unmap (&video);
  return TRUE;
}
