/* SPDX-License-Identifier: MIT
 * How a tensor of an ONNX file, whose axes have a logical order, lies in our memory (n, h, w, c).
 *
 * Each logical axis is a list of memory axes, slow to fast: an image (n, c, h, w) is [n] [c] [h] [w], flattened it is [n] [c h w], transposed
 * for Keras [n] [h] [w] [c]. Memory axes that are known to be 1 stand nowhere. So transposing, flattening, squeezing and most reshaping only
 * rewrite the lists, and who reads the tensor sees in which order its numbers lie. */
#ifndef NN_LAYOUT_H
#define NN_LAYOUT_H

#include "nn.h"

#define NN_LAYOUT_RANK 4
#define NN_AXIS_N 3 /* the batch; NN_AXIS_H, _W, _C are 0, 1, 2 */

typedef struct nn_layout {
  nn_shape shape; /* in memory; 0: open */
  int64_t batch;  /* the file's fixed number of images, 0: any */
  int rank, n[NN_LAYOUT_RANK]; /* memory axes of each logical axis */
  uint8_t axes[NN_LAYOUT_RANK][NN_LAYOUT_RANK];
} nn_layout;

/* One memory axis for each of the logical axes 1 ... rank - 1; axis 0 is the batch. */
typedef struct nn_order {
  nn_axis axes[NN_LAYOUT_RANK];
} nn_order;

/* A size in a file's shape arithmetic. */
typedef enum nn_size_kind { NN_SIZE_KNOWN, NN_SIZE_BATCH, NN_SIZE_OPEN } nn_size_kind;
typedef struct nn_size {
  nn_size_kind kind;
  int64_t value; /* KNOWN: it; BATCH: the file's fixed number or 0 */
} nn_size;

/* Logical axis i >= 1 lies on order.axes[i]. */
nn_layout nn_layout_new (int rank, nn_order order, nn_shape shape, int64_t batch);

int nn_layout_side (const nn_layout *layout, int axis);          /* of a memory axis, not of the batch */
nn_size nn_layout_size (const nn_layout *layout, int i);         /* of a logical axis */
bool nn_layout_batch_first (const nn_layout *layout);            /* axis 0 is the batch and nothing else */
bool nn_layout_is (const nn_layout *layout, nn_order order);     /* as nn_layout_new would make it */
bool nn_layout_equal (const nn_layout *a, const nn_layout *b);   /* same lists */

/* Tensors that an element-wise operator can take as they are: each memory axis belongs to the same logical axis. */
bool nn_layout_compatible (const nn_layout *a, const nn_layout *b);

/* After an operator changed the sizes in memory but not the order. */
void nn_layout_resize (nn_layout *layout, nn_shape shape);
/* After an element-wise operator joined two compatible tensors into that size: axes that are 1 in one of them are the other's. */
void nn_layout_join (nn_layout *layout, const nn_layout *other, nn_shape shape);

void nn_layout_transpose (nn_layout *layout, const int *perm);
void nn_layout_insert (nn_layout *layout, int i); /* a logical axis of size 1 */
void nn_layout_remove (nn_layout *layout, int i); /* which must have an empty list */

/* Gives the tensor the logical shape sizes[rank]; `rest` (or -1) is the axis that takes what remains; copied[i] >= 0: axis i is old axis
 * copied[i]. False when that would cut a memory axis in two or cannot be proved: then the tensor has to be laid out anew. */
bool nn_layout_regroup (nn_layout *layout, int rank, const nn_size *sizes, const int *copied, int rest);

/* The order of the memory axes, units first, in which the numbers lie as the logical shape says. True when they lie so already. */
bool nn_layout_flat_order (const nn_layout *layout, nn_axis axes[3]);

/* Where the number at memory position (h, w, c) stands in a row-major tensor of these logical dims (right-aligned; 1: repeated). */
int64_t nn_layout_index (const nn_layout *layout, const int64_t *dims, int rank, int h, int w, int c);

/* Sizes of open memory axes, as far as the number of features on logical axis 1 of a flat (n, features) tensor fixes them: an open plane is
 * taken as one row when its rows and columns lie together. False when they do not. */
bool nn_layout_close (nn_layout *layout, int64_t features);

#endif
