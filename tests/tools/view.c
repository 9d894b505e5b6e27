/* SPDX-License-Identifier: MIT */
#include "eval/view.h"
#include "test.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <string.h>

#define W 90
#define H 60
#define SPOT_X 70
#define SPOT_Y 20

/* A bright disc on a grey picture, with a face around it whose points all lie in its middle. */
static tool_picture
draw (uint8_t grey)
{
  GdkPixbuf *pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, W, H);
  for (int y = 0; y < H; y++)
    for (int x = 0; x < W; x++)
      memset (gdk_pixbuf_get_pixels (pixbuf) + y * gdk_pixbuf_get_rowstride (pixbuf) + 3 * x,
              hypot (x + 0.5 - SPOT_X, y + 0.5 - SPOT_Y) < 6 ? 250 : grey, 3);
  tool_picture picture = { .pixbuf = pixbuf };
  fer_image_from_rgb (&picture.image, gdk_pixbuf_read_pixels (pixbuf), W, H, gdk_pixbuf_get_rowstride (pixbuf), 3);
  return picture;
}

static nn_scene_face
spot (void)
{
  nn_scene_face face = { .truth = { .box = { .x = SPOT_X - 6, .y = SPOT_Y - 9, .w = 12, .h = 18 } }, .has_points = true };
  for (int k = 0; k < NN_DETECT_POINTS; k++) {
    face.truth.box.points[k][0] = SPOT_X;
    face.truth.box.points[k][1] = SPOT_Y;
  }
  return face;
}

/* Middle of the bright pixels. */
static void
find_spot (const eval_shown *shown, double *x, double *y)
{
  double sum = 0;
  *x = *y = 0;
  for (int i = 0; i < shown->h; i++)
    for (int j = 0; j < shown->w; j++) {
      const double light = fmax (shown->rgb[3 * (i * shown->w + j)] - 180, 0);
      *x += light * (j + 0.5);
      *y += light * (i + 0.5);
      sum += light;
    }
  *x /= sum;
  *y /= sum;
}

static void
faces_move_with_their_pixels (void)
{
  static const char *const files[] = { "a.jpg", "b.jpg", "c.jpg", "d.jpg" };
  tool_picture picture = draw (60);
  const nn_scene_face face = spot ();
  nn_error error;
  for (int i = 0; i < 4; i++)
    for (int v = 0; v < 4; v++) {
      eval_shown shown;
      double x, y;
      require (eval_show (&eval_views[v], &picture, files[i], 200, true, &shown, &error));
      check (shown.w == 200 || shown.h == 200);
      const nn_scene_face moved = eval_move (&shown, &face);
      const nn_detection *box = &moved.truth.box;
      find_spot (&shown, &x, &y);
      check_near (box->points[2][0], x, 0.3);
      check_near (box->points[2][1], y, 0.3);
      check_near (box->x + box->w / 2, x, 0.3);
      check_near (box->y + box->h / 2, y, 0.3);
      check (box->w < box->h || v == 3);
      if (v == 3)
        check_near (box->w, box->h, 1e-3); /* an ellipse at 45 degrees */
      eval_shown_clear (&shown);
    }
  tool_picture_clear (&picture);
}

/* Upright and of the same size: the very pixels. */
static void
plain_picture_stays (void)
{
  tool_picture picture = draw (60);
  eval_shown shown;
  nn_error error;
  require (eval_show (&eval_views[0], &picture, "a.jpg", 0, true, &shown, &error));
  require (shown.w == W && shown.h == H);
  const GdkPixbuf *pixbuf = picture.pixbuf;
  for (int y = 0; y < H; y++)
    check (!memcmp (shown.rgb + 3 * W * y, gdk_pixbuf_read_pixels (pixbuf) + y * gdk_pixbuf_get_rowstride (pixbuf), 3 * W));
  const nn_scene_face face = spot (), moved = eval_move (&shown, &face);
  check_near (moved.truth.box.w, 12, 1e-5);
  check_near (moved.truth.box.x, SPOT_X - 6, 1e-5);
  eval_shown_clear (&shown);
  tool_picture_clear (&picture);
}

static void
less_light_is_darker_and_the_same_each_time (void)
{
  tool_picture picture = draw (200);
  nn_error error;
  double mean[4] = { 0 };
  for (int v = 4; v < EVAL_N_VIEWS; v++) {
    eval_shown shown[2];
    for (int i = 0; i < 2; i++)
      require (eval_show (&eval_views[v], &picture, "a.jpg", 0, true, &shown[i], &error));
    check (!memcmp (shown[0].rgb, shown[1].rgb, 3 * W * H));
    for (int i = 0; i < 40 * W; i++) /* the lower rows are plain grey */
      mean[v - 4] += shown[0].rgb[3 * (W * 20 + i)] / (40.0 * W);
    for (int i = 0; i < 2; i++)
      eval_shown_clear (&shown[i]);
  }
  check (200 > mean[0] && mean[0] > mean[1] && mean[1] > mean[2] && mean[2] > 20);
  tool_picture_clear (&picture);
}

int
main (void)
{
  return test_run (
      (test_case[]) { TEST (faces_move_with_their_pixels), TEST (plain_picture_stays), TEST (less_light_is_darker_and_the_same_each_time), { 0 } });
}
