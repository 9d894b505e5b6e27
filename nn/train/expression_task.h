/* SPDX-License-Identifier: MIT
 * What an output of an expression network says. */
#ifndef NN_EXPRESSION_TASK_H
#define NN_EXPRESSION_TASK_H

#include "task.h"

typedef enum nn_head { NN_HEAD_LABEL, NN_HEAD_VOTES } nn_head;

/* By its number of classes; false: neither the labels' nor, of data with votes, theirs. */
bool nn_head_of (const nn_dataset *data, int classes, nn_head *kind);

#endif
