/* SPDX-License-Identifier: MIT */
#include "digest.h"
#include "fer/embedded.h"

#include <glib.h>

bool
tool_digest (const char *path, char digest[TOOL_DIGEST_SIZE], nn_error *error)
{
  fer_bytes bytes;
  if (!fer_bytes_read (&bytes, path, fer_embedded_model_start, fer_embedded_model_end, "model", error))
    return false;
  char *text = g_compute_checksum_for_data (G_CHECKSUM_SHA256, bytes.data, bytes.size);
  g_strlcpy (digest, text, TOOL_DIGEST_SIZE);
  g_free (text);
  fer_bytes_clear (&bytes);
  return true;
}
