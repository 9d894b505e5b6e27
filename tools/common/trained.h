/* SPDX-License-Identifier: MIT
 * What a model file says of its training (fer.trained, docs/model-file.md), in words. */
#ifndef TOOL_TRAINED_H
#define TOOL_TRAINED_H

#include <json-glib/json-glib.h>

/* A member's value on one line, the caller's to g_free: a text as it is, a share with its interval in percent, anything else as JSON. */
char *tool_trained_text (JsonNode *value);

#endif
