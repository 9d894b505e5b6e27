/* SPDX-License-Identifier: MIT
 * Networks and recipes by name. */
#include "nn_train.h"

#include <string.h>

/* Four blocks of two 3x3 convolutions, then a dense head: 41.06 million multiplications, 0.78 million weights. */
#define BLOCK(k, rate) "conv " #k " 3x3 / bn / relu / conv " #k " 3x3 / bn / relu / maxpool 2x2 / dropout " #rate "\n"
static const char seed_architecture[] =
    "input 48 48 1\n" BLOCK (16, 0.1) BLOCK (32, 0.1) BLOCK (96, 0.1) BLOCK (144, 0.15) "flatten / dense 256 / bn / relu / dropout 0.5\n"
                                                                                        "dense 7 / softmax\n";
#undef BLOCK

/* Two label sets, two heads on one trunk: FER-2013's seven classes and FER+'s eight. */
#define HEADS                                                                                                                                        \
  "dense 7 / softmax as label output\n"                                                                                                              \
  "from features / dense 8 / softmax as votes output\n"
/* A residual block (He et al. 2016) to half the size, its shortcut averaged as in ResNet-D (He et al. 2019): conv-bn-relu-conv-bn + pool-conv-bn. */
#define SHRINK(k, from, name)                                                                                                                        \
  "conv " #k " 3x3 stride 2 / bn / relu\n"                                                                                                           \
  "conv " #k " 3x3 / bn as " #name "_b\n"                                                                                                            \
  "from " #from " / avgpool 2x2 ceil / conv " #k " 1x1 / bn / add " #name "_b / relu as " #name "\n"
#define STAY(k, from, name)                                                                                                                          \
  "conv " #k " 3x3 / bn / relu\n"                                                                                                                    \
  "conv " #k " 3x3 / bn / add " #from " / relu as " #name "\n"
#define WIDEN(k, from, name)                                                                                                                         \
  "conv " #k " 3x3 / bn / relu\n"                                                                                                                    \
  "conv " #k " 3x3 / bn as " #name "_b\n"                                                                                                            \
  "from " #from " / conv " #k " 1x1 / bn / add " #name "_b / relu as " #name "\n"

/* 57 million multiplications at 48x48, 0.93 million weights. */
static const char s_architecture[] = "input any any 1\n"
                                     "conv 24 3x3 / bn / relu / maxpool 2x2 as stem\n" WIDEN (40, stem, r1) SHRINK (80, r1, r2) SHRINK (160, r2, r3)
                                         STAY (160, r3, r4) "gap / dropout 0.2 as features\n" HEADS;

/* 147 million, 1.4 million weights: the same with more channels and a block more. */
static const char m_architecture[] = "input any any 1\n"
                                     "conv 32 3x3 / bn / relu / maxpool 2x2 as stem\n" WIDEN (64, stem, r1) STAY (64, r1, r2) SHRINK (128, r2, r3)
                                         SHRINK (176, r3, r4) STAY (176, r4, r5) "gap / dropout 0.25 as features\n" HEADS;

/* A pyramid of three maps (Lin et al. 2017, "Feature pyramid networks"): 2.16 thousand multiplications a pixel, 0.45 million weights. */
static const char finder_architecture[] = "input any any 1\n"
                                          "conv 16 3x3 stride 2 pad 1 / bn / relu\n"
                                          "conv 24 3x3 stride 2 pad 1 / bn / relu\n"
                                          "conv 48 3x3 stride 2 pad 1 / bn / relu as in8\n"
                                          "conv 48 3x3 / bn / relu / conv 48 3x3 / bn / add in8 / relu as at8\n"
                                          "conv 64 3x3 stride 2 pad 1 / bn / relu as in16\n"
                                          "conv 64 3x3 / bn / relu / conv 64 3x3 / bn / add in16 / relu as at16\n"
                                          "conv 80 3x3 stride 2 pad 1 / bn / relu as in32\n"
                                          "conv 80 3x3 / bn / relu / conv 80 3x3 / bn / add in32 / relu as at32\n"
                                          "conv 64 1x1 / bn / relu / resize 2x2 / add at16 as up16\n"
                                          "conv 48 1x1 / bn / relu / resize 2x2 / add at8\n"
                                          "conv 48 3x3 / bn / relu / conv 15 1x1 bias as stride8 output\n"
                                          "from up16 / conv 64 3x3 / bn / relu / conv 15 1x1 bias as stride16 output\n"
                                          "from at32 / conv 80 3x3 / bn / relu / conv 15 1x1 bias as stride32 output\n";

/* What s and m have in common: a crop of 44 of 48 pixels, SGD along a cosine (which has no use for step_epochs). */
#define EXPRESSION_RECIPE                                                                                                                            \
  .input = { .h = 48, .w = 48, .per_image = true, .sd = 1, .sd_floor = 10 },                                                                         \
  .augment = { .rotation = 15, .zoom = 0.12f, .shift = 0.08f, .flip = 0.5f, .erase = 0.25f, .crop = 44 }, .batch = 128, .optimiser = NN_SGD,         \
  .schedule = NN_COSINE, .rate = 0.1f, .step_factor = 0.1f, .decay = 5e-4f, .clip = 5, .ema = 0.998f, .momentum = 0.1f, .votes = 1, .views = 9,      \
  .seed = 1

static const struct {
  const char *name;
  nn_recipe recipe;
} presets[] = {
  { "s", { .architecture = s_architecture, EXPRESSION_RECIPE, .epochs = 27, .warmup = 1, .step_epochs = 20, .distill = 0.9f } },
  { "m", { .architecture = m_architecture, EXPRESSION_RECIPE, .epochs = 30, .warmup = 1.875f, .step_epochs = 38 } },
  { "seed",
    {
        .architecture = seed_architecture,
        .input = { .h = 48, .w = 48, .per_image = true, .sd = 1, .sd_floor = 10 },
        .augment = { .rotation = 12, .zoom = 0.15f, .shift = 0.08f, .flip = 0.5f },
        .epochs = 55,
        .batch = 64,
        .optimiser = NN_ADAM,
        .schedule = NN_COSINE,
        .rate = 0.001f,
        .step_epochs = 20,
        .step_factor = 0.1f,
        .decay = 5e-4f,
        .clip = 5,
        .ema = 0.999f,
        .momentum = 0.1f,
        .votes = 1,
        .views = 16,
        .seed = 1,
    } },
  { "finder",
    {
        .task = NN_TASK_FACES,
        .architecture = finder_architecture,
        .input = { .h = 256, .w = 256, .mean = 128, .sd = 64, .sd_floor = 1 },
        .augment = { .rotation = 45, .flip = 0.5f, .contrast = 0.2f },
        .scene = { .smallest = 8,
                   .largest = 240,
                   .mosaic = 0.35f,
                   .paste = 0.3f,
                   .hard = 0.5f,
                   .dark = 0.08f,
                   .blur = 0.12f,
                   .noise = 8,
                   .occlude = 0.05f,
                   .mask = 0.05f },
        .epochs = 100,
        .batch = 16,
        .optimiser = NN_ADAM,
        .schedule = NN_COSINE,
        .rate = 0.0015f,
        .final_rate = 1e-5f,
        .step_epochs = 13,
        .step_factor = 0.1f,
        .warmup = 2.0f / 3,
        .decay = 0.01f,
        .clip = 10,
        .ema = 0.999f,
        .momentum = 0.1f,
        .seed = 1,
    } },
};
#define N_PRESETS ((int) (sizeof presets / sizeof presets[0]))

const nn_recipe *
nn_preset (const char *name)
{
  for (int i = 0; i < N_PRESETS; i++)
    if (!strcmp (presets[i].name, name))
      return &presets[i].recipe;
  return NULL;
}

const char *
nn_preset_name (int i)
{
  return i >= 0 && i < N_PRESETS ? presets[i].name : NULL;
}
