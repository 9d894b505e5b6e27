/* SPDX-License-Identifier: MIT */
#include "modelerror.h"

#include <unistd.h>

static gboolean
is_model (const char *path)
{
  nn_model *model = nn_model_load (path, NULL);
  nn_model_free (model);
  return model != NULL;
}

/* Not there, not readable, not a model, a model of another kind. */
static int
classify (const char *path, GQuark *domain)
{
  *domain = GST_RESOURCE_ERROR;
  if (path && access (path, F_OK) != 0)
    return GST_RESOURCE_ERROR_NOT_FOUND;
  if (path && access (path, R_OK) != 0)
    return GST_RESOURCE_ERROR_OPEN_READ;
  *domain = GST_STREAM_ERROR;
  if (path && !is_model (path))
    return GST_STREAM_ERROR_WRONG_TYPE;
  *domain = GST_LIBRARY_ERROR;
  return GST_LIBRARY_ERROR_SETTINGS;
}

void
model_error_post (GstElement *element, GstMessageType type, const char *path, const nn_error *error)
{
  GQuark domain;
  int code = classify (path, &domain);
  char *text = type == GST_MESSAGE_WARNING ? g_strdup_printf ("%s; the old model stays in use", error->text) : g_strdup (error->text);
  gst_element_message_full (element, type, domain, code, text, NULL, __FILE__, GST_FUNCTION, __LINE__);
}
