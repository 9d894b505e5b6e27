/* SPDX-License-Identifier: MIT
 * The transforms of nn_kernels16: inputs in 16 bits, products in 32, outputs in float. A block of tiles goes through all three steps, so that
 * what lies between them stays in L2. The one-dimensional transforms below are nn_shape16_of's matrices with common terms taken out. */

/* Of unsigned integers, because terms may leave 16 bits where their sum does not. */
typedef uint16_t in_vec __attribute__ ((vector_size (WIDTH * 4), aligned (2)));

static ALWAYS_INLINE void
to_points (nn_kind16 kind, const in_vec d[7], in_vec v[7])
{
  if (kind == NN_F2_16) {
    v[0] = d[0] - d[2], v[1] = d[1] + d[2], v[2] = d[2] - d[1], v[3] = d[1] - d[3];
  } else if (kind == NN_F3_16) {
    in_vec e = d[3] - d[1], f = d[3] - d[2];
    v[0] = ((d[0] - d[2]) << 1) + e, v[1] = f - (d[1] << 1), v[2] = f + ((d[1] - d[2]) << 1), v[3] = e, v[4] = d[4] - d[2] - (e << 1);
  } else if (kind == NN_F4_16) {
    in_vec e = d[4] - (d[2] << 2), o = d[3] - (d[1] << 2), f = d[4] - d[2], p = (d[3] - d[1]) << 1;
    v[0] = ((d[0] - d[2]) << 2) + f, v[1] = e + o, v[2] = e - o, v[3] = f + p, v[4] = f - p, v[5] = d[5] - d[3] - (p << 1);
  } else {
    v[0] = d[0] - d[4], v[1] = d[2] + d[4], v[2] = d[4] - d[2], v[3] = d[6] - d[2], v[4] = d[1], v[5] = d[3], v[6] = d[5];
  }
}

static ALWAYS_INLINE void
to_outputs (nn_kind16 kind, const vec m[7], vec y[4])
{
  if (kind == NN_F2_16) {
    y[0] = m[0] + m[1] + m[2], y[1] = m[1] - m[2] - m[3];
  } else if (kind == NN_F3_16) {
    vec t = m[2] * (1.0f / 3), e = m[1] + t;
    y[0] = m[0] * 0.5f + e + m[3], y[1] = m[1] - t + m[3] * 2.0f, y[2] = e + m[3] * 4.0f + m[4];
  } else if (kind == NN_F4_16) {
    vec a = m[1] + m[2], b = m[1] - m[2], c = m[3] + m[4], d = m[3] - m[4];
    y[0] = m[0] + a + c, y[1] = b + d * 2.0f, y[2] = a + c * 4.0f, y[3] = b + d * 8.0f + m[5] * 4.0f;
  } else {
    vec a = m[1] + m[2];
    y[0] = m[0] + a + m[4], y[1] = m[1] - m[2] + m[5], y[2] = a + m[3] + m[6];
  }
}

/* One tile of inputs: x points to its first pixel, v to its row of point 0. */
static ALWAYS_INLINE void
input_tile (nn_kind16 kind, int inputs, int points, const nn_conv16_job *job, const nn_block16 *block, const int16_t *x, int16_t *v)
{
  for (size_t c = 0; c < block->c; c += 2 * WIDTH) {
    in_vec columns[7][7]; /* [column][point along h] */
    UNROLL
    for (int w = 0; w < inputs; w++) {
      in_vec d[7];
      UNROLL
      for (int h = 0; h < inputs; h++)
        d[h] = *(const in_vec *) (x + h * job->x_row + (ptrdiff_t) w * job->c + c);
      to_points (kind, d, columns[w]);
    }
    for (int i = 0; i < points; i++) {
      in_vec d[7], p[7];
      UNROLL
      for (int w = 0; w < inputs; w++)
        d[w] = columns[w][i];
      to_points (kind, d, p);
      UNROLL
      for (int j = 0; j < points; j++)
        *(in_vec *) (v + (size_t) (i * points + j) * block->v + c) = p[j];
    }
  }
}

/* One tile of outputs, of which only h rows and w columns exist. */
static ALWAYS_INLINE void
output_tile (nn_kind16 kind, int size, int points, const nn_block16 *block, const int32_t *m, const nn_finish16 *to, int h, int w, int k,
             ptrdiff_t y_at, ptrdiff_t add_at)
{
  const nn_finish16 finish = *to;
  for (int first = 0; first < k; first += WIDTH) {
    vec columns[7][4], scale = *(const vec *) (finish.scale + first), bias = *(const vec *) (finish.bias + first);
    UNROLL
    for (int j = 0; j < points; j++) {
      vec p[7];
      UNROLL
      for (int i = 0; i < points; i++)
        p[i] = __builtin_convertvector (*(const sum_vec *) (m + (size_t) (i * points + j) * block->m + first), vec);
      to_outputs (kind, p, columns[j]);
    }
    for (int i = 0; i < size && i < h; i++) {
      vec p[7], y[4];
      UNROLL
      for (int j = 0; j < points; j++)
        p[j] = columns[j][i];
      to_outputs (kind, p, y);
      UNROLL
      for (int j = 0; j < size; j++)
        if (j < w)
          finish_vector (&finish, y[j] * scale + bias, y_at + i * finish.y_row + (ptrdiff_t) j * k + first,
                         add_at + i * finish.add_row + (ptrdiff_t) j * k + first, k - first);
    }
  }
}

/* Tiles [first, first + count) of all images: their number runs along a row, then down, then from image to image. */
static ALWAYS_INLINE void
block_of_tiles (nn_kind16 kind, int size, int inputs, int points, int stride, const nn_conv16_job *job, const nn_block16 *block, int first, int count,
                const int16_t *x, const int16_t *packed, const nn_finish16 *finish, int16_t *v, int32_t *m)
{
  const nn_shape16 *shape = &nn_shape16_of[kind];
  int plane = block->across * block->down;
  for (int i = 0; i < count; i++) {
    int tile_number = first + i, image = tile_number / plane, down = tile_number % plane / block->across, across = tile_number % block->across;
    input_tile (kind, inputs, points, job, block, x + image * job->x_image + (ptrdiff_t) down * size * stride * job->x_row + (ptrdiff_t) across * size * stride * job->c,
                v + (size_t) i * block->c);
  }
  product each = { .count = count, .pairs = (job->c + 1) / 2, .step = (ptrdiff_t) block->c, .y_step = (ptrdiff_t) block->k };
  for (int i = 0; i < points; i++)
    for (int j = 0; j < points; j++) {
      size_t point = (size_t) (i * points + j), weights = (size_t) (shape->weight_of[i] * shape->weights + shape->weight_of[j]);
      each.x = v + point * block->v;
      each.y = m + point * block->m;
      each.weights = packed + weights * (size_t) each.pairs * 2 * block->k;
      multiply (each, job->k);
    }
  for (int i = 0; i < count; i++) {
    int tile_number = first + i, image = tile_number / plane, h = tile_number % plane / block->across * size, w = tile_number % block->across * size;
    output_tile (kind, size, points, block, m + (size_t) i * block->k, finish, job->h - h, job->w - w, job->k,
                 image * finish->y_image + h * finish->y_row + (ptrdiff_t) w * job->k, image * finish->add_image + h * finish->add_row + (ptrdiff_t) w * job->k);
  }
}

#define DEFINE_KIND(name, kind, size, inputs, points, stride)                                                                      \
  static void name (const nn_conv16_job *job, const nn_block16 *block, int first, int count, const int16_t *x, const int16_t *packed, \
                    const nn_finish16 *finish, int16_t *v, int32_t *m)                                                             \
  {                                                                                                                                \
    block_of_tiles (kind, size, inputs, points, stride, job, block, first, count, x, packed, finish, v, m);                        \
  }
DEFINE_KIND (block_f2, NN_F2_16, 2, 4, 4, 1)
DEFINE_KIND (block_f3, NN_F3_16, 3, 5, 5, 1)
DEFINE_KIND (block_f4, NN_F4_16, 4, 6, 6, 1)
DEFINE_KIND (block_halves, NN_HALVES_16, 3, 7, 7, 2)

static void
winograd (const nn_conv16_job *job, nn_kind16 kind, const int16_t *x, const int16_t *packed, const nn_finish16 *finish, void *scratch)
{
  nn_block16 block = nn_block16_of (&BUILD, kind, job);
  int points = nn_shape16_of[kind].points, total = block.across * block.down * job->n;
  int32_t *m = scratch;
  int16_t *v = (int16_t *) (m + (size_t) (points * points) * block.m);
  for (int first = 0; first < total; first += block.tiles) {
    int count = total - first < block.tiles ? total - first : block.tiles;
    (kind == NN_F2_16 ? block_f2 : kind == NN_F3_16 ? block_f3 : kind == NN_F4_16 ? block_f4 : block_halves) (job, &block, first, count, x, packed, finish, v, m);
  }
}
