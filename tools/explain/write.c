/* SPDX-License-Identifier: MIT */
#include "write.h"

#include "common/json.h"

static void
add_numbers (JsonBuilder *b, const char *name, const float *numbers, int n)
{
  if (name)
    json_builder_set_member_name (b, name);
  json_builder_begin_array (b);
  for (int i = 0; i < n; i++)
    json_builder_add_double_value (b, (double) numbers[i]);
  json_builder_end_array (b);
}

static void
add_named (JsonBuilder *b, const char *name, const char *const *labels, const float *numbers, int n)
{
  json_builder_set_member_name (b, name);
  json_builder_begin_object (b);
  for (int i = 0; i < n; i++)
    tool_json_number (b, labels[i], (double) numbers[i]);
  json_builder_end_object (b);
}

/* The members of a map. */
static void
add_map (JsonBuilder *b, const explained *it, int label)
{
  float x, y, most = explained_peak (it, label, &x, &y), sum = 0;
  const float *map = explained_map (it, label);
  for (int p = 0; p < it->map_h * it->map_w; p++)
    sum += map[p];
  tool_json_number (b, "max", (double) most);
  tool_json_number (b, "sum", (double) sum);
  add_numbers (b, "peak", (const float[2]) { x, y }, 2);
  json_builder_set_member_name (b, "values");
  json_builder_begin_array (b);
  for (int row = 0; row < it->map_h; row++)
    add_numbers (b, NULL, map + row * it->map_w, it->map_w);
  json_builder_end_array (b);
}

static void
add_face (JsonBuilder *b, const fer_result *result, int index, const explained *it, const bool *wanted)
{
  const fer_face *face = &result->faces[index];
  json_builder_begin_object (b);
  add_numbers (b, "box", (const float[4]) { face->box.x, face->box.y, face->box.w, face->box.h }, 4);
  add_numbers (b, "square", (const float[3]) { it->square.x, it->square.y, it->square.w }, 3);
  tool_json_number (b, "roll", (double) it->roll);
  tool_json_text (b, "label", result->labels[face->label]);
  tool_json_number (b, "confidence", (double) face->confidence);
  add_named (b, "probabilities", result->labels, face->probabilities, result->n_labels);
  add_named (b, "logits", result->labels, it->logits, result->n_labels);
  json_builder_set_member_name (b, "maps");
  json_builder_begin_object (b);
  for (int label = 0; label < result->n_labels; label++)
    if (wanted[label]) {
      json_builder_set_member_name (b, result->labels[label]);
      json_builder_begin_object (b);
      add_map (b, it, label);
      json_builder_end_object (b);
    }
  json_builder_end_object (b);
  json_builder_end_object (b);
}

static void
add_head (JsonBuilder *b, const write_head *head)
{
  tool_json_text (b, "model", head->model);
  tool_json_text (b, "method", head->method);
  tool_json_text (b, "layer", head->layer);
}

bool
write_json (const write_head *head, const fer_result *result, const explained *faces, const bool (*wanted)[FER_MAX_LABELS], const char *path,
            nn_error *error)
{
  JsonBuilder *b = json_builder_new ();
  json_builder_begin_object (b);
  tool_json_count (b, "version", 1);
  tool_json_text (b, "file", head->file);
  tool_json_count (b, "width", result->width);
  tool_json_count (b, "height", result->height);
  add_head (b, head);
  json_builder_set_member_name (b, "faces");
  json_builder_begin_array (b);
  for (int i = 0; i < result->n_faces; i++)
    add_face (b, result, i, &faces[i], wanted[i]);
  json_builder_end_array (b);
  json_builder_end_object (b);
  const bool good = tool_json_write (b, path, error);
  g_object_unref (b);
  return good;
}

bool
write_mean (const write_head *head, const char *const *labels, const mean *m, const char *path, nn_error *error)
{
  JsonBuilder *b = json_builder_new ();
  json_builder_begin_object (b);
  tool_json_count (b, "version", 1);
  add_head (b, head);
  tool_json_count (b, "faces", m->n_faces);
  json_builder_set_member_name (b, "maps");
  json_builder_begin_object (b);
  for (int label = 0; label < m->maps.n_labels; label++)
    if (m->n[label]) {
      json_builder_set_member_name (b, labels[label]);
      json_builder_begin_object (b);
      tool_json_count (b, "faces", m->n[label]);
      add_map (b, &m->maps, label);
      json_builder_end_object (b);
    }
  json_builder_end_object (b);
  json_builder_end_object (b);
  const bool good = tool_json_write (b, path, error);
  g_object_unref (b);
  return good;
}
