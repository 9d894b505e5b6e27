/* SPDX-License-Identifier: MIT */
#include "conv_builds.h"

#include <string.h>

static bool
always (void)
{
  return true;
}

#if !defined(NN_DOUBLE) && defined(__x86_64__)
static bool
has_avx2 (void)
{
  return __builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma");
}

static bool
has_avx512 (void)
{
  return has_avx2 () && __builtin_cpu_supports ("avx512f"); /* -mavx512f lets compilers use the others, too */
}
#endif

/* Fastest first. */
static const struct {
  const nn_conv_kernels *kernels;
  bool (*runs) (void);
} builds[] = {
#ifndef NN_DOUBLE
#ifdef __x86_64__
  { &nn_conv_avx512, has_avx512 },
  { &nn_conv_avx2, has_avx2 },
#endif
  { &nn_conv_generic, always },
#endif
  { &nn_conv_ref, always },
};

const nn_conv_kernels *
nn_conv_kernels_for (const char *name)
{
  for (size_t i = 0; i < sizeof builds / sizeof *builds; i++)
    if ((!name || !strcmp (name, builds[i].kernels->name)) && builds[i].runs ())
      return builds[i].kernels;
  return NULL;
}
