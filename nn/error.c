/* SPDX-License-Identifier: MIT */
#include "nn.h"

#include <stdio.h>
#include <string.h>

bool
nn_fail (nn_error *error, const char *format, ...)
{
  if (!error)
    return false;
  va_list args;
  va_start (args, format);
  vsnprintf (error->text, sizeof error->text, format, args);
  va_end (args);
  return false;
}

bool
nn_fail_prefix (nn_error *error, const char *prefix)
{
  if (!error)
    return false;
  char text[sizeof error->text];
  memcpy (text, error->text, sizeof text);
  if (snprintf (error->text, sizeof error->text, "%s: %s", prefix, text) >= (int) sizeof error->text)
    memcpy (error->text + sizeof error->text - 4, "...", 4);
  return false;
}
