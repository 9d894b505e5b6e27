/* SPDX-License-Identifier: MIT
 * Shapes of a graph with an open input: what is known must be what every size gives. */
#include "partial.h"
#include "test.h"

static const char text[] = "input 24 20 3 / pad 1x2 / conv 8 3x3 stride 2 as a / relu / resize 2x3 linear / avgpool 2x2 ceil / bn / sigmoid / gap / dense 8\n"
                           "relu as gate\n"
                           "from a / mul gate / concat a / maxpool 3x3 stride 1 pad same / reshape 1 1 -1 / dense 5 / softmax";

static void
known_sizes_hold_for_every_input (void)
{
  nn_error error;
  nn_shape open[64], closed[64];
  nn_graph *graph = nn_graph_parse (text, &error);
  require (graph && graph->n_nodes <= 64);
  int known = 0;
  require (nn_graph_shapes (graph, 24, 20, closed, &error));
  for (int sides = 0; sides < 4; sides++) {
    graph->nodes[0].u.input.shape = (nn_shape) { sides & 1 ? 24 : 0, sides & 2 ? 20 : 0, 3 };
    for (int i = 0; i < graph->n_nodes; i++) {
      require (nn_partial_shape (graph, i, open, &error));
      check (!open[i].h || open[i].h == closed[i].h);
      check (!open[i].w || open[i].w == closed[i].w);
      check (!open[i].c || open[i].c == closed[i].c);
      check (sides != 3 || (open[i].h && open[i].w && open[i].c));
      known += open[i].c != 0;
    }
  }
  /* Channels are open only behind the reshape of an open plane. */
  check (known == 4 * graph->n_nodes - 3);
  nn_graph_free (graph);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (known_sizes_hold_for_every_input), { 0 } });
}
