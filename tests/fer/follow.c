/* SPDX-License-Identifier: MIT
 * The follower with a finder of the test's own, which knows where the faces are. */
#include "sighting.h"
#include "test.h"

#define MS UINT64_C (1000000)
#define INTERVAL (200 * MS)
#define WIDTH 640
#define HEIGHT 480

/* ---- the finder ------------------------------------------------------------------------------------------------------------ */

struct fer_finder {
  int n, n_runs, n_looks;
  int n_known;        /* at the last search */
  fer_found faces[8]; /* what is there ... */
  float rolls[8];     /* ... and how it is turned: the whole picture shows up to half a radian */
};

int
fer_finder_run_again (fer_finder *finder, const fer_image *image, float threshold, const fer_found *known, int n_known, fer_found *found, int max)
{
  int n = 0;
  (void) image, (void) known;
  finder->n_known = n_known;
  finder->n_runs++;
  for (int i = 0; i < finder->n && n < max; i++)
    if (finder->faces[i].score >= threshold && fabsf (finder->rolls[i]) < 0.5f)
      found[n++] = finder->faces[i];
  return n;
}

int
fer_finder_look (fer_finder *finder, const fer_image *image, const fer_box *square, float roll, float threshold, fer_found *found, int max)
{
  int n = 0;
  (void) image;
  finder->n_looks++;
  for (int i = 0; i < finder->n && n < max; i++) {
    const fer_box *b = &finder->faces[i].box;
    float x = b->x + 0.5f * b->w - square->x, y = b->y + 0.5f * b->h - square->y;
    if (finder->faces[i].score >= threshold && fabsf (finder->rolls[i] - roll) < 0.5f && x > 0 && y > 0 && x < square->w && y < square->h) {
      found[n] = finder->faces[i];
      found[n++].box.x += 1; /* told apart from what the whole picture shows */
    }
  }
  return n;
}

static void
put (fer_finder *finder, int i, float x, float y, float side, float roll)
{
  finder->faces[i] = face_at (x, y, side, roll, 0.9f);
  finder->rolls[i] = roll;
  finder->n = i >= finder->n ? i + 1 : finder->n;
}

/* ---- pictures -------------------------------------------------------------------------------------------------------------- */

static uint8_t pixels[HEIGHT][WIDTH];

static const fer_image *
picture (int number)
{
  static fer_image image;
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      pixels[y][x] = (uint8_t) (128 + 100 * sin (0.01 * (1 + number) * x + number) * cos (0.013 * (2 + number) * y));
  fer_image_from_rgb (&image, pixels[0], WIDTH, HEIGHT, WIDTH, 1);
  return &image;
}

/* ---- a stream -------------------------------------------------------------------------------------------------------------- */

typedef struct stream {
  fer_finder finder;
  fer_follower *follower;
  int n; /* tracks of the last frame */
} stream;

static stream
begin (void)
{
  return (stream) { .follower = fer_follower_new (NULL) };
}

static const fer_track *
show (stream *s, const fer_image *image, uint64_t time)
{
  return fer_follower_run (s->follower, &s->finder, image, time, INTERVAL, &s->n);
}

/* ---- tests ----------------------------------------------------------------------------------------------------------------- */

static void
searches_seldom_and_looks_always (void)
{
  stream s = begin ();
  const fer_image *image = picture (0);
  require (s.follower);
  for (int i = 0; i < 30; i++) {
    put (&s.finder, 0, 200 + 3 * (float) i, 200, 80, 0);
    const fer_track *tracks = show (&s, image, (uint64_t) i * 100 * MS / 3);
    require (s.n == 1 && tracks[0].id == 1 && !tracks[0].lost);
  }
  check (s.finder.n_runs == 5 && s.finder.n_looks == 10);
  check (fer_follower_time (s.follower) == 29 * 100 * MS / 3);
  fer_follower_free (s.follower);
}

/* What was seen only once is doubted once more. */
static void
tells_the_finder_whom_it_knows (void)
{
  stream s = begin ();
  const fer_image *image = picture (0);
  require (s.follower);
  put (&s.finder, 0, 200, 200, 80, 0);
  for (int i = 0; i < 13; i++) {
    if (i == 6) {
      put (&s.finder, 1, 400, 200, 60, 0);
      s.finder.faces[1].score = 0.6f;
    }
    show (&s, image, (uint64_t) i * 100 * MS / 3);
    check (s.finder.n_known == (i < 6 ? 0 : i < 12 ? 1 : 2));
  }
  fer_follower_free (s.follower);
}

/* The whole picture does not show a face that lies on its side; the square that turns with it does. */
static void
stays_with_a_face_that_tilts (void)
{
  stream s = begin ();
  const fer_image *image = picture (0);
  require (s.follower);
  for (int i = 0; i < 60; i++) {
    put (&s.finder, 0, 200, 200, 80, 0.03f * (float) i);
    const fer_track *tracks = show (&s, image, (uint64_t) i * 33 * MS);
    require (s.n == 1 && tracks[0].id == 1 && !tracks[0].lost);
    check_near (fer_points_roll (tracks[0].points), 0.03 * i, 0.2);
  }
  check (s.finder.n_runs < 15); /* and nothing is thought lost */
  fer_follower_free (s.follower);
}

static void
faces_that_cross_are_seen_once (void)
{
  stream s = begin ();
  const fer_image *image = picture (0);
  const fer_track *tracks = NULL;
  require (s.follower);
  for (int i = 0; i < 90; i++) {
    put (&s.finder, 0, 100 + 5 * (float) i, 200, 80, 0);
    put (&s.finder, 1, 550 - 5 * (float) i, 210, 76, 0);
    if (abs (225 - 5 * i) < 20) /* 1 is hidden */
      s.finder.n = 1;
    tracks = show (&s, image, (uint64_t) i * 33 * MS);
    require (s.n == 2);
  }
  check (tracks[0].id == 1 && tracks[0].box.x > 400 && tracks[1].id == 2 && tracks[1].box.x < 200);
  fer_follower_free (s.follower);
}

static void
forgets_faces_at_a_cut (void)
{
  stream s = begin ();
  require (s.follower);
  put (&s.finder, 0, 200, 200, 80, 0);
  for (int i = 0; i < 12; i++) {
    const fer_track *tracks = show (&s, picture (i / 4), (uint64_t) i * 33 * MS);
    require (s.n == 1);
    check (tracks[0].id == (uint64_t) i / 4 + 1); /* another picture, another person; found in its first frame */
  }
  fer_follower_forget (s.follower);
  const fer_track *tracks = show (&s, picture (2), 400 * MS);
  check (s.n == 1 && tracks[0].id == 4);
  fer_follower_free (s.follower);
}

static void
follows_boxes_of_others (void)
{
  stream s = begin ();
  const fer_image *image = picture (0);
  require (s.follower);
  for (int i = 0; i < 30; i++) {
    fer_box boxes[3] = { { 100 + 3 * (float) i, 50, 60, 60 }, { 500 - 3 * (float) i, 200, 60, 60 }, { 500 - 3 * (float) i, 202, 60, 60 } };
    uint64_t ids[3] = { 0 };
    fer_follower_take (s.follower, image, (uint64_t) i * 40 * MS, boxes, i % 5 == 4 ? 0 : 3, ids);
    if (i % 5 != 4)
      check (ids[0] == 1 && ids[1] + ids[2] == 5 && ids[1] && ids[2]);
  }
  fer_follower_free (s.follower);
}

static void
a_picture_of_another_size_is_another_scene (void)
{
  stream s = begin ();
  fer_image image = *picture (0);
  require (s.follower);
  put (&s.finder, 0, 200, 200, 80, 0);
  check (show (&s, &image, 0)[0].id == 1 && s.n == 1);
  image.height /= 2;
  check (show (&s, &image, 33 * MS)[0].id == 2 && s.n == 1);
  image.width = image.height = 1;
  check (show (&s, &image, 66 * MS)[0].id == 3 && s.n == 1);
  fer_follower_free (s.follower);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (searches_seldom_and_looks_always),
                                   TEST (tells_the_finder_whom_it_knows),
                                   TEST (stays_with_a_face_that_tilts),
                                   TEST (faces_that_cross_are_seen_once),
                                   TEST (forgets_faces_at_a_cut),
                                   TEST (follows_boxes_of_others),
                                   TEST (a_picture_of_another_size_is_another_scene),
                                   { 0 } });
}
