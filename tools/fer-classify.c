/* SPDX-License-Identifier: MIT
 * fer-classify: the expression of a face in a picture. */
#include "common/bars.h"
#include "common/command.h"
#include "common/picture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BAR_WIDTH 40

typedef struct options {
  char *model, *box_text, *faces, *crop, *precision_name;
  nn_precision precision;
  gboolean json;
  bool has_box;
  fer_box box;
  int n_images;
  char **images;
} options;

static const char description[] =
    "The face is given by --box, in pixels of the picture as it is seen (turned as its EXIF data say): upright, from the brow to the chin and\n"
    "from cheek to cheek. Without it the whole picture is one face: its largest centred square is what the network sees.\n\nExamples:\n"
    "  fer-classify face.jpg\n"
    "  fer-classify --box 210,80,150,190 --json photo.jpg";

/* "x,y,w,h" */
static bool
parse_box (const char *text, fer_box *box)
{
  float numbers[4];
  for (int i = 0; i < 4; i++) {
    char *end;
    numbers[i] = (float) g_ascii_strtod (text, &end);
    if (end == text || *end != (i < 3 ? ',' : 0) || !isfinite (numbers[i]))
      return false;
    text = end + 1;
  }
  *box = (fer_box) { numbers[0], numbers[1], numbers[2], numbers[3] };
  return box->w > 0 && box->h > 0;
}

static bool
read_options (options *o, int *argc, char ***argv, nn_error *error)
{
  const GOptionEntry entries[] = {
    { "box", 'b', 0, G_OPTION_ARG_STRING, &o->box_text, "where the face is", "X,Y,W,H" },
    { "faces", 'f', 0, G_OPTION_ARG_STRING, &o->faces, "frame: the whole picture is one face (what is done without --box)", "frame" },
    { "model", 'm', 0, G_OPTION_ARG_FILENAME, &o->model, "model file instead of the one inside the program", "FILE" },
    { "precision", 'p', 0, G_OPTION_ARG_STRING, &o->precision_name, "exact, full or fast (full)", "NAME" },
    { "json", 'j', 0, G_OPTION_ARG_NONE, &o->json, "one line of JSON per picture (docs/json.md)", NULL },
    { "crop", 'c', 0, G_OPTION_ARG_FILENAME, &o->crop, "write the pixels that the network saw", "OUT.png" },
    { 0 },
  };
  if (!tool_read_options (entries, "IMAGE... - read the expression of a face", description, argc, argv, error))
    return false;
  o->images = *argv + 1;
  o->n_images = *argc - 1;
  if (o->n_images < 1)
    return nn_fail (error, "no picture is named: expected JPEG or PNG files");
  if (o->faces && strcmp (o->faces, "frame"))
    return nn_fail (error, "--faces %s: expected frame", o->faces);
  if (o->faces && o->box_text)
    return nn_fail (error, "--box and --faces contradict each other");
  if (o->crop && o->n_images > 1)
    return nn_fail (error, "--crop takes one picture, %d are named", o->n_images);
  if (o->crop && !strcmp (o->crop, "-"))
    return nn_fail (error, "--crop -: standard output holds the result, expected the name of a file");
  if (o->box_text && !parse_box (o->box_text, &o->box))
    return nn_fail (error, "--box %s: expected X,Y,W,H in pixels", o->box_text);
  o->has_box = o->box_text != NULL;
  return tool_read_precision (o->precision_name, &o->precision, error);
}

static void
print_text (const options *o, const char *path, const fer_result *result)
{
  const fer_face *face = &result->faces[0];
  if (o->has_box)
    printf ("%s (%dx%d, the box %s)\n", path, result->width, result->height, o->box_text);
  else
    printf ("%s (%dx%d, the whole picture as one face%s)\n", path, result->width, result->height, o->faces ? "" : "; --box names a part");
  for (int i = 0; i < result->n_labels; i++) {
    bool best = i == face->label;
    printf ("  %s%-9s %5.1f %%  ", best ? tool_bold (stdout, true) : "", result->labels[i], 100 * (double) face->probabilities[i]);
    tool_bar (stdout, (double) face->probabilities[i], BAR_WIDTH);
    printf ("%s\n", best ? tool_bold (stdout, false) : "");
  }
}

static void
print_json (const fer_result *result)
{
  char *line = fer_result_to_json (result);
  puts (line);
  g_free (line);
}

/* Where to look, and what to report as the face's box. */
static bool
find_face (const options *o, const fer_crop *crop, const char *path, const fer_image *image, fer_face *face, fer_box *square, nn_error *error)
{
  if (!o->has_box) {
    *face = (fer_face) { .box = { 0, 0, (float) image->width, (float) image->height }, .source = FER_FROM_FRAME };
    *square = fer_frame_square (image->width, image->height);
    return true;
  }
  *face = (fer_face) { .box = o->box, .source = FER_FROM_UPSTREAM };
  *square = fer_crop_square (crop, &o->box);
  fer_skip skip = fer_box_clip (&face->box, image->width, image->height);
  return skip == FER_SKIP_NONE
         || nn_fail (error, "%s: the box %s is %s (%dx%d)", path, o->box_text, fer_skip_text (skip), image->width, image->height);
}

static bool
classify (const options *o, fer_classifier *classifier, const char *path, nn_error *error)
{
  const fer_model *model = fer_classifier_model (classifier);
  tool_picture picture;
  if (!tool_picture_load (&picture, path, error))
    return false;
  fer_result result = { .pts = FER_TIME_NONE, .running_time = FER_TIME_NONE, .time_us = INT64_MIN, .width = picture.image.width,
                        .height = picture.image.height, .n_labels = model->n_labels, .labels = (const char *const *) model->labels, .n_faces = 1 };
  fer_face *face = &result.faces[0];
  fer_box square;
  bool good = find_face (o, &model->crop, path, &picture.image, face, &square, error);
  if (good && !fer_classifier_run (classifier, &picture.image, &square, NULL, 1, face->probabilities))
    good = nn_fail (error, "%s: out of memory", path);
  tool_picture_clear (&picture);
  if (!good || (o->crop && !tool_picture_save_grey (fer_classifier_pixels (classifier, 0), model->crop.size, o->crop, error)))
    return false;
  fer_face_decide (face, model->n_labels, 0);
  if (o->json)
    print_json (&result);
  else
    print_text (o, path, &result);
  return tool_flush (error);
}

int
main (int argc, char **argv)
{
  options o = { 0 };
  nn_error error = { "" };
  fer_classifier *classifier = NULL;
  int status = read_options (&o, &argc, &argv, &error) ? TOOL_GOOD : TOOL_USAGE;
  if (status == TOOL_GOOD && !(classifier = fer_classifier_load (o.model, 1, o.precision, &error)))
    status = TOOL_ERROR;
  for (int i = 0; status == TOOL_GOOD && i < o.n_images; i++)
    status = classify (&o, classifier, o.images[i], &error) ? TOOL_GOOD : TOOL_ERROR;
  fer_classifier_free (classifier);
  g_free (o.model);
  g_free (o.precision_name);
  g_free (o.box_text);
  g_free (o.faces);
  g_free (o.crop);
  return tool_end ("fer-classify", status, &error);
}
