/* SPDX-License-Identifier: MIT */
#include "news.h"

#include <gst/gst.h>
#include <string.h>

#include "../test.h"
#include "structure.h"

#define MS G_GUINT64_CONSTANT (1000000)

enum { ANGRY, DISGUST, FEAR, HAPPY, SAD, UNSURE = -1 };

typedef struct seen {
  guint64 id;
  int label;
} seen;

/* A frame in which n faces are seen. */
static gboolean
look (news *n, fer_result *result, guint64 ms, const seen *faces, int n_faces)
{
  *result = (fer_result) { .running_time = ms * MS, .n_labels = 7, .labels = fer_labels7, .n_faces = n_faces };
  for (int i = 0; i < n_faces; i++)
    result->faces[i] = (fer_face) { .id = faces[i].id, .label = faces[i].label };
  return news_in (n, result);
}

static gboolean
is (const fer_change *c, fer_change_kind kind, guint64 id, int from, int to, guint64 ms)
{
  return c->kind == kind && c->id == id && c->from == from && c->to == to && c->lasted == ms * MS;
}

static void
the_first_frame_is_news (void)
{
  news n = { 0 };
  fer_result result;
  check (look (&n, &result, 0, NULL, 0) && result.n_changes == 0);
  check (!look (&n, &result, 40, NULL, 0));
  news_forget (&n);
  check (look (&n, &result, 80, NULL, 0));
}

static void
tells_who_comes_changes_and_leaves (void)
{
  news n = { 0 };
  fer_result result;
  check (look (&n, &result, 0, (seen[]) { { 1, HAPPY }, { 2, SAD } }, 2) && result.n_changes == 2);
  check (is (&result.changes[0], FER_CHANGE_APPEARED, 1, -1, HAPPY, 0) && is (&result.changes[1], FER_CHANGE_APPEARED, 2, -1, SAD, 0));
  check (!look (&n, &result, 40, (seen[]) { { 2, SAD }, { 1, HAPPY } }, 2) && result.n_changes == 0); /* the order says nothing */
  check (look (&n, &result, 500, (seen[]) { { 1, UNSURE }, { 2, SAD } }, 2) && result.n_changes == 1);
  check (is (&result.changes[0], FER_CHANGE_LABEL, 1, HAPPY, UNSURE, 500));
  check (look (&n, &result, 700, (seen[]) { { 1, FEAR }, { 3, SAD } }, 2) && result.n_changes == 3);
  check (is (&result.changes[0], FER_CHANGE_LABEL, 1, UNSURE, FEAR, 200));
  check (is (&result.changes[1], FER_CHANGE_APPEARED, 3, -1, SAD, 0));
  check (is (&result.changes[2], FER_CHANGE_LEFT, 2, SAD, -1, 700));
  check (look (&n, &result, 900, NULL, 0) && result.n_changes == 2);
  check (is (&result.changes[0], FER_CHANGE_LEFT, 1, FEAR, -1, 900) && is (&result.changes[1], FER_CHANGE_LEFT, 3, SAD, -1, 200));
}

static void
faces_without_an_id_keep_their_order (void)
{
  news n = { 0 };
  fer_result result;
  look (&n, &result, 0, (seen[]) { { 0, HAPPY }, { 0, SAD } }, 2);
  check (!look (&n, &result, 40, (seen[]) { { 0, HAPPY }, { 0, SAD } }, 2));
  check (look (&n, &result, 80, (seen[]) { { 0, HAPPY }, { 0, FEAR } }, 2) && result.n_changes == 1);
  check (is (&result.changes[0], FER_CHANGE_LABEL, 0, SAD, FEAR, 80));
  check (look (&n, &result, 120, (seen[]) { { 0, HAPPY } }, 1) && result.n_changes == 1);
  check (is (&result.changes[0], FER_CHANGE_LEFT, 0, FEAR, -1, 120));
}

static void
all_faces_may_be_others (void)
{
  news n = { 0 };
  fer_result result;
  seen old[FER_MAX_FACES], new[FER_MAX_FACES];
  for (int i = 0; i < FER_MAX_FACES; i++) {
    old[i] = (seen) { 1 + (guint64) i, HAPPY };
    new[i] = (seen) { 101 + (guint64) i, SAD };
  }
  look (&n, &result, 0, old, FER_MAX_FACES);
  check (look (&n, &result, 40, new, FER_MAX_FACES) && result.n_changes == 2 * FER_MAX_FACES);
}

static void
times_that_are_not_known_are_not_told (void)
{
  news n = { 0 };
  fer_result result = { .running_time = FER_TIME_NONE, .n_labels = 7, .labels = fer_labels7, .n_faces = 1, .faces = { { .id = 1, .label = SAD } } };
  news_in (&n, &result);
  look (&n, &result, 40, (seen[]) { { 1, HAPPY } }, 1);
  check (result.n_changes == 1 && result.changes[0].lasted == FER_TIME_NONE);
  char *json = fer_result_to_json (&result);
  check (g_str_has_suffix (json, ",\"changes\":[{\"id\":1,\"change\":\"label\",\"from\":\"sad\",\"to\":\"happy\"}]}"));
  g_free (json);
}

static void
a_structure_gives_them_back (void)
{
  news n = { 0 };
  fer_result result, read;
  const char *labels[FER_MAX_LABELS];
  look (&n, &result, 0, (seen[]) { { 1, HAPPY }, { 2, SAD } }, 2);
  look (&n, &result, 300, (seen[]) { { 2, ANGRY }, { 3, UNSURE } }, 2);
  GstStructure *s = gst_structure_new_empty ("result");
  structure_set_result (s, &result);
  require (structure_get_result (s, &read, labels) && read.n_changes == 3);
  check (is (&read.changes[0], FER_CHANGE_LABEL, 2, SAD, ANGRY, 300));
  check (read.changes[1].kind == FER_CHANGE_APPEARED && read.changes[1].id == 3 && read.changes[1].to == UNSURE);
  check (is (&read.changes[2], FER_CHANGE_LEFT, 1, HAPPY, -1, 300));
  char *json = fer_result_to_json (&read);
  check (strstr (json, ",\"changes\":[{\"id\":2,\"change\":\"label\",\"from\":\"sad\",\"to\":\"angry\",\"lasted\":300000000},"
                       "{\"id\":3,\"change\":\"appeared\",\"to\":\"unsure\"},"
                       "{\"id\":1,\"change\":\"left\",\"from\":\"happy\",\"lasted\":300000000}]}"));
  g_free (json);
  gst_structure_free (s);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  return test_run ((test_case[]) { TEST (the_first_frame_is_news),
                                   TEST (tells_who_comes_changes_and_leaves),
                                   TEST (faces_without_an_id_keep_their_order),
                                   TEST (all_faces_may_be_others),
                                   TEST (times_that_are_not_known_are_not_told),
                                   TEST (a_structure_gives_them_back),
                                   { 0 } });
}
