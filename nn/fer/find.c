/* SPDX-License-Identifier: MIT
 * The finder: picture -> luma, reduced -> tensor -> network -> decoding -> suppression -> faces in pixels of the picture. */
#include "find.h"
#include "../memory.h"
#include "../nn_detect.h"
#include "describe.h"
#include "embedded.h"
#include "image.h"
#include "task.h"

#include <glib.h>
#include <math.h>

#define HEIGHT 224         /* of the reduced picture where no size is given: a face of 6 % of the height has 13 pixels then */
#define MIN_LONG_SIDE 160  /* ... within these bounds of the longer side */
#define MAX_LONG_SIDE 640
#define MIN_SIZE 32        /* that can be asked for */
#define MAX_SIZE 8192
#define STRIDE 32          /* inputs are a multiple of it */
#define LOOK 96            /* side of the input for a square, where the network's is not smaller */
#define LOOK_WINDOW 148    /* most pixels on a side of what such a square, turned, is made from: 98 sqrt (2) and a few */
#define MAX_CANDIDATES 512 /* before suppression */
#define OVERLAP 0.45f      /* IoU beyond which two are the same face */

/* A size of the network's input, planned, with a picture in its top left corner. */
typedef struct view {
  nn_runner *runner;
  int h, w;
  int which[NN_MAX_OUTPUTS];
  nn_real *tensor; /* (h, w, channels); 0, the mean, where the picture does not reach */
} view;

struct fer_finder {
  const fer_decoding *decoding;
  fer_finder_info info;
  nn_plan *plan;
  view frame, look;
  int side;                    /* of squares in their view */
  int width, height;           /* of the pictures that are planned for; 0: none */
  int reduced_w, reduced_h;
  float *line, *reduced;       /* scratch of fer_image_reduce; (reduced_h, reduced_w) */
  float *window, *square;      /* (LOOK_WINDOW, LOOK_WINDOW), (side, side) */
  nn_detection candidates[MAX_CANDIDATES];
};

/* ---- construction -------------------------------------------------------------------------------------------------------- */

/* Side of an input for so many pixels. */
static int
input_side (int fixed, int pixels)
{
  return fixed ? fixed : (pixels + STRIDE - 1) / STRIDE * STRIDE;
}

static void
view_clear (view *v)
{
  nn_runner_free (v->runner);
  free (v->tensor);
  *v = (view) { 0 };
}

static bool
output_shapes (const nn_graph *graph, int h, int w, nn_shape *outputs, nn_error *error)
{
  nn_shape *shapes = g_new (nn_shape, graph->n_nodes);
  bool ok = nn_graph_shapes (graph, h, w, shapes, error);
  for (int i = 0; ok && i < graph->n_outputs; i++)
    outputs[i] = shapes[graph->outputs[i]];
  g_free (shapes);
  return ok;
}

/* For a picture of (w, h) pixels. */
static bool
view_new (const fer_finder *finder, int h, int w, view *v, nn_error *error)
{
  const nn_graph *graph = nn_plan_graph (finder->plan);
  nn_shape shapes[NN_MAX_OUTPUTS];
  *v = (view) { .h = input_side (finder->info.height, h), .w = input_side (finder->info.width, w) };
  if (!output_shapes (graph, v->h, v->w, shapes, error))
    return false;
  if (!finder->decoding->fits (shapes, graph->n_outputs, v->h, v->w, v->which))
    return nn_fail (error, "for an input of %dx%d the outputs are not those of %s", v->w, v->h, finder->decoding->name);
  const size_t bytes = (size_t) v->h * (size_t) v->w * (size_t) finder->info.channels * sizeof *v->tensor;
  v->runner = nn_runner_new (finder->plan, &(nn_runner_options) { .h = v->h, .w = v->w }, error);
  v->tensor = v->runner ? nn_alloc (bytes) : NULL;
  if (!v->tensor)
    return v->runner && nn_fail (error, "out of memory");
  memset (v->tensor, 0, bytes);
  return true;
}

static bool
find_decoding (fer_finder *finder, const nn_graph *graph, nn_error *error)
{
  static const fer_decoding *const decodings[] = { &fer_decoding_maps, &fer_decoding_yunet, &fer_decoding_ultraface };
  const nn_shape in = graph->nodes[0].u.input.shape;
  const int h = in.h ? in.h : LOOK, w = in.w ? in.w : LOOK;
  nn_shape shapes[NN_MAX_OUTPUTS];
  int which[NN_MAX_OUTPUTS];
  if (!output_shapes (graph, h, w, shapes, error))
    return false;
  for (size_t i = 0; i < G_N_ELEMENTS (decodings) && !finder->decoding; i++)
    if (decodings[i]->fits (shapes, graph->n_outputs, h, w, which))
      finder->decoding = decodings[i];
  if (!finder->decoding)
    return nn_fail (error, "its %d outputs (the first is %dx%dx%d) are of no face finder that is known: expected %s, or %s, or %s", graph->n_outputs,
                    shapes[0].h, shapes[0].w, shapes[0].c, decodings[0]->outputs, decodings[1]->outputs, decodings[2]->outputs);
  if (in.c != finder->decoding->channels)
    return nn_fail (error, "the network reads %d channels, %s has %d", in.c, finder->decoding->name, finder->decoding->channels);
  finder->info = (fer_finder_info) { finder->decoding->name, finder->decoding->mean, finder->decoding->sd, in.c, in.w, in.h, NULL };
  finder->side = MIN (LOOK, MIN (h, w));
  return true;
}

/* What the file says of itself; only of networks of other families it may be nothing. */
static bool
read_description (fer_finder *finder, const nn_model *model, nn_error *error)
{
  fer_faces_description description;
  if (!finder->decoding->described && !nn_model_get (model, "fer.task"))
    return true;
  if (!fer_describe_read_faces (model, &description, error))
    return false;
  finder->info.trained = description.trained;
  if (finder->decoding->described) {
    finder->info.mean = description.mean;
    finder->info.sd = description.sd;
  }
  return true;
}

static bool
is_of_another_task (const nn_model *model, nn_error *error)
{
  return nn_model_get (model, "fer.task") && !fer_task_check (&fer_task_faces, model, error);
}

/* Takes model. */
static fer_finder *
finder_new (nn_model *model, nn_error *error)
{
  if (!model)
    return NULL;
  fer_finder *finder = g_new0 (fer_finder, 1);
  bool ok = !is_of_another_task (model, error) && find_decoding (finder, model->graph, error) && read_description (finder, model, error);
  if (ok)
    finder->plan = nn_model_plan (model, &(nn_plan_options) { .h = input_side (finder->info.height, HEIGHT),
                                                              .w = input_side (finder->info.width, HEIGHT * 16 / 9) }, error);
  ok = finder->plan && view_new (finder, finder->side, finder->side, &finder->look, error);
  if (ok) {
    finder->window = nn_alloc (LOOK_WINDOW * LOOK_WINDOW * sizeof *finder->window);
    finder->square = nn_alloc ((size_t) finder->side * (size_t) finder->side * sizeof *finder->square);
    ok = (finder->window && finder->square) || nn_fail (error, "out of memory");
  }
  nn_model_free (model);
  if (ok)
    return finder;
  fer_finder_free (finder);
  return NULL;
}

fer_finder *
fer_finder_parse (const void *bytes, size_t size, nn_error *error)
{
  return finder_new (nn_model_parse (bytes, size, error), error);
}

fer_finder *
fer_finder_load (const char *path, nn_error *error)
{
  fer_bytes bytes;
  if (!fer_bytes_read (&bytes, path, fer_embedded_faces_start, fer_embedded_faces_end, "face finder", error))
    return NULL;
  fer_finder *finder = fer_finder_parse (bytes.data, bytes.size, error);
  fer_bytes_clear (&bytes);
  if (!finder)
    nn_fail_prefix (error, path ? path : "embedded face finder");
  return finder;
}

static void
forget_size (fer_finder *finder)
{
  view_clear (&finder->frame);
  free (finder->line);
  free (finder->reduced);
  finder->line = finder->reduced = NULL;
  finder->width = finder->height = 0;
}

void
fer_finder_free (fer_finder *finder)
{
  if (!finder)
    return;
  forget_size (finder);
  view_clear (&finder->look);
  nn_plan_free (finder->plan);
  free (finder->window);
  free (finder->square);
  g_free (finder->info.trained);
  g_free (finder);
}

const fer_finder_info *
fer_finder_about (const fer_finder *finder)
{
  return &finder->info;
}

/* ---- sizes --------------------------------------------------------------------------------------------------------------- */

/* How far pictures of (width, height) are reduced, at most 1. */
static double
reduction (const fer_finder *finder, int width, int height, int size)
{
  const double longer = width > height ? width : height;
  double scale = size / longer;
  if (!size)
    scale = fmin (fmax ((double) HEIGHT / height, MIN_LONG_SIDE / longer), MAX_LONG_SIDE / longer);
  const double across = finder->info.width / (double) width, down = finder->info.height / (double) height; /* 0: any */
  if (across > 0 || down > 0)
    scale = across > 0 && down > 0 ? fmin (across, down) : fmin (scale, across + down);
  return fmin (scale, 1);
}

bool
fer_finder_resize (fer_finder *finder, int width, int height, int size, nn_error *error)
{
  forget_size (finder);
  if (width < 1 || height < 1)
    return nn_fail (error, "a picture of %dx%d pixels", width, height);
  if (size && (size < MIN_SIZE || size > MAX_SIZE))
    return nn_fail (error, "faces are to be found at %d pixels, expected 0 or %d to %d", size, MIN_SIZE, MAX_SIZE);
  const double scale = reduction (finder, width, height, size);
  finder->reduced_w = (int) fmax (1, round (scale * width));
  finder->reduced_h = (int) fmax (1, round (scale * height));
  if (!view_new (finder, finder->reduced_h, finder->reduced_w, &finder->frame, error)) {
    forget_size (finder);
    return false;
  }
  finder->line = nn_alloc (2 * (size_t) width * sizeof *finder->line);
  finder->reduced = nn_alloc ((size_t) finder->reduced_w * (size_t) finder->reduced_h * sizeof *finder->reduced);
  if (!finder->line || !finder->reduced) {
    forget_size (finder);
    return nn_fail (error, "out of memory");
  }
  finder->width = width;
  finder->height = height;
  return true;
}

/* ---- frames -------------------------------------------------------------------------------------------------------------- */

/* luma (h, w) into the corner of the tensor. */
static void
fill (const fer_finder *finder, view *v, const float *luma, int h, int w)
{
  const int channels = finder->info.channels;
  const float mean = finder->info.mean, scale = 1 / finder->info.sd;
  for (int y = 0; y < h; y++) {
    nn_real *out = v->tensor + (ptrdiff_t) y * v->w * channels;
    for (int x = 0; x < w; x++)
      for (int c = 0; c < channels; c++)
        *out++ = (luma[(ptrdiff_t) y * w + x] - mean) * scale;
  }
}

static fer_point
apply (const nn_affine *map, float x, float y)
{
  const double *m = map->m, a = (double) x, b = (double) y;
  return (fer_point) { (float) (m[0] * a + m[1] * b + m[2]), (float) (m[3] * a + m[4] * b + m[5]) };
}

/* In pixels of the picture. The head in the box is taken for an ellipse: the upright box around it when it is turned is what a search of the whole
 * picture would have found. */
static fer_found
place (const fer_finder *finder, const nn_detection *d, const nn_affine *map)
{
  const double *m = map->m, dw = (double) d->w, dh = (double) d->h;
  const float w = (float) hypot (m[0] * dw, m[1] * dh), h = (float) hypot (m[3] * dw, m[4] * dh);
  const fer_point centre = apply (map, d->x + d->w / 2, d->y + d->h / 2);
  fer_found found = { .box = { centre.x - w / 2, centre.y - h / 2, w, h }, .score = d->score, .has_points = finder->decoding->points };
  for (int i = 0; found.has_points && i < FER_N_POINTS; i++)
    found.points[i] = apply (map, d->points[i][0], d->points[i][1]);
  return found;
}

/* A face whose middle is outside the picture is none. */
static bool
is_inside (const fer_finder *finder, const fer_box *box)
{
  const float x = box->x + box->w / 2, y = box->y + box->h / 2;
  return x >= 0 && y >= 0 && x <= (float) finder->width && y <= (float) finder->height;
}

/* map: from the view's pixels to the picture's. */
static int
find (fer_finder *finder, const view *v, const nn_affine *map, float threshold, fer_found *found, int max)
{
  int n = 0;
  nn_run (v->runner, 1, v->tensor);
  int candidates = finder->decoding->decode (v->runner, v->which, v->h, v->w, threshold, finder->candidates, MAX_CANDIDATES);
  candidates = nn_detect_suppress (finder->candidates, candidates, OVERLAP);
  for (int i = 0; i < candidates && n < max; i++) {
    found[n] = place (finder, &finder->candidates[i], map);
    n += is_inside (finder, &found[n].box);
  }
  return n;
}

static bool
is_planned (const fer_finder *finder, const fer_image *image)
{
  return image->width == finder->width && image->height == finder->height;
}

int
fer_finder_run (fer_finder *finder, const fer_image *image, float threshold, fer_found *found, int max)
{
  if (!is_planned (finder, image))
    return 0;
  const int h = finder->reduced_h, w = finder->reduced_w;
  const nn_affine map = { { (double) image->width / w, 0, 0, 0, (double) image->height / h, 0 } };
  fer_image_reduce (image, &(fer_window) { 0, 0, image->width, image->height }, finder->line, finder->reduced, h, w);
  fill (finder, &finder->frame, finder->reduced, h, w);
  return find (finder, &finder->frame, &map, threshold, found, max);
}

/* Pixels of the square's size in a length of the picture. */
static int
in_steps (int length, double step)
{
  return (int) fmin (ceil (length / fmax (1, step)), LOOK_WINDOW);
}

int
fer_finder_look (fer_finder *finder, const fer_image *image, const fer_box *square, float roll, float threshold, fer_found *found, int max)
{
  if (!is_planned (finder, image) || !(square->w > 0 && square->h > 0) || !isfinite (square->x + square->y + square->w + square->h + roll))
    return 0;
  nn_affine map, turn;
  const fer_window seen = fer_square_window (image, square, (double) roll, finder->side, &map);
  const double step = (double) fmaxf (square->w, square->h) / finder->side;
  const int h = in_steps (seen.h, step), w = in_steps (seen.w, step); /* averaged upright first, and interpolated when it is turned */
  fer_image_reduce (image, &seen, finder->line, finder->window, h, w);
  for (int i = 0; i < 3; i++) { /* from the square to what it was reduced to */
    turn.m[i] = (map.m[i] - (i == 2 ? seen.x : 0)) * w / seen.w;
    turn.m[3 + i] = (map.m[3 + i] - (i == 2 ? seen.y : 0)) * h / seen.h;
  }
  nn_warp (&(nn_plane) { finder->window, h, w, w }, &turn, finder->square, finder->side, finder->side);
  fill (finder, &finder->look, finder->square, finder->side, finder->side);
  return find (finder, &finder->look, &map, threshold, found, max);
}
