/* SPDX-License-Identifier: MIT
 * Which of a network's heads becomes the model. One trunk may have learned two label sets: FER-2013's labels, and FER+'s votes. */
#ifndef TRAIN_HEADS_H
#define TRAIN_HEADS_H

#include "fer/fer.h"
#include "nn_train.h"

/* As options name them: first (what the network's first output says), label, votes, both, blend. */
typedef enum train_head { TRAIN_HEAD_FIRST, TRAIN_HEAD_LABEL, TRAIN_HEAD_VOTES, TRAIN_HEAD_BOTH, TRAIN_HEAD_BLEND, TRAIN_N_HEADS } train_head;
extern const char *const train_head_names[TRAIN_N_HEADS];

typedef struct train_heads {
  train_head head;
  float blend;                 /* TRAIN_HEAD_BLEND: share of the votes' logits, 0-1 */
  float prior[FER_MAX_LABELS]; /* of FER-2013's seven: how many times as frequent as in Training the class is where the model will be used; 0: as */
} train_heads;

/* "LABEL=TIMES", TIMES from 0.01 to 100. */
bool train_heads_set_prior (train_heads *heads, const char *text, nn_error *error);

/* A model of what the heads ask for, from one that has the network's outputs. blend: softmax ((1 - blend) label + blend votes), contempt left out, is
 * again one dense layer, since both read the same features. prior: a logit gains log TIMES (Saerens et al. 2002, "Adjusting the outputs of a
 * classifier to new a priori probabilities", section 2.2). Takes model, also when it fails. */
nn_model *train_choose_heads (nn_model *model, const train_heads *heads, nn_error *error);

#endif
