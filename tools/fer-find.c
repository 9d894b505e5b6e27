/* SPDX-License-Identifier: MIT
 * fer-find: the faces of pictures and videos. */
#include "common/command.h"
#include "common/picture.h"
#include "find/draw.h"
#include "find/video.h"

#include <errno.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct options {
  char *model, *draw;
  double threshold;
  int size;
  gboolean track;
  int n_files;
  char **files;
} options;

/* What goes from picture to picture. */
typedef struct search {
  const options *o;
  fer_finder *finder;
  fer_follower *follower; /* NULL: no tracks */
  int width, height;      /* that are planned for */
  float *scratch;         /* of quality's crops */
  size_t scratch_size;
} search;

static const char description[] =
    "Prints a line of JSON for each picture, and for each frame of a video (docs/json.md): box, score, points (right eye, left eye, nose, right and\n"
    "left corner of the mouth, as the person has them) and quality of each face. Videos are read by GStreamer's decoders.\n\nExamples:\n"
    "  fer-find group.jpg\n"
    "  fer-find --draw found.png group.jpg\n"
    "  fer-find --track clip.mp4 >faces.jsonl";

static bool
read_options (options *o, int *argc, char ***argv, nn_error *error)
{
  const GOptionEntry entries[] = {
    { "draw", 'd', 0, G_OPTION_ARG_FILENAME, &o->draw, "write the picture with what was found; for several, or a video, a folder", "OUT" },
    { "model", 'm', 0, G_OPTION_ARG_FILENAME, &o->model, "face finder instead of the one inside the program", "FILE" },
    { "size", 's', 0, G_OPTION_ARG_INT, &o->size, "search at this length of the longer side (enough for faces of 6 % of the height)", "PIXELS" },
    { "threshold", 't', 0, G_OPTION_ARG_DOUBLE, &o->threshold, "least score of a face, 0 to 1 (0.5)", "SCORE" },
    { "track", 0, 0, G_OPTION_ARG_NONE, &o->track, "follow the faces of a video from frame to frame: ids, and steady boxes", NULL },
    { 0 },
  };
  o->threshold = (double) NAN;
  if (!tool_read_options (entries, "IMAGE|VIDEO... - find faces", description, argc, argv, error))
    return false;
  o->files = *argv + 1;
  o->n_files = *argc - 1;
  if (o->n_files < 1)
    return nn_fail (error, "nothing to search is named: expected pictures (JPEG or PNG) or videos");
  if (o->track && !isnan (o->threshold))
    return nn_fail (error, "--track has thresholds of its own: it contradicts --threshold");
  if (isnan (o->threshold))
    o->threshold = (double) FER_FINDER_THRESHOLD;
  if (!(o->threshold >= 0 && o->threshold <= 1))
    return nn_fail (error, "--threshold %g: expected 0 to 1", o->threshold);
  if (o->draw && !strcmp (o->draw, "-"))
    return nn_fail (error, "--draw -: standard output holds the result, expected the name of a file or folder");
  return true;
}

/* ---- faces --------------------------------------------------------------------------------------------------------------- */

static bool
plan (search *s, int width, int height, nn_error *error)
{
  if (width == s->width && height == s->height)
    return true;
  s->width = width;
  s->height = height;
  return fer_finder_resize (s->finder, width, height, s->o->size, error);
}

static void
add_face (fer_result *result, fer_face face)
{
  if (fer_box_clip (&face.box, result->width, result->height) == FER_SKIP_OUTSIDE)
    return;
  face.label = -1;
  face.source = FER_FROM_FINDER;
  result->faces[result->n_faces++] = face;
}

static void
find_faces (search *s, const fer_image *image, uint64_t pts, fer_result *result)
{
  int n;
  if (s->follower) {
    const fer_track *tracks = fer_follower_run (s->follower, s->finder, image, pts, 0, &n);
    for (int i = 0; i < n && result->n_faces < FER_MAX_FACES; i++) {
      fer_face face = { .id = tracks[i].id, .box = tracks[i].box, .score = tracks[i].score, .has_points = tracks[i].has_points };
      memcpy (face.points, tracks[i].points, sizeof face.points);
      add_face (result, face);
    }
    return;
  }
  fer_found found[FER_MAX_FACES];
  n = fer_finder_run (s->finder, image, (float) s->o->threshold, found, FER_MAX_FACES);
  for (int i = 0; i < n; i++) {
    fer_face face = { .box = found[i].box, .score = found[i].score, .has_points = found[i].has_points };
    memcpy (face.points, found[i].points, sizeof face.points);
    add_face (result, face);
  }
}

static bool
measure_quality (search *s, const fer_image *image, fer_face *face, nn_error *error)
{
  static const fer_crop crop = { .size = 48, .sd = 1, .scale = 1.15f, .roll = true }; /* the shipped expression model's */
  float pixels[48 * 48], roll;
  const fer_point *points = face->has_points ? face->points : NULL;
  const fer_box square = fer_crop_face (&crop, &face->box, points, &roll);
  if (!fer_crop_run (&crop, image, &square, roll, &s->scratch, &s->scratch_size, NULL, pixels))
    return nn_fail (error, "out of memory");
  face->quality = fer_quality_of (&square, points, face->score, pixels, crop.size).value;
  face->has_quality = true;
  return true;
}

/* One line of JSON, and perhaps a picture at drawing. */
static bool
report (search *s, const char *path, const find_frame *frame, int channels, const char *drawing, nn_error *error)
{
  const fer_image *image = &frame->image;
  char *name = g_utf8_make_valid (path, -1);
  fer_result result = { .file = name, .pts = frame->pts, .running_time = FER_TIME_NONE, .time_us = INT64_MIN, .width = image->width,
                        .height = image->height };
  bool good = plan (s, image->width, image->height, error) || nn_fail_prefix (error, path);
  if (good)
    find_faces (s, image, frame->pts, &result);
  for (int i = 0; good && i < result.n_faces; i++)
    good = measure_quality (s, image, &result.faces[i], error);
  if (good) {
    char *line = fer_result_to_json (&result);
    puts (line);
    g_free (line);
  }
  g_free (name);
  return good && tool_flush (error) && (!drawing || find_draw (frame->rgb, frame->stride, channels, &result, drawing, error));
}

/* ---- files --------------------------------------------------------------------------------------------------------------- */

/* Where the drawing of a picture goes, or of frame number > 0 of a video; NULL: nowhere. */
static char *
drawing_of (const options *o, const char *path, int number)
{
  if (!o->draw || (o->n_files == 1 && !number))
    return g_strdup (o->draw);
  char *base = g_path_get_basename (path), *name = number ? g_strdup_printf ("%s-%06d.png", base, number) : g_strconcat (base, ".png", NULL);
  char *out = g_build_filename (o->draw, name, NULL);
  g_free (base);
  g_free (name);
  return out;
}

static bool
search_picture (search *s, const char *path, nn_error *error)
{
  tool_picture picture;
  if (s->follower)
    return nn_fail (error, "%s: --track follows faces through a video, this is a picture", path);
  if (!tool_picture_load (&picture, path, error))
    return false;
  const GdkPixbuf *pixbuf = picture.pixbuf;
  const find_frame frame = { .image = picture.image, .rgb = gdk_pixbuf_read_pixels (pixbuf), .stride = gdk_pixbuf_get_rowstride (pixbuf),
                             .pts = FER_TIME_NONE };
  char *drawing = drawing_of (s->o, path, 0);
  bool good = report (s, path, &frame, gdk_pixbuf_get_n_channels (pixbuf), drawing, error);
  g_free (drawing);
  tool_picture_clear (&picture);
  return good;
}

static bool
search_video (search *s, const char *path, nn_error *error)
{
  find_video *video = find_video_open (path, error);
  if (!video)
    return false;
  if (s->follower)
    fer_follower_forget (s->follower);
  find_frame frame;
  int more, number = 0;
  bool good = true;
  while (good && (more = find_video_next (video, &frame, error)) > 0) {
    char *drawing = drawing_of (s->o, path, ++number);
    good = report (s, path, &frame, 3, drawing, error);
    g_free (drawing);
  }
  find_video_close (video);
  return good && more == 0;
}

/* A folder where there are several drawings. */
static bool
make_folder (const options *o, nn_error *error)
{
  if (!o->draw || (o->n_files == 1 && tool_picture_is (o->files[0])))
    return true;
  return g_mkdir_with_parents (o->draw, 0777) == 0 || nn_fail (error, "--draw %s: %s", o->draw, g_strerror (errno));
}

static bool
search_all (search *s, nn_error *error)
{
  s->finder = fer_finder_load (s->o->model, error);
  s->follower = s->finder && s->o->track ? fer_follower_new (error) : NULL;
  bool good = s->finder && (s->follower || !s->o->track) && make_folder (s->o, error);
  for (int i = 0; good && i < s->o->n_files; i++) {
    const char *path = s->o->files[i];
    good = tool_picture_is (path) ? search_picture (s, path, error) : search_video (s, path, error);
  }
  fer_follower_free (s->follower);
  fer_finder_free (s->finder);
  free (s->scratch);
  return good;
}

int
main (int argc, char **argv)
{
  options o = { 0 };
  nn_error error = { "" };
  search s = { .o = &o };
  int status = read_options (&o, &argc, &argv, &error) ? TOOL_GOOD : TOOL_USAGE;
  if (status == TOOL_GOOD)
    status = search_all (&s, &error) ? TOOL_GOOD : TOOL_ERROR;
  g_free (o.model);
  g_free (o.draw);
  return tool_end ("fer-find", status, &error);
}
