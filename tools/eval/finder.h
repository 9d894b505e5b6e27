/* SPDX-License-Identifier: MIT
 * Who is asked for faces: this project's finder, a table of what another one found, or nobody, while the pictures are written for others. */
#ifndef EVAL_FINDER_H
#define EVAL_FINDER_H

#include "view.h"

typedef struct eval_finder eval_finder;

/* path NULL: the embedded model. The size of eval_show holds: pictures are searched as they are shown, twice: once as for use, with this threshold,
 * for the time that it takes, and once for all scores. */
eval_finder *eval_finder_model (const char *path, float threshold, nn_error *error);
/* eval_detections_load. */
eval_finder *eval_finder_table (const char *path, nn_error *error);
/* Finds nothing and writes each picture as binary PPM with a comment "# VIEW FILE" behind its first line, one after the other; "-" is standard
 * output. */
eval_finder *eval_finder_writer (const char *path, nn_error *error);
/* The writer's last bytes are out only when this is true. */
bool eval_finder_end (eval_finder *finder, nn_error *error);
void eval_finder_free (eval_finder *finder);

/* Best first; found is valid until the next call. */
bool eval_finder_run (eval_finder *finder, const eval_view *view, const char *file, const eval_shown *shown, const nn_detection **found, int *n,
                      nn_error *error);

/* Whether run looks at shown->rgb. */
bool eval_finder_needs_pixels (const eval_finder *finder);
bool eval_finder_has_points (const eval_finder *finder);
/* Median of all runs so far; NAN: not measured. */
double eval_finder_ms (const eval_finder *finder);

#endif
