/* SPDX-License-Identifier: MIT */
#include "nn_train.h"
#include "test.h"

#include <string.h>

#define POINTS "right_eye_x,right_eye_y,left_eye_x,left_eye_y,nose_x,nose_y,mouth_right_x,mouth_right_y,mouth_left_x,mouth_left_y"

static nn_scenes *
parse (const char *text, const char *sources, nn_error *error)
{
  return nn_scenes_parse_csv (text, strlen (text), sources, error);
}

static void
groups_faces_by_picture (void)
{
  nn_error error;
  nn_scenes *s = parse ("x,y,w,h,by,file,ignore\n1,2,3.5,4,human,a.jpg,0\n5,6,7,8,,b.jpg,1\n-9,8,7,6,x,a.jpg,0\n", NULL, &error);
  require (s);
  check (s->n == 2 && s->n_faces == 3);
  check (!strcmp (s->scenes[0].file, "a.jpg") && s->scenes[0].first == 0 && s->scenes[0].n_faces == 2);
  check (!strcmp (s->scenes[1].file, "b.jpg") && s->scenes[1].first == 2 && s->scenes[1].n_faces == 1);
  check (s->faces[0].truth.box.w == 3.5f && s->faces[1].truth.box.x == -9 && s->faces[2].truth.ignore && !s->faces[1].truth.ignore);
  check (!s->faces[0].has_points);
  nn_scenes_free (s);
}

/* The faces of many pictures, a round of all of them for each face. */
static void
groups_faces_of_many_pictures (void)
{
  enum { PICTURES = 5000, FACES = 3 };
  char *text = malloc (PICTURES * FACES * 32 + 32), *at = text;
  require (text);
  at += sprintf (at, "file,x,y,w,h\n");
  for (int face = 0; face < FACES; face++)
    for (int i = 0; i < PICTURES; i++)
      at += sprintf (at, "%d.jpg,%d,%d,9,9\n", i * 7919 % PICTURES, i * 7919 % PICTURES, face);
  nn_scenes *s = parse (text, NULL, NULL);
  free (text);
  require (s && s->n == PICTURES && s->n_faces == PICTURES * FACES);
  int wrong = 0;
  for (int i = 0; i < PICTURES; i++) {
    wrong += atoi (s->scenes[i].file) != i * 7919 % PICTURES || s->scenes[i].n_faces != FACES;
    for (int face = 0; face < s->scenes[i].n_faces; face++) {
      const nn_scene_face *f = &s->faces[s->scenes[i].first + face];
      wrong += (int) f->truth.box.x != atoi (s->scenes[i].file) || (int) f->truth.box.y != face;
    }
  }
  check (!wrong);
  nn_scenes_free (s);
}

static void
reads_points_where_there_are_some (void)
{
  nn_error error;
  nn_scenes *s = parse ("file,x,y,w,h," POINTS "\na,0,0,9,9,1,2,3,4,5,6,7,8,9,10\na,0,0,9,9,,,,,,,,,,\n", NULL, &error);
  require (s);
  check (s->faces[0].has_points && !s->faces[1].has_points);
  check (s->faces[0].truth.box.points[0][0] == 1 && s->faces[0].truth.box.points[4][1] == 10);
  nn_scenes_free (s);
}

static void
selects_sources (void)
{
  static const char text[] = "file,x,y,w,h\nab_1,0,0,9,9\nabc_1,0,0,9,9\nab,0,0,9,9\nd_2,0,0,9,9\n";
  nn_scenes *s = parse (text, "ab,d", NULL), *none = parse (text, "b", NULL);
  require (s && none);
  check (s->n == 2 && !strcmp (s->scenes[0].file, "ab_1") && !strcmp (s->scenes[1].file, "d_2"));
  check (none->n == 0 && none->n_faces == 0);
  nn_scenes_free (s);
  nn_scenes_free (none);
}

static void
names_the_place_of_an_error (void)
{
  static const struct {
    const char *text, *message;
  } bad[] = {
    { "file,x,y,w\n", "line 1, column 1: the header \"file,x,y,w\" has no column h" },
    { "file,x,y,w,h,nose_x\n", "line 1, column 1: 1 columns of points; expected all ten from right_eye_x to mouth_left_y, or none" },
    { "file,x,y,w,h\na,1,2,3\n", "line 2, column 8: 4 columns; expected 5 as in the header" },
    { "file,x,y,w,h\na,1,2,3,nan\n", "line 2, column 9: h is \"nan\"; expected a number" },
    { "file,x,y,w,h\na,1,2,1e30,3\n", "line 2, column 7: w is \"1e30\"; expected a number" },
    { "file,x,y,w,h\na,1,,3,3\n", "line 2, column 5: y is \"\"; expected a number" },
    { "file,x,y,w,h\na,1,2,0,3\n", "line 2, column 1: a box of 0x3; expected sides above 0" },
    { "file,x,y,w,h\n../a,1,2,3,3\n", "line 2, column 1: file is \"../a\"; expected a name of 1 to 255 bytes without a folder" },
    { "file,x,y,w,h,ignore\na,1,2,3,3,2\n", "line 2, column 11: ignore is \"2\"; expected 0 or 1" },
  };
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    nn_error error = { "" };
    check (!parse (bad[i].text, NULL, &error));
    check (!strncmp (error.text, bad[i].message, strlen (bad[i].message)));
    if (strncmp (error.text, bad[i].message, strlen (bad[i].message)))
      test_note ("%s", error.text);
  }
}

/* One file in ten, by a rule that anybody can repeat: python3 -c "import zlib; print (zlib.crc32 (b'...') % 10 == 0)". */
static void
holds_out_by_name (void)
{
  int n = 0;
  for (int i = 0; i < 1000; i++) {
    char name[16];
    snprintf (name, sizeof name, "%d.jpg", i);
    n += nn_scene_is_held_out (name);
  }
  check (n > 60 && n < 140);
  nn_scenes *s = parse ("file,x,y,w,h\n", NULL, NULL);
  require (s && nn_scenes_add (s, "8.jpg", NULL));
  check (s->scenes[0].held_out == nn_scene_is_held_out ("8.jpg") && s->scenes[0].n_faces == 0);
  nn_scenes_free (s);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (groups_faces_by_picture), TEST (groups_faces_of_many_pictures), TEST (reads_points_where_there_are_some), TEST (selects_sources),
                                   TEST (names_the_place_of_an_error), TEST (holds_out_by_name), { 0 } });
}
