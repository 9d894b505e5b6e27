/* SPDX-License-Identifier: MIT
 * A table of pictures: a CSV file with a header, columns in any order.
 *   path        of a JPEG or PNG file, relative to the table's own folder; or file
 *   label       a name, or empty where nobody said; the column may be missing
 *   x, y, w, h  box of the face in pixels, or empty; all four or none
 * Every other column is kept as it is, by its name. */
#ifndef EVAL_MANIFEST_H
#define EVAL_MANIFEST_H

#include "fer.h"

typedef struct eval_picture {
  const char *path, *name; /* to open, and as written */
  const char *label;       /* "": none */
  bool has_box;
  fer_box box;
  const char *const *more; /* one per other column; "" where it is empty */
  int64_t line;
} eval_picture;

typedef struct eval_manifest {
  int n, n_more;
  const eval_picture *pictures;
  const char *const *more; /* names of the other columns */
  bool has_labels, has_boxes; /* the columns are there */
  void *owned;
} eval_manifest;

/* Errors name the file, the line and the column. A table without a picture is one. */
eval_manifest *eval_manifest_load (const char *path, nn_error *error);
eval_manifest *eval_manifest_parse (const char *bytes, size_t size, const char *folder, nn_error *error);
void eval_manifest_free (eval_manifest *manifest);

#endif
