/* SPDX-License-Identifier: MIT
 * What the world does to pictures of faces: fixed functions of their pixels and a seed. */
#ifndef EVAL_SPOIL_H
#define EVAL_SPOIL_H

#include "nn.h"

#define EVAL_STRENGTHS 5

/* Lengths are in pixels of a face 48 pixels wide, whatever the network's input is. The result is rounded to whole grey levels.
 *   rotation        about the middle, either way, by so many degrees; edges repeat
 *   blur            Gaussian of that standard deviation
 *   noise           normal, of that standard deviation in grey levels
 *   darkness        1 / strength of the light at a gamma of 2.2, then noise of 3 grey levels
 *   JPEG            compressed with that quality by gdk-pixbuf
 *   occlusion       a mid-grey rectangle over that share of the face, somewhere
 *   low resolution  reduced to that many pixels a side by area, and enlarged again */
enum { EVAL_ROTATION, EVAL_BLUR, EVAL_NOISE, EVAL_DARKNESS, EVAL_JPEG, EVAL_OCCLUSION, EVAL_LOW_RESOLUTION, EVAL_N_EFFECTS };

typedef struct eval_effect {
  const char *name, *unit;
  double strengths[EVAL_STRENGTHS]; /* from mild to harsh */
} eval_effect;

extern const eval_effect eval_effects[EVAL_N_EFFECTS];

/* in (size, size) luma 0-255 -> out, by effect at its strength. Fails where memory runs out, or gdk-pixbuf neither writes nor reads JPEG. */
bool eval_spoil (int effect, int strength, uint64_t seed, const float *in, int size, float *out, nn_error *error);

#endif
