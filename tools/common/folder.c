/* SPDX-License-Identifier: MIT */
#include "folder.h"

#include "fer.h"
#include "listing.h"

#include <gdk-pixbuf/gdk-pixbuf.h>

#include <string.h>

#define SIDE 48
#define MAX_FILE_SIDE 4096
#define VALIDATION_SEED 1
#define VALIDATION_SHARE 0.1f

#define N_CLASSES ((int) G_N_ELEMENTS (fer_labels7))

typedef struct file {
  char *path;
  uint8_t label, split;
} file;

static void
clear_file (void *f)
{
  g_free (((file *) f)->path);
}

static bool
list_class (const char *path, int label, nn_split split, GArray *files, nn_error *error)
{
  GPtrArray *names = tool_list_pictures (path, error);
  for (guint i = 0; names && i < names->len; i++) {
    file f = { g_build_filename (path, names->pdata[i], NULL), (uint8_t) label, (uint8_t) split };
    g_array_append_val (files, f);
  }
  if (!names)
    return false;
  g_ptr_array_unref (names);
  return true;
}

static bool
list_split (const char *path, nn_split split, GArray *files, nn_error *error)
{
  GPtrArray *names = tool_list_folder (path, error);
  bool ok = names != NULL;
  for (guint i = 0; ok && i < names->len; i++) {
    char *folder = g_build_filename (path, names->pdata[i], NULL);
    int label = 0;
    while (label < N_CLASSES && strcmp (fer_labels7[label], names->pdata[i]))
      label++;
    if (label < N_CLASSES)
      ok = list_class (folder, label, split, files, error);
    else if (g_file_test (folder, G_FILE_TEST_IS_DIR))
      ok = nn_fail (error, "%s: not a class; expected angry, disgust, fear, happy, sad, surprise or neutral", folder);
    g_free (folder);
  }
  if (names)
    g_ptr_array_unref (names);
  return ok;
}

/* All files of all splits; classes in the order of their names. */
static bool
list_files (const char *path, GArray *files, nn_error *error)
{
  static const char *const folders[NN_N_SPLITS][5] = { { "train", "Training" },
                                                       { "validation", "valid", "val", "PublicTest" },
                                                       { "test", "PrivateTest" } };
  bool ok = true;
  for (int split = 0; ok && split < NN_N_SPLITS; split++) {
    for (int i = 0; ok && folders[split][i]; i++) {
      char *folder = g_build_filename (path, folders[split][i], NULL);
      if (g_file_test (folder, G_FILE_TEST_IS_DIR))
        ok = list_split (folder, (nn_split) split, files, error);
      g_free (folder);
    }
    if (ok && split == NN_TRAINING && files->len == 0)
      ok = nn_fail (error, "%s: no pictures in train/<class>/*.jpg or *.png", path);
  }
  return ok;
}

static void
choose_validation (GArray *files)
{
  for (guint i = 0; i < files->len; i++)
    if (g_array_index (files, file, i).split == NN_PUBLIC_TEST)
      return;
  for (guint i = 0; i < files->len; i++) {
    nn_random random = nn_random_new (VALIDATION_SEED, 0, i, NN_FOR_ORDER);
    if (g_array_index (files, file, i).split == NN_TRAINING && nn_random_uniform (&random) < VALIDATION_SHARE)
      g_array_index (files, file, i).split = NN_PUBLIC_TEST;
  }
}

/* Any square picture to (SIDE, SIDE) grey bytes. */
static void
shrink (const GdkPixbuf *pixbuf, uint8_t *pixels)
{
  int side = gdk_pixbuf_get_width (pixbuf);
  fer_image image;
  fer_image_from_rgb (&image, gdk_pixbuf_read_pixels (pixbuf), side, side, gdk_pixbuf_get_rowstride (pixbuf), gdk_pixbuf_get_n_channels (pixbuf));
  float *luma = g_new (float, (gsize) side *(gsize) side), out[SIDE * SIDE];
  for (int y = 0; y < side; y++)
    image.read_row (&image, y, luma + (gsize) y * (gsize) side);
  double scale = (double) side / SIDE;
  nn_warp (&(nn_plane) { luma, side, side, side }, &(nn_affine) { { scale, 0, 0, 0, scale, 0 } }, out, SIDE, SIDE);
  for (int i = 0; i < SIDE * SIDE; i++)
    pixels[i] = (uint8_t) (out[i] + 0.5f);
  g_free (luma);
}

static bool
load_picture (const char *path, uint8_t *pixels, nn_error *error)
{
  int w, h;
  if (!gdk_pixbuf_get_file_info (path, &w, &h))
    return nn_fail (error, "%s: not a picture that can be read", path);
  if (w != h || w > MAX_FILE_SIDE)
    return nn_fail (error, "%s: %dx%d pixels; expected a square with sides of at most %d", path, w, h, MAX_FILE_SIDE);
  GError *problem = NULL;
  GdkPixbuf *pixbuf = gdk_pixbuf_new_from_file (path, &problem);
  if (!pixbuf) {
    nn_fail (error, "%s: %s", path, problem->message);
    g_error_free (problem);
    return false;
  }
  shrink (pixbuf, pixels);
  g_object_unref (pixbuf);
  return true;
}

nn_dataset *
tool_load_folder (const char *path, nn_error *error)
{
  GArray *files = g_array_new (FALSE, FALSE, sizeof (file));
  g_array_set_clear_func (files, clear_file);
  bool ok = list_files (path, files, error);
  nn_dataset *data = ok ? nn_dataset_new ((int) files->len, SIDE, SIDE, N_CLASSES, error) : NULL;
  ok = data != NULL;
  choose_validation (files);
  for (guint i = 0; ok && i < files->len; i++) {
    const file *f = &g_array_index (files, file, i);
    data->labels[i] = f->label;
    data->splits[i] = f->split;
    ok = load_picture (f->path, data->pixels + (gsize) i * SIDE * SIDE, error);
  }
  g_array_unref (files);
  if (!ok) {
    nn_dataset_free (data);
    return NULL;
  }
  nn_dataset_seal (data);
  return data;
}
