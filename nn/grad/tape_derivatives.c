/* SPDX-License-Identifier: MIT
 * Where derivatives lie. One is needed from the segment of its first writer - the last reader of the node, or the caller before all segments - to
 * that of the node's own backward; a segment's nodes are at work at the same time, on different images, so that places change hands between
 * segments only. What is in use again and again stays in the cache. */
#include "../arena.h"
#include "memory.h"
#include "tape.h"

/* Node i's derivative may become its first input's. */
static bool
is_shared (const nn_tape *tape, int i)
{
  const nn_node *node = &tape->graph->nodes[i];
  if (!tape->entries[i].impl->in_place)
    return false;
  int a = node->in[0];
  return tape->entries[a].readers == 1 && tape->entries[a].wanted && nn_shape_count (tape->shapes[a]) == nn_shape_count (tape->shapes[i]);
}

typedef struct place {
  int owner;       /* the node whose place it is; -1: there is no derivative */
  int first, last; /* of an owner: segments in which it is needed */
} place;

/* places[last + 1]; segments are counted as backward runs them: a node that needs sums begins one. Returns how many there are. */
static int
find_places (const nn_tape *tape, place *places)
{
  int segment = 0;
  for (int i = 0; i <= tape->last; i++)
    places[i] = (place) { -1, -1, 0 };
  for (int i = 0; i < tape->graph->n_outputs; i++)
    places[nn_graph_logits (tape->graph, i)].first = 0;
  for (int i = tape->last; i >= 0; i--) {
    const nn_tape_entry *e = &tape->entries[i];
    const nn_node *node = &tape->graph->nodes[i];
    segment += e->used && e->n_sums;
    if (!e->used || !e->wanted)
      continue;
    if (places[i].owner < 0)
      places[i].owner = i;
    places[places[i].owner].last = segment;
    if (is_shared (tape, i))
      places[node->in[0]].owner = places[i].owner;
    for (int j = 0; j < node->n_in; j++)
      if (places[node->in[j]].first < 0)
        places[node->in[j]].first = segment;
  }
  return segment + 1;
}

/* blocks, sorted by their first segments, of the owners nodes[]; returns how many. */
static int
sort_blocks (const nn_tape *tape, const place *places, int segments, nn_block *blocks, int *nodes)
{
  int n = 0;
  for (int segment = 0; segment < segments; segment++)
    for (int i = 0; i <= tape->last; i++)
      if (places[i].owner == i && places[i].first == segment) {
        size_t bytes = (size_t) tape->options.batch * nn_shape_count (tape->shapes[i]) * sizeof (nn_real);
        blocks[n] = (nn_block) { .bytes = bytes, .first = segment, .last = places[i].last };
        nodes[n++] = i;
      }
  return n;
}

bool
nn_tape_place_derivatives (nn_tape *tape)
{
  size_t count = (size_t) tape->last + 1;
  place *places = calloc (count, sizeof *places);
  nn_block *blocks = calloc (count, sizeof *blocks);
  int *nodes = calloc (count, sizeof *nodes), *active = calloc (count, sizeof *active);
  bool good = places && blocks && nodes && active;
  if (good) {
    int n = sort_blocks (tape, places, find_places (tape, places), blocks, nodes);
    size_t bytes = nn_arena_plan (n, blocks, active);
    tape->bytes += bytes;
    tape->derivatives = nn_alloc (bytes);
    good = tape->derivatives;
    for (int i = 0; good && i < n; i++)
      tape->entries[nodes[i]].derivative = tape->derivatives + blocks[i].offset / sizeof (nn_real);
    for (int i = 0; good && i <= tape->last; i++)
      if (places[i].owner >= 0)
        tape->entries[i].derivative = tape->entries[places[i].owner].derivative;
  }
  free (places);
  free (blocks);
  free (nodes);
  free (active);
  return good;
}
