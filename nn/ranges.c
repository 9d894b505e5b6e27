/* SPDX-License-Identifier: MIT
 * How large the values of a network become, for integers that hold them: fitted on images, written and read as lines "number name". */
#include "nn.h"

#include "memory.h"
#include "ops/op.h"

#include <math.h>
#include <stdio.h>

/* ---- fit ----------------------------------------------------------------------------------------------------------------- */

/* Bins of |value| by exponent and 4 bits of the mantissa: 16 an octave. */
#define BIN_SHIFT 19
#define BINS (1 << (31 - BIN_SHIFT))

/* Integers between 0 and a range that the fit counts on: between what F(4, 3) leaves of 16 bits and what others do.*/
#define LEVELS 1000

static float
bin_value (int bin)
{
  uint32_t bits = ((uint32_t) bin << BIN_SHIFT) | 1u << (BIN_SHIFT - 1);
  float value;
  memcpy (&value, &bits, sizeof value);
  return value;
}

static void
count_values (const nn_real *x, size_t count, uint64_t *bins)
{
  for (size_t i = 0; i < count; i++) {
    float value = (float) x[i];
    uint32_t bits;
    memcpy (&bits, &value, sizeof bits);
    bins[(bits & INT32_MAX) >> BIN_SHIFT]++;
  }
}

/* The range at which the squared error is least: of rounding what is within, of cutting what is beyond. Zeros are exact, infinite bins ignored. */
static float
best_range (const uint64_t *bins)
{
  int top = BINS - 1;
  while (top > 0 && (!bins[top] || !isfinite (bin_value (top))))
    top--;
  double n = 0, best = INFINITY;
  float range = 0;
  for (int i = 1; i <= top; i++)
    n += (double) bins[i];
  /* Beyond `range`: their number, sum and sum of squares. */
  double beyond = 0, sum = 0, squares = 0;
  for (int i = top; i > 0 && top - i < 64; i--) { /* four octaves */
    double value = (double) bin_value (i), limit = i == top ? (double) bin_value (i + 1) : value;
    double error = squares - 2 * limit * sum + limit * limit * beyond + (n - beyond) * limit * limit / (12.0 * LEVELS * LEVELS);
    if (error < best) {
      best = error;
      range = (float) limit;
    }
    beyond += (double) bins[i];
    sum += (double) bins[i] * value;
    squares += (double) bins[i] * value * value;
  }
  return isfinite (range) ? range : bin_value (top);
}

/* A plan and a runner that compute every node of graph on its own. */
static nn_runner *
all_values (const nn_graph *graph, const nn_real *weights, int h, int w, nn_error *error)
{
  int n = graph->n_nodes, keep[NN_MAX_NODES], folded[NN_MAX_NODES], n_folded = 0;
  for (int i = 0; i < n; i++)
    keep[i] = i;
  nn_plan *plan = nn_plan_new (graph, weights, &(nn_plan_options) { .precision = NN_PRECISION_EXACT, .keep = keep, .n_keep = n }, error);
  if (!plan)
    return NULL;
  for (int i = 0; i < n; i++)
    if (nn_plan_node (plan, i) >= 0)
      folded[n_folded++] = nn_plan_node (plan, i);
  nn_runner *runner = nn_runner_new (plan, &(nn_runner_options) { .h = h, .w = w, .keep = folded, .n_keep = n_folded }, error);
  nn_plan_free (plan);
  return runner;
}

bool
nn_ranges_fit (const nn_graph *graph, const nn_real *weights, int h, int w, int n, const nn_real *images, float *ranges, nn_error *error)
{
  nn_runner *runner = all_values (graph, weights, h, w, error);
  if (!runner)
    return false;
  nn_shape image, shape;
  nn_runner_value (runner, 0, &image);
  uint64_t *bins = calloc ((size_t) graph->n_nodes * BINS, sizeof *bins);
  bool ok = bins || nn_fail (error, "out of memory");
  for (int i = 0; ok && i < n; i++) {
    nn_run (runner, 1, images + (size_t) i * nn_shape_count (image));
    for (int j = 0; j < graph->n_nodes; j++) {
      const nn_real *value = nn_runner_value (runner, nn_plan_node (nn_runner_plan (runner), j), &shape);
      if (value)
        count_values (value, nn_shape_count (shape), bins + (size_t) j * BINS);
    }
  }
  for (int j = 0; ok && j < graph->n_nodes; j++)
    ranges[j] = best_range (bins + (size_t) j * BINS);
  free (bins);
  nn_runner_free (runner);
  return ok;
}

/* ---- text ---------------------------------------------------------------------------------------------------------------- */

/* Six digits and a power of ten, because a decimal point is not the same in every locale. */
static void
print_number (FILE *out, double x)
{
  int power = x > 0 ? (int) floor (log10 (x)) - 5 : 0;
  fprintf (out, "%.0fe%d", x > 0 ? x / pow (10, power) : 0, power);
}

char *
nn_ranges_write (const nn_graph *graph, const float *ranges, nn_error *error)
{
  char *text = NULL;
  size_t size;
  FILE *out = open_memstream (&text, &size);
  bool ok = out || nn_fail (error, "out of memory");
  for (int i = 0; ok && i < graph->n_nodes; i++) {
    if (strchr (graph->nodes[i].name, '\n'))
      ok = nn_fail (error, "node %d has a line break in its name, so its range cannot be written", i);
    print_number (out, (double) ranges[i]);
    fprintf (out, " %s\n", graph->nodes[i].name);
  }
  if (out && fclose (out) && ok)
    ok = nn_fail (error, "out of memory");
  if (ok)
    return text;
  free (text);
  return NULL;
}

/* One line; *text is left at the next. */
static bool
read_line (const nn_graph *graph, const char **text, float *ranges, nn_error *error)
{
  char *name;
  double range = strtod (*text, &name);
  size_t length = strcspn (*text, "\n");
  const char *end = *text + length;
  if (name == *text || *name != ' ' || name > end || !(range >= 0 && range <= (double) INT32_MAX))
    return nn_fail (error, "'%.*s'; expected a number of at least 0 and the name of a node", (int) (length < 60 ? length : 60), *text);
  name++;
  for (int i = 0; i < graph->n_nodes; i++)
    if (strlen (graph->nodes[i].name) == (size_t) (end - name) && !memcmp (graph->nodes[i].name, name, (size_t) (end - name))) {
      ranges[i] = (float) range;
      *text = *end ? end + 1 : end;
      return true;
    }
  return nn_fail (error, "'%.*s'; the network has no such node", (int) (end - name < 60 ? end - name : 60), name);
}

bool
nn_ranges_read (const nn_graph *graph, const char *text, float *ranges, nn_error *error)
{
  for (int i = 0; i < graph->n_nodes; i++)
    ranges[i] = -1;
  for (int i = 0; *text; i++)
    if (i == graph->n_nodes)
      return nn_fail (error, "more than %d lines; expected one for each node", graph->n_nodes);
    else if (!read_line (graph, &text, ranges, error))
      return false;
  for (int i = 0; i < graph->n_nodes; i++)
    if (ranges[i] < 0)
      return nn_fail (error, "node '%s' has no range; expected one for each node", graph->nodes[i].name);
  return true;
}

/* ---- of a model ---------------------------------------------------------------------------------------------------------- */

nn_plan *
nn_model_plan (const nn_model *model, const nn_plan_options *options, nn_error *error)
{
  float ranges[NN_MAX_NODES];
  nn_plan_options own = *options;
  const char *text = nn_model_get (model, NN_RANGES_KEY);
  if (own.precision == NN_PRECISION_FAST && !own.ranges) {
    if (!text) {
      nn_fail (error, "the model has no ranges (" NN_RANGES_KEY "), which precision fast needs; fer-ranges fits them");
      return NULL;
    }
    if (!nn_ranges_read (model->graph, text, ranges, error)) {
      nn_fail_prefix (error, NN_RANGES_KEY);
      return NULL;
    }
    own.ranges = ranges;
  }
  return nn_plan_new (model->graph, model->weights, &own, error);
}
