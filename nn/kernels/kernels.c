/* SPDX-License-Identifier: MIT */
#include "kernels.h"

#include "conv_builds.h"

#include <stdlib.h>
#include <string.h>

/* Best first. */
static const nn_kernels levels[] = {
#ifndef NN_DOUBLE
#ifdef __x86_64__
  { "avx512vnni", &nn_conv_avx512, nn_depthwise_avx512, &nn_norm_avx512, &nn_pointwise_avx512, &nn_pool_avx512, &nn_winograd_avx512, &nn_kernels16_vnni },
  { "avx512", &nn_conv_avx512, nn_depthwise_avx512, &nn_norm_avx512, &nn_pointwise_avx512, &nn_pool_avx512, &nn_winograd_avx512, &nn_kernels16_avx512 },
  { "avx2", &nn_conv_avx2, nn_depthwise_avx2, &nn_norm_avx2, &nn_pointwise_avx2, &nn_pool_avx2, &nn_winograd_avx2, &nn_kernels16_avx2 },
#endif
  { "generic", &nn_conv_generic, nn_depthwise_generic, &nn_norm_generic, &nn_pointwise_generic, &nn_pool_generic, &nn_winograd_generic, &nn_kernels16_generic },
  { "ref", &nn_conv_ref, nn_depthwise_ref, &nn_norm_ref, &nn_pointwise_ref, &nn_pool_ref, &nn_winograd_ref, &nn_kernels16_ref },
#else
  { "ref", &nn_conv_ref, nn_depthwise_ref, &nn_norm_ref, &nn_pointwise_ref, &nn_pool_ref, &nn_winograd_ref, NULL },
#endif
};

#define N_LEVELS ((int) (sizeof levels / sizeof *levels))

/* What a level's integers need beyond its floats. */
static bool
has_integers (const nn_kernels16 *fast)
{
#if !defined(NN_DOUBLE) && defined(__x86_64__)
  if (fast == &nn_kernels16_vnni)
    return __builtin_cpu_supports ("avx512bw") && __builtin_cpu_supports ("avx512vnni");
  if (fast == &nn_kernels16_avx512)
    return __builtin_cpu_supports ("avx512bw");
#endif
  (void) fast;
  return true;
}

const nn_kernels *
nn_kernels_reference (void)
{
  return &levels[N_LEVELS - 1];
}

const nn_kernels *
nn_kernels_level (int i, bool *runs)
{
  if (i < 0 || i >= N_LEVELS)
    return NULL;
  *runs = nn_conv_kernels_for (levels[i].conv->name) && has_integers (levels[i].fast);
  return &levels[i];
}

const nn_kernels *
nn_kernels_for (const char *name, nn_error *error)
{
  if (!name)
    name = getenv ("NN_CPU");
  char known[100] = "";
  bool runs;
  for (int i = 0; i < N_LEVELS; i++) {
    const nn_kernels *level = nn_kernels_level (i, &runs);
    if (name && *name ? !strcmp (name, level->name) : runs) {
      if (!runs)
        nn_fail (error, "kernel level '%s': this CPU does not have it", name);
      return runs ? level : NULL;
    }
    strcat (strcat (known, i ? ", " : ""), level->name);
  }
  nn_fail (error, "kernel level '%.40s'; expected one of %s", name ? name : "", known);
  return NULL;
}
