/* SPDX-License-Identifier: MIT */
#include "scenes.h"
#include "common/listing.h"
#include "common/picture.h"
#include "common/unpack.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#define MAX_CSV ((size_t) 1 << 30)
#define MAX_SIDE 4096

static bool
fill (nn_scene *scene, const fer_image *image, const char *path, nn_error *error)
{
  const size_t w = (size_t) image->width, h = (size_t) image->height;
  if (w > MAX_SIDE || h > MAX_SIDE)
    return nn_fail (error, "%s: %dx%d pixels, expected sides of at most %d", path, image->width, image->height, MAX_SIDE);
  scene->pixels = malloc (w * h);
  float *row = malloc (2 * w * sizeof *row), *luma = row + w;
  if (scene->pixels && row) {
    scene->w = image->width;
    scene->h = image->height;
    for (size_t y = 0; y < h; y++) {
      fer_image_read (image, 0, (int) y, image->width, row, luma);
      for (size_t x = 0; x < w; x++)
        scene->pixels[y * w + x] = (uint8_t) (luma[x] + 0.5f);
    }
  }
  free (row);
  return scene->w || nn_fail (error, "%s: out of memory for %dx%d pixels", path, image->width, image->height);
}

static bool
load_scene (nn_scene *scene, const char *folder, nn_error *error)
{
  char *path = g_build_filename (folder, scene->file, NULL);
  tool_picture picture;
  bool good = tool_picture_load (&picture, path, error);
  if (good) {
    good = fill (scene, &picture.image, path, error);
    tool_picture_clear (&picture);
  }
  g_free (path);
  return good;
}

/* In the order of their names, whatever the folder's own order is. */
static bool
add_folder (nn_scenes *scenes, const char *folder, int limit, nn_error *error)
{
  GPtrArray *names = tool_list_pictures (folder, error);
  if (!names)
    return false;
  bool good = names->len > 0 || nn_fail (error, "%s: no .jpg or .png in the folder", folder);
  for (guint i = 0; good && i < names->len && (int) i < limit; i++)
    good = nn_scenes_add (scenes, names->pdata[i], error) && load_scene (&scenes->scenes[scenes->n - 1], folder, error);
  g_ptr_array_unref (names);
  return good;
}

static nn_scenes *
parse (const char *csv, const char *sources, nn_error *error)
{
  char *bytes;
  size_t size;
  if (!tool_unpack (csv, (const char *const[]) { NULL }, MAX_CSV, &bytes, &size, error))
    return NULL;
  nn_scenes *scenes = nn_scenes_parse_csv (bytes, size, sources, error);
  free (bytes);
  if (!scenes)
    nn_fail_prefix (error, csv);
  return scenes;
}

/* Later pictures leave; their faces are nobody's then. */
static void
cut (nn_scenes *scenes, int limit)
{
  for (int i = limit; i < scenes->n; i++)
    free (scenes->scenes[i].file);
  scenes->n = scenes->n < limit ? scenes->n : limit;
}

nn_scenes *
train_load_scenes (const char *csv, const char *images, const char *negatives, const char *sources, int limit, nn_error *error)
{
  nn_scenes *scenes = parse (csv, sources, error);
  if (!scenes)
    return NULL;
  cut (scenes, limit);
  bool good = true;
  for (int i = 0; good && i < scenes->n; i++)
    good = load_scene (&scenes->scenes[i], images, error);
  if (good && (!negatives || add_folder (scenes, negatives, limit, error)))
    return scenes;
  nn_scenes_free (scenes);
  return NULL;
}
