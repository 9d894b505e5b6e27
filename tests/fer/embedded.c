/* SPDX-License-Identifier: MIT
 * Linked with a toy model where programs have the shipped one. */
#include "fer/embedded.h"
#include "fer/fer.h"
#include "test.h"

#include <string.h>

static void
model_is_aligned_and_whole (void)
{
  nn_error error;
  void *bytes;
  size_t size;
  require (nn_file_read (TOY_MODEL_FILE, 0, &bytes, &size, &error));
  check ((uintptr_t) fer_embedded_model_start % 64 == 0);
  require ((size_t) (fer_embedded_model_end - fer_embedded_model_start) == size);
  check (!memcmp (fer_embedded_model_start, bytes, size));
  free (bytes);
}

static void
model_runs_without_a_file (void)
{
  nn_error error;
  fer_classifier *classifier = fer_classifier_load (NULL, 1, NN_PRECISION_FULL, &error);
  require (classifier);
  const fer_model *model = fer_classifier_model (classifier);
  check (model->n_labels == 7 && model->crop.size == 48 && model->crop.scale == 1.15f);
  fer_classifier_free (classifier);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (model_is_aligned_and_whole), TEST (model_runs_without_a_file), { 0 } });
}
