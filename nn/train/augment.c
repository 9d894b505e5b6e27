/* SPDX-License-Identifier: MIT
 * From a row of a data set to the network's input. Every number is drawn whether its range is 0 or not: switching one distortion on leaves
 * the others as they were, but for blur and noise, which an erased rectangle's pixels are drawn before. */
#include "../nn_train.h"

#include "spoil.h"

#include <math.h>

#define MIN_ERASED 0.02f /* share of the area */
#define MAX_ERASED 0.15f

static float
draw_within (nn_random *random, float range)
{
  return (2 * nn_random_uniform (random) - 1) * range;
}

void
nn_training_size (const nn_input *input, const nn_augment *augment, int *h, int *w)
{
  *h = augment->crop ? augment->crop : input->h;
  *w = augment->crop ? augment->crop : input->w;
}

/* Output pixel -> picture: about the centres, shift * turn * mirror / zoom, sizes brought together. */
static nn_affine
draw_map (const nn_dataset *data, const nn_input *input, const nn_augment *augment, int out_h, int out_w, nn_random *random)
{
  double angle = (double) draw_within (random, augment->rotation) * M_PI / 180;
  double zoom = 1 / (1 + (double) draw_within (random, augment->zoom));
  double centre_x = data->w * (0.5 + (double) draw_within (random, augment->shift));
  double centre_y = data->h * (0.5 + (double) draw_within (random, augment->shift));
  double mirror = nn_random_uniform (random) < augment->flip ? -1 : 1;
  double x = zoom * data->w / input->w, y = zoom * data->h / input->h, c = cos (angle), s = sin (angle);
  nn_affine map = { { mirror * c * x, -s * y, 0, mirror * s * x, c * y, 0 } };
  map.m[2] = centre_x - map.m[0] * out_w / 2 - map.m[1] * out_h / 2;
  map.m[5] = centre_y - map.m[3] * out_w / 2 - map.m[4] * out_h / 2;
  return map;
}

static void
change_contrast (const nn_augment *augment, nn_random *random, float *x, int count)
{
  float gain = 1 + draw_within (random, augment->contrast), offset = 128 * draw_within (random, augment->contrast);
  if (augment->contrast == 0)
    return;
  for (int i = 0; i < count; i++) {
    float value = (x[i] - 128) * gain + 128 + offset;
    value = value > 0 ? value : 0;
    x[i] = value < 255 ? value : 255;
  }
}

/* Random erasing (Zhong et al. 2017): sides in a ratio of 1/2 to 2, all of it inside. */
static void
erase (const nn_augment *augment, nn_random *random, float *x, int h, int w)
{
  bool hit = nn_random_uniform (random) < augment->erase;
  float area = MIN_ERASED + (MAX_ERASED - MIN_ERASED) * nn_random_uniform (random), ratio = exp2f (draw_within (random, 1));
  float place_x = nn_random_uniform (random), place_y = nn_random_uniform (random);
  if (!hit)
    return;
  int rows = (int) fminf ((float) h, roundf ((float) h * sqrtf (area * ratio))),
      columns = (int) fminf ((float) w, roundf ((float) w * sqrtf (area / ratio)));
  int top = (int) (place_y * (float) (h - rows + 1)), left = (int) (place_x * (float) (w - columns + 1));
  for (int y = top; y < top + rows; y++)
    for (int column = left; column < left + columns; column++)
      x[y * w + column] = 255 * nn_random_uniform (random);
}

/* Blur of up to 1.2 pixels, then noise in half of the pictures. */
static void
spoil (const nn_augment *augment, nn_random *random, float *x, int h, int w)
{
  const bool blurred = nn_random_uniform (random) < augment->blur, noisy = nn_random_uniform (random) < 0.5f;
  const int times = 1 + (int) (nn_random_u32 (random) % 3);
  const float sd = augment->noise * nn_random_uniform (random);
  if (blurred)
    nn_blur (x, h, w, times);
  for (int i = 0; noisy && sd > 0 && i < h * w; i++)
    x[i] = fminf (fmaxf (x[i] + sd * nn_rough_normal (random), 0), 255);
}

static void
normalise (const nn_input *input, float *x, int count)
{
  if (input->per_image) {
    nn_standardise (x, (size_t) count, input->sd_floor);
    return;
  }
  for (int i = 0; i < count; i++)
    x[i] = (x[i] - input->mean) / input->sd;
}

void
nn_dataset_image (const nn_dataset *data, int row, const nn_input *input, const nn_augment *augment, nn_random *random, float *out)
{
  static const nn_augment none;
  int source_count = data->h * data->w, h, w;
  nn_training_size (input, augment ? augment : &none, &h, &w);
  const uint8_t *bytes = data->pixels + (size_t) row * (size_t) source_count;
  bool copy = !augment && h == data->h && w == data->w;
  float buffer[NN_MAX_SIDE * NN_MAX_SIDE], *pixels = copy ? out : buffer;
  for (int i = 0; i < source_count; i++)
    pixels[i] = (float) bytes[i];
  if (!copy) {
    nn_random unused = { 0 };
    nn_affine map = draw_map (data, input, augment ? augment : &none, h, w, augment ? random : &unused);
    nn_warp (&(nn_plane) { pixels, data->h, data->w, data->w }, &map, out, h, w);
  }
  if (augment) {
    change_contrast (augment, random, out, h * w);
    erase (augment, random, out, h, w);
    spoil (augment, random, out, h, w);
  }
  normalise (input, out, h * w);
}
