/* SPDX-License-Identifier: MIT */
#include "nn.h"
#include "test.h"

#include <string.h>

static void
gives_the_published_check_value (void)
{
  check (nn_crc32 (0, "123456789", 9) == 0xcbf43926u);
  check (nn_crc32 (0, "", 0) == 0);
  check (nn_crc32 (0, "\0", 1) == 0xd202ef8du);
}

static void
goes_on_from_an_earlier_part (void)
{
  const char *text = "a file that comes in two parts";
  size_t size = strlen (text);
  for (size_t cut = 0; cut <= size; cut++)
    check (nn_crc32 (nn_crc32 (0, text, cut), text + cut, size - cut) == nn_crc32 (0, text, size));
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (gives_the_published_check_value), TEST (goes_on_from_an_earlier_part), { 0 } });
}
