/* SPDX-License-Identifier: MIT
 * Which faces of a picture a tool reads, and where the network looks for them. */
#ifndef TOOL_PLACES_H
#define TOOL_PLACES_H

#include "fer.h"

/* Where the network looks: fer_classifier_run's, for result->faces in their order. */
typedef struct tool_places {
  fer_box squares[FER_MAX_FACES];
  float rolls[FER_MAX_FACES];
} tool_places;

/* A result of picture, which labels of model will fill; no face yet. */
fer_result tool_result_begin (const fer_model *model, const fer_image *image);

/* Adds the faces that finder finds; error: out of memory, path is named. */
bool tool_places_find (fer_finder *finder, const fer_crop *crop, const fer_image *image, const char *path, fer_result *result, tool_places *at,
                       nn_error *error);

/* Adds the picture itself, which is one face. */
void tool_places_frame (const fer_image *image, fer_result *result, tool_places *at);

#endif
