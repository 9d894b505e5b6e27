/* SPDX-License-Identifier: MIT */
#include "progress.h"

#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define INTERVAL 0.1 /* seconds between two drawings */

double
tool_seconds (void)
{
  struct timespec time;
  clock_gettime (CLOCK_MONOTONIC, &time);
  return (double) time.tv_sec + 1e-9 * (double) time.tv_nsec;
}

static int
columns (FILE *file)
{
  struct winsize size;
  return ioctl (fileno (file), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

void
tool_progress_init (tool_progress *progress, FILE *file)
{
  *progress = (tool_progress) { .file = file, .terminal = isatty (fileno (file)), .drawn = -INTERVAL };
}

void
tool_progress_draw (tool_progress *progress, const char *before, double share, const char *after)
{
  if (!progress->terminal || tool_seconds () < progress->drawn + INTERVAL)
    return;
  char bar[61];
  int room = columns (progress->file) - (int) strlen (before) - (int) strlen (after) - 5;
  room = room < 0 ? 0 : room > (int) sizeof bar - 1 ? (int) sizeof bar - 1 : room;
  const int done = (int) (share * room);
  for (int i = 0; i < room; i++)
    bar[i] = i < done ? '=' : i == done ? '>' : ' ';
  bar[room] = 0;
  fprintf (progress->file, "\r\033[K%s [%s] %s", before, bar, after);
  fflush (progress->file);
  progress->shown = true;
  progress->drawn = tool_seconds ();
}

void
tool_progress_clear (tool_progress *progress)
{
  if (!progress->shown)
    return;
  fputs ("\r\033[K", progress->file);
  fflush (progress->file);
  progress->shown = false;
}

void
tool_time_text (double seconds, char *text, size_t size)
{
  const long s = seconds > 0 && seconds < 1e9 ? (long) (seconds + 0.5) : 0;
  if (s >= 3600)
    snprintf (text, size, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
  else
    snprintf (text, size, "%ld:%02ld", s / 60, s % 60);
}
