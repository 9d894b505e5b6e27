/* SPDX-License-Identifier: MIT
 * g is d logit / d A, k a channel, p a position.
 *   Grad-CAM    Selvaraju et al. 2017, (1) and (2): alpha_k = mean_p g_kp, map_p = relu (sum_k alpha_k A_kp)
 *   Grad-CAM++  Chattopadhay et al. 2018, (10) and (19): alpha_k = sum_p [g^2 / (2 g^2 + g^3 sum_q A_kq)] relu (g), the same sum
 *   LayerCAM    Jiang et al. 2021, (5) and (6): map_p = relu (sum_k relu (g_kp) A_kp) */
#include "cam.h"

#include <math.h>
#include <string.h>

static const char *const names[NN_N_CAM_METHODS] = { "gradcam", "gradcam++", "layercam" };

const char *
nn_cam_method_name (nn_cam_method method)
{
  return names[method];
}

int
nn_cam_method_of (const char *name)
{
  for (int i = 0; i < NN_N_CAM_METHODS; i++)
    if (!strcmp (name, names[i]))
      return i;
  return -1;
}

static size_t
positions_of (nn_shape shape)
{
  return (size_t) shape.h * (size_t) shape.w;
}

static void
take_means (nn_shape shape, const nn_real *x, nn_real *means)
{
  size_t positions = positions_of (shape), channels = (size_t) shape.c;
  memset (means, 0, channels * sizeof *means);
  for (size_t p = 0; p < positions; p++)
    for (size_t k = 0; k < channels; k++)
      means[k] += x[p * channels + k] / (nn_real) positions;
}

/* For g > 0 the summand is g / (2 + g sum A), for others 0. The paper has A behind a relu; a sum below 0 counts as 0, so that none divides by it. */
static void
weigh_by_curvature (nn_shape shape, const nn_real *a, const nn_real *gradient, nn_real *alpha)
{
  size_t positions = positions_of (shape), channels = (size_t) shape.c;
  for (size_t k = 0; k < channels; k++) {
    nn_real sum = 0, weight = 0;
    for (size_t p = 0; p < positions; p++)
      sum += a[p * channels + k];
    sum = sum > 0 ? sum : 0;
    for (size_t p = 0; p < positions; p++) {
      nn_real g = gradient[p * channels + k];
      weight += g > 0 ? g / (2 + g * sum) : 0;
    }
    alpha[k] = weight;
  }
}

void
nn_cam_weigh (nn_cam_method method, nn_shape shape, const nn_real *a, const nn_real *gradient, nn_real *alpha, nn_real *map)
{
  size_t positions = positions_of (shape), channels = (size_t) shape.c;
  if (method == NN_CAM_GRAD)
    take_means (shape, gradient, alpha);
  else if (method == NN_CAM_GRAD_PLUS)
    weigh_by_curvature (shape, a, gradient, alpha);
  for (size_t p = 0; p < positions; p++) {
    const nn_real *x = a + p * channels, *g = gradient + p * channels;
    nn_real sum = 0;
    for (size_t k = 0; k < channels; k++)
      sum += (method != NN_CAM_LAYER ? alpha[k] : g[k] > 0 ? g[k] : 0) * x[k];
    map[p] = sum > 0 && isfinite (sum) ? sum : 0;
  }
}
