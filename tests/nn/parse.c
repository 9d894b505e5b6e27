/* SPDX-License-Identifier: MIT */
#include "nn.h"
#include "test.h"

#include <locale.h>
#include <string.h>

static const char seed[] = "input 48 48 1            # grey\n"
                           "conv 24 3x3 / bn / relu\n"
                           "conv 24 3x3 / bn / relu / maxpool 2x2 / dropout 0.2\n"
                           "conv 48 3x3 / bn / relu\r\n"
                           "conv 48 3x3 / bn / relu / maxpool 2x2 / dropout 0.2\n"
                           "\n"
                           "conv 96 3x3 / bn / relu\n"
                           "conv 96 3x3 / bn / relu / maxpool 2x2 / dropout 0.2\n"
                           "conv 128 3x3 / bn / relu\n"
                           "conv 128 3x3 / bn / relu / maxpool 2x2 / dropout 0.2\n"
                           "flatten / dense 256 nobias / bn / relu / dropout 0.5\n"
                           "dense 7 / softmax";

static void
reads_the_seed_network (void)
{
  nn_error error = { "" };
  nn_graph *graph = nn_graph_parse (seed, &error);
  if (!graph)
    test_note ("%s", error.text);
  require (graph);
  nn_shape shapes[NN_MAX_NODES];
  require (nn_graph_shapes (graph, 48, 48, shapes, NULL));
  int last = graph->n_nodes - 1;
  check (graph->n_outputs == 1 && graph->outputs[0] == last);
  check (!strcmp (graph->nodes[last].name, "probabilities") && shapes[last].h == 1 && shapes[last].w == 1 && shapes[last].c == 7);
  check (nn_graph_macs (graph, shapes) > 55000000 && nn_graph_macs (graph, shapes) < 60000000);
  check (graph->n_weights > 700000 && graph->n_weights < 740000);
  nn_graph_free (graph);
}

static const nn_node *
last_of (nn_graph *graph)
{
  return &graph->nodes[graph->n_nodes - 1];
}

static void
reads_every_option (void)
{
  nn_graph *graph = nn_graph_parse ("input 9 9 4 / conv 8 3x5 stride 2x1 dilation 2 pad 1x2 groups 2 bias", NULL);
  require (graph);
  const nn_node *node = last_of (graph);
  const nn_window *window = &node->u.conv.window;
  check (node->u.conv.k == 8 && node->u.conv.c == 4 && node->u.conv.groups == 2 && node->u.conv.bias);
  check (window->kh == 3 && window->kw == 5 && window->stride_h == 2 && window->stride_w == 1 && window->dilation_h == 2 && window->dilation_w == 2);
  check (window->pad_top == 1 && window->pad_bottom == 1 && window->pad_left == 2 && window->pad_right == 2);
  nn_graph_free (graph);

  graph = nn_graph_parse ("input 9 9 4 / conv 8 3 groups depthwise", NULL);
  require (graph);
  check (last_of (graph)->u.conv.groups == 4 && last_of (graph)->u.conv.window.pad_left == 1 && !last_of (graph)->u.conv.bias);
  nn_graph_free (graph);

  graph = nn_graph_parse ("input 9 9 4 / conv 8 2x4 pad same", NULL);
  require (graph);
  window = &last_of (graph)->u.conv.window;
  check (window->pad_top == 0 && window->pad_bottom == 1 && window->pad_left == 1 && window->pad_right == 2);
  nn_graph_free (graph);

  graph = nn_graph_parse ("input 9 9 4 / avgpool 3x3 stride 2 pad 1 ceil include_pad", NULL);
  require (graph);
  window = &last_of (graph)->u.pool.window;
  check (last_of (graph)->op == NN_OP_avg_pool && window->ceil_mode && window->count_include_pad && window->pad_right == 1 && window->stride_w == 2);
  nn_graph_free (graph);

  graph = nn_graph_parse ("input 9 9 4 / resize 2x3 / resize 2 linear", NULL);
  require (graph);
  check (graph->nodes[1].u.resize.mode == NN_RESIZE_NEAREST && graph->nodes[1].u.resize.scale_h == 2 && graph->nodes[1].u.resize.scale_w == 3);
  check (graph->nodes[2].u.resize.mode == NN_RESIZE_LINEAR && graph->nodes[2].u.resize.grid == NN_GRID_HALF_PIXEL);
  nn_graph_free (graph);

  graph = nn_graph_parse ("input 9 9 4 / leaky_relu 0.1 / clip -1 1e3 / hard_sigmoid / hard_sigmoid 0.25 0.5 / hard_swish / sigmoid / pad 1x2", NULL);
  require (graph);
  check_near (graph->nodes[1].act_a, 0.1, 1e-7);
  check (graph->nodes[2].act_a == -1 && graph->nodes[2].act_b == 1000);
  check_near (graph->nodes[3].act_a, 0.2, 1e-7);
  check (graph->nodes[4].act_a == (nn_real) 0.25 && graph->nodes[7].u.pad.bottom == 1 && graph->nodes[7].u.pad.right == 2);
  nn_graph_free (graph);
}

static void
joins_named_values (void)
{
  nn_error error = { "" };
  nn_graph *graph = nn_graph_parse ("input 8 8 4 as x\n"
                                    "conv 4 3x3 as a / relu / conv 4 3x3 / add x as sum / relu as r\n"
                                    "from a / sigmoid as gate\n"
                                    "from r / mul gate / concat x a / gap / dense 2 / softmax as out",
                                    &error);
  if (!graph)
    test_note ("%s", error.text);
  require (graph);
  const nn_node *sum = &graph->nodes[nn_graph_find (graph, "sum")], *gate = &graph->nodes[nn_graph_find (graph, "gate")];
  check (sum->op == NN_OP_add && sum->n_in == 2 && sum->in[1] == 0);
  check (gate->in[0] == nn_graph_find (graph, "a"));
  nn_shape shapes[NN_MAX_NODES];
  require (nn_graph_shapes (graph, 0, 0, shapes, NULL));
  for (int i = 0; i < graph->n_nodes; i++)
    if (graph->nodes[i].op == NN_OP_concat)
      check (graph->nodes[i].n_in == 3 && shapes[i].c == 12);
  check (nn_graph_find (graph, "out") == graph->outputs[0] && nn_graph_find (graph, "probabilities") == -1);
  nn_graph_free (graph);
}

static void
declares_outputs (void)
{
  nn_error error = { "" };
  nn_graph *graph = nn_graph_parse ("input 8 8 1\nconv 2 3x3 as a output / relu\noutput as b / softmax output\nfrom a / sigmoid # nobody's\n", &error);
  if (!graph)
    test_note ("%s", error.text);
  require (graph && graph->n_outputs == 3);
  check (graph->outputs[0] == nn_graph_find (graph, "a") && graph->nodes[graph->outputs[0]].op == NN_OP_conv);
  check (graph->outputs[1] == nn_graph_find (graph, "b") && graph->nodes[graph->outputs[1]].op == NN_OP_relu);
  check (graph->outputs[2] == nn_graph_find (graph, "probabilities"));
  nn_graph_free (graph);
}

static void
runs_at_any_size (void)
{
  nn_error error = { "" };
  nn_graph *graph = nn_graph_parse ("input any 16 3 / conv 8 3x3 stride 2 / bn as a output / gap / dense 4 output", &error);
  if (!graph)
    test_note ("%s", error.text);
  require (graph);
  nn_shape shapes[NN_MAX_NODES];
  for (int h = 1; h < 40; h += 13) {
    require (nn_graph_shapes (graph, h, 0, shapes, &error));
    nn_shape a = shapes[graph->outputs[0]], units = shapes[graph->outputs[1]];
    check (a.h == (h + 1) / 2 && a.w == 8 && a.c == 8 && units.h == 1 && units.w == 1 && units.c == 4);
  }
  check (!nn_graph_shapes (graph, 0, 16, shapes, &error) && strstr (error.text, "0x16"));
  check (!nn_graph_shapes (graph, 8, 15, shapes, &error));
  nn_graph_free (graph);
}

static void
names_line_and_word_of_errors (void)
{
  static const struct {
    const char *text, *place, *expected;
  } cases[] = {
    { "", "line 1", "expected 'input H W C'" },
    { "# nothing\n", "line 2", "expected 'input H W C'" },
    { "conv 3 3x3", "line 1, 'conv'", "expected 'input H W C' first" },
    { "input 8 8 1\nconf 3 3x3", "line 2, 'conf'", "expected an operator" },
    { "input 8 8 1\nconv x 3x3", "line 2, 'x'", "expected the number of filters" },
    { "input 8 8 1\nconv 3", "line 2", "expected a kernel as 3x3, the operator ends here" },
    { "input 8 8 1\nconv 3 3y3", "line 2, '3y3'", "expected a kernel as 3x3" },
    { "input 8 8 1\nconv 3 3x3 strid 2", "line 2, 'strid'", "expected stride" },
    { "input 8 8 1\nconv 3 3x3 stride 0", "line 2, 'conv'", "strides of 0 and 0" },
    { "input 8 8 1\n\n# c\nmaxpool 20x20", "line 4, 'maxpool'", "does not fit a plane of 8x8" },
    { "input 8 8 1\nrelu 3", "line 2, '3'", "expected the end of the operator" },
    { "input 8 8 1\nadd nobody", "line 2, 'nobody'", "expected the name of an earlier value" },
    { "input 8 8 1 as x / relu as x", "line 1, 'x'", "expected a name that no value has" },
    { "input 8 8 1 as x as y", "line 1, 'y'", "expected an operator, the value has a name" },
    { "input 8 8 1 / input 8 8 1", "line 1, 'input'", "a second input" },
    { "input 8 8 -1", "line 1, '-1'", "expected the channels" },
    { "input 8 8 1 / dropout 1.5", "line 1, 'dropout'", "rate 1.5" },
    { "input 8 any 1 / conv 2 3x3 / flatten\ndense 3", "line 2, 'dense'", "depends on the input" },
    { "input any 8 1 / reshape 1 8 -1\nconv 2 1x1", "line 2, 'conv'", "depends on the input" },
    { "input any 8 1 / reshape 1 8 -1\nbn", "line 2, 'bn'", "depends on the input" },
    { "input 8 8 any", "line 1, 'any'", "expected the channels" },
    { "input 0 8 1", "line 1, '0'", "expected the rows or any" },
    { "output / input 8 8 1", "line 1, 'output'", "expected 'input H W C' first" },
    { "input 8 8 1 / relu output\noutput", "line 2, 'output'", "another value" },
    { "input 8 8 1 / relu output 3", "line 1, '3'", "expected the end of the operator" },
    { "input 8 8 1 / resize", "line 1", "expected factors as 2 or 2x2" },
    { "input 8 8 1 / resize 0x2", "line 1, 'resize'", "factors 0 and 2" },
    { "input 8 8 1 / resize 2 cubic", "line 1, 'cubic'", "expected the end of the operator" },
    { "input 8 8 1 / relu as output", "line 1", "expected a name, the operator ends here" },
    { "input 8 8 1 / dense 999999999999", "line 1, '999999999999'", "expected the number of units" },
    { "input 8 8 1 / reshape 3 -1 1", "line 1, 'reshape'", "do not fill" },
    { "input 8 8 1 / conv 1 999999x999999 dilation 999999", "line 1, 'conv'", "kernel of 999999 and 999999" },
    { "input 8 8 1 / maxpool -3x3 pad same", "line 1, 'maxpool'", "kernel of -3 and 3" },
    { "input 8 8 1 / dropout 0,5", "line 1, '0,5'", "expected the rate" },
    { "input 8 8 1 / dropout nan", "line 1, 'dropout'", "rate nan" },
    { "input 8 8 1 / aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "line 1", "at most 63 characters" },
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    nn_error error = { "" };
    nn_graph *graph = nn_graph_parse (cases[i].text, &error);
    bool good = !graph && strstr (error.text, cases[i].place) && strstr (error.text, cases[i].expected);
    if (!good)
      test_note ("case %zu: %s", i, error.text);
    check (good);
    nn_graph_free (graph);
  }
}

/* The manual's examples are what they say. */
static void
reads_the_examples_of_the_manual (void)
{
  char page[20000];
  FILE *file = fopen (TEST_SOURCE_ROOT "/docs/architecture.md", "r");
  require (file);
  page[fread (page, 1, sizeof page - 1, file)] = 0;
  fclose (file);
  int examples = 0;
  for (char *begin = page, *end; (begin = strstr (begin, "\n```nn\n")); begin = end + 1, examples++) {
    begin += strlen ("\n```nn\n");
    end = strstr (begin, "```");
    require (end);
    *end = 0;
    nn_error error = { "" };
    nn_graph *graph = nn_graph_parse (begin, &error);
    if (!graph)
      test_note ("%s", error.text);
    check (graph);
    nn_graph_free (graph);
  }
  check (examples == 3);
}

static void
does_not_follow_the_locale (void)
{
  if (!setlocale (LC_ALL, "de_DE.UTF-8"))
    skip ("no locale with a decimal comma is installed or in LOCPATH");
  check (strtod ("0,5", NULL) == 0.5);
  nn_graph *graph = nn_graph_parse ("input 4 4 1 / dropout 0.5", NULL);
  setlocale (LC_ALL, "C");
  require (graph);
  check (graph->nodes[1].u.dropout.rate == (nn_real) 0.5);
  nn_graph_free (graph);
}

/* Every beginning of a text is a graph or an error. */
static void
survives_every_truncation (void)
{
  char text[sizeof seed];
  for (size_t length = 0; length < sizeof seed; length++) {
    memcpy (text, seed, length);
    text[length] = 0;
    nn_error error = { "" };
    nn_graph *graph = nn_graph_parse (text, &error);
    check (graph || error.text[0]);
    nn_graph_free (graph);
  }
}

/* Every mutation is an error or a graph whose shapes can be asked for. */
static void
survives_mutations (void)
{
  static const char letters[] = "0123456789x-. /#\nabcdeinoprstu\xff";
  nn_shape shapes[NN_MAX_NODES];
  for (uint64_t seed_number = 0; seed_number < 3000; seed_number++) {
    nn_random random = nn_random_new (seed_number, 0, 0, NN_FOR_TEST);
    char text[sizeof seed];
    memcpy (text, seed, sizeof seed);
    for (unsigned i = 0; i <= seed_number % 8; i++)
      text[nn_random_u32 (&random) % (sizeof seed - 1)] = letters[nn_random_u32 (&random) % (sizeof letters - 1)];
    nn_error error = { "" };
    nn_graph *graph = nn_graph_parse (text, &error);
    check (graph ? nn_graph_shapes (graph, 0, 0, shapes, &error) : error.text[0] != 0);
    nn_graph_free (graph);
  }
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (reads_the_seed_network), TEST (reads_every_option), TEST (joins_named_values), TEST (declares_outputs), TEST (runs_at_any_size),
                                   TEST (names_line_and_word_of_errors), TEST (reads_the_examples_of_the_manual), TEST (does_not_follow_the_locale),
                                   TEST (survives_every_truncation), TEST (survives_mutations), { 0 } });
}
