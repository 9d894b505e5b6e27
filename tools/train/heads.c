/* SPDX-License-Identifier: MIT */
#include "heads.h"

#include <glib.h>
#include <math.h>
#include <string.h>

const char *const train_head_names[TRAIN_N_HEADS] = { "first", "label", "votes", "both", "blend" };

bool
train_heads_set_prior (train_heads *heads, const char *text, nn_error *error)
{
  const char *equals = strchr (text, '=');
  for (int k = 0; equals && k < 7; k++) {
    const size_t length = strlen (fer_labels7[k]);
    if (length != (size_t) (equals - text) || strncmp (text, fer_labels7[k], length))
      continue;
    char *end;
    const double times = g_ascii_strtod (equals + 1, &end);
    heads->prior[k] = (float) times;
    return (*end == 0 && times >= 0.01 && times <= 100) || nn_fail (error, "--prior %s: expected 0.01 to 100 times", text);
  }
  return nn_fail (error, "--prior %s: expected LABEL=TIMES with one of FER-2013's seven labels, as in surprise=2", text);
}

/* The dense layer before the softmax over so many classes, and which output that is. */
static const nn_node *
find_head (const nn_model *model, int classes, int *output, nn_error *error)
{
  const nn_graph *graph = model->graph;
  for (*output = 0; *output < graph->n_outputs; ++*output) {
    const int logits = nn_graph_logits (graph, *output);
    const nn_node *node = &graph->nodes[logits];
    if (logits != graph->outputs[*output] && node->op == NN_OP_dense && node->u.dense.k == classes)
      return node;
  }
  nn_fail (error, "the network has no head of %d classes: a dense layer and a softmax", classes);
  return NULL;
}

/* Row k of the label's head becomes (1 - share) of itself + share of the votes' row for the same class. */
static void
blend_dense (const nn_model *from, const nn_node *votes, float share, nn_model *to, const nn_node *label)
{
  const size_t c = (size_t) label->u.dense.c;
  nn_real *w = to->weights + label->weights;
  const nn_real *v = from->weights + votes->weights;
  for (size_t i = 0; i < NN_VOTE_CLASSES; i++) {
    const int k = nn_vote_labels[i];
    for (size_t j = 0; k >= 0 && j < c; j++)
      w[(size_t) k * c + j] = (1 - share) * w[(size_t) k * c + j] + share * v[i * c + j];
    if (k >= 0)
      w[7 * c + (size_t) k] = (1 - share) * w[7 * c + (size_t) k] + share * v[NN_VOTE_CLASSES * c + i];
  }
}

static nn_model *
blend (const nn_model *model, float share, nn_error *error)
{
  int output, votes_output;
  const nn_node *label = find_head (model, 7, &output, error), *votes = label ? find_head (model, NN_VOTE_CLASSES, &votes_output, error) : NULL;
  if (!votes)
    return NULL;
  if (label->in[0] != votes->in[0] || !label->u.dense.bias || !votes->u.dense.bias) {
    nn_fail (error, "the heads read different features or have no bias: they cannot be blended");
    return NULL;
  }
  nn_model *cut = nn_model_cut (model, output, error);
  if (cut)
    blend_dense (model, votes, share, cut, find_head (cut, 7, &output, error));
  return cut;
}

static bool
has_prior (const train_heads *heads)
{
  for (int k = 0; k < 7; k++)
    if (heads->prior[k] > 0)
      return true;
  return false;
}

static bool
expect (nn_model *model, const float *prior, nn_error *error)
{
  int output;
  const nn_node *dense = find_head (model, 7, &output, error);
  if (!dense)
    return false;
  if (!dense->u.dense.bias)
    return nn_fail (error, "the last dense layer has no bias that could take --prior");
  nn_real *bias = model->weights + dense->weights + 7 * (size_t) dense->u.dense.c;
  for (int k = 0; k < 7; k++)
    bias[k] += prior[k] > 0 ? logf (prior[k]) : 0;
  return true;
}

static nn_model *
choose (const nn_model *model, const train_heads *heads, nn_error *error)
{
  int output;
  if (heads->head == TRAIN_HEAD_BLEND)
    return blend (model, heads->blend, error);
  return find_head (model, heads->head == TRAIN_HEAD_LABEL ? 7 : NN_VOTE_CLASSES, &output, error) ? nn_model_cut (model, output, error) : NULL;
}

nn_model *
train_choose_heads (nn_model *model, const train_heads *heads, nn_error *error)
{
  nn_model *out = model;
  if (heads->head == TRAIN_HEAD_FIRST)
    out = model->graph->n_outputs > 1 ? nn_model_cut (model, 0, error) : model;
  else if (heads->head != TRAIN_HEAD_BOTH)
    out = choose (model, heads, error);
  if (out != model)
    nn_model_free (model);
  if (!out || !has_prior (heads) || expect (out, heads->prior, error))
    return out;
  nn_model_free (out);
  return NULL;
}
