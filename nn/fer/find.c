/* SPDX-License-Identifier: MIT
 * The finder: picture -> luma, reduced -> tensor -> network -> decoding -> suppression -> faces in pixels of the picture. */
#include "find_view.h"
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
#define MIN_SIZE 32        /* what is less than that counts as it */
#define MAX_SIZE 8192
#define LOOK 96            /* side of the input for a square, where the network's is not smaller */
#define LOOK_WINDOW 148    /* most pixels on a side of what such a square, turned, is made from: 98 sqrt (2) and a few */
#define MAX_CANDIDATES 512 /* before suppression */
#define MAX_FIRST 128      /* after it, before the second look */
#define MAX_PASSES 5       /* of halving */
#define SHARED 0.42f       /* of the largest face that the network knows: what is larger in a halved picture is found there as well */
#define OVERLAP 0.45f      /* IoU beyond which two are the same face */

/* The whole picture at one size. */
typedef struct pass {
  fer_view view;
  int h, w;
  float *luma; /* (h, w) */
} pass;

struct fer_finder {
  const fer_decoding *decoding;
  fer_finder_info info;
  nn_plan *plan;
  int width, height, size;     /* fer_finder_resize's; 0: not planned */
  int n_passes;                /* at the size that was asked for, and at halves of it while faces may be larger than the network knows */
  pass passes[MAX_PASSES];
  fer_view look;
  int side;                    /* of squares in their view */
  float *line;                 /* scratch of fer_image_reduce */
  float *window, *square;      /* (LOOK_WINDOW, LOOK_WINDOW), (side, side) */
  nn_detection candidates[MAX_CANDIDATES];
  fer_found first[MAX_FIRST];
};

/* ---- construction -------------------------------------------------------------------------------------------------------- */

static bool
find_decoding (fer_finder *finder, const nn_graph *graph, nn_error *error)
{
  static const fer_decoding *const decodings[] = { &fer_decoding_maps, &fer_decoding_yunet, &fer_decoding_ultraface };
  const nn_shape in = graph->nodes[0].u.input.shape;
  const int h = in.h ? in.h : LOOK, w = in.w ? in.w : LOOK;
  nn_shape shapes[NN_MAX_OUTPUTS] = { { 0, 0, 0 } };
  int which[NN_MAX_OUTPUTS];
  if (!fer_view_outputs (graph, h, w, shapes, error))
    return false;
  for (size_t i = 0; i < G_N_ELEMENTS (decodings) && !finder->decoding; i++)
    if (decodings[i]->fits (shapes, graph->n_outputs, h, w, which))
      finder->decoding = decodings[i];
  if (!finder->decoding)
    return nn_fail (error, "its outputs (%d, the first is %dx%dx%d) are of no face finder that is known: expected %s, or %s, or %s", graph->n_outputs,
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
    finder->plan = nn_model_plan (model, &(nn_plan_options) { .h = fer_view_side (finder->info.height, HEIGHT),
                                                              .w = fer_view_side (finder->info.width, HEIGHT * 16 / 9) }, error);
  ok = finder->plan && fer_view_new (&finder->look, finder->decoding, &finder->info, finder->plan, finder->side, finder->side, error);
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
  for (int i = 0; i < MAX_PASSES; i++) {
    fer_view_clear (&finder->passes[i].view);
    free (finder->passes[i].luma);
    finder->passes[i] = (pass) { 0 };
  }
  free (finder->line);
  finder->line = NULL;
  finder->width = finder->height = finder->size = finder->n_passes = 0;
}

void
fer_finder_free (fer_finder *finder)
{
  if (!finder)
    return;
  forget_size (finder);
  fer_view_clear (&finder->look);
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

static bool
pass_new (const fer_finder *finder, int h, int w, pass *p, nn_error *error)
{
  *p = (pass) { .h = h, .w = w, .luma = nn_alloc ((size_t) h * (size_t) w * sizeof *p->luma) };
  return p->luma ? fer_view_new (&p->view, finder->decoding, &finder->info, finder->plan, h, w, error) : nn_fail (error, "out of memory");
}

/* h, w: of the first pass. */
static bool
plan_passes (fer_finder *finder, int h, int w, nn_error *error)
{
  const int largest = finder->info.width || finder->info.height ? 0 : finder->decoding->largest;
  do {
    if (!pass_new (finder, h, w, &finder->passes[finder->n_passes++], error))
      return false;
    h = (h + 1) / 2;
    w = (w + 1) / 2;
  } while (largest && finder->n_passes < MAX_PASSES && 2 * (h < w ? h : w) > largest);
  return true;
}

bool
fer_finder_resize (fer_finder *finder, int width, int height, int size, nn_error *error)
{
  if (size > 0 && size < MIN_SIZE)
    size = MIN_SIZE;
  if (finder->width == width && finder->height == height && finder->size == size)
    return true;
  forget_size (finder);
  if (width < 1 || height < 1)
    return nn_fail (error, "a picture of %dx%d pixels", width, height);
  if (size < 0 || size > MAX_SIZE)
    return nn_fail (error, "faces are to be found at %d pixels, expected 0 to %d", size, MAX_SIZE);
  const double scale = reduction (finder, width, height, size);
  const int h = (int) fmax (1, round (scale * height)), w = (int) fmax (1, round (scale * width));
  finder->line = nn_alloc (2 * (size_t) width * sizeof *finder->line);
  if (finder->line ? !plan_passes (finder, h, w, error) : !nn_fail (error, "out of memory")) {
    forget_size (finder);
    return false;
  }
  finder->width = width;
  finder->height = height;
  finder->size = size;
  return true;
}

/* ---- frames -------------------------------------------------------------------------------------------------------------- */

/* In pixels of the picture. The head in the box is taken for an ellipse: the upright box around it when it is turned is what a search of the whole
 * picture would have found. */
static fer_found
place (const fer_finder *finder, const nn_detection *d, const nn_affine *map)
{
  const nn_detection to = nn_detect_transform (d, map);
  fer_found found = { .box = { to.x, to.y, to.w, to.h }, .score = to.score, .has_points = finder->decoding->points };
  for (int i = 0; found.has_points && i < FER_N_POINTS; i++)
    found.points[i] = (fer_point) { to.points[i][0], to.points[i][1] };
  return found;
}

/* A face whose middle is outside the picture is none. */
static bool
is_inside (const fer_finder *finder, const fer_box *box)
{
  const float x = box->x + box->w / 2, y = box->y + box->h / 2;
  return x >= 0 && y >= 0 && x <= (float) finder->width && y <= (float) finder->height;
}

/* Adds what the network sees in the view's tensor to the n candidates that there are; returns how many then. */
static int
add_candidates (fer_finder *finder, const fer_view *v, float threshold, int n)
{
  nn_run (v->runner, 1, v->tensor);
  return n + finder->decoding->decode (v->runner, v->which, v->h, v->w, threshold, finder->candidates + n, MAX_CANDIDATES - n);
}

/* The candidates that are left; map: from their pixels to the picture's. */
static int
place_all (fer_finder *finder, int candidates, const nn_affine *map, fer_found *found, int max)
{
  int n = 0;
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

/* Of the candidates from first on, found in pass i, those of the sizes that are its own, in pixels of the first pass. */
static int
keep_own (fer_finder *finder, int i, int first, int n)
{
  const float largest = (float) finder->decoding->largest;
  const double scale_x = (double) finder->passes[0].w / finder->passes[i].w, scale_y = (double) finder->passes[0].h / finder->passes[i].h;
  int kept = first;
  for (int k = first; k < n; k++) {
    const nn_detection d = finder->candidates[k];
    const float side = fmaxf (d.w, d.h);
    if ((i > 0 && side < SHARED * largest) || (i + 1 < finder->n_passes && side > largest))
      continue;
    finder->candidates[kept++] = nn_detect_transform (&d, &(nn_affine) { { scale_x, 0, 0, 0, scale_y, 0 } });
  }
  return kept;
}

static void
halve (const pass *from, pass *to)
{
  const nn_affine map = { { (double) from->w / to->w, 0, 0, 0, (double) from->h / to->h, 0 } };
  nn_warp (&(nn_plane) { from->luma, from->h, from->w, from->w }, &map, to->luma, to->h, to->w);
}

static int
search (fer_finder *finder, const fer_image *image, float threshold, fer_found *found, int max)
{
  int n = 0;
  for (int i = 0; i < finder->n_passes; i++) {
    pass *p = &finder->passes[i];
    if (i == 0)
      fer_image_reduce (image, &(fer_window) { 0, 0, image->width, image->height }, finder->line, p->luma, p->h, p->w);
    else
      halve (p - 1, p);
    fer_view_fill (&p->view, &finder->info, p->luma, p->h, p->w);
    n = keep_own (finder, i, n, add_candidates (finder, &p->view, threshold, n));
  }
  const nn_affine map = { { (double) image->width / finder->passes[0].w, 0, 0, 0, (double) image->height / finder->passes[0].h, 0 } };
  return place_all (finder, n, &map, found, max);
}

int
fer_finder_run (fer_finder *finder, const fer_image *image, float threshold, fer_found *found, int max)
{
  return fer_finder_run_again (finder, image, threshold, NULL, 0, found, max);
}

int
fer_finder_run_again (fer_finder *finder, const fer_image *image, float threshold, const fer_found *known, int n_known, fer_found *found, int max)
{
  if (!is_planned (finder, image))
    return 0;
  if (!finder->decoding->confirmed)
    return search (finder, image, threshold, found, max);
  const int n = search (finder, image, fer_confirm_least (threshold), finder->first, MAX_FIRST);
  return fer_confirm (finder, image, threshold, known, n_known, finder->first, n, found, max);
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
  fer_view_fill (&finder->look, &finder->info, finder->square, finder->side, finder->side);
  return place_all (finder, add_candidates (finder, &finder->look, threshold, 0), &map, found, max);
}
