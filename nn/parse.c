/* SPDX-License-Identifier: MIT
 * A graph from a small text; docs/architecture.md is its manual. */
#include "parse.h"

#include "partial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Gives the node at hand another name. */
static bool
rename_value (nn_parser *p, const char *name)
{
  char *copy = strdup (name);
  if (!copy)
    return nn_fail (p->in.error, "out of memory");
  free (p->graph->nodes[p->value].name);
  p->graph->nodes[p->value].name = copy;
  return true;
}

static bool
parse_as (nn_parser *p)
{
  if (!nn_words_next (&p->in))
    return false;
  if (!p->in.word[0])
    return nn_words_expected (&p->in, "a name");
  if (nn_graph_find (p->graph, p->in.word) >= 0)
    return nn_words_expected (&p->in, "a name that no value has");
  if (p->named)
    return nn_words_expected (&p->in, "an operator, the value has a name");
  p->named = true;
  return rename_value (p, p->in.word) && nn_words_next (&p->in);
}

static bool
parse_from (nn_parser *p)
{
  if (!nn_words_next (&p->in))
    return false;
  p->value = nn_graph_find (p->graph, p->in.word);
  if (p->value < 0)
    return nn_words_expected (&p->in, "the name of an earlier value");
  p->named = true;
  return nn_words_next (&p->in);
}

static bool
declare_output (nn_parser *p)
{
  for (int i = 0; i < p->graph->n_outputs; i++)
    if (p->graph->outputs[i] == p->value)
      return nn_words_expected (&p->in, "another value, this one is an output");
  if (p->graph->nodes[p->value].op == NN_OP_softmax && !p->named && nn_graph_find (p->graph, "probabilities") < 0
      && !rename_value (p, "probabilities"))
    return false;
  return nn_graph_add_output (p->graph, p->value, p->in.error);
}

static bool
parse_node (nn_parser *p, const nn_parse_operator *op)
{
  int line = p->in.line;
  nn_node node = { .op = op->op };
  if (op->op != NN_OP_input)
    node.in[node.n_in++] = p->value;
  if (!op->parse (p, &node))
    return false;
  p->value = nn_graph_add (p->graph, &node, p->in.error);
  p->named = false;
  if (p->value >= 0 && nn_partial_shape (p->graph, p->value, p->shapes, p->in.error))
    return true;
  char place[NN_WORDS_LENGTH + 32];
  snprintf (place, sizeof place, "line %d, '%s'", line, op->word);
  return nn_fail_prefix (p->in.error, place);
}

/* One operator from its first word to its end. */
static bool
parse_operator (nn_parser *p)
{
  const nn_parse_operator *op = nn_parse_operator_find (p->in.word);
  bool ok;
  if (p->value < 0 && !nn_words_is (&p->in, "input"))
    ok = nn_words_expected (&p->in, "'input H W C' first");
  else if (nn_words_is (&p->in, "as"))
    ok = parse_as (p);
  else if (nn_words_is (&p->in, "from"))
    ok = parse_from (p);
  else if (nn_words_is (&p->in, "output"))
    ok = declare_output (p) && nn_words_next (&p->in);
  else
    ok = op ? parse_node (p, op) : nn_words_expected (&p->in, "an operator");
  return ok && (!p->in.word[0] || nn_words_expected (&p->in, "the end of the operator"));
}

static bool
parse (nn_parser *p)
{
  while (nn_words_next_operator (&p->in))
    if (!parse_operator (p))
      return false;
  if (p->in.word[0])
    return false;
  if (p->value < 0)
    return nn_fail (p->in.error, "line %d: expected 'input H W C', the text is empty", p->in.line);
  return p->graph->n_outputs || declare_output (p);
}

nn_graph *
nn_graph_parse (const char *text, nn_error *error)
{
  nn_parser *p = malloc (sizeof *p);
  nn_graph *graph = nn_graph_new ();
  bool ok = p && graph;
  if (ok) {
    *p = (nn_parser) { .in = { .at = text, .line = 1, .error = error }, .graph = graph, .value = -1 };
    ok = parse (p);
  } else
    nn_fail (error, "out of memory");
  free (p);
  if (ok)
    return graph;
  nn_graph_free (graph);
  return NULL;
}
