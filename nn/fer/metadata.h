/* SPDX-License-Identifier: MIT
 * Values of a model file's metadata: JSON that may be hostile. */
#ifndef FER_METADATA_H
#define FER_METADATA_H

#include "../nn.h"

#include <json-glib/json-glib.h>

/* The value of key, which is there, as JSON whose root is an array or an object; NULL with the reason. */
JsonNode *fer_metadata_json (const nn_model *nn, const char *key, JsonNodeType type, nn_error *error);

/* Member of key's object as a number in [low, high]; without it, fallback (NAN: it must be there). */
bool fer_metadata_number (JsonObject *object, const char *key, const char *member, double low, double high, double fallback, float *out,
                          nn_error *error);
/* Without it, false. */
bool fer_metadata_flag (JsonObject *object, const char *key, const char *member, bool *out, nn_error *error);

/* Whether the object's "color" is the one that is read, "gray". */
bool fer_metadata_gray (JsonObject *object, const char *key, nn_error *error);

/* The shortest text that reads as this float again. */
const char *fer_metadata_shortest (float value, char text[G_ASCII_DTOSTR_BUF_SIZE]);

#endif
