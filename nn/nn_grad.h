/* SPDX-License-Identifier: MIT
 * nn_grad: derivatives of a network. Needs nn.h alone; knows nothing of data sets or optimisers.
 *
 * Two users: the trainer (a tape over the original graph: batch statistics, dropout, all parameters) and the heat map (Grad-CAM: from a
 * logit back to one feature map of the folded graph). */
#ifndef NN_GRAD_H
#define NN_GRAD_H

#include "nn.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- tape: training's forward and backward ------------------------------------------------------------------------------- */

#define NN_SHARD 8 /* images; a batch is always cut like this, whatever the number of threads */

typedef struct nn_tape nn_tape;

typedef struct nn_tape_options {
  int h, w;         /* input size; 0: as the graph says */
  int batch;        /* largest n */
  int threads;      /* >= 1; the result's bits do not depend on it */
  uint64_t seed;    /* of dropout */
} nn_tape_options;

nn_tape *nn_tape_new (const nn_graph *graph, const nn_tape_options *options, nn_error *error);
void nn_tape_free (nn_tape *tape);

/* Forward with batch statistics and dropout. input: (n, h, w, c). samples[n] and epoch name the random numbers of each image. Returns the
 * logits (n, h, w, c) of output 0, valid until the next forward. */
const nn_real *nn_tape_forward (nn_tape *tape, const nn_real *weights, int n, const nn_real *input, uint64_t epoch, const uint32_t *samples);

/* Those of output i (nn_graph_logits); shape may be NULL. */
const nn_real *nn_tape_output (const nn_tape *tape, int i, nn_shape *shape);

/* Backward of the last forward. dlogits: for each output the derivative of the loss by its logits, (n, h, w, c). gradient[graph->n_weights] is
 * overwritten (0 for running statistics and constants). */
void nn_tape_backward (nn_tape *tape, const nn_real *weights, const nn_real *const *dlogits, nn_real *gradient);

/* running = (1 - momentum) * running + momentum * batch, unbiased variance, from the last forward, into weights. */
void nn_tape_update_statistics (const nn_tape *tape, nn_real momentum, nn_real *weights);

size_t nn_tape_bytes (const nn_tape *tape);

/* What a weight is to an optimiser. */
typedef enum nn_weight_kind { NN_WEIGHT_DECAYED, NN_WEIGHT_PLAIN, NN_WEIGHT_STATISTIC, NN_WEIGHT_CONSTANT } nn_weight_kind;
/* kinds[graph->n_weights]: conv and dense matrices are decayed; biases, gamma, beta plain; running mean and variance statistics. */
void nn_weight_kinds (const nn_graph *graph, uint8_t *kinds);

/* ---- Grad-CAM ------------------------------------------------------------------------------------------------------------ */

typedef struct nn_cam nn_cam;

/* A good target for an input of (h, w): the last activated map of the folded graph with at least (size, size) positions that feeds the logits;
 * where no such map is behind an activation, the last of any kind. -1: none. */
int nn_cam_target (const nn_plan *plan, int h, int w, int size);

/* Prepares Grad-CAM (Selvaraju et al. 2017) of a folded node of plan for single images of (h, w): its own runner, all memory. */
nn_cam *nn_cam_new (nn_plan *plan, int node, int h, int w, nn_error *error);
void nn_cam_free (nn_cam *cam);

/* Runs one image (h, w, c) forward and the logit of class label, which exists, back: alpha_k = mean over positions of d logit / d A_k,
 * map = max (0, sum_k alpha_k A_k), not normalised. Returns the map (map_h, map_w), valid until the next call. Neither fails nor allocates. */
const nn_real *nn_cam_run (nn_cam *cam, const nn_real *input, int label, int *map_h, int *map_w);

/* The gradient d logit / d A of the last run, (map_h, map_w, channels), and A itself: for tests and other explanations. */
const nn_real *nn_cam_gradient (const nn_cam *cam, nn_shape *shape);
const nn_real *nn_cam_activation (const nn_cam *cam);

#ifdef __cplusplus
}
#endif
#endif
