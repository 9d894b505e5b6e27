/* SPDX-License-Identifier: MIT
 * Pictures in bulk: a folder of classes, or a table with labels, boxes and points. */
#include "common/listing.h"
#include "common/places.h"
#include "samples.h"

#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- showing a picture --------------------------------------------------------------------------------------------------- */

/* The column right_eye_x, right_eye_y, ...; -1: there is none. */
static int
point_column (const eval_manifest *m, int k)
{
  char *name = g_strdup_printf ("%s_%c", nn_detect_point_names[k / 2], k % 2 ? 'y' : 'x');
  int c = 0;
  while (c < m->n_more && strcmp (m->more[c], name))
    c++;
  g_free (name);
  return c < m->n_more ? c : -1;
}

static bool
has_points (const eval_manifest *m, const eval_picture *p)
{
  bool any = false;
  for (int k = 0; k < 2 * FER_N_POINTS; k++) {
    const int c = point_column (m, k);
    if (c < 0)
      return false;
    any = any || *p->more[c];
  }
  return any;
}

static bool
read_points (const eval_manifest *m, const eval_picture *p, fer_point points[FER_N_POINTS], nn_error *error)
{
  for (int k = 0; k < 2 * FER_N_POINTS; k++) {
    const int c = point_column (m, k);
    char *end;
    const float value = (float) g_ascii_strtod (p->more[c], &end);
    if (end == p->more[c] || *end || !isfinite (value))
      return nn_fail (error, "line %lld: column %s: \"%s\" is not a number; expected ten, or none", (long long) p->line, m->more[c], p->more[c]);
    *(k % 2 ? &points[k / 2].y : &points[k / 2].x) = value;
  }
  return true;
}

static bool
place_box (const eval_manifest *m, const eval_picture *p, const fer_crop *crop, eval_shot *shot, nn_error *error)
{
  fer_point points[FER_N_POINTS];
  const bool have = has_points (m, p);
  if (have && !read_points (m, p, points, error))
    return false;
  shot->square = fer_crop_face (crop, &p->box, have ? points : NULL, &shot->roll);
  return true;
}

static bool
look_for_face (fer_finder *finder, const fer_crop *crop, const char *path, eval_shot *shot, nn_error *error)
{
  fer_result result = { 0 };
  tool_places at;
  if (!tool_places_find (finder, crop, &shot->image, path, &result, &at, error))
    return false;
  shot->found = result.n_faces > 0; /* the best comes first */
  if (shot->found) {
    shot->square = at.squares[0];
    shot->roll = at.rolls[0];
  }
  return true;
}

static bool
open_picture (const void *user, int i, const fer_crop *crop, fer_finder *finder, eval_shot *shot, nn_error *error)
{
  const eval_samples *s = user;
  const eval_picture *p = &s->manifest->pictures[s->index[i]];
  *shot = (eval_shot) { .found = true };
  if (!tool_picture_load (&shot->picture, p->path, error))
    return false;
  shot->image = shot->picture.image;
  if (p->has_box)
    return place_box (s->manifest, p, crop, shot, error);
  if (!s->frame)
    return look_for_face (finder, crop, p->path, shot, error);
  shot->square = fer_frame_square (shot->image.width, shot->image.height);
  return true;
}

/* ---- which pictures ------------------------------------------------------------------------------------------------------ */

/* The tree as a table, so that there is but one way on. */
static eval_manifest *
list_tree (const char *folder, nn_error *error)
{
  static const char header[] = "label,path\n";
  GPtrArray *classes = tool_list_folder (folder, error);
  GString *table = g_string_new (header);
  bool good = classes != NULL;
  for (guint c = 0; good && c < classes->len; c++) {
    const char *label = classes->pdata[c];
    char *path = g_build_filename (folder, label, NULL);
    GPtrArray *names = g_file_test (path, G_FILE_TEST_IS_DIR) ? tool_list_pictures (path, error) : g_ptr_array_new ();
    good = names != NULL;
    for (guint i = 0; good && i < names->len; i++) {
      const char *name = names->pdata[i];
      good = !strpbrk (label, "\"\r\n") && !strpbrk (name, "\"\r\n");
      if (good)
        g_string_append_printf (table, "\"%s\",\"%s/%s\"\n", label, label, name);
      else
        nn_fail (error, "%s/%s: a quote or an end of line in the name", path, name);
    }
    if (names)
      g_ptr_array_unref (names);
    g_free (path);
  }
  if (good && table->len == strlen (header))
    good = nn_fail (error, "%s: no pictures in CLASS/*.jpg or *.png", folder);
  eval_manifest *m = good ? eval_manifest_parse (table->str, table->len, folder, error) : NULL;
  if (good && !m)
    nn_fail_prefix (error, folder);
  g_string_free (table, TRUE);
  if (classes)
    g_ptr_array_unref (classes);
  return m;
}

static eval_manifest *
load_table (const char *folder, const char *table, nn_error *error)
{
  void *bytes;
  size_t size;
  if (!folder)
    return eval_manifest_load (table, error);
  if (!nn_file_read (table, 0, &bytes, &size, error))
    return NULL;
  eval_manifest *m = eval_manifest_parse (bytes, size, folder, error);
  free (bytes);
  if (!m)
    nn_fail_prefix (error, table);
  return m;
}

static bool
is_in_half (const char *name, eval_half half)
{
  char *base = g_path_get_basename (name);
  const bool odd = nn_crc32 (0, base, strlen (base)) & 1;
  g_free (base);
  return half == EVAL_ALL || odd == (half == EVAL_ODD);
}

/* What a picture is labelled as, "" when it is not. */
static const char *
label_of (const eval_manifest *m, const eval_picture *p, int emotion_column)
{
  if (*p->label || emotion_column == m->n_more)
    return p->label;
  const char *digit = p->more[emotion_column];
  return *digit >= '0' && *digit < '0' + EVAL_CONTEMPT && !digit[1] ? eval_expressions[*digit - '0'] : digit;
}

static bool
add_picture (eval_samples *s, int i, const char *label, nn_error *error)
{
  const eval_picture *p = &s->manifest->pictures[i];
  const int class = eval_class_of (&s->classes, label);
  if (class < 0)
    return nn_fail (error, "line %lld: %s is labelled \"%s\"; expected angry, disgust, fear, happy, sad, surprise, neutral or contempt",
                    (long long) p->line, p->name, label);
  s->truth[s->n] = (uint8_t) class;
  s->names[s->n] = (char *) p->name;
  s->index[s->n++] = i;
  s->need_finder |= !p->has_box && !s->frame;
  return true;
}

static bool
choose_pictures (eval_samples *s, eval_half half, nn_error *error)
{
  const eval_manifest *m = s->manifest;
  int emotion = 0;
  bool contempt = false, good = true;
  while (emotion < m->n_more && strcmp (m->more[emotion], "emotion"))
    emotion++;
  for (int i = 0; i < m->n; i++)
    contempt |= eval_expression_of (label_of (m, &m->pictures[i], emotion)) == EVAL_CONTEMPT;
  s->classes = eval_labels_of_fer (contempt);
  for (int i = 0; good && i < m->n; i++) {
    const char *label = label_of (m, &m->pictures[i], emotion);
    if (*label && is_in_half (m->pictures[i].name, half))
      good = add_picture (s, i, label, error);
  }
  return good && (s->n || nn_fail (error, half == EVAL_ALL ? "no picture has a label" : "no picture of this half has a label"));
}

eval_samples *
eval_samples_of_pictures (const char *folder, const char *table, eval_half half, bool frame, nn_error *error)
{
  eval_manifest *m = table ? load_table (folder, table, error) : list_tree (folder, error);
  if (!m)
    return NULL;
  const size_t n = (size_t) m->n;
  eval_samples *s = g_new0 (eval_samples, 1);
  *s = (eval_samples) { .manifest = m, .frame = frame, .truth = g_new (uint8_t, n), .names = g_new (char *, n), .index = g_new (int, n) };
  if (choose_pictures (s, half, error)) {
    s->source = (eval_source) { s->n, open_picture, s };
    return s;
  }
  nn_fail_prefix (error, table ? table : folder);
  eval_samples_free (s);
  return NULL;
}
