/* SPDX-License-Identifier: MIT
 * A model that cannot be used, on the bus with GStreamer's codes. */
#ifndef MODELERROR_H
#define MODELERROR_H

#include <gst/gst.h>

#include "nn.h"

/* type: GST_MESSAGE_ERROR, or GST_MESSAGE_WARNING where another model is in use and stays so. path NULL: the embedded model. */
void model_error_post (GstElement *element, GstMessageType type, const char *path, const nn_error *error);

#endif
