/* SPDX-License-Identifier: MIT */
#include "budget.h"

#include <math.h>

#define MEMORY 8 /* frames after which two thirds of a long time are forgotten */

void
budget_init (budget *b)
{
  *b = (budget) { .level = 0 };
  budget_forget (b);
}

void
budget_forget (budget *b)
{
  for (int k = 0; k < N_WORKS; k++)
    b->since[k] = GST_CLOCK_TIME_NONE;
}

void
budget_begin (budget *b, int level)
{
  b->level = level;
  for (int k = 0; k < N_WORKS; k++)
    b->done[k] = b->shed[k] = 0;
}

static int
affordable (const budget *b, work kind, int wanted, double left)
{
  double n = b->ms[kind] > 0 ? floor (left / b->ms[kind]) : left > 0 ? wanted : 0;
  return kind < (work) b->level ? 0 : (int) CLAMP (n, 0, wanted);
}

static gboolean
waited_enough (const budget *b, work kind, GstClockTime time)
{
  return b->since[kind] != GST_CLOCK_TIME_NONE && time >= b->since[kind] + BUDGET_PATIENCE;
}

int
budget_allot (budget *b, work kind, int wanted, GstClockTime time, double *left)
{
  int n = affordable (b, kind, wanted, *left);
  if (waited_enough (b, kind, time))
    n = wanted;
  if (n || !wanted)
    b->since[kind] = GST_CLOCK_TIME_NONE;
  else if (b->since[kind] == GST_CLOCK_TIME_NONE)
    b->since[kind] = time;
  b->done[kind] += n;
  b->shed[kind] += wanted - n;
  *left -= n * b->ms[kind];
  return n;
}

void
budget_learn (budget *b, work kind, int pieces, double ms)
{
  double piece = ms / pieces;
  b->ms[kind] = piece > b->ms[kind] ? piece : b->ms[kind] + (piece - b->ms[kind]) / MEMORY;
}
