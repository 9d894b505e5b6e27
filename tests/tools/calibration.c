/* SPDX-License-Identifier: MIT
 * Figures of scikit-learn 1.2.1 and scipy 1.10.1 (Debian), for logits 3 sin (1.3 i + 2.1 k k + 0.7 i k), i < 400, k < 7:
 *   z = 3 * np.sin (1.3 * i + 2.1 * k * k + 0.7 * i * k); truth = np.where (np.arange (n) % 3 < 2, z.argmax (1), (np.arange (n) * 5) % c)
 *   p = softmax (z, 1); b = np.digitize (p.max (1), np.linspace (0, 1, 16), right=True) - 1
 *   ece = sum (abs (hit[b == j].mean () - conf[b == j].mean ()) * (b == j).mean ())
 *   log_loss (truth, p, labels=range (c)); minimize_scalar (lambda t: log_loss (truth, softmax (z / t, 1), labels=range (c)), ...) */
#include "eval/calibration.h"
#include "test.h"

enum { N = 400, C = 7 };
static float p[N * C];
static uint8_t truth[N];

static void
make (void)
{
  for (int i = 0; i < N; i++) {
    double z[C], sum = 0;
    int top = 0;
    for (int k = 0; k < C; k++) {
      z[k] = 3 * sin (1.3 * i + 2.1 * k * k + 0.7 * i * k);
      top = z[k] > z[top] ? k : top;
      sum += exp (z[k]);
    }
    for (int k = 0; k < C; k++)
      p[i * C + k] = (float) (exp (z[k]) / sum);
    truth[i] = (uint8_t) (i % 3 < 2 ? top : i * 5 % C);
  }
}

static void
agrees_with_scikit_learn (void)
{
  static const int bins[EVAL_BINS] = { 0, 0, 3, 21, 33, 46, 89, 57, 44, 41, 23, 22, 16, 5, 0 };
  eval_calibration c;
  make ();
  eval_calibration_of (N, C, truth, p, &c);
  check_near (c.ece, 0.2561673724623138, 1e-6);
  check_near (c.nll, 1.5019940549412336, 1e-6);
  for (int i = 0; i < EVAL_BINS; i++)
    check (c.bins[i].n == bins[i]);
}

static void
finds_the_best_temperature (void)
{
  static float tempered[N * C];
  eval_calibration c;
  make ();
  const double temperature = eval_fit_temperature (N, C, truth, p);
  check_near (temperature, 1.5138154473447658, 1e-4);
  eval_temper (N, C, p, temperature, tempered);
  eval_calibration_of (N, C, truth, tempered, &c);
  check_near (c.nll, 1.4396204241338342, 1e-6);
  check_near (eval_fit_temperature (N, C, truth, tempered), 1, 1e-4);
  eval_temper (N, C, p, 1, tempered);
  for (int i = 0; i < N * C; i++)
    check_near (tempered[i], p[i], 1e-6);
}

static void
a_bin_holds_its_upper_edge (void)
{
  check (eval_bin_of (1) == 14 && eval_bin_of (0.2) == 2 && eval_bin_of (0.2001) == 3 && eval_bin_of (0) == 0 && eval_bin_of (1.0000001) == 14);
}

/* 0 and 1 as probabilities: finite figures, and the temperature stays in its range. */
static void
certain_readings_are_measured_too (void)
{
  static const float sure[8] = { 1, 0, 0, 1, 1, 0, 0, 1 };
  static const uint8_t right[4] = { 0, 1, 0, 1 }, half[4] = { 0, 0, 1, 1 };
  eval_calibration c;
  eval_calibration_of (4, 2, right, sure, &c);
  check (c.ece == 0 && c.nll == 0 && c.bins[14].n == 4);
  check (eval_fit_temperature (4, 2, right, sure) < 20);
  eval_calibration_of (4, 2, half, sure, &c);
  check (c.ece == 0.5 && isfinite (c.nll));
  check_near (eval_fit_temperature (4, 2, half, sure), 20, 0.01);
  eval_calibration_of (0, 2, half, sure, &c);
  check (isnan (c.ece) && isnan (c.nll));
}

/* As when a model of seven labels is measured on faces of eight. */
static void
a_class_that_the_model_lacks_does_not_count (void)
{
  static float padded[2 * N * (C + 1)];
  static uint8_t with[2 * N];
  make ();
  for (int i = 0; i < 2 * N; i++) {
    with[i] = i < N ? truth[i] : C;
    for (int k = 0; k < C; k++)
      padded[i * (C + 1) + k] = p[i % N * C + k];
  }
  check (eval_fit_temperature (2 * N, C + 1, with, padded) == eval_fit_temperature (N, C + 1, with, padded));
  check_near (eval_fit_temperature (N, C + 1, with, padded), 1.5138154473447658, 1e-4);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (agrees_with_scikit_learn),
                                   TEST (finds_the_best_temperature),
                                   TEST (a_bin_holds_its_upper_edge),
                                   TEST (certain_readings_are_measured_too),
                                   TEST (a_class_that_the_model_lacks_does_not_count),
                                   { 0 } });
}
