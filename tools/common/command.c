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

/* Quoted only where a shell would take it for something else. */
static void
add_word (GString *line, const char *word)
{
  static const char harmless[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./,:=+%@";
  char *quoted = *word && !word[strspn (word, harmless)] ? g_strdup (word) : g_shell_quote (word);
  g_string_append_printf (line, "%s%s", line->len ? " " : "", quoted);
  g_free (quoted);
}

/* "--data=/a/b" -> "--data=b", "/a/b" -> "b". */
static char *
without_folder (const char *word)
{
  const char *equals = g_str_has_prefix (word, "--") ? strchr (word, '=') : NULL, *path = equals ? equals + 1 : word;
  char *base = strchr (path, '/') ? g_path_get_basename (path) : g_strdup (path);
  char *bare = g_strdup_printf ("%.*s%s", (int) (path - word), word, base);
  g_free (base);
  return bare;
}

char *
tool_command_line (int argc, char **argv, bool folders)
{
  GString *line = g_string_new (NULL);
  for (int i = 0; i < argc; i++) {
    char *word = i && folders ? g_strdup (argv[i]) : without_folder (argv[i]);
    add_word (line, word);
    g_free (word);
  }
  return g_string_free (line, FALSE);
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
