/* SPDX-License-Identifier: MIT */
#include "fer/ferdraw.h"
#include "fer/palette.h"
#include "picture.h"
#include "test.h"

static fer_drawer *drawer;

static fer_result
make (int width, int height, int n_faces)
{
  fer_result result = { .width = width, .height = height, .n_labels = 7, .labels = fer_labels7, .n_faces = n_faces };
  for (int i = 0; i < n_faces; i++) {
    fer_face *face = &result.faces[i];
    face->box = (fer_box) { 0.3f * (float) width, 0.3f * (float) height, 0.2f * (float) width, 0.3f * (float) height };
    for (int j = 0; j < 7; j++)
      face->probabilities[j] = j == i % 7 ? 0.7f : 0.05f;
    fer_face_decide (face, 7, (fer_limits) { 0 });
  }
  return result;
}

/* All pieces of a face, as one picture. */
static bool
draw_face (const fer_result *result, int face, fer_picture *whole)
{
  static fer_piece pieces[FER_MAX_PIECES];
  const int n = fer_draw_plan (drawer, result, pieces);
  int left = result->width, top = result->height, right = 0, bottom = 0;
  for (int i = 0; i < n; i++)
    if (pieces[i].face == face) {
      left = MIN (left, pieces[i].x);
      top = MIN (top, pieces[i].y);
      right = MAX (right, pieces[i].x + pieces[i].width);
      bottom = MAX (bottom, pieces[i].y + pieces[i].height);
    }
  *whole = (fer_picture) { left, top, right - left, bottom - top, 4 * (right - left), NULL };
  if (right <= left || bottom <= top)
    return false;
  whole->pixels = g_malloc0 ((gsize) (whole->stride * whole->height));
  for (int i = 0; i < n; i++) {
    fer_picture part;
    if (pieces[i].face != face)
      continue;
    if (!fer_draw_piece (drawer, result, &pieces[i], &part) || part.x != pieces[i].x || part.width != pieces[i].width || !is_premultiplied (&part))
      return false;
    for (int y = 0; y < part.height; y++)
      for (int x = 0; x < part.width; x++) {
        const uint32_t argb = pixel (&part, part.x + x, part.y + y);
        if (argb) /* what lies on top is opaque enough to be taken alone */
          memcpy (whole->pixels + (part.y + y - top) * whole->stride + (part.x + x - left) * 4, &argb, sizeof argb);
      }
    g_free (part.pixels);
  }
  return true;
}

static void
stays_inside_every_frame (void)
{
  static const int sizes[][2] = { { 16, 16 }, { 64, 48 }, { 320, 240 }, { 1280, 720 }, { 241, 427 } };
  nn_random random = nn_random_new (1, 0, 0, NN_FOR_TEST);
  for (int i = 0; i < 40; i++) {
    int width = sizes[i % 5][0], height = sizes[i % 5][1];
    fer_result result = make (width, height, 1 + i % 6);
    fer_box box = { 0 };
    do {
      float side = 12 + nn_random_uniform (&random) * (float) height;
      box = (fer_box) { nn_random_uniform (&random) * (float) width * 1.2f - 0.2f * (float) width,
                        nn_random_uniform (&random) * (float) height * 1.2f - 0.2f * (float) height, side, side };
    } while (fer_box_clip (&box, width, height));
    result.faces[0].box = box;
    fer_picture picture;
    require (draw_face (&result, 0, &picture));
    check (is_inside (&picture, width, height));
    check (is_premultiplied (&picture));
    g_free (picture.pixels);
  }
}

static void
draws_the_box_in_the_expression_s_colour (void)
{
  for (int label = 0; label < 7; label++) {
    fer_result result = make (640, 480, 7);
    fer_picture picture;
    require (draw_face (&result, label, &picture));
    int x = 192 + 64, y = 144 + 144; /* middle of the lower edge */
    check (pixel (&picture, x, y) == (0xff000000 | fer_palette_label (fer_labels7[label], label)));
    check (pixel (&picture, x, y - 40) == 0);
    g_free (picture.pixels);
  }
}

static void
marks_an_unsure_face (void)
{
  fer_result result = make (640, 480, 1);
  fer_face_decide (&result.faces[0], 7, (fer_limits) { .threshold = 0.9f });
  fer_picture picture;
  require (draw_face (&result, 0, &picture));
  check (count (&picture, 0xff000000 | FER_PALETTE_UNSURE) > 100);
  g_free (picture.pixels);
}

/* The bar of a class grows with its probability, in the panel and in the strip of a crowd. */
static void
bars_show_the_probabilities (void)
{
  for (int n_faces = 1; n_faces <= 8; n_faces += 7) {
    int before = -1;
    for (int i = 0; i < 5; i++) {
      fer_result result = make (1280, 720, n_faces);
      result.faces[0].probabilities[4] = 0.1f + 0.1f * (float) i;
      fer_picture picture;
      require (draw_face (&result, 0, &picture));
      int now = count (&picture, 0xff000000 | fer_palette_label ("sad", 4));
      check (now > before);
      before = now;
      g_free (picture.pixels);
    }
  }
}

static void
panels_leave_the_other_faces_free (void)
{
  fer_result result = make (640, 480, 2);
  result.faces[1].box.x = 330; /* where the first one's panel would go */
  fer_picture picture;
  require (draw_face (&result, 0, &picture));
  check (picture.x + picture.width <= 330);
  g_free (picture.pixels);
}

static void
letters_grow_with_the_frame (void)
{
  int before = 0;
  for (int height = 480; height <= 2160; height += 560) {
    fer_result result = make (height * 16 / 9, height, 1);
    result.faces[0].box = (fer_box) { 20, (float) height / 2, 60, 60 };
    fer_picture picture;
    require (draw_face (&result, 0, &picture));
    check (picture.height > before);
    before = picture.height;
    g_free (picture.pixels);
  }
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
  int status = test_run ((test_case[]) { TEST (stays_inside_every_frame),
                                         TEST (draws_the_box_in_the_expression_s_colour),
                                         TEST (marks_an_unsure_face),
                                         TEST (bars_show_the_probabilities),
                                         TEST (panels_leave_the_other_faces_free),
                                         TEST (letters_grow_with_the_frame),
                                         { 0 } });
  fer_drawer_free (drawer);
  return status;
}
