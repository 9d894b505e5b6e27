/* SPDX-License-Identifier: MIT
 * The text form of networks: parse.c makes the graph, parse_operators.c reads the words of each operator. */
#ifndef NN_PARSE_H
#define NN_PARSE_H

#include "words.h"

typedef struct nn_parser {
  nn_words in;
  nn_graph *graph;
  nn_shape shapes[NN_MAX_NODES]; /* 0: of any size */
  int value;                     /* the node to go on from, -1 before the first */
  bool named;                    /* it has a name from the text */
} nn_parser;

typedef struct nn_parse_operator {
  const char *word;
  nn_op op;
  bool (*parse) (nn_parser *p, nn_node *node); /* reads the words behind the first into node, whose op and first input are set */
} nn_parse_operator;

/* NULL: there is no such operator. */
const nn_parse_operator *nn_parse_operator_find (const char *word);

#endif
