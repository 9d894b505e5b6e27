/* SPDX-License-Identifier: MIT */
#include "layout.h"

#include <string.h>

int
nn_layout_side (const nn_layout *layout, int axis)
{
  return axis == NN_AXIS_H ? layout->shape.h : axis == NN_AXIS_W ? layout->shape.w : layout->shape.c;
}

/* Takes memory axes of size 1 out of the lists; the batch always stays. */
static void
drop_units (nn_layout *layout)
{
  for (int i = 0; i < layout->rank; i++) {
    int kept = 0;
    for (int j = 0; j < layout->n[i]; j++) {
      uint8_t axis = layout->axes[i][j];
      if (axis == NN_AXIS_N || nn_layout_side (layout, axis) != 1)
        layout->axes[i][kept++] = axis;
    }
    layout->n[i] = kept;
  }
}

nn_layout
nn_layout_new (int rank, nn_order order, nn_shape shape, int64_t batch)
{
  nn_layout layout = { .shape = shape, .batch = batch, .rank = rank };
  for (int i = 0; i < rank; i++) {
    layout.n[i] = 1;
    layout.axes[i][0] = i ? (uint8_t) order.axes[i] : NN_AXIS_N;
  }
  drop_units (&layout);
  return layout;
}

nn_size
nn_layout_size (const nn_layout *layout, int i)
{
  if (layout->n[i] == 1 && layout->axes[i][0] == NN_AXIS_N)
    return (nn_size) { NN_SIZE_BATCH, layout->batch };
  int64_t product = 1;
  for (int j = 0; j < layout->n[i]; j++) {
    int axis = layout->axes[i][j];
    product *= axis == NN_AXIS_N ? layout->batch : nn_layout_side (layout, axis);
  }
  return product ? (nn_size) { NN_SIZE_KNOWN, product } : (nn_size) { NN_SIZE_OPEN, 0 };
}

bool
nn_layout_batch_first (const nn_layout *layout)
{
  return layout->rank > 0 && layout->n[0] == 1 && layout->axes[0][0] == NN_AXIS_N;
}

bool
nn_layout_equal (const nn_layout *a, const nn_layout *b)
{
  if (a->rank != b->rank)
    return false;
  for (int i = 0; i < a->rank; i++)
    if (a->n[i] != b->n[i] || memcmp (a->axes[i], b->axes[i], (size_t) a->n[i]))
      return false;
  return true;
}

bool
nn_layout_is (const nn_layout *layout, nn_order order)
{
  nn_layout other = nn_layout_new (layout->rank, order, layout->shape, layout->batch);
  return nn_layout_equal (layout, &other);
}

bool
nn_layout_compatible (const nn_layout *a, const nn_layout *b)
{
  int owner[4] = { -1, -1, -1, -1 };
  if (a->rank != b->rank)
    return false;
  for (int i = 0; i < a->rank; i++) {
    if (a->n[i] && b->n[i] && (a->n[i] != b->n[i] || memcmp (a->axes[i], b->axes[i], (size_t) a->n[i])))
      return false;
    const nn_layout *longer = a->n[i] ? a : b;
    for (int j = 0; j < longer->n[i]; j++) {
      if (owner[longer->axes[i][j]] >= 0)
        return false;
      owner[longer->axes[i][j]] = i;
    }
  }
  return true;
}

void
nn_layout_resize (nn_layout *layout, nn_shape shape)
{
  layout->shape = shape;
  drop_units (layout);
}

void
nn_layout_join (nn_layout *layout, const nn_layout *other, nn_shape shape)
{
  for (int i = 0; i < layout->rank; i++)
    if (!layout->n[i]) {
      layout->n[i] = other->n[i];
      memcpy (layout->axes[i], other->axes[i], sizeof layout->axes[i]);
    }
  nn_layout_resize (layout, shape);
}

void
nn_layout_transpose (nn_layout *layout, const int *perm)
{
  nn_layout old = *layout;
  for (int i = 0; i < old.rank; i++) {
    layout->n[i] = old.n[perm[i]];
    memcpy (layout->axes[i], old.axes[perm[i]], sizeof layout->axes[i]);
  }
}

void
nn_layout_insert (nn_layout *layout, int i)
{
  for (int j = layout->rank++; j > i; j--) {
    layout->n[j] = layout->n[j - 1];
    memcpy (layout->axes[j], layout->axes[j - 1], sizeof layout->axes[j]);
  }
  layout->n[i] = 0;
}

void
nn_layout_remove (nn_layout *layout, int i)
{
  layout->rank--;
  for (int j = i; j < layout->rank; j++) {
    layout->n[j] = layout->n[j + 1];
    memcpy (layout->axes[j], layout->axes[j + 1], sizeof layout->axes[j]);
  }
}

/* ---- regrouping ---------------------------------------------------------------------------------------------------------- */

/* All memory axes in logical order, of which [from, to) are not yet given to a new logical axis. */
typedef struct sequence {
  const nn_layout *layout;
  uint8_t axes[NN_LAYOUT_RANK * NN_LAYOUT_RANK];
  int from, to;
} sequence;

static sequence
sequence_of (const nn_layout *layout)
{
  sequence s = { .layout = layout };
  for (int i = 0; i < layout->rank; i++)
    for (int j = 0; j < layout->n[i]; j++)
      s.axes[s.to++] = layout->axes[i][j];
  return s;
}

/* How many memory axes from the front (or the end) make up size; -1: none do, or it cannot be known. */
static int
count_for (const sequence *s, nn_size size, bool front)
{
  int left = s->to - s->from, taken = 0;
  uint8_t first = left ? s->axes[front ? s->from : s->to - 1] : 0;
  if (size.kind == NN_SIZE_BATCH)
    return left && first == NN_AXIS_N ? 1 : -1;
  if (size.kind == NN_SIZE_OPEN)
    return -1;
  /* A batch that the file fixes at 1 is taken by the first 1. */
  if (front && left && first == NN_AXIS_N && s->layout->batch == size.value)
    return 1;
  for (int64_t product = 1; product != size.value; taken++) {
    if (taken == left)
      return -1;
    uint8_t axis = s->axes[front ? s->from + taken : s->to - 1 - taken];
    int64_t length = axis == NN_AXIS_N ? s->layout->batch : nn_layout_side (s->layout, axis);
    if (!length || __builtin_mul_overflow (product, length, &product) || product > size.value)
      return -1;
  }
  return taken;
}

/* As many as old logical axis i has, if it is they. */
static int
count_copied (const sequence *s, int i, bool front)
{
  int n = s->layout->n[i];
  if (n > s->to - s->from || memcmp (s->layout->axes[i], s->axes + (front ? s->from : s->to - n), (size_t) n))
    return -1;
  return n;
}

static bool
take (nn_layout *out, sequence *s, int i, int count, bool front)
{
  if (count < 0 || count > NN_LAYOUT_RANK)
    return false;
  if (!front)
    s->to -= count;
  memcpy (out->axes[i], s->axes + (front ? s->from : s->to), (size_t) count);
  out->n[i] = count;
  if (front)
    s->from += count;
  return true;
}

bool
nn_layout_regroup (nn_layout *layout, int rank, const nn_size *sizes, const int *copied, int rest)
{
  nn_layout out = { .shape = layout->shape, .batch = layout->batch, .rank = rank };
  sequence s = sequence_of (layout);
  int front = rest < 0 ? rank : rest;
  for (int i = 0; i < front; i++)
    if (!take (&out, &s, i, copied[i] >= 0 ? count_copied (&s, copied[i], true) : count_for (&s, sizes[i], true), true))
      return false;
  for (int i = rank - 1; i > front; i--)
    if (!take (&out, &s, i, copied[i] >= 0 ? count_copied (&s, copied[i], false) : count_for (&s, sizes[i], false), false))
      return false;
  if (rest >= 0 ? !take (&out, &s, rest, s.to - s.from, true) : s.from != s.to)
    return false;
  *layout = out;
  return true;
}

bool
nn_layout_flat_order (const nn_layout *layout, nn_axis axes[3])
{
  sequence s = sequence_of (layout);
  bool used[4] = { false }, ordered = true;
  int n = 0, last = -1, units = 0;
  nn_axis named[3];
  for (int i = 0; i < s.to; i++) {
    if (s.axes[i] == NN_AXIS_N)
      continue;
    used[s.axes[i]] = true;
    ordered &= s.axes[i] > last;
    last = s.axes[i];
    named[n++] = (nn_axis) s.axes[i];
  }
  for (int axis = 0; axis < 3; axis++)
    if (!used[axis])
      axes[units++] = (nn_axis) axis;
  memcpy (axes + units, named, (size_t) n * sizeof *axes);
  return ordered;
}

int64_t
nn_layout_index (const nn_layout *layout, const int64_t *dims, int rank, int h, int w, int c)
{
  const int position[3] = { h, w, c };
  int64_t index = 0;
  for (int d = 0; d < rank; d++) {
    int i = layout->rank - rank + d;
    int64_t at = 0;
    for (int j = 0; dims[d] != 1 && j < layout->n[i]; j++) {
      int axis = layout->axes[i][j];
      if (axis != NN_AXIS_N)
        at = at * nn_layout_side (layout, axis) + position[axis];
    }
    index = index * dims[d] + at;
  }
  return index;
}

bool
nn_layout_close (nn_layout *layout, int64_t features)
{
  nn_shape *shape = &layout->shape;
  int open = !shape->h + !shape->w + !shape->c;
  int64_t known = (int64_t) (shape->h ? shape->h : 1) * (shape->w ? shape->w : 1) * (shape->c ? shape->c : 1);
  if (!open)
    return true;
  if (features % known || features / known > INT32_MAX)
    return false;
  int rest = (int) (features / known);
  if (open == 1) {
    *(!shape->h ? &shape->h : !shape->w ? &shape->w : &shape->c) = rest;
    return true;
  }
  for (int j = 0; open == 2 && shape->c && j + 1 < layout->n[1]; j++)
    if (layout->axes[1][j] == NN_AXIS_H && layout->axes[1][j + 1] == NN_AXIS_W) {
      shape->h = 1;
      shape->w = rest;
      return true;
    }
  return false;
}
