/* SPDX-License-Identifier: MIT */
#include "news.h"

void
news_forget (news *n)
{
  n->known = FALSE;
}

gboolean
news_in (news *n, const fer_result *result)
{
  gboolean changed = !n->known || result->n_faces != n->n_faces;
  for (int i = 0; i < result->n_faces; i++) {
    changed |= i >= n->n_faces || result->faces[i].label != n->labels[i];
    n->labels[i] = result->faces[i].label;
  }
  n->known = TRUE;
  n->n_faces = result->n_faces;
  return changed;
}
