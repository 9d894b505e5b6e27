/* SPDX-License-Identifier: MIT
 * Faces made unrecognisable in a frame's pixels. */
#ifndef ANONYMIZE_H
#define ANONYMIZE_H

#include <gst/video/video.h>

#include "enums.h"
#include "fer/fer.h"

#define MAX_COVERS (2 * FER_MAX_FACES)

/* Boxes of all that is or may be a face in a frame, also of what is too small, too far outside or too many to be read. */
typedef struct covers {
  int n;
  fer_box boxes[MAX_COVERS];
} covers;

/* Without room the last box grows. */
void covers_add (covers *covers, const fer_box *box);

/* Covers the ellipse through the corners of each box, which counts from (x, y) in buffer's frame of info, in any format: of a face's longer side
 * half a dozen values are left, as blocks or as a blur that ends softly outside of the ellipse. FALSE: the buffer cannot be written. */
gboolean anonymize (GstBuffer *buffer, const GstVideoInfo *info, anonymize_choice how, const covers *covers, int x, int y);

#endif
