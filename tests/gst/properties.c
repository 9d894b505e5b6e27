/* SPDX-License-Identifier: MIT
 * Every property, as the class itself lists them: what its flags promise, its limits, and all of them set at random while frames flow. */
#include <string.h>

#include "../test.h"
#include "rig.h"

/* The n properties that are feremotion's own and can be set. */
static GParamSpec **
writable (GstElement *element, guint *n)
{
  guint n_all;
  GParamSpec **all = g_object_class_list_properties (G_OBJECT_GET_CLASS (element), &n_all);
  *n = 0;
  for (guint i = 0; i < n_all; i++)
    if (all[i]->owner_type == G_OBJECT_TYPE (element) && (all[i]->flags & G_PARAM_WRITABLE))
      all[(*n)++] = all[i];
  return all;
}

static gboolean
is_path (const GParamSpec *spec)
{
  return g_str_has_suffix (spec->name, "model");
}

/* The least value (0) or the largest (1) that spec allows; texts and flags have their own. */
static void
set_to_limit (GstElement *element, GParamSpec *spec, int which, GValue *value)
{
  g_value_init (value, spec->value_type);
  if (G_IS_PARAM_SPEC_INT (spec))
    g_value_set_int (value, which ? G_PARAM_SPEC_INT (spec)->maximum : G_PARAM_SPEC_INT (spec)->minimum);
  else if (G_IS_PARAM_SPEC_UINT (spec))
    g_value_set_uint (value, which ? G_PARAM_SPEC_UINT (spec)->maximum : G_PARAM_SPEC_UINT (spec)->minimum);
  else if (G_IS_PARAM_SPEC_DOUBLE (spec))
    g_value_set_double (value, which ? G_PARAM_SPEC_DOUBLE (spec)->maximum : G_PARAM_SPEC_DOUBLE (spec)->minimum);
  else if (G_IS_PARAM_SPEC_BOOLEAN (spec))
    g_value_set_boolean (value, which);
  else if (G_IS_PARAM_SPEC_ENUM (spec))
    g_value_set_enum (value, which ? G_PARAM_SPEC_ENUM (spec)->enum_class->maximum : G_PARAM_SPEC_ENUM (spec)->enum_class->minimum);
  else if (G_IS_PARAM_SPEC_FLAGS (spec))
    g_value_set_flags (value, which ? G_PARAM_SPEC_FLAGS (spec)->flags_class->mask : 0);
  else if (G_VALUE_HOLDS_STRING (value))
    g_value_set_static_string (value, which ? "face" : "");
  g_object_set_property (G_OBJECT (element), spec->name, value);
}

static void
flags_tell_the_truth (void)
{
  GstHarness *h = rig_new ("feremotion name=e MODEL FINDER");
  GstElement *element = gst_bin_get_by_name (GST_BIN (h->element), "e");
  guint n;
  GParamSpec **specs = writable (element, &n);
  check (n > 20);
  for (guint i = 0; i < n; i++) {
    GParamSpec *spec = specs[i];
    const char *nick = g_param_spec_get_nick (spec), *blurb = g_param_spec_get_blurb (spec);
    gboolean right = nick && blurb && strcmp (nick, spec->name) != 0 && strlen (blurb) > 20 && (spec->flags & GST_PARAM_MUTABLE_PLAYING)
                     && (spec->flags & G_PARAM_STATIC_STRINGS) == G_PARAM_STATIC_STRINGS && (spec->flags & G_PARAM_READABLE);
    if (!right)
      test_note ("%s", spec->name);
    check (right);
  }
  g_free (specs);
  gst_object_unref (element);
  gst_harness_teardown (h);
}

static void
limits_can_be_set_while_playing (void)
{
  GstHarness *h = rig_new ("feremotion name=e MODEL FINDER min-quality=0");
  GstElement *element = gst_bin_get_by_name (GST_BIN (h->element), "e");
  GstVideoInfo info;
  guint n;
  int frames = 0;
  GParamSpec **specs = writable (element, &n);
  rig_set_format (h, &info, GST_VIDEO_FORMAT_I420, 160, 120);
  for (guint i = 0; i < 2 * n; i++) {
    GParamSpec *spec = specs[i / 2];
    GValue set = G_VALUE_INIT, got = G_VALUE_INIT;
    if (is_path (spec) || strcmp (spec->name, "precision") == 0 || strcmp (spec->name, "finder-size") == 0)
      continue; /* models.c; and a finder of any size would be planned */
    set_to_limit (element, spec, i % 2, &set);
    g_value_init (&got, spec->value_type);
    g_object_get_property (G_OBJECT (element), spec->name, &got);
    if (g_param_values_cmp (spec, &set, &got) != 0)
      test_note ("%s", spec->name);
    check (g_param_values_cmp (spec, &set, &got) == 0);
    GstBuffer *in = rig_spots (&info, &(rig_spot) { 80, 60 }, 1);
    GST_BUFFER_PTS (in) = (guint64) frames++ * GST_SECOND / 30;
    GstBuffer *out = gst_harness_push_and_pull (h, in);
    check (out != NULL);
    gst_clear_buffer (&out);
    g_object_set_property (G_OBJECT (element), spec->name, g_param_spec_get_default_value (spec));
    g_value_unset (&set);
    g_value_unset (&got);
  }
  g_free (specs);
  gst_object_unref (element);
  gst_harness_teardown (h);
}

/* ---- at random ------------------------------------------------------------------------------------------------------------- */

typedef struct setter {
  GstElement *element;
  guint32 seed;
  gint stop, n_set; /* atomic */
} setter;

static void
set_at_random (setter *s, GParamSpec *spec, GRand *random)
{
  static const char *const types[] = { "face", "", "nobody" };
  GValue value = G_VALUE_INIT;
  g_value_init (&value, spec->value_type);
  if (strcmp (spec->name, "model") == 0)
    g_value_set_static_string (&value, g_rand_int_range (random, 0, 4) ? rig_model : "/nowhere");
  else if (strcmp (spec->name, "finder-model") == 0)
    g_value_set_static_string (&value, g_rand_int_range (random, 0, 4) ? rig_finder : "/nowhere");
  else if (strcmp (spec->name, "finder-size") == 0)
    g_value_set_int (&value, g_rand_int_range (random, 0, 128));
  else if (G_IS_PARAM_SPEC_INT (spec))
    g_value_set_int (&value, g_rand_int_range (random, G_PARAM_SPEC_INT (spec)->minimum, G_PARAM_SPEC_INT (spec)->maximum));
  else if (G_IS_PARAM_SPEC_UINT (spec))
    g_value_set_uint (&value, (guint) g_rand_int_range (random, 0, 300));
  else if (G_IS_PARAM_SPEC_DOUBLE (spec))
    g_value_set_double (&value, g_rand_double_range (random, G_PARAM_SPEC_DOUBLE (spec)->minimum, G_PARAM_SPEC_DOUBLE (spec)->maximum));
  else if (G_IS_PARAM_SPEC_BOOLEAN (spec))
    g_value_set_boolean (&value, g_rand_boolean (random));
  else if (G_IS_PARAM_SPEC_ENUM (spec))
    g_value_set_enum (&value, g_rand_int_range (random, 0, G_PARAM_SPEC_ENUM (spec)->enum_class->maximum + 1));
  else if (G_IS_PARAM_SPEC_FLAGS (spec))
    g_value_set_flags (&value, (guint) g_rand_int (random) & G_PARAM_SPEC_FLAGS (spec)->flags_class->mask);
  else
    g_value_set_static_string (&value, types[g_rand_int_range (random, 0, 3)]);
  if (strcmp (spec->name, "overlay") == 0 && g_value_get_enum (&value) > 3)
    g_value_set_enum (&value, 0);
  g_object_set_property (G_OBJECT (s->element), spec->name, &value);
  g_value_unset (&value);
}

static gpointer
set_properties (gpointer data)
{
  setter *s = data;
  guint n;
  GParamSpec **specs = writable (s->element, &n);
  GRand *random = g_rand_new_with_seed (s->seed);
  while (!g_atomic_int_get (&s->stop)) {
    GstStructure *info = NULL, *stats = NULL;
    char *model = NULL;
    set_at_random (s, specs[g_rand_int_range (random, 0, (gint32) n)], random);
    g_object_get (s->element, "model-info", &info, "stats", &stats, "model", &model, NULL);
    check (stats && info);
    gst_clear_structure (&info);
    gst_clear_structure (&stats);
    g_free (model);
    g_atomic_int_inc (&s->n_set);
  }
  g_rand_free (random);
  g_free (specs);
  return NULL;
}

/* What the setter and applications do at any time from anywhere. */
static void
disturb (GstHarness *h, int i)
{
  GstQuery *query = gst_query_new_latency ();
  gst_element_query (h->element, query);
  gst_query_unref (query);
  gst_harness_push_upstream_event (
      h, gst_event_new_qos (GST_QOS_TYPE_UNDERFLOW, 1, (i % 3 - 1) * (gint64) GST_SECOND, GST_SECOND + (guint64) i * GST_SECOND / 30));
  if (i % 10 == 0)
    gst_harness_push_upstream_event (h, gst_event_new_reconfigure ());
}

static void
change_while_frames_flow (void)
{
  GstHarness *h = rig_new ("feremotion name=e MODEL FINDER min-quality=0");
  setter setters[2] = { { .seed = 1 }, { .seed = 2 } };
  GThread *threads[2];
  GstVideoInfo info;
  rig_set_format (h, &info, GST_VIDEO_FORMAT_I420, 160, 120);
  for (int k = 0; k < 2; k++) {
    setters[k].element = gst_bin_get_by_name (GST_BIN (h->element), "e");
    threads[k] = g_thread_new ("setter", set_properties, &setters[k]);
  }
  for (int i = 0; i < 20000 && (i < 200 || g_atomic_int_get (&setters[0].n_set) < 300); i++) {
    GstBuffer *in = rig_spots (&info, &(rig_spot) { 60 + i % 40, 60 }, 1);
    GST_BUFFER_PTS (in) = (guint64) i * GST_SECOND / 30;
    if (i % 4 == 0)
      rig_add_face (in, 40, 40, 50, 50);
    GstBuffer *out = gst_harness_push_and_pull (h, in);
    check (out && GST_BUFFER_PTS (out) == (guint64) i * GST_SECOND / 30);
    gst_clear_buffer (&out);
    disturb (h, i);
  }
  for (int k = 0; k < 2; k++) {
    g_atomic_int_set (&setters[k].stop, 1);
    g_thread_join (threads[k]);
    check (g_atomic_int_get (&setters[k].n_set) > 0);
    gst_object_unref (setters[k].element);
  }
  gst_harness_teardown (h);
}

int
main (int argc, char **argv)
{
  rig_init (&argc, &argv);
  return rig_exit (
      test_run ((test_case[]) { TEST (flags_tell_the_truth), TEST (limits_can_be_set_while_playing), TEST (change_while_frames_flow), { 0 } }));
}
