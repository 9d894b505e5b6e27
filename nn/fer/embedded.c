/* SPDX-License-Identifier: MIT */
#include "embedded.h"

#include <stdlib.h>

bool
fer_bytes_read (fer_bytes *bytes, const char *path, const uint8_t *start, const uint8_t *end, const char *what, nn_error *error)
{
  *bytes = (fer_bytes) { start, (size_t) (end - start), NULL };
  if (!path)
    return start || nn_fail (error, "no %s is embedded in this program: name a model file", what);
  if (!nn_file_read (path, 0, &bytes->owned, &bytes->size, error))
    return false;
  bytes->data = bytes->owned;
  return true;
}

void
fer_bytes_clear (fer_bytes *bytes)
{
  free (bytes->owned);
  *bytes = (fer_bytes) { 0 };
}
