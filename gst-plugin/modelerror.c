/* SPDX-License-Identifier: MIT */
#include "modelerror.h"

#include <unistd.h>

/* Not there, not readable, not a model, a model of another kind. */
void
model_error_post (GstElement *element, const char *path, const nn_error *error)
{
  nn_model *model = NULL;
  if (path && access (path, F_OK) != 0)
    GST_ELEMENT_ERROR (element, RESOURCE, NOT_FOUND, ("%s", error->text), (NULL));
  else if (path && access (path, R_OK) != 0)
    GST_ELEMENT_ERROR (element, RESOURCE, OPEN_READ, ("%s", error->text), (NULL));
  else if (path && !(model = nn_model_load (path, NULL)))
    GST_ELEMENT_ERROR (element, STREAM, WRONG_TYPE, ("%s", error->text), (NULL));
  else
    GST_ELEMENT_ERROR (element, LIBRARY, SETTINGS, ("%s", error->text), (NULL));
  nn_model_free (model);
}
