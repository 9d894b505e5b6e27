/* SPDX-License-Identifier: MIT
 * plugin FILE: what the plug-in does to the process that loads it. */
#include <gst/gst.h>
#include <string.h>

#include "../test.h"

static const char *file;

/* Lines of what a program prints about the plug-in that contain word. */
static int
n_lines (const char *program, const char *word, const char *but)
{
  char *command = g_strdup_printf ("%s %s", program, file), line[512];
  FILE *pipe = popen (command, "r");
  int n = 0;
  while (pipe && fgets (line, sizeof line, pipe))
    n += strstr (line, word) && !(but && strstr (line, but));
  if (pipe)
    pclose (pipe);
  g_free (command);
  return n;
}

static void
exports_what_gstreamer_asks_for (void)
{
  check (n_lines ("nm -D --defined-only", " T gst_plugin_", NULL) == 2);
  check (n_lines ("nm -D --defined-only", " ", " T gst_plugin_") == 0);
}

static void
needs_no_blas (void)
{
  check (n_lines ("readelf -d", "NEEDED", NULL) > 3);
  check (n_lines ("readelf -d", "blas", NULL) == 0);
}

static int
n_threads (void)
{
  int n = 0;
  GDir *tasks = g_dir_open ("/proc/self/task", 0, NULL);
  while (tasks && g_dir_read_name (tasks))
    n++;
  if (tasks)
    g_dir_close (tasks);
  return n;
}

static void
starts_no_thread_when_loaded (void)
{
  int before = n_threads ();
  GstElement *element = gst_element_factory_make ("feremotion", NULL), *json = gst_element_factory_make ("feremotionjson", NULL);
  require (before >= 1 && element && json);
  check (n_threads () == before);
  gst_object_unref (element);
  gst_object_unref (json);
}

static void
says_what_it_is (void)
{
  GstPlugin *plugin = gst_plugin_load_by_name ("feremotion");
  require (plugin);
  check (strcmp (gst_plugin_get_license (plugin), "MIT/X11") == 0);
  check (strcmp (gst_plugin_get_filename (plugin), file) == 0);
  gst_object_unref (plugin);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  file = argv[1];
  return test_run ((test_case[]) { TEST (exports_what_gstreamer_asks_for),
                                   TEST (needs_no_blas),
                                   TEST (starts_no_thread_when_loaded),
                                   TEST (says_what_it_is),
                                   { 0 } });
}
