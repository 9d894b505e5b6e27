/* SPDX-License-Identifier: MIT */
#include "layer.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

static const nn_op act_ops[] = {
  [NN_ACT_RELU] = NN_OP_relu,       [NN_ACT_LEAKY_RELU] = NN_OP_leaky_relu,     [NN_ACT_CLIP] = NN_OP_clip,
  [NN_ACT_SIGMOID] = NN_OP_sigmoid, [NN_ACT_HARD_SIGMOID] = NN_OP_hard_sigmoid, [NN_ACT_HARD_SWISH] = NN_OP_hard_swish,
};

static const nn_window *
window_of (const nn_node *node)
{
  return node->op == NN_OP_conv ? &node->u.conv.window : node->op == NN_OP_max_pool || node->op == NN_OP_avg_pool ? &node->u.pool.window : NULL;
}

void
tool_layer_op (const nn_node *node, char text[TOOL_LAYER_TEXT])
{
  const nn_window *window = window_of (node);
  GString *s = g_string_new (nn_op_name (node->op));
  if (window)
    g_string_append_printf (s, " %dx%d", window->kh, window->kw);
  if (window && (window->stride_h > 1 || window->stride_w > 1))
    g_string_append_printf (s, "/%d", MAX (window->stride_h, window->stride_w));
  if (node->op == NN_OP_conv && node->u.conv.groups > 1)
    g_string_append_printf (s, " g%d", node->u.conv.groups);
  if (node->op == NN_OP_conv && node->n_in > 1)
    g_string_append (s, " +add");
  if (node->act)
    g_string_append_printf (s, " +%s", nn_op_name (act_ops[node->act]));
  g_strlcpy (text, s->str, TOOL_LAYER_TEXT);
  g_string_free (s, TRUE);
}

void
tool_layer_shape (nn_shape shape, char text[TOOL_LAYER_TEXT])
{
  snprintf (text, TOOL_LAYER_TEXT, "%dx%dx%d", shape.h, shape.w, shape.c);
}

void
tool_layer_kernel (const char *kernel, char text[TOOL_LAYER_TEXT])
{
  const char *stride = strstr (kernel, " stride");
  snprintf (text, TOOL_LAYER_TEXT, "%.*s", stride ? (int) (stride - kernel) : TOOL_LAYER_TEXT, kernel);
}

void
tool_layer_name (const nn_node *node, int width, char text[TOOL_LAYER_TEXT])
{
  const char *exporter = "_output_0"; /* PyTorch's exporter ends all names so */
  const int length = (int) strlen (node->name) - (g_str_has_suffix (node->name, exporter) ? (int) strlen (exporter) : 0);
  const int cut = length > width ? length - width + 2 : 0;
  snprintf (text, TOOL_LAYER_TEXT, "%s%.*s", cut ? ".." : "", length - cut, node->name + cut);
  for (char *p = text; *p; p++)
    *p = g_ascii_iscntrl (*p) ? '?' : *p; /* nothing that steers a terminal */
}
