/* SPDX-License-Identifier: MIT
 * nn: a small convolutional-network core: read a model, plan it once, run it often.
 *
 *   nn_error error;
 *   nn_model *model = nn_model_load ("fer7.onnx", &error);
 *   nn_plan *plan = model ? nn_plan_new (model->graph, model->weights, NULL, &error) : NULL;
 *   nn_runner *runner = plan ? nn_runner_new (plan, &(nn_runner_options) { .h = 48, .w = 48, .batch = 8 }, &error) : NULL;
 *   if (!runner)
 *     return report (error.text);
 *   nn_run (runner, n, images);                              // images: (n, 48, 48, c), never fails, never allocates
 *   const nn_real *p = nn_runner_output (runner, 0, NULL);   // (n, classes)
 *
 * Dimension letters, everywhere: n images, h rows, w columns, c channels in, k channels (or units) out.
 * Tensors lie in memory as (n, h, w, c), c fastest ("NHWC"); a vector is (n, 1, 1, c).
 *
 * The library prints nothing, starts no thread that was not asked for, keeps no global state. What can fail takes an nn_error, returns NULL,
 * false or -1 and leaves one sentence in it that names the thing, the place and what was expected. Every _free accepts NULL.
 * Objects may be used from one thread at a time; an nn_plan from any number.
 */
#ifndef NN_H
#define NN_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* float; double only in the test build that checks gradients against central differences. */
#ifdef NN_DOUBLE
typedef double nn_real;
#else
typedef float nn_real;
#endif

#define NN_MAX_NODES 1024
#define NN_MAX_INPUTS 64  /* of one node (concat) */
#define NN_MAX_OUTPUTS 16 /* of a graph */
#define NN_ALIGN 64       /* bytes; every buffer that the library hands out */

/* ---- errors -------------------------------------------------------------------------------------------------------------- */

typedef struct nn_error {
  char text[512];
} nn_error;

/* Formats a sentence into error (may be NULL); returns false, so that a failing function can `return nn_fail (...)`. */
#if defined(__GNUC__)
__attribute__ ((format (printf, 2, 3)))
#endif
bool nn_fail (nn_error *error, const char *format, ...);

/* Puts "prefix: " before the sentence that is there; returns false. */
bool nn_fail_prefix (nn_error *error, const char *prefix);

/* ---- graph --------------------------------------------------------------------------------------------------------------- */

/* Every operator, once. The enum, the names, the inference table (ops/) and the gradient table (grad/) expand this list. */
#define NN_OPS(X)                                                                                                                  \
  X (input)           /* the image batch */                                                                                        \
  X (constant)        /* parameters as a tensor of one image */                                                                    \
  X (conv)            /* 2-d convolution, grouped */                                                                               \
  X (dense)           /* y = x W^T + b over the flattened image */                                                                 \
  X (batch_norm)      /* running statistics */                                                                                     \
  X (relu)                                                                                                                         \
  X (leaky_relu)                                                                                                                   \
  X (clip)                                                                                                                         \
  X (sigmoid)                                                                                                                      \
  X (hard_sigmoid)                                                                                                                 \
  X (hard_swish)                                                                                                                   \
  X (max_pool)                                                                                                                     \
  X (avg_pool)                                                                                                                     \
  X (global_avg_pool) /* mean over the plane; also ReduceMean over it */                                                           \
  X (add)                                                                                                                          \
  X (sub)                                                                                                                          \
  X (mul)                                                                                                                          \
  X (div)                                                                                                                          \
  X (concat)                                                                                                                       \
  X (pad)                                                                                                                          \
  X (resize)          /* the plane at another size: nearest or linear */                                                           \
  X (reshape)         /* same bytes, other shape */                                                                                \
  X (permute)         /* axes of an image exchanged in memory */                                                                   \
  X (softmax)                                                                                                                      \
  X (dropout)         /* identity when running */                                                                                  \
  X (identity)

typedef enum nn_op {
#define NN_OP_ENUM(name) NN_OP_##name,
  NN_OPS (NN_OP_ENUM)
#undef NN_OP_ENUM
      NN_N_OPS
} nn_op;

/* "conv", "batch_norm", ... */
const char *nn_op_name (nn_op op);

/* One image of a tensor, in memory order. */
typedef struct nn_shape {
  int h, w, c;
} nn_shape;

/* Axes of a tensor in memory. */
typedef enum nn_axis { NN_AXIS_H, NN_AXIS_W, NN_AXIS_C } nn_axis;

/* How pads are found: given, or so that out = ceil (in / stride) with the odd one below/right (same_upper) or above/left. */
typedef enum nn_auto_pad { NN_PAD_GIVEN, NN_PAD_SAME_UPPER, NN_PAD_SAME_LOWER } nn_auto_pad;

/* A window that slides over a plane: convolution and pooling. */
typedef struct nn_window {
  int kh, kw;                              /* kernel */
  int stride_h, stride_w;                  /* >= 1 */
  int dilation_h, dilation_w;              /* >= 1 */
  int pad_top, pad_left, pad_bottom, pad_right; /* >= 0 */
  nn_auto_pad auto_pad;
  bool ceil_mode;                          /* pooling: round the output size up */
  bool count_include_pad;                  /* average pooling: padded zeros count */
} nn_window;

/* Output size of a window along one axis and the pad before it; out <= 0 when the kernel does not fit. */
void nn_window_size (const nn_window *window, int h, int w, int *out_h, int *out_w, int *pad_top, int *pad_left);

/* resize: how a value is found, which point of the input an output position looks at (in and out: sizes along an axis), and which pixel is the
 * nearest. Names and meaning as ONNX's Resize has them. */
typedef enum nn_resize_mode { NN_RESIZE_NEAREST, NN_RESIZE_LINEAR } nn_resize_mode;
typedef enum nn_grid {
  NN_GRID_ASYMMETRIC,         /* i / scale */
  NN_GRID_HALF_PIXEL,         /* (i + 0.5) / scale - 0.5 */
  NN_GRID_PYTORCH_HALF_PIXEL, /* the same; 0 where there is but one */
  NN_GRID_ALIGN_CORNERS       /* i (in - 1) / (out - 1) */
} nn_grid;
typedef enum nn_round { NN_ROUND_FLOOR, NN_ROUND_CEIL, NN_ROUND_PREFER_FLOOR, NN_ROUND_PREFER_CEIL } nn_round;

/* An element-wise function, as a node of its own or fused behind conv, dense, add and batch_norm by the plan. */
typedef enum nn_act { NN_ACT_NONE, NN_ACT_RELU, NN_ACT_LEAKY_RELU, NN_ACT_CLIP, NN_ACT_SIGMOID, NN_ACT_HARD_SIGMOID, NN_ACT_HARD_SWISH } nn_act;

/* One operator. Parameters lie in the graph's flat weight vector at [weights, weights + n_weights):
 *   conv        W (k, kh, kw, c / groups), then b (k) if bias; a second input, which only the plan makes, has the shape of the output and is
 *               added before act
 *   dense       W (k, c), columns in memory order of the input (h, w, c), then b (k) if bias
 *   batch_norm  gamma (c), beta (c), running mean (c), running variance (c)
 *   constant    (h, w, c)                                                                                                    */
typedef struct nn_node {
  nn_op op;
  char *name;                /* unique in its graph; the graph owns a copy */
  int n_in, in[NN_MAX_INPUTS]; /* indices of earlier nodes */
  size_t weights, n_weights; /* set by nn_graph_add */
  nn_act act;                /* fused activation: conv, dense, add, batch_norm; set by the plan */
  int way;                   /* which of the operator's algorithms; set by the plan */
  nn_real act_a, act_b;      /* leaky_relu: slope a; clip: [a, b]; hard_sigmoid: clamp (a x + b, 0, 1); also of those nodes themselves */
  union {
    struct { nn_shape shape; } input;    /* h, w 0: any */
    struct { nn_shape shape; } constant;
    struct { int k, c, groups; bool bias; nn_window window; } conv; /* c: all input channels */
    struct { int k, c; bool bias; } dense;                          /* c = h * w * c of the input */
    struct { int c; nn_real eps; } batch_norm;
    struct { nn_window window; } pool;
    struct { nn_axis axis; } along;                                 /* softmax, concat */
    struct { int top, left, bottom, right; nn_real value; } pad;
    /* to (h, w), or where they are 0 by those factors, rounded down */
    struct { nn_resize_mode mode; nn_grid grid; nn_round round; float scale_h, scale_w; int h, w; } resize;
    struct { nn_shape shape; } reshape;                             /* one of them may be -1: the rest */
    struct { nn_axis axes[3]; } permute;                            /* output axis i is input axis axes[i] */
    struct { nn_real rate; } dropout;                               /* share set to 0 while training */
  } u;
} nn_node;

/* Nodes in topological order: node i reads nodes < i only. No plane sizes (those belong to a runner). Read-only once built. */
typedef struct nn_graph {
  int n_nodes;
  nn_node *nodes;
  int n_outputs, outputs[NN_MAX_OUTPUTS];
  size_t n_weights; /* length of the flat weight vector */
} nn_graph;

nn_graph *nn_graph_new (void);
void nn_graph_free (nn_graph *graph);
nn_graph *nn_graph_copy (const nn_graph *graph);

/* Appends a copy of node (name NULL: op and number) and gives it its place in the weight vector. Attributes are checked: ranges, inputs
 * that exist, number of inputs. Returns its index, or -1. */
int nn_graph_add (nn_graph *graph, const nn_node *node, nn_error *error);

/* Declares node as the next output. */
bool nn_graph_add_output (nn_graph *graph, int node, nn_error *error);

/* Index of the node with that name, or -1. */
int nn_graph_find (const nn_graph *graph, const char *name);

/* The node that gives the logits of an output: the softmax's input if the output is a softmax, else the output itself. */
int nn_graph_logits (const nn_graph *graph, int output);

/* Shapes of all nodes for an input of (h, w): shapes[n_nodes]. Fails with the node, its op and the sizes when they do not fit. */
bool nn_graph_shapes (const nn_graph *graph, int h, int w, nn_shape *shapes, nn_error *error);

/* Multiplications of one image in conv and dense of a direct computation: of a node with an output of that shape, and of all. */
int64_t nn_node_macs (const nn_node *node, nn_shape out);
int64_t nn_graph_macs (const nn_graph *graph, const nn_shape *shapes);

/* A graph from a small text, one operator a line (docs/architecture.md); weights are not part of it.
 *     input 48 48 1
 *     conv 24 3x3 / bn / relu / maxpool 2x2 / dropout 0.2 / flatten / dense 7 / softmax
 * lines may be joined by " / "; `as NAME` names a value, `from NAME` goes on from it, `add NAME` joins; the last value is the output, or those
 * with `output` behind them are. Errors name line and word. */
nn_graph *nn_graph_parse (const char *text, nn_error *error);

/* ---- model: graph + weights + metadata, as an ONNX file ------------------------------------------------------------------ */

typedef struct nn_meta {
  char *key, *value;
} nn_meta;

typedef struct nn_model {
  nn_graph *graph;
  nn_real *weights; /* graph->n_weights */
  int n_metas;
  nn_meta *metas; /* ONNX metadata_props */
} nn_model;

/* Reads ONNX (opset 7-17 and newer where the operators are the same). bytes are hostile: memory is bounded by 64 MB + 4 * size, and
 * they may be freed afterwards. */
nn_model *nn_model_parse (const void *bytes, size_t size, nn_error *error);
nn_model *nn_model_load (const char *path, nn_error *error);

/* Writes ONNX, opset 13, IR 8, batch dynamic, tensors in ONNX's own order (N, C, H, W). Filters and matrices all of whose numbers are halves are
 * stored as such, behind a Cast to float: nothing is lost. *bytes is malloc'ed. */
bool nn_model_write (const nn_model *model, void **bytes, size_t *size, nn_error *error);
/* By way of a temporary file, fsync and rename; path "-" is standard output. */
bool nn_model_save (const nn_model *model, const char *path, nn_error *error);

/* Rounds filters and matrices to half precision (binary16, to nearest, ties to even), so that the file is half as large; biases, constants and batch
 * normalisation stay as they are. Refuses, half done, what is beyond 65504. */
bool nn_model_halve (nn_model *model, nn_error *error);

/* The part of a model that gives one of its outputs, as a model of its own, without metadata. */
nn_model *nn_model_cut (const nn_model *model, int output, nn_error *error);

/* Takes the graph, allocates zeroed weights and no metadata; NULL when out of memory (the graph then stays the caller's). */
nn_model *nn_model_new (nn_graph *graph);
void nn_model_free (nn_model *model);
const char *nn_model_get (const nn_model *model, const char *key);                 /* NULL: not there */
bool nn_model_set (nn_model *model, const char *key, const char *value);           /* copies; NULL value removes */

/* Replaces or adds metadata_props of an ONNX file byte for byte otherwise untouched (fer-info --set). *out is malloc'ed. */
bool nn_onnx_set_metas (const void *bytes, size_t size, const nn_meta *metas, int n, void **out, size_t *out_size, nn_error *error);

/* CRC-32 (IEEE 802.3, as zlib's) of bytes behind those that gave crc; 0 to start. fer.weights_crc32 is that of a model's weights as little-endian
 * float32, which reading a file that we wrote restores bit for bit. */
uint32_t nn_crc32 (uint32_t crc, const void *bytes, size_t size);

/* ---- files --------------------------------------------------------------------------------------------------------------- */

/* Whole file into *bytes (malloc'ed, one 0 byte behind it); limit 0: none. Errors name the path. */
bool nn_file_read (const char *path, size_t limit, void **bytes, size_t *size, nn_error *error);
/* Temporary name beside it, write, fsync, rename, fsync of the folder; "-" is standard output; an existing non-regular file is written directly. */
bool nn_file_write (const char *path, const void *bytes, size_t size, nn_error *error);

/* ---- plan ---------------------------------------------------------------------------------------------------------------- */

typedef struct nn_plan nn_plan;

typedef enum nn_precision {
  NN_PRECISION_FULL,  /* float */
  NN_PRECISION_EXACT, /* float, every convolution summed directly */
  NN_PRECISION_FAST   /* 16-bit integers where a node has them, float elsewhere; needs ranges */
} nn_precision;

/* "full", "exact", "fast"; -1 for any other name. */
const char *nn_precision_name (nn_precision precision);
int nn_precision_of (const char *name);

typedef struct nn_plan_options {
  const char *cpu;  /* kernel level: "ref", "generic", "avx2", "avx512", "avx512vnni"; NULL: environment NN_CPU, else the best that the CPU has */
  const int *keep;  /* nodes of the graph whose values must stay available: not fused away */
  int n_keep;
  nn_precision precision;
  int h, w;         /* size of input for which the algorithms are chosen, though any size works; 0: as the graph's input says */
  const float *ranges; /* of each node of the graph: the largest |value| that integers are to hold (nn_ranges); NN_PRECISION_FAST only */
} nn_plan_options;

/* Folds batch normalisation, drops identities and dropout, fuses residual sums and activations, packs weights. Copies all that it needs.
 * options may be NULL. */
nn_plan *nn_plan_new (const nn_graph *graph, const nn_real *weights, const nn_plan_options *options, nn_error *error);
nn_plan *nn_plan_ref (nn_plan *plan);
void nn_plan_free (nn_plan *plan); /* drops one reference */

const nn_graph *nn_plan_graph (const nn_plan *plan);   /* the folded graph */
const nn_real *nn_plan_weights (const nn_plan *plan);  /* its weights, unpacked */
int nn_plan_node (const nn_plan *plan, int node);      /* the folded node that holds the value of a node of the original graph, or -1 */
size_t nn_plan_bytes (const nn_plan *plan);            /* memory of packed and unpacked weights */
nn_precision nn_plan_precision (const nn_plan *plan);
const char *nn_plan_cpu (const nn_plan *plan);         /* kernel level in use */
const char *nn_plan_kernel (const nn_plan *plan, int node); /* how a folded node is computed: "direct", "Winograd F(4x4,3x3)", ...; "": there is but one way */
size_t nn_plan_packed_bytes (const nn_plan *plan, int node); /* of its packed weights */
int64_t nn_plan_products (const nn_plan *plan, int node, nn_shape out); /* multiplications of one image as they are made: Winograd's algorithms take fewer */

/* ---- ranges: how large values become, for NN_PRECISION_FAST -------------------------------------------------------------- */

/* ranges[n_nodes]: of each node the limit at which the integers of its values err least, over n images (n, h, w, c) such as the network is for;
 * h, w 0: as the graph's input says. */
bool nn_ranges_fit (const nn_graph *graph, const nn_real *weights, int h, int w, int n, const nn_real *images, float *ranges, nn_error *error);

/* As text, a line "number name" for each node, which a model keeps as metadata. write's is malloc'ed. What is read is hostile. */
#define NN_RANGES_KEY "fer.ranges"
char *nn_ranges_write (const nn_graph *graph, const float *ranges, nn_error *error);
bool nn_ranges_read (const nn_graph *graph, const char *text, float *ranges, nn_error *error);

/* nn_plan_new with the model's own ranges, where precision needs them and options have none. */
nn_plan *nn_model_plan (const nn_model *model, const nn_plan_options *options, nn_error *error);

/* ---- runner -------------------------------------------------------------------------------------------------------------- */

typedef struct nn_runner nn_runner;

typedef struct nn_runner_options {
  int h, w;        /* size of the input; 0: as the graph's input says */
  int batch;       /* largest n of nn_run; 0: 1 */
  int threads;     /* that share out a batch, the caller's counted; 0: 1. The results are the same bits for any number */
  const int *keep; /* folded nodes (nn_plan_node) whose values stay readable after nn_run */
  int n_keep;
  void (*after) (void *data, int node); /* called after each folded node, whenever a shard of the batch is through it; one thread only */
  void *data;
} nn_runner_options;

/* Plans one arena by lifetime and takes a reference to plan. The arena holds a shard of at most 8 images for each thread: a batch is cut into
 * such shards, which threads take as they come. Fails when a node does not fit the size. */
nn_runner *nn_runner_new (nn_plan *plan, const nn_runner_options *options, nn_error *error);
void nn_runner_free (nn_runner *runner);

/* input: (n, h, w, c), 1 <= n <= batch; it is only read. Neither fails nor allocates. */
void nn_run (nn_runner *runner, int n, const nn_real *input);

/* Output i of the last nn_run, (n, h, w, c); shape may be NULL. Valid until the next nn_run. */
const nn_real *nn_runner_output (const nn_runner *runner, int i, nn_shape *shape);
/* The same for a folded node that was kept (or the input or an output); NULL when it was not. */
const nn_real *nn_runner_value (const nn_runner *runner, int node, nn_shape *shape);
nn_plan *nn_runner_plan (const nn_runner *runner);
size_t nn_runner_bytes (const nn_runner *runner); /* arenas, scratch, outputs and kept values */

/* ---- pixels -------------------------------------------------------------------------------------------------------------- */

/* A grey picture of float samples, row y at data + y * stride. */
typedef struct nn_plane {
  const float *data;
  int h, w;
  ptrdiff_t stride; /* in floats */
} nn_plane;

/* An affine map from output pixel coordinates to input coordinates, both with pixel centres at integers + 0.5:
 * x_in = m[0] x + m[1] y + m[2],  y_in = m[3] x + m[4] y + m[5]. */
typedef struct nn_affine {
  double m[6];
} nn_affine;

/* Resamples src into dst (h, w): bilinear where it enlarges, area average where it shrinks, edges repeat. The one path from pixels to
 * a tensor: trainer, tools and element all come through here. */
void nn_warp (const nn_plane *src, const nn_affine *map, float *dst, int h, int w);

/* A picture that is read a row at a time, whatever its samples are: add does sum[i] += weight * sample (y, x + i) for i < n. */
typedef struct nn_rows {
  int h, w;
  void (*add) (const void *user, int y, int x, int n, float weight, float *sum);
  const void *user;
} nn_rows;

/* nn_warp for upright maps (m[1] = m[3] = 0) of whole pictures: the same numbers but for rounding, without a copy of the picture in floats. line:
 * src->w floats of scratch. */
void nn_warp_rows (const nn_rows *src, const nn_affine *map, float *line, float *dst, int h, int w);

/* (x - mean) / max (sd, floor) over count values, in place: per-image standardisation. */
void nn_standardise (float *x, size_t count, float floor);

/* ---- random numbers ------------------------------------------------------------------------------------------------------ */

/* What a number is for: one stream each. */
typedef enum nn_purpose { NN_FOR_INIT, NN_FOR_ORDER, NN_FOR_AUGMENT, NN_FOR_DROPOUT, NN_FOR_TEST, NN_FOR_MIXUP } nn_purpose;

/* A counter-based generator: every number is a pure function of (seed, epoch, sample, purpose) and how many were drawn before, so there
 * is no state to save and no dependence on threads. */
typedef struct nn_random { /* private: make it with nn_random_new */
  uint64_t key[2], counter; /* of the next block */
  uint32_t block[4];
  int lane; /* next in block; 0: a new block first */
} nn_random;

nn_random nn_random_new (uint64_t seed, uint64_t epoch, uint64_t sample, nn_purpose purpose);
uint32_t nn_random_u32 (nn_random *random);
float nn_random_uniform (nn_random *random); /* [0, 1) */
float nn_random_normal (nn_random *random);  /* mean 0, sd 1 */

/* Weights to start from: He et al. 2015 normal with fan-in for conv and dense, the last dense layer Glorot uniform; gamma 1, beta 0, running mean 0, running
 * variance 1, biases 0; constants stay. */
void nn_init_weights (const nn_graph *graph, uint64_t seed, nn_real *weights);

#ifdef __cplusplus
}
#endif
#endif
