/* SPDX-License-Identifier: MIT
 * Any network that a tool looks into or measures, of ours or not. */
#ifndef TOOL_NETWORK_H
#define TOOL_NETWORK_H

#include "fer.h"

typedef struct tool_network {
  char name[256];
  fer_model *own;           /* of a file with fer.* metadata, or NULL */
  nn_model *nn;             /* graph and weights; own's where there is one */
  int h, w, c;              /* of the input */
  int64_t macs;             /* multiplications of one image in a direct computation */
} tool_network;

#define TOOL_FINDER_SIZE 320 /* side of a face finder's input where it is any */

/* From an ONNX file, or a graph's text with random weights, or (both NULL) the embedded model. h, w: of the input; 0: as the graph says, where that leaves
 * it open as the file's fer.input says, else 48, or for a face finder TOOL_FINDER_SIZE. */
bool tool_network_load (tool_network *network, const char *model, const char *graph, int h, int w, nn_error *error);
void tool_network_clear (tool_network *network);

/* NULL cpu: as nn_plan_new. Precision fast takes the ranges of values that the file has, else those of random images: good for speed alone. */
nn_plan *tool_network_plan (const tool_network *network, const char *cpu, nn_precision precision, nn_error *error);

/* n images of random numbers in [-1, 1), the caller's to free; NULL when out of memory. */
nn_real *tool_network_images (const tool_network *network, int n, nn_error *error);

#endif
