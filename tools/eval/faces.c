/* SPDX-License-Identifier: MIT */
#include "faces.h"
#include "common/listing.h"
#include "common/progress.h"

#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct evaluation {
  const eval_task *task;
  eval_finder *finder;
  eval_faces *result;
  eval_tally *tallies[EVAL_N_VIEWS], *empty; /* empty: of face-free pictures */
  int done, n;
  tool_progress progress;
} evaluation;

static bool
choose_views (const eval_task *task, bool seen[EVAL_N_VIEWS], nn_error *error)
{
  char **names = g_strsplit (task->views ? task->views : "", ",", -1);
  bool good = true;
  for (int v = 0; v < EVAL_N_VIEWS; v++)
    seen[v] = !task->views || v == 0;
  for (int i = 0; good && task->views && names[i]; i++) {
    int v = 0;
    while (v < EVAL_N_VIEWS && strcmp (names[i], eval_views[v].name))
      v++;
    good = v < EVAL_N_VIEWS;
    if (good)
      seen[v] = true;
    else
      nn_fail (error, "there is no view \"%s\"; expected plain, turned-15, turned-30, turned-45, light-1/4, light-1/16 or light-1/64", names[i]);
  }
  g_strfreev (names);
  return good;
}

/* One view of a picture; wrong: how many faces were found where there is none. */
static bool
look (evaluation *e, const eval_view *view, eval_tally *tally, const tool_picture *picture, const char *file, const nn_scene_face *faces, int n_faces,
      int *wrong, nn_error *error)
{
  eval_shown shown;
  const nn_detection *found;
  int n;
  if (!eval_show (view, picture, file, e->task->size, eval_finder_needs_pixels (e->finder), &shown, error))
    return false;
  const bool good = eval_finder_run (e->finder, view, file, &shown, &found, &n, error);
  if (good) {
    nn_scene_face *moved = g_new (nn_scene_face, (size_t) n_faces);
    for (int j = 0; j < n_faces; j++)
      moved[j] = eval_move (&shown, &faces[j]);
    *wrong = eval_tally_add (tally, found, eval_finder_has_points (e->finder), n, moved, n_faces);
    g_free (moved);
  }
  eval_shown_clear (&shown);
  return good;
}

static void
show_progress (evaluation *e)
{
  char text[64];
  g_snprintf (text, sizeof text, "%d of %d pictures", ++e->done, e->n);
  tool_progress_draw (&e->progress, "", (double) e->done / e->n, text);
}

static bool
look_at_faces (evaluation *e, const nn_scenes *scenes, nn_error *error)
{
  bool good = true;
  for (int i = 0; good && i < scenes->n; i++) {
    const nn_scene *scene = &scenes->scenes[i];
    if (e->task->held_out && !scene->held_out)
      continue;
    char *path = g_build_filename (e->task->images, scene->file, NULL);
    tool_picture picture;
    good = tool_picture_load (&picture, path, error);
    for (int v = 0, wrong; good && v < EVAL_N_VIEWS; v++)
      if (e->result->seen[v])
        good = look (e, &eval_views[v], e->tallies[v], &picture, scene->file, scenes->faces + scene->first, scene->n_faces, &wrong, error);
    if (good)
      tool_picture_clear (&picture);
    g_free (path);
    show_progress (e);
  }
  return good;
}

static eval_group *
group_of (eval_faces *result, const char *file)
{
  const char *end = strchr (file, '_');
  char *name = g_strndup (file, end ? (gsize) (end - file) : strlen (file));
  int i = 0;
  while (i < result->n_groups && strncmp (result->groups[i].name, name, sizeof result->groups[i].name - 1))
    i++;
  if (i < EVAL_MAX_GROUPS && i == result->n_groups)
    g_strlcpy (result->groups[result->n_groups++].name, name, sizeof result->groups[i].name);
  g_free (name);
  return i < EVAL_MAX_GROUPS ? &result->groups[i] : NULL;
}

static bool
look_at_nothing (evaluation *e, const nn_scenes *scenes, nn_error *error)
{
  bool good = true;
  for (int i = 0; good && i < scenes->n; i++) {
    const char *file = scenes->scenes[i].file;
    if (e->task->held_out && !scenes->scenes[i].held_out)
      continue;
    char *path = g_build_filename (e->task->negatives, file, NULL);
    eval_group *group = group_of (e->result, file);
    tool_picture picture;
    int wrong = 0;
    good = tool_picture_load (&picture, path, error);
    good = good && look (e, &eval_views[0], e->empty, &picture, file, NULL, 0, &wrong, error);
    if (good) {
      tool_picture_clear (&picture);
      e->result->all.n++;
      e->result->all.false_positives += wrong;
      if (group) {
        group->n++;
        group->false_positives += wrong;
      }
    }
    g_free (path);
    show_progress (e);
  }
  return good;
}

static nn_scenes *
list_negatives (const char *path, nn_error *error)
{
  GPtrArray *names = tool_list_pictures (path, error);
  if (!names)
    return NULL;
  nn_scenes *scenes = calloc (1, sizeof *scenes);
  bool good = scenes || nn_fail (error, "out of memory");
  for (guint i = 0; good && i < names->len; i++)
    good = nn_scenes_add (scenes, g_ptr_array_index (names, i), error);
  g_ptr_array_unref (names);
  if (good)
    return scenes;
  nn_scenes_free (scenes);
  return NULL;
}

static nn_scenes *
load_boxes (const eval_task *task, nn_error *error)
{
  void *bytes;
  size_t size;
  if (!nn_file_read (task->boxes, 0, &bytes, &size, error))
    return NULL;
  nn_scenes *scenes = nn_scenes_parse_csv (bytes, size, task->sources, error);
  free (bytes);
  if (!scenes)
    nn_fail_prefix (error, task->boxes);
  return scenes;
}

static int
count (const nn_scenes *scenes, bool held_out)
{
  int n = 0;
  for (int i = 0; scenes && i < scenes->n; i++)
    n += !held_out || scenes->scenes[i].held_out;
  return n;
}

static bool
evaluate (evaluation *e, const nn_scenes *faces, const nn_scenes *negatives, nn_error *error)
{
  const int n_faces = count (faces, e->task->held_out);
  e->n = n_faces + count (negatives, e->task->held_out);
  if (n_faces == 0)
    return nn_fail (error, "%s: names no picture%s", e->task->boxes, e->task->held_out ? " that is held out" : "");
  if (!look_at_faces (e, faces, error))
    return false;
  e->result->ms = eval_finder_ms (e->finder);
  if (negatives && !look_at_nothing (e, negatives, error))
    return false;
  for (int v = 0; v < EVAL_N_VIEWS; v++)
    eval_tally_measure (e->tallies[v], &e->result->views[v]);
  return eval_finder_end (e->finder, error);
}

bool
eval_faces_run (const eval_task *task, eval_finder *finder, eval_faces *result, nn_error *error)
{
  evaluation e = { .task = task, .finder = finder, .result = result };
  *result = (eval_faces) { .all = { .name = "all" } };
  if (!choose_views (task, result->seen, error))
    return false;
  nn_scenes *faces = load_boxes (task, error), *negatives = faces && task->negatives ? list_negatives (task->negatives, error) : NULL;
  for (int v = 0; v < EVAL_N_VIEWS; v++)
    e.tallies[v] = eval_tally_new (task->threshold);
  e.empty = eval_tally_new (task->threshold);
  tool_progress_init (&e.progress, stderr);
  const bool good = faces && (negatives || !task->negatives) && evaluate (&e, faces, negatives, error);
  tool_progress_clear (&e.progress);
  for (int v = 0; v < EVAL_N_VIEWS; v++)
    eval_tally_free (e.tallies[v]);
  eval_tally_free (e.empty);
  nn_scenes_free (faces);
  nn_scenes_free (negatives);
  return good;
}
