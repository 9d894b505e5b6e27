/* SPDX-License-Identifier: MIT */
#include "eval/predictions.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char table[] = "path,sex\nb.jpg,m\na.jpg,f\na.jpg,f\n\"c, d.jpg\",m\n";

static eval_predictions *
parse (const char *text, nn_error *error)
{
  eval_manifest *m = eval_manifest_parse (table, strlen (table), ".", error);
  eval_predictions *p = m ? eval_predictions_parse (text, strlen (text), m, error) : NULL;
  eval_manifest_free (m);
  return p;
}

static void
rows_are_matched_by_name_and_order (void)
{
  nn_error error = { "" };
  eval_predictions *p = parse ("happy,path,sad\n0.25,a.jpg,0.75\n1,b.jpg,0\n0.5,other.jpg,0.5\n,\"c, d.jpg\",\n0.6,a.jpg,0.4\n", &error);
  test_note ("%s", error.text);
  require (p);
  check (p->n == 4 && p->n_labels == 2 && !strcmp (p->labels[0], "happy") && !strcmp (p->labels[1], "sad"));
  check (p->probabilities[0] == 1 && p->probabilities[2] == 0.25f && p->probabilities[3] == 0.75f && p->probabilities[4] == 0.6f);
  check (p->faces[0] == GROUPS_FACE_READ && p->faces[2] == GROUPS_FACE_READ && p->faces[3] == GROUPS_FACE_NONE);
  eval_predictions_free (p);
}

static void
what_is_written_is_read_again (void)
{
  const char *const labels[] = { "angry", "happy", "neutral" };
  char name[] = "/tmp/predictions-XXXXXX";
  nn_error error = { "" };
  const int file = mkstemp (name);
  eval_manifest *m = eval_manifest_parse (table, strlen (table), ".", &error);
  eval_predictions *p = eval_predictions_new (4, labels, 3), *again = NULL;
  require (file >= 0 && m);
  close (file);
  for (int i = 0; i < 4; i++) {
    p->faces[i] = (uint8_t[]) { GROUPS_FACE_READ, GROUPS_FACE_READ, GROUPS_FACE_REFUSED, GROUPS_FACE_NONE }[i];
    for (int c = 0; c < 3 && i < 2; c++)
      p->probabilities[3 * i + c] = (float) (1 + c + i) / (float) (6 + 3 * i);
  }
  check (eval_predictions_write (p, m, name, &error));
  again = eval_predictions_load (name, m, &error);
  test_note ("%s", error.text);
  require (again);
  check (!memcmp (again->faces, p->faces, 4) && !memcmp (again->probabilities, p->probabilities, 12 * sizeof (float))
         && !strcmp (again->labels[2], "neutral"));
  eval_predictions_free (again);
  eval_predictions_free (p);
  eval_manifest_free (m);
  unlink (name);
}

static void
errors_name_the_place (void)
{
  static const struct {
    const char *text, *says;
  } bad[] = {
    { "path,happy,sad\na.jpg,1,0\nb.jpg,1,0\n\"c, d.jpg\",1,0\n", "nothing is said of \"a.jpg\", line 4" },
    { "path,happy,sad\nb.jpg,1.5,0\n", "line 2: \"1.5\" is no probability" },
    { "path,happy,sad\nb.jpg,1,\n", "line 2: \"\" is no probability" },
    { "path,happy,sad\nb.jpg,nan,1\n", "\"nan\" is no probability" },
    { "path,happy,sad\nb.jpg,0.5,0.3\n", "add up to 0.800" },
    { "path,face,happy,sad\nb.jpg,maybe,1,0\n", "face \"maybe\"" },
    { "path,happy\nb.jpg,1\n", "1 columns of labels" },
    { "happy,sad\n1,0\n", "no column path" },
    { "path,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17\n", "no picture" },
    { "path,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17\nb.jpg,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0\n", "more than 16 columns" },
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    nn_error error = { "" };
    eval_predictions *p = parse (bad[i].text, &error);
    check (!p && strstr (error.text, bad[i].says));
    if (p || !strstr (error.text, bad[i].says))
      test_note ("%s: %s", bad[i].says, error.text);
    eval_predictions_free (p);
  }
}

int
main (void)
{
  return test_run (
      (test_case[]) { TEST (rows_are_matched_by_name_and_order), TEST (what_is_written_is_read_again), TEST (errors_name_the_place), { 0 } });
}
