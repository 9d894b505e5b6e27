/* SPDX-License-Identifier: MIT */
#include "files.h"

#include <errno.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

typedef struct named {
  const char *option, *path; /* NULL: not given */
} named;

static bool
check_folder (const named *out, nn_error *error)
{
  char *folder = g_path_get_dirname (out->path);
  const bool good = access (folder, W_OK) == 0 || nn_fail (error, "cannot write %s: the folder %s: %s", out->path, folder, strerror (errno));
  g_free (folder);
  return good;
}

/* Under whatever names. */
static bool
is_same_file (const char *a, const char *b)
{
  GStatBuf one, other;
  return !strcmp (a, b) || (g_stat (a, &one) == 0 && g_stat (b, &other) == 0 && one.st_dev == other.st_dev && one.st_ino == other.st_ino);
}

static bool
check_apart (const named *out, const named *other, nn_error *error)
{
  return !other->path || !is_same_file (out->path, other->path)
         || nn_fail (error, "%s (%s) is %s as well: it would be written over", out->path, out->option, other->option);
}

bool
train_check_files (const train_options *o, nn_error *error)
{
  const named outs[] = { { "--output", o->output }, { "--checkpoint", o->checkpoint }, { "--log", o->log }, { "--plot", o->plot } };
  const named ins[] = { { "--data", o->data },       { "--votes", o->votes }, { "--architecture", o->architecture },
                        { "--cutouts", o->cutouts }, { "--init", o->init } };
  for (size_t i = 0; i < G_N_ELEMENTS (outs); i++) {
    if (!outs[i].path || !strcmp (outs[i].path, "-"))
      continue;
    bool good = check_folder (&outs[i], error);
    for (size_t k = 0; good && k < G_N_ELEMENTS (ins); k++)
      good = check_apart (&outs[i], &ins[k], error);
    for (size_t k = 0; good && k < i; k++)
      good = check_apart (&outs[i], &outs[k], error);
    for (char **teacher = o->distill; good && teacher && *teacher; teacher++)
      good = check_apart (&outs[i], &(named) { "--distill", *teacher }, error);
    if (!good)
      return false;
  }
  return true;
}
