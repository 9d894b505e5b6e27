/* SPDX-License-Identifier: MIT
 * What is in a folder. */
#ifndef TOOL_LISTING_H
#define TOOL_LISTING_H

#include "nn.h"

#include <glib.h>

/* Names in the folder in the order of their bytes, whatever the folder's own order is, without those with a dot in front; or of them those that
 * end like pictures: .jpg, .jpeg or .png, in any case. NULL: it cannot be read. */
GPtrArray *tool_list_folder (const char *path, nn_error *error);
GPtrArray *tool_list_pictures (const char *path, nn_error *error);

#endif
