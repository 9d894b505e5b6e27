/* SPDX-License-Identifier: MIT */
#include "fersteady.h"

#include <string.h>

static uint64_t
width_of_part (uint64_t window)
{
  return window / FER_DWELL_PARTS ? window / FER_DWELL_PARTS : 1;
}

/* Counts ns of dwell->label into its part, the first of whom clears what was counted there a window ago. */
static void
count (fer_dwell *dwell, uint64_t part, uint64_t ns)
{
  float *seconds = dwell->seconds[part % FER_DWELL_PARTS];
  if (part != dwell->part)
    memset (seconds, 0, sizeof dwell->seconds[0]);
  dwell->part = part;
  seconds[dwell->label < 0 ? FER_MAX_LABELS : dwell->label] += (float) ns * 1e-9f;
}

void
fer_dwell_show (fer_dwell *dwell, int label, uint64_t time, uint64_t window)
{
  const uint64_t width = width_of_part (window);
  if (window != dwell->window || time < dwell->time)
    *dwell = (fer_dwell) { .window = window, .time = time, .part = time / width };
  uint64_t from = time - dwell->time > window ? time - window : dwell->time;
  while (from < time) {
    uint64_t end = (from / width + 1) * width;
    end = end < time ? end : time;
    count (dwell, from / width, end - from);
    from = end;
  }
  dwell->time = time;
  dwell->label = label;
}

int
fer_dwell_longest (const fer_dwell *dwell, float *share)
{
  float seconds[FER_MAX_LABELS + 1] = { 0 }, all = 0;
  for (int part = 0; part < FER_DWELL_PARTS; part++)
    for (int i = 0; i <= FER_MAX_LABELS; i++) {
      seconds[i] += dwell->seconds[part][i];
      all += dwell->seconds[part][i];
    }
  int longest = dwell->label;
  for (int i = 0; i < FER_MAX_LABELS; i++)
    if (seconds[i] > (longest < 0 ? 0 : seconds[longest]))
      longest = i;
  *share = all > 0 && longest >= 0 ? seconds[longest] / all : longest >= 0;
  return longest;
}
