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

/* Which of found to look at now, as indices: the *n_new that were never read, then those whose reading is the oldest. Returns how many. */
int reader_due (const reader *reader, const faces *found, const settings *settings, guint64 time, int *due, int *n_new);

/* Reads those n of found, and fills result's labels and faces with what is known of all of them. FALSE: out of memory. */
gboolean reader_read (reader *reader, const fer_image *image, const faces *found, const int *due, int n, const settings *settings, guint64 time,
                      fer_result *result);

/* If it has heat maps: of how many of the faces that were read last a new one is due at time. */
int reader_heats_due (reader *reader, const settings *settings, guint64 time);
/* The same: makes the first n of them. */
void reader_look (reader *reader, int n, guint64 time);

/* The same. heats (result->n_faces): new references to those of the faces of the last result, or NULL. */
void reader_heats (const reader *reader, const fer_result *result, heat **heats);

/* Another stream, or another place in it. */
void reader_forget (reader *reader);

/* Makes heat maps ready as settings want them, so that no frame has to wait for it; those made for other settings are gone. FALSE, once for the same
 * settings: *error says why there will be none. */
gboolean reader_prepare_heatmaps (reader *reader, const settings *settings, nn_error *error);
gboolean reader_has_heatmaps (const reader *reader);

#endif
