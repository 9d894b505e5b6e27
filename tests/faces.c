/* SPDX-License-Identifier: MIT */
#include "faces.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { CLASSES = 7, SIDE = 48 };

/* Lengths in half heights of the head; x to the right, y down, 0 in the middle of the head. */
typedef struct expression {
  float brow_raise;  /* above their rest */
  float brow_slant;  /* inner ends higher than outer ones by this */
  float eye_open;    /* half height */
  float smile;       /* corners of the mouth higher than its middle by this */
  float mouth_open;  /* half height */
  float mouth_width; /* half width */
  float wrinkle;     /* darkness beside the nose, 0-1 */
} expression;

static const expression expressions[CLASSES] = {
  { -0.08f, -0.18f, 0.06f, -0.06f, 0.02f, 0.24f, 0.1f }, /* angry */
  { -0.05f, -0.06f, 0.05f, -0.10f, 0.08f, 0.26f, 0.8f }, /* disgust */
  { 0.10f, 0.10f, 0.15f, -0.04f, 0.11f, 0.32f, 0 },      /* fear */
  { 0.00f, 0.00f, 0.07f, 0.16f, 0.06f, 0.36f, 0 },       /* happy */
  { 0.02f, 0.16f, 0.08f, -0.13f, 0.02f, 0.24f, 0 },      /* sad */
  { 0.14f, 0.00f, 0.16f, 0.00f, 0.20f, 0.17f, 0 },       /* surprise */
  { 0.00f, 0.00f, 0.09f, 0.00f, 0.02f, 0.26f, 0 },       /* neutral */
};

static const expression spread = { 0.02f, 0.03f, 0.012f, 0.025f, 0.012f, 0.02f, 0.08f };

typedef struct face {
  expression e;
  float x, y, cosine, sine, unit; /* of the head: centre, turn, half height in pixels */
  float turn;                     /* features shifted sideways, as by a head that looks aside */
  float width;                    /* half width of the head */
  float skin, back, hair, light_x, light_y, noise;
} face;

static float
between (nn_random *random, float low, float high)
{
  return low + (high - low) * nn_random_uniform (random);
}

static expression
draw_expression (int label, nn_random *random)
{
  expression e = expressions[label];
  float *value = (float *) &e;
  for (size_t i = 0; i < sizeof e / sizeof *value; i++)
    value[i] += ((const float *) &spread)[i] * fmaxf (-2, fminf (2, nn_random_normal (random)));
  e.eye_open = fmaxf (e.eye_open, 0.03f);
  e.mouth_open = fmaxf (e.mouth_open, 0.01f);
  return e;
}

static face
choose_face (int size, int label, nn_random *random)
{
  face f = { .e = draw_expression (label, random) };
  float angle = between (random, -0.2f, 0.2f), side = (float) size;
  f.x = side * between (random, 0.46f, 0.54f);
  f.y = side * between (random, 0.48f, 0.55f);
  f.cosine = cosf (angle);
  f.sine = sinf (angle);
  f.unit = side * between (random, 0.44f, 0.52f);
  f.turn = between (random, -0.08f, 0.08f);
  f.width = between (random, 0.7f, 0.82f);
  f.skin = between (random, 110, 200);
  f.back = between (random, 20, 230);
  f.hair = between (random, 10, 90);
  f.light_x = between (random, -40, 40);
  f.light_y = between (random, -20, 20);
  f.noise = between (random, 2, 9);
  return f;
}

/* Share of a pixel that a shape covers whose edge is distance (negative: inside) away; edges are a pixel wide. */
static float
cover (const face *f, float distance)
{
  return fminf (1, fmaxf (0, 0.5f - distance * f->unit));
}

static float
ellipse (const face *f, float x, float y, float rx, float ry)
{
  return cover (f, (hypotf (x / rx, y / ry) - 1) * fminf (rx, ry));
}

static float
line (const face *f, float x, float y, float x0, float y0, float x1, float y1, float radius)
{
  float dx = x1 - x0, dy = y1 - y0, t = ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy);
  t = fminf (1, fmaxf (0, t));
  return cover (f, hypotf (x - x0 - t * dx, y - y0 - t * dy) - radius);
}

static float
blend (float under, float over, float share)
{
  return under + (over - under) * share;
}

/* x >= 0: either side of the face is the other's mirror image. */
static float
shade_eye (const face *f, float grey, float x, float y)
{
  float brow = -0.4f - f->e.brow_raise, open = ellipse (f, x - 0.34f, y + 0.17f, 0.16f, f->e.eye_open);
  grey = blend (grey, f->skin * 0.55f, ellipse (f, x - 0.34f, y + 0.17f, 0.19f, f->e.eye_open + 0.035f));
  grey = blend (grey, 235, open);
  grey = blend (grey, 25, fminf (open, ellipse (f, x - 0.34f, y + 0.17f, 0.075f, 0.09f)));
  return blend (grey, f->hair, line (f, x, y, 0.16f, brow - f->e.brow_slant / 2, 0.54f, brow + f->e.brow_slant / 2, 0.04f));
}

static float
shade_nose (const face *f, float grey, float x, float y)
{
  grey = blend (grey, f->skin * 0.7f, line (f, x, y, 0, 0.22f, 0.11f, 0.2f, 0.02f));
  return blend (grey, f->skin * 0.5f, f->e.wrinkle * line (f, x, y, 0.1f, -0.02f, 0.22f, 0.24f, 0.025f));
}

static float
shade_mouth (const face *f, float grey, float x, float y)
{
  float at = fminf (1, fabsf (x) / f->e.mouth_width), middle = 0.52f + f->e.smile * (0.5f - at * at);
  float half = f->e.mouth_open * sqrtf (1 - at * at), beyond = fmaxf (0, fabsf (x) - f->e.mouth_width);
  float distance = hypotf (beyond, fmaxf (0, fabsf (y - middle) - half)) - 0.035f;
  grey = blend (grey, f->skin * 0.55f, cover (f, distance));
  return blend (grey, 30, cover (f, fmaxf (fabsf (y - middle) - half, beyond)) * fminf (1, half * 25));
}

static float
shade (const face *f, float x, float y)
{
  float grey = blend (f->back, f->hair, ellipse (f, x, y + 0.12f, f->width * 1.08f, 1));
  float skin = ellipse (f, x, y - 0.08f, f->width, 0.92f), inner = f->skin;
  float feature_x = x - f->turn;
  inner = shade_eye (f, inner, fabsf (feature_x), y);
  inner = shade_nose (f, inner, fabsf (feature_x), y);
  inner = shade_mouth (f, inner, feature_x, y);
  return blend (grey, inner + f->light_x * x + f->light_y * y, skin);
}

void
test_draw_face (uint8_t *pixels, int size, int label, nn_random *random)
{
  face f = choose_face (size, label, random);
  for (int i = 0; i < size * size; i++) {
    float dx = (float) (i % size) + 0.5f - f.x, dy = (float) (i / size) + 0.5f - f.y;
    float grey = shade (&f, (f.cosine * dx + f.sine * dy) / f.unit, (f.cosine * dy - f.sine * dx) / f.unit);
    pixels[i] = (uint8_t) fminf (255, fmaxf (0, grey + f.noise * nn_random_normal (random) + 0.5f));
  }
}

nn_dataset *
test_faces (int n_train, int n_public, int n_private, uint64_t seed)
{
  nn_error error;
  nn_dataset *data = nn_dataset_new (n_train + n_public + n_private, SIDE, SIDE, CLASSES, &error);
  if (!data) {
    fprintf (stderr, "%s\n", error.text);
    exit (1);
  }
  for (int row = 0; row < data->n; row++) {
    nn_random random = nn_random_new (seed, 0, (uint64_t) row, NN_FOR_TEST);
    data->labels[row] = (uint8_t) (row % CLASSES);
    data->splits[row] = row < n_train ? NN_TRAINING : row < n_train + n_public ? NN_PUBLIC_TEST : NN_PRIVATE_TEST;
    test_draw_face (data->pixels + (size_t) row * SIDE * SIDE, SIDE, data->labels[row], &random);
  }
  nn_dataset_seal (data);
  return data;
}

const char *
test_fer2013 (void)
{
  const char *path = getenv ("FER2013_CSV");
  if (!path || !*path)
    path = TEST_SOURCE_ROOT "/../shared/data/fer2013.csv.xz";
  return access (path, R_OK) ? NULL : path;
}

bool
test_data (const char *name, char *path, size_t size)
{
  const char *folder = getenv ("FER_DATA");
  const int length = snprintf (path, size, "%s/%s", folder && *folder ? folder : TEST_SOURCE_ROOT "/../shared/data", name);
  return length > 0 && (size_t) length < size && !access (path, R_OK);
}
