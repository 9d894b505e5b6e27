/* SPDX-License-Identifier: MIT */
#include "fer/one_euro.h"
#include "test.h"

/* The filter by the paper's formulas, in double: alpha = 1 / (1 + tau / Te), tau = 1 / (2 pi fc), fc = fc_min + beta |dx|. */
static void
follows_the_paper (void)
{
  fer_one_euro filter;
  double value = 3, speed = 0;
  fer_one_euro_start (&filter, (float[]) { 3 }, 1);
  for (int i = 0; i < 100; i++) {
    double dt = i % 3 ? 0.03 : 0.05, unit = 10, x = 3 + 20 * sin (0.1 * i) + i % 2;
    double dx = (x - value) / (dt * unit), slow = 1 / (1 + 1 / (2 * M_PI * 1.0 * dt));
    speed += slow * (dx - speed);
    value += (x - value) / (1 + 1 / (2 * M_PI * (1.5 + 5 * fabs (speed)) * dt));
    fer_one_euro_step (&filter, (float[]) { (float) x }, 1, (float) dt, (float) unit);
    check_near (filter.value[0], value, 1e-4);
  }
}

static void
near_and_far_faces_are_treated_alike (void)
{
  fer_one_euro near, far;
  fer_one_euro_start (&near, (float[]) { 0 }, 1);
  fer_one_euro_start (&far, (float[]) { 0 }, 1);
  for (int i = 0; i < 50; i++) {
    float x = sinf (0.3f * (float) i);
    fer_one_euro_step (&far, (float[]) { x }, 1, 0.03f, 10);
    fer_one_euro_step (&near, (float[]) { 8 * x }, 1, 0.03f, 80);
    check_near (near.value[0], 8 * far.value[0], 1e-4);
  }
}

static void
without_time_nothing_moves (void)
{
  fer_one_euro filter;
  fer_one_euro_start (&filter, (float[]) { 5, 6 }, 2);
  fer_one_euro_step (&filter, (float[]) { 50, 60 }, 2, 0, 10);
  fer_one_euro_step (&filter, (float[]) { 50, 60 }, 2, 0.03f, 0);
  check (filter.value[0] == 5 && filter.value[1] == 6);
}

int
main (void)
{
  return test_run (
      (test_case[]) { TEST (follows_the_paper), TEST (near_and_far_faces_are_treated_alike), TEST (without_time_nothing_moves), { 0 } });
}
