/* SPDX-License-Identifier: MIT
 * What a model file says of itself in metadata_props (docs/model-file.md). */
#ifndef FER_DESCRIBE_H
#define FER_DESCRIBE_H

#include "fer.h"

/* Reads labels, crop and trained of model from the metadata of model->nn. What a file of ours must have, and a foreign one may lack, is checked. */
bool fer_describe_read (fer_model *model, nn_error *error);

/* Of a model that finds faces: pixels are (x - mean) / sd of luma 0-255. */
typedef struct fer_faces_description {
  float mean, sd;
  char *trained; /* JSON, or NULL; g_free */
} fer_faces_description;

bool fer_describe_read_faces (const nn_model *nn, fer_faces_description *description, nn_error *error);

#endif
