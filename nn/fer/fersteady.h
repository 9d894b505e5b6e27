/* SPDX-License-Identifier: MIT
 * Readings of a face over time as one that is steady: which face is to be read when, its probabilities smoothed, a label that does not flicker, and
 * the label that was shown longest.
 *
 *   n_due = fer_readings_due (readings, ids, n, time, interval, most, due);                // which of n faces to read in this frame
 *   fer_readings_add (readings, ids[due[0]], probabilities, 7, &quality, time, constant);  // what was read of the first
 *   fer_readings_get (readings, time, limits, window, &face);                              // what is known of each, in every frame */
#ifndef FERSTEADY_H
#define FERSTEADY_H

#include "fer.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A label stays at least as long before another one takes its place: ns. */
#define FER_LABEL_HOLD UINT64_C (200000000)

/* One face's readings as one that is steady. All zero: no reading yet. */
typedef struct fer_smoother {
  int n_labels;                        /* 0: no reading yet */
  float probabilities[FER_MAX_LABELS]; /* steady */
  float raw[FER_MAX_LABELS];           /* the last reading */
  uint64_t time;                       /* of the last reading, ns */
  int label;                           /* what is shown ... */
  uint64_t since, hold;                /* ... since when (FER_TIME_NONE: nothing yet), and how long at least */
} fer_smoother;

/* Readings fade with the time constant (ns; 0: only the last counts), however many there are. */
void fer_smoother_add (fer_smoother *smoother, const float *probabilities, int n_labels, uint64_t time, uint64_t constant);

/* The label at time: the most probable one (-1: unsure, within limits), unless another was shown for less than FER_LABEL_HOLD or is nearly as
 * probable; who is unsure must pass the limits by a little. With a constant of 0 what the last reading says, at once. */
int fer_smoother_label (fer_smoother *smoother, fer_limits limits, uint64_t time);

#define FER_DWELL_PARTS 16 /* of the window, which moves on by one at a time */

/* How long each label was shown in a window of time that ends now. All zero: nothing was shown yet. */
typedef struct fer_dwell {
  uint64_t window, time;
  uint64_t part;                                      /* of time since 0 */
  int label;                                          /* shown at time */
  float seconds[FER_DWELL_PARTS][FER_MAX_LABELS + 1]; /* the last: unsure */
} fer_dwell;

/* From time on label (-1: unsure) is shown; until then it was the one before. Another window (ns, not 0), or time that goes back: counts anew. */
void fer_dwell_show (fer_dwell *dwell, int label, uint64_t time, uint64_t window);

/* The label that was shown longest, of two the one that is shown now; -1: none was. *share: its part of the time. */
int fer_dwell_longest (const fer_dwell *dwell, float *share);

/* When which face is to be read, and what was read of each. */
typedef struct fer_readings fer_readings;

#define FER_MAX_READINGS (2 * FER_MAX_FACES) /* faces that are remembered: those out of sight for a moment, too */

fer_readings *fer_readings_new (nn_error *error);
void fer_readings_free (fer_readings *readings);
void fer_readings_forget (fer_readings *readings);

/* Which of n faces to read at time, as indices into ids: those without an id, those that were never read, and of those last looked at interval ns ago
 * or more the most overdue, at most most of them (0: all), in this order. Returns how many. */
int fer_readings_due (const fer_readings *readings, const uint64_t *ids, int n, uint64_t time, uint64_t interval, int most, int *due);

/* ns from the last look at id to time; FER_TIME_NONE: there was none. */
uint64_t fer_readings_age (const fer_readings *readings, uint64_t id, uint64_t time);

/* A look at face id (not 0): what was read, as fer_smoother_add; NULL: nothing, for quality->skip. Returns the face's place, 0 <= place <
 * FER_MAX_READINGS, which it keeps while it is remembered. */
int fer_readings_add (fer_readings *readings, uint64_t id, const float *probabilities, int n_labels, const fer_quality *quality, uint64_t time,
                      uint64_t constant);

/* Fills label, confidence, probabilities, raw, age, quality and skip of face from what is known of face->id at time: a face that cannot be read any
 * more keeps its label for 500 ms and two looks. Also its dominant label of the last window ns, unless that is 0. Returns its place; -1, and face is
 * untouched, when nothing is known. */
int fer_readings_get (fer_readings *readings, uint64_t time, fer_limits limits, uint64_t window, fer_face *face);

#ifdef __cplusplus
}
#endif
#endif
