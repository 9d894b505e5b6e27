/* SPDX-License-Identifier: MIT */
#include "manifest.h"
#include "train/csv.h"

#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef enum column { PATH, LABEL, X, Y, W, H, N_KNOWN, MORE = N_KNOWN } column;
static const char *const known[N_KNOWN] = { "path", "label", "x", "y", "w", "h" };

typedef struct reader {
  nn_csv csv;
  const char *folder;
  int n_columns, of[NN_CSV_MAX_FIELDS]; /* a column, or MORE and up: which of the others */
  GStringChunk *texts;                  /* everything that is kept */
  GArray *pictures;
  GPtrArray *names, *cells; /* of the other columns; cells of row i from i * names->len on */
} reader;

static const char *
keep (reader *r, const nn_csv_field *field)
{
  return g_string_chunk_insert_len (r->texts, field->begin, field->end - field->begin);
}

static int
column_of (const nn_csv_field *field)
{
  if (nn_csv_equal (field, "file"))
    return PATH;
  int c = 0;
  while (c < N_KNOWN && !nn_csv_equal (field, known[c]))
    c++;
  return c;
}

static bool
check_columns (const reader *r, const bool *seen, nn_error *error)
{
  if (!seen[PATH])
    return nn_csv_fail (&r->csv, r->csv.line_begin, error, "the header \"%s\" has no column path",
                        nn_csv_show (r->csv.line_begin, r->csv.line_end).text);
  const int n_box = seen[X] + seen[Y] + seen[W] + seen[H];
  return n_box == 0 || n_box == 4
         || nn_csv_fail (&r->csv, r->csv.line_begin, error, "%d of the columns x, y, w, h; expected all four or none", n_box);
}

static bool
read_header (reader *r, eval_manifest *m, nn_error *error)
{
  bool seen[N_KNOWN] = { false };
  const nn_csv_state state = nn_csv_next (&r->csv, error);
  if (state != NN_CSV_LINE)
    return state == NN_CSV_ERROR ? false : nn_fail (error, "line 1, column 1: the file is empty; expected a header with path");
  r->n_columns = r->csv.n_fields;
  for (int i = 0; i < r->n_columns; i++) {
    const nn_csv_field *field = &r->csv.fields[i];
    const int c = column_of (field);
    const char *name = keep (r, field);
    if (c < N_KNOWN ? seen[c] : g_ptr_array_find_with_equal_func (r->names, name, g_str_equal, NULL))
      return nn_csv_fail (&r->csv, field->begin, error, "a second column %s", nn_csv_show (field->begin, field->end).text);
    if (!*name)
      return nn_csv_fail (&r->csv, field->begin, error, "a column without a name");
    if (c < N_KNOWN)
      seen[c] = true;
    else
      g_ptr_array_add (r->names, (void *) name);
    r->of[i] = c < N_KNOWN ? c : MORE + (int) r->names->len - 1;
  }
  m->has_labels = seen[LABEL];
  m->has_boxes = seen[X];
  return check_columns (r, seen, error);
}

static bool
read_number (const reader *r, const nn_csv_field *field, float *number, nn_error *error)
{
  char text[32], *end = text;
  const size_t length = (size_t) (field->end - field->begin);
  if (length < sizeof text) {
    memcpy (text, field->begin, length);
    text[length] = 0;
    *number = (float) g_ascii_strtod (text, &end);
  }
  return (length > 0 && end == text + length && end != text && isfinite (*number))
         || nn_csv_fail (&r->csv, field->begin, error, "\"%s\" is not a number", nn_csv_show (field->begin, field->end).text);
}

/* The four cells of a box, all of them numbers or all empty. */
static bool
read_box (const reader *r, nn_csv_field *const cells[N_KNOWN], eval_picture *p, nn_error *error)
{
  float *const to[N_KNOWN] = { [X] = &p->box.x, [Y] = &p->box.y, [W] = &p->box.w, [H] = &p->box.h };
  bool none = true;
  for (int c = X; c <= H; c++)
    none = none && cells[c]->begin == cells[c]->end;
  for (int c = X; !none && c <= H; c++)
    if (!read_number (r, cells[c], to[c], error))
      return false;
  p->has_box = !none;
  return none || (p->box.w > 0 && p->box.h > 0) || nn_csv_fail (&r->csv, cells[W]->begin, error, "the box has no area");
}

static bool
read_row (reader *r, const eval_manifest *m, nn_error *error)
{
  nn_csv_field *cells[N_KNOWN] = { NULL };
  const guint first = r->cells->len;
  if (r->csv.n_fields != r->n_columns)
    return nn_csv_fail (&r->csv, r->csv.line_begin, error, "%d columns; the header has %d", r->csv.n_fields, r->n_columns);
  g_ptr_array_set_size (r->cells, (gint) (first + r->names->len));
  for (int i = 0; i < r->n_columns; i++) {
    if (r->of[i] < N_KNOWN)
      cells[r->of[i]] = &r->csv.fields[i];
    else
      r->cells->pdata[first + (guint) (r->of[i] - MORE)] = (void *) keep (r, &r->csv.fields[i]);
  }
  eval_picture p = { .name = keep (r, cells[PATH]), .label = m->has_labels ? keep (r, cells[LABEL]) : "", .line = r->csv.line };
  if (!*p.name)
    return nn_csv_fail (&r->csv, cells[PATH]->begin, error, "no path");
  char *path = g_path_is_absolute (p.name) ? g_strdup (p.name) : g_build_filename (r->folder, p.name, NULL);
  p.path = g_string_chunk_insert (r->texts, path);
  g_free (path);
  if (m->has_boxes && !read_box (r, cells, &p, error))
    return false;
  g_array_append_val (r->pictures, p);
  return true;
}

static bool
read_rows (reader *r, eval_manifest *m, nn_error *error)
{
  nn_csv_state state;
  bool good = read_header (r, m, error);
  while (good && (state = nn_csv_next (&r->csv, error)) != NN_CSV_END)
    good = state == NN_CSV_LINE && read_row (r, m, error);
  good = good && (r->pictures->len || nn_fail (error, "the table names no picture"));
  m->n = (int) r->pictures->len;
  m->n_more = (int) r->names->len;
  m->pictures = (eval_picture *) (void *) r->pictures->data;
  m->more = (const char *const *) r->names->pdata;
  for (int i = 0; good && i < m->n; i++) /* now that they stay where they are */
    ((eval_picture *) (void *) r->pictures->data)[i].more = (const char *const *) r->cells->pdata + (size_t) i * (size_t) m->n_more;
  return good;
}

eval_manifest *
eval_manifest_parse (const char *bytes, size_t size, const char *folder, nn_error *error)
{
  eval_manifest *m = g_new0 (eval_manifest, 1);
  reader *r = m->owned = g_new0 (reader, 1);
  nn_csv_init (&r->csv, bytes, size);
  r->folder = folder;
  r->texts = g_string_chunk_new (4096);
  r->pictures = g_array_new (FALSE, FALSE, sizeof (eval_picture));
  r->names = g_ptr_array_new ();
  r->cells = g_ptr_array_new ();
  if (read_rows (r, m, error))
    return m;
  eval_manifest_free (m);
  return NULL;
}

eval_manifest *
eval_manifest_load (const char *path, nn_error *error)
{
  void *bytes;
  size_t size;
  if (!nn_file_read (path, 0, &bytes, &size, error))
    return NULL;
  char *folder = g_path_get_dirname (path);
  eval_manifest *m = eval_manifest_parse (bytes, size, folder, error);
  g_free (folder);
  free (bytes);
  if (!m)
    nn_fail_prefix (error, path);
  return m;
}

void
eval_manifest_free (eval_manifest *m)
{
  if (!m)
    return;
  reader *r = m->owned;
  g_string_chunk_free (r->texts);
  g_array_unref (r->pictures);
  g_ptr_array_unref (r->names);
  g_ptr_array_unref (r->cells);
  g_free (r);
  g_free (m);
}
