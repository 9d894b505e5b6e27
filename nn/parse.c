/* SPDX-License-Identifier: MIT
 * A graph from a small text; docs/architecture.md is its manual. */
#include "nn.h"

#include "ops/op.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORD 64

typedef struct parser {
  const char *at;   /* behind the last word */
  int line;         /* of it */
  char word[WORD];  /* the last word; "" at the end of an operator */
  bool at_start;    /* of an operator */
  nn_graph *graph;
  nn_shape shapes[NN_MAX_NODES];
  int value;        /* the node to go on from, -1 before the first */
  bool named;       /* it has a name from the text */
  nn_error *error;
} parser;

/* The sentence of what was expected behind line and word; returns false. */
static bool
expected (const parser *p, const char *what)
{
  if (!p->word[0])
    return nn_fail (p->error, "line %d: expected %s, the operator ends here", p->line, what);
  return nn_fail (p->error, "line %d, '%s': expected %s", p->line, p->word, what);
}

static bool
is_blank (char c)
{
  return c == ' ' || c == '\t' || c == '\r';
}

static bool
is (const parser *p, const char *word)
{
  return !strcmp (p->word, word);
}

/* Reads the next word of this operator; "" where it ends: at a newline, a comment, a "/" of its own, before "as", the end of the text. */
static bool
next (parser *p)
{
  while (is_blank (*p->at))
    p->at++;
  size_t length = 0;
  while (p->at[length] && !is_blank (p->at[length]) && p->at[length] != '\n' && p->at[length] != '#')
    length++;
  size_t kept = length < WORD ? length : WORD - 1;
  memcpy (p->word, p->at, kept);
  p->word[kept] = 0;
  if (!p->at_start && (is (p, "/") || is (p, "as")))
    p->word[0] = 0;
  else
    p->at += length;
  p->at_start = false;
  return length < WORD || expected (p, "a word of at most 63 characters");
}

/* Goes behind the end of an operator; false at the end of the text. */
static bool
next_operator (parser *p)
{
  for (;; p->at++) {
    if (*p->at == '#')
      p->at += strcspn (p->at, "\n");
    if (*p->at == '\n')
      p->line++;
    else if (!is_blank (*p->at) && *p->at != '/')
      return *p->at;
  }
}

/* The word as an integer in [low, 2^20]. */
static bool
integer (parser *p, const char *what, int low, int *value)
{
  char *end;
  long x = strtol (p->word, &end, 10);
  if (!p->word[0] || *end || x < low || x > 1 << 20)
    return expected (p, what);
  *value = (int) x;
  return true;
}

static bool
next_integer (parser *p, const char *what, int low, int *value)
{
  return next (p) && integer (p, what, low, value);
}

static bool
number (parser *p, const char *what, nn_real *value)
{
  char *end;
  double x = strtod (p->word, &end);
  if (!p->word[0] || *end)
    return expected (p, what);
  *value = (nn_real) x;
  return true;
}

static bool
next_number (parser *p, const char *what, nn_real *value)
{
  return next (p) && number (p, what, value);
}

/* The word as "3x3" or "3" for both. */
static bool
pair (parser *p, const char *what, int *a, int *b)
{
  int length = 0;
  if (sscanf (p->word, "%6dx%6d%n", a, b, &length) == 2 && !p->word[length])
    return true;
  if (sscanf (p->word, "%6d%n", a, &length) == 1 && !p->word[length]) {
    *b = *a;
    return true;
  }
  return expected (p, what);
}

static bool
next_pair (parser *p, const char *what, int *a, int *b)
{
  return next (p) && pair (p, what, a, b);
}

/* Keeps the plane's size at stride 1; of an even kernel the odd row lies below and right. */
static void
pad_same (nn_window *window)
{
  int h = (window->kh - 1) * window->dilation_h, w = (window->kw - 1) * window->dilation_w;
  window->pad_top = h / 2, window->pad_bottom = h - h / 2;
  window->pad_left = w / 2, window->pad_right = w - w / 2;
}

/* Options that convolution and pooling share: stride S, dilation D, pad P|same. False without an error in p when the word is none. */
static bool
window_option (parser *p, nn_window *window, bool *same, bool *known)
{
  *known = true;
  if (is (p, "stride"))
    return next_pair (p, "a stride as 2 or 2x2", &window->stride_h, &window->stride_w);
  if (is (p, "dilation"))
    return next_pair (p, "a dilation as 2 or 2x2", &window->dilation_h, &window->dilation_w);
  *known = is (p, "pad");
  if (!*known)
    return true;
  if (!next (p))
    return false;
  *same = is (p, "same");
  if (*same)
    return true;
  if (!pair (p, "'same' or pads as 1 or 1x2", &window->pad_top, &window->pad_left))
    return false;
  window->pad_bottom = window->pad_top;
  window->pad_right = window->pad_left;
  return true;
}

/* Each function below reads one operator's words behind its name into node. */

static bool
parse_input (parser *p, nn_node *node)
{
  nn_shape *shape = &node->u.input.shape;
  return next_integer (p, "the rows", 1, &shape->h) && next_integer (p, "the columns", 1, &shape->w) && next_integer (p, "the channels", 1, &shape->c)
         && next (p);
}

static bool
parse_conv (parser *p, nn_node *node)
{
  nn_window *window = &node->u.conv.window;
  *window = (nn_window) { .stride_h = 1, .stride_w = 1, .dilation_h = 1, .dilation_w = 1 };
  node->u.conv.c = p->shapes[p->value].c;
  node->u.conv.groups = 1;
  if (!next_integer (p, "the number of filters", 1, &node->u.conv.k) || !next_pair (p, "a kernel as 3x3", &window->kh, &window->kw) || !next (p))
    return false;
  bool same = window->kh % 2 && window->kw % 2, known;
  while (p->word[0]) {
    if (is (p, "pad"))
      same = false;
    if (!window_option (p, window, &same, &known))
      return false;
    if (is (p, "bias") && !known)
      node->u.conv.bias = true;
    else if (is (p, "groups") && !known) {
      if (!next (p) || (!is (p, "depthwise") && !integer (p, "'depthwise' or a number of groups", 1, &node->u.conv.groups)))
        return false;
      if (is (p, "depthwise"))
        node->u.conv.groups = node->u.conv.c;
    } else if (!known)
      return expected (p, "stride, dilation, pad, groups, bias or the end of conv");
    if (!next (p))
      return false;
  }
  if (same)
    pad_same (window);
  return true;
}

static bool
parse_pool (parser *p, nn_node *node)
{
  nn_window *window = &node->u.pool.window;
  *window = (nn_window) { .dilation_h = 1, .dilation_w = 1 };
  if (!next_pair (p, "a kernel as 2x2", &window->kh, &window->kw) || !next (p))
    return false;
  window->stride_h = window->kh, window->stride_w = window->kw;
  bool same = false, known;
  while (p->word[0]) {
    if (!window_option (p, window, &same, &known))
      return false;
    if (is (p, "ceil") && !known)
      window->ceil_mode = true;
    else if (is (p, "include_pad") && !known && node->op == NN_OP_avg_pool)
      window->count_include_pad = true;
    else if (!known)
      return expected (p, node->op == NN_OP_avg_pool ? "stride, dilation, pad, ceil, include_pad or the end of avgpool"
                                                     : "stride, dilation, pad, ceil or the end of maxpool");
    if (!next (p))
      return false;
  }
  if (same)
    pad_same (window);
  return true;
}

static bool
parse_dense (parser *p, nn_node *node)
{
  node->u.dense.c = (int) nn_shape_count (p->shapes[p->value]);
  node->u.dense.bias = true;
  if (!next_integer (p, "the number of units", 1, &node->u.dense.k) || !next (p))
    return false;
  if (!is (p, "nobias"))
    return true;
  node->u.dense.bias = false;
  return next (p);
}

static bool
parse_batch_norm (parser *p, nn_node *node)
{
  node->u.batch_norm.c = p->shapes[p->value].c;
  node->u.batch_norm.eps = (nn_real) 1e-5;
  return next (p);
}

static bool
parse_plain (parser *p, nn_node *node)
{
  (void) node;
  return next (p);
}

static bool
parse_leaky_relu (parser *p, nn_node *node)
{
  return next_number (p, "the slope", &node->act_a) && next (p);
}

static bool
parse_clip (parser *p, nn_node *node)
{
  return next_number (p, "the lower limit", &node->act_a) && next_number (p, "the upper limit", &node->act_b) && next (p);
}

static bool
parse_hard_sigmoid (parser *p, nn_node *node)
{
  node->act_a = (nn_real) 0.2, node->act_b = (nn_real) 0.5;
  if (!next (p))
    return false;
  return !p->word[0] || (number (p, "the slope or the end", &node->act_a) && next_number (p, "the offset", &node->act_b) && next (p));
}

static bool
parse_flatten (parser *p, nn_node *node)
{
  node->u.reshape.shape = (nn_shape) { 1, 1, -1 };
  return next (p);
}

static bool
parse_reshape (parser *p, nn_node *node)
{
  nn_shape *shape = &node->u.reshape.shape;
  return next_integer (p, "the rows or -1", -1, &shape->h) && next_integer (p, "the columns or -1", -1, &shape->w)
         && next_integer (p, "the channels or -1", -1, &shape->c) && next (p);
}

static bool
parse_pad (parser *p, nn_node *node)
{
  if (!next_pair (p, "pads as 1 or 1x2", &node->u.pad.top, &node->u.pad.left))
    return false;
  node->u.pad.bottom = node->u.pad.top;
  node->u.pad.right = node->u.pad.left;
  return next (p);
}

static bool
parse_dropout (parser *p, nn_node *node)
{
  return next_number (p, "the rate", &node->u.dropout.rate) && next (p);
}

static bool
parse_softmax (parser *p, nn_node *node)
{
  node->u.along.axis = NN_AXIS_C;
  return next (p);
}

/* The values that the words name, behind the value at hand. */
static bool
parse_join (parser *p, nn_node *node)
{
  node->u.along.axis = NN_AXIS_C;
  if (!next (p))
    return false;
  do {
    int other = nn_graph_find (p->graph, p->word);
    if (other < 0)
      return expected (p, "the name of an earlier value");
    if (node->n_in == NN_MAX_INPUTS)
      return expected (p, "fewer values to join");
    node->in[node->n_in++] = other;
    if (!next (p))
      return false;
  } while (node->op == NN_OP_concat && p->word[0]);
  return true;
}

typedef struct word_op {
  const char *word;
  nn_op op;
  bool (*parse) (parser *p, nn_node *node);
} word_op;

static const word_op words[] = {
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
    return nn_fail (p->error, "out of memory");
  free (p->graph->nodes[p->value].name);
  p->graph->nodes[p->value].name = copy;
  return true;
}

static bool
parse_as (parser *p)
{
  if (!next (p))
    return false;
  if (!p->word[0])
    return expected (p, "a name");
  if (nn_graph_find (p->graph, p->word) >= 0)
    return expected (p, "a name that no value has");
  if (p->named)
    return expected (p, "an operator, the value has a name");
  p->named = true;
  return rename_value (p, p->word) && next (p);
}

static bool
parse_from (parser *p)
{
  if (!next (p))
    return false;
  p->value = nn_graph_find (p->graph, p->word);
  if (p->value < 0)
    return expected (p, "the name of an earlier value");
  p->named = true;
  return next (p);
}

static bool
parse_node (parser *p, const word_op *op)
{
  int line = p->line;
  nn_node node = { .op = op->op };
  if (op->op != NN_OP_input)
    node.in[node.n_in++] = p->value;
  if (!op->parse (p, &node))
    return false;
  p->value = nn_graph_add (p->graph, &node, p->error);
  p->named = false;
  bool ok = p->value >= 0;
  if (ok && op->op == NN_OP_input)
    p->shapes[p->value] = node.u.input.shape;
  else if (ok)
    ok = nn_node_shape (p->graph, p->value, p->shapes, p->error);
  if (ok)
    return true;
  char place[WORD + 32];
  snprintf (place, sizeof place, "line %d, '%s'", line, op->word);
  return nn_fail_prefix (p->error, place);
}

/* One operator from its first word to its end. */
static bool
parse_operator (parser *p)
{
  p->at_start = true;
  if (!next (p))
    return false;
  const word_op *op = words, *end = words + sizeof words / sizeof *words;
  while (op < end && !is (p, op->word))
    op++;
  bool ok;
  if (p->value < 0 && !is (p, "input"))
    ok = expected (p, "'input H W C' first");
  else if (is (p, "as"))
    ok = parse_as (p);
  else if (is (p, "from"))
    ok = parse_from (p);
  else
    ok = op < end ? parse_node (p, op) : expected (p, "an operator");
  return ok && (!p->word[0] || expected (p, "the end of the operator"));
}

static bool
parse (parser *p)
{
  while (next_operator (p))
    if (!parse_operator (p))
      return false;
  if (p->value < 0)
    return nn_fail (p->error, "line %d: expected 'input H W C', the text is empty", p->line);
  if (p->graph->nodes[p->value].op == NN_OP_softmax && !p->named && nn_graph_find (p->graph, "probabilities") < 0
      && !rename_value (p, "probabilities"))
    return false;
  return nn_graph_add_output (p->graph, p->value, p->error);
}

nn_graph *
nn_graph_parse (const char *text, nn_error *error)
{
  parser *p = malloc (sizeof *p);
  nn_graph *graph = nn_graph_new ();
  bool ok = p && graph;
  if (ok) {
    *p = (parser) { .at = text, .line = 1, .graph = graph, .value = -1, .error = error };
    ok = parse (p);
  } else
    nn_fail (error, "out of memory");
  free (p);
  if (ok)
    return graph;
  nn_graph_free (graph);
  return NULL;
}
