/* SPDX-License-Identifier: MIT
 * The tracker on detections that are made up. Crossings are in match.c. */
#include "sighting.h"
#include "test.h"

#define SECOND UINT64_C (1000000000)
#define MS (SECOND / 1000)
#define INTERVAL (200 * MS)

/* One frame in which all that is there is found. Returns the number of faces told. */
static int
frame (fer_tracker *tracker, uint64_t time, const fer_found *found, int n, const fer_track **tracks)
{
  fer_search search;
  int n_told;
  fer_tracker_advance (tracker, time);
  fer_tracker_plan (tracker, INTERVAL, &search);
  fer_tracker_update (tracker, found, n, search.whole, NULL);
  const fer_track *told = fer_tracker_tracks (tracker, &n_told);
  if (tracks)
    *tracks = told;
  return n_told;
}

static float
centre_x (const fer_track *track)
{
  return track->box.x + 0.5f * track->box.w;
}

/* ---- one face -------------------------------------------------------------------------------------------------------------- */

static void
a_sure_face_is_told_at_once (void)
{
  nn_error error;
  fer_tracker *tracker = fer_tracker_new (&error);
  const fer_track *tracks;
  fer_found found = face_at (100, 100, 50, 0, 0.9f);
  require (tracker && frame (tracker, 0, NULL, 0, &tracks) == 0);
  require (frame (tracker, 33 * MS, &found, 1, &tracks) == 1);
  check (tracks[0].id == 1 && tracks[0].unseen == 0 && tracks[0].has_points);
  check_near (tracks[0].box.x, 75, 1e-3);
  check_near (tracks[0].points[0].x, 90, 1e-3);
  fer_tracker_free (tracker);
}

static void
a_doubtful_face_is_told_when_seen_again (void)
{
  nn_error error;
  fer_tracker *tracker = fer_tracker_new (&error);
  const fer_track *tracks;
  fer_found found = face_at (100, 100, 50, 0, 0.6f);
  require (tracker);
  frame (tracker, 0, NULL, 0, &tracks);
  check (frame (tracker, 33 * MS, &found, 1, &tracks) == 0);
  check (frame (tracker, 66 * MS, NULL, 0, &tracks) == 0);
  check (frame (tracker, 99 * MS, &found, 1, &tracks) == 0); /* seen twice, but not twice on end */
  require (frame (tracker, 132 * MS, &found, 1, &tracks) == 1);
  check (tracks[0].id == 1);
  found.score = 0.4f; /* enough for one that is known */
  require (frame (tracker, 165 * MS, &found, 1, &tracks) == 1);
  check (tracks[0].unseen == 0 && tracks[0].score == 0.4f);
  fer_tracker_free (tracker);
}

static void
doubts_do_not_last (void)
{
  nn_error error;
  fer_tracker *tracker = fer_tracker_new (&error);
  const fer_track *tracks = NULL;
  int n_told = 0;
  require (tracker);
  for (int i = 0; i < 200; i++) { /* sure once in a second for five, then never again */
    fer_found found = face_at (100, 100, 50, 0, i < 125 && i % 25 == 0 ? 0.9f : 0.4f);
    n_told += frame (tracker, (uint64_t) i * 40 * MS, &found, 1, &tracks);
  }
  check (n_told == 101 + 50 + 7); /* to the last sure sighting, two seconds, and 300 ms */
  fer_tracker_free (tracker);
}

static void
a_still_picture_tells_all (void)
{
  nn_error error;
  fer_tracker *tracker = fer_tracker_new (&error);
  fer_found found = face_at (100, 100, 50, 0, 0.55f);
  require (tracker);
  check (frame (tracker, FER_TIME_NONE, &found, 1, NULL) == 1);
  found = face_at (300, 100, 50, 0, 0.55f); /* and so does each of a slow row of them */
  check (frame (tracker, 4 * SECOND, &found, 1, NULL) == 1);
  fer_tracker_free (tracker);
}

/* A face that goes out of sight for this long while it walks on: frames in which it was told meanwhile; the id it has afterwards. */
static uint64_t
hide (uint64_t ms, int *n_told)
{
  nn_error error;
  fer_tracker *tracker = fer_tracker_new (&error);
  const fer_track *tracks = NULL;
  uint64_t time = 0, id;
  *n_told = 0;
  for (; time < 500 * MS; time += 20 * MS) {
    fer_found found = face_at (100 + (float) (time / MS) * 0.1f, 100, 60, 0, 0.9f);
    frame (tracker, time, &found, 1, &tracks);
  }
  for (; time < (500 + ms) * MS; time += 20 * MS)
    *n_told += frame (tracker, time, NULL, 0, &tracks);
  fer_found found = face_at (100 + (float) (time / MS) * 0.1f, 100, 60, 0, 0.9f);
  id = frame (tracker, time, &found, 1, &tracks) == 1 ? tracks[0].id : 0;
  fer_tracker_free (tracker);
  return id;
}

static void
a_lost_face_is_told_shortly_and_remembered_longer (void)
{
  int n_told;
  check (hide (200, &n_told) == 1 && n_told == 10);
  check (hide (1000, &n_told) == 1 && n_told == 15); /* 300 ms of 20 */
  check (hide (2000, &n_told) == 2 && n_told == 15);
}

static void
moves_on_while_it_is_not_seen (void)
{
  nn_error error;
  fer_tracker *tracker = fer_tracker_new (&error);
  const fer_track *tracks = NULL;
  uint64_t time = 0;
  require (tracker);
  for (; time < 1000 * MS; time += 20 * MS) {
    fer_found found = face_at (100 + (float) (time / MS) * 0.2f, 100, 80, 0, 0.9f);
    frame (tracker, time, &found, 1, &tracks);
  }
  for (; time < 1160 * MS; time += 20 * MS)
    require (frame (tracker, time, NULL, 0, &tracks) == 1);
  check (tracks[0].unseen == 160 * MS);
  check_near (centre_x (&tracks[0]), 100 + 1140 * 0.2, 6);
  fer_tracker_free (tracker);
}

static void
steadies_boxes_without_lagging (void)
{
  nn_error error;
  fer_tracker *tracker = fer_tracker_new (&error);
  const fer_track *tracks = NULL;
  nn_random random = nn_random_new (3, 0, 0, 0);
  double before = 0, after = 0, last_in = 200, last_out = 200, lag = 0;
  require (tracker);
  for (int i = 0; i < 300; i++) {
    fer_found found = face_at (200 + 2 * nn_random_normal (&random), 100, 100, 0, 0.9f);
    require (frame (tracker, (uint64_t) i * 33 * MS, &found, 1, &tracks) == 1);
    double in = (double) (found.box.x + 50), out = (double) centre_x (&tracks[0]);
    before += fabs (in - last_in);
    after += fabs (out - last_out);
    last_in = in;
    last_out = out;
  }
  check (after < 0.35 * before);
  for (int i = 0; i < 60; i++) { /* two sides a second */
    fer_found found = face_at (200 + (float) i * 6.6f, 100, 100, 0, 0.9f);
    require (frame (tracker, (uint64_t) (300 + i) * 33 * MS, &found, 1, &tracks) == 1);
    lag = (double) (found.box.x + 50 - centre_x (&tracks[0]));
  }
  check (lag < 5 && tracks[0].id == 1);
  fer_tracker_free (tracker);
}

/* ---- what to search -------------------------------------------------------------------------------------------------------- */

/* Searches of the whole picture in a second at fps, with a face that is seen in every frame. */
static int
n_searches (double fps, uint64_t interval)
{
  nn_error error;
  fer_tracker *tracker = fer_tracker_new (&error);
  fer_found found = face_at (100, 100, 50, 0, 0.9f);
  fer_search search;
  int n = 0;
  for (int i = 0; i < (int) fps; i++) {
    fer_tracker_advance (tracker, (uint64_t) (i * 1e9 / fps));
    fer_tracker_plan (tracker, interval, &search);
    fer_tracker_update (tracker, &found, 1, search.whole, NULL);
    n += search.whole;
  }
  fer_tracker_free (tracker);
  return n;
}

/* Looks at the face in a second at fps, in which it is seen whenever somebody looks; it is told in every frame. */
static int
n_looks (double fps)
{
  nn_error error;
  fer_tracker *tracker = fer_tracker_new (&error);
  fer_search search;
  int n = 0, n_told;
  for (int i = 0; i < (int) fps; i++) {
    float x = 100 + 100 * (float) (i / fps);
    fer_found found = face_at (x, 100, 50, 0, 0.9f);
    fer_tracker_advance (tracker, (uint64_t) (i * 1e9 / fps));
    fer_tracker_plan (tracker, 10 * SECOND, &search);
    fer_tracker_update (tracker, &found, search.whole || search.n, search.whole, NULL);
    const fer_track *tracks = fer_tracker_tracks (tracker, &n_told);
    check (n_told == 1 && tracks[0].id == 1 && !tracks[0].lost);
    check_near (centre_x (&tracks[0]), x, i < fps / 5 ? 8 : 3); /* until its velocity is known */
    n += search.n;
  }
  fer_tracker_free (tracker);
  return n;
}

static void
looks_no_more_often_than_it_helps (void)
{
  check (n_looks (10) == 9 && n_looks (25) == 24 && n_looks (30) == 14 && n_looks (60) == 19);
}

static void
searches_by_time_not_by_frames (void)
{
  check (n_searches (10, INTERVAL) == 5 && n_searches (30, INTERVAL) == 5 && n_searches (60, INTERVAL) == 5);
  check (n_searches (30, 0) == 30 && n_searches (30, SECOND) == 1);
}

static void
searches_at_once_when_a_face_is_lost (void)
{
  nn_error error;
  fer_tracker *tracker = fer_tracker_new (&error);
  fer_found found = face_at (100, 100, 50, 0, 0.9f);
  fer_search search;
  bool whole[5];
  require (tracker);
  frame (tracker, 0, &found, 1, NULL);
  for (int i = 0; i < 5; i++) {
    fer_tracker_advance (tracker, (uint64_t) (i + 1) * 40 * MS);
    fer_tracker_plan (tracker, SECOND, &search);
    fer_tracker_update (tracker, &found, i == 0, search.whole, NULL);
    whole[i] = search.whole;
  }
  check (!whole[0] && !whole[1] && whole[2] && !whole[3] && !whole[4]); /* once: the face may have left */
  fer_tracker_free (tracker);
}

/* A face that nobody has time to look for moves on, and neither is it lost nor is its search forgotten. */
static void
what_is_spared_stays_due (void)
{
  nn_error error;
  fer_tracker *tracker = fer_tracker_new (&error);
  fer_search search;
  int n = 0;
  require (tracker);
  for (int i = 0; i < 40; i++) {
    fer_found found = face_at (100 + 2 * (float) i, 100, 50, 0, 0.9f);
    bool spared = i >= 15 && i < 30;
    fer_tracker_advance (tracker, (uint64_t) i * 50 * MS);
    fer_tracker_plan (tracker, INTERVAL, &search);
    if (i == 28)
      check (search.whole && search.n == 1);
    if (spared)
      fer_tracker_spare (tracker, &search, false, false);
    check (!spared || (!search.whole && !search.n));
    fer_tracker_update (tracker, &found, !spared, search.whole, NULL);
    const fer_track *tracks = fer_tracker_tracks (tracker, &n);
    require (n == 1 && tracks[0].id == 1 && !tracks[0].lost);
    check ((tracks[0].unseen > 0) == spared);
  }
  fer_tracker_plan (tracker, 0, &search);
  fer_tracker_spare (tracker, &search, true, false);
  check (search.whole && !search.n);
  fer_tracker_free (tracker);
}

static void
looks_where_the_face_will_be_as_it_was_turned (void)
{
  nn_error error;
  fer_tracker *tracker = fer_tracker_new (&error);
  fer_search search;
  require (tracker);
  for (int i = 0; i < 10; i++) {
    fer_found found = face_at (100 + 4 * (float) i, 100, 50, (float) M_PI / 4, 0.9f);
    frame (tracker, (uint64_t) i * 20 * MS, &found, 1, NULL);
  }
  fer_tracker_advance (tracker, 220 * MS);
  fer_tracker_plan (tracker, INTERVAL, &search);
  require (search.n == 1 && search.whole);
  check_near (search.squares[0].w, 100, 0.5);
  check_near (search.squares[0].x + 50, 144, 1);
  check_near (search.rolls[0], M_PI / 4, 1e-3);
  fer_tracker_free (tracker);
}

/* ---- times ----------------------------------------------------------------------------------------------------------------- */

static void
frames_without_times_go_on (void)
{
  nn_error error;
  fer_tracker *tracker = fer_tracker_new (&error);
  const fer_track *tracks = NULL;
  require (tracker);
  for (int i = 0; i < 30; i++) {
    fer_found found = face_at (100 + 3 * (float) i, 100, 50, 0, 0.9f);
    require (frame (tracker, FER_TIME_NONE, &found, 1, &tracks) == 1);
    check (tracks[0].id == 1);
  }
  check_near (fer_tracker_time (tracker) / 1e9, 29 / 30.0, 1e-6);
  frame (tracker, 1040 * MS, NULL, 0, NULL);
  frame (tracker, 1060 * MS, NULL, 0, NULL);
  frame (tracker, FER_TIME_NONE, NULL, 0, NULL);
  check (fer_tracker_time (tracker) == 1080 * MS);
  fer_tracker_free (tracker);
}

/* The id of a face that stays while the time jumps. */
static uint64_t
id_after (uint64_t before, uint64_t after)
{
  nn_error error;
  fer_tracker *tracker = fer_tracker_new (&error);
  const fer_track *tracks = NULL;
  fer_found found = face_at (100, 100, 50, 0, 0.9f);
  frame (tracker, before, &found, 1, &tracks);
  uint64_t id = frame (tracker, after, &found, 1, &tracks) == 1 ? tracks[0].id : 0;
  fer_tracker_free (tracker);
  return id;
}

static void
a_jump_in_time_is_another_scene (void)
{
  check (id_after (10 * SECOND, 10 * SECOND + 33 * MS) == 1);
  check (id_after (10 * SECOND, 10 * SECOND) == 1);  /* two frames at one time */
  check (id_after (10 * SECOND, 12 * SECOND) == 1);  /* one every other second */
  check (id_after (10 * SECOND, 9 * SECOND) == 2);   /* a seek back */
  check (id_after (10 * SECOND, 600 * SECOND) == 2); /* and on */
  check (id_after (10 * SECOND, FER_TIME_NONE - 1) == 2);
}

static void
forgets_faces_but_not_ids (void)
{
  nn_error error;
  fer_tracker *tracker = fer_tracker_new (&error);
  const fer_track *tracks = NULL;
  fer_found found = face_at (100, 100, 50, 0, 0.9f);
  fer_search search;
  require (tracker);
  frame (tracker, 0, &found, 1, &tracks);
  fer_tracker_forget (tracker);
  fer_tracker_advance (tracker, 33 * MS);
  fer_tracker_plan (tracker, INTERVAL, &search);
  check (search.whole && search.n == 0);
  fer_tracker_update (tracker, &found, 1, true, NULL);
  int n;
  tracks = fer_tracker_tracks (tracker, &n);
  check (n == 1 && tracks[0].id == 2);
  fer_tracker_free (tracker);
}

/* ---- crowds and nonsense --------------------------------------------------------------------------------------------------- */

static void
follows_a_full_frame (void)
{
  nn_error error;
  fer_tracker *tracker = fer_tracker_new (&error);
  const fer_track *tracks = NULL;
  require (tracker);
  for (int i = 0; i < 20; i++) {
    fer_found found[FER_MAX_FACES];
    for (int j = 0; j < FER_MAX_FACES; j++)
      found[(j * 37 + i) % FER_MAX_FACES] = face_at ((float) (30 + j % 8 * 60 + i), (float) (30 + j / 8 * 60), 40, 0, 0.9f);
    require (frame (tracker, (uint64_t) i * 33 * MS, found, FER_MAX_FACES, &tracks) == FER_MAX_FACES);
  }
  for (int j = 0; j < FER_MAX_FACES; j++)
    check (tracks[j].id == (uint64_t) j + 1);
  fer_found more[2] = { face_at (900, 900, 40, 0, 0.9f), face_at (1000, 900, 40, 0, 0.9f) };
  uint64_t ids[2] = { 5, 5 };
  fer_tracker_advance (tracker, 660 * MS);
  fer_tracker_update (tracker, more, 2, true, ids);
  check (ids[0] == 0 && ids[1] == 0);
  fer_tracker_free (tracker);
}

static void
survives_numbers_that_are_none (void)
{
  nn_error error;
  fer_tracker *tracker = fer_tracker_new (&error);
  const fer_track *tracks = NULL;
  fer_found found[4] = { face_at (NAN, 0, 10, 0, 0.9f), face_at (0, 0, 0, 0, 0.9f), face_at (1e30f, 1e30f, INFINITY, 0, NAN),
                         face_at (100, 100, 50, 0, 0.9f) };
  require (tracker);
  for (int i = 0; i < 20; i++) {
    require (frame (tracker, (uint64_t) i * 33 * MS, found, 4, &tracks) == 1);
    check (tracks[0].id == 1 && centre_x (&tracks[0]) == 100);
  }
  fer_tracker_free (tracker);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (a_sure_face_is_told_at_once),
                                   TEST (a_doubtful_face_is_told_when_seen_again),
                                   TEST (doubts_do_not_last),
                                   TEST (a_still_picture_tells_all),
                                   TEST (a_lost_face_is_told_shortly_and_remembered_longer),
                                   TEST (moves_on_while_it_is_not_seen),
                                   TEST (steadies_boxes_without_lagging),
                                   TEST (searches_by_time_not_by_frames),
                                   TEST (looks_no_more_often_than_it_helps),
                                   TEST (searches_at_once_when_a_face_is_lost),
                                   TEST (what_is_spared_stays_due),
                                   TEST (looks_where_the_face_will_be_as_it_was_turned),
                                   TEST (frames_without_times_go_on),
                                   TEST (a_jump_in_time_is_another_scene),
                                   TEST (forgets_faces_but_not_ids),
                                   TEST (follows_a_full_frame),
                                   TEST (survives_numbers_that_are_none),
                                   { 0 } });
}
