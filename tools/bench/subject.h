/* SPDX-License-Identifier: MIT
 * The network that is measured. */
#ifndef BENCH_SUBJECT_H
#define BENCH_SUBJECT_H

#include "fer.h"

typedef struct bench_subject {
  char name[256];
  fer_model *own;           /* of a file with fer.* metadata, or NULL */
  nn_model *nn;             /* graph and weights; own's where there is one */
  int h, w, c;              /* of the input */
  int64_t macs;             /* multiplications of one image in a direct computation */
} bench_subject;

/* From an ONNX file, or a graph's text with random weights, or (both NULL) the embedded model. size: side of the input; 0: as the graph says, where
 * that leaves it open as the file's fer.input says, else 48. */
bool bench_subject_load (bench_subject *subject, const char *model, const char *graph, int size, nn_error *error);
void bench_subject_clear (bench_subject *subject);

/* n images of random numbers in [-1, 1), the caller's to free; NULL when out of memory. */
nn_real *bench_subject_images (const bench_subject *subject, int n, nn_error *error);

#endif
