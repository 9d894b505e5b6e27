/* SPDX-License-Identifier: MIT
 * Colours that people with any colour vision can tell apart. */
#ifndef FER_PALETTE_H
#define FER_PALETTE_H

#include <stdint.h>

/* 0xRRGGBB of an expression: its own where the name is one of the seven, else one by index. */
uint32_t fer_palette_label (const char *label, int index);

/* For a reading under the threshold. */
#define FER_PALETTE_UNSURE 0xa0a0a0

/* 256 premultiplied ARGB colours of a heat map: from transparent over violet, red and orange to pale yellow, ever lighter and denser. */
void fer_palette_heat (float opacity, uint32_t ramp[256]);

#endif
