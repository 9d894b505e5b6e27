/* SPDX-License-Identifier: MIT */
#include "fersteady.h"

#include <stdlib.h>
#include <string.h>

#define EARLY UINT64_C (1000000)   /* ns: times are rounded: what is due within it is due */
#define STALE UINT64_C (500000000) /* ns: from when on a face that could not be read twice or more has no label */

#define UNREACHABLE 2.0f /* a threshold */

typedef struct memory {
  uint64_t id;   /* 0: free */
  uint64_t time; /* of the last look */
  float quality;
  fer_skip skip;
  uint64_t unread;       /* time of the first of the looks that told nothing, if this one did */
  fer_smoother smoother; /* of what was read */
  fer_dwell dwell;       /* of what was shown of it */
} memory;

struct fer_readings {
  memory faces[FER_MAX_READINGS];
};

fer_readings *
fer_readings_new (nn_error *error)
{
  fer_readings *readings = calloc (1, sizeof *readings);
  if (!readings)
    nn_fail (error, "out of memory");
  return readings;
}

void
fer_readings_free (fer_readings *readings)
{
  free (readings);
}

void
fer_readings_forget (fer_readings *readings)
{
  memset (readings, 0, sizeof *readings);
}

static int
place_of (const fer_readings *readings, uint64_t id)
{
  for (int i = 0; i < FER_MAX_READINGS; i++)
    if (readings->faces[i].id == id)
      return i;
  return -1;
}

/* A free place, or that of the face looked at longest ago: there are twice as many as faces in a frame. */
static int
take_place (fer_readings *readings, uint64_t id)
{
  const memory *faces = readings->faces;
  int place = 0;
  for (int i = 1; i < FER_MAX_READINGS; i++)
    if (faces[place].id && (!faces[i].id || faces[i].time < faces[place].time))
      place = i;
  readings->faces[place] = (memory) { .id = id };
  return place;
}

uint64_t
fer_readings_age (const fer_readings *readings, uint64_t id, uint64_t time)
{
  int place = id ? place_of (readings, id) : -1;
  if (place < 0 || readings->faces[place].time > time)
    return FER_TIME_NONE;
  return time - readings->faces[place].time;
}

/* Sorted in by age, oldest first, equal ones in their order; the faces that must be read, FER_TIME_NONE old, come before all others and are not
 * counted by most. */
int
fer_readings_due (const fer_readings *readings, const uint64_t *ids, int n, uint64_t time, uint64_t interval, int most, int *due)
{
  uint64_t ages[FER_MAX_FACES];
  int n_due = 0, n_new = 0;
  for (int i = 0; i < n; i++) {
    uint64_t age = fer_readings_age (readings, ids[i], time);
    if (age != FER_TIME_NONE && age + EARLY < interval)
      continue;
    int j = n_due++;
    for (; j > 0 && ages[j - 1] < age; j--) {
      ages[j] = ages[j - 1];
      due[j] = due[j - 1];
    }
    ages[j] = age;
    due[j] = i;
    n_new += age == FER_TIME_NONE;
  }
  int limit = n_new > most ? n_new : most;
  return most && n_due > limit ? limit : n_due;
}

int
fer_readings_add (fer_readings *readings, uint64_t id, const float *probabilities, int n_labels, const fer_quality *quality, uint64_t time,
                  uint64_t constant)
{
  int place = place_of (readings, id);
  if (place < 0)
    place = take_place (readings, id);
  memory *face = &readings->faces[place];
  if (face->skip == FER_SKIP_NONE)
    face->unread = time;
  face->time = time;
  face->quality = quality->value;
  face->skip = probabilities ? FER_SKIP_NONE : quality->skip;
  if (probabilities)
    fer_smoother_add (&face->smoother, probabilities, n_labels, time, constant);
  return place;
}

static bool
is_stale (const memory *face, uint64_t time)
{
  bool again = face->time > face->unread && time > face->unread + STALE;
  return face->skip != FER_SKIP_NONE && (again || !face->smoother.n_labels);
}

/* Steady in both directions: "unsure", too, is shown for as long as a label. */
static void
read_label (fer_smoother *smoother, fer_limits limits, uint64_t time, fer_face *face)
{
  size_t bytes = (size_t) smoother->n_labels * sizeof *smoother->raw;
  memcpy (face->probabilities, smoother->probabilities, bytes);
  memcpy (face->raw, smoother->raw, bytes);
  fer_face_decide (face, smoother->n_labels, (fer_limits) { 0 });
  face->label = fer_smoother_label (smoother, limits, time);
  if (face->label >= 0)
    face->confidence = face->probabilities[face->label];
  face->age = time > smoother->time ? time - smoother->time : 0;
}

static void
read_dominant (fer_dwell *dwell, uint64_t time, uint64_t window, fer_face *face)
{
  face->has_dominant = window != 0;
  if (!window)
    return;
  fer_dwell_show (dwell, face->label, time, window);
  face->dominant = fer_dwell_longest (dwell, &face->dominant_share);
}

int
fer_readings_get (fer_readings *readings, uint64_t time, fer_limits limits, uint64_t window, fer_face *face)
{
  int place = face->id ? place_of (readings, face->id) : -1;
  if (place < 0)
    return -1;
  memory *known = &readings->faces[place];
  fer_smoother *smoother = &known->smoother;
  bool stale = is_stale (known, time);
  face->has_quality = true;
  face->quality = known->quality;
  if (stale)
    limits.threshold = UNREACHABLE;
  if (smoother->n_labels)
    read_label (smoother, limits, time, face);
  if (stale && (!smoother->n_labels || face->label < 0)) {
    face->skip = known->skip;
    face->label = -1;
    face->confidence = 0;
    memset (face->probabilities, 0, sizeof face->probabilities);
    memset (face->raw, 0, sizeof face->raw);
  }
  read_dominant (&known->dwell, time, window, face);
  return place;
}
