/* SPDX-License-Identifier: MIT */
#include "result.h"

#include <glib.h>
#include <string.h>

eval_outcome
eval_outcome_of (const eval_samples *s, const eval_readings *r)
{
  const size_t n = (size_t) s->n, classes = (size_t) r->n_classes;
  eval_outcome o = { 0, r->n_classes, g_new (uint8_t, n), g_new (uint8_t, n), g_new0 (bool, n), g_new (float, n *classes), g_new (int, n) };
  for (int i = 0; i < s->n; i++) {
    if (!r->found[i])
      continue;
    o.truth[o.n] = s->truth[i];
    o.predicted[o.n] = r->predicted[i];
    o.twins[o.n] = s->twins && s->twins[i];
    o.sample[o.n] = i;
    memcpy (o.p + (size_t) o.n++ * classes, r->p + (size_t) i * classes, classes * sizeof *o.p);
  }
  return o;
}

void
eval_outcome_clear (eval_outcome *o)
{
  g_free (o->truth);
  g_free (o->predicted);
  g_free (o->twins);
  g_free (o->p);
  g_free (o->sample);
  *o = (eval_outcome) { 0 };
}
