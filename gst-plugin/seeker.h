/* SPDX-License-Identifier: MIT
 * Who finds the faces of a frame - upstream, the built-in finder, nobody because the frame is one - and which face is which from frame to frame. */
#ifndef SEEKER_H
#define SEEKER_H

#include "budget.h"
#include "faces.h"
#include "settings.h"

typedef struct seeker seeker;

/* finder: path of the finder's model, NULL: the embedded one. */
seeker *seeker_new (const char *finder, nn_error *error);
void seeker_free (seeker *seeker);

/* Loads the finder if settings may need it. With faces=auto and no path there may be none: faces are upstream's then. */
gboolean seeker_load (seeker *seeker, const settings *settings, nn_error *error);

/* Whether settings may need a finder. */
gboolean seeker_may_search (const settings *settings);

/* Another finder, of path (NULL: the embedded one); takes finder. */
void seeker_change (seeker *seeker, fer_finder *finder, const char *path);

/* Makes everything ready for pictures of (width, height), so that seeker_run need not. */
gboolean seeker_prepare (seeker *seeker, const settings *settings, int width, int height, nn_error *error);

/* Another stream, or another place in it. */
void seeker_forget (seeker *seeker);

/* The faces of buffer, whose picture is image, at running time (or none), as far as budget allows with left ms to search for them. FALSE: *error says
 * what is wrong with the finder. */
gboolean seeker_run (seeker *seeker, const settings *settings, GstBuffer *buffer, const fer_image *image, GstClockTime time, const fer_crop *crop,
                     budget *budget, double left, faces *found, nn_error *error);

/* Where faces are, or may be, in the frame that was searched last: what is to be covered of buffer. */
void seeker_cover (seeker *seeker, const settings *settings, GstBuffer *buffer, const fer_image *image, covers *covers);

/* When the last frame was, for what is read of it: never none. */
guint64 seeker_time (const seeker *seeker);

#endif
