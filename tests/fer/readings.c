/* SPDX-License-Identifier: MIT */
#include "fer/fersteady.h"
#include "test.h"

#define MS UINT64_C (1000000)
#define NEVER ((fer_limits) { 0 })
#define INTERVAL (100 * MS)
#define CONSTANT (200 * MS)

static const fer_quality clear = { .value = 0.9f }, dark = { .value = 0.1f, .skip = FER_SKIP_DARK };
static const float happy[3] = { 0.1f, 0.8f, 0.1f }, sad[3] = { 0.1f, 0.2f, 0.7f };

/* Reads what is due of faces first ... first + n - 1 in a frame at time; how many were. */
static int
frame (fer_readings *readings, uint64_t first, int n, uint64_t time, uint64_t interval, int most)
{
  uint64_t ids[FER_MAX_FACES];
  int due[FER_MAX_FACES];
  for (int i = 0; i < n; i++)
    ids[i] = first + (uint64_t) i;
  int n_due = fer_readings_due (readings, ids, n, time, interval, most, due);
  for (int i = 0; i < n_due; i++)
    fer_readings_add (readings, ids[due[i]], happy, 3, &clear, time, CONSTANT);
  return n_due;
}

static void
reads_by_time (void)
{
  static const int rates[] = { 10, 20, 30, 50, 60 };
  nn_error error;
  for (int r = 0; r < 5; r++) {
    fer_readings *readings = fer_readings_new (&error);
    int n = 0;
    require (readings);
    for (int i = 0; i < rates[r]; i++)
      n += frame (readings, 1, 1, (uint64_t) (i * 1e9 / rates[r]), INTERVAL, 2);
    check (n == 10);
    fer_readings_free (readings);
  }
}

static void
without_an_interval_every_frame (void)
{
  nn_error error;
  fer_readings *readings = fer_readings_new (&error);
  require (readings);
  for (int i = 0; i < 10; i++)
    check (frame (readings, 1, 5, (uint64_t) i * 33 * MS, 0, 0) == 5);
  fer_readings_free (readings);
}

static void
new_faces_are_read_at_once (void)
{
  nn_error error;
  fer_readings *readings = fer_readings_new (&error);
  require (readings);
  check (frame (readings, 1, 6, 0, INTERVAL, 2) == 6);
  check (frame (readings, 1, 6, 33 * MS, INTERVAL, 2) == 0);
  check (frame (readings, 1, 7, 66 * MS, INTERVAL, 2) == 1);
  fer_readings_free (readings);
}

static void
the_oldest_first_and_not_too_many (void)
{
  nn_error error;
  fer_readings *readings = fer_readings_new (&error);
  uint64_t ids[5] = { 1, 2, 3, 4, 5 };
  int due[5], reads[5] = { 0 };
  require (readings);
  frame (readings, 1, 5, 0, INTERVAL, 2);
  for (int i = 3; i < 303; i++) {
    uint64_t time = (uint64_t) i * 33 * MS, oldest = 0;
    int n = fer_readings_due (readings, ids, 5, time, INTERVAL, 2, due);
    check (n <= 2);
    for (int k = 0; k < 5; k++) {
      fer_face face = { .id = ids[k] };
      fer_readings_get (readings, time, NEVER, 0, &face);
      oldest = face.age > oldest ? face.age : oldest;
    }
    for (int k = 0; k < n; k++) {
      fer_face face = { .id = ids[due[k]] };
      fer_readings_get (readings, time, NEVER, 0, &face);
      check (k || face.age == oldest);
      fer_readings_add (readings, ids[due[k]], happy, 3, &clear, time, CONSTANT);
      reads[due[k]]++;
    }
  }
  for (int k = 0; k < 5; k++) /* due every third frame; two a frame are enough for five */
    check (reads[k] >= 99 && reads[k] <= 101);
  fer_readings_free (readings);
}

static void
a_crowd_takes_turns (void)
{
  nn_error error;
  fer_readings *readings = fer_readings_new (&error);
  require (readings);
  frame (readings, 1, 20, 0, INTERVAL, 2);
  for (int i = 4; i < 104; i++) {
    check (frame (readings, 1, 20, (uint64_t) i * 33 * MS, INTERVAL, 2) == 2);
    for (uint64_t id = 1; id <= 20; id++) {
      fer_face face = { .id = id };
      require (fer_readings_get (readings, (uint64_t) i * 33 * MS, NEVER, 0, &face) >= 0);
      check (face.age <= 13 * 33 * MS); /* ten frames for a round, after the first wait */
    }
  }
  fer_readings_free (readings);
}

static void
faces_without_an_id_are_always_due (void)
{
  nn_error error;
  fer_readings *readings = fer_readings_new (&error);
  int due[3];
  fer_face face = { .id = 0, .age = 77 };
  require (readings);
  fer_readings_add (readings, 5, happy, 3, &clear, 0, CONSTANT);
  check (fer_readings_due (readings, (uint64_t[]) { 0, 5, 0 }, 3, MS, INTERVAL, 1, due) == 2);
  check (due[0] == 0 && due[1] == 2);
  check (fer_readings_get (readings, 0, NEVER, 0, &face) == -1 && face.age == 77);
  fer_readings_free (readings);
}

static void
labels_hold_and_say_how_old_they_are (void)
{
  nn_error error;
  fer_readings *readings = fer_readings_new (&error);
  fer_face face = { .id = 9 };
  require (readings);
  check (fer_readings_get (readings, 0, NEVER, 0, &face) == -1);
  int place = fer_readings_add (readings, 9, happy, 3, &clear, 100 * MS, CONSTANT);
  require (fer_readings_get (readings, 150 * MS, NEVER, 0, &face) == place);
  check (face.label == 1 && face.age == 50 * MS && face.confidence == 0.8f && face.raw[1] == 0.8f);
  check (fer_readings_add (readings, 9, sad, 3, &clear, 200 * MS, CONSTANT) == place);
  require (fer_readings_get (readings, 200 * MS, NEVER, 0, &face) == place);
  check (face.age == 0 && face.raw[2] == 0.7f && face.probabilities[2] > 0.1f && face.probabilities[2] < 0.7f);
  check (face.label == 1 && face.confidence == face.probabilities[1]);
  require (fer_readings_get (readings, 400 * MS, (fer_limits) { .threshold = 0.99f }, 0, &face) == place);
  check (face.label == -1 && face.confidence > 0.3f);
  fer_readings_free (readings);
}

static void
a_face_that_cannot_be_read_says_why (void)
{
  nn_error error;
  fer_readings *readings = fer_readings_new (&error);
  fer_face face = { .id = 9 };
  int due[1];
  require (readings);
  fer_readings_add (readings, 9, NULL, 3, &dark, 0, CONSTANT);
  require (fer_readings_get (readings, 50 * MS, NEVER, 0, &face) >= 0);
  check (face.skip == FER_SKIP_DARK && face.label == -1 && face.confidence == 0 && face.has_quality && face.quality == 0.1f);
  check (fer_readings_due (readings, &face.id, 1, 50 * MS, INTERVAL, 1, due) == 0); /* and is not tried again at once */
  fer_readings_add (readings, 9, happy, 3, &clear, 100 * MS, CONSTANT);
  face = (fer_face) { .id = 9 };
  require (fer_readings_get (readings, 100 * MS, NEVER, 0, &face) >= 0);
  check (face.skip == FER_SKIP_NONE && face.label == 1 && face.quality == 0.9f);
  fer_readings_free (readings);
}

static void
a_label_outlasts_a_bad_moment (void)
{
  nn_error error;
  fer_readings *readings = fer_readings_new (&error);
  int last = 1, changes = 0;
  uint64_t since = 0;
  require (readings);
  fer_readings_add (readings, 9, happy, 3, &clear, 0, CONSTANT);
  for (int i = 0; i < 200; i++) { /* dark from 1 s to 3 s, but for a moment */
    uint64_t time = (uint64_t) i * 20 * MS;
    bool bad = i >= 50 && i < 150 && i != 100;
    fer_face face = { .id = 9 };
    if (i % 5 == 0)
      fer_readings_add (readings, 9, bad ? NULL : happy, 3, bad ? &dark : &clear, time, CONSTANT);
    require (fer_readings_get (readings, time, NEVER, 0, &face) >= 0);
    if (i < 70)
      check (face.label == 1 && face.age <= 20 * 20 * MS + 500 * MS);
    if (i > 75 && i < 100)
      check (face.skip == FER_SKIP_DARK && face.label == -1 && face.probabilities[1] == 0);
    if (face.label != last) {
      check (time - since >= FER_LABEL_HOLD);
      since = time;
      last = face.label;
      changes++;
    }
  }
  check (changes == 4 && last == 1);
  fer_readings_free (readings);
}

static void
says_what_was_shown_longest (void)
{
  nn_error error;
  fer_readings *readings = fer_readings_new (&error);
  fer_face face = { .id = 9 };
  require (readings);
  for (int i = 0; i <= 90; i++) { /* happy for 6 s, then sad */
    uint64_t time = (uint64_t) i * 100 * MS;
    fer_readings_add (readings, 9, i <= 60 ? happy : sad, 3, &clear, time, 10 * MS);
    fer_readings_get (readings, time, NEVER, 4000 * MS, &face);
    check (face.has_dominant && face.label == (i <= 60 ? 1 : 2));
    check (face.dominant == (i < 80 ? 1 : i > 83 ? 2 : face.dominant));
  }
  check_near (face.dominant_share, 0.75, 0.07);
  fer_readings_get (readings, 9000 * MS, NEVER, 0, &face);
  check (!face.has_dominant);
  fer_readings_free (readings);
}

/* Noisy readings of a face that is there all the time, in frames of some rate, some of which cannot be used: whatever the interval, each frame has a
 * label, and none for less than FER_LABEL_HOLD. */
static void
no_frame_is_without_a_label (void)
{
  static const int rates[] = { 5, 12, 25, 30, 60 }, intervals[] = { 0, 40, 100, 250, 1000 };
  unsigned seed = 7;
  for (int k = 0; k < 25; k++) {
    nn_error error;
    fer_readings *readings = fer_readings_new (&error);
    uint64_t id = 4, since = 0;
    int due[1], last = -2, n_read = 0, n_labels = 0;
    require (readings);
    for (int i = 0; i < 20 * rates[k / 5]; i++) {
      uint64_t time = (uint64_t) i * 1000 * MS / (uint64_t) rates[k / 5];
      fer_face face = { .id = id };
      if (fer_readings_due (readings, &id, 1, time, (uint64_t) intervals[k % 5] * MS, 2, due)) {
        seed = seed * 1664525u + 1013904223u;
        float noise = (float) (seed >> 8 & 0xffff) / 65536;
        fer_readings_add (readings, id, i % 7 == 3 ? NULL : (float[]) { noise, 1 - noise, 0 }, 3, i % 7 == 3 ? &dark : &clear, time, CONSTANT / 4);
        n_read++;
      }
      require (fer_readings_get (readings, time, NEVER, 0, &face) >= 0);
      check (face.label >= 0 && face.confidence > 0);
      check (face.label == last || last == -2 || time - since >= FER_LABEL_HOLD);
      n_labels += face.label != last;
      since = face.label == last ? since : time;
      last = face.label;
    }
    check (n_labels > 2 && n_read <= 20 * rates[k / 5] && (!intervals[k % 5] || n_read <= 20000 / intervals[k % 5] + 1));
    fer_readings_free (readings);
  }
}

static void
remembers_the_last_of_many (void)
{
  nn_error error;
  fer_readings *readings = fer_readings_new (&error);
  require (readings);
  for (uint64_t id = 1; id <= 1000; id++)
    fer_readings_add (readings, id, happy, 3, &clear, id * MS, CONSTANT);
  for (uint64_t id = 1; id <= 1000; id++) {
    fer_face face = { .id = id };
    check ((fer_readings_get (readings, 1000 * MS, NEVER, 0, &face) >= 0) == (id > 1000 - FER_MAX_READINGS));
  }
  fer_readings_forget (readings);
  fer_face face = { .id = 1000 };
  check (fer_readings_get (readings, 1000 * MS, NEVER, 0, &face) == -1);
  fer_readings_free (readings);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (reads_by_time),
                                   TEST (without_an_interval_every_frame),
                                   TEST (new_faces_are_read_at_once),
                                   TEST (the_oldest_first_and_not_too_many),
                                   TEST (a_crowd_takes_turns),
                                   TEST (faces_without_an_id_are_always_due),
                                   TEST (labels_hold_and_say_how_old_they_are),
                                   TEST (a_face_that_cannot_be_read_says_why),
                                   TEST (a_label_outlasts_a_bad_moment),
                                   TEST (says_what_was_shown_longest),
                                   TEST (no_frame_is_without_a_label),
                                   TEST (remembers_the_last_of_many),
                                   { 0 } });
}
