/* SPDX-License-Identifier: MIT
 * How the outputs of one family of networks become faces. Which family a network is of is told by the number and the shapes of its outputs. */
#ifndef FER_FIND_H
#define FER_FIND_H

#include "../nn_detect.h"
#include "fer.h"

typedef struct fer_decoding {
  const char *name;    /* of the family, for people */
  const char *outputs; /* what they are, for the error of a network that is of none */
  int channels;        /* of the input: all of them get luma */
  bool described;      /* mean and sd are the file's; others have them here */
  float mean, sd;
  bool points;
  bool confirmed;      /* what is found in the whole picture is looked at once more */
  int largest;         /* longer side of a face, in pixels of the input, that the network knows; 0: any */
  /* Whether outputs (shapes[n]) are this family's for an input of (h, w); which[n] then says which is which, in the order that decode expects. */
  bool (*fits) (const nn_shape *shapes, int n, int h, int w, int *which);
  /* Faces with a score of at least threshold, before suppression, at most max, in pixels of the input; returns how many. */
  int (*decode) (const nn_runner *runner, const int *which, int h, int w, float threshold, nn_detection *found, int max);
} fer_decoding;

/* A second look at what was found in the whole picture: each on a square of its own, upright, where it has the size that the network tells best. Its
 * score is the geometric mean of both, box and points are those of the second look. Faces that were known before need none: their last score counts as
 * the second. */

/* The score that is enough for a second look, if threshold is to be reached after it. */
float fer_confirm_least (float threshold);
/* first (n, best first) -> at most max of at least threshold, best first, each face once; returns how many. */
int fer_confirm (fer_finder *finder, const fer_image *image, float threshold, const fer_found *known, int n_known, fer_found *first, int n,
                 fer_found *found, int max);

extern const fer_decoding fer_decoding_maps, fer_decoding_yunet, fer_decoding_ultraface;

#endif
