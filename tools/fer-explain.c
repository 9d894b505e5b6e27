/* SPDX-License-Identifier: MIT
 * fer-explain: why the faces of a picture are read as they are. */
#include "common/command.h"
#include "common/picture.h"
#include "common/places.h"
#include "explain/sheet.h"
#include "explain/write.h"

#include <errno.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#define TILE 448 /* side of a class's own picture */

typedef enum faces { FACES_AUTO, FACES_FINDER, FACES_FRAME } faces;

typedef struct options {
  char *output, *faces_name, *class, *method_name, *layer, *model, *finder;
  double opacity;
  gboolean mean;
  faces faces;
  nn_cam_method method;
  int n_images;
  char **images;
} options;

/* What explains pictures. */
typedef struct explainer {
  const options *o;
  fer_classifier *classifier;
  fer_finder *finder; /* NULL where nobody is to be found */
  nn_cam *cam;
  sheet_style style;
  int label; /* of all maps that are wanted; ALL, PREDICTED */
  char model[64];
  mean mean; /* with --mean: of all pictures */
} explainer;

enum { ALL = -1, PREDICTED = -2 };

/* A picture and its faces. */
typedef struct subject {
  const char *path;
  char *stem; /* of the files that are written: the folder and the picture's name without an ending */
  tool_picture picture;
  cairo_surface_t *surface;
  fer_result result;
  explained faces[FER_MAX_FACES];
  bool wanted[FER_MAX_FACES][FER_MAX_LABELS];
} subject;

static const char description[] =
    "For a picture NAME.jpg the folder gets:\n"
    "  NAME.png           the picture with the heat map of each face's label, or of --class\n"
    "  NAME.json          all numbers: probabilities, logits, maps (docs/explaining.md)\n"
    "  NAME-1.png         a sheet of the first face: what the network sees, and the maps of all classes with their probabilities\n"
    "  NAME-1-crop.png    what the network sees of it, pixel by pixel\n"
    "  NAME-1-happy.png   one map over the face, turned upright, for each class that is wanted\n\n"
    "With --mean it gets these two alone, whatever the number of pictures:\n"
    "  mean.png           of each class the mean of the maps of all faces that are read as it, or with --class of all faces\n"
    "  mean.json          the same as numbers\n\n"
    "A map shows which regions raise the logit of a class, from none to its own most: brighter is more within a map, but not between maps.\n\n"
    "Exit status: 0, or 1 after an error, 2 when the command line is wrong.\n\nExamples:\n"
    "  fer-explain --output out portrait.jpg\n"
    "  fer-explain --class happy --method gradcam --output out group.jpg\n"
    "  fer-explain --faces frame --output out face48.png\n"
    "  fer-explain --mean --output out portraits/*.jpg";

/* ---- options --------------------------------------------------------------------------------------------------------------- */

static bool
read_choices (options *o, nn_error *error)
{
  static const char *const names[] = { "auto", "finder", "frame" };
  int method = nn_cam_method_of (o->method_name ? o->method_name : "layercam"), way = 0;
  while (o->faces_name && way < 3 && strcmp (o->faces_name, names[way]))
    way++;
  if (way == 3)
    return nn_fail (error, "--faces %s: expected auto, finder or frame", o->faces_name);
  if (method < 0)
    return nn_fail (error, "--method %s: expected gradcam, gradcam++ or layercam", o->method_name);
  o->faces = (faces) way;
  o->method = (nn_cam_method) method;
  if (o->finder && o->faces == FACES_FRAME)
    return nn_fail (error, "--finder %s: with --faces frame nothing is to be found", o->finder);
  return (o->opacity >= 0 && o->opacity <= 1) || nn_fail (error, "--opacity %g: expected 0 to 1", o->opacity);
}

static bool
read_options (options *o, int *argc, char ***argv, nn_error *error)
{
  o->opacity = 0.65;
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &o->output, "folder for what is written; made if it is not there", "DIR" },
    { "faces", 'f', 0, G_OPTION_ARG_STRING, &o->faces_name,
      "auto: found, or where there is none the whole picture (what is done without it); finder: found; frame: the whole picture", "WAY" },
    { "class", 'c', 0, G_OPTION_ARG_STRING, &o->class, "all (what is done without it), predicted (with --mean), or one of the model's labels",
      "NAME" },
    { "method", 'm', 0, G_OPTION_ARG_STRING, &o->method_name, "gradcam, gradcam++ or layercam (layercam)", "NAME" },
    { "layer", 'l', 0, G_OPTION_ARG_STRING, &o->layer,
      "auto, a least number of positions on a side, or the name of a node of the model's graph (auto)", "LAYER" },
    { "mean", 0, 0, G_OPTION_ARG_NONE, &o->mean, "what the faces of all pictures have in common, and nothing of each", NULL },
    { "opacity", 0, 0, G_OPTION_ARG_DOUBLE, &o->opacity, "of the hottest places, 0 to 1 (0.65)", "VALUE" },
    { "model", 0, 0, G_OPTION_ARG_FILENAME, &o->model, "model file instead of the one inside the program", "FILE" },
    { "finder", 0, 0, G_OPTION_ARG_FILENAME, &o->finder, "face finder instead of the one inside the program", "FILE" },
    { 0 },
  };
  if (!tool_read_options (entries, "IMAGE... - show why faces are read as they are", description, argc, argv, error))
    return false;
  o->images = *argv + 1;
  o->n_images = *argc - 1;
  if (o->n_images < 1)
    return nn_fail (error, "no picture is named: expected JPEG or PNG files");
  if (!o->output)
    return nn_fail (error, "--output is missing: expected a folder");
  return read_choices (o, error);
}

/* ---- one picture ----------------------------------------------------------------------------------------------------------- */

static bool
take_faces (const explainer *e, subject *s, tool_places *at, nn_error *error)
{
  const fer_crop *crop = &fer_classifier_model (e->classifier)->crop;
  if (e->finder && !tool_places_find (e->finder, crop, &s->picture.image, s->path, &s->result, at, error))
    return false;
  if (e->o->faces == FACES_FRAME || (e->o->faces == FACES_AUTO && !s->result.n_faces))
    tool_places_frame (&s->picture.image, &s->result, at);
  return true;
}

static bool
explain_faces (const explainer *e, subject *s, nn_error *error)
{
  tool_places at;
  float probabilities[FER_MAX_FACES * FER_MAX_LABELS];
  const int n_labels = s->result.n_labels;
  if (!take_faces (e, s, &at, error))
    return false;
  if (!fer_classifier_run (e->classifier, &s->picture.image, at.squares, at.rolls, s->result.n_faces, probabilities))
    return nn_fail (error, "%s: out of memory", s->path);
  for (int i = 0; i < s->result.n_faces; i++) {
    fer_face *face = &s->result.faces[i];
    memcpy (face->probabilities, probabilities + i * n_labels, (size_t) n_labels * sizeof *probabilities);
    fer_face_decide (face, n_labels, (fer_limits) { 0 });
    s->faces[i].square = at.squares[i];
    s->faces[i].roll = at.rolls[i];
    if (!explained_init (&s->faces[i], e->classifier, i, e->cam, e->o->method, error))
      return nn_fail_prefix (error, s->path);
    for (int label = 0; label < n_labels; label++)
      s->wanted[i][label] = e->label == ALL || label == (e->label == PREDICTED ? face->label : e->label);
  }
  return true;
}

/* stem-1-what.png */
static bool
save (cairo_surface_t *surface, const char *stem, int face, const char *what, nn_error *error)
{
  char *path = what ? g_strdup_printf ("%s-%d-%s.png", stem, face + 1, what) : g_strdup_printf ("%s-%d.png", stem, face + 1);
  const bool good = tool_surface_save (surface, path, error);
  g_free (path);
  cairo_surface_destroy (surface);
  return good;
}

static bool
write_face (const explainer *e, const subject *s, int i, nn_error *error)
{
  const explained *it = &s->faces[i];
  char *crop = g_strdup_printf ("%s-%d-crop.png", s->stem, i + 1);
  bool good = tool_picture_save_grey (it->pixels, it->size, crop, error)
              && save (sheet_draw (&e->style, s->surface, it, &s->result, i), s->stem, i, NULL, error);
  g_free (crop);
  for (int label = 0; good && label < it->n_labels; label++)
    if (s->wanted[i][label])
      good = save (sheet_tile (&e->style, s->surface, it, label, TILE), s->stem, i, s->result.labels[label], error);
  return good;
}

static bool
write_picture (const explainer *e, const subject *s, nn_error *error)
{
  char title[96] = "evidence for the expression", *path = g_strconcat (s->stem, ".png", NULL);
  if (e->label >= 0)
    snprintf (title, sizeof title, "evidence for %s", s->result.labels[e->label]);
  for (int i = 0; i < s->result.n_faces; i++)
    sheet_overlay (&e->style, s->surface, &s->faces[i], e->label >= 0 ? e->label : s->result.faces[i].label);
  sheet_label (&e->style, s->surface, &s->result, title);
  const bool good = tool_surface_save (s->surface, path, error);
  g_free (path);
  return good;
}

static write_head
head_of (const explainer *e, const char *file)
{
  return (write_head) { e->model, nn_cam_method_name (e->o->method), e->o->layer ? e->o->layer : "auto", file };
}

static bool
write_numbers (const explainer *e, const subject *s, nn_error *error)
{
  char *path = g_strconcat (s->stem, ".json", NULL);
  const write_head head = head_of (e, s->path);
  const bool good = write_json (&head, &s->result, s->faces, s->wanted, path, error);
  g_free (path);
  return good;
}

/* The picture itself last: the faces are cut from it. */
static bool
write_all (const explainer *e, subject *s, nn_error *error)
{
  const GdkPixbuf *pixbuf = s->picture.pixbuf;
  s->surface = tool_surface_from_rgb (gdk_pixbuf_read_pixels (pixbuf), gdk_pixbuf_get_rowstride (pixbuf), gdk_pixbuf_get_n_channels (pixbuf),
                                      gdk_pixbuf_get_width (pixbuf), gdk_pixbuf_get_height (pixbuf));
  if (!write_numbers (e, s, error))
    return false;
  for (int i = 0; i < s->result.n_faces; i++) {
    const fer_face *face = &s->result.faces[i];
    if (!write_face (e, s, i, error))
      return false;
    printf ("%s: face %d is %s, %.1f %%: %s-%d.png\n", s->path, i + 1, s->result.labels[face->label], 100 * (double) face->confidence, s->stem,
            i + 1);
  }
  if (!s->result.n_faces)
    printf ("%s: no face\n", s->path);
  return write_picture (e, s, error) && tool_flush (error);
}

static bool
explain_picture (explainer *e, subject *s, nn_error *error)
{
  if (!tool_picture_load (&s->picture, s->path, error))
    return false;
  s->result = tool_result_begin (fer_classifier_model (e->classifier), &s->picture.image);
  if (!explain_faces (e, s, error))
    return false;
  if (!e->o->mean)
    return write_all (e, s, error);
  for (int i = 0; i < s->result.n_faces; i++)
    if (!mean_add (&e->mean, &s->faces[i], &s->result.faces[i], s->wanted[i], error))
      return nn_fail_prefix (error, s->path);
  return true;
}

static bool
explain (explainer *e, const char *path, nn_error *error)
{
  char *name = g_path_get_basename (path), *dot = strrchr (name, '.');
  subject *s = g_new0 (subject, 1);
  if (dot && dot != name)
    *dot = 0;
  s->path = path;
  s->stem = g_build_filename (e->o->output, name, NULL);
  const bool good = explain_picture (e, s, error);
  for (int i = 0; i < s->result.n_faces; i++)
    explained_clear (&s->faces[i]);
  if (s->surface)
    cairo_surface_destroy (s->surface);
  tool_picture_clear (&s->picture);
  g_free (s->stem);
  g_free (name);
  g_free (s);
  return good;
}

/* ---- all pictures ---------------------------------------------------------------------------------------------------------- */

static bool
write_means (const explainer *e, nn_error *error)
{
  const char *const *labels = (const char *const *) fer_classifier_model (e->classifier)->labels;
  if (!e->mean.n_faces)
    return nn_fail (error, "no face in any picture: there is nothing to take the mean of");
  char *picture = g_build_filename (e->o->output, "mean.png", NULL), *numbers = g_build_filename (e->o->output, "mean.json", NULL);
  const write_head head = head_of (e, NULL);
  cairo_surface_t *sheet = sheet_mean (&e->style, labels, &e->mean);
  const bool good = tool_surface_save (sheet, picture, error) && write_mean (&head, labels, &e->mean, numbers, error);
  if (good)
    printf ("mean of %d faces: %s\n", e->mean.n_faces, picture);
  cairo_surface_destroy (sheet);
  g_free (picture);
  g_free (numbers);
  return good && tool_flush (error);
}

/* ---- the program ----------------------------------------------------------------------------------------------------------- */

static bool
find_class (explainer *e, nn_error *error)
{
  const fer_model *model = fer_classifier_model (e->classifier);
  const char *name = e->o->class ? e->o->class : e->o->mean ? "predicted" : "all";
  if (!strcmp (name, "all") || !strcmp (name, "predicted")) {
    e->label = *name == 'a' ? ALL : PREDICTED;
    return true;
  }
  for (int i = 0; i < model->n_labels; i++)
    if (!strcmp (name, model->labels[i])) {
      e->label = i;
      return true;
    }
  return nn_fail (error, "--class %s: expected all, predicted, or one of the model's labels, such as %s", name, model->labels[0]);
}

static bool
load (explainer *e, nn_error *error)
{
  const options *o = e->o;
  if (!(e->classifier = fer_classifier_load (o->model, 8, NN_PRECISION_FULL, error)) || !find_class (e, error))
    return false;
  if (o->faces != FACES_FRAME && !(e->finder = fer_finder_load (o->finder, error)))
    return false;
  if (!(e->cam = fer_explain (e->classifier, o->method, o->layer, error)) || !(e->style.drawer = fer_drawer_new (error)))
    return false;
  nn_shape shape;
  nn_cam_gradient (e->cam, &shape);
  e->style.opacity = (float) o->opacity;
  fer_model_name (o->model, e->model, sizeof e->model);
  snprintf (e->style.caption, sizeof e->style.caption, "%s of a map of %dx%d positions, %d channels", nn_cam_method_name (o->method), shape.w,
            shape.h, shape.c);
  return !g_mkdir_with_parents (o->output, 0777) || nn_fail (error, "%s: %s", o->output, g_strerror (errno));
}

int
main (int argc, char **argv)
{
  options o = { 0 };
  nn_error error = { "" };
  explainer e = { .o = &o };
  int status = read_options (&o, &argc, &argv, &error) ? TOOL_GOOD : TOOL_USAGE;
  if (status == TOOL_GOOD && !load (&e, &error))
    status = TOOL_ERROR;
  for (int i = 0; status == TOOL_GOOD && i < o.n_images; i++)
    status = explain (&e, o.images[i], &error) ? TOOL_GOOD : TOOL_ERROR;
  if (status == TOOL_GOOD && o.mean && !write_means (&e, &error))
    status = TOOL_ERROR;
  mean_clear (&e.mean);
  nn_cam_free (e.cam);
  fer_drawer_free (e.style.drawer);
  fer_finder_free (e.finder);
  fer_classifier_free (e.classifier);
  char *const texts[] = { o.output, o.faces_name, o.class, o.method_name, o.layer, o.model, o.finder };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    g_free (texts[i]);
  return tool_end ("fer-explain", status, &error);
}
