/* SPDX-License-Identifier: MIT */
#include "parse.h"

#include "ops/op.h"

#include <limits.h>
#include <string.h>

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

/* The channels of the value at hand. */
static bool
take_channels (nn_parser *p, int *c)
{
  *c = p->shapes[p->value].c;
  return *c || nn_fail (p->in.error, "line %d, '%s': how many channels come in depends on the input, which has any size", p->in.line, p->in.word);
}

/* Each function below reads one operator's words behind its name into node. */

/* Rows or columns of the input. */
static bool
input_side (nn_words *in, const char *what, int *size)
{
  return nn_words_next (in) && (nn_words_is (in, "any") || nn_words_integer (in, what, 1, size));
}

static bool
parse_input (nn_parser *p, nn_node *node)
{
  nn_shape *shape = &node->u.input.shape;
  return input_side (&p->in, "the rows or any", &shape->h) && input_side (&p->in, "the columns or any", &shape->w)
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
parse_conv (nn_parser *p, nn_node *node)
{
  nn_words *in = &p->in;
  nn_window *window = &node->u.conv.window;
  *window = (nn_window) { .stride_h = 1, .stride_w = 1, .dilation_h = 1, .dilation_w = 1 };
  node->u.conv.groups = 1;
  if (!take_channels (p, &node->u.conv.c) || !nn_words_next_integer (in, "the number of filters", 1, &node->u.conv.k)
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
parse_pool (nn_parser *p, nn_node *node)
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
parse_dense (nn_parser *p, nn_node *node)
{
  node->u.dense.c = (int) nn_shape_count (p->shapes[p->value]);
  node->u.dense.bias = true;
  if (!node->u.dense.c)
    return nn_fail (p->in.error, "line %d, 'dense': the size of its map depends on the input, which has any size; expected one, as gap gives it",
                    p->in.line);
  if (!nn_words_next_integer (&p->in, "the number of units", 1, &node->u.dense.k) || !nn_words_next (&p->in))
    return false;
  if (!nn_words_is (&p->in, "nobias"))
    return true;
  node->u.dense.bias = false;
  return nn_words_next (&p->in);
}

static bool
parse_batch_norm (nn_parser *p, nn_node *node)
{
  node->u.batch_norm.eps = (nn_real) 1e-5;
  return take_channels (p, &node->u.batch_norm.c) && nn_words_next (&p->in);
}

static bool
parse_plain (nn_parser *p, nn_node *node)
{
  (void) node;
  return nn_words_next (&p->in);
}

static bool
parse_leaky_relu (nn_parser *p, nn_node *node)
{
  return nn_words_next_number (&p->in, "the slope", &node->act_a) && nn_words_next (&p->in);
}

static bool
parse_clip (nn_parser *p, nn_node *node)
{
  return nn_words_next_number (&p->in, "the lower limit", &node->act_a) && nn_words_next_number (&p->in, "the upper limit", &node->act_b)
         && nn_words_next (&p->in);
}

static bool
parse_hard_sigmoid (nn_parser *p, nn_node *node)
{
  node->act_a = (nn_real) 0.2, node->act_b = (nn_real) 0.5;
  if (!nn_words_next (&p->in))
    return false;
  return !p->in.word[0]
         || (nn_words_number (&p->in, "the slope or the end", &node->act_a) && nn_words_next_number (&p->in, "the offset", &node->act_b)
             && nn_words_next (&p->in));
}

static bool
parse_flatten (nn_parser *p, nn_node *node)
{
  node->u.reshape.shape = (nn_shape) { 1, 1, -1 };
  return nn_words_next (&p->in);
}

static bool
parse_reshape (nn_parser *p, nn_node *node)
{
  nn_shape *shape = &node->u.reshape.shape;
  return nn_words_next_integer (&p->in, "the rows or -1", -1, &shape->h) && nn_words_next_integer (&p->in, "the columns or -1", -1, &shape->w)
         && nn_words_next_integer (&p->in, "the channels or -1", -1, &shape->c) && nn_words_next (&p->in);
}

static bool
parse_pad (nn_parser *p, nn_node *node)
{
  if (!nn_words_next_pair (&p->in, "pads as 1 or 1x2", &node->u.pad.top, &node->u.pad.left))
    return false;
  node->u.pad.bottom = node->u.pad.top;
  node->u.pad.right = node->u.pad.left;
  return nn_words_next (&p->in);
}

/* Each pixel h x w times, or between pixels whose centres stay where they are. */
static bool
parse_resize (nn_parser *p, nn_node *node)
{
  int h, w;
  if (!nn_words_next_pair (&p->in, "factors as 2 or 2x2", &h, &w) || !nn_words_next (&p->in))
    return false;
  node->u.resize.scale_h = (float) h, node->u.resize.scale_w = (float) w;
  if (!nn_words_is (&p->in, "linear"))
    return true;
  node->u.resize.mode = NN_RESIZE_LINEAR;
  node->u.resize.grid = NN_GRID_HALF_PIXEL;
  return nn_words_next (&p->in);
}

static bool
parse_dropout (nn_parser *p, nn_node *node)
{
  return nn_words_next_number (&p->in, "the rate", &node->u.dropout.rate) && nn_words_next (&p->in);
}

static bool
parse_softmax (nn_parser *p, nn_node *node)
{
  node->u.along.axis = NN_AXIS_C;
  return nn_words_next (&p->in);
}

/* The values that the words name, behind the value at hand. */
static bool
parse_join (nn_parser *p, nn_node *node)
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

static const nn_parse_operator operators[] = {
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
  { "resize", NN_OP_resize, parse_resize },
  { "dropout", NN_OP_dropout, parse_dropout },
  { "identity", NN_OP_identity, parse_plain },
  { "softmax", NN_OP_softmax, parse_softmax },
  { "add", NN_OP_add, parse_join },
  { "sub", NN_OP_sub, parse_join },
  { "mul", NN_OP_mul, parse_join },
  { "div", NN_OP_div, parse_join },
  { "concat", NN_OP_concat, parse_join },
};

const nn_parse_operator *
nn_parse_operator_find (const char *word)
{
  for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
    if (!strcmp (operators[i].word, word))
      return &operators[i];
  return NULL;
}
