/* SPDX-License-Identifier: MIT
 * fer-classify: the expressions of the faces in a picture. */
#include "common/bars.h"
#include "common/command.h"
#include "common/picture.h"
#include "common/places.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BAR_WIDTH 40
#define NO_FACE 3 /* exit status */

typedef struct options {
  char *model, *finder, *box_text, *faces, *crop, *precision_name;
  nn_precision precision;
  gboolean json;
  double min_quality;
  fer_source source; /* of the faces */
  fer_box box;
  int n_images;
  char **images;
} options;

/* What reads pictures. */
typedef struct reader {
  const options *o;
  fer_classifier *classifier;
  fer_finder *finder; /* NULL where nobody is to be found */
} reader;

static const char description[] =
    "All faces of a picture are found and read, best found first. A single one may be given by --box instead, in pixels of the picture as it is\n"
    "seen (turned as its EXIF data say): upright, from the brow to the chin and from cheek to cheek. With --faces frame the whole picture is one\n"
    "face: its largest centred square is what the network sees.\n\n"
    "Exit status: 0, or 1 after an error, 2 when the command line is wrong, 3 when a picture has no face.\n\nExamples:\n"
    "  fer-classify group.jpg\n"
    "  fer-classify --box 210,80,150,190 --json photo.jpg\n"
    "  fer-classify --faces frame face.png";

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

/* Whether the options about faces go together, and what they say. */
static bool
read_source (options *o, nn_error *error)
{
  const bool frame = o->faces && !strcmp (o->faces, "frame");
  if (o->faces && !frame && strcmp (o->faces, "finder"))
    return nn_fail (error, "--faces %s: expected finder or frame", o->faces);
  if (o->faces && o->box_text)
    return nn_fail (error, "--box and --faces contradict each other");
  if (o->box_text && !parse_box (o->box_text, &o->box))
    return nn_fail (error, "--box %s: expected X,Y,W,H in pixels", o->box_text);
  o->source = o->box_text ? FER_FROM_UPSTREAM : frame ? FER_FROM_FRAME : FER_FROM_FINDER;
  if (o->finder && o->source != FER_FROM_FINDER)
    return nn_fail (error, "--finder %s: with %s nothing is to be found", o->finder, o->box_text ? "--box" : "--faces frame");
  return (o->min_quality >= 0 && o->min_quality <= 1) || nn_fail (error, "--min-quality %g: expected 0 to 1", o->min_quality);
}

static bool
read_options (options *o, int *argc, char ***argv, nn_error *error)
{
  o->min_quality = (double) FER_MIN_QUALITY;
  const GOptionEntry entries[] = {
    { "box", 'b', 0, G_OPTION_ARG_STRING, &o->box_text, "where the face is", "X,Y,W,H" },
    { "faces", 'f', 0, G_OPTION_ARG_STRING, &o->faces, "finder: find them (what is done without --box); frame: the whole picture is one", "WAY" },
    { "finder", 0, 0, G_OPTION_ARG_FILENAME, &o->finder, "face finder instead of the one inside the program", "FILE" },
    { "min-quality", 'q', 0, G_OPTION_ARG_DOUBLE, &o->min_quality, "faces that are found with less are not read, 0 to 1 (0.2)", "VALUE" },
    { "model", 'm', 0, G_OPTION_ARG_FILENAME, &o->model, "model file instead of the one inside the program", "FILE" },
    { "precision", 'p', 0, G_OPTION_ARG_STRING, &o->precision_name, "exact, full or fast (full)", "NAME" },
    { "json", 'j', 0, G_OPTION_ARG_NONE, &o->json, "one line of JSON per picture (docs/json.md)", NULL },
    { "crop", 'c', 0, G_OPTION_ARG_FILENAME, &o->crop, "write the pixels that the network saw of the first face", "OUT.png" },
    { 0 },
  };
  if (!tool_read_options (entries, "IMAGE... - read the expressions of faces", description, argc, argv, error))
    return false;
  o->images = *argv + 1;
  o->n_images = *argc - 1;
  if (o->n_images < 1)
    return nn_fail (error, "no picture is named: expected JPEG or PNG files");
  if (o->crop && o->n_images > 1)
    return nn_fail (error, "--crop takes one picture, %d are named", o->n_images);
  if (o->crop && !strcmp (o->crop, "-"))
    return nn_fail (error, "--crop -: standard output holds the result, expected the name of a file");
  return read_source (o, error) && tool_read_precision (o->precision_name, &o->precision, error);
}

static void
print_face (const fer_result *result, const fer_face *face)
{
  for (int i = 0; i < result->n_labels; i++) {
    bool best = i == face->label;
    printf ("  %s%-9s %5.1f %%  ", best ? tool_bold (stdout, true) : "", result->labels[i], 100 * (double) face->probabilities[i]);
    tool_bar (stdout, (double) face->probabilities[i], BAR_WIDTH);
    printf ("%s\n", best ? tool_bold (stdout, false) : "");
  }
}

static void
print_text (const options *o, const char *path, const fer_result *result)
{
  printf ("%s (%dx%d, ", path, result->width, result->height);
  if (o->source == FER_FROM_UPSTREAM)
    printf ("the box %s)\n", o->box_text);
  else if (o->source == FER_FROM_FRAME)
    puts ("the whole picture as one face)");
  else if (!result->n_faces)
    puts ("no face)");
  else
    printf ("%d face%s)\n", result->n_faces, result->n_faces > 1 ? "s" : "");
  for (int i = 0; i < result->n_faces; i++) {
    const fer_face *face = &result->faces[i];
    if (o->source == FER_FROM_FINDER)
      printf ("  %.0f,%.0f,%.0f,%.0f: score %.2f, quality %.2f%s%s\n", (double) face->box.x, (double) face->box.y, (double) face->box.w,
              (double) face->box.h, (double) face->score, (double) face->quality, face->skip ? "; not read: " : "",
              face->skip ? fer_skip_text (face->skip) : "");
    if (!face->skip)
      print_face (result, face);
  }
}

static void
print_json (const fer_result *result)
{
  char *line = fer_result_to_json (result);
  puts (line);
  g_free (line);
}

/* The face that --box gives. */
static bool
take_box (const options *o, const fer_crop *crop, const char *path, fer_result *result, tool_places *at, nn_error *error)
{
  fer_face *face = &result->faces[result->n_faces++];
  *face = (fer_face) { .box = o->box, .source = FER_FROM_UPSTREAM };
  at->squares[0] = fer_crop_square (crop, &o->box);
  fer_skip skip = fer_box_clip (&face->box, result->width, result->height);
  return skip == FER_SKIP_NONE
         || nn_fail (error, "%s: the box %s is %s (%dx%d)", path, o->box_text, fer_skip_text (skip), result->width, result->height);
}

/* Where to look, and what to report as the faces' boxes. */
static bool
take_faces (const reader *r, const char *path, const fer_image *image, fer_result *result, tool_places *at, nn_error *error)
{
  const fer_crop *crop = &fer_classifier_model (r->classifier)->crop;
  if (r->o->source == FER_FROM_FINDER)
    return tool_places_find (r->finder, crop, image, path, result, at, error);
  if (r->o->source == FER_FROM_UPSTREAM)
    return take_box (r->o, crop, path, result, at, error);
  tool_places_frame (image, result, at);
  return true;
}

/* What was read of a face, or why nothing was. */
static void
decide (const reader *r, const tool_places *at, int i, const float *probabilities, fer_result *result)
{
  fer_face *face = &result->faces[i];
  memcpy (face->probabilities, probabilities, (size_t) result->n_labels * sizeof *probabilities);
  fer_face_decide (face, result->n_labels, (fer_limits) { 0 });
  if (face->source != FER_FROM_FINDER)
    return;
  const fer_quality quality = fer_quality_of (&at->squares[i], face->has_points ? face->points : NULL, face->score,
                                              fer_classifier_pixels (r->classifier, i), fer_classifier_model (r->classifier)->crop.size);
  face->quality = quality.value;
  face->has_quality = true;
  if ((double) quality.value >= r->o->min_quality)
    return;
  face->skip = quality.skip;
  face->label = -1;
  face->confidence = 0;
  memset (face->probabilities, 0, sizeof face->probabilities);
}

static bool
read_faces (const reader *r, const char *path, const fer_image *image, fer_result *result, nn_error *error)
{
  tool_places at = { .rolls = { 0 } };
  float probabilities[FER_MAX_FACES * FER_MAX_LABELS];
  if (!take_faces (r, path, image, result, &at, error))
    return false;
  if (!fer_classifier_run (r->classifier, image, at.squares, at.rolls, result->n_faces, probabilities))
    return nn_fail (error, "%s: out of memory", path);
  for (int i = 0; i < result->n_faces; i++)
    decide (r, &at, i, probabilities + i * result->n_labels, result);
  return true;
}

/* *some: whether there was a face. */
static bool
classify (const reader *r, const char *path, bool *some, nn_error *error)
{
  const fer_model *model = fer_classifier_model (r->classifier);
  tool_picture picture;
  if (!tool_picture_load (&picture, path, error))
    return false;
  fer_result result = tool_result_begin (model, &picture.image);
  bool good = read_faces (r, path, &picture.image, &result, error);
  tool_picture_clear (&picture);
  *some = result.n_faces > 0;
  if (good && *some && r->o->crop)
    good = tool_picture_save_grey (fer_classifier_pixels (r->classifier, 0), model->crop.size, r->o->crop, error);
  if (!good)
    return false;
  if (r->o->json)
    print_json (&result);
  else
    print_text (r->o, path, &result);
  return tool_flush (error);
}

static bool
load (reader *r, nn_error *error)
{
  r->classifier = fer_classifier_load (r->o->model, 8, r->o->precision, error);
  if (r->classifier && r->o->source == FER_FROM_FINDER)
    r->finder = fer_finder_load (r->o->finder, error);
  return r->classifier && (r->finder || r->o->source != FER_FROM_FINDER);
}

int
main (int argc, char **argv)
{
  options o = { 0 };
  nn_error error = { "" };
  reader r = { .o = &o };
  int status = read_options (&o, &argc, &argv, &error) ? TOOL_GOOD : TOOL_USAGE, without = 0;
  if (status == TOOL_GOOD && !load (&r, &error))
    status = TOOL_ERROR;
  for (int i = 0; status == TOOL_GOOD && i < o.n_images; i++) {
    bool some;
    status = classify (&r, o.images[i], &some, &error) ? TOOL_GOOD : TOOL_ERROR;
    without += status == TOOL_GOOD && !some;
  }
  fer_classifier_free (r.classifier);
  fer_finder_free (r.finder);
  g_free (o.model);
  g_free (o.finder);
  g_free (o.precision_name);
  g_free (o.box_text);
  g_free (o.faces);
  g_free (o.crop);
  if (status != TOOL_GOOD || !without)
    return tool_end ("fer-classify", status, &error);
  fprintf (stderr, "fer-classify: no face in %d of %d picture%s\n", without, o.n_images, o.n_images > 1 ? "s" : "");
  return NO_FACE;
}
