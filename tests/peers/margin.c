/* SPDX-License-Identifier: MIT
 * margin MODEL.onnx FOLDER CSV: which crop around a face's box suits a model best. CSV: columns file,emotion,x,y,w,h and x, y of the five points or
 * none (one reference box a picture, emotion numbered as in FER-2013). Faces are turned upright where the model asks for it. Only pictures whose file
 * name has an even CRC-32 are read: the odd half is for measuring afterwards what was chosen here. */
#include "common/picture.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

static const float scales[] = { 0.95f, 1.0f, 1.05f, 1.1f, 1.15f, 1.2f, 1.25f, 1.3f, 1.4f };
static const float shifts[] = { -0.06f, -0.03f, 0, 0.03f, 0.06f };
#define N_SCALES ((int) G_N_ELEMENTS (scales))
#define N_SHIFTS ((int) G_N_ELEMENTS (shifts))
#define N (N_SCALES * N_SHIFTS)

typedef struct tally {
  int faces[7], hits[N][7];
} tally;

static bool
add_picture (fer_classifier *classifier, const char *path, int emotion, const fer_box *box, const fer_point *points, tally *t, nn_error *error)
{
  tool_picture picture;
  if (!tool_picture_load (&picture, path, error))
    return false;
  fer_box squares[N];
  float rolls[N];
  const bool roll = fer_classifier_model (classifier)->crop.roll;
  for (int i = 0; i < N; i++)
    squares[i] = fer_crop_face (&(fer_crop) { .scale = scales[i / N_SHIFTS], .dy = shifts[i % N_SHIFTS], .roll = roll }, box, points, &rolls[i]);
  float p[N * FER_MAX_LABELS];
  int n_labels = fer_classifier_model (classifier)->n_labels;
  bool good = fer_classifier_run (classifier, &picture.image, squares, rolls, N, p) || nn_fail (error, "out of memory");
  t->faces[emotion]++;
  for (int i = 0; good && i < N; i++) {
    fer_face face = { 0 };
    memcpy (face.probabilities, p + i * n_labels, (size_t) n_labels * sizeof *p);
    fer_face_decide (&face, n_labels, (fer_limits) { 0 });
    t->hits[i][emotion] += face.label == emotion;
  }
  tool_picture_clear (&picture);
  return good;
}

static bool
read_table (fer_classifier *classifier, const char *folder, const char *table, tally *t, nn_error *error)
{
  char *text;
  if (!g_file_get_contents (table, &text, NULL, NULL))
    return nn_fail (error, "%s: cannot be read", table);
  char **lines = g_strsplit (text, "\n", -1);
  bool good = true;
  for (int i = 1; good && lines[i] && *lines[i]; i++) {
    char **f = g_strsplit (lines[i], ",", -1);
    if (g_strv_length (f) < 6 || f[1][0] < '0' || f[1][0] > '6') {
      good = nn_fail (error, "%s:%d: expected file,emotion,x,y,w,h", table, i + 1);
    } else if (nn_crc32 (0, f[0], strlen (f[0])) % 2 == 0) {
      char *path = g_build_filename (folder, f[0], NULL);
      const fer_box box = { (float) g_ascii_strtod (f[2], NULL), (float) g_ascii_strtod (f[3], NULL), (float) g_ascii_strtod (f[4], NULL),
                            (float) g_ascii_strtod (f[5], NULL) };
      const bool has_points = g_strv_length (f) >= 6 + 2 * FER_N_POINTS;
      fer_point points[FER_N_POINTS];
      for (int k = 0; has_points && k < FER_N_POINTS; k++)
        points[k] = (fer_point) { (float) g_ascii_strtod (f[6 + 2 * k], NULL), (float) g_ascii_strtod (f[7 + 2 * k], NULL) };
      good = add_picture (classifier, path, f[1][0] - '0', &box, has_points ? points : NULL, t, error);
      g_free (path);
    }
    g_strfreev (f);
  }
  g_strfreev (lines);
  g_free (text);
  return good;
}

static void
print (const tally *t)
{
  int n = 0, classes = 0;
  for (int c = 0; c < 7; c++) {
    n += t->faces[c];
    classes += t->faces[c] > 0;
  }
  printf ("%d faces; accuracy (mean recall) in %% by scale (rows) and dy (columns)\n%6s", n, "");
  for (int j = 0; j < N_SHIFTS; j++)
    printf ("%15.2f", (double) shifts[j]);
  for (int i = 0; i < N; i++) {
    int hits = 0;
    double recall = 0;
    for (int c = 0; c < 7; c++) {
      hits += t->hits[i][c];
      recall += t->faces[c] ? (double) t->hits[i][c] / t->faces[c] / classes : 0;
    }
    if (i % N_SHIFTS == 0)
      printf ("\n%6.2f", (double) scales[i / N_SHIFTS]);
    printf ("   %5.1f (%4.1f)", 100.0 * hits / n, 100 * recall);
  }
  printf ("\n");
}

int
main (int argc, char **argv)
{
  nn_error error = { "usage: margin MODEL.onnx FOLDER CSV" };
  tally t = { 0 };
  fer_classifier *classifier = argc == 4 ? fer_classifier_load (argv[1], N, NN_PRECISION_FULL, &error) : NULL;
  bool good = classifier && read_table (classifier, argv[2], argv[3], &t, &error);
  if (good)
    print (&t);
  else
    fprintf (stderr, "margin: %s\n", error.text);
  fer_classifier_free (classifier);
  return !good;
}
