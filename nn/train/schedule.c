/* SPDX-License-Identifier: MIT */
#include "nn_train.h"

#include <math.h>

#define PI 3.14159265358979323846

double
nn_learning_rate (const nn_recipe *recipe, int64_t step, int steps_per_epoch)
{
  const double top = (double) recipe->rate, last = (double) recipe->final_rate;
  const double epoch = (double) step / steps_per_epoch, warmup = (double) recipe->warmup;
  if (epoch < warmup) /* the first step already moves: (step + 1), not step */
    return top * fmin (1, (double) (step + 1) / (warmup * steps_per_epoch));
  switch (recipe->schedule) {
  case NN_STEP:
    return top * pow ((double) recipe->step_factor, floor (epoch / recipe->step_epochs));
  case NN_COSINE: {
    const double share = fmin (1, (epoch - warmup) / fmax (recipe->epochs - warmup, 1e-9));
    return last + (top - last) * 0.5 * (1 + cos (PI * share));
  }
  case NN_CONSTANT:
    break;
  }
  return top;
}
