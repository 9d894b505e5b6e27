/* SPDX-License-Identifier: MIT
 * What a tape is made of: tape_new.c and tape_derivatives.c make it, tape.c runs it. */
#ifndef NN_TAPE_H
#define NN_TAPE_H

#include "grad.h"
#include "../workers.h"

/* What the tape knows of a node. */
typedef struct nn_tape_entry {
  const nn_grad_impl *impl;
  bool used;                   /* the logits of an output depend on it */
  bool wanted;                 /* it depends on weights, so its derivative is asked for */
  bool reached;                /* a later reader, or the caller, gives it a derivative */
  bool kept;                   /* backward reads what is in value's memory */
  int readers;                 /* inputs of used nodes that it is, and logits */
  uint64_t added;              /* bit j: in[j] was reached before; this one's derivative is added */
  nn_real *value, *derivative; /* (batch, h, w, c); maybe the same memory as in[0]'s, value, and the reader's, derivative */
  bool owns_value;
  nn_real *packed;
  uint8_t *saved; /* (batch, saved_size) */
  size_t saved_size;
  size_t n_sums;
  double *parts, *total;   /* forward's sums: (shards, n_sums), (n_sums) */
  double *dparts, *dtotal; /* backward's */
} nn_tape_entry;

/* A worker's own memory. */
typedef struct nn_tape_bench {
  nn_real *scratch; /* of the operators */
  nn_real *spare;   /* derivatives on their way to be added */
  double *sums;     /* of a block of images, on their way to be merged */
} nn_tape_bench;

struct nn_tape {
  nn_graph *graph;
  nn_shape *shapes;
  nn_tape_entry *entries;
  nn_tape_options options;
  const nn_kernels *kernels;
  int last; /* node that the logits of any output depend on */
  nn_workers *workers;
  nn_tape_bench *benches;
  nn_real *derivatives; /* of all nodes, as far as they are needed at the same time */
  nn_real *gradients;   /* (shards, n_weights) */
  size_t bytes;
  /* The batch at hand. */
  int n;
  const nn_real *input, *weights;
  uint64_t epoch;
  const uint32_t *samples;
  nn_real *gradient;
  int first, end; /* the segment that is being run; backward counts down */
  int block;      /* images that go through it together */
};

/* Gives every derivative its memory; false: there is not enough. */
bool nn_tape_place_derivatives (nn_tape *tape);

/* Node i in its place; in[NN_MAX_INPUTS] gets the shapes of its inputs. */
static inline nn_grad_site
nn_tape_site (const nn_tape *tape, int i, nn_shape *in)
{
  const nn_node *node = &tape->graph->nodes[i];
  for (int j = 0; j < node->n_in; j++)
    in[j] = tape->shapes[node->in[j]];
  return (nn_grad_site) { node, tape->kernels, in, tape->shapes[i] };
}

static inline int
nn_shards_of (int n)
{
  return (n + NN_SHARD - 1) / NN_SHARD;
}

#endif
