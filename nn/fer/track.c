/* SPDX-License-Identifier: MIT */
#include "fer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "match.h"
#include "one_euro.h"

#define MS UINT64_C (1000000) /* ns */

#define FIRST_STEP (UINT64_C (1000000000) / 30) /* between frames without times */
#define LONGEST_STEP (5000 * MS)                /* beyond it is another scene */
#define SHOWN (300 * MS)                        /* for which a face that is not seen is still told */
#define REMEMBERED (1500 * MS)                  /* and may come back as itself */
#define DOUBTED (2000 * MS)                     /* for which a face is followed with a score that would not make it one */
#define UNSOUGHT (40 * MS)                      /* after which a face is looked for: faster frames show little that is new */
#define EARLY MS                                /* times are rounded: what is due within it is due */

#define SLOW (500 * MS)     /* between frames: nobody waits for a second sighting */
#define SURE 0.7f           /* a score that needs no second sighting */
#define VELOCITY_TIME 0.25f /* seconds: a velocity's memory */
#define COASTING_TIME 1.0f  /* seconds: in which a face that is not seen comes to rest */
#define GATE -0.2f          /* likeness that a sighting must have: no farther than one side of the box ... */
#define GATE_GROWTH 0.2f    /* ... and one more after a second out of sight */
#define LEAST_TILT 0.2f     /* radians */
#define LOOK 2.0f           /* side of the square that is searched for a face, in sides of its box */

/* A face's place: centre and size of the box, then its points. */
enum { CX, CY, WIDTH, HEIGHT, POINTS, PLACE = POINTS + 2 * FER_N_POINTS };
_Static_assert(PLACE == ONE_EURO_CHANNELS, "a filter for each number of a place");

typedef struct face {
  fer_track track;    /* id 0: seen once, perhaps no face */
  float place[PLACE]; /* of the last sighting */
  bool moves;         /* seen at two times: its velocity is known */
  bool sought;        /* in this frame */
  uint64_t unsought;  /* ns since it was */
  uint64_t doubted;   /* ns since it had a score of FER_FINDER_THRESHOLD */
  fer_one_euro filter;
} face;

struct fer_tracker {
  int n, n_told;
  face faces[FER_MAX_FACES];
  fer_track told[FER_MAX_FACES];
  uint64_t last_id;
  uint64_t time, step;
  uint64_t searched; /* the whole picture, last; FER_TIME_NONE: not since the scene began */
  bool running;      /* there was a frame */
  bool first;        /* nothing was found or missed yet: a still picture has no second frame */
  bool hurry;        /* a face was lost */
};

fer_tracker *
fer_tracker_new (nn_error *error)
{
  fer_tracker *tracker = calloc (1, sizeof *tracker);
  if (!tracker) {
    nn_fail (error, "out of memory");
    return NULL;
  }
  tracker->step = FIRST_STEP;
  tracker->searched = FER_TIME_NONE;
  tracker->first = true;
  return tracker;
}

void
fer_tracker_free (fer_tracker *tracker)
{
  free (tracker);
}

void
fer_tracker_forget (fer_tracker *tracker)
{
  tracker->n = 0;
  tracker->searched = FER_TIME_NONE;
  tracker->hurry = false;
}

/* ---- motion ---------------------------------------------------------------------------------------------------------------- */

static float
seconds (uint64_t ns)
{
  return (float) ((double) ns / 1e9);
}

/* Where a face is expected that was last seen at f->place: it goes on at its velocity, ever slower: what left sight may well have stopped. */
static void
expect (const face *f, float *place)
{
  float t = COASTING_TIME * (1 - expf (-seconds (f->track.unseen) / COASTING_TIME));
  float dx = f->track.vx * t, dy = f->track.vy * t;
  memcpy (place, f->place, sizeof f->place);
  place[CX] += dx;
  place[CY] += dy;
  for (int i = 0; i < FER_N_POINTS; i++) {
    place[POINTS + 2 * i] += dx;
    place[POINTS + 2 * i + 1] += dy;
  }
}

static fer_box
box_of (const float *place)
{
  return (fer_box) { place[CX] - 0.5f * place[WIDTH], place[CY] - 0.5f * place[HEIGHT], place[WIDTH], place[HEIGHT] };
}

static void
place_of (const fer_found *found, float *place)
{
  place[CX] = found->box.x + 0.5f * found->box.w;
  place[CY] = found->box.y + 0.5f * found->box.h;
  place[WIDTH] = found->box.w;
  place[HEIGHT] = found->box.h;
  for (int i = 0; i < FER_N_POINTS; i++) {
    place[POINTS + 2 * i] = found->has_points ? found->points[i].x : place[CX];
    place[POINTS + 2 * i + 1] = found->has_points ? found->points[i].y : place[CY];
  }
}

/* What is told of f, from its filter. */
static void
tell (face *f)
{
  f->track.box = box_of (f->filter.value);
  for (int i = 0; i < FER_N_POINTS; i++)
    f->track.points[i] = (fer_point) { f->filter.value[POINTS + 2 * i], f->filter.value[POINTS + 2 * i + 1] };
}

static void
steady (face *f, const float *place, uint64_t step)
{
  fer_one_euro_step (&f->filter, place, PLACE, seconds (step), fmaxf (place[WIDTH], place[HEIGHT]));
  tell (f);
}

/* ---- frames ---------------------------------------------------------------------------------------------------------------- */

void
fer_tracker_advance (fer_tracker *tracker, uint64_t time)
{
  if (time == FER_TIME_NONE)
    time = tracker->running ? tracker->time + tracker->step : 0;
  bool follows = tracker->running && time >= tracker->time && time - tracker->time <= LONGEST_STEP;
  if (follows)
    tracker->step = time - tracker->time;
  else
    fer_tracker_forget (tracker);
  tracker->time = time;
  tracker->running = true;
  for (int i = 0; i < tracker->n; i++) {
    face *f = &tracker->faces[i];
    f->track.unseen += tracker->step;
    f->unsought += tracker->step;
    f->doubted += tracker->step;
    f->sought = true;
  }
}

uint64_t
fer_tracker_time (const fer_tracker *tracker)
{
  return tracker->time;
}

static fer_box
look_around (const float *place)
{
  float side = LOOK * fmaxf (place[WIDTH], place[HEIGHT]);
  return (fer_box) { place[CX] - 0.5f * side, place[CY] - 0.5f * side, side, side };
}

/* A finder sees what is nearly upright as well as if it were; and pixels that need not be turned are read faster. */
static float
tilt (float roll)
{
  return fabsf (roll) >= LEAST_TILT ? roll : 0;
}

void
fer_tracker_plan (fer_tracker *tracker, uint64_t interval, fer_search *search)
{
  search->whole = tracker->hurry || tracker->searched == FER_TIME_NONE || tracker->time - tracker->searched + EARLY >= interval;
  search->n = 0;
  for (int i = 0; i < tracker->n; i++) {
    face *f = &tracker->faces[i];
    float place[PLACE];
    f->sought = !f->track.id || f->unsought + EARLY >= UNSOUGHT;
    if (!f->sought)
      continue;
    expect (f, place);
    search->squares[search->n] = look_around (place);
    search->rolls[search->n++] = f->track.has_points ? tilt (fer_points_roll (f->track.points)) : 0;
  }
}

void
fer_tracker_spare (fer_tracker *tracker, fer_search *search, bool whole, bool squares)
{
  search->whole = search->whole && whole;
  if (squares)
    return;
  search->n = 0;
  for (int i = 0; i < tracker->n; i++)
    tracker->faces[i].sought = false;
}

/* ---- sightings ------------------------------------------------------------------------------------------------------------- */

static bool
is_enough (const face *f, float score)
{
  return score >= FER_FINDER_THRESHOLD || (f->track.id && f->doubted <= DOUBTED);
}

static void
see (fer_tracker *tracker, face *f, const fer_found *found)
{
  float place[PLACE], dt = seconds (f->track.unseen);
  place_of (found, place);
  if (dt > 0.001f) { /* of two frames at one time there is no velocity */
    float k = f->moves ? 1 - expf (-dt / VELOCITY_TIME) : 1;
    f->track.vx += k * ((place[CX] - f->place[CX]) / dt - f->track.vx);
    f->track.vy += k * ((place[CY] - f->place[CY]) / dt - f->track.vy);
    f->moves = true;
  }
  memcpy (f->place, place, sizeof place);
  steady (f, place, tracker->step);
  if (!f->track.id)
    f->track.id = ++tracker->last_id;
  f->track.score = found->score;
  f->track.has_points = found->has_points;
  f->track.unseen = f->unsought = 0;
  f->doubted = found->score >= FER_FINDER_THRESHOLD ? 0 : f->doubted;
  f->track.lost = false;
}

/* Whether f, which was not seen in this frame, is to be kept. */
static bool
miss (fer_tracker *tracker, face *f)
{
  float place[PLACE];
  expect (f, place);
  steady (f, place, tracker->step);
  if (!f->sought)
    return true;
  tracker->hurry |= f->track.id && !f->track.lost;
  f->track.lost = true;
  f->unsought = 0;
  return f->track.id && f->track.unseen <= REMEMBERED;
}

static bool
is_face (const fer_found *found)
{
  const fer_box *b = &found->box;
  return found->score >= FER_FINDER_THRESHOLD && b->w > 0 && b->h > 0 && isfinite (b->w * b->h) && isfinite (b->x) && isfinite (b->y);
}

/* A face that nobody followed, if there is room. Its id, if it has one already. */
static uint64_t
begin (fer_tracker *tracker, const fer_found *found)
{
  if (tracker->n == FER_MAX_FACES || !is_face (found))
    return 0;
  face *f = &tracker->faces[tracker->n++];
  *f = (face) { .track = { .score = found->score, .has_points = found->has_points } };
  if (found->score >= SURE || tracker->first || tracker->step >= SLOW)
    f->track.id = ++tracker->last_id;
  place_of (found, f->place);
  fer_one_euro_start (&f->filter, f->place, PLACE);
  tell (f);
  return f->track.id;
}

/* Where each face may be found, and with which right: one that may be none comes after all others. */
static void
match (const fer_tracker *tracker, const fer_found *found, int n, int *matches)
{
  fer_match_box boxes[FER_MAX_FACES];
  for (int i = 0; i < tracker->n; i++) {
    const face *f = &tracker->faces[i];
    float place[PLACE];
    expect (f, place);
    boxes[i] = (fer_match_box) { box_of (place), GATE - GATE_GROWTH * fminf (seconds (f->track.unseen), 1), f->track.id ? 0 : -2 };
  }
  fer_match_boxes (boxes, tracker->n, found, n, matches);
}

void
fer_tracker_update (fer_tracker *tracker, const fer_found *found, int n, bool whole, uint64_t *ids)
{
  int matches[FER_MAX_FACES], kept = 0;
  uint64_t whose[FER_MAX_FACES] = { 0 };
  bool taken[FER_MAX_FACES] = { false };
  match (tracker, found, n, matches);
  for (int i = 0; i < tracker->n; i++) {
    face *f = &tracker->faces[i];
    int j = matches[i];
    if (j >= 0 && is_enough (f, found[j].score)) {
      see (tracker, f, &found[j]);
      taken[j] = true;
      whose[j] = f->track.id;
    } else if (!miss (tracker, f))
      continue;
    tracker->faces[kept++] = *f;
  }
  tracker->n = kept;
  for (int j = 0; j < n; j++)
    if (!taken[j])
      whose[j] = begin (tracker, &found[j]);

  if (ids)
    memcpy (ids, whose, (size_t) n * sizeof *ids);
  if (whole) {
    tracker->searched = tracker->time;
    tracker->hurry = false;
  }
  tracker->first = false;
}

static bool
is_shown (const fer_track *track)
{
  return track->id && (!track->lost || track->unseen <= SHOWN);
}

const fer_track *
fer_tracker_tracks (fer_tracker *tracker, int *n)
{
  *n = 0;
  for (int i = 0; i < tracker->n; i++)
    if (is_shown (&tracker->faces[i].track))
      tracker->told[(*n)++] = tracker->faces[i].track;
  return tracker->told;
}

const fer_track *
fer_tracker_all (fer_tracker *tracker, int *n)
{
  *n = tracker->n;
  for (int i = 0; i < tracker->n; i++)
    tracker->told[i] = tracker->faces[i].track;
  return tracker->told;
}
