/* SPDX-License-Identifier: MIT */
#include "eval/groups_columns.h"
#include "test.h"

#include <glib.h>
#include <string.h>

/* 100 people: sex by thirds of a hundred, with every tenth unsaid; age young for the first 60; one column that is of no use. */
static eval_manifest *
people (void)
{
  GString *table = g_string_new ("path,sex,id,age\n");
  nn_error error;
  for (int i = 0; i < 100; i++)
    g_string_append_printf (table, "%d.jpg,%s,%d,%s\n", i, i % 10 == 9 ? "" : i % 2 ? "m" : "f", i, i < 60 ? "young" : "old");
  eval_manifest *m = eval_manifest_parse (table->str, table->len, ".", &error);
  g_string_free (table, TRUE);
  return m;
}

static void
groups_come_from_the_cells (void)
{
  nn_error error = { "" };
  eval_manifest *m = people ();
  groups_partitions p;
  require (m && groups_partitions_make (m, "age,sex", 2, &p, &error));
  check (p.n == 4);
  const groups_partition *all = &p.all[0], *age = &p.all[1], *sex = &p.all[2], *both = &p.all[3];
  check (all->n_groups == 1 && all->n_columns == 0 && !strcmp (all->name, "everybody") && all->of[99] == 0);
  check (!strcmp (age->name, "age") && age->n_groups == 2 && !strcmp (age->names[0], "old") && !strcmp (age->names[1], "young"));
  check (age->of[0] == 1 && age->of[60] == 0 && age->undeclared == 0);
  check (sex->n_groups == 2 && sex->undeclared == 10 && sex->of[9] == -1 && sex->of[1] == 1 && sex->of[2] == 0);
  /* female: 50, of them young 30; male: 40, of them young 24 */
  check (!strcmp (both->name, "age & sex") && both->n_groups == 1 && !strcmp (both->names[0], "young & f") && both->of[0] == 0 && both->of[1] == -1);
  require (both->n_small == 3);
  check (!strcmp (both->small[0], "old & f") && both->small_sizes[0] == 20 && !strcmp (both->small[2], "young & m") && both->small_sizes[2] == 24);
  groups_partitions_clear (&p);
  eval_manifest_free (m);
}

static void
cells_are_not_mixed_up (void)
{
  nn_error error = { "" };
  GString *table = g_string_new ("path,one,two\n");
  for (int i = 0; i < 80; i++)
    g_string_append_printf (table, "%d.jpg,%s\n", i, i % 2 ? "a & b,c" : "a,b & c");
  eval_manifest *m = eval_manifest_parse (table->str, table->len, ".", &error);
  groups_partitions p;
  require (m && groups_partitions_make (m, NULL, 2, &p, &error));
  const groups_partition *both = &p.all[3];
  check (both->n_groups == 2 && !strcmp (both->names[0], "a & b & c") && !strcmp (both->names[1], "a & b & c") && both->of[0] != both->of[1]);
  groups_partitions_clear (&p);
  eval_manifest_free (m);
  g_string_free (table, TRUE);
}

static void
all_other_columns_are_groups_unless_named (void)
{
  nn_error error = { "" };
  eval_manifest *m = people ();
  groups_partitions p;
  require (m && groups_partitions_make (m, NULL, 1, &p, &error));
  check (p.n == 4 && !strcmp (p.all[2].name, "id") && p.all[2].n_groups == 0 && p.all[2].n_small == 100);
  groups_partitions_clear (&p);
  require (groups_partitions_make (m, NULL, 3, &p, &error));
  check (p.n == 8 && !strcmp (p.all[7].name, "sex & id & age"));
  groups_partitions_clear (&p);
  eval_manifest_free (m);
}

static void
errors_name_the_column (void)
{
  nn_error error = { "" };
  eval_manifest *m = people ();
  groups_partitions p;
  require (m);
  check (!groups_partitions_make (m, "sex,skin", 2, &p, &error) && strstr (error.text, "\"skin\""));
  check (!groups_partitions_make (m, "sex,sex", 2, &p, &error) && strstr (error.text, "\"sex\" is named twice"));
  eval_manifest_free (m);
  static const char none[] = "path,label\na.jpg,happy\n", many[] = "path,a,b,c,d,e,f,g,i,j\nx,1,2,3,4,5,6,7,8,9\n";
  require ((m = eval_manifest_parse (none, strlen (none), ".", &error)));
  check (!groups_partitions_make (m, NULL, 2, &p, &error) && strstr (error.text, "no column of groups"));
  eval_manifest_free (m);
  require ((m = eval_manifest_parse (many, strlen (many), ".", &error)));
  check (!groups_partitions_make (m, NULL, 2, &p, &error) && strstr (error.text, "more than 8 columns"));
  eval_manifest_free (m);
}

int
main (void)
{
  return test_run (
      (test_case[]) { TEST (groups_come_from_the_cells), TEST (cells_are_not_mixed_up), TEST (all_other_columns_are_groups_unless_named), TEST (errors_name_the_column), { 0 } });
}
