/* SPDX-License-Identifier: MIT
 * Reads the text form of networks word by word. An operator ends at a newline, a comment, a "/" of its own, before "as" or "output", at the end of the text.
 * Whatever fails says line and word. */
#ifndef NN_WORDS_H
#define NN_WORDS_H

#include "nn.h"

#define NN_WORDS_LENGTH 64

typedef struct nn_words {
  const char *at;           /* behind the last word */
  int line;                 /* of it, from 1 */
  char word[NN_WORDS_LENGTH];  /* the last word; "" at the end of an operator */
  nn_error *error;
} nn_words;

/* Goes to the first word of the next operator. false: the end of the text, with "" in word, or an error, with the word. */
bool nn_words_next_operator (nn_words *words);
/* Reads the next word of this operator. */
bool nn_words_next (nn_words *words);
/* Fails: "line 3, '3y3': expected WHAT". */
bool nn_words_expected (const nn_words *words, const char *what);
bool nn_words_is (const nn_words *words, const char *word);

/* The word as an integer in [low, 2^20]; as a number, with a decimal point in every locale; as "3x2", or "3" for both. */
bool nn_words_integer (const nn_words *words, const char *what, int low, int *value);
bool nn_words_number (const nn_words *words, const char *what, nn_real *value);
bool nn_words_pair (const nn_words *words, const char *what, int *a, int *b);
/* The same of the next word. */
bool nn_words_next_integer (nn_words *words, const char *what, int low, int *value);
bool nn_words_next_number (nn_words *words, const char *what, nn_real *value);
bool nn_words_next_pair (nn_words *words, const char *what, int *a, int *b);

#endif
