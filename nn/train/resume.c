/* SPDX-License-Identifier: MIT
 * A trainer in a checkpoint: everything that decides the next step. Sections hold numbers as this machine has them in memory. */
#include "trainer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { EPOCH, TRAIN_LOSS, TRAIN_SCORE, RATE, SECONDS, PUBLIC_LOSS, PUBLIC_SCORE, EMA_LOSS, EMA_SCORE, N_BEST }; /* of the best epoch's row */

/* Section "state": 8 bytes each, no gaps. */
typedef struct state {
  int64_t step, images, log_size;
  double score, loss, seconds, total_seconds;
  double best[N_BEST];
} state;

typedef struct part {
  const char *name;
  void *bytes;
  size_t size;
} part;

#define N_ARRAYS 5 /* "weights", "moments", "best"; "ema" when it is on; "task" where that has a state */

static int
arrays (const nn_trainer *t, part parts[N_ARRAYS])
{
  const size_t size = t->n_weights * sizeof (nn_real);
  parts[0] = (part) { "weights", t->weights, size };
  parts[1] = (part) { "moments", t->moments, t->n_moments * sizeof (nn_real) };
  parts[2] = (part) { "best", t->best, size };
  int n = 3;
  if (t->ema)
    parts[n++] = (part) { "ema", t->ema, size };
  if (t->task->state_size)
    parts[n++] = (part) { "task", t->task->state, t->task->state_size };
  return n;
}

bool
nn_trainer_save (const nn_trainer *t, const char *path, uint64_t log_size, nn_error *error)
{
  const nn_epoch_row *best = &t->best_row;
  const state now = {
    .step = t->step,
    .images = t->sums.images,
    .log_size = (int64_t) log_size,
    .score = t->sums.score,
    .loss = t->sums.loss,
    .seconds = t->sums.seconds,
    .total_seconds = t->seconds,
    .best = { best->epoch, best->train_loss, best->train_score, best->rate, best->seconds, best->public_loss, best->public_score,
              best->ema_loss, best->ema_score },
  };
  part parts[N_ARRAYS];
  const int n = arrays (t, parts);
  nn_section sections[3 + N_ARRAYS] = {
    { "recipe", t->text, strlen (t->text) },
    { "data", &t->task->hash, sizeof t->task->hash },
    { "state", &now, sizeof now },
  };
  for (int i = 0; i < n; i++)
    sections[3 + i] = (nn_section) { parts[i].name, parts[i].bytes, parts[i].size };
  return nn_checkpoint_write (path, sections, 3 + n, error);
}

/* The section of that name and exactly that size; NULL with a sentence otherwise. */
static const void *
find (const nn_section *sections, int n, const char *name, size_t size, nn_error *error)
{
  for (int i = 0; i < n; i++) {
    if (strcmp (sections[i].name, name))
      continue;
    if (sections[i].size == size)
      return sections[i].bytes;
    nn_fail (error, "section \"%s\" has %zu bytes, expected %zu", name, sections[i].size, size);
    return NULL;
  }
  nn_fail (error, "section \"%s\" is missing", name);
  return NULL;
}

static bool
check_recipe (const nn_trainer *t, const nn_section *sections, int n, nn_error *error)
{
  for (int i = 0; i < n; i++) {
    if (strcmp (sections[i].name, "recipe"))
      continue;
    char *theirs = strndup (sections[i].bytes, sections[i].size);
    const bool same = theirs ? nn_recipe_same (t->text, theirs, error) : nn_fail (error, "out of memory for its recipe");
    free (theirs);
    return same;
  }
  return nn_fail (error, "section \"recipe\" is missing");
}

static bool
check_data (const nn_trainer *t, const nn_section *sections, int n, nn_error *error)
{
  uint64_t theirs;
  const void *bytes = find (sections, n, "data", sizeof theirs, error);
  if (!bytes)
    return false;
  memcpy (&theirs, bytes, sizeof theirs);
  return theirs == t->task->hash
         || nn_fail (error, "the data differ, or the teachers: hash %016llx here, %016llx there",
                     (unsigned long long) t->task->hash, (unsigned long long) theirs);
}

static bool
check_state (const nn_trainer *t, const state *s, nn_error *error)
{
  if (s->step < 0 || s->step > (int64_t) t->recipe.epochs * t->steps)
    return nn_fail (error, "step %lld, expected at most %d epochs of %d steps", (long long) s->step, t->recipe.epochs, t->steps);
  const int64_t images = s->step % t->steps * t->recipe.batch, epochs = s->step / t->steps;
  if (s->images != images || !(s->score >= 0 && s->score <= (double) images) || !(s->loss >= 0 && isfinite (s->loss))
      || !(s->seconds >= 0 && isfinite (s->seconds)) || !(s->total_seconds >= 0 && isfinite (s->total_seconds)))
    return nn_fail (error, "the sums of epoch %lld do not fit step %lld", (long long) epochs + 1, (long long) s->step);
  const double epoch = s->best[EPOCH], score = s->best[t->ema ? EMA_SCORE : PUBLIC_SCORE];
  const bool scored = (score >= 0 && score <= 1) || (t->task->ops->validated && isnan (score));
  if (!(epoch >= (epochs > 0) && epoch <= (double) epochs && epoch == floor (epoch)) || (epochs > 0 && !scored))
    return nn_fail (error, "the best epoch is %g of %lld with score %g", epoch, (long long) epochs, score);
  return true;
}

static bool
check_finite (const part *p, const void *bytes, nn_error *error)
{
  for (size_t i = 0; i < p->size / sizeof (nn_real); i++) {
    nn_real x;
    memcpy (&x, (const char *) bytes + i * sizeof x, sizeof x);
    if (!isfinite (x))
      return nn_fail (error, "section \"%s\": number %zu is not finite", p->name, i);
  }
  return true;
}

static void
take_state (nn_trainer *t, const state *s)
{
  t->step = t->begun_step = s->step;
  t->seconds = s->total_seconds;
  t->sums = (nn_epoch_sums) { .images = s->images, .score = s->score, .loss = s->loss, .seconds = s->seconds };
  t->best_row = (nn_epoch_row) {
    .epoch = (int) s->best[EPOCH],
    .train_loss = s->best[TRAIN_LOSS],
    .train_score = s->best[TRAIN_SCORE],
    .rate = s->best[RATE],
    .seconds = s->best[SECONDS],
    .public_loss = s->best[PUBLIC_LOSS],
    .public_score = s->best[PUBLIC_SCORE],
    .ema_loss = s->best[EMA_LOSS],
    .ema_score = s->best[EMA_SCORE],
    .best = true,
  };
}

/* Nothing of t changes before all has been checked. */
static bool
restore (nn_trainer *t, const void *bytes, size_t size, uint64_t *log_size, nn_error *error)
{
  nn_section sections[16];
  part parts[N_ARRAYS];
  const void *from[N_ARRAYS];
  const int n = nn_checkpoint_parse (bytes, size, sections, 16, error), n_arrays = arrays (t, parts);
  if (n < 0 || !check_recipe (t, sections, n, error) || !check_data (t, sections, n, error))
    return false;
  state s;
  const void *saved = find (sections, n, "state", sizeof s, error);
  if (!saved)
    return false;
  memcpy (&s, saved, sizeof s);
  if (s.log_size < 0 || !check_state (t, &s, error))
    return false;
  for (int i = 0; i < n_arrays; i++)
    if (!(from[i] = find (sections, n, parts[i].name, parts[i].size, error)) || !check_finite (&parts[i], from[i], error))
      return false;
  for (int i = 0; i < n_arrays; i++)
    memcpy (parts[i].bytes, from[i], parts[i].size);
  take_state (t, &s);
  if (log_size)
    *log_size = (uint64_t) s.log_size;
  return true;
}

bool
nn_trainer_restore (nn_trainer *t, const char *path, uint64_t *log_size, nn_error *error)
{
  const size_t limit = 8 * t->n_weights * sizeof (nn_real) + t->task->state_size + strlen (t->text) + ((size_t) 1 << 20);
  void *bytes;
  size_t size;
  if (!nn_file_read (path, limit, &bytes, &size, error))
    return false;
  const bool done = restore (t, bytes, size, log_size, error);
  free (bytes);
  return done || nn_fail_prefix (error, path);
}
