/* SPDX-License-Identifier: MIT */
#include "command.h"

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

bool
tool_read_options (const GOptionEntry *entries, const char *arguments, const char *description, int *argc, char ***argv, nn_error *error)
{
  setlocale (LC_CTYPE, ""); /* for file names and the width of the terminal's letters; numbers stay as they are */
  GOptionContext *context = g_option_context_new (arguments);
  g_option_context_set_description (context, description);
  g_option_context_add_main_entries (context, entries, NULL);
  GError *why = NULL;
  bool good = g_option_context_parse (context, argc, argv, &why) || nn_fail (error, "%s", why->message);
  g_clear_error (&why);
  g_option_context_free (context);
  return good;
}

int
tool_end (const char *program, int status, const nn_error *error)
{
  if (status != TOOL_GOOD)
    fprintf (stderr, "%s: %s\n", program, error->text);
  if (status == TOOL_USAGE)
    fprintf (stderr, "%s --help lists the options\n", program);
  return status;
}

bool
tool_flush (nn_error *error)
{
  errno = 0;
  return (!fflush (stdout) && !ferror (stdout)) || nn_fail (error, "cannot write to standard output: %s", strerror (errno ? errno : EIO));
}

bool
tool_read_precision (const char *name, nn_precision *precision, nn_error *error)
{
  const int found = nn_precision_of (name ? name : "full");
  if (found < 0)
    return nn_fail (error, "--precision %s: expected exact, full or fast", name);
  *precision = (nn_precision) found;
  return true;
}
