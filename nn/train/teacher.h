/* SPDX-License-Identifier: MIT
 * What trained networks say of the very pictures that another one learns from (Hinton et al. 2015, "Distilling the knowledge in a neural network",
 * at temperature 1). They look at a limited number of views of each picture, once, when it is first needed; the pupil sees these again and again. */
#ifndef NN_TEACHER_H
#define NN_TEACHER_H

#include "../nn_train.h"
#include "../workers.h"

typedef struct nn_teacher nn_teacher;

typedef struct nn_teacher_options {
  const uint32_t *rows;  /* [n_rows] of the n_data rows: what is looked at; borrowed */
  int n_rows, n_data;
  int views;             /* of each row */
  int n_values;          /* said of each view: probabilities of all heads */
  int h, w;              /* of a picture */
  int threads;
  void (*show) (const void *user, int64_t view, uint32_t row, nn_real *image);
  const void *user;
} nn_teacher_options;

nn_teacher *nn_teacher_new (const nn_teacher_options *options, nn_error *error);
/* One more network, of one channel; its outputs[n_outputs], each 1x1 and one behind the other, are n_values. What all say is averaged. Nothing of
 * model is kept. */
bool nn_teacher_add (nn_teacher *teacher, const nn_model *model, const int *outputs, int n_outputs, nn_error *error);
void nn_teacher_free (nn_teacher *teacher);

/* Makes sure that a view, 0 to views - 1, has been looked at; false: out of memory. */
bool nn_teacher_look (nn_teacher *teacher, int64_t view, nn_workers *workers, nn_error *error);
/* [n_values] of a view that has been. */
const float *nn_teacher_says (const nn_teacher *teacher, int64_t view, size_t row);

#endif
