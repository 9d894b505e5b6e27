/* SPDX-License-Identifier: MIT */
#include "nn.h"
#include "test.h"

#include <string.h>

static void
formats_a_sentence (void)
{
  nn_error error;
  check (!nn_fail (&error, "node %d", 3));
  check (!strcmp (error.text, "node 3"));
  check (!nn_fail_prefix (&error, "net.onnx"));
  check (!strcmp (error.text, "net.onnx: node 3"));
  check (!nn_fail (NULL, "nobody reads this"));
}

static void
cuts_a_long_sentence_visibly (void)
{
  nn_error error;
  char name[600];
  memset (name, 'x', sizeof name - 1);
  name[sizeof name - 1] = 0;
  nn_fail (&error, "inner");
  nn_fail_prefix (&error, name);
  check (strlen (error.text) == sizeof error.text - 1);
  check (!strcmp (error.text + sizeof error.text - 4, "..."));
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (formats_a_sentence), TEST (cuts_a_long_sentence_visibly), { 0 } });
}
