/* SPDX-License-Identifier: MIT
 * Which models were asked for, and their change while they are at work: another one is loaded and verified in the thread that asks for it, while
 * frames go on; it takes over between two frames, or the old one stays. */
#ifndef MODELS_H
#define MODELS_H

#include "analysis.h"

typedef struct models {
  GRecMutex loading; /* held by whoever starts, stops or changes them; before the element's object lock */
  analysis *running; /* between start and stop. Under loading */
  /* Under the object lock. */
  char *model, *finder; /* paths, NULL: embedded */
  nn_precision precision;
  GstStructure *info; /* of the model in use, or NULL */
} models;

void models_init (models *models);
void models_clear (models *models);

/* Both models at work; the caller frees it after models_stop. NULL: an error was posted. */
analysis *models_start (models *models, GstElement *element, const settings *settings);
void models_stop (models *models, GstElement *element);

/* FALSE: id is not model, finder-model, precision or (to get) model-info. A running element posts element message "model-changed": property (string), location
 * (string, where there is a file), info (structure, not for finders); or a warning, and nothing changes. */
gboolean models_set (models *models, GstElement *element, guint id, const GValue *value, const settings *settings);
gboolean models_get (const models *models, GstElement *element, guint id, GValue *value);

/* Before frames are read with settings: what these need and nobody has loaded yet is loaded here. */
void models_foresee (models *models, GstElement *element, const settings *settings);

#endif
