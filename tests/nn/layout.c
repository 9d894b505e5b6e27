/* SPDX-License-Identifier: MIT */
#include "layout.h"
#include "test.h"

static const nn_order nchw = { { 0, NN_AXIS_C, NN_AXIS_H, NN_AXIS_W } }, nhwc = { { 0, NN_AXIS_H, NN_AXIS_W, NN_AXIS_C } };

static nn_size
known (int64_t value)
{
  return (nn_size) { NN_SIZE_KNOWN, value };
}

static bool
is_size (const nn_layout *layout, int i, nn_size_kind kind, int64_t value)
{
  nn_size size = nn_layout_size (layout, i);
  return size.kind == kind && (kind == NN_SIZE_OPEN || size.value == value);
}

static const int none[4] = { -1, -1, -1, -1 };

static void
transposes_cancel (void)
{
  nn_layout a = nn_layout_new (4, nchw, (nn_shape) { 5, 6, 3 }, 0), b = a;
  nn_layout_transpose (&b, (int[]) { 0, 2, 3, 1 });
  check (nn_layout_is (&b, nhwc) && !nn_layout_is (&b, nchw) && !nn_layout_compatible (&a, &b));
  check (is_size (&b, 0, NN_SIZE_BATCH, 0) && is_size (&b, 1, NN_SIZE_KNOWN, 5) && is_size (&b, 3, NN_SIZE_KNOWN, 3));
  nn_layout_transpose (&b, (int[]) { 0, 3, 1, 2 });
  check (nn_layout_equal (&a, &b));
}

static void
units_stand_nowhere (void)
{
  nn_layout a = nn_layout_new (4, nchw, (nn_shape) { 1, 1, 3 }, 1), b = a;
  check (a.n[0] == 1 && a.n[1] == 1 && a.n[2] == 0 && a.n[3] == 0);
  check (nn_layout_is (&a, nchw) && nn_layout_batch_first (&a));
  nn_layout_remove (&a, 3);
  nn_layout_remove (&a, 2);
  check (a.rank == 2 && is_size (&a, 1, NN_SIZE_KNOWN, 3));
  nn_layout_insert (&a, 2);
  nn_layout_insert (&a, 2);
  check (nn_layout_equal (&a, &b));
  nn_layout plane = nn_layout_new (4, nchw, (nn_shape) { 5, 6, 3 }, 1);
  check (nn_layout_compatible (&plane, &b) && nn_layout_compatible (&b, &plane));
  /* (n, 3, 1) on the channels and (n, 1, 3) on the channels are not the same axis. */
  nn_layout first = nn_layout_new (3, nchw, (nn_shape) { 1, 1, 3 }, 0), second = first;
  nn_layout_transpose (&second, (int[]) { 0, 2, 1 });
  check (!nn_layout_compatible (&first, &second));
}

static void
reshaping_regroups (void)
{
  nn_layout image = nn_layout_new (4, nchw, (nn_shape) { 4, 5, 3 }, 0), flat = image, back, cut;
  nn_axis axes[3];
  check (nn_layout_regroup (&flat, 2, (nn_size[]) { known (-1), known (60) }, none, 0));
  check (flat.n[1] == 3 && flat.axes[1][0] == NN_AXIS_C && flat.axes[1][2] == NN_AXIS_W && is_size (&flat, 1, NN_SIZE_KNOWN, 60));
  check (!nn_layout_flat_order (&flat, axes) && axes[0] == NN_AXIS_C && axes[1] == NN_AXIS_H && axes[2] == NN_AXIS_W);
  back = flat;
  check (nn_layout_regroup (&back, 4, (nn_size[]) { { NN_SIZE_BATCH, 0 }, known (3), known (4), known (-1) }, none, 3));
  check (nn_layout_equal (&back, &image));
  cut = image;
  check (!nn_layout_regroup (&cut, 4, (nn_size[]) { { NN_SIZE_BATCH, 0 }, known (6), known (2), known (5) }, none, -1));
  check (nn_layout_equal (&cut, &image));
  check (!nn_layout_regroup (&cut, 2, (nn_size[]) { { NN_SIZE_BATCH, 0 }, known (59) }, none, -1));
}

static void
a_fixed_batch_stays_the_batch (void)
{
  nn_layout image = nn_layout_new (4, nchw, (nn_shape) { 4, 5, 3 }, 1);
  check (nn_layout_regroup (&image, 3, (nn_size[]) { known (1), known (1), known (60) }, none, -1));
  check (nn_layout_batch_first (&image) && image.n[1] == 0 && is_size (&image, 2, NN_SIZE_KNOWN, 60));
}

static void
open_planes_flatten (void)
{
  nn_layout image = nn_layout_new (4, nchw, (nn_shape) { 0, 0, 3 }, 0), flat = image;
  check (is_size (&image, 2, NN_SIZE_OPEN, 0));
  check (nn_layout_regroup (&flat, 2, (nn_size[]) { { NN_SIZE_BATCH, 0 }, known (-1) }, (int[]) { 0, -1 }, 1));
  check (!nn_layout_regroup (&image, 2, (nn_size[]) { known (-1), known (60) }, none, 0));
  nn_layout closed = flat;
  check (!nn_layout_close (&closed, 61));
  check (nn_layout_close (&closed, 60) && closed.shape.h == 1 && closed.shape.w == 20);
  /* Feature c * 20 + p stands at memory position (p, c). */
  check (nn_layout_index (&closed, (int64_t[]) { 1, 60 }, 2, 0, 7, 2) == 2 * 20 + 7);
  nn_layout_transpose (&image, (int[]) { 0, 3, 1, 2 });
  check (nn_layout_regroup (&image, 2, (nn_size[]) { { NN_SIZE_BATCH, 0 }, known (-1) }, none, 1));
  check (!nn_layout_close (&image, 60)); /* columns, channels, rows: where a row ends is not known */
}

static void
finds_the_place_in_a_constant (void)
{
  nn_layout image = nn_layout_new (4, nchw, (nn_shape) { 4, 5, 3 }, 0);
  check (nn_layout_index (&image, (int64_t[]) { 1, 3, 4, 5 }, 4, 2, 3, 1) == (1 * 4 + 2) * 5 + 3);
  check (nn_layout_index (&image, (int64_t[]) { 3, 1, 1 }, 3, 2, 3, 1) == 1);
  check (nn_layout_index (&image, (int64_t[]) { 5 }, 1, 2, 3, 1) == 3);
  check (nn_layout_index (&image, (int64_t[]) { 1 }, 1, 2, 3, 1) == 0);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (transposes_cancel), TEST (units_stand_nowhere), TEST (reshaping_regroups),
                                   TEST (a_fixed_batch_stays_the_batch), TEST (open_planes_flatten), TEST (finds_the_place_in_a_constant), { 0 } });
}
