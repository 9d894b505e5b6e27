/* SPDX-License-Identifier: MIT */
#include "news.h"

#include <string.h>

void
news_forget (news *n)
{
  n->known = FALSE;
  n->n = 0;
}

static guint64
time_since (guint64 since, guint64 now)
{
  return since == FER_TIME_NONE || now == FER_TIME_NONE || now < since ? FER_TIME_NONE : now - since;
}

static void
add (fer_result *result, fer_change_kind kind, guint64 id, int from, int to, guint64 lasted)
{
  result->changes[result->n_changes++] = (fer_change) { kind, id, from, to, lasted };
}

/* The first of the faces with that id that is not taken yet, or -1. */
static int
find (const news *n, guint64 id, const gboolean *taken)
{
  for (int i = 0; i < n->n; i++)
    if (n->faces[i].id == id && !taken[i])
      return i;
  return -1;
}

/* What is remembered of face, of whom before was known (NULL: nothing). */
static news_face
compare (const news_face *before, const fer_face *face, fer_result *result)
{
  guint64 now = result->running_time;
  news_face known = before ? *before : (news_face) { face->id, face->label, now, now };
  if (!before)
    add (result, FER_CHANGE_APPEARED, face->id, -1, face->label, 0);
  else if (known.label != face->label) {
    add (result, FER_CHANGE_LABEL, face->id, known.label, face->label, time_since (known.labelled, now));
    known.label = face->label;
    known.labelled = now;
  }
  return known;
}

gboolean
news_in (news *n, fer_result *result)
{
  news_face faces[FER_MAX_FACES];
  gboolean taken[FER_MAX_FACES] = { FALSE }, first = !n->known;
  result->n_changes = 0;
  for (int i = 0; i < result->n_faces; i++) {
    int before = find (n, result->faces[i].id, taken);
    if (before >= 0)
      taken[before] = TRUE;
    faces[i] = compare (before >= 0 ? &n->faces[before] : NULL, &result->faces[i], result);
  }
  for (int i = 0; i < n->n; i++)
    if (!taken[i])
      add (result, FER_CHANGE_LEFT, n->faces[i].id, n->faces[i].label, -1, time_since (n->faces[i].appeared, result->running_time));
  *n = (news) { .known = TRUE, .n = result->n_faces };
  memcpy (n->faces, faces, (gsize) result->n_faces * sizeof *faces);
  return first || result->n_changes;
}
