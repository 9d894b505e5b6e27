/* SPDX-License-Identifier: MIT */
#include "emotionmeta.h"

#include <gst/check/gstharness.h>
#include <gst/video/video.h>
#include <string.h>

#include "../test.h"
#include "structure.h"

static void
fill (fer_result *result)
{
  *result = (fer_result) { .time_us = 1234567, .width = 64, .height = 48, .n_labels = 7, .labels = fer_labels7, .n_faces = 2 };
  for (int i = 0; i < 2; i++) {
    fer_face *face = &result->faces[i];
    *face = (fer_face) { .id = (uint64_t) i, .box = { 4.5f + i, 8, 16, 20 }, .source = i ? FER_FROM_FRAME : FER_FROM_UPSTREAM, .age = 5 };
    for (int k = 0; k < 7; k++)
      face->probabilities[k] = k == 3 ? 0.4f : 0.1f;
    fer_face_decide (face, 7, (fer_limits) { .threshold = i ? 0.5f : 0 });
  }
}

/* As the finder's face that it then is. */
static void
fill_more (fer_face *face)
{
  face->source = FER_FROM_FINDER;
  face->score = 0.75f;
  face->has_points = face->has_quality = true;
  face->quality = 0.125f;
  face->skip = FER_SKIP_DARK;
  face->has_dominant = true;
  face->dominant = 5;
  face->dominant_share = 0.25f;
  for (int k = 0; k < FER_N_POINTS; k++)
    face->points[k] = (fer_point) { 8 + (float) k, 10 - (float) k };
}

static GstBuffer *
buffer_with_meta (gsize size)
{
  fer_result result;
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, size, NULL);
  gst_buffer_memset (buffer, 0, 0, size);
  fill (&result);
  fill_more (&result.faces[0]);
  result.faces[1].raw[2] = 0.25f;
  result.n_skipped = 1;
  result.skipped[0] = (fer_skipped) { 9, { 1, 2, 8, 10 }, FER_FROM_FINDER, FER_SKIP_OUTSIDE };
  emotion_meta_attach (buffer, &result, FALSE);
  return buffer;
}

static int
n_metas (GstBuffer *buffer)
{
  int n = 0;
  gpointer state = NULL;
  for (GstMeta *meta; (meta = gst_buffer_iterate_meta (buffer, &state));)
    n += meta->info == gst_meta_get_info (EMOTION_META_NAME);
  return n;
}

static void
gives_back_what_was_attached (void)
{
  GstBuffer *buffer = buffer_with_meta (1);
  fer_result result;
  const char *labels[FER_MAX_LABELS];
  require (emotion_meta_read (buffer, &result, labels));
  check (result.width == 64 && result.height == 48 && result.n_faces == 2 && result.n_labels == 7 && result.time_us == 1234567);
  check (strcmp (result.labels[6], "neutral") == 0);
  check (result.faces[0].label == 3 && result.faces[1].label == -1);
  check (strcmp (result_label (&result, &result.faces[1]), "unsure") == 0);
  check (result.faces[1].id == 1 && result.faces[1].source == FER_FROM_FRAME && result.faces[1].age == 5 && result.faces[1].box.x == 5.5f);
  check_near (result.faces[1].confidence, 0.4, 1e-6);
  check_near (result.faces[1].probabilities[2], 0.1, 1e-6);
  const fer_face *first = &result.faces[0], *second = &result.faces[1];
  check (first->has_dominant && first->dominant == 5 && first->dominant_share == 0.25f && !second->has_dominant);
  check (first->source == FER_FROM_FINDER && first->score == 0.75f && first->has_quality && first->quality == 0.125f && first->skip == FER_SKIP_DARK);
  check (first->has_points && first->points[4].x == 12 && first->points[4].y == 6);
  check (!second->has_points && !second->has_quality && second->skip == FER_SKIP_NONE);
  check (second->raw[2] == 0.25f);
  require (result.n_skipped == 1);
  const fer_skipped *skipped = &result.skipped[0];
  check (skipped->id == 9 && skipped->box.y == 2 && skipped->source == FER_FROM_FINDER && skipped->reason == FER_SKIP_OUTSIDE);
  gst_buffer_unref (buffer);
}

static void
there_is_one_a_buffer (void)
{
  GstBuffer *buffer = buffer_with_meta (1);
  fer_result result;
  const char *labels[FER_MAX_LABELS];
  fill (&result);
  result.n_faces = 0;
  result.time_us = G_MININT64;
  emotion_meta_attach (buffer, &result, FALSE);
  check (n_metas (buffer) == 1);
  require (emotion_meta_read (buffer, &result, labels));
  check (result.n_faces == 0 && result.time_us == G_MININT64);
  check (emotion_meta_register ()); /* again */
  gst_buffer_unref (buffer);
}

static void
is_copied_with_the_buffer (void)
{
  GstBuffer *buffer = buffer_with_meta (1), *copy = gst_buffer_copy (buffer);
  fer_result result;
  const char *labels[FER_MAX_LABELS];
  gst_buffer_unref (buffer);
  require (emotion_meta_read (copy, &result, labels));
  check (result.n_faces == 2 && result.faces[1].box.x == 5.5f && result.labels == labels);
  gst_buffer_unref (copy);
}

static void
is_scaled_with_the_picture (void)
{
  GstHarness *h = gst_harness_new_parse ("videoconvert ! videoscale ! capsfilter caps=video/x-raw,format=RGB,width=128,height=24");
  fer_result result;
  const char *labels[FER_MAX_LABELS];
  gst_harness_set_src_caps_str (h, "video/x-raw,format=I420,width=64,height=48,framerate=30/1");
  GstBuffer *out = gst_harness_push_and_pull (h, buffer_with_meta (64 * 48 * 3 / 2));
  require (out && n_metas (out) == 1 && emotion_meta_read (out, &result, labels));
  check (result.width == 128 && result.height == 24 && result.n_faces == 2);
  check_near (result.faces[0].box.x, 9, 1e-4);
  check_near (result.faces[0].box.y, 4, 1e-4);
  check_near (result.faces[0].box.w, 32, 1e-4);
  check_near (result.faces[0].box.h, 10, 1e-4);
  check_near (result.faces[0].probabilities[3], 0.4, 1e-6);
  check_near (result.faces[0].points[4].x, 24, 1e-4);
  check_near (result.faces[0].points[4].y, 3, 1e-4);
  require (result.n_skipped == 1);
  check_near (result.skipped[0].box.w, 16, 1e-4);
  check_near (result.skipped[0].box.h, 5, 1e-4);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

static void
refuses_structures_of_others (void)
{
  static const char *const strange[] = { "x", "x, width=1, height=1, labels=<a>, faces=<1>", "x, width=1, height=1, labels=<1>, faces=<>",
                                         "x, width=1, height=1, labels=<a, b>, faces=<[face, x=1.0, y=1.0]>", "x, width=1, height=1, faces=<>" };
  fer_result result;
  const char *labels[FER_MAX_LABELS];
  for (gsize i = 0; i < G_N_ELEMENTS (strange); i++) {
    GstStructure *s = gst_structure_from_string (strange[i], NULL);
    require (s);
    check (!structure_get_result (s, &result, labels));
    gst_structure_free (s);
  }
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  if (!emotion_meta_register ())
    return 1;
  return test_run ((test_case[]) { TEST (gives_back_what_was_attached),
                                   TEST (there_is_one_a_buffer),
                                   TEST (is_copied_with_the_buffer),
                                   TEST (is_scaled_with_the_picture),
                                   TEST (refuses_structures_of_others),
                                   { 0 } });
}
