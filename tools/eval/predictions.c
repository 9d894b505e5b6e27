/* SPDX-License-Identifier: MIT */
#include "predictions.h"

#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SUM_TOLERANCE 0.01 /* rounded digits of several probabilities */

static const char *const face_names[] = { "none", "refused", "read" };

eval_predictions *
eval_predictions_new (int n, const char *const *labels, int n_labels)
{
  eval_predictions *p = g_new0 (eval_predictions, 1);
  p->n = n;
  p->n_labels = n_labels;
  for (int c = 0; c < n_labels; c++)
    p->labels[c] = g_strdup (labels[c]);
  p->faces = g_new0 (uint8_t, n);
  p->probabilities = g_new0 (float, (size_t) n *(size_t) n_labels);
  return p;
}

void
eval_predictions_free (eval_predictions *p)
{
  if (!p)
    return;
  for (int c = 0; c < p->n_labels; c++)
    g_free (p->labels[c]);
  g_free (p->faces);
  g_free (p->probabilities);
  g_free (p);
}

/* Columns of table that are labels, and the one that is face (-1: none). */
static eval_predictions *
begin (const eval_manifest *table, int n, int *columns, int *face, nn_error *error)
{
  const char *labels[FER_MAX_LABELS];
  int n_labels = 0;
  *face = -1;
  for (int c = 0; c < table->n_more; c++) {
    if (!strcmp (table->more[c], "face")) {
      *face = c;
    } else if (n_labels == FER_MAX_LABELS) {
      nn_fail (error, "more than %d columns of labels", FER_MAX_LABELS);
      return NULL;
    } else {
      columns[n_labels] = c;
      labels[n_labels++] = table->more[c];
    }
  }
  if (n_labels >= 2)
    return eval_predictions_new (n, labels, n_labels);
  nn_fail (error, "%d columns of labels beside path and face; expected at least 2", n_labels);
  return NULL;
}

static bool
read_face (const eval_picture *row, int face, int first, uint8_t *state, nn_error *error)
{
  const char *text = face >= 0 ? row->more[face] : *row->more[first] ? "read" : "none";
  for (size_t i = 0; i < G_N_ELEMENTS (face_names); i++)
    if (!strcmp (text, face_names[i])) {
      *state = (uint8_t) i;
      return true;
    }
  return nn_fail (error, "line %d: face \"%.20s\"; expected none, refused or read", (int) row->line, text);
}

static bool
read_probabilities (const eval_picture *row, const int *columns, int n, float *probabilities, nn_error *error)
{
  double sum = 0;
  for (int c = 0; c < n; c++) {
    const char *text = row->more[columns[c]];
    char *end;
    const double p = g_ascii_strtod (text, &end);
    if (end == text || *end || !(p >= 0 && p <= 1))
      return nn_fail (error, "line %d: \"%.20s\" is no probability", (int) row->line, text);
    probabilities[c] = (float) p;
    sum += p;
  }
  return fabs (sum - 1) <= SUM_TOLERANCE || nn_fail (error, "line %d: the probabilities add up to %.3f", (int) row->line, sum);
}

/* Rows of table by name, and each row's next one of the same name (-1: none). */
static GHashTable *
index_rows (const eval_manifest *table, int *next)
{
  GHashTable *first = g_hash_table_new (g_str_hash, g_str_equal);
  for (int i = table->n - 1; i >= 0; i--) {
    const char *name = table->pictures[i].name;
    next[i] = GPOINTER_TO_INT (g_hash_table_lookup (first, name)) - 1;
    g_hash_table_insert (first, (void *) name, GINT_TO_POINTER (i + 1));
  }
  return first;
}

static eval_predictions *
match (const eval_manifest *table, const eval_manifest *m, nn_error *error)
{
  int columns[FER_MAX_LABELS], face, *next = g_new (int, table->n);
  eval_predictions *p = begin (table, m->n, columns, &face, error);
  GHashTable *first = index_rows (table, next);
  bool good = p != NULL;
  for (int i = 0; good && i < m->n; i++) {
    const int row = GPOINTER_TO_INT (g_hash_table_lookup (first, m->pictures[i].name)) - 1;
    if (row < 0) {
      good = nn_fail (error, "nothing is said of \"%s\", line %d of the table", m->pictures[i].name, (int) m->pictures[i].line);
      break;
    }
    const eval_picture *said = &table->pictures[row];
    good = read_face (said, face, columns[0], &p->faces[i], error)
           && (p->faces[i] != GROUPS_FACE_READ
               || read_probabilities (said, columns, p->n_labels, p->probabilities + (size_t) i * (size_t) p->n_labels, error));
    g_hash_table_insert (first, (void *) m->pictures[i].name, GINT_TO_POINTER (next[row] + 1));
  }
  g_hash_table_unref (first);
  g_free (next);
  if (good)
    return p;
  eval_predictions_free (p);
  return NULL;
}

eval_predictions *
eval_predictions_parse (const char *bytes, size_t size, const eval_manifest *manifest, nn_error *error)
{
  eval_manifest *table = eval_manifest_parse (bytes, size, ".", error);
  eval_predictions *p = table ? match (table, manifest, error) : NULL;
  eval_manifest_free (table);
  return p;
}

eval_predictions *
eval_predictions_load (const char *path, const eval_manifest *manifest, nn_error *error)
{
  void *bytes;
  size_t size;
  if (!nn_file_read (path, 0, &bytes, &size, error))
    return NULL;
  eval_predictions *p = eval_predictions_parse (bytes, size, manifest, error);
  free (bytes);
  if (!p)
    nn_fail_prefix (error, path);
  return p;
}

bool
eval_predictions_write (const eval_predictions *p, const eval_manifest *m, const char *path, nn_error *error)
{
  GString *out = g_string_new ("path,face");
  char digits[G_ASCII_DTOSTR_BUF_SIZE];
  for (int c = 0; c < p->n_labels; c++)
    g_string_append_printf (out, ",\"%s\"", p->labels[c]);
  for (int i = 0; i < p->n; i++) {
    const char *name = m->pictures[i].name, *quote = strchr (name, '"') ? "" : "\""; /* which the reader takes as it is inside a name */
    g_string_append_printf (out, "\n%s%s%s,%s", quote, name, quote, face_names[p->faces[i]]);
    for (int c = 0; c < p->n_labels; c++)
      g_string_append_printf (
          out, ",%s",
          p->faces[i] == GROUPS_FACE_READ ? g_ascii_formatd (digits, sizeof digits, "%.9g", (double) p->probabilities[i * p->n_labels + c]) : "");
  }
  g_string_append_c (out, '\n');
  const bool good = nn_file_write (path, out->str, out->len, error);
  g_string_free (out, TRUE);
  return good;
}
