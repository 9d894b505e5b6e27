/* SPDX-License-Identifier: MIT
 * What of a frame's work is done when time is short: what matters least to the viewer is left out first. It sees no clock: whoever works says what
 * time is left and what things took. */
#ifndef BUDGET_H
#define BUDGET_H

#include <gst/gst.h>

/* In the order in which work is left out. */
typedef enum work {
  WORK_HEATMAP,
  WORK_NEW,    /* first readings of faces */
  WORK_AGAIN,  /* later ones */
  WORK_SEARCH, /* of the whole frame */
  WORK_LOOK,   /* for the known faces, all of them */
  N_WORKS
} work;

/* No kind of work is left out for longer, however short time is: results become rare, but do not dry up. */
#define BUDGET_PATIENCE GST_SECOND

typedef struct budget {
  double ms[N_WORKS];          /* what one piece takes, as learned */
  GstClockTime since[N_WORKS]; /* since when there was always some left out and none done, or none */
  int level;                   /* of this frame: the kinds before it are left out anyway */
  int done[N_WORKS], shed[N_WORKS];
} budget;

void budget_init (budget *budget);

/* Another stream: what was learned stays. */
void budget_forget (budget *budget);

/* The next frame, for which so many kinds of work are to be left out. */
void budget_begin (budget *budget, int level);

/* How many of wanted pieces to do now, at time, with *left ms (HUGE_VAL: no limit), which becomes less by what they may take. The rest is left out. */
int budget_allot (budget *budget, work kind, int wanted, GstClockTime time, double *left);

/* What pieces > 0 took: a longer time is believed at once, shorter ones by and by. */
void budget_learn (budget *budget, work kind, int pieces, double ms);

#endif
