/* SPDX-License-Identifier: MIT
 * nn_grad: derivatives of a network. Needs nn.h alone; knows nothing of data sets or optimisers.
 *
 * Two users: the trainer (a tape over the original graph: batch statistics, dropout, all parameters) and heat maps (from a logit back to one
 * feature map of the folded graph). */
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

/* ---- heat maps ----------------------------------------------------------------------------------------------------------- */

/* How activations A and derivatives g = d logit / d A of a feature map become one number a position, never negative and not normalised. */
typedef enum nn_cam_method {
  NN_CAM_GRAD,      /* Grad-CAM: each channel weighs as much as its g in the mean */
  NN_CAM_GRAD_PLUS, /* Grad-CAM++: as its positive g, so weighted that a small region counts as much as a large one */
  NN_CAM_LAYER,     /* LayerCAM: each position by its own positive g; for maps before the last, whose channels do not mean one thing everywhere */
  NN_N_CAM_METHODS
} nn_cam_method;

/* "gradcam", "gradcam++", "layercam"; -1 for any other name. */
const char *nn_cam_method_name (nn_cam_method method);
int nn_cam_method_of (const char *name);

typedef struct nn_cam nn_cam;

/* A good target for an input of (h, w): the last activated map of the folded graph with at least (size, size) positions that feeds the logits;
 * where no such map is behind an activation, the last of any kind. -1: none. */
int nn_cam_target (const nn_plan *plan, int h, int w, int size);

/* Prepares heat maps of a folded node of plan, any that the logits depend on, for single images of (h, w): its own runner, all memory. */
nn_cam *nn_cam_new (nn_plan *plan, int node, int h, int w, nn_error *error);
void nn_cam_free (nn_cam *cam);

/* One image (h, w, c), to be explained by any number of maps. Neither this nor what follows fails or allocates. */
void nn_cam_forward (nn_cam *cam, const nn_real *input);

/* Why the last image has the logit of class label, which exists: the map (map_h, map_w), valid until the next one. */
const nn_real *nn_cam_map (nn_cam *cam, int label, nn_cam_method method, int *map_h, int *map_w);

/* Of the last image: all logits, *n (or NULL) of them, and the target's activation A (map_h, map_w, channels). */
const nn_real *nn_cam_logits (const nn_cam *cam, int *n);
const nn_real *nn_cam_activation (const nn_cam *cam);

/* The gradient d logit / d A of the last map. shape may be NULL. */
const nn_real *nn_cam_gradient (const nn_cam *cam, nn_shape *shape);

#ifdef __cplusplus
}
#endif
#endif
