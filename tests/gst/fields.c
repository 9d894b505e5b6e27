/* SPDX-License-Identifier: MIT */
#include "fields.h"

#include <string.h>

#include "../test.h"

/* The line of JSON of an empty result with the fields of text, from "faces" on; and a copy of the refused field's name. */
static char *
line_with (const char *text, char **refused)
{
  GstStructure *s = text ? gst_structure_from_string (text, NULL) : NULL;
  fields *f = fields_new (s);
  fer_result result = { .pts = FER_TIME_NONE, .running_time = FER_TIME_NONE, .time_us = INT64_MIN, .n_fields = f->n, .fields = f->all };
  *refused = g_strdup (f->refused);
  g_clear_pointer (&s, gst_structure_free);
  char *json = fer_result_to_json (&result), *line = g_strdup (strstr (json, "\"faces\""));
  g_free (json);
  fields_free (f);
  return line;
}

static void
check_line (const char *text, const char *expected)
{
  char *refused;
  char *line = line_with (text, &refused);
  check (strcmp (line, expected) == 0 && !refused);
  if (strcmp (line, expected))
    test_note ("%s", line);
  g_free (line);
  g_free (refused);
}

static void
become_values_of_their_kind (void)
{
  check_line ("f, camera=3, site=(string)hall, x=0.25, on=true, big=(gint64)-5000000000, small=(uint)7, none=(string)\"\"",
              "\"faces\":[],\"camera\":3,\"site\":\"hall\",\"x\":0.25,\"on\":true,\"big\":-5000000000,\"small\":7,\"none\":\"\"}");
  check_line ("f, rate=(fraction)30/1", "\"faces\":[],\"rate\":\"30/1\"}");
  check_line ("f", "\"faces\":[]}");
  check_line (NULL, "\"faces\":[]}");
}

static void
never_take_the_place_of_ours (void)
{
  char *refused;
  char *line = line_with ("f, faces=3, a=1", &refused);
  check (g_strcmp0 (refused, "faces") == 0 && strcmp (line, "\"faces\":[],\"a\":1}") == 0);
  g_free (line);
  g_free (refused);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  return test_run ((test_case[]) { TEST (become_values_of_their_kind), TEST (never_take_the_place_of_ours), { 0 } });
}
