/* SPDX-License-Identifier: MIT */
#include "heatmap.h"

#include <string.h>

#include "../test.h"
#include "reader.h"
#include "rig.h"

static fer_classifier *
classifier_of_picture (const fer_box *square)
{
  static guint8 pixels[48 * 64];
  nn_error error;
  fer_image image;
  float probabilities[7];
  for (int y = 0; y < 48; y++)
    for (int x = 0; x < 64; x++)
      pixels[y * 64 + x] = rig_luma (2, (x + 0.5) / 64, (y + 0.5) / 48);
  fer_image_from_rgb (&image, pixels, 64, 48, 64, 1);
  fer_classifier *classifier = fer_classifier_load (rig_model, 1, NN_PRECISION_FULL, &error);
  if (classifier && !fer_classifier_run (classifier, &image, square, NULL, 1, probabilities))
    g_clear_pointer (&classifier, fer_classifier_free);
  return classifier;
}

static void
covers_the_square_that_was_looked_at (void)
{
  fer_box square = { -4, 10, 30, 30 };
  nn_error error;
  fer_picture picture;
  fer_classifier *classifier = classifier_of_picture (&square);
  heatmap *map = classifier ? heatmap_new (classifier, &error) : NULL;
  require (map);
  check (!heatmap_draw (map, 7, 5, &square, 64, 48, &picture));
  heatmap_look (map, 7, 5, 0, 3);
  check (!heatmap_draw (map, 7, 6, &square, 64, 48, &picture)); /* somebody else was there */
  require (heatmap_draw (map, 7, 5, &square, 64, 48, &picture));
  check (picture.x == 0 && picture.y == 10 && picture.width == 26 && picture.height == 30);
  int visible = 0;
  for (int i = 0; i < picture.height * picture.width; i++)
    visible += picture.pixels[i / picture.width * picture.stride + i % picture.width * 4 + 3] > 0;
  check (visible > 0);
  g_free (picture.pixels);
  heatmap_free (map);
  fer_classifier_free (classifier);
}

static void
differs_from_class_to_class (void)
{
  fer_box square = { 0, 0, 48, 48 };
  nn_error error;
  fer_picture a, b;
  fer_classifier *classifier = classifier_of_picture (&square);
  heatmap *map = classifier ? heatmap_new (classifier, &error) : NULL;
  require (map);
  heatmap_look (map, 0, 1, 0, 0);
  heatmap_look (map, HEATMAP_PLACES - 1, 0, 0, 5);
  require (heatmap_draw (map, 0, 1, &square, 64, 48, &a) && heatmap_draw (map, HEATMAP_PLACES - 1, 0, &square, 64, 48, &b));
  check (a.height == b.height && memcmp (a.pixels, b.pixels, (gsize) a.height * a.stride) != 0);
  g_free (a.pixels);
  g_free (b.pixels);
  heatmap_free (map);
  fer_classifier_free (classifier);
}

/* A network whose only map is of 3x3 positions. */
static gboolean
write_coarse_model (const char *path)
{
  nn_error error;
  fer_crop crop = { .size = 24, .mean = 127.5f, .sd = 63.75f, .sd_floor = 1, .scale = 1 };
  nn_graph *graph = nn_graph_parse ("input 24 24 1 / conv 4 8x8 stride 8 pad 0 / relu / flatten / dense 7 / softmax", &error);
  nn_model *model = graph ? nn_model_new (graph) : NULL;
  gboolean written = FALSE;
  if (model) {
    nn_init_weights (graph, 1, model->weights);
    written = fer_model_describe (model, fer_labels7, 7, &crop, NULL, &error) && nn_model_save (model, path, &error);
  }
  nn_model_free (model);
  return written;
}

static void
says_when_a_model_has_no_map (void)
{
  nn_error error = { "" };
  char *path = g_strconcat (rig_model, ".coarse", NULL);
  require (write_coarse_model (path));
  reader *r = reader_new (path, NN_PRECISION_FULL, &error);
  require (r);
  check (!reader_prepare_drawing (r, OVERLAY_BOTH, &error) && strstr (error.text, "6x6"));
  check (reader_prepare_drawing (r, OVERLAY_BOTH, &error)); /* says so once */
  reader_free (r);
  remove (path);
  g_free (path);
}

int
main (int argc, char **argv)
{
  rig_init (&argc, &argv);
  return rig_exit (test_run (
      (test_case[]) { TEST (covers_the_square_that_was_looked_at), TEST (differs_from_class_to_class), TEST (says_when_a_model_has_no_map), { 0 } }));
}
