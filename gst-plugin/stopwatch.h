/* SPDX-License-Identifier: MIT
 * What something takes. */
#ifndef STOPWATCH_H
#define STOPWATCH_H

#include <glib.h>

/* ms from *from (g_get_monotonic_time) to now, which becomes *from. */
static inline double
lap (gint64 *from)
{
  gint64 now = g_get_monotonic_time ();
  double ms = (double) (now - *from) / 1e3;
  *from = now;
  return ms;
}

#endif
