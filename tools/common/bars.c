/* SPDX-License-Identifier: MIT */
#include "bars.h"

#include <glib.h>
#include <math.h>
#include <unistd.h>

void
tool_bar (FILE *out, double share, int width)
{
  static const char *const eighths[] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉" };
  bool unicode = g_get_charset (NULL);
  int parts = (int) lrint (fmin (fmax (share, 0), 1) * width * 8);
  for (int i = 0; i < (unicode ? parts : parts + 4) / 8; i++)
    fputs (unicode ? "█" : "#", out);
  if (unicode)
    fputs (eighths[parts % 8], out);
}

const char *
tool_bold (FILE *out, bool on)
{
  return !isatty (fileno (out)) ? "" : on ? "\x1b[1m" : "\x1b[0m";
}
