/* SPDX-License-Identifier: MIT */
#include "fer/fersteady.h"
#include "test.h"

#define MS UINT64_C (1000000)
#define NEVER ((fer_limits) { 0 })
#define CONSTANT (200 * MS)

static void
the_first_reading_is_taken_as_it_is (void)
{
  fer_smoother s = { 0 };
  fer_smoother_add (&s, (float[]) { 0.1f, 0.7f, 0.2f }, 3, 5 * MS, CONSTANT);
  check (s.n_labels == 3 && s.probabilities[1] == 0.7f && s.raw[1] == 0.7f);
  check (fer_smoother_label (&s, NEVER, 5 * MS) == 1);
}

/* 1 - exp (-t / constant) of a step, at any rate of readings. */
static void
follows_a_step_alike_at_any_rate (void)
{
  static const int steps[] = { 10, 25, 40, 100, 200 }; /* ms */
  for (int i = 0; i < 5; i++) {
    fer_smoother s = { 0 };
    fer_smoother_add (&s, (float[]) { 1, 0 }, 2, 0, CONSTANT);
    for (int t = steps[i]; t <= 400; t += steps[i])
      fer_smoother_add (&s, (float[]) { 0, 1 }, 2, (uint64_t) t * MS, CONSTANT);
    check_near (s.probabilities[1], 1 - exp (-2), 1e-5);
    check_near (s.probabilities[0] + s.probabilities[1], 1, 1e-5);
    check (s.raw[0] == 0 && s.raw[1] == 1);
  }
}

static void
without_a_constant_only_the_last_counts (void)
{
  fer_smoother s = { 0 };
  for (int i = 0; i < 10; i++) {
    fer_smoother_add (&s, (float[]) { (float) (i % 2), (float) (1 - i % 2) }, 2, (uint64_t) i * MS, 0);
    check (s.probabilities[0] == (float) (i % 2));
    check (fer_smoother_label (&s, NEVER, (uint64_t) i * MS) == 1 - i % 2);
  }
}

/* Readings that change their mind all the time, every step ms: the shortest time that a label is shown, other than the first and the last; and how
 * many labels there were. */
static uint64_t
shortest_label (int step, fer_limits limits, uint64_t constant, int *n)
{
  fer_smoother s = { 0 };
  uint64_t since = 0, shortest = UINT64_MAX;
  unsigned seed = 12345;
  int last = -2;
  *n = 0;
  for (uint64_t t = 0; t < 60000 * MS; t += (uint64_t) step * MS) {
    float p[4], sum = 0;
    for (int i = 0; i < 4; i++) {
      seed = seed * 1664525u + 1013904223u;
      p[i] = (float) (seed >> 16 & 255) * (float) (seed >> 16 & 255);
      sum += p[i];
    }
    for (int i = 0; i < 4; i++)
      p[i] /= sum;
    fer_smoother_add (&s, p, 4, t, constant);
    int label = fer_smoother_label (&s, limits, t);
    if (label == last)
      continue;
    if (last != -2 && t - since < shortest)
      shortest = t - since;
    last = label;
    since = t;
    ++*n;
  }
  return shortest;
}

static void
no_label_flickers (void)
{
  static const int steps[] = { 5, 16, 33, 40, 100, 130 };
  for (int i = 0; i < 6; i++) {
    int n, m;
    check (shortest_label (steps[i], NEVER, 30 * MS, &n) >= FER_LABEL_HOLD && n > 10);
    check (shortest_label (steps[i], (fer_limits) { 0.4f, 0.1f }, 30 * MS, &m) >= FER_LABEL_HOLD && m > 10); /* "unsure" is one, too */
    check (shortest_label (steps[i], NEVER, CONSTANT, &m) >= FER_LABEL_HOLD && m < n);
  }
}

static void
another_label_must_lead (void)
{
  fer_smoother s = { 0 };
  fer_smoother_add (&s, (float[]) { 0.51f, 0.49f }, 2, 0, CONSTANT);
  check (fer_smoother_label (&s, NEVER, 0) == 0);
  fer_smoother_add (&s, (float[]) { 0.49f, 0.51f }, 2, 1000 * MS, CONSTANT);
  check (s.probabilities[1] > s.probabilities[0] && fer_smoother_label (&s, NEVER, 1000 * MS) == 0);
  fer_smoother_add (&s, (float[]) { 0.4f, 0.6f }, 2, 2000 * MS, CONSTANT);
  check (fer_smoother_label (&s, NEVER, 2000 * MS) == 1);
}

/* What is shown after probabilities p, 1 s after those before: all of them, and time for another label. */
static int
shown_after (fer_smoother *s, float p, float rest, fer_limits limits)
{
  fer_smoother_add (s, (float[]) { p, rest, 1 - p - rest }, 3, s->time + 1000 * MS, MS);
  return fer_smoother_label (s, limits, s->time);
}

static void
is_unsure_within_its_limits (void)
{
  fer_smoother s = { 0 };
  fer_limits threshold = { .threshold = 0.6f }, margin = { .margin = 0.3f };
  check (shown_after (&s, 0.61f, 0.2f, threshold) == 0);
  check (shown_after (&s, 0.59f, 0.2f, threshold) == -1);
  check (shown_after (&s, 0.61f, 0.2f, threshold) == -1); /* not yet: 0.6 + 0.05 (1 - 0.6) */
  check (shown_after (&s, 0.63f, 0.2f, threshold) == 0);
  check (shown_after (&s, 0.55f, 0.4f, margin) == -1);
  check (shown_after (&s, 0.62f, 0.3f, margin) == -1); /* not yet: 0.3 + 0.05 (1 - 0.3) */
  check (shown_after (&s, 0.64f, 0.3f, margin) == 0);
  check (shown_after (&s, 0.61f, 0.3f, margin) == 0);
  check (shown_after (&s, 0.4f, 0.4f, NEVER) == 0);
}

/* A label that is nearly as probable as the best one stays, but not where it is under the threshold itself. */
static void
shows_no_label_under_the_threshold (void)
{
  fer_smoother s = { 0 };
  fer_limits limits = { .threshold = 0.42f };
  check (shown_after (&s, 0.5f, 0.4f, limits) == 0);
  check (shown_after (&s, 0.43f, 0.45f, limits) == 0);
  check (shown_after (&s, 0.41f, 0.45f, limits) == 1);
}

static void
starts_again_when_time_goes_back (void)
{
  fer_smoother s = { 0 };
  fer_smoother_add (&s, (float[]) { 1, 0 }, 2, 1000 * MS, CONSTANT);
  check (fer_smoother_label (&s, NEVER, 1000 * MS) == 0);
  fer_smoother_add (&s, (float[]) { 0, 1 }, 2, 500 * MS, CONSTANT);
  check (s.probabilities[1] == 1 && fer_smoother_label (&s, NEVER, 500 * MS) == 1);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (the_first_reading_is_taken_as_it_is),
                                   TEST (follows_a_step_alike_at_any_rate),
                                   TEST (without_a_constant_only_the_last_counts),
                                   TEST (no_label_flickers),
                                   TEST (another_label_must_lead),
                                   TEST (is_unsure_within_its_limits),
                                   TEST (shows_no_label_under_the_threshold),
                                   TEST (starts_again_when_time_goes_back),
                                   { 0 } });
}
