/* SPDX-License-Identifier: MIT
 * Models that change while frames flow. */
#include <string.h>
#include <unistd.h>

#include "../test.h"
#include "rig.h"

static char *other; /* path of a model with three labels and another input */

static void
write_other (void)
{
  static const char *const labels[] = { "up", "down", "level" };
  nn_error error;
  fer_crop crop = { .size = 16, .mean = 127.5f, .sd = 63.75f, .sd_floor = 1, .scale = 1 };
  nn_graph *graph = nn_graph_parse ("input 16 16 1 / conv 4 3x3 / relu / maxpool 2x2 / flatten / dense 3 / softmax", &error);
  nn_model *model = graph ? nn_model_new (graph) : NULL;
  other = g_strconcat (rig_model, ".other", NULL);
  if (!model)
    g_error ("%s", error.text);
  nn_init_weights (graph, 2, model->weights);
  if (!fer_model_describe (model, labels, 3, &crop, NULL, &error) || !nn_model_save (model, other, &error))
    g_error ("%s", error.text);
  nn_model_free (model);
}

static GstBuffer *
push (rig_fixture *f)
{
  GstBuffer *in = rig_spots (&f->info, &(rig_spot) { 80, 80 }, 1);
  GST_BUFFER_PTS (in) = (guint64) f->frames++ * GST_SECOND / 30;
  return gst_harness_push_and_pull (f->h, in);
}

/* How many labels the next frame's face has a probability for. */
static int
n_labels (rig_fixture *f)
{
  GstBuffer *out = push (f);
  int n = out && rig_n_faces (out) == 1 ? (int) gst_value_array_get_size (gst_structure_get_value (rig_face (out, 0), "probabilities")) : -1;
  gst_clear_buffer (&out);
  return n;
}

/* Of the model-changed message that is there: whether it says so of property and path. */
static gboolean
was_changed (rig_fixture *f, const char *property, const char *path)
{
  GstMessage *message = gst_bus_pop_filtered (f->bus, GST_MESSAGE_ELEMENT);
  const GstStructure *s = message ? gst_message_get_structure (message) : NULL;
  gboolean right = s && gst_structure_has_name (s, "model-changed") && strcmp (gst_structure_get_string (s, "property"), property) == 0
                   && g_strcmp0 (gst_structure_get_string (s, "location"), path) == 0
                   && gst_structure_has_field (s, "info") == (strcmp (property, "finder-model") != 0);
  if (message)
    gst_message_unref (message);
  return right;
}

static char *
text (rig_fixture *f, const char *property)
{
  char *value = NULL;
  g_object_get (f->element, property, &value, NULL);
  return value;
}

static void
reads_with_another_model (void)
{
  rig_fixture f;
  GstStructure *info = NULL;
  int size = 0;
  rig_set_up (&f, "feremotion name=e MODEL FINDER min-quality=0");
  check (n_labels (&f) == 7);
  g_object_set (f.element, "model", other, NULL);
  check (was_changed (&f, "model", other));
  g_object_get (f.element, "model-info", &info, NULL);
  check (info && gst_structure_get_int (info, "input-size", &size) && size == 16);
  gst_clear_structure (&info);
  GstBuffer *out = push (&f);
  require (out && rig_n_faces (out) == 1);
  const GValue *labels = gst_structure_get_value (rig_result (out), "labels");
  check (gst_value_array_get_size (labels) == 3 && strcmp (g_value_get_string (gst_value_array_get_value (labels, 2)), "level") == 0);
  guint64 id = 0;
  check (gst_structure_get_uint64 (rig_face (out, 0), "id", &id) && id == 1); /* it is still the same face */
  gst_buffer_unref (out);
  g_object_set (f.element, "model", NULL, NULL);
  check (was_changed (&f, "model", NULL) && n_labels (&f) == 7);
  rig_tear_down (&f);
}

static void
keeps_the_old_one_when_another_cannot_be_used (void)
{
  rig_fixture f;
  rig_set_up (&f, "feremotion name=e MODEL FINDER min-quality=0");
  check (n_labels (&f) == 7);
  const struct {
    const char *property, *path, *kept;
    GQuark domain;
    int code;
  } refused[] = { { "model", "/nowhere/model.onnx", rig_model, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND },
                  { "model", rig_finder, rig_model, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS },
                  { "finder-model", "/nowhere/faces.onnx", rig_finder, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND },
                  { "finder-model", rig_model, rig_finder, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS } };
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++) {
    GError *error = NULL;
    g_object_set (f.element, refused[i].property, refused[i].path, NULL);
    GstMessage *message = gst_bus_pop_filtered (f.bus, GST_MESSAGE_WARNING | GST_MESSAGE_ELEMENT | GST_MESSAGE_ERROR);
    require (message && GST_MESSAGE_TYPE (message) == GST_MESSAGE_WARNING);
    gst_message_parse_warning (message, &error, NULL);
    check (error->domain == refused[i].domain && error->code == refused[i].code && strstr (error->message, refused[i].path));
    g_error_free (error);
    gst_message_unref (message);
    char *path = text (&f, refused[i].property);
    check (g_strcmp0 (path, refused[i].kept) == 0 && n_labels (&f) == 7);
    g_free (path);
  }
  rig_tear_down (&f);
}

static void
changes_its_precision (void)
{
  rig_fixture f;
  gint precision = -1;
  rig_set_up (&f, "feremotion name=e MODEL FINDER min-quality=0");
  check (n_labels (&f) == 7);
  gst_util_set_object_arg (G_OBJECT (f.element), "precision", "exact");
  check (was_changed (&f, "precision", rig_model) && n_labels (&f) == 7);
  gst_util_set_object_arg (G_OBJECT (f.element), "precision", "fast"); /* the test model has no ranges */
  GstMessage *message = gst_bus_pop_filtered (f.bus, GST_MESSAGE_WARNING);
  require (message);
  gst_message_unref (message);
  g_object_get (f.element, "precision", &precision, NULL);
  check (precision == NN_PRECISION_EXACT && n_labels (&f) == 7);
  rig_tear_down (&f);
}

/* The embedded finder sees no face in a white square. */
static void
finds_with_another_finder (void)
{
  rig_fixture f;
  rig_set_up (&f, "feremotion name=e MODEL FINDER min-quality=0 detect-interval=0");
  check (n_labels (&f) == 7);
  g_object_set (f.element, "finder-model", NULL, NULL);
  check (was_changed (&f, "finder-model", NULL));
  for (int i = 0; i < 12; i++)
    gst_buffer_unref (push (&f));
  GstBuffer *out = push (&f);
  check (rig_n_faces (out) == 0);
  gst_buffer_unref (out);
  g_object_set (f.element, "finder-model", rig_finder, NULL);
  check (was_changed (&f, "finder-model", rig_finder));
  gst_buffer_unref (push (&f)); /* a face is told when it was seen twice */
  check (n_labels (&f) == 7);
  rig_tear_down (&f);
}

/* Its file is gone before the next frame comes: whoever set the property has read it. */
static void
loads_a_finder_before_frames_need_it (void)
{
  rig_fixture f;
  char *bytes, *path = g_strconcat (rig_finder, ".once", NULL);
  gsize n;
  require (g_file_get_contents (rig_finder, &bytes, &n, NULL) && g_file_set_contents (path, bytes, (gssize) n, NULL));
  char *line = g_strdup_printf ("feremotion name=e MODEL faces=upstream min-quality=0 finder-model=%s", path);
  rig_set_up (&f, line);
  gst_buffer_unref (push (&f));
  gst_util_set_object_arg (G_OBJECT (f.element), "faces", "finder");
  unlink (path);
  gst_buffer_unref (push (&f));
  check (n_labels (&f) == 7);
  g_free (line);
  g_free (bytes);
  g_free (path);
  rig_tear_down (&f);
}

static void
says_nothing_while_it_does_not_run (void)
{
  GstElement *element = gst_element_factory_make ("feremotion", NULL);
  GstBus *bus = gst_bus_new ();
  gst_element_set_bus (element, bus);
  g_object_set (element, "model", other, NULL);
  check (!gst_bus_have_pending (bus));
  check (gst_element_set_state (element, GST_STATE_PAUSED) == GST_STATE_CHANGE_SUCCESS);
  gst_element_set_state (element, GST_STATE_NULL);
  gst_element_set_bus (element, NULL);
  gst_object_unref (bus);
  gst_object_unref (element);
}

typedef struct swapper {
  GstElement *element;
  gint stop; /* atomic */
} swapper;

static gpointer
swap (gpointer data)
{
  swapper *s = data;
  for (int i = 0; !g_atomic_int_get (&s->stop); i++) {
    g_object_set (s->element, "model", i % 3 == 0 ? other : i % 3 == 1 ? rig_model : "/nowhere", NULL);
    g_object_set (s->element, "finder-model", i % 2 ? rig_finder : "/nowhere", NULL);
  }
  return NULL;
}

/* Each frame is read by one model or the other, never by a bit of both, and none is lost. */
static void
changes_under_load (void)
{
  rig_fixture f;
  gint seen[8] = { 0 };
  rig_set_up (&f, "feremotion name=e MODEL FINDER min-quality=0 overlay=heatmap interval=0 detect-interval=0");
  swapper s = { f.element, 0 };
  GThread *thread = g_thread_new ("swapper", swap, &s);
  for (int i = 0; i < 5000 && (i < 100 || !seen[3] || !seen[7]); i++) {
    GstBuffer *out = push (&f);
    require (out && rig_n_faces (out) == 1);
    const GValue *labels = gst_structure_get_value (rig_result (out), "labels");
    const GValue *probabilities = gst_structure_get_value (rig_face (out, 0), "probabilities");
    guint n = gst_value_array_get_size (labels);
    check ((n == 3 || n == 7) && gst_value_array_get_size (probabilities) == n);
    seen[n & 7]++;
    gst_buffer_unref (out);
  }
  g_atomic_int_set (&s.stop, 1);
  g_thread_join (thread);
  check (seen[3] > 0 && seen[7] > 0);
  test_note ("%d frames with 3 labels, %d with 7", seen[3], seen[7]);
  rig_tear_down (&f);
}

int
main (int argc, char **argv)
{
  rig_init (&argc, &argv);
  write_other ();
  int status = test_run ((test_case[]) { TEST (reads_with_another_model),
                                         TEST (keeps_the_old_one_when_another_cannot_be_used),
                                         TEST (changes_its_precision),
                                         TEST (finds_with_another_finder),
                                         TEST (loads_a_finder_before_frames_need_it),
                                         TEST (says_nothing_while_it_does_not_run),
                                         TEST (changes_under_load),
                                         { 0 } });
  unlink (other);
  g_free (other);
  return rig_exit (status);
}
