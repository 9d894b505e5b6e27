/* SPDX-License-Identifier: MIT */
#include "ranges.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

/* Every step-th Training face as the network sees it. Returns how many, at most `faces`; -1: out of memory. */
static int
read_faces (const fer_crop *crop, const nn_dataset *data, int step, int faces, float *tensors)
{
  const size_t plane = (size_t) data->h * (size_t) data->w, size = (size_t) crop->size * (size_t) crop->size;
  const fer_box square = fer_frame_square (data->w, data->h);
  float *scratch = NULL;
  size_t scratch_size = 0;
  int n = 0, seen = 0;
  for (int i = 0; i < data->n && n >= 0 && n < faces; i++) {
    if (data->splits[i] != NN_TRAINING || seen++ % step)
      continue;
    fer_image image;
    fer_image_from_rgb (&image, data->pixels + (size_t) i * plane, data->w, data->h, data->w, 1);
    n = fer_crop_run (crop, &image, &square, 0, &scratch, &scratch_size, NULL, tensors + (size_t) n * size) ? n + 1 : -1;
  }
  free (scratch);
  return n;
}

char *
tool_fit_ranges (const nn_model *model, const fer_crop *crop, const nn_dataset *data, int faces, nn_error *error)
{
  int all = 0;
  for (int i = 0; i < data->n; i++)
    all += data->splits[i] == NN_TRAINING;
  if (!all) {
    nn_fail (error, "the data have no Training faces, which ranges are fitted on");
    return NULL;
  }
  faces = faces < all ? faces : all;
  float ranges[NN_MAX_NODES], *tensors = g_new (float, (size_t) faces * (size_t) crop->size * (size_t) crop->size);
  const int n = read_faces (crop, data, all / faces, faces, tensors);
  const bool good = n > 0 ? nn_ranges_fit (model->graph, model->weights, crop->size, crop->size, n, tensors, ranges, error)
                          : nn_fail (error, "out of memory for %d faces", faces);
  g_free (tensors);
  return good ? nn_ranges_write (model->graph, ranges, error) : NULL;
}
