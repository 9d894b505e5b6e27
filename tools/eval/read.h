/* SPDX-License-Identifier: MIT
 * Faces through the classifier that the element uses, on several threads; what is read does not depend on their number. */
#ifndef EVAL_READ_H
#define EVAL_READ_H

#include "samples.h"

typedef struct eval_reader eval_reader;

typedef struct eval_reader_options {
  const char *model, *finder; /* paths; NULL: the embedded ones */
  bool need_finder;
  nn_precision precision;
  int threads; /* 0: all cores */
} eval_reader_options;

eval_reader *eval_reader_new (const eval_reader_options *options, nn_error *error);
void eval_reader_free (eval_reader *reader);
const fer_model *eval_reader_model (const eval_reader *reader);

typedef struct eval_readings {
  int n, n_classes;
  float *p;           /* (n, n_classes): sums to 1, all 0 where no face was found */
  uint8_t *predicted; /* the most probable class */
  bool *found;
  int n_found;
  int n_contempt;     /* faces the model would have read as contempt, which data do not know */
  int size;
  float *pixels;      /* (n, size, size) luma as the network saw it; NULL: not asked for */
} eval_readings;

/* Reads all of source. The model's labels become classes (eval_labels_match). */
bool eval_read (eval_reader *reader, const eval_source *source, const eval_labels *classes, bool keep_pixels, eval_readings *readings,
                nn_error *error);
void eval_readings_clear (eval_readings *readings);

/* predicted from p */
void eval_readings_decide (eval_readings *readings);

#endif
