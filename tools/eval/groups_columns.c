/* SPDX-License-Identifier: MIT */
#include "groups_columns.h"
#include "groups_gaps.h"

#include <glib.h>
#include <string.h>

static bool
add_column (const eval_manifest *m, const char *name, int *columns, int *n, nn_error *error)
{
  int c = 0;
  while (c < m->n_more && strcmp (m->more[c], name))
    c++;
  if (c == m->n_more)
    return nn_fail (error, "--columns: the table has no column \"%s\"", name);
  for (int i = 0; i < *n; i++)
    if (columns[i] == c)
      return nn_fail (error, "--columns: \"%s\" is named twice", name);
  if (*n == GROUPS_MAX_COLUMNS)
    return nn_fail (error, "more than %d columns of groups: choose some with --columns", GROUPS_MAX_COLUMNS);
  columns[(*n)++] = c;
  return true;
}

static bool
choose_columns (const eval_manifest *m, const char *names, int *columns, int *n, nn_error *error)
{
  char **list = names ? g_strsplit (names, ",", -1) : NULL;
  bool good = true;
  for (int i = 0; good && list && list[i]; i++)
    good = add_column (m, list[i], columns, n, error);
  for (int c = 0; good && !list && c < m->n_more; c++)
    good = add_column (m, m->more[c], columns, n, error);
  g_strfreev (list);
  return good && (*n || nn_fail (error, "the table has no column of groups"));
}

#define BETWEEN " & "
#define APART "\x1f" /* "a & b" and "c" are not "a" and "b & c" */

/* The cells of columns with something between them; NULL: one is empty. */
static char *
join (const char *const *cells, const groups_partition *p, const char *between)
{
  GString *joined = g_string_new (NULL);
  bool whole = true;
  for (int i = 0; i < p->n_columns; i++) {
    const char *cell = cells[p->columns[i]];
    whole = whole && *cell;
    g_string_append_printf (joined, "%s%s", i ? between : "", cell);
  }
  return g_string_free (joined, !whole);
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

/* sizes: group -> pictures in it. Numbers the groups that are large enough, from 1 up, in sizes' place. */
static void
number_groups (groups_partition *p, GHashTable *sizes)
{
  guint n;
  char **names = (char **) g_hash_table_get_keys_as_array (sizes, &n);
  qsort (names, n, sizeof *names, by_name);
  p->names = g_new (char *, n);
  p->small = g_new (char *, n);
  p->small_sizes = g_new (int, n);
  for (guint i = 0; i < n; i++) {
    const int size = GPOINTER_TO_INT (g_hash_table_lookup (sizes, names[i]));
    if (size >= GROUPS_MIN_GROUP) {
      p->names[p->n_groups++] = g_strdup (names[i]);
    } else {
      p->small_sizes[p->n_small] = size;
      p->small[p->n_small++] = g_strdup (names[i]);
    }
  }
  g_hash_table_remove_all (sizes);
  for (int g = 0; g < p->n_groups; g++)
    g_hash_table_insert (sizes, g_strdup (p->names[g]), GINT_TO_POINTER (g + 1));
  g_free (names);
}

static void
write_out (char **names, int n)
{
  for (int i = 0; i < n; i++) {
    char **cells = g_strsplit (names[i], APART, -1);
    g_free (names[i]);
    names[i] = g_strjoinv (BETWEEN, cells);
    g_strfreev (cells);
  }
}

static void
cut (const eval_manifest *m, groups_partition *p)
{
  GHashTable *sizes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  char **keys = g_new (char *, m->n);
  p->name = p->n_columns ? join (m->more, p, BETWEEN) : g_strdup ("everybody");
  p->of = g_new (int, m->n);
  for (int i = 0; i < m->n; i++) {
    keys[i] = p->n_columns ? join (m->pictures[i].more, p, APART) : g_strdup ("all");
    p->undeclared += !keys[i];
    if (keys[i])
      g_hash_table_insert (sizes, g_strdup (keys[i]), GINT_TO_POINTER (GPOINTER_TO_INT (g_hash_table_lookup (sizes, keys[i])) + 1));
  }
  number_groups (p, sizes);
  for (int i = 0; i < m->n; i++) {
    p->of[i] = keys[i] ? GPOINTER_TO_INT (g_hash_table_lookup (sizes, keys[i])) - 1 : -1;
    g_free (keys[i]);
  }
  write_out (p->names, p->n_groups);
  write_out (p->small, p->n_small);
  g_free (keys);
  g_hash_table_unref (sizes);
}

bool
groups_partitions_make (const eval_manifest *m, const char *names, int together, groups_partitions *partitions, nn_error *error)
{
  int columns[GROUPS_MAX_COLUMNS], n = 0;
  *partitions = (groups_partitions) { 0 };
  if (!choose_columns (m, names, columns, &n, error))
    return false;
  partitions->all = g_new0 (groups_partition, (size_t) 1 << n);
  for (int size = 0; size <= together && size <= n; size++)
    for (unsigned set = 0; set < 1u << n; set++) {
      if (__builtin_popcount (set) != size)
        continue;
      groups_partition *p = &partitions->all[partitions->n++];
      for (int i = 0; i < n; i++)
        if (set >> i & 1)
          p->columns[p->n_columns++] = columns[i];
      cut (m, p);
    }
  return true;
}

void
groups_partitions_clear (groups_partitions *partitions)
{
  for (int i = 0; i < partitions->n; i++) {
    groups_partition *p = &partitions->all[i];
    for (int g = 0; g < p->n_groups; g++)
      g_free (p->names[g]);
    for (int g = 0; g < p->n_small; g++)
      g_free (p->small[g]);
    g_free (p->names);
    g_free (p->small);
    g_free (p->small_sizes);
    g_free (p->of);
    g_free (p->name);
  }
  g_free (partitions->all);
  *partitions = (groups_partitions) { 0 };
}
