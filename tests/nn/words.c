/* SPDX-License-Identifier: MIT */
#include "words.h"
#include "test.h"

#include <string.h>

/* All operators of text, their words joined by "," and each ended by ";". */
static void
join (const char *text, char *joined)
{
  nn_words words = { .at = text, .line = 1 };
  *joined = 0;
  while (nn_words_next_operator (&words)) {
    do
      strcat (strcat (joined, words.word), ",");
    while (nn_words_next (&words) && words.word[0]);
    strcat (joined, ";");
  }
}

static void
parts_operators (void)
{
  static const char *const cases[][2] = {
    { "", "" },
    { " \t\r\n# nothing\n / \n", "" },
    { "a", "a,;" },
    { "a b/c / d\r\n\n e#f / g\nh", "a,b/c,;d,;e,;h,;" },
    { "a b as c / as d", "a,b,;as,c,;as,d,;" },
    { "asas as assa", "asas,;as,assa,;" },
    { "a b output as c output / d", "a,b,;output,;as,c,;output,;d,;" },
    { "// a", "//,a,;" },
    { "/ / a", "a,;" },
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char joined[100];
    join (cases[i][0], joined);
    if (strcmp (joined, cases[i][1]))
      test_note ("case %zu: %s", i, joined);
    check (!strcmp (joined, cases[i][1]));
  }
}

static void
counts_lines (void)
{
  nn_words words = { .at = "a\n\n# c\nb\nc", .line = 1 };
  check (nn_words_next_operator (&words) && words.line == 1);
  check (nn_words_next (&words) && !words.word[0] && words.line == 1);
  check (nn_words_next_operator (&words) && words.line == 4);
  check (nn_words_next_operator (&words) && words.line == 5);
  check (!nn_words_next_operator (&words) && !words.word[0]);
}

static bool
integer (const char *word, int low, int expected)
{
  nn_error error = { "" };
  nn_words words = { .at = word, .line = 7, .error = &error };
  int value = 99;
  return nn_words_next_integer (&words, "this", low, &value) ? value == expected : expected == -99 && strstr (error.text, "line 7") && value == 99;
}

static void
reads_integers_in_range (void)
{
  check (integer ("12", 1, 12) && integer ("-1", -1, -1) && integer ("1048576", 1, 1048576));
  check (integer ("1048577", 1, -99) && integer ("0", 1, -99) && integer ("1x", 1, -99) && integer ("", 1, -99) && integer ("1.0", 1, -99));
  check (integer ("99999999999999999999", 1, -99) && integer ("-99999999999999999999", -1, -99));
}

static bool
pair (const char *word, int expected_a, int expected_b)
{
  nn_words words = { .at = word, .line = 1 };
  int a = 0, b = 0;
  return nn_words_next_pair (&words, "this", &a, &b) ? a == expected_a && b == expected_b : expected_a == -99;
}

static void
reads_pairs (void)
{
  check (pair ("3x5", 3, 5) && pair ("4", 4, 4) && pair ("-3x2", -3, 2));
  check (pair ("3x", -99, 0) && pair ("x3", -99, 0) && pair ("3x5x7", -99, 0) && pair ("", -99, 0) && pair ("3y5", -99, 0) && pair ("1234567", -99, 0));
}

static void
names_place_and_word (void)
{
  nn_error error;
  nn_words words = { .at = "conv 3", .line = 3, .error = &error };
  check (nn_words_next_operator (&words) && !nn_words_expected (&words, "peace"));
  check (!strcmp (error.text, "line 3, 'conv': expected peace"));
  check (nn_words_next (&words) && nn_words_next (&words) && !nn_words_expected (&words, "more"));
  check (!strcmp (error.text, "line 3: expected more, the operator ends here"));
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (parts_operators), TEST (counts_lines), TEST (reads_integers_in_range), TEST (reads_pairs),
                                   TEST (names_place_and_word), { 0 } });
}
