/* SPDX-License-Identifier: MIT */
#include "fer/fer.h"
#include "test.h"

#include <glib.h>
#include <json-glib/json-glib.h>
#include <locale.h>
#include <string.h>

static const fer_result empty = {
  .pts = FER_TIME_NONE, .running_time = FER_TIME_NONE, .time_us = INT64_MIN, .width = 640, .height = 480, .n_labels = 7, .labels = fer_labels7
};

static fer_result
one_face (void)
{
  fer_result result = empty;
  result.pts = 1000000000;
  result.running_time = 40000000;
  result.time_us = INT64_C (1700000000250000);
  result.n_faces = 1;
  result.faces[0] = (fer_face) { .id = 3,
                                 .box = { 10, 20.25f, 100, 120.123456f },
                                 .source = FER_FROM_UPSTREAM,
                                 .age = 5,
                                 .probabilities = { 0.01f, 0, 0.02f, 0.93f, 0.0000123f, 0.04f, 0.00001f },
                                 .raw = { 0, 0, 0.04f, 0.91f, 0, 0.05f, 0 } };
  fer_face_decide (&result.faces[0], 7, (fer_limits) { 0 });
  return result;
}

static const char one_face_line[] =
    "{\"version\":1,\"pts\":1000000000,\"running_time\":40000000,\"time\":\"2023-11-14T22:13:20.250000Z\",\"width\":640,\"height\":480,\"faces\":["
    "{\"id\":3,\"box\":[10,20.25,100,120.1235],\"label\":\"happy\",\"confidence\":0.93,\"probabilities\":{\"angry\":0.01,\"disgust\":0,\"fear\":0.02,"
    "\"happy\":0.93,\"sad\":0,\"surprise\":0.04,\"neutral\":0},\"source\":\"upstream\",\"age\":5,\"fresh\":false,\"margin\":0.89,"
    "\"ranking\":[\"happy\",\"surprise\",\"fear\",\"angry\",\"sad\",\"neutral\",\"disgust\"],\"raw\":{\"angry\":0,\"disgust\":0,\"fear\":0.04,"
    "\"happy\":0.91,\"sad\":0,\"surprise\":0.05,\"neutral\":0}}]}";

static void
check_line (const fer_result *result, const char *expected)
{
  char *line = fer_result_to_json (result);
  check (!strcmp (line, expected));
  if (strcmp (line, expected))
    test_note ("%s", line);
  g_free (line);
}

static void
writes_a_face (void)
{
  fer_result result = one_face ();
  check_line (&result, one_face_line);
}

static void
writes_what_was_shown_longest (void)
{
  fer_result result = one_face ();
  fer_face *face = &result.faces[0];
  face->has_dominant = true;
  face->dominant = 6;
  face->dominant_share = 0.625f;
  char *line = fer_result_to_json (&result);
  check (strstr (line, "\"neutral\":0},\"dominant\":\"neutral\",\"dominant_share\":0.625}]}"));
  g_free (line);
  face->dominant = -1;
  face->dominant_share = 0;
  line = fer_result_to_json (&result);
  check (strstr (line, ",\"dominant\":\"unsure\",\"dominant_share\":0}]}"));
  g_free (line);
}

static void
writes_what_the_finder_saw (void)
{
  fer_result result = one_face ();
  fer_face *face = &result.faces[0];
  face->source = FER_FROM_FINDER;
  face->score = 0.875f;
  face->has_points = face->has_quality = true;
  face->quality = 0.125f;
  face->skip = FER_SKIP_SMALL;
  for (int i = 0; i < FER_N_POINTS; i++)
    face->points[i] = (fer_point) { 10 + (float) i, 20.5f - (float) i };
  char *line = fer_result_to_json (&result);
  check (g_str_has_suffix (line, ",\"score\":0.875,\"points\":[[10,20.5],[11,19.5],[12,18.5],[13,17.5],[14,16.5]],\"quality\":0.125,"
                                 "\"skipped\":\"smaller than 12 pixels\"}]}"));
  g_free (line);
}

static void
writes_what_was_skipped (void)
{
  fer_result result = empty;
  result.n_skipped = 2;
  result.skipped[0] = (fer_skipped) { 0, { -5, 1.5f, 8, 8 }, FER_FROM_UPSTREAM, FER_SKIP_SMALL };
  result.skipped[1] = (fer_skipped) { 7, { 0, 0, 50, 50 }, FER_FROM_FINDER, FER_SKIP_TOO_MANY };
  char *line = fer_result_to_json (&result),
       *expected =
           g_strdup_printf ("\"faces\":[],\"skipped\":[{\"id\":0,\"box\":[-5,1.5,8,8],\"source\":\"upstream\",\"reason\":\"smaller than 12 pixels\"},"
                            "{\"id\":7,\"box\":[0,0,50,50],\"source\":\"finder\",\"reason\":\"%s\"}]}",
                            fer_skip_text (FER_SKIP_TOO_MANY));
  check (g_str_has_suffix (line, expected));
  g_free (expected);
  g_free (line);
}

static void
writes_no_raw_numbers_of_a_face_that_is_not_followed (void)
{
  fer_result result = one_face ();
  result.faces[0].id = 0;
  char *line = fer_result_to_json (&result);
  check (g_str_has_suffix (line, "\"neutral\",\"disgust\"]}]}") && !strstr (line, "raw"));
  g_free (line);
}

static void
says_what_is_fresh (void)
{
  fer_result result = one_face ();
  result.faces[0].age = 0;
  char *line = fer_result_to_json (&result);
  check (strstr (line, "\"age\":0,\"fresh\":true,\"margin\":0.89,\"ranking\":[\"happy\",\"surprise\",") != NULL);
  g_free (line);
  result.faces[0].skip = FER_SKIP_DARK;
  line = fer_result_to_json (&result);
  check (strstr (line, "\"fresh\":false") && !strstr (line, "margin") && !strstr (line, "ranking"));
  g_free (line);
}

static void
writes_fields_of_the_user (void)
{
  static const fer_field fields[] = {
    { .name = "camera \"1\"", .kind = FER_FIELD_TEXT, .text = "left\n" },  { .name = "room", .kind = FER_FIELD_INTEGER, .integer = -3 },
    { .name = "latitude", .kind = FER_FIELD_NUMBER, .number = 52.520008 }, { .name = "tenth", .kind = FER_FIELD_NUMBER, .number = 0.1 },
    { .name = "none", .kind = FER_FIELD_NUMBER, .number = NAN },           { .name = "on", .kind = FER_FIELD_TRUTH, .integer = 1 },
  };
  fer_result result = empty;
  result.fields = fields;
  result.n_fields = G_N_ELEMENTS (fields);
  result.written_us = INT64_C (1700000000250000);
  check_line (&result, "{\"version\":1,\"pts\":null,\"running_time\":null,\"time\":null,\"written\":\"2023-11-14T22:13:20.250000Z\",\"width\":640,"
                       "\"height\":480,\"faces\":[],\"camera \\\"1\\\"\":\"left\\u000a\",\"room\":-3,\"latitude\":52.520008,\"tenth\":0.1,"
                       "\"none\":null,\"on\":true}");
  check (fer_json_has_key ("faces") && fer_json_has_key ("written") && !fer_json_has_key ("room"));
}

static void
writes_no_face_and_no_time (void)
{
  check_line (&empty, "{\"version\":1,\"pts\":null,\"running_time\":null,\"time\":null,\"width\":640,\"height\":480,\"faces\":[]}");
}

static void
writes_what_was_found_and_not_read (void)
{
  fer_result result = one_face ();
  result.file = "a \"b\".jpg";
  result.n_labels = 0;
  result.faces[0].source = FER_FROM_FINDER;
  result.faces[0].score = 0.75f;
  char *line = fer_result_to_json (&result);
  check (g_str_has_prefix (line, "{\"version\":1,\"file\":\"a \\\"b\\\".jpg\",\"pts\":"));
  check (g_str_has_suffix (line, "\"source\":\"finder\",\"score\":0.75}]}"));
  check (!strstr (line, "label") && !strstr (line, "confidence") && !strstr (line, "probabilities") && !strstr (line, "raw")
         && !strstr (line, "age"));
  g_free (line);
}

static void
is_unsure_under_the_threshold (void)
{
  fer_result result = one_face ();
  fer_face_decide (&result.faces[0], 7, (fer_limits) { .threshold = 0.95f });
  check (result.faces[0].label == -1);
  check_near (result.faces[0].confidence, 0.93, 1e-6);
  char *line = fer_result_to_json (&result);
  check (strstr (line, "\"label\":\"unsure\",\"confidence\":0.93,") != NULL);
  check (strstr (line, "\"happy\":0.93") != NULL);
  g_free (line);
}

static void
is_valid_json_whatever_the_labels_and_numbers (void)
{
  static const char *const labels[] = { "a\"b\\c\n\x01", "Überraschung" };
  fer_result result = empty;
  result.labels = labels;
  result.n_labels = 2;
  result.n_faces = FER_MAX_FACES;
  for (int i = 0; i < FER_MAX_FACES; i++)
    result.faces[i] = (fer_face) { .box = { -1e38f, NAN, INFINITY, -0.00001f }, .probabilities = { 1, NAN }, .confidence = 1 };
  char *line = fer_result_to_json (&result);
  GError *error = NULL;
  JsonNode *root = json_from_string (line, &error);
  check (root && !error);
  check (!strchr (line, '\n') && !strstr (line, "nan") && !strstr (line, "inf"));
  check (strstr (line, ",null,null,0]") != NULL);
  JsonObject *face = json_array_get_object_element (json_object_get_array_member (json_node_get_object (root), "faces"), 63);
  check (!strcmp (json_object_get_string_member (face, "label"), labels[0]));
  json_node_unref (root);
  g_free (line);
}

static void
does_not_follow_the_locale (void)
{
  static const char *const with_comma[] = { "de_DE.UTF-8", "fr_FR.UTF-8", "de_DE.utf8", "fr_FR", "de_DE", "es_ES.UTF-8", "it_IT.UTF-8" };
  bool found = false;
  for (size_t i = 0; i < G_N_ELEMENTS (with_comma) && !found; i++)
    found = setlocale (LC_ALL, with_comma[i]) != NULL;
  if (!found)
    skip ("no locale with a decimal comma is installed or in LOCPATH");
  char number[8];
  snprintf (number, sizeof number, "%.1f", 0.5);
  check (!strcmp (number, "0,5"));
  fer_result result = one_face ();
  check_line (&result, one_face_line);
  setlocale (LC_ALL, "C");
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (writes_a_face),
                                   TEST (writes_what_was_shown_longest),
                                   TEST (writes_what_the_finder_saw),
                                   TEST (writes_what_was_skipped),
                                   TEST (writes_no_raw_numbers_of_a_face_that_is_not_followed),
                                   TEST (says_what_is_fresh),
                                   TEST (writes_fields_of_the_user),
                                   TEST (writes_no_face_and_no_time),
                                   TEST (writes_what_was_found_and_not_read),
                                   TEST (is_unsure_under_the_threshold),
                                   TEST (is_valid_json_whatever_the_labels_and_numbers),
                                   TEST (does_not_follow_the_locale),
                                   { 0 } });
}
