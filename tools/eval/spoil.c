/* SPDX-License-Identifier: MIT */
#include "spoil.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <math.h>
#include <string.h>

#define FACE 48.0 /* pixels a side, which lengths are given for */
#define GAMMA 2.2
#define SENSOR 3.0f /* noise where light is missing */
#define GREY 128.0f

const eval_effect eval_effects[EVAL_N_EFFECTS] = {
  { "rotation", "degrees", { 10, 20, 30, 45, 60 } },
  { "blur", "px", { 0.5, 1, 1.5, 2, 3 } },
  { "noise", "grey levels", { 5, 10, 20, 30, 40 } },
  { "darkness", "times less light", { 4, 16, 64, 128, 256 } },
  { "JPEG", "quality", { 50, 30, 20, 10, 5 } },
  { "occlusion", "% covered", { 5, 10, 20, 30, 40 } },
  { "low resolution", "px a side", { 32, 24, 16, 12, 8 } },
};

typedef bool (*spoiler) (double strength, nn_random *random, const float *in, int size, float *out, nn_error *error);

static bool
rotate (double degrees, nn_random *random, const float *in, int size, float *out, nn_error *error)
{
  (void) error;
  const double turn = degrees * G_PI / 180 * (nn_random_u32 (random) & 1 ? 1 : -1), c = cos (turn), s = sin (turn), half = 0.5 * size;
  nn_warp (&(nn_plane) { in, size, size, size }, &(nn_affine) { { c, s, half - c * half - s * half, -s, c, half + s * half - c * half } }, out, size,
           size);
  return true;
}

/* One line or column, edges repeated. */
static void
blur_line (const float *kernel, int radius, const float *in, int n, ptrdiff_t step, float *out)
{
  for (int i = 0; i < n; i++) {
    float sum = 0;
    for (int k = -radius; k <= radius; k++)
      sum += kernel[k + radius] * in[CLAMP (i + k, 0, n - 1) * step];
    out[i * step] = sum;
  }
}

static bool
blur (double strength, nn_random *random, const float *in, int size, float *out, nn_error *error)
{
  (void) random;
  const double sigma = strength * size / FACE;
  const int radius = (int) ceil (4 * sigma);
  float *kernel = g_try_new (float, (size_t) (2 * radius + 1)), *middle = g_try_new (float, (size_t) size *(size_t) size), sum = 0;
  const bool good = kernel && middle;
  for (int k = -radius; good && k <= radius; k++)
    sum += kernel[k + radius] = (float) exp (-0.5 * k * k / (sigma * sigma));
  for (int k = 0; good && k <= 2 * radius; k++)
    kernel[k] /= sum;
  for (int y = 0; good && y < size; y++)
    blur_line (kernel, radius, in + (ptrdiff_t) y * size, size, 1, middle + (ptrdiff_t) y * size);
  for (int x = 0; good && x < size; x++)
    blur_line (kernel, radius, middle + x, size, size, out + x);
  g_free (kernel);
  g_free (middle);
  return good || nn_fail (error, "out of memory for a blur of %dx%d", size, size);
}

static bool
add_noise (double strength, nn_random *random, const float *in, int size, float *out, nn_error *error)
{
  (void) error;
  for (int i = 0; i < size * size; i++)
    out[i] = in[i] + (float) strength * nn_random_normal (random);
  return true;
}

static bool
darken (double strength, nn_random *random, const float *in, int size, float *out, nn_error *error)
{
  (void) error;
  const float gain = (float) pow (1 / strength, 1 / GAMMA);
  for (int i = 0; i < size * size; i++)
    out[i] = gain * in[i] + SENSOR * nn_random_normal (random);
  return true;
}

static void
to_pixbuf (const float *in, int size, GdkPixbuf *pixbuf)
{
  for (int y = 0; y < size; y++)
    for (int x = 0; x < size; x++)
      memset (gdk_pixbuf_get_pixels (pixbuf) + y * gdk_pixbuf_get_rowstride (pixbuf) + 3 * x, (int) (CLAMP (in[y * size + x], 0, 255) + 0.5f), 3);
}

static GdkPixbuf *
reload (const gchar *bytes, gsize length, GError **why)
{
  GdkPixbufLoader *loader = gdk_pixbuf_loader_new_with_type ("jpeg", why);
  if (!loader)
    return NULL;
  const bool written = gdk_pixbuf_loader_write (loader, (const guchar *) bytes, length, why);
  const bool good = gdk_pixbuf_loader_close (loader, written ? why : NULL) && written; /* closed in any case */
  GdkPixbuf *pixbuf = good ? gdk_pixbuf_loader_get_pixbuf (loader) : NULL;
  if (pixbuf)
    g_object_ref (pixbuf);
  g_object_unref (loader);
  return pixbuf;
}

static bool
compress (double strength, nn_random *random, const float *in, int size, float *out, nn_error *error)
{
  (void) random;
  char quality[8];
  gchar *bytes = NULL;
  gsize length = 0;
  GError *why = NULL;
  GdkPixbuf *pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, size, size);
  if (!pixbuf)
    return nn_fail (error, "out of memory for a face of %dx%d", size, size);
  to_pixbuf (in, size, pixbuf);
  g_snprintf (quality, sizeof quality, "%d", (int) strength);
  const bool saved = gdk_pixbuf_save_to_buffer (pixbuf, &bytes, &length, "jpeg", &why, "quality", quality, NULL);
  g_object_unref (pixbuf);
  pixbuf = saved ? reload (bytes, length, &why) : NULL;
  g_free (bytes);
  if (!pixbuf) {
    nn_fail (error, "a face of %dx%d as JPEG: %s", size, size, why ? why->message : "gdk-pixbuf does not give it back");
    g_clear_error (&why);
    return false;
  }
  const guint8 *pixels = gdk_pixbuf_read_pixels (pixbuf);
  const int stride = gdk_pixbuf_get_rowstride (pixbuf), step = gdk_pixbuf_get_n_channels (pixbuf);
  for (int y = 0; y < size; y++)
    for (int x = 0; x < size; x++)
      out[y * size + x] = pixels[y * stride + x * step + 1 % step]; /* grey: all channels are alike */
  g_object_unref (pixbuf);
  return true;
}

static bool
occlude (double strength, nn_random *random, const float *in, int size, float *out, nn_error *error)
{
  (void) error;
  const double aspect = exp ((2 * (double) nn_random_uniform (random) - 1) * log (1.5)), area = strength / 100 * size * size;
  const int w = CLAMP ((int) lround (sqrt (area * aspect)), 1, size), h = CLAMP ((int) lround (area / w), 1, size);
  const int left = (int) (nn_random_uniform (random) * (float) (size - w + 1)), top = (int) (nn_random_uniform (random) * (float) (size - h + 1));
  memcpy (out, in, (size_t) size * (size_t) size * sizeof *out);
  for (int y = top; y < top + h; y++)
    for (int x = left; x < left + w; x++)
      out[y * size + x] = GREY;
  return true;
}

static bool
coarsen (double strength, nn_random *random, const float *in, int size, float *out, nn_error *error)
{
  (void) random;
  const int side = MAX ((int) lround (strength * size / FACE), 1);
  const double down = (double) size / side, up = 1 / down;
  float *small = g_try_new (float, (size_t) side *(size_t) side);
  if (!small)
    return nn_fail (error, "out of memory for a face of %dx%d", side, side);
  nn_warp (&(nn_plane) { in, size, size, size }, &(nn_affine) { { down, 0, 0, 0, down, 0 } }, small, side, side);
  nn_warp (&(nn_plane) { small, side, side, side }, &(nn_affine) { { up, 0, 0, 0, up, 0 } }, out, size, size);
  g_free (small);
  return true;
}

bool
eval_spoil (int effect, int strength, uint64_t seed, const float *in, int size, float *out, nn_error *error)
{
  static const spoiler spoilers[EVAL_N_EFFECTS] = { rotate, blur, add_noise, darken, compress, occlude, coarsen };
  const size_t count = (size_t) size * (size_t) size;
  nn_random random = nn_random_new (seed, (uint64_t) (effect * EVAL_STRENGTHS + strength), nn_crc32 (0, in, count * sizeof *in), NN_FOR_AUGMENT);
  if (!spoilers[effect](eval_effects[effect].strengths[strength], &random, in, size, out, error))
    return false;
  for (size_t i = 0; i < count; i++)
    out[i] = floorf (CLAMP (out[i], 0, 255) + 0.5f);
  return true;
}
