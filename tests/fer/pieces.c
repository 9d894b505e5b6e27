/* SPDX-License-Identifier: MIT
 * What is drawn anew, and what only moves. */
#include "fer/ferdraw.h"
#include "test.h"

#include <string.h>

static fer_drawer *drawer;

static fer_result
one_face (float x, float y, float w, float h)
{
  fer_result result = { .width = 1280, .height = 720, .n_labels = 7, .labels = fer_labels7, .n_faces = 1 };
  fer_face *face = &result.faces[0];
  face->box = (fer_box) { x, y, w, h };
  for (int j = 0; j < 7; j++)
    face->probabilities[j] = j == 3 ? 0.7f : 0.05f;
  fer_face_decide (face, 7, (fer_limits) { 0 });
  return result;
}

/* Which parts, as bits, b shows differently than a; -1: they have not the same parts. */
static int
changes (const fer_result *a, const fer_result *b)
{
  static fer_piece first[FER_MAX_PIECES], second[FER_MAX_PIECES];
  const int n = fer_draw_plan (drawer, a, first);
  int changed = 0;
  if (fer_draw_plan (drawer, b, second) != n)
    return -1;
  for (int i = 0; i < n; i++) {
    if (first[i].part != second[i].part)
      return -1;
    changed |= !fer_piece_same (&first[i], &second[i]) << first[i].part;
  }
  return changed;
}

static void
a_face_has_its_parts (void)
{
  static fer_piece pieces[FER_MAX_PIECES];
  int parts[5] = { 0 };
  fer_result result = one_face (300, 200, 120, 150);
  const int n = fer_draw_plan (drawer, &result, pieces);
  for (int i = 0; i < n; i++)
    parts[pieces[i].part]++;
  check (parts[FER_PART_EDGE] == 4 && parts[FER_PART_STRIP] == 0);
  check (parts[FER_PART_NAMES] == 1 && parts[FER_PART_BARS] == 1 && parts[FER_PART_CHIP] == 1);
  check (!strcmp (pieces[n - 1].text, "happy 70%"));
  for (int i = 0; i < 6; i++)
    result.faces[i] = result.faces[0];
  result.n_faces = 6;
  check (fer_draw_plan (drawer, &result, pieces) == 6 * 6 && pieces[4].part == FER_PART_STRIP);
}

/* Nothing is inside a box: its edges cover what it does, and no two of them the same. */
static void
edges_surround_the_box (void)
{
  static fer_piece pieces[FER_MAX_PIECES];
  for (int side = 12; side < 200; side += 7) {
    fer_result result = one_face (300, 200, (float) side, (float) side);
    const int n = fer_draw_plan (drawer, &result, pieces);
    int area = 0, left = 9999, top = 9999, right = 0, bottom = 0;
    for (int i = 0; i < n; i++) {
      const fer_piece *p = &pieces[i];
      if (p->part != FER_PART_EDGE)
        continue;
      area += p->width * p->height;
      left = p->x < left ? p->x : left;
      top = p->y < top ? p->y : top;
      right = p->x + p->width > right ? p->x + p->width : right;
      bottom = p->y + p->height > bottom ? p->y + p->height : bottom;
      for (int j = 0; j < i; j++)
        check (p->x >= pieces[j].x + pieces[j].width || pieces[j].x >= p->x + p->width || p->y >= pieces[j].y + pieces[j].height
               || pieces[j].y >= p->y + p->height);
    }
    check (left <= 300 && top <= 200 && right >= 300 + side && bottom >= 200 + side);
    check (left >= 290 && top >= 190 && right <= 310 + side && bottom <= 210 + side);
    check (area <= (right - left) * (bottom - top) && area > 0);
  }
}

static void
what_only_moves_stays_the_same (void)
{
  const fer_result still = one_face (300, 200, 120, 150);
  for (int i = 0; i < 40; i++) {
    const fer_result moved = one_face (300 + 0.7f * (float) i, 200 + 1.3f * (float) i, 120.2f, 149.9f);
    check (changes (&still, &moved) == 0);
  }
}

static void
only_what_changed_is_another (void)
{
  const fer_result before = one_face (300, 200, 120, 150);
  fer_result now = before;
  now.faces[0].probabilities[5] = 0.2f;
  check (changes (&before, &now) == 1 << FER_PART_BARS);
  now = before;
  now.faces[0].confidence = 0.6f;
  check (changes (&before, &now) == 1 << FER_PART_CHIP);
  now = one_face (300, 200, 140, 150);
  check (changes (&before, &now) == 1 << FER_PART_EDGE);
  now = before;
  now.faces[0].label = 4; /* text and colours */
  check (changes (&before, &now) & 1 << FER_PART_NAMES && changes (&before, &now) & 1 << FER_PART_EDGE);
  now.faces[0].label = -1;
  check (changes (&before, &now) & 1 << FER_PART_EDGE && changes (&before, &now) & 1 << FER_PART_CHIP);
  now = before;
  now.labels = (const char *const[]) { "angry", "disgust", "fear", "happy", "sad", "surprise", "content" };
  check (changes (&before, &now) & 1 << FER_PART_NAMES);
}

int
main (void)
{
  nn_error error;
  drawer = fer_drawer_new (&error);
  if (!drawer) {
    printf ("1..0 # SKIP %s\n", error.text);
    return 0;
  }
  int status = test_run ((test_case[]) { TEST (a_face_has_its_parts),
                                         TEST (edges_surround_the_box),
                                         TEST (what_only_moves_stays_the_same),
                                         TEST (only_what_changed_is_another),
                                         { 0 } });
  fer_drawer_free (drawer);
  return status;
}
