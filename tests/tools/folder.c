/* SPDX-License-Identifier: MIT */
#include "common/dataset.h"
#include "faces.h"
#include "fer.h"
#include "test.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>
#include <string.h>

static char *
make_folder (void)
{
  return g_dir_make_tmp ("fer-folder-XXXXXX", NULL);
}

static void
remove_tree (const char *path)
{
  GDir *dir = g_dir_open (path, 0, NULL);
  for (const char *name; dir && (name = g_dir_read_name (dir));) {
    char *inner = g_build_filename (path, name, NULL);
    remove_tree (inner);
    g_free (inner);
  }
  if (dir)
    g_dir_close (dir);
  g_remove (path);
}

/* One picture of (h, w) grey bytes at root/split/class/name, as "png" or "jpeg". */
static void
save (const char *root, const char *split, const char *class, const char *name, const char *type, const uint8_t *pixels, int w, int h)
{
  char *folder = g_build_filename (root, split, class, NULL), *path = g_build_filename (folder, name, NULL);
  GdkPixbuf *pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, w, h);
  for (int i = 0; i < w * h; i++)
    memset (gdk_pixbuf_get_pixels (pixbuf) + (i / w) * gdk_pixbuf_get_rowstride (pixbuf) + 3 * (i % w), pixels[i], 3);
  check (!g_mkdir_with_parents (folder, 0755));
  check (gdk_pixbuf_save (pixbuf, path, type, NULL, NULL));
  g_object_unref (pixbuf);
  g_free (path);
  g_free (folder);
}

/* 140 faces in train and 14 in test, PNG but for the last. */
static void
save_faces (const char *root, const nn_dataset *faces)
{
  for (int row = 0; row < faces->n; row++) {
    bool png = row < faces->n - 1;
    char name[32];
    snprintf (name, sizeof name, "Face_%03d.%s", row, png ? "png" : "JPG");
    save (root, row < 140 ? "train" : "test", fer_labels7[faces->labels[row]], name, png ? "png" : "jpeg", faces->pixels + (size_t) row * 48 * 48, 48,
          48);
  }
}

static void
reads_classes_and_splits (void)
{
  char *root = make_folder ();
  nn_dataset *faces = test_faces (140, 0, 14, 2);
  save_faces (root, faces);
  nn_error error = { "" };
  nn_dataset *data = tool_load_dataset (root, &error), *again = tool_load_dataset (root, &error);
  if (!data)
    test_note ("%s", error.text);
  require (data && again);
  check (data->n == 154 && data->h == 48 && data->w == 48 && data->classes == 7 && data->hash == again->hash);
  int n[NN_N_SPLITS] = { 0 };
  for (int row = 0; row < data->n; row++) {
    static const int by_name[7] = { 0, 1, 2, 3, 6, 4, 5 }; /* neutral stands before sad */
    int label = row < 140 ? by_name[row / 20] : by_name[(row - 140) / 2], from = row < 140 ? label + 7 * (row % 20) : 140 + label + 7 * (row % 2);
    n[data->splits[row]]++;
    check (data->labels[row] == label && faces->labels[from] == label);
    if (from < 153)
      check (!memcmp (data->pixels + (size_t) row * 2304, faces->pixels + (size_t) from * 2304, 2304));
  }
  test_note ("%d training, %d validation, %d test", n[0], n[1], n[2]);
  check (n[NN_PRIVATE_TEST] == 14 && n[NN_PUBLIC_TEST] > 4 && n[NN_PUBLIC_TEST] < 28 && n[NN_TRAINING] == 140 - n[NN_PUBLIC_TEST]);
  nn_dataset_free (data);
  nn_dataset_free (again);
  nn_dataset_free (faces);
  remove_tree (root);
  g_free (root);
}

static void
takes_a_validation_folder_and_other_sizes (void)
{
  char *root = make_folder (), *note = g_build_filename (root, "Training", "notes.txt", NULL);
  uint8_t stripes[96 * 96];
  for (int i = 0; i < 96 * 96; i++)
    stripes[i] = i & 1 ? 50 : 150;
  for (int i = 0; i < 40; i++) {
    char name[32];
    snprintf (name, sizeof name, "%d.png", i);
    save (root, "Training", "happy", name, "png", stripes, 48, 48);
  }
  save (root, "validation", "sad", "a.png", "png", stripes, 96, 96);
  check (g_file_set_contents (note, "not a class", -1, NULL));
  nn_error error = { "" };
  nn_dataset *data = tool_load_dataset (root, &error);
  if (!data)
    test_note ("%s", error.text);
  require (data);
  check (data->n == 41);
  for (int row = 0; row < 41; row++)
    check (data->splits[row] == (row < 40 ? NN_TRAINING : NN_PUBLIC_TEST) && data->labels[row] == (row < 40 ? 3 : 4));
  for (int i = 0; i < 48 * 48; i++)
    check (data->pixels[40 * 48 * 48 + i] == 100);
  nn_dataset_free (data);
  remove_tree (root);
  g_free (note);
  g_free (root);
}

static void
names_what_is_wrong (void)
{
  static const struct {
    const char *split, *class;
    int w, h;
    const char *reason;
  } bad[] = {
    { "test", "happy", 48, 48, ": no pictures in train/<class>/*.jpg or *.png" },
    { "train", "smiling", 48, 48, "/train/smiling: not a class; expected angry, disgust, fear, happy, sad, surprise or neutral" },
    { "train", "happy", 48, 40, "/train/happy/a.png: 48x40 pixels; expected a square with sides of at most 4096" },
  };
  const uint8_t flat[48 * 48] = { 0 };
  nn_error error = { "" };
  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++) {
    char *root = make_folder (), *message = g_strconcat (root, bad[i].reason, NULL);
    save (root, bad[i].split, bad[i].class, "a.png", "png", flat, bad[i].w, bad[i].h);
    check (!tool_load_dataset (root, &error) && !strcmp (error.text, message));
    remove_tree (root);
    g_free (message);
    g_free (root);
  }
  char *root = make_folder (), *path = g_build_filename (root, "train", "sad", "broken.jpg", NULL);
  save (root, "train", "sad", "a.png", "png", flat, 48, 48);
  check (g_file_set_contents (path, "\xff\xd8\xff\xe0 no picture", -1, NULL));
  check (!tool_load_dataset (root, &error) && g_str_has_prefix (error.text, path));
  remove_tree (root);
  g_free (path);
  g_free (root);
}

int
main (void)
{
  return test_run (
      (test_case[]) { TEST (reads_classes_and_splits), TEST (takes_a_validation_folder_and_other_sizes), TEST (names_what_is_wrong), { 0 } });
}
