/* SPDX-License-Identifier: MIT
 * The numbers of explanations as JSON (docs/explaining.md). */
#ifndef EXPLAIN_WRITE_H
#define EXPLAIN_WRITE_H

#include "explained.h"

/* What is the same for all faces of a picture. */
typedef struct write_head {
  const char *model, *method, *layer, *file;
} write_head;

/* wanted[n_labels]: of which classes. */
bool write_json (const write_head *head, const fer_result *result, const explained *faces, const bool (*wanted)[FER_MAX_LABELS], const char *path,
                 nn_error *error);

#endif
