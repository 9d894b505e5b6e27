/* SPDX-License-Identifier: MIT
 * chain FER2013 SPLIT SCENES [FINDER.onnx [MODEL.onnx]]: what the way from a frame to a face costs. Each face of a split of FER-2013 is pasted into a
 * scene of 640x360 pixels made from a face-free picture of the folder SCENES, at a size of 48 to 160 pixels, tilted by up to 30 degrees, found, turned
 * upright, cropped and read as the element does, and its reading compared with that of the 48x48 picture itself. Says also how the found boxes lie on
 * FER-2013's crops, and, for PublicTest, which margin reads best. */
#include "common/dataset.h"
#include "common/picture.h"
#include "common/progress.h"

#include <glib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define W 640
#define H 360
#define MAX_FOUND 16

static const int sizes[] = { 48, 72, 104, 160 }, tilts[] = { 0, -15, 15, -30, 30 };
static const float scales[] = { 0.9f, 0.95f, 1.0f, 1.05f, 1.1f, 1.15f, 1.2f }, shifts[] = { -0.04f, -0.02f, 0, 0.02f, 0.04f };
#define N_SIZES ((int) G_N_ELEMENTS (sizes))
#define N_TILTS ((int) G_N_ELEMENTS (tilts))
#define N_SCALES ((int) G_N_ELEMENTS (scales))
#define N_SHIFTS ((int) G_N_ELEMENTS (shifts))

/* Of the faces that were found, how many are read as labelled: from FER-2013's own picture, by the chain, and by the chain without turning. */
typedef struct tally {
  int n, found, direct, chain, upright, same;
  int poor, poor_right; /* quality below FER_MIN_QUALITY; of these, read as labelled */
} tally;

/* How FER-2013's crop lies on the boxes of upright faces; where eyes and mouth are in it, as shares of its height; how long the finder takes. */
enum { SCALE, DX, DY, EYES, MOUTH, MS, N_FIGURES };
static const char *const figure_names[N_FIGURES] = { "scale", "dx", "dy", "eyes", "mouth", "ms" };

typedef struct chain {
  const nn_dataset *data;
  GPtrArray *scenes; /* paths */
  fer_finder *finder;
  fer_classifier *classifier;
  bool sweep;
  tally by_size[N_SIZES], by_tilt[N_TILTS], all;
  int hits[N_SCALES][N_SHIFTS];
  GArray *figures[N_FIGURES]; /* float */
} chain;

/* A face as it is pasted: its centre, side, and tilt in radians, clockwise. */
typedef struct pasted {
  double x, y, side, tilt;
} pasted;

/* ---- scenes -------------------------------------------------------------------------------------------------------------- */

/* The middle of a picture, made to fill the frame. */
static bool
fill (const char *path, uint8_t *frame, nn_error *error)
{
  tool_picture picture;
  if (!tool_picture_load (&picture, path, error))
    return false;
  static const fer_crop whole = { .size = W, .sd = 1, .scale = 1 };
  const fer_box square = fer_frame_square (picture.image.width, picture.image.height);
  float *scratch = NULL, *luma = g_new (float, W *W);
  size_t scratch_size = 0;
  const bool good = fer_crop_run (&whole, &picture.image, &square, 0, &scratch, &scratch_size, NULL, luma) || nn_fail (error, "out of memory");
  for (int i = 0; good && i < W * H; i++)
    frame[i] = (uint8_t) (luma[i + (W - H) / 2 * W] + 0.5f);
  free (scratch);
  g_free (luma);
  tool_picture_clear (&picture);
  return good;
}

static void
paste (const uint8_t *pixels, int side, const pasted *at, uint8_t *frame)
{
  const double k = side / at->side, c = k * cos (at->tilt), s = k * sin (at->tilt);
  const nn_affine map = { { c, s, side / 2.0 - c * at->x - s * at->y, -s, c, side / 2.0 + s * at->x - c * at->y } };
  float *face = g_new (float, (size_t) (side * side)), *laid = g_new (float, W *H);
  for (int i = 0; i < side * side; i++)
    face[i] = pixels[i];
  nn_warp (&(nn_plane) { face, side, side, side }, &map, laid, H, W);
  for (int i = 0; i < H; i++)
    for (int j = 0; j < W; j++) {
      const double x = map.m[0] * (j + 0.5) + map.m[1] * (i + 0.5) + map.m[2], y = map.m[3] * (j + 0.5) + map.m[4] * (i + 0.5) + map.m[5];
      if (x >= 0 && y >= 0 && x < side && y < side)
        frame[i * W + j] = (uint8_t) (laid[i * W + j] + 0.5f);
    }
  g_free (face);
  g_free (laid);
}

/* ---- reading ------------------------------------------------------------------------------------------------------------- */

static int
best_of (const float *p, int n)
{
  int best = 0;
  for (int i = 1; i < n; i++)
    best = p[i] > p[best] ? i : best;
  return best;
}

/* n squares of image; labels[n], in FER-2013's order. */
static bool
read_squares (const chain *c, const fer_image *image, const fer_box *squares, const float *rolls, int n, int *labels)
{
  const int n_labels = fer_classifier_model (c->classifier)->n_labels;
  float p[N_SCALES * N_SHIFTS * FER_MAX_LABELS];
  if (!fer_classifier_run (c->classifier, image, squares, rolls, n, p))
    return false;
  for (int i = 0; i < n; i++)
    labels[i] = best_of (p + i * n_labels, n_labels);
  return true;
}

/* The one whose middle lies on the pasted face; NULL: none. */
static const fer_found *
choose (const fer_found *found, int n, const pasted *at)
{
  for (int i = 0; i < n; i++)
    if (hypot ((double) (found[i].box.x + found[i].box.w / 2) - at->x, (double) (found[i].box.y + found[i].box.h / 2) - at->y) < at->side / 3)
      return &found[i];
  return NULL;
}

static void
note (chain *c, int figure, double value)
{
  const float number = (float) value;
  g_array_append_val (c->figures[figure], number);
}

static void
note_face (chain *c, const fer_found *face, const pasted *at)
{
  const fer_box *box = &face->box;
  const fer_point *p = face->points;
  const double top = at->y - at->side / 2;
  note (c, SCALE, at->side / (double) fmaxf (box->w, box->h));
  note (c, DX, (at->x - (double) (box->x + box->w / 2)) / at->side);
  note (c, DY, (at->y - (double) (box->y + box->h / 2)) / at->side);
  if (!face->has_points)
    return;
  note (c, EYES, ((double) (p[0].y + p[1].y) / 2 - top) / at->side);
  note (c, MOUTH, ((double) (p[3].y + p[4].y) / 2 - top) / at->side);
}

static bool
try_margins (chain *c, const fer_image *frame, const fer_found *face, int truth)
{
  fer_box squares[N_SCALES * N_SHIFTS];
  float rolls[N_SCALES * N_SHIFTS];
  int labels[N_SCALES * N_SHIFTS];
  for (int i = 0; i < N_SCALES * N_SHIFTS; i++) {
    const fer_crop crop = { .scale = scales[i / N_SHIFTS], .dy = shifts[i % N_SHIFTS], .roll = true };
    squares[i] = fer_crop_face (&crop, &face->box, face->has_points ? face->points : NULL, &rolls[i]);
  }
  if (!read_squares (c, frame, squares, rolls, N_SCALES * N_SHIFTS, labels))
    return false;
  for (int i = 0; i < N_SCALES * N_SHIFTS; i++)
    c->hits[i / N_SHIFTS][i % N_SHIFTS] += labels[i] == truth;
  return true;
}

static void
count (tally *t, int direct, int read, int upright, int truth)
{
  t->found++;
  t->direct += direct == truth;
  t->chain += read == truth;
  t->upright += upright == truth;
  t->same += direct == read;
}

static bool
read_face (chain *c, int row, const fer_image *frame, const fer_found *face, int size, int tilt)
{
  const fer_crop *crop = &fer_classifier_model (c->classifier)->crop;
  const int h = c->data->h, w = c->data->w, truth = c->data->labels[row];
  const fer_box whole = fer_frame_square (w, h);
  fer_image own;
  fer_image_from_rgb (&own, c->data->pixels + (size_t) row * (size_t) (h * w), w, h, w, 1);
  float rolls[2] = { 0 };
  const fer_box squares[2] = { fer_crop_face (crop, &face->box, face->has_points ? face->points : NULL, &rolls[0]),
                               fer_crop_square (crop, &face->box) };
  int direct, read[2];
  if (!read_squares (c, &own, &whole, NULL, 1, &direct) || !read_squares (c, frame, squares, rolls, 2, read))
    return false;
  const fer_quality quality =
      fer_quality_of (&squares[0], face->has_points ? face->points : NULL, face->score, fer_classifier_pixels (c->classifier, 0), crop->size);
  c->all.poor += quality.value < FER_MIN_QUALITY;
  c->all.poor_right += quality.value < FER_MIN_QUALITY && read[0] == truth;
  count (&c->all, direct, read[0], read[1], truth);
  count (&c->by_size[size], direct, read[0], read[1], truth);
  count (&c->by_tilt[tilt], direct, read[0], read[1], truth);
  return !c->sweep || try_margins (c, frame, face, truth);
}

static bool
try_face (chain *c, int row, int number, uint8_t *pixels, nn_error *error)
{
  nn_random random = nn_random_new (1, 0, (uint64_t) row, NN_FOR_TEST);
  const int size = number % N_SIZES, tilt = number / N_SIZES % N_TILTS;
  pasted at = { .side = sizes[size], .tilt = tilts[tilt] * G_PI / 180 };
  const double reach = at.side / 2 * (fabs (cos (at.tilt)) + fabs (sin (at.tilt)));
  at.x = reach + (W - 2 * reach) * (double) nn_random_uniform (&random);
  at.y = reach + (H - 2 * reach) * (double) nn_random_uniform (&random);
  if (!fill (g_ptr_array_index (c->scenes, nn_random_u32 (&random) % c->scenes->len), pixels, error))
    return false;
  paste (c->data->pixels + (size_t) row * (size_t) (c->data->h * c->data->w), c->data->w, &at, pixels);
  fer_image frame;
  fer_found found[MAX_FOUND];
  fer_image_from_rgb (&frame, pixels, W, H, W, 1);
  const double start = tool_seconds ();
  const int n = fer_finder_run (c->finder, &frame, FER_FINDER_THRESHOLD, found, MAX_FOUND);
  note (c, MS, 1000 * (tool_seconds () - start));
  const fer_found *face = choose (found, n, &at);
  c->all.n++;
  c->by_size[size].n++;
  c->by_tilt[tilt].n++;
  if (!face)
    return true;
  if (tilts[tilt] == 0)
    note_face (c, face, &at);
  return read_face (c, row, &frame, face, size, tilt) || nn_fail (error, "out of memory");
}

/* ---- report -------------------------------------------------------------------------------------------------------------- */

static void
print_tally (const char *name, const tally *t)
{
  const double n = MAX (t->found, 1);
  printf ("%-12s%8d%10.1f%12.2f%10.2f%12.2f%14.2f%14.1f\n", name, t->n, 100.0 * t->found / MAX (t->n, 1), 100 * t->direct / n, 100 * t->chain / n,
          100 * (t->chain - t->direct) / n, 100 * t->upright / n, 100 * t->same / n);
}

static int
compare (const void *a, const void *b)
{
  const float x = *(const float *) a, y = *(const float *) b;
  return (x > y) - (x < y);
}

static void
print_quantiles (const char *name, GArray *values)
{
  static const guint twentieths[] = { 1, 5, 10, 15, 19 };
  const guint n = values->len;
  g_array_sort (values, compare);
  printf ("%-6s", name);
  for (gsize i = 0; n && i < G_N_ELEMENTS (twentieths); i++)
    printf ("%10.3f", (double) g_array_index (values, float, n *twentieths[i] / 20));
  printf ("\n");
}

static void
print (const chain *c)
{
  printf ("%-12s%8s%10s%12s%10s%12s%14s%14s\n", "%", "faces", "found", "48x48", "chain", "difference", "not turned", "read the same");
  for (int i = 0; i < N_SIZES; i++) {
    char *name = g_strdup_printf ("%d px", sizes[i]);
    print_tally (name, &c->by_size[i]);
    g_free (name);
  }
  for (int i = 0; i < N_TILTS; i++) {
    char *name = g_strdup_printf ("%+d degrees", tilts[i]);
    print_tally (name, &c->by_tilt[i]);
    g_free (name);
  }
  print_tally ("all", &c->all);
  printf ("%d of these have a quality below %g: %d of them are read as labelled\n", c->all.poor, (double) FER_MIN_QUALITY, c->all.poor_right);
  printf ("\nFER-2013's crop on the found boxes of %u upright faces, the eyes' and the mouth's height in it, and the finder's time for a frame of "
          "%dx%d:\n"
          "%-6s%10s%10s%10s%10s%10s\n",
          c->figures[SCALE]->len, W, H, "", "5 %", "25 %", "50 %", "75 %", "95 %");
  for (int i = 0; i < N_FIGURES; i++)
    print_quantiles (figure_names[i], c->figures[i]);
  if (!c->sweep)
    return;
  printf ("\naccuracy by scale (rows) and dy (columns)\n%6s", "");
  for (int j = 0; j < N_SHIFTS; j++)
    printf ("%8.2f", (double) shifts[j]);
  for (int i = 0; i < N_SCALES; i++) {
    printf ("\n%6.2f", (double) scales[i]);
    for (int j = 0; j < N_SHIFTS; j++)
      printf ("%8.2f", 100.0 * c->hits[i][j] / MAX (c->all.found, 1));
  }
  printf ("\n");
}

/* ---- main ---------------------------------------------------------------------------------------------------------------- */

static int
by_name (const void *a, const void *b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

static GPtrArray *
list (const char *folder, nn_error *error)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
  GDir *dir = g_dir_open (folder, 0, NULL);
  for (const char *name; dir && (name = g_dir_read_name (dir));)
    if (g_str_has_suffix (name, ".jpg"))
      g_ptr_array_add (paths, g_build_filename (folder, name, NULL));
  if (dir)
    g_dir_close (dir);
  g_ptr_array_sort (paths, by_name);
  if (paths->len == 0)
    nn_fail (error, "%s: no .jpg in this folder", folder);
  return paths;
}

static bool
run (chain *c, const char *split, nn_error *error)
{
  uint8_t *pixels = g_new (uint8_t, W * W);
  bool good = true;
  for (int row = 0, number = 0; good && row < c->data->n; row++)
    if (!strcmp (nn_split_names[c->data->splits[row]], split))
      good = try_face (c, row, number++, pixels, error);
  g_free (pixels);
  return good && (c->all.n > 0 || nn_fail (error, "no row is %s; expected Training, PublicTest or PrivateTest", split));
}

int
main (int argc, char **argv)
{
  nn_error error = { "usage: chain FER2013 SPLIT SCENES [FINDER.onnx [MODEL.onnx]]" };
  chain c = { 0 };
  for (int i = 0; i < N_FIGURES; i++)
    c.figures[i] = g_array_new (FALSE, FALSE, sizeof (float));
  nn_dataset *data = argc >= 4 && argc <= 6 ? tool_load_dataset (argv[1], &error) : NULL;
  c.data = data;
  c.sweep = data && !strcmp (argv[2], "PublicTest");
  c.scenes = data ? list (argv[3], &error) : NULL;
  c.finder = data ? fer_finder_load (argc > 4 ? argv[4] : NULL, &error) : NULL;
  c.classifier = data ? fer_classifier_load (argc > 5 ? argv[5] : NULL, 1, NN_PRECISION_FULL, &error) : NULL;
  const bool good = data && c.scenes->len && c.finder && c.classifier && fer_finder_resize (c.finder, W, H, 0, &error) && run (&c, argv[2], &error);
  if (good)
    print (&c);
  else
    fprintf (stderr, "chain: %s\n", error.text);
  fer_classifier_free (c.classifier);
  fer_finder_free (c.finder);
  if (c.scenes)
    g_ptr_array_unref (c.scenes);
  nn_dataset_free (data);
  for (int i = 0; i < N_FIGURES; i++)
    g_array_unref (c.figures[i]);
  return !good;
}
