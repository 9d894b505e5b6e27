/* SPDX-License-Identifier: MIT */
#include "net.h"

static void
names_every_weight (void)
{
  nn_graph *graph = nn_graph_parse ("input 4 4 2 / conv 3 1x1 bias / bn / conv 2 1x1 / flatten / dense 2", NULL);
  require (graph);
  int constant = nn_graph_add (graph, &(nn_node) { .op = NN_OP_constant, .u.constant.shape = { 1, 1, 4 } }, NULL);
  require (constant > 0);
  static const struct {
    int count;
    nn_weight_kind kind;
  } runs[] = {
    { 3 * 2, NN_WEIGHT_DECAYED },  { 3, NN_WEIGHT_PLAIN },     /* conv */
    { 6, NN_WEIGHT_PLAIN },        { 6, NN_WEIGHT_STATISTIC }, /* bn */
    { 2 * 3, NN_WEIGHT_DECAYED },                              /* conv without bias */
    { 2 * 32, NN_WEIGHT_DECAYED }, { 2, NN_WEIGHT_PLAIN },     /* dense */
    { 4, NN_WEIGHT_CONSTANT },
  };
  uint8_t *kinds = malloc (graph->n_weights), *at = kinds;
  nn_weight_kinds (graph, kinds);
  for (size_t i = 0; i < sizeof runs / sizeof *runs; i++)
    for (int j = 0; j < runs[i].count; j++)
      check (*at++ == runs[i].kind);
  check (at == kinds + graph->n_weights);
  free (kinds);
  nn_graph_free (graph);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (names_every_weight), { 0 } });
}
