/* SPDX-License-Identifier: MIT */
#include "report.h"

void
report_clear (report *r)
{
  for (int i = 0; i < r->result.n_faces; i++)
    g_clear_pointer (&r->heats[i], heat_unref);
  r->result.n_faces = 0;
  r->found.n = 0;
  r->covers.n = 0;
  g_clear_pointer (&r->reader, reader_unref);
}
