/* SPDX-License-Identifier: MIT */
#include "listing.h"

#include <string.h>

static int
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

static bool
is_picture (const char *name)
{
  const char *dot = strrchr (name, '.');
  return dot && (!g_ascii_strcasecmp (dot, ".jpg") || !g_ascii_strcasecmp (dot, ".jpeg") || !g_ascii_strcasecmp (dot, ".png"));
}

static GPtrArray *
list (const char *path, bool pictures, nn_error *error)
{
  GError *why = NULL;
  GDir *folder = g_dir_open (path, 0, &why);
  if (!folder) {
    nn_fail (error, "%s", why->message);
    g_error_free (why);
    return NULL;
  }
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  for (const char *name; (name = g_dir_read_name (folder));)
    if (name[0] != '.' && (!pictures || is_picture (name)))
      g_ptr_array_add (names, g_strdup (name));
  g_dir_close (folder);
  g_ptr_array_sort (names, by_name);
  return names;
}

GPtrArray *
tool_list_folder (const char *path, nn_error *error)
{
  return list (path, false, error);
}

GPtrArray *
tool_list_pictures (const char *path, nn_error *error)
{
  return list (path, true, error);
}
