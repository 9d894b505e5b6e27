/* SPDX-License-Identifier: MIT */
#include "words.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool
nn_words_expected (const nn_words *words, const char *what)
{
  if (!words->word[0])
    return nn_fail (words->error, "line %d: expected %s, the operator ends here", words->line, what);
  return nn_fail (words->error, "line %d, '%s': expected %s", words->line, words->word, what);
}

bool
nn_words_is (const nn_words *words, const char *word)
{
  return !strcmp (words->word, word);
}

static bool
is_blank (char c)
{
  return c == ' ' || c == '\t' || c == '\r';
}

static bool
ends_word (char c)
{
  return !c || is_blank (c) || c == '\n' || c == '#';
}

static bool
read_word (nn_words *words)
{
  size_t length = 0;
  while (!ends_word (words->at[length]))
    length++;
  size_t kept = length < NN_WORDS_LENGTH ? length : NN_WORDS_LENGTH - 1;
  memcpy (words->word, words->at, kept);
  words->word[kept] = 0;
  words->at += length;
  return length < NN_WORDS_LENGTH || nn_words_expected (words, "a word of at most 63 characters");
}

bool
nn_words_next_operator (nn_words *words)
{
  words->word[0] = 0;
  for (;; words->at++) {
    if (*words->at == '#')
      words->at += strcspn (words->at, "\n");
    if (!*words->at)
      return false;
    if (*words->at == '\n')
      words->line++;
    else if (!is_blank (*words->at) && (*words->at != '/' || !ends_word (words->at[1])))
      return read_word (words);
  }
}

bool
nn_words_next (nn_words *words)
{
  while (is_blank (*words->at))
    words->at++;
  const char *at = words->at;
  if (!read_word (words))
    return false;
  if (nn_words_is (words, "/") || nn_words_is (words, "as") || nn_words_is (words, "output")) {
    words->word[0] = 0;
    words->at = at;
  }
  return true;
}

bool
nn_words_integer (const nn_words *words, const char *what, int low, int *value)
{
  char *end;
  long x = strtol (words->word, &end, 10);
  if (!words->word[0] || *end || x < low || x > 1 << 20)
    return nn_words_expected (words, what);
  *value = (int) x;
  return true;
}

bool
nn_words_number (const nn_words *words, const char *what, nn_real *value)
{
  locale_t plain = newlocale (LC_ALL_MASK, "C", (locale_t) 0);
  if (!plain)
    return nn_fail (words->error, "out of memory");
  char *end;
  double x = strtod_l (words->word, &end, plain);
  freelocale (plain);
  if (!words->word[0] || *end)
    return nn_words_expected (words, what);
  *value = (nn_real) x;
  return true;
}

bool
nn_words_pair (const nn_words *words, const char *what, int *a, int *b)
{
  int length = 0;
  if (sscanf (words->word, "%6dx%6d%n", a, b, &length) == 2 && !words->word[length])
    return true;
  if (sscanf (words->word, "%6d%n", a, &length) == 1 && !words->word[length]) {
    *b = *a;
    return true;
  }
  return nn_words_expected (words, what);
}

bool
nn_words_next_integer (nn_words *words, const char *what, int low, int *value)
{
  return nn_words_next (words) && nn_words_integer (words, what, low, value);
}

bool
nn_words_next_number (nn_words *words, const char *what, nn_real *value)
{
  return nn_words_next (words) && nn_words_number (words, what, value);
}

bool
nn_words_next_pair (nn_words *words, const char *what, int *a, int *b)
{
  return nn_words_next (words) && nn_words_pair (words, what, a, b);
}
