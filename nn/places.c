/* SPDX-License-Identifier: MIT */
#include "places.h"

#include "arena.h"
#include "memory.h"

/* A plane with its border has at most so many times its elements, or so few; who wants more copies what it reads. */
#define MAX_GROWTH 4
#define SMALL (16 * 1024)

/* Memory that one value has, or several one after another. */
typedef struct room {
  int last;          /* step that needs it */
  bool results;      /* a value in it is readable */
  bool dense;        /* somebody cannot do with a border */
  nn_border border;  /* that its readers want */
} room;

typedef struct finder {
  const nn_graph *graph;
  const nn_fast *fast;
  const nn_shape *shapes;
  int images, batch;
  nn_place *places;
  int *last;       /* reader of each node */
  int *rooms_of;   /* of each node: the node that its room is named after; itself, or an earlier one */
  room *rooms;
  nn_block *blocks;
  int *active;
} finder;

static bool
has_room (const finder *f, int node)
{
  return f->places[node].kind == NN_IN_ARENA || f->places[node].kind == NN_IN_RESULTS;
}

/* Last step that reads each node's value; n_nodes for those that stay readable. */
static void
find_last_readers (finder *f)
{
  for (int i = 0; i < f->graph->n_nodes; i++) {
    f->last[i] = f->places[i].readable ? f->graph->n_nodes : i;
    for (int j = 0; j < f->graph->nodes[i].n_in; j++) {
      int in = f->graph->nodes[i].in[j];
      f->last[in] = f->last[in] > i ? f->last[in] : i;
    }
  }
}

/* What node i does on integers; NULL: it works on floats. */
static const nn_fast *
fast_of (const finder *f, int i)
{
  return f->fast && f->fast[i].impl ? &f->fast[i] : NULL;
}

/* Node i may overwrite its input j: nobody reads that later, nor through another input. */
static bool
may_overwrite (const finder *f, int i, int j)
{
  const nn_node *node = &f->graph->nodes[i];
  int in = node->in[j];
  if (!(nn_op_table[node->op]->in_place >> j & 1) || !has_room (f, in) || f->rooms[f->rooms_of[in]].last > i
      || memcmp (&f->shapes[in], &f->shapes[i], sizeof *f->shapes) || f->places[in].element != f->places[i].element)
    return false;
  for (int k = 0; k < node->n_in; k++)
    if (k != j && has_room (f, node->in[k]) && f->rooms_of[node->in[k]] == f->rooms_of[in])
      return false;
  return true;
}

/* A room of its own for node i, or that of an input: for a view, or in place. */
static void
choose_room (finder *f, int i)
{
  const nn_node *node = &f->graph->nodes[i];
  const nn_op_impl *impl = nn_op_table[node->op];
  nn_place *at = &f->places[i];
  at->kind = node->op == NN_OP_input ? NN_IN_INPUT : node->op == NN_OP_constant ? NN_IN_WEIGHTS : NN_IN_ARENA;
  at->element = f->fast && f->fast[i].out.held ? sizeof (int16_t) : sizeof (nn_real);
  at->offset = node->op == NN_OP_constant ? node->weights * at->element : 0;
  at->shared = impl->view;
  f->rooms_of[i] = i;
  int from = impl->view ? 0 : -1;
  for (int j = 0; at->kind == NN_IN_ARENA && from < 0 && j < node->n_in && impl->in_place >> j; j++)
    if (may_overwrite (f, i, j))
      from = j;
  if (from < 0) {
    at->first = at->kind == NN_IN_ARENA;
    f->rooms[i] = (room) { .last = f->last[i] };
    return;
  }
  const nn_place *in = &f->places[node->in[from]];
  at->kind = in->kind;
  at->offset = in->offset;
  f->rooms_of[i] = f->rooms_of[node->in[from]];
  room *shared = &f->rooms[f->rooms_of[i]];
  shared->last = shared->last > f->last[i] ? shared->last : f->last[i];
}

static int
larger (int a, int b)
{
  return a > b ? a : b;
}

/* What node i, as writer and as reader, asks of the rooms that it uses. */
static void
ask (finder *f, int i)
{
  const nn_node *node = &f->graph->nodes[i];
  const nn_op_impl *impl = nn_op_table[node->op];
  const nn_fast *fast = fast_of (f, i);
  bool strided = impl->strided || fast;
  room *own = &f->rooms[f->rooms_of[i]];
  own->results |= f->places[i].readable;
  own->dense |= !strided || f->places[i].readable;
  nn_shape in[NN_MAX_INPUTS];
  for (int j = 0; j < node->n_in; j++) {
    in[j] = f->shapes[node->in[j]];
    f->rooms[f->rooms_of[node->in[j]]].dense |= !strided;
  }
  if (fast ? !fast->impl->border : !impl->border)
    return;
  nn_border wish = fast ? fast->impl->border (node, fast, in, f->shapes[i]) : impl->border (node, in, f->shapes[i]), *border = &f->rooms[f->rooms_of[node->in[0]]].border;
  border->top = larger (border->top, wish.top);
  border->left = larger (border->left, wish.left);
  border->bottom = larger (border->bottom, wish.bottom);
  border->right = larger (border->right, wish.right);
}

/* Elements of a plane with its border, limited like nn_mul_limited. */
static int64_t
bordered (nn_shape shape, nn_border border)
{
  int64_t h = (int64_t) border.top + shape.h + border.bottom, w = (int64_t) border.left + shape.w + border.right;
  return nn_mul_limited (nn_mul_limited (h, w), shape.c);
}

static nn_storage
storage_of (const room *own, nn_shape shape)
{
  int64_t count = bordered (shape, own->border);
  if (own->dense || (count > SMALL && count / MAX_GROWTH > (int64_t) nn_shape_count (shape)) || count > NN_MAX_ELEMENTS)
    return nn_storage_dense (shape);
  return (nn_storage) { .row = (size_t) (own->border.left + shape.w + own->border.right) * (size_t) shape.c,
                        .image = (size_t) count,
                        .border = own->border };
}

/* Elements before pixel (0, 0). */
static size_t
before (nn_storage stored, nn_shape shape)
{
  return (size_t) stored.border.top * stored.row + (size_t) stored.border.left * (size_t) shape.c;
}

static void
lay_out (finder *f, nn_places *sizes)
{
  sizes->results = 0;
  for (int i = 0; i < f->graph->n_nodes; i++) {
    nn_place *at = &f->places[i];
    const room *own = &f->rooms[f->rooms_of[i]];
    at->stored = has_room (f, i) ? storage_of (own, f->shapes[i]) : nn_storage_dense (f->shapes[i]);
    if (at->kind == NN_IN_WEIGHTS)
      at->stored.image = 0;
    if (!at->first)
      continue;
    size_t image = at->stored.image * at->element;
    if (own->results) {
      at->kind = NN_IN_RESULTS;
      at->offset = sizes->results;
      sizes->results += nn_aligned ((size_t) f->batch * image);
    } else
      f->blocks[i] = (nn_block) { .bytes = (size_t) f->images * image, .first = i, .last = own->last };
  }
  sizes->arena = nn_arena_plan (f->graph->n_nodes, f->blocks, f->active);
  for (int i = 0; i < f->graph->n_nodes; i++) {
    nn_place *at = &f->places[i], *from = &f->places[f->rooms_of[i]];
    if (at->first && at->kind == NN_IN_ARENA)
      at->offset = f->blocks[i].offset + before (at->stored, f->shapes[i]) * at->element;
    at->kind = from->kind;
    at->offset = from->offset;
  }
}

bool
nn_places_find (const nn_graph *graph, const nn_fast *fast, const nn_shape *shapes, int images, int batch, nn_place *places, nn_places *sizes)
{
  size_t n = (size_t) graph->n_nodes;
  finder f = { .graph = graph, .fast = fast, .shapes = shapes, .images = images, .batch = batch, .places = places };
  f.last = malloc (n * sizeof *f.last);
  f.rooms_of = malloc (n * sizeof *f.rooms_of);
  f.rooms = calloc (n, sizeof *f.rooms);
  f.blocks = calloc (n, sizeof *f.blocks);
  f.active = malloc (n * sizeof *f.active);
  bool ok = f.last && f.rooms_of && f.rooms && f.blocks && f.active;
  if (ok) {
    find_last_readers (&f);
    for (int i = 0; i < graph->n_nodes; i++)
      choose_room (&f, i);
    for (int i = 0; i < graph->n_nodes; i++)
      ask (&f, i);
    lay_out (&f, sizes);
  }
  free (f.last);
  free (f.rooms_of);
  free (f.rooms);
  free (f.blocks);
  free (f.active);
  return ok;
}
