/* SPDX-License-Identifier: MIT */
#include "nn.h"
#include "test.h"

/* The authors' known answers (Random123, kat_vectors) for philox4x32 with 10 rounds. */
static void
gives_the_published_numbers (void)
{
  static const struct {
    uint64_t key, low, high;
    uint32_t out[4];
  } known[] = {
    { 0, 0, 0, { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 } },
    { UINT64_MAX, UINT64_MAX, UINT64_MAX, { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd } },
    { 0x299f31d0a4093822, 0x85a308d3243f6a88, 0x0370734413198a2e, { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 } },
  };
  for (int i = 0; i < 3; i++) {
    nn_random random = { .key = { known[i].key, known[i].high }, .counter = known[i].low };
    for (int j = 0; j < 4; j++)
      check (nn_random_u32 (&random) == known[i].out[j]);
  }
}

static void
repeats_and_separates_streams (void)
{
  static const uint64_t names[][4] = { { 1, 2, 3, NN_FOR_ORDER }, { 2, 2, 3, NN_FOR_ORDER }, { 1, 3, 3, NN_FOR_ORDER },
                                       { 1, 2, 4, NN_FOR_ORDER }, { 1, 3, 2, NN_FOR_ORDER }, { 1, 2, 3, NN_FOR_AUGMENT } };
  uint32_t first[6];
  for (int i = 0; i < 6; i++) {
    nn_random a = nn_random_new (names[i][0], names[i][1], names[i][2], (nn_purpose) names[i][3]), b = a;
    first[i] = nn_random_u32 (&a);
    check (first[i] == nn_random_u32 (&b));
    for (int j = 0; j < 9; j++)
      check (nn_random_u32 (&a) == nn_random_u32 (&b));
    for (int j = 0; j < i; j++)
      check (first[i] != first[j]);
  }
}

/* First numbers of 65,536 neighbouring streams: mean, variance, and lag-1 correlation within five standard errors. */
static void
neighbouring_streams_are_independent (void)
{
  enum { N = 65536 };
  double sum = 0, squares = 0, products = 0, before = 0;
  for (int i = 0; i < N; i++) {
    nn_random random = nn_random_new (7, 1, (uint64_t) i, NN_FOR_AUGMENT);
    double x = (double) nn_random_uniform (&random) - 0.5;
    check (x >= -0.5 && x < 0.5);
    sum += x;
    squares += x * x;
    products += x * before;
    before = x;
  }
  check_near (sum / N, 0, 5 * sqrt (1.0 / 12 / N));
  check_near (squares / N, 1.0 / 12, 5 * sqrt (1.0 / 180 / N));
  check_near (products / N, 0, 5 / 12.0 / sqrt (N));
}

static void
normal_has_its_moments (void)
{
  enum { N = 200000 };
  nn_random random = nn_random_new (1, 0, 0, NN_FOR_TEST);
  double m1 = 0, m2 = 0, m3 = 0, m4 = 0;
  for (int i = 0; i < N; i++) {
    double x = (double) nn_random_normal (&random);
    m1 += x / N, m2 += x * x / N, m3 += x * x * x / N, m4 += x * x * x * x / N;
  }
  check_near (m1, 0, 5 / sqrt (N));
  check_near (m2, 1, 5 * sqrt (2.0 / N));
  check_near (m3, 0, 5 * sqrt (15.0 / N));
  check_near (m4, 3, 5 * sqrt (96.0 / N));
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (gives_the_published_numbers),
                                   TEST (repeats_and_separates_streams),
                                   TEST (neighbouring_streams_are_independent),
                                   TEST (normal_has_its_moments),
                                   { 0 } });
}
