/* SPDX-License-Identifier: MIT
 * Where the values of a plan lie while it runs: in an arena by lifetime, in arrays for the whole batch, or with whoever owns them. */
#ifndef NN_PLACES_H
#define NN_PLACES_H

#include "ops/fast_op.h"

typedef struct nn_place {
  enum { NN_IN_ARENA, NN_IN_RESULTS, NN_IN_INPUT, NN_IN_WEIGHTS } kind;
  size_t offset;     /* in bytes to pixel (0, 0) of the first image: from the arena, the results, the input or the weights */
  size_t element;    /* bytes of one */
  nn_storage stored;
  bool readable;     /* after nn_run: kept, or an output, or the input; the caller says which */
  bool shared;       /* a view: nothing to compute */
  bool first;        /* nothing of its memory is written before: its border must be cleared */
} nn_place;

typedef struct nn_places {
  size_t arena, results; /* bytes: of the values of `images` images, and of what stays readable of `batch` */
} nn_places;

/* Fills in all of places[n_nodes] but readable. fast[n_nodes] says which values are integers; NULL: none. Readable values are dense and have room for `batch` images, all others for `images`. False when
 * out of memory. */
bool nn_places_find (const nn_graph *graph, const nn_fast *fast, const nn_shape *shapes, int images, int batch, nn_place *places, nn_places *sizes);

#endif
