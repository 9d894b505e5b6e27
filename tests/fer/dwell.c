/* SPDX-License-Identifier: MIT */
#include "fer/fersteady.h"
#include "test.h"

#define MS UINT64_C (1000000)
#define WINDOW (1600 * MS) /* parts of 100 ms */

static void
the_first_label_is_the_longest (void)
{
  fer_dwell d = { 0 };
  float share;
  fer_dwell_show (&d, 3, 5000 * MS, WINDOW);
  check (fer_dwell_longest (&d, &share) == 3 && share == 1);
}

static void
counts_time_and_not_frames (void)
{
  fer_dwell d = { 0 };
  float share;
  fer_dwell_show (&d, 1, 0, WINDOW);
  for (uint64_t t = 600; t <= 1000; t += 10) /* many frames, little time */
    fer_dwell_show (&d, 2, t * MS, WINDOW);
  check (fer_dwell_longest (&d, &share) == 1);
  check_near (share, 0.6, 1e-6);
}

/* Against sums over all that was shown, at any rate: they differ by no more than a part at the window's end. */
static void
is_the_share_of_the_window (void)
{
  static const int steps[] = { 7, 33, 100, 450 };
  for (int k = 0; k < 4; k++) {
    enum { MOST = 2000 };
    static int shown[MOST];
    fer_dwell d = { 0 };
    unsigned seed = 3;
    for (int i = 0; i < MOST; i++) {
      uint64_t step = (uint64_t) steps[k] * MS, sums[4] = { 0 };
      seed = seed * 1664525u + 1013904223u;
      shown[i] = i && seed >> 28 ? shown[i - 1] : (int) (seed >> 20 & 3) - 1;
      fer_dwell_show (&d, shown[i], (uint64_t) i * step, WINDOW);
      for (int j = i; j > 0 && (uint64_t) (i - j + 1) * step <= WINDOW; j--)
        sums[shown[j - 1] + 1] += step;
      float share;
      int longest = fer_dwell_longest (&d, &share);
      for (int label = 0; i > 300 && label < 3; label++)
        check ((longest < 0 ? 0 : sums[longest + 1]) + step + WINDOW / FER_DWELL_PARTS >= sums[label + 1]);
      if (i > 300 && longest >= 0)
        check_near (share, (double) sums[longest + 1] / (double) WINDOW, (double) step / (double) WINDOW + 2.0 / FER_DWELL_PARTS);
    }
  }
}

static void
forgets_what_is_older_than_the_window (void)
{
  fer_dwell d = { 0 };
  float share;
  fer_dwell_show (&d, 1, 0, WINDOW);
  fer_dwell_show (&d, 0, 100000 * MS, WINDOW);
  fer_dwell_show (&d, 0, 100000 * MS + WINDOW, WINDOW);
  check (fer_dwell_longest (&d, &share) == 0 && share > 0.9f);
}

static void
unsure_is_no_expression_but_takes_time (void)
{
  fer_dwell d = { 0 };
  float share;
  fer_dwell_show (&d, -1, 0, WINDOW);
  check (fer_dwell_longest (&d, &share) == -1 && share == 0);
  fer_dwell_show (&d, 2, 600 * MS, WINDOW);
  fer_dwell_show (&d, -1, 800 * MS, WINDOW);
  check (fer_dwell_longest (&d, &share) == 2);
  check_near (share, 0.25, 1e-6);
}

static void
starts_again_with_another_window_and_when_time_goes_back (void)
{
  fer_dwell d = { 0 };
  float share;
  fer_dwell_show (&d, 1, 0, WINDOW);
  fer_dwell_show (&d, 0, 1000 * MS, WINDOW);
  fer_dwell_show (&d, 0, 1100 * MS, 2 * WINDOW);
  check (fer_dwell_longest (&d, &share) == 0 && share == 1);
  fer_dwell_show (&d, 2, 100 * MS, 2 * WINDOW);
  check (fer_dwell_longest (&d, &share) == 2 && share == 1);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (the_first_label_is_the_longest),
                                   TEST (counts_time_and_not_frames),
                                   TEST (is_the_share_of_the_window),
                                   TEST (forgets_what_is_older_than_the_window),
                                   TEST (unsure_is_no_expression_but_takes_time),
                                   TEST (starts_again_with_another_window_and_when_time_goes_back),
                                   { 0 } });
}
