/* SPDX-License-Identifier: MIT */
#include "eval/manifest.h"
#include "test.h"

#include <string.h>

static eval_manifest *
parse (const char *text, nn_error *error)
{
  return eval_manifest_parse (text, strlen (text), "folder", error);
}

static void
columns_are_found_by_name_and_the_others_kept (void)
{
  nn_error error = { "" };
  eval_manifest *m = parse ("sex,h,path,w,label,y,x,age\r\n"
                            "female,4,a.jpg,3,happy,2,1.5,20\n\n"
                            " male ,,\"b, c.png\",,,,,\n"
                            ",,/abs.jpg,,sad,,,7",
                            &error);
  test_note ("%s", error.text);
  require (m);
  require (m->n == 3 && m->n_more == 2 && m->has_labels && m->has_boxes);
  check (!strcmp (m->more[0], "sex") && !strcmp (m->more[1], "age"));
  const eval_picture *p = m->pictures;
  check (!strcmp (p[0].path, "folder/a.jpg") && !strcmp (p[0].name, "a.jpg") && !strcmp (p[0].label, "happy") && p[0].line == 2);
  check (p[0].has_box && p[0].box.x == 1.5f && p[0].box.y == 2 && p[0].box.w == 3 && p[0].box.h == 4);
  check (!strcmp (p[0].more[0], "female") && !strcmp (p[0].more[1], "20"));
  check (!p[1].has_box && !strcmp (p[1].path, "folder/b, c.png") && !strcmp (p[1].label, "") && !strcmp (p[1].more[0], "male") && p[1].line == 4);
  check (!strcmp (p[2].path, "/abs.jpg") && !strcmp (p[2].more[0], "") && !strcmp (p[2].more[1], "7"));
  eval_manifest_free (m);
}

static void
labels_and_boxes_may_be_missing_and_file_is_a_path (void)
{
  nn_error error;
  eval_manifest *m = parse ("file\na.jpg\n", &error);
  require (m);
  check (m->n == 1 && m->n_more == 0 && !m->has_labels && !m->has_boxes && !strcmp (m->pictures[0].label, ""));
  eval_manifest_free (m);
}

static void
many_rows_keep_what_they_say (void)
{
  enum { N = 3000 };
  static char text[N * 24];
  nn_error error;
  size_t size = (size_t) sprintf (text, "path,i\n");
  for (int i = 0; i < N; i++)
    size += (size_t) sprintf (text + size, "%d.png,v%d\n", i, i);
  eval_manifest *m = eval_manifest_parse (text, size, ".", &error);
  require (m && m->n == N);
  char want[24];
  for (int i = 0; i < N; i += 7) {
    sprintf (want, "v%d", i);
    check (!strcmp (m->pictures[i].more[0], want));
  }
  eval_manifest_free (m);
}

static void
errors_name_the_place (void)
{
  static const struct {
    const char *text, *says;
  } bad[] = {
    { "", "empty" },
    { "label,sex\n", "no column path" },
    { "path,file\n", "a second column file" },
    { "path,sex,sex\n", "a second column sex" },
    { "path,,sex\n", "without a name" },
    { "path,x,y\n", "2 of the columns x, y, w, h" },
    { "path\n", "no picture" },
    { "path,sex\na.jpg\n", "line 2, column 1: 1 columns; the header has 2" },
    { "path,sex\n,male\n", "line 2, column 1: no path" },
    { "path,x,y,w,h\na,1,2,,4\n", "is not a number" },
    { "path,x,y,w,h\na,1,2,3x,4\n", "line 2, column 7: \"3x\"" },
    { "path,x,y,w,h\na,1,2,inf,4\n", "\"inf\" is not a number" },
    { "path,x,y,w,h\na,1,2,0,4\n", "no area" },
    { "path,sex\n\"a.jpg,male\n", "quote" },
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    nn_error error = { "" };
    eval_manifest *m = parse (bad[i].text, &error);
    check (!m && strstr (error.text, bad[i].says));
    if (m || !strstr (error.text, bad[i].says))
      test_note ("%s: %s", bad[i].says, error.text);
    eval_manifest_free (m);
  }
  nn_error error = { "" };
  check (!eval_manifest_load ("no/such.csv", &error) && strstr (error.text, "no/such.csv"));
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (columns_are_found_by_name_and_the_others_kept),
                                   TEST (labels_and_boxes_may_be_missing_and_file_is_a_path),
                                   TEST (many_rows_keep_what_they_say),
                                   TEST (errors_name_the_place),
                                   { 0 } });
}
