/* SPDX-License-Identifier: MIT */
#include "faces_report.h"
#include "common/bars.h"
#include "common/json.h"

#include <glib.h>
#include <math.h>
#include <stdio.h>

/* ---- terminal ------------------------------------------------------------------------------------------------------------ */

static void
print_percent (double value)
{
  if (isnan (value))
    printf ("%12s", "-");
  else
    printf ("%10.1f %%", 100 * value);
}

static double
per_picture (const eval_found *found)
{
  return found->n_pictures ? (double) found->false_positives / found->n_pictures : (double) NAN;
}

static double
per_100 (const eval_group *group)
{
  return group->n ? 100.0 * group->false_positives / group->n : (double) NAN;
}

static void
print_views (const eval_faces *result)
{
  printf ("%-12s%12s%12s%12s%12s%18s\n", "", "AP@0.4", "AP@0.5", "recall", ">= 40 px", "false a picture");
  for (int v = 0; v < EVAL_N_VIEWS; v++) {
    const eval_found *found = &result->views[v];
    if (!result->seen[v])
      continue;
    printf ("%-12s", eval_views[v].name);
    print_percent (found->ap40);
    print_percent (found->ap50);
    print_percent (found->recall.value);
    print_percent (found->recall_large.value);
    printf ("%18.3f\n", per_picture (found));
  }
}

/* "12-20", the last "80-" */
static char *
size_name (int i)
{
  return i + 1 < EVAL_N_SIZES ? g_strdup_printf ("%d-%d", eval_sizes[i], eval_sizes[i + 1]) : g_strdup_printf ("%d-", eval_sizes[i]);
}

static void
print_sizes (const eval_found *found)
{
  printf ("\n%-12s%12s%12s\n", "face in px", "faces", "recall");
  for (int i = 0; i < EVAL_N_SIZES; i++) {
    const eval_share *share = &found->by_size[i];
    char *name = size_name (i);
    printf ("%-12s%12d", name, share->n);
    print_percent (share->value);
    printf ("   ");
    tool_bar (stdout, isnan (share->value) ? 0 : share->value, 20);
    printf ("\n");
    g_free (name);
  }
}

static void
print_points (const eval_found *found)
{
  if (found->points[0].n == 0)
    return;
  printf ("\n%-12s%12s%12s   of the eye distance, %d faces\n", "points off", "mean", "median", found->points[0].n);
  for (int i = 0; i < EVAL_N_PARTS; i++) {
    printf ("%-12s", eval_parts[i]);
    print_percent (found->points[i].mean);
    print_percent (found->points[i].median);
    printf ("\n");
  }
}

static void
print_group (const eval_group *group)
{
  printf ("%-16s%8d%12d%12.2f\n", group->name, group->n, group->false_positives, per_100 (group));
}

void
eval_faces_print (const char *model, const eval_task *task, const eval_faces *result)
{
  const eval_found *plain = &result->views[0];
  printf ("%s on %s: %d pictures, %d faces", model, task->boxes, plain->n_pictures, plain->n_faces);
  if (task->size)
    printf (", longer side %d px", task->size);
  printf (", scores of %g and more\n\n", (double) task->threshold);
  print_views (result);
  print_sizes (plain);
  print_points (plain);
  if (result->all.n) {
    printf ("\n%-16s%8s%12s%12s\n", "face-free", "pictures", "found", "per 100");
    for (int i = 0; i < result->n_groups; i++)
      print_group (&result->groups[i]);
    print_group (&result->all);
  }
  if (!isnan (result->ms))
    printf ("\n%.2f ms a picture (median, one thread)\n", result->ms);
}

/* ---- JSON ---------------------------------------------------------------------------------------------------------------- */

static void
open_object (JsonBuilder *b, const char *name)
{
  json_builder_set_member_name (b, name);
  json_builder_begin_object (b);
}

static void
add_found (JsonBuilder *b, const eval_found *found)
{
  tool_json_count (b, "n_images", found->n_pictures);
  tool_json_count (b, "n_faces", found->n_faces);
  tool_json_number (b, "ap40", found->ap40);
  tool_json_number (b, "ap50", found->ap50);
  tool_json_number (b, "recall", found->recall.value);
  tool_json_count (b, "n_faces_40px", found->recall_large.n);
  tool_json_number (b, "recall_40px", found->recall_large.value);
  tool_json_number (b, "false_positives_per_image", per_picture (found));
}

static void
add_views (JsonBuilder *b, const eval_faces *result)
{
  open_object (b, "views");
  for (int v = 0; v < EVAL_N_VIEWS; v++) {
    if (!result->seen[v])
      continue;
    open_object (b, eval_views[v].name);
    add_found (b, &result->views[v]);
    json_builder_end_object (b);
  }
  json_builder_end_object (b);
}

static void
add_sizes (JsonBuilder *b, const eval_found *found)
{
  open_object (b, "recall_by_size");
  for (int i = 0; i < EVAL_N_SIZES; i++) {
    char *name = size_name (i);
    open_object (b, name);
    tool_json_count (b, "n", found->by_size[i].n);
    tool_json_number (b, "recall", found->by_size[i].value);
    json_builder_end_object (b);
    g_free (name);
  }
  json_builder_end_object (b);
}

static void
add_points (JsonBuilder *b, const eval_found *found)
{
  open_object (b, "point_error");
  for (int i = 0; i < EVAL_N_PARTS; i++) {
    open_object (b, eval_parts[i]);
    tool_json_count (b, "n", found->points[i].n);
    tool_json_number (b, "mean", found->points[i].mean);
    tool_json_number (b, "median", found->points[i].median);
    json_builder_end_object (b);
  }
  json_builder_end_object (b);
}

static void
add_group (JsonBuilder *b, const eval_group *group)
{
  open_object (b, group->name);
  tool_json_count (b, "n", group->n);
  tool_json_count (b, "false_positives", group->false_positives);
  tool_json_number (b, "per_100", per_100 (group));
  json_builder_end_object (b);
}

static void
add_negatives (JsonBuilder *b, const eval_faces *result)
{
  open_object (b, "negatives");
  add_group (b, &result->all);
  for (int i = 0; i < result->n_groups; i++)
    add_group (b, &result->groups[i]);
  json_builder_end_object (b);
}

bool
eval_faces_write_json (const char *model, const eval_task *task, const eval_faces *result, const char *path, nn_error *error)
{
  JsonBuilder *b = json_builder_new ();
  json_builder_begin_object (b);
  tool_json_text (b, "model", model);
  tool_json_text (b, "boxes", task->boxes);
  tool_json_count (b, "size", task->size);
  tool_json_number (b, "threshold", (double) task->threshold);
  add_found (b, &result->views[0]);
  tool_json_number (b, "ms_per_image", result->ms);
  add_views (b, result);
  add_sizes (b, &result->views[0]);
  add_points (b, &result->views[0]);
  if (result->all.n)
    add_negatives (b, result);
  json_builder_end_object (b);
  const bool good = tool_json_write (b, path, error);
  g_object_unref (b);
  return good;
}
