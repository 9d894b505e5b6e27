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

static heatmap *
heatmap_of_picture (fer_classifier **classifier)
{
  nn_error error;
  *classifier = classifier_of_picture (&(fer_box) { 0, 0, 48, 48 });
  return *classifier ? heatmap_new (*classifier, NN_CAM_GRAD, "auto", &error) : NULL;
}

static void
keeps_the_map_of_a_face (void)
{
  fer_classifier *classifier;
  heatmap *map = heatmap_of_picture (&classifier);
  require (map);
  check (!heatmap_get (map, 7, 5));
  heatmap_look (map, 7, 5, 0, 3, 1000);
  check (!heatmap_get (map, 7, 6)); /* somebody else was there */
  heat *kept = heatmap_get (map, 7, 5);
  require (kept && kept->h >= 6 && kept->w >= 6);
  nn_real most = 0, before = kept->values[0];
  for (int i = 0; i < kept->h * kept->w; i++)
    most = kept->values[i] > most ? kept->values[i] : most;
  check (most > 0);
  heatmap_drop (map, 7); /* what was given away stays */
  check (!heatmap_get (map, 7, 5));
  heatmap_free (map);
  check (kept->values[0] == before);
  heat_unref (kept);
  fer_classifier_free (classifier);
}

static void
differs_from_class_to_class (void)
{
  fer_classifier *classifier;
  heatmap *map = heatmap_of_picture (&classifier);
  require (map);
  heatmap_look (map, 0, 1, 0, 0, 0);
  heatmap_look (map, HEATMAP_PLACES - 1, 0, 0, 5, 0);
  heat *a = heatmap_get (map, 0, 1), *b = heatmap_get (map, HEATMAP_PLACES - 1, 0);
  require (a && b);
  check (a->h == b->h && memcmp (a->values, b->values, (gsize) (a->h * a->w) * sizeof *a->values) != 0);
  heat_unref (a);
  heat_unref (b);
  heatmap_free (map);
  fer_classifier_free (classifier);
}

static void
is_due_after_the_interval (void)
{
  fer_classifier *classifier;
  heatmap *map = heatmap_of_picture (&classifier);
  require (map);
  check (heatmap_due (map, 3, 5, 1000, 200));
  heatmap_look (map, 3, 5, 0, 0, 1000);
  check (!heatmap_due (map, 3, 5, 1000, 200) && !heatmap_due (map, 3, 5, 1199, 200));
  check (heatmap_due (map, 3, 5, 1200, 200));
  check (heatmap_due (map, 3, 5, 1000, 0));
  check (heatmap_due (map, 3, 5, 999, 200));  /* time went back */
  check (heatmap_due (map, 3, 6, 1000, 200)); /* somebody else */
  heatmap_look (map, 3, 0, 0, 0, 1000);
  check (heatmap_due (map, 3, 0, 1000, 200)); /* nobody known */
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
  settings s = { .heatmap_class = g_intern_string ("predicted"), .heatmap_layer = g_intern_string ("auto") };
  check (!reader_prepare_heatmaps (r, &s, &error) && strstr (error.text, "6x6"));
  check (reader_prepare_heatmaps (r, &s, &error) && !reader_has_heatmaps (r)); /* says so once */
  s.heatmap_layer = g_intern_string ("3");
  check (reader_prepare_heatmaps (r, &s, &error) && reader_has_heatmaps (r));
  s.heatmap_layer = g_intern_string ("nowhere");
  check (!reader_prepare_heatmaps (r, &s, &error) && strstr (error.text, "nowhere") && !reader_has_heatmaps (r));
  s.heatmap_layer = g_intern_string ("3");
  s.heatmap_class = g_intern_string ("bored");
  check (!reader_prepare_heatmaps (r, &s, &error) && strstr (error.text, "bored") && !reader_has_heatmaps (r));
  reader_unref (r);
  remove (path);
  g_free (path);
}

int
main (int argc, char **argv)
{
  rig_init (&argc, &argv);
  return rig_exit (
      test_run ((test_case[]) { TEST (keeps_the_map_of_a_face), TEST (differs_from_class_to_class), TEST (is_due_after_the_interval), TEST (says_when_a_model_has_no_map), { 0 } }));
}
