/* SPDX-License-Identifier: MIT
 * A model that cannot be used, as an error on the bus with GStreamer's codes. */
#ifndef MODELERROR_H
#define MODELERROR_H

#include <gst/gst.h>

#include "nn.h"

/* path NULL: the embedded model. */
void model_error_post (GstElement *element, const char *path, const nn_error *error);

#endif
