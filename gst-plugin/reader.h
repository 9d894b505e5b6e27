/* SPDX-License-Identifier: MIT
 * A loaded model at work: reads faces, describes itself, draws what it read. One thread at a time. */
#ifndef READER_H
#define READER_H

#include <gst/video/video.h>

#include "faces.h"
#include "settings.h"

typedef struct reader reader;

/* path NULL: the embedded model. */
reader *reader_new (const char *path, nn_precision precision, nn_error *error);
void reader_free (reader *reader);

const fer_crop *reader_crop (const reader *reader);
const char *reader_model_name (const reader *reader);

/* Structure "feremotion-model": name, labels, input-size, operations (of one face), parameters, kernels (instruction set), trained (JSON, if
 * there). */
GstStructure *reader_info (const reader *reader);

/* Reads those of found that are due at time, and fills result's labels and faces with what is known of all of them. FALSE: out of memory. */
gboolean reader_read (reader *reader, const fer_image *image, const faces *found, const settings *settings, guint64 time, fer_result *result);

/* Another stream, or another place in it. */
void reader_forget (reader *reader);

/* Makes ready what choice needs, so that no frame has to wait for fonts. FALSE, once: *error says why something cannot be drawn; the rest is. */
gboolean reader_prepare_drawing (reader *reader, overlay_choice choice, nn_error *error);

/* The faces of the last reader_read, moved by (x, y); NULL: nothing to draw. */
GstVideoOverlayComposition *reader_draw (reader *reader, overlay_choice choice, const faces *found, const fer_result *result, int x, int y);

#endif
