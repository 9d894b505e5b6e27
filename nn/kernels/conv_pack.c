/* SPDX-License-Identifier: MIT */
#include "conv.h"

size_t
nn_conv_packed_size (const nn_conv_kernels *kernels, int k, int c, int kh, int kw)
{
  size_t vectors = ((size_t) k + kernels->width - 1) / kernels->width;
  return vectors * kernels->width * c * kh * kw;
}

/* Panels one after another, each (kh, kw, c, lanes); lanes past k are 0. */
void
nn_conv_pack (const nn_conv_kernels *kernels, int k, int c, int kh, int kw, const nn_real *w, nn_conv_steps steps, nn_real *packed)
{
  int vectors = (k + kernels->width - 1) / kernels->width;
  for (int first = 0, panel; vectors > 0; vectors -= panel, first += panel * kernels->width) {
    panel = nn_conv_panel (vectors);
    for (int row = 0; row < kh; row++)
      for (int column = 0; column < kw; column++)
        for (int i = 0; i < c; i++) {
          const nn_real *from = w + row * steps.h + column * steps.w + i * steps.c;
          for (int lane = first; lane < first + panel * kernels->width; lane++)
            *packed++ = lane < k ? from[lane * steps.k] : 0;
        }
  }
}
