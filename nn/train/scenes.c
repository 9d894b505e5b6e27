/* SPDX-License-Identifier: MIT
 * Faces in scenes as a CSV gives them: one face a line, the picture's name in each. */
#include "../nn_train.h"

#include "csv.h"
#include "hash.h"

#include <limits.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_NAME, X, Y, W, H, N_NEEDED, IGNORE = N_NEEDED, POINTS, N_COLUMNS = POINTS + 2 * NN_DETECT_POINTS };

static const char *const names[N_COLUMNS] = { "file",       "x",          "y",      "w",      "h",             "ignore",
                                              "right_eye_x", "right_eye_y", "left_eye_x", "left_eye_y", "nose_x", "nose_y",
                                              "mouth_right_x", "mouth_right_y", "mouth_left_x", "mouth_left_y" };

#define MAX_FILE 255      /* bytes of a name */
#define MAX_PLACE 1000000 /* of a coordinate */

typedef struct reader {
  nn_csv csv;
  int columns[N_COLUMNS]; /* -1: not there */
  int header_fields;
  const char *sources;
  nn_scenes *scenes;
  int *scene_of;          /* of each face */
  int *slots;             /* scenes by name: index + 1 in the first free place from the name's hash on; 0: free */
  size_t n_slots;         /* a power of two, at least twice the scenes */
  locale_t plain;         /* a decimal point in every locale */
} reader;

bool
nn_scene_is_held_out (const char *file)
{
  return nn_crc32 (0, file, strlen (file)) % 10 == 0;
}

/* Room for one more of n things of that size: doubles at powers of two. */
static bool
grow (void **things, int n, size_t size, nn_error *error)
{
  if (n & (n - 1))
    return true;
  void *more = n > INT_MAX / 2 ? NULL : realloc (*things, (n ? 2 * (size_t) n : 1) * size);
  *things = more ? more : *things;
  return more || nn_fail (error, "out of memory for more than %d pictures or faces", n);
}

bool
nn_scenes_add (nn_scenes *scenes, const char *file, nn_error *error)
{
  if (!grow ((void **) &scenes->scenes, scenes->n, sizeof *scenes->scenes, error))
    return false;
  char *name = strdup (file);
  if (!name)
    return nn_fail (error, "out of memory for the name %s", file);
  scenes->scenes[scenes->n++] = (nn_scene) { .file = name, .held_out = nn_scene_is_held_out (file) };
  return true;
}

void
nn_scenes_free (nn_scenes *scenes)
{
  if (!scenes)
    return;
  for (int i = 0; i < scenes->n; i++) {
    free (scenes->scenes[i].file);
    free (scenes->scenes[i].pixels);
  }
  free (scenes->scenes);
  free (scenes->faces);
  free (scenes);
}

/* ---- one line ------------------------------------------------------------------------------------------------------------ */

static bool
read_number (const reader *r, int column, float *value, nn_error *error)
{
  const nn_csv_field *field = &r->csv.fields[r->columns[column]];
  char text[32], *end;
  const size_t length = (size_t) (field->end - field->begin);
  if (length > 0 && length < sizeof text) {
    memcpy (text, field->begin, length);
    text[length] = 0;
    const double number = strtod_l (text, &end, r->plain);
    if (!*end && fabs (number) <= MAX_PLACE) {
      *value = (float) number;
      return true;
    }
  }
  return nn_csv_fail (&r->csv, field->begin, error, "%s is \"%s\"; expected a number", names[column],
                      nn_csv_show (field->begin, field->end).text);
}

static bool
is_empty (const reader *r, int column)
{
  const nn_csv_field *field = &r->csv.fields[r->columns[column]];
  return field->begin == field->end;
}

static bool
read_face (const reader *r, nn_scene_face *face, nn_error *error)
{
  nn_detection *box = &face->truth.box;
  *face = (nn_scene_face) { .has_points = r->columns[POINTS] >= 0 && !is_empty (r, POINTS) };
  if (!read_number (r, X, &box->x, error) || !read_number (r, Y, &box->y, error) || !read_number (r, W, &box->w, error)
      || !read_number (r, H, &box->h, error))
    return false;
  if (!(box->w > 0 && box->h > 0))
    return nn_csv_fail (&r->csv, r->csv.line_begin, error, "a box of %gx%g; expected sides above 0", (double) box->w, (double) box->h);
  for (int i = 0; face->has_points && i < 2 * NN_DETECT_POINTS; i++)
    if (!read_number (r, POINTS + i, &box->points[i / 2][i % 2], error))
      return false;
  if (r->columns[IGNORE] < 0)
    return true;
  const nn_csv_field *ignore = &r->csv.fields[r->columns[IGNORE]];
  face->truth.ignore = nn_csv_equal (ignore, "1");
  return face->truth.ignore || nn_csv_equal (ignore, "0")
         || nn_csv_fail (&r->csv, ignore->begin, error, "ignore is \"%s\"; expected 0 or 1", nn_csv_show (ignore->begin, ignore->end).text);
}

/* Whether file begins with one of the sources and "_". */
static bool
is_wanted (const char *sources, const char *file)
{
  for (const char *s = sources; s && *s;) {
    const size_t length = strcspn (s, ",");
    if (length > 0 && !strncmp (file, s, length) && file[length] == '_')
      return true;
    s += length + (s[length] == ',');
  }
  return !sources;
}

static bool
read_file_name (const reader *r, char file[MAX_FILE + 1], nn_error *error)
{
  const nn_csv_field *field = &r->csv.fields[r->columns[FILE_NAME]];
  const size_t length = (size_t) (field->end - field->begin);
  if (length < 1 || length > MAX_FILE || memchr (field->begin, '/', length) || memchr (field->begin, 0, length))
    return nn_csv_fail (&r->csv, field->begin, error, "file is \"%s\"; expected a name of 1 to %d bytes without a folder",
                        nn_csv_show (field->begin, field->end).text, MAX_FILE);
  memcpy (file, field->begin, length);
  file[length] = 0;
  return true;
}

/* ---- all lines ----------------------------------------------------------------------------------------------------------- */

/* The place of the scene of that name, or the free one for it. */
static int *
find_slot (const reader *r, const char *file)
{
  size_t i = (size_t) hash_bytes (0, file, strlen (file)) & (r->n_slots - 1);
  while (r->slots[i] && strcmp (r->scenes->scenes[r->slots[i] - 1].file, file))
    i = (i + 1) & (r->n_slots - 1);
  return &r->slots[i];
}

static bool
double_slots (reader *r, nn_error *error)
{
  const size_t n = r->n_slots ? 2 * r->n_slots : 64;
  int *slots = calloc (n, sizeof *slots);
  if (!slots)
    return nn_fail (error, "out of memory for more than %d pictures", r->scenes->n);
  free (r->slots);
  r->slots = slots;
  r->n_slots = n;
  for (int i = 0; i < r->scenes->n; i++)
    *find_slot (r, r->scenes->scenes[i].file) = i + 1;
  return true;
}

/* The scene of that name, added where it is new; -1: out of memory. */
static int
find_scene (reader *r, const char *file, nn_error *error)
{
  if (r->n_slots < 2 * ((size_t) r->scenes->n + 1) && !double_slots (r, error))
    return -1;
  int *slot = find_slot (r, file);
  if (!*slot) {
    if (!nn_scenes_add (r->scenes, file, error))
      return -1;
    *slot = r->scenes->n;
  }
  return *slot - 1;
}

static bool
read_line (reader *r, nn_error *error)
{
  nn_scenes *s = r->scenes;
  char file[MAX_FILE + 1];
  nn_scene_face face;
  if (r->csv.n_fields != r->header_fields)
    return nn_csv_fail (&r->csv, r->csv.line_end, error, "%d columns; expected %d as in the header", r->csv.n_fields, r->header_fields);
  if (!read_file_name (r, file, error) || !read_face (r, &face, error))
    return false;
  if (!is_wanted (r->sources, file))
    return true;
  if (!grow ((void **) &s->faces, s->n_faces, sizeof *s->faces, error)
      || !grow ((void **) &r->scene_of, s->n_faces, sizeof *r->scene_of, error))
    return false;
  const int scene = find_scene (r, file, error);
  if (scene < 0)
    return false;
  s->scenes[scene].n_faces++;
  r->scene_of[s->n_faces] = scene;
  s->faces[s->n_faces++] = face;
  return true;
}

/* Faces of a scene side by side, in the order of their lines. */
static bool
sort_faces (reader *r, nn_error *error)
{
  nn_scenes *s = r->scenes;
  nn_scene_face *sorted = calloc ((size_t) s->n_faces + 1, sizeof *sorted);
  if (!sorted)
    return nn_fail (error, "out of memory for %d faces", s->n_faces);
  for (int i = 0, first = 0; i < s->n; i++) {
    s->scenes[i].first = first;
    first += s->scenes[i].n_faces;
    s->scenes[i].n_faces = 0;
  }
  for (int i = 0; i < s->n_faces; i++) {
    nn_scene *scene = &s->scenes[r->scene_of[i]];
    sorted[scene->first + scene->n_faces++] = s->faces[i];
  }
  free (s->faces);
  s->faces = sorted;
  return true;
}

static bool
find_columns (reader *r, nn_error *error)
{
  if (!nn_csv_header (&r->csv, names, N_NEEDED, "file, x, y, w, h", r->columns, error))
    return false;
  r->header_fields = r->csv.n_fields;
  int n_points = 0;
  for (int i = N_NEEDED; i < N_COLUMNS; i++) {
    r->columns[i] = -1;
    for (int j = 0; j < r->csv.n_fields; j++)
      if (nn_csv_equal (&r->csv.fields[j], names[i]))
        r->columns[i] = j;
    n_points += i >= POINTS && r->columns[i] >= 0;
  }
  return n_points == 0 || n_points == 2 * NN_DETECT_POINTS
         || nn_csv_fail (&r->csv, r->csv.line_begin, error, "%d columns of points; expected all ten from right_eye_x to mouth_left_y, or none",
                         n_points);
}

static bool
read_all (reader *r, nn_error *error)
{
  nn_csv_state state = NN_CSV_LINE;
  if (!r->scenes || r->plain == (locale_t) 0)
    return nn_fail (error, "out of memory for scenes");
  if (!find_columns (r, error))
    return false;
  while ((state = nn_csv_next (&r->csv, error)) == NN_CSV_LINE)
    if (!read_line (r, error))
      return false;
  return state == NN_CSV_END && sort_faces (r, error);
}

nn_scenes *
nn_scenes_parse_csv (const char *bytes, size_t size, const char *sources, nn_error *error)
{
  reader r = { .sources = sources, .scenes = calloc (1, sizeof *r.scenes), .plain = newlocale (LC_ALL_MASK, "C", (locale_t) 0) };
  nn_csv_init (&r.csv, bytes, size);
  const bool good = read_all (&r, error);
  if (r.plain != (locale_t) 0)
    freelocale (r.plain);
  free (r.scene_of);
  free (r.slots);
  if (good)
    return r.scenes;
  nn_scenes_free (r.scenes);
  return NULL;
}
