/* SPDX-License-Identifier: MIT
 * The numbers of explanations as JSON (docs/explaining.md). */
#ifndef EXPLAIN_WRITE_H
#define EXPLAIN_WRITE_H

#include "mean.h"

/* What is the same for all faces of a picture. */
typedef struct write_head {
  const char *model, *method, *layer, *file;
} write_head;

/* wanted[n_labels]: of which classes. */
bool write_json (const write_head *head, const fer_result *result, const explained *faces, const bool (*wanted)[FER_MAX_LABELS], const char *path,
                 nn_error *error);

bool write_mean (const write_head *head, const char *const *labels, const mean *m, const char *path, nn_error *error);

#endif
