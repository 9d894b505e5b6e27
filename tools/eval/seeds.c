/* SPDX-License-Identifier: MIT */
#include "seeds.h"

#include <glib.h>
#include <math.h>

void
eval_seeds_add (eval_seeds *seeds, const char *name, const eval_two_figures *figures, bool have_twins)
{
  const eval_figures *all = &figures->all, *plain = &figures->plain;
  const int i = seeds->n++;
  g_strlcpy (seeds->names[i], name, sizeof seeds->names[i]);
  seeds->values[EVAL_SEED_ACCURACY][i] = all->metrics.all.value;
  seeds->values[EVAL_SEED_MACRO_F1][i] = all->metrics.macro_f1;
  seeds->values[EVAL_SEED_ECE][i] = all->calibration.ece;
  seeds->values[EVAL_SEED_ACCURACY_PLAIN][i] = have_twins ? plain->metrics.all.value : (double) NAN;
  seeds->values[EVAL_SEED_MACRO_F1_PLAIN][i] = have_twins ? plain->metrics.macro_f1 : (double) NAN;
  seeds->values[EVAL_SEED_ECE_PLAIN][i] = have_twins ? plain->calibration.ece : (double) NAN;
  for (int c = 0; c < all->metrics.n_classes; c++)
    seeds->values[EVAL_SEED_F1 + c][i] = all->metrics.classes[c].f1;
}

eval_spread
eval_seeds_spread (const eval_seeds *seeds, int figure)
{
  return eval_spread_of (seeds->n, seeds->values[figure]);
}
