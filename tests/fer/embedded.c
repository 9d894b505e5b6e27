/* SPDX-License-Identifier: MIT
 * Linked with toy models where programs have the shipped ones. */
#include "fer/embedded.h"
#include "fer/fer.h"
#include "test.h"

#include <string.h>

static void
check_whole (const char *path, const uint8_t *start, const uint8_t *end)
{
  nn_error error;
  void *bytes;
  size_t size;
  require (nn_file_read (path, 0, &bytes, &size, &error));
  check ((uintptr_t) start % 64 == 0);
  check ((size_t) (end - start) == size && !memcmp (start, bytes, size));
  free (bytes);
}

static void
models_are_aligned_and_whole (void)
{
  check_whole (TOY_MODEL_FILE, fer_embedded_model_start, fer_embedded_model_end);
  check_whole (TOY_FACES_FILE, fer_embedded_faces_start, fer_embedded_faces_end);
}

static void
finder_runs_without_a_file (void)
{
  nn_error error;
  fer_finder *finder = fer_finder_load (NULL, &error);
  require (finder);
  check (!strcmp (fer_finder_about (finder)->family, "feremotion") && fer_finder_about (finder)->sd == 64);
  fer_finder_free (finder);
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
  return test_run ((test_case[]) { TEST (models_are_aligned_and_whole), TEST (model_runs_without_a_file), TEST (finder_runs_without_a_file), { 0 } });
}
