/* SPDX-License-Identifier: MIT
 * Convolution by Winograd's kernels, a block of tiles at a time, so that what lies between their transforms stays in the cache. */
#include "conv_way.h"

/* nn_reals of a block: more than a second-level cache holds, because each block reads all filters again. */
#define BLOCK (160 * 1024)

/* Tiles fill the register tiles of the matrix products in dozens. */
#define DOZEN 12

static nn_winograd_kind
kind_of (const nn_node *node)
{
  return (nn_winograd_kind) (node->way - NN_CONV_WINOGRAD);
}

int
nn_conv_winograd_block (const nn_node *node)
{
  size_t tile = nn_winograd_scratch (kind_of (node), node->u.conv.k, node->u.conv.c, DOZEN) / DOZEN, tiles = BLOCK / tile;
  return tiles >= DOZEN ? (int) (tiles - tiles % DOZEN) : tiles > 4 ? (int) (tiles - tiles % 4) : 4;
}

size_t
nn_conv_winograd_scratch (const nn_node *node, const nn_shape *in, nn_shape out)
{
  (void) in, (void) out;
  return nn_winograd_scratch (kind_of (node), node->u.conv.k, node->u.conv.c, nn_conv_winograd_block (node));
}

/* As far as the tiles read. */
nn_border
nn_conv_winograd_border (const nn_node *node, const nn_shape *in, nn_shape out)
{
  const nn_winograd *a = &nn_winograds[kind_of (node)];
  int out_h, out_w, top, left;
  nn_window_size (&node->u.conv.window, in[0].h, in[0].w, &out_h, &out_w, &top, &left);
  int down = (out.h + a->m - 1) / a->m, across = (out.w + a->m - 1) / a->m;
  int bottom = (down - 1) * a->m * a->stride + a->inputs - top - in[0].h, right = (across - 1) * a->m * a->stride + a->inputs - left - in[0].w;
  return (nn_border) { .top = top, .left = left, .bottom = bottom > 0 ? bottom : 0, .right = right > 0 ? right : 0 };
}

size_t
nn_conv_winograd_bytes (const nn_node *node, const nn_kernels *kernels)
{
  return nn_winograd_packed_size (kind_of (node), kernels, node->u.conv.k, node->u.conv.c) * sizeof (nn_real);
}

void
nn_conv_winograd_pack (const nn_node *node, const nn_real *weights, const nn_kernels *kernels, void *packed)
{
  int c = node->u.conv.c;
  kernels->winograd->pack (kind_of (node), node->u.conv.k, c, weights, (nn_conv_steps) { .k = 9 * c, .h = 3 * c, .w = c, .c = 1 }, packed);
}

void
nn_conv_winograd_forward (const nn_call *call)
{
  const nn_node *node = call->node;
  nn_shape from = call->shapes[0], to = call->shape;
  nn_storage in = nn_call_stored (call, 0), out = nn_call_out_stored (call);
  int out_h, out_w, top, left;
  nn_window_size (&node->u.conv.window, from.h, from.w, &out_h, &out_w, &top, &left);
  nn_winograd_job job = { .n = call->n, .h = to.h, .w = to.w, .k = to.c, .c = from.c };
  job.x_row = (ptrdiff_t) in.row, job.x_image = (ptrdiff_t) in.image;
  job.y_row = (ptrdiff_t) out.row, job.y_image = (ptrdiff_t) out.image;
  job.row_from = top - in.border.top, job.row_to = top + from.h + in.border.bottom;
  job.column_from = left - in.border.left, job.column_to = left + from.w + in.border.right;
  nn_epilogue epilogue = { .bias = node->u.conv.bias ? call->weights + (size_t) to.c * 9 * (size_t) from.c : NULL };
  bool clamp = nn_act_clamp (node, &epilogue.low, &epilogue.high);
  if (node->n_in > 1) {
    nn_storage added = nn_call_stored (call, 1);
    epilogue.add = call->in[1], epilogue.add_row = (ptrdiff_t) added.row, epilogue.add_image = (ptrdiff_t) added.image;
  }
  const nn_real *x = call->in[0] - top * job.x_row - (ptrdiff_t) left * from.c;
  nn_winograd_forward (kind_of (node), call->kernels, &job, nn_conv_winograd_block (node), x, call->packed, &epilogue, call->out, call->scratch);
  for (size_t i = 0; !clamp && i < (size_t) call->n; i++)
    for (size_t h = 0; h < (size_t) to.h; h++)
      nn_act_apply (call, call->out + i * out.image + h * out.row, (size_t) to.w * (size_t) to.c);
}
