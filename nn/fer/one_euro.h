/* SPDX-License-Identifier: MIT
 * The One-Euro filter (Casiez, Roussel, Vogel: 1 Euro Filter, CHI 2012): a low-pass whose cutoff rises with speed, so that what rests does not
 * tremble and what moves does not lag. */
#ifndef FER_ONE_EURO_H
#define FER_ONE_EURO_H

#define ONE_EURO_CHANNELS 14

typedef struct fer_one_euro {
  float value[ONE_EURO_CHANNELS], speed[ONE_EURO_CHANNELS];
} fer_one_euro;

void fer_one_euro_start (fer_one_euro *filter, const float *x, int n);
/* dt: seconds since the last step. unit: the length of 1 in x that counts as one, so that near and far faces are treated alike. */
void fer_one_euro_step (fer_one_euro *filter, const float *x, int n, float dt, float unit);

#endif
