/* SPDX-License-Identifier: MIT
 * A loaded model at work: reads faces and describes itself. One thread at a time, but for what it is called and its references. */
#ifndef READER_H
#define READER_H

#include "faces.h"
#include "heatmap.h"
#include "settings.h"

typedef struct reader reader;

/* path NULL: the embedded model. */
reader *reader_new (const char *path, nn_precision precision, nn_error *error);
reader *reader_ref (reader *reader);
void reader_unref (reader *reader);

const fer_crop *reader_crop (const reader *reader);
const char *reader_model_name (const reader *reader);

/* Structure "feremotion-model": name, labels, input-size, operations (of one face), parameters, kernels (instruction set), trained (JSON, if
 * there). */
GstStructure *reader_info (const reader *reader);

/* Reads those of found that are due at time, and fills result's labels and faces with what is known of all of them. heats (result->n_faces): new
 * references to their heat maps, or NULL. FALSE: out of memory. */
gboolean reader_read (reader *reader, const fer_image *image, const faces *found, const settings *settings, guint64 time, fer_result *result,
                      heat **heats);

/* Another stream, or another place in it. */
void reader_forget (reader *reader);

/* Makes heat maps ready, so that no frame has to wait for it. FALSE, once: *error says why there will be none. */
gboolean reader_prepare_heatmaps (reader *reader, nn_error *error);

#endif
