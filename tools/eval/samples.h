/* SPDX-License-Identifier: MIT
 * Faces whose expressions are to be read, and what people said of them: rows of FER-2013, or pictures of any size. */
#ifndef EVAL_SAMPLES_H
#define EVAL_SAMPLES_H

#include "labels.h"
#include "common/picture.h"
#include "manifest.h"
#include "nn_train.h"

/* A face as it is to be shown to a classifier. */
typedef struct eval_shot {
  fer_image image;
  fer_box square;
  float roll;
  bool found;           /* false: the finder saw none, and nothing else is set */
  tool_picture picture; /* what image borrows from */
  float *pixels;
} eval_shot;

void eval_shot_clear (eval_shot *shot);

/* n faces, of which open shows the i-th. finder may be NULL when no face is to be found. Called from several threads, each with a finder of its
 * own. */
typedef struct eval_source {
  int n;
  bool (*open) (const void *user, int i, const fer_crop *crop, fer_finder *finder, eval_shot *shot, nn_error *error);
  const void *user;
} eval_source;

typedef struct eval_samples {
  int n;
  eval_labels classes;
  uint8_t *truth; /* class */
  bool *twins;    /* stands in Training as well, pixel for pixel; NULL: there is no Training, or these are its own rows */
  char **names;   /* of files; NULL: rows have none */
  int *index;     /* of the row, or of the picture in the manifest */
  bool need_finder;
  eval_source source;
  const nn_dataset *data;
  eval_manifest *manifest;
  bool frame; /* a picture without a box is one face */
} eval_samples;

/* Rows of a split by FER-2013's labels; or, votes, by the majority of data->votes, in eight classes: rows without one (nn_votes_majority) are left
 * out. data is borrowed. */
eval_samples *eval_samples_of_data (const nn_dataset *data, nn_split split, bool votes, nn_error *error);

typedef enum eval_half { EVAL_ALL, EVAL_EVEN, EVAL_ODD } eval_half; /* by the parity of the CRC-32 of a file's name, without its folder */

/* Labelled pictures of a folder: folder/CLASS/NAME.jpg|jpeg|png, or those that a table names (table NULL: the former), relative to folder or, without
 * one, to the table. Beside what eval_manifest reads, a table may have `emotion`, numbered as in FER-2013, and five points of each face (right_eye_x
 * to mouth_left_y). Pictures without a label are left out. Without a box the finder looks for the face; frame: the picture is the face. */
eval_samples *eval_samples_of_pictures (const char *folder, const char *table, eval_half half, bool frame, nn_error *error);

void eval_samples_free (eval_samples *samples);

#endif
