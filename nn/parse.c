/* SPDX-License-Identifier: MIT
 * A graph from a small text; docs/architecture.md is its manual. */
#include "nn.h"

#include "ops/op.h"
#include "words.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct parser {
  nn_words in;
  nn_graph *graph;
  nn_shape shapes[NN_MAX_NODES];
  int value;  /* the node to go on from, -1 before the first */
  bool named; /* it has a name from the text */
} parser;

/* Pads along one axis that keep the plane's size at stride 1; of an even kernel the odd row lies behind. What is absurd stays so, for the check. */
static void
pad_same (int kernel, int dilation, int *before, int *after)
{
  int64_t pads = ((int64_t) kernel - 1) * dilation;
  pads = pads < 0 ? 0 : pads < INT_MAX ? pads : INT_MAX;
  *before = (int) (pads / 2);
  *after = (int) (pads - pads / 2);
}

/* What the words of a window have said so far. */
typedef struct window_words {
  nn_window *window;
  bool same;  /* pad same */
  bool known; /* the word was one of a window's: stride S, dilation D, pad P|same */
} window_words;

/* Reads what follows the word at hand if that is one of a window's. */
static bool
window_word (nn_words *in, window_words *said)
{
  nn_window *window = said->window;
  said->known = true;
  if (nn_words_is (in, "stride"))
    return nn_words_next_pair (in, "a stride as 2 or 2x2", &window->stride_h, &window->stride_w);
  if (nn_words_is (in, "dilation"))
    return nn_words_next_pair (in, "a dilation as 2 or 2x2", &window->dilation_h, &window->dilation_w);
  said->known = nn_words_is (in, "pad");
  if (!said->known)
    return true;
  if (!nn_words_next (in))
    return false;
  said->same = nn_words_is (in, "same");
  if (said->same)
    return true;
  if (!nn_words_pair (in, "'same' or pads as 1 or 1x2", &window->pad_top, &window->pad_left))
    return false;
  window->pad_bottom = window->pad_top;
  window->pad_right = window->pad_left;
  return true;
}

static void
finish_window (const window_words *said)
{
  nn_window *window = said->window;
  if (said->same) {
    pad_same (window->kh, window->dilation_h, &window->pad_top, &window->pad_bottom);
    pad_same (window->kw, window->dilation_w, &window->pad_left, &window->pad_right);
  }
}

/* Each function below reads one operator's words behind its name into node. */

static bool
parse_input (parser *p, nn_node *node)
{
  nn_shape *shape = &node->u.input.shape;
  return nn_words_next_integer (&p->in, "the rows", 1, &shape->h) && nn_words_next_integer (&p->in, "the columns", 1, &shape->w)
         && nn_words_next_integer (&p->in, "the channels", 1, &shape->c) && nn_words_next (&p->in);
}

/* One word of conv that is not a window's. */
static bool
conv_word (nn_words *in, nn_node *node)
{
  if (nn_words_is (in, "bias")) {
    node->u.conv.bias = true;
    return true;
  }
  if (!nn_words_is (in, "groups"))
    return nn_words_expected (in, "stride, dilation, pad, groups, bias or the end of conv");
  if (!nn_words_next (in))
    return false;
  if (!nn_words_is (in, "depthwise"))
    return nn_words_integer (in, "'depthwise' or a number of groups", 1, &node->u.conv.groups);
  node->u.conv.groups = node->u.conv.c;
  return true;
}

static bool
parse_conv (parser *p, nn_node *node)
{
  nn_words *in = &p->in;
  nn_window *window = &node->u.conv.window;
  *window = (nn_window) { .stride_h = 1, .stride_w = 1, .dilation_h = 1, .dilation_w = 1 };
  node->u.conv.c = p->shapes[p->value].c;
  node->u.conv.groups = 1;
  if (!nn_words_next_integer (in, "the number of filters", 1, &node->u.conv.k)
      || !nn_words_next_pair (in, "a kernel as 3x3", &window->kh, &window->kw))
    return false;
  window_words said = { window, .same = window->kh % 2 && window->kw % 2 };
  while (nn_words_next (in) && in->word[0])
    if (!window_word (in, &said) || (!said.known && !conv_word (in, node)))
      return false;
  finish_window (&said);
  return !in->word[0];
}

/* One word of pooling that is not a window's. */
static bool
pool_word (nn_words *in, nn_node *node)
{
  bool average = node->op == NN_OP_avg_pool;
  if (nn_words_is (in, "ceil"))
    node->u.pool.window.ceil_mode = true;
  else if (nn_words_is (in, "include_pad") && average)
    node->u.pool.window.count_include_pad = true;
  else
    return nn_words_expected (in, average ? "stride, dilation, pad, ceil, include_pad or the end of avgpool"
                                       : "stride, dilation, pad, ceil or the end of maxpool");
  return true;
}

static bool
parse_pool (parser *p, nn_node *node)
{
  nn_words *in = &p->in;
  nn_window *window = &node->u.pool.window;
  *window = (nn_window) { .dilation_h = 1, .dilation_w = 1 };
  if (!nn_words_next_pair (in, "a kernel as 2x2", &window->kh, &window->kw))
    return false;
  window->stride_h = window->kh, window->stride_w = window->kw;
  window_words said = { .window = window };
  while (nn_words_next (in) && in->word[0])
    if (!window_word (in, &said) || (!said.known && !pool_word (in, node)))
      return false;
  finish_window (&said);
  return !in->word[0];
}

static bool
parse_dense (parser *p, nn_node *node)
{
  node->u.dense.c = (int) nn_shape_count (p->shapes[p->value]);
  node->u.dense.bias = true;
  if (!nn_words_next_integer (&p->in, "the number of units", 1, &node->u.dense.k) || !nn_words_next (&p->in))
    return false;
  if (!nn_words_is (&p->in, "nobias"))
    return true;
  node->u.dense.bias = false;
  return nn_words_next (&p->in);
}

static bool
parse_batch_norm (parser *p, nn_node *node)
{
  node->u.batch_norm.c = p->shapes[p->value].c;
  node->u.batch_norm.eps = (nn_real) 1e-5;
  return nn_words_next (&p->in);
}

static bool
parse_plain (parser *p, nn_node *node)
{
  (void) node;
  return nn_words_next (&p->in);
}

static bool
parse_leaky_relu (parser *p, nn_node *node)
{
  return nn_words_next_number (&p->in, "the slope", &node->act_a) && nn_words_next (&p->in);
}

static bool
parse_clip (parser *p, nn_node *node)
{
  return nn_words_next_number (&p->in, "the lower limit", &node->act_a) && nn_words_next_number (&p->in, "the upper limit", &node->act_b)
         && nn_words_next (&p->in);
}

static bool
parse_hard_sigmoid (parser *p, nn_node *node)
{
  node->act_a = (nn_real) 0.2, node->act_b = (nn_real) 0.5;
  if (!nn_words_next (&p->in))
    return false;
  return !p->in.word[0]
         || (nn_words_number (&p->in, "the slope or the end", &node->act_a) && nn_words_next_number (&p->in, "the offset", &node->act_b)
             && nn_words_next (&p->in));
}

static bool
parse_flatten (parser *p, nn_node *node)
{
  node->u.reshape.shape = (nn_shape) { 1, 1, -1 };
  return nn_words_next (&p->in);
}

static bool
parse_reshape (parser *p, nn_node *node)
{
  nn_shape *shape = &node->u.reshape.shape;
  return nn_words_next_integer (&p->in, "the rows or -1", -1, &shape->h) && nn_words_next_integer (&p->in, "the columns or -1", -1, &shape->w)
         && nn_words_next_integer (&p->in, "the channels or -1", -1, &shape->c) && nn_words_next (&p->in);
}

static bool
parse_pad (parser *p, nn_node *node)
{
  if (!nn_words_next_pair (&p->in, "pads as 1 or 1x2", &node->u.pad.top, &node->u.pad.left))
    return false;
  node->u.pad.bottom = node->u.pad.top;
  node->u.pad.right = node->u.pad.left;
  return nn_words_next (&p->in);
}

static bool
parse_dropout (parser *p, nn_node *node)
{
  return nn_words_next_number (&p->in, "the rate", &node->u.dropout.rate) && nn_words_next (&p->in);
}

static bool
parse_softmax (parser *p, nn_node *node)
{
  node->u.along.axis = NN_AXIS_C;
  return nn_words_next (&p->in);
}

/* The values that the words name, behind the value at hand. */
static bool
parse_join (parser *p, nn_node *node)
{
  node->u.along.axis = NN_AXIS_C;
  if (!nn_words_next (&p->in))
    return false;
  do {
    int other = nn_graph_find (p->graph, p->in.word);
    if (other < 0)
      return nn_words_expected (&p->in, "the name of an earlier value");
    if (node->n_in == NN_MAX_INPUTS)
      return nn_words_expected (&p->in, "fewer values to join");
    node->in[node->n_in++] = other;
    if (!nn_words_next (&p->in))
      return false;
  } while (node->op == NN_OP_concat && p->in.word[0]);
  return true;
}

typedef struct word_op {
  const char *word;
  nn_op op;
  bool (*parse) (parser *p, nn_node *node);
} word_op;

static const word_op operators[] = {
  { "input", NN_OP_input, parse_input },
  { "conv", NN_OP_conv, parse_conv },
  { "dense", NN_OP_dense, parse_dense },
  { "bn", NN_OP_batch_norm, parse_batch_norm },
  { "relu", NN_OP_relu, parse_plain },
  { "leaky_relu", NN_OP_leaky_relu, parse_leaky_relu },
  { "clip", NN_OP_clip, parse_clip },
  { "sigmoid", NN_OP_sigmoid, parse_plain },
  { "hard_sigmoid", NN_OP_hard_sigmoid, parse_hard_sigmoid },
  { "hard_swish", NN_OP_hard_swish, parse_plain },
  { "maxpool", NN_OP_max_pool, parse_pool },
  { "avgpool", NN_OP_avg_pool, parse_pool },
  { "gap", NN_OP_global_avg_pool, parse_plain },
  { "flatten", NN_OP_reshape, parse_flatten },
  { "reshape", NN_OP_reshape, parse_reshape },
  { "pad", NN_OP_pad, parse_pad },
  { "dropout", NN_OP_dropout, parse_dropout },
  { "identity", NN_OP_identity, parse_plain },
  { "softmax", NN_OP_softmax, parse_softmax },
  { "add", NN_OP_add, parse_join },
  { "sub", NN_OP_sub, parse_join },
  { "mul", NN_OP_mul, parse_join },
  { "div", NN_OP_div, parse_join },
  { "concat", NN_OP_concat, parse_join },
};

/* Gives the node at hand another name. */
static bool
rename_value (parser *p, const char *name)
{
  char *copy = strdup (name);
  if (!copy)
    return nn_fail (p->in.error, "out of memory");
  free (p->graph->nodes[p->value].name);
  p->graph->nodes[p->value].name = copy;
  return true;
}

static bool
parse_as (parser *p)
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
parse_from (parser *p)
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
parse_node (parser *p, const word_op *op)
{
  int line = p->in.line;
  nn_node node = { .op = op->op };
  if (op->op != NN_OP_input)
    node.in[node.n_in++] = p->value;
  if (!op->parse (p, &node))
    return false;
  p->value = nn_graph_add (p->graph, &node, p->in.error);
  p->named = false;
  bool ok = p->value >= 0;
  if (ok && op->op == NN_OP_input)
    p->shapes[p->value] = node.u.input.shape;
  else if (ok)
    ok = nn_node_shape (p->graph, p->value, p->shapes, p->in.error);
  if (ok)
    return true;
  char place[NN_WORDS_LENGTH + 32];
  snprintf (place, sizeof place, "line %d, '%s'", line, op->word);
  return nn_fail_prefix (p->in.error, place);
}

/* One operator from its first word to its end. */
static bool
parse_operator (parser *p)
{
  const word_op *op = operators, *end = operators + sizeof operators / sizeof *operators;
  while (op < end && !nn_words_is (&p->in, op->word))
    op++;
  bool ok;
  if (p->value < 0 && !nn_words_is (&p->in, "input"))
    ok = nn_words_expected (&p->in, "'input H W C' first");
  else if (nn_words_is (&p->in, "as"))
    ok = parse_as (p);
  else if (nn_words_is (&p->in, "from"))
    ok = parse_from (p);
  else
    ok = op < end ? parse_node (p, op) : nn_words_expected (&p->in, "an operator");
  return ok && (!p->in.word[0] || nn_words_expected (&p->in, "the end of the operator"));
}

static bool
parse (parser *p)
{
  while (nn_words_next_operator (&p->in))
    if (!parse_operator (p))
      return false;
  if (p->in.word[0])
    return false;
  if (p->value < 0)
    return nn_fail (p->in.error, "line %d: expected 'input H W C', the text is empty", p->in.line);
  if (p->graph->nodes[p->value].op == NN_OP_softmax && !p->named && nn_graph_find (p->graph, "probabilities") < 0
      && !rename_value (p, "probabilities"))
    return false;
  return nn_graph_add_output (p->graph, p->value, p->in.error);
}

nn_graph *
nn_graph_parse (const char *text, nn_error *error)
{
  parser *p = malloc (sizeof *p);
  nn_graph *graph = nn_graph_new ();
  bool ok = p && graph;
  if (ok) {
    *p = (parser) { .in = { .at = text, .line = 1, .error = error }, .graph = graph, .value = -1 };
    ok = parse (p);
  } else
    nn_fail (error, "out of memory");
  free (p);
  if (ok)
    return graph;
  nn_graph_free (graph);
  return NULL;
}
